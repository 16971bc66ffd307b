"""RAM shares over boto3: a feature group of another account, by ARN, with the share and without it."""

from typing import Any

import pytest
from gateway_support import MANAGEMENT, OTHER, OUTSIDE, OWNER, REGION, Aws, allow, refusal
from moto.ram.models import ram_backends

READ = "arn:aws:ram::aws:permission/AWSRAMPermissionSageMakerFeatureGroupReadOnly"


@pytest.fixture(scope="module")
def group(aws: Aws, admin: str) -> str:
    made = aws.as_role("sagemaker", admin).create_feature_group(
        FeatureGroupName="shared",
        RecordIdentifierFeatureName="id",
        EventTimeFeatureName="at",
        FeatureDefinitions=[
            {"FeatureName": "id", "FeatureType": "String"},
            {"FeatureName": "at", "FeatureType": "String"},
        ],
        OnlineStoreConfig={"EnableOnlineStore": True},
    )
    return str(made["FeatureGroupArn"])


@pytest.fixture
def ram(aws: Aws, admin: str) -> Any:
    yield aws.as_role("ram", admin)
    ram_backends[OWNER][REGION].resource_shares.clear()


@pytest.fixture(scope="module")
def reader(aws: Aws) -> str:
    return aws.role("ram-reader", allow("sagemaker:*"), account=OTHER)


def test_a_share_opens_the_group_to_an_account(aws: Aws, group: str, ram: Any, reader: str) -> None:
    consumer = aws.as_role("sagemaker", reader)
    code, message, _ = refusal(consumer.describe_feature_group, FeatureGroupName=group)
    assert code == "AccessDeniedException"
    assert "no resource-based policy allows the sagemaker:DescribeFeatureGroup action" in message
    share = ram.create_resource_share(
        name="fs", resourceArns=[group], principals=[OTHER], permissionArns=[READ], allowExternalPrincipals=False
    )["resourceShare"]["resourceShareArn"]
    assert consumer.describe_feature_group(FeatureGroupName=group)["FeatureGroupName"] == "shared"
    (reason,) = [one for one in aws.last()["checks"][0]["reasons"] if one["layer"] == "resource"]
    assert (reason["document"], reason["sid"]) == ("resource share fs", "SharedWith1")
    assert refusal(consumer.update_feature_group, FeatureGroupName=group)[0] == "AccessDeniedException"
    assert aws.last()["checks"][0]["reasons"][0]["document"] == "resource share fs"
    ram.disassociate_resource_share(resourceShareArn=share, principals=[OTHER])
    assert refusal(consumer.describe_feature_group, FeatureGroupName=group)[0] == "AccessDeniedException"
    ram.associate_resource_share(resourceShareArn=share, principals=[OTHER])
    consumer.describe_feature_group(FeatureGroupName=group)
    ram.delete_resource_share(resourceShareArn=share)
    assert refusal(consumer.describe_feature_group, FeatureGroupName=group)[0] == "AccessDeniedException"


def test_a_share_replaces_no_identity_policy(aws: Aws, group: str, ram: Any) -> None:
    ram.create_resource_share(name="fs", resourceArns=[group], principals=[OTHER], permissionArns=[READ])
    powerless = aws.as_role("sagemaker", aws.role("ram-powerless", account=OTHER))
    message = refusal(powerless.describe_feature_group, FeatureGroupName=group)[1]
    assert "no identity-based policy allows" in message


def test_a_share_with_a_role_is_that_roles_alone(aws: Aws, group: str, ram: Any, reader: str) -> None:
    other = aws.role("ram-reader-2", allow("sagemaker:*"), account=OTHER)
    ram.create_resource_share(name="fs", resourceArns=[group], principals=[reader], permissionArns=[READ])
    aws.as_role("sagemaker", reader).describe_feature_group(FeatureGroupName=group)
    assert refusal(aws.as_role("sagemaker", other).describe_feature_group, FeatureGroupName=group)[2] == 400


def test_a_share_with_the_organization(aws: Aws, group: str, ram: Any, reader: str) -> None:
    ours = f"arn:aws:organizations::{MANAGEMENT}:organization/o-featureshar"
    share = ram.create_resource_share(name="fs", resourceArns=[group], permissionArns=[READ])
    arn = share["resourceShare"]["resourceShareArn"]
    ram_backends[OWNER][REGION].resource_shares[-1].principals.append(ours)
    assert ram.list_principals(resourceOwner="SELF", resourceShareArns=[arn])["principals"][0]["id"] == ours
    aws.as_role("sagemaker", reader).describe_feature_group(FeatureGroupName=group)
    outsider = aws.as_role("sagemaker", aws.role("ram-outsider", allow("sagemaker:*"), account=OUTSIDE))
    assert refusal(outsider.describe_feature_group, FeatureGroupName=group)[0] == "AccessDeniedException"


def test_whoever_is_outside_would_have_to_accept(aws: Aws, group: str, ram: Any) -> None:
    ram.create_resource_share(name="fs", resourceArns=[group], principals=[OUTSIDE], permissionArns=[READ])
    outsider = aws.as_role("sagemaker", aws.role("ram-outsider", allow("sagemaker:*"), account=OUTSIDE))
    assert refusal(outsider.describe_feature_group, FeatureGroupName=group)[0] == "AccessDeniedException"
    assert aws.last()["checks"][0]["reasons"][0]["document"] == f"resource share fs (not accepted by {OUTSIDE})"


def test_a_share_without_a_permission_of_its_own(aws: Aws, group: str, ram: Any, reader: str) -> None:
    ram.create_resource_share(name="fs", resourceArns=[group], principals=[OTHER])
    consumer = aws.as_role("sagemaker", reader)
    assert refusal(consumer.describe_feature_group, FeatureGroupName=group)[0] == "AccessDeniedException"
    assert "is not published" in aws.last()["checks"][0]["reasons"][0]["document"]


def test_records_are_a_switch(aws: Aws, group: str, ram: Any, reader: str) -> None:
    """AWS's pages say that a share reaches records, its SDK's maintainers that it does not; closed by default."""
    ram.create_resource_share(name="fs", resourceArns=[group], principals=[OTHER], permissionArns=[READ])
    runtime = aws.as_role("sagemaker-featurestore-runtime", reader)
    asked = {"FeatureGroupName": group, "RecordIdentifierValueAsString": "1"}
    assert refusal(runtime.get_record, **asked)[0] == "AccessDeniedException"
    texts = [reason["text"] for reason in aws.last()["checks"][0]["reasons"]]
    assert "RAM shares are taken not to reach the feature group's data plane" in texts
    assert aws.control.settings(ram_data_plane=True)["ram_data_plane"] is True
    try:
        assert "Record" not in runtime.get_record(**asked)
        assert refusal(runtime.delete_record, **asked, EventTime="2026-11-01T00:00:00Z")[0] == "AccessDeniedException"
    finally:
        aws.control.settings(ram_data_plane=False)
    assert refusal(runtime.get_record, **asked)[0] == "AccessDeniedException"
