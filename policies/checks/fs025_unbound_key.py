"""`key/*` without an alias, a tag or the service in between is every key of the account, for every use."""

from featureshare.scan.document import Document
from featureshare.scan.examples import KEY, KEYS, VIA_SAGEMAKER, allow, policy
from featureshare.scan.model import Context, Finding, Kind

ID = "FS025"
SEVERITY = "HIGH"
TITLE = "Key rights name the key, its alias, or the service that uses it."
FIX = "Add ForAnyValue:StringEquals kms:ResourceAliases and StringEquals kms:ViaService, or name the key's ARN."
KINDS = ("identity", "administration")


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    found = []
    for statement in document.allows:
        every = [arn for arn in statement.resources if ":kms:" in arn and arn.split(":", 5)[-1] in ("key/*", "*")]
        if every and not statement.pins(
            "kms:resourcealiases", "kms:requestalias", "kms:viaservice", "aws:resourcetag/"
        ):
            actions = ", ".join(action for action in statement.actions if action.startswith("kms:"))
            found.append(Finding(ID, SEVERITY, f"{actions} on {every[0]}.", statement.label))
    return found


GOOD = [
    ("identity", policy(allow("kms:Decrypt", KEY))),
    ("identity", policy(allow("kms:Decrypt", KEYS, condition=VIA_SAGEMAKER))),
    (
        "identity",
        policy(
            allow(
                "kms:GenerateDataKey",
                KEYS,
                condition={"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/features"}},
            )
        ),
    ),
]
BAD = [
    ("identity", policy(allow("kms:Decrypt", KEYS))),
    (
        "identity",
        policy(
            allow(
                ["kms:Decrypt", "kms:GenerateDataKey"],
                KEYS,
                condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
            )
        ),
    ),
]
