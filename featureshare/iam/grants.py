"""KMS grants, written as documents so that the engine needs no second way to allow.

Source: KMS Developer Guide, "Grants in AWS KMS" (grants, create-grant-overview). How a boundary or session policy
bears on a grant is not documented; like a key policy statement, a grant to a role is limited by both.
"""

from collections.abc import Iterable, Mapping

from featureshare.iam.document import CURRENT, Policy


def grant_policy(
    grantee: str,
    operations: Iterable[str],
    *,
    equals: Mapping[str, str] | None = None,
    subset: Mapping[str, str] | None = None,
    name: str = "grant",
) -> Policy:
    """A grant as a document for `World.grants`.

    `grantee` is the grantee principal (an ARN or a service name), `operations` KMS operation names (`Decrypt`);
    `equals` and `subset` are the EncryptionContextEquals and EncryptionContextSubset constraints.
    """
    wanted = {**(subset or {}), **(equals or {})}
    # Values are literal: a version without policy variables, and operators without wildcards.
    condition: dict[str, dict[str, object]] = {}
    if wanted:
        condition["StringEquals"] = {f"kms:EncryptionContext:{key}": value for key, value in wanted.items()}
    if equals is not None:
        condition["ForAllValues:StringEquals"] = {"kms:EncryptionContextKeys": sorted(equals)}
    service = not grantee.startswith("arn:")
    document = {
        "Version": CURRENT if not any("${" in value for value in wanted.values()) else "2008-10-17",
        "Statement": {
            "Sid": "Grant",
            "Effect": "Allow",
            "Principal": {"Service" if service else "AWS": grantee},
            "Action": [f"kms:{operation}" for operation in sorted(operations)],
            "Resource": "*",
            "Condition": condition,
        },
    }
    return Policy.parse(document, name=name)
