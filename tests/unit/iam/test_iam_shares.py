"""RAM shares of feature groups as documents: positive, negative and near miss for each kind of principal.

Expected from the SageMaker Developer Guide, "Enabling cross account access" (feature-store-cross-account-access, P),
and the RAM User Guide, "Sharing your resources" (getting-started-sharing).
"""

from typing import Any

import pytest
from iam_table import ALLOWED, IMPLICIT, ROLE, SESSION, USER, A, B, C, Row, answer, check, doc, rows

from featureshare.iam.shares import actions_of, share_policy

PAGE = "feature-store-cross-account-access"
GROUP = f"arn:aws:sagemaker:eu-west-1:{B}:feature-group/sessions"
READ = "arn:aws:ram::aws:permission/AWSRAMPermissionSageMakerFeatureGroupReadOnly"
WRITE = "arn:aws:ram::aws:permission/AWSRAMPermissionSagemakerFeatureGroupReadWrite"
ADMIN = "arn:aws:ram::aws:permission/AWSRAMPermissionSagemakerFeatureGroupAdmin"
ORGANIZATION = f"arn:aws:organizations::{C}:organization/o-ours1234567"
UNIT = f"arn:aws:organizations::{C}:ou/o-ours1234567/ou-ab12-data1234"
OURS = {"aws:PrincipalOrgID": "o-ours1234567", "aws:PrincipalAccount": A}
MAY = (doc({"Action": "sagemaker:*"}),)


@pytest.mark.parametrize(
    ("permission", "more"),
    [
        (READ, set()),
        (WRITE, {"PutRecord", "DeleteRecord"}),
        (ADMIN, {"PutRecord", "DeleteRecord", "UpdateFeatureGroup", "UpdateFeatureMetadata"}),
        (WRITE.replace("Sagemaker", "SageMaker"), {"PutRecord", "DeleteRecord"}),
    ],
)
def test_actions_of_the_managed_permissions(permission: str, more: set[str]) -> None:
    """As the page lists them, under both spellings that AWS uses of the names."""
    read = {"DescribeFeatureGroup", "DescribeFeatureMetadata", "BatchGetRecord", "GetRecord"}
    assert set(actions_of([permission])) == {f"sagemaker:{name}" for name in read | more}


def test_a_permission_whose_actions_are_not_published_allows_nothing() -> None:
    assert actions_of(["arn:aws:ram::aws:permission/AWSRAMDefaultPermissionSageMakerFeatureGroup"]) == ()
    assert actions_of(["arn:aws:ram::aws:permission/AWSRAMPermissionSageMakerCatalogResourceSearch"]) == ()


def share(*principals: str, permission: str = READ, data: bool = False) -> dict[str, Any]:
    policy = share_policy(GROUP, B, principals, (permission,), name="resource share fs")
    return {"grants": (policy,), "ram_data_plane": data}


def ask(what: str, expected: str, *principals: str, action: str = "DescribeFeatureGroup", **more: Any) -> Row:
    """A request of an account's user for the shared group."""
    keep = {key: more.pop(key) for key in ("permission", "data") if key in more}
    given = {"identity": MAY, "resource": GROUP, "owner": B, **more}
    return Row("4.6", PAGE, what, expected, action=f"sagemaker:{action}", facts=share(*principals, **keep), **given)


def at(path: str) -> dict[str, Any]:
    return {**OURS, "aws:PrincipalOrgPaths": (path,)}


@rows(
    ask("the account", ALLOWED, A),
    ask("another account", IMPLICIT, C),
    ask("the account without an identity policy", IMPLICIT, A, identity=()),
    ask("another group of the owner", IMPLICIT, A, resource=f"{GROUP}-v2"),
    ask("an action that the permission lacks", IMPLICIT, A, action="UpdateFeatureGroup"),
    ask("an action that the permission has", ALLOWED, A, action="UpdateFeatureGroup", permission=ADMIN),
    ask("deleting the group is in no permission", IMPLICIT, A, action="DeleteFeatureGroup", permission=ADMIN),
    ask("tags are in no permission", IMPLICIT, A, action="ListTags", permission=ADMIN),
    ask("a role", ALLOWED, ROLE, principal=SESSION, context={"aws:PrincipalArn": ROLE}),
    ask("another role of its account", IMPLICIT, f"{ROLE}-v2", principal=SESSION, context={"aws:PrincipalArn": ROLE}),
    ask("a user", ALLOWED, USER),
    ask("another user", IMPLICIT, f"{USER}a"),
    ask("the organization", ALLOWED, ORGANIZATION, context=OURS),
    ask("another organization", IMPLICIT, ORGANIZATION, context={**OURS, "aws:PrincipalOrgID": "o-ours12345678"}),
    ask("outside every organization", IMPLICIT, ORGANIZATION, context={"aws:PrincipalAccount": A}),
    ask("the unit", ALLOWED, UNIT, context=at("o-ours1234567/r-ab12/ou-ab12-data1234/")),
    ask("a unit below it", ALLOWED, UNIT, context=at("o-ours1234567/r-ab12/ou-ab12-data1234/ou-ab12-more1234/")),
    ask("the unit above it", IMPLICIT, UNIT, context=at("o-ours1234567/r-ab12/")),
    ask("a unit whose id begins alike", IMPLICIT, UNIT, context=at("o-ours1234567/r-ab12/ou-ab12-data12345/")),
    ask("the unit of another organization", IMPLICIT, UNIT, context=at("o-other/r-ab12/ou-ab12-data1234/")),
    ask("the owner lives by its own policies", IMPLICIT, ORGANIZATION, identity=(), owner=A,
        context=OURS, resource=GROUP.replace(B, A)),
    ask("records by default", IMPLICIT, A, action="GetRecord"),
    ask("records by the other reading", ALLOWED, A, action="GetRecord", data=True),
    ask("writing by read only", IMPLICIT, A, action="PutRecord", data=True),
    ask("writing by read and write", ALLOWED, A, action="PutRecord", permission=WRITE, data=True),
    ask("batch writes are in no permission", IMPLICIT, A, action="BatchWriteRecord", permission=ADMIN, data=True),
    ask("a service is nobody here", IMPLICIT, "sagemaker.amazonaws.com"),
)  # fmt: skip
def test_rule(row: Row) -> None:
    check(row)


def test_owner_without_identity_policy() -> None:
    """A share with the whole organization is no right for those of the owner's own account."""
    policy = share_policy(GROUP, B, (ORGANIZATION,), (READ,), name="s")
    own = {"aws:PrincipalOrgID": "o-ours1234567", "aws:PrincipalAccount": B}
    mine = f"arn:aws:iam::{B}:user/bea"
    row = Row("", PAGE, "", IMPLICIT, principal=mine, action="sagemaker:DescribeFeatureGroup", resource=GROUP, owner=B,
              context=own, facts={"grants": (policy,)})  # fmt: skip
    check(row)


def test_the_reason_names_the_share() -> None:
    allowed = answer(ask("", ALLOWED, A)).reasons[0]
    assert (allowed.layer, allowed.document, allowed.sid) == ("resource", "resource share fs", "SharedWith1")
    denied = answer(ask("", IMPLICIT, A, action="UpdateFeatureGroup")).reasons[0]
    assert (denied.layer, denied.document) == ("resource", "resource share fs")
    records = answer(ask("", IMPLICIT, A, action="GetRecord")).reasons
    assert records[0].text == "RAM shares are taken not to reach the feature group's data plane"
    assert {reason.document for reason in records} >= {"resource share fs"}
