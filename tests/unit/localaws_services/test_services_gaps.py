"""Operations that Terraform needs and moto lacks, and the refusal of another moto."""

from typing import Any

import moto
import pytest
from moto.ram.models import ram_backends
from moto.s3.models import s3_backends
from services_world import BUCKET, CENTRAL, REGION, Call, World

from featureshare.errors import FeatureShareError
from featureshare.localaws import patches, services
from featureshare.localaws.invocation import ServiceError


def test_another_moto_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moto, "__version__", "5.3.0")
    with pytest.raises(FeatureShareError, match=r"needs moto 5\.2\.5, found 5\.3\.0"):
        patches.apply()


def test_no_operation_is_answered_twice() -> None:
    with pytest.raises(ValueError, match=r"tags answers what another module answers: \[\('sagemaker', 'AddTags'\)"):
        services._answered((services.tags, services.tags))


def test_workgroup_round_trip(call: Call) -> None:
    call(
        "athena",
        "CreateWorkGroup",
        Name="fs-core",
        Configuration={"ResultConfiguration": {"OutputLocation": "s3://a/"}},
    )
    shown = call("athena", "GetWorkGroup", WorkGroup="fs-core")["WorkGroup"]["Configuration"]
    assert shown["PublishCloudWatchMetricsEnabled"] is True
    assert shown["EnforceWorkGroupConfiguration"] is True
    updates = {
        "BytesScannedCutoffPerQuery": 10_000_000,
        "EnforceWorkGroupConfiguration": False,
        "ResultConfigurationUpdates": {"OutputLocation": "s3://b/", "ExpectedBucketOwner": CENTRAL},
    }
    call("athena", "UpdateWorkGroup", WorkGroup="fs-core", ConfigurationUpdates=updates, State="DISABLED")
    group = call("athena", "GetWorkGroup", WorkGroup="fs-core")["WorkGroup"]
    assert group["State"] == "DISABLED"
    assert group["Configuration"]["ResultConfiguration"] == {
        "OutputLocation": "s3://b/",
        "ExpectedBucketOwner": CENTRAL,
    }
    removal = {"RemoveBytesScannedCutoffPerQuery": True, "ResultConfigurationUpdates": {"RemoveOutputLocation": True}}
    call("athena", "UpdateWorkGroup", WorkGroup="fs-core", ConfigurationUpdates=removal)
    configuration = call("athena", "GetWorkGroup", WorkGroup="fs-core")["WorkGroup"]["Configuration"]
    assert "BytesScannedCutoffPerQuery" not in configuration
    assert "OutputLocation" not in configuration["ResultConfiguration"]
    call("athena", "DeleteWorkGroup", WorkGroup="fs-core")
    with pytest.raises(ServiceError, match="is not found"):
        call("athena", "GetWorkGroup", WorkGroup="fs-core")


def test_tags_of_a_workgroup_without_tags(call: Call) -> None:
    call("athena", "CreateWorkGroup", Name="plain")
    call("athena", "CreateWorkGroup", Name="tagged", Tags=[{"Key": "a", "Value": "1"}])
    arn = f"arn:aws:athena:{REGION}:{CENTRAL}:workgroup/"
    assert call("athena", "ListTagsForResource", ResourceARN=f"{arn}plain")["Tags"] == []
    assert call("athena", "ListTagsForResource", ResourceARN=f"{arn}tagged")["Tags"] == [{"Key": "a", "Value": "1"}]
    with pytest.raises(ServiceError, match="was not found"):
        call("athena", "ListTagsForResource", ResourceARN=f"{arn}absent")


def test_primary_is_there_and_stays(call: Call) -> None:
    configuration = call("athena", "GetWorkGroup", WorkGroup="primary")["WorkGroup"]["Configuration"]
    assert configuration["PublishCloudWatchMetricsEnabled"] is True
    assert configuration["EnforceWorkGroupConfiguration"] is False
    with pytest.raises(ServiceError, match="primary"):
        call("athena", "DeleteWorkGroup", WorkGroup="primary")


def test_contents_of_a_workgroup(call: Call) -> None:
    from moto.athena.models import athena_backends

    backend = athena_backends[CENTRAL][REGION]
    call("athena", "CreateWorkGroup", Name="w")
    query = backend.create_named_query("q", "", "d", "SELECT 1", "w")
    call("athena", "CreatePreparedStatement", StatementName="pp", WorkGroup="w", QueryStatement="SELECT ?")
    with pytest.raises(ServiceError, match="not empty"):
        call("athena", "DeleteWorkGroup", WorkGroup="w")
    call("athena", "UpdateNamedQuery", NamedQueryId=query, Name="q2", QueryString="SELECT 2")
    assert call("athena", "GetNamedQuery", NamedQueryId=query)["NamedQuery"]["QueryString"] == "SELECT 2"
    call("athena", "DeleteNamedQuery", NamedQueryId=query)
    with pytest.raises(ServiceError, match="was not found"):
        call("athena", "GetNamedQuery", NamedQueryId=query)
    where = {"WorkGroup": "w", "StatementName": "pp"}
    call("athena", "UpdatePreparedStatement", **where, QueryStatement="SELECT 3")
    assert call("athena", "GetPreparedStatement", **where)["PreparedStatement"]["QueryStatement"] == "SELECT 3"
    call("athena", "DeletePreparedStatement", **where)
    assert call("athena", "ListPreparedStatements", WorkGroup="w") == {"PreparedStatements": []}
    backend.create_data_catalog("c", "GLUE", "", {"catalog-id": CENTRAL}, [])
    assert call("athena", "DeleteDataCatalog", Name="c")["DataCatalog"]["Name"] == "c"
    with pytest.raises(ServiceError, match="was not found"):
        call("athena", "GetDataCatalog", Name="c")


def test_workgroups_have_prepared_statements_of_the_same_name(call: Call) -> None:
    for group in ("one", "two"):
        call("athena", "CreateWorkGroup", Name=group)
        made = {"WorkGroup": group, "StatementName": "by_id", "QueryStatement": f"SELECT '{group}'"}
        call("athena", "CreatePreparedStatement", **made)
        with pytest.raises(ServiceError, match="already exists"):
            call("athena", "CreatePreparedStatement", **made)
    call("athena", "DeletePreparedStatement", WorkGroup="one", StatementName="by_id")
    left = call("athena", "GetPreparedStatement", WorkGroup="two", StatementName="by_id")["PreparedStatement"]
    assert left["QueryStatement"] == "SELECT 'two'"
    with pytest.raises(ServiceError, match="was not found"):
        call("athena", "GetPreparedStatement", WorkGroup="one", StatementName="by_id")


def test_catalog_metadata_is_that_of_glue(create: Any, call: Call) -> None:
    create()
    where = {"CatalogName": "AwsDataCatalog", "DatabaseName": "fs_features"}
    assert call("athena", "GetDatabase", **where)["Database"]["Name"] == "fs_features"
    table = call("athena", "GetTableMetadata", **where, TableName="sessions")["TableMetadata"]
    assert [key["Name"] for key in table["PartitionKeys"]] == ["year", "month", "day", "hour"]
    assert [item["Name"] for item in call("athena", "ListTableMetadata", **where)["TableMetadataList"]] == ["sessions"]


def test_replication_round_trip(call: Call, world: World) -> None:
    rule = {
        "ID": "sessions",
        "Priority": 3,
        "Status": "Enabled",
        "Filter": {"Prefix": "sessions/"},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
        "Destination": {"Bucket": "arn:aws:s3:::other", "Account": "1" * 12, "Metrics": {"Status": "Enabled"}},
    }
    given = {"Role": f"arn:aws:iam::{CENTRAL}:role/replication", "Rules": [rule]}
    with pytest.raises(ServiceError, match="Versioning"):
        call("s3", "PutBucketReplication", Bucket=BUCKET, ReplicationConfiguration=given)
    s3_backends[CENTRAL]["aws"].put_bucket_versioning(BUCKET, "Enabled")
    call("s3", "PutBucketReplication", Bucket=BUCKET, ReplicationConfiguration=given)
    assert call("s3", "GetBucketReplication", Bucket=BUCKET) == {"ReplicationConfiguration": given}
    s3_backends[CENTRAL]["aws"].delete_bucket_replication(BUCKET)
    with pytest.raises(ServiceError, match="replication configuration was not found"):
        call("s3", "GetBucketReplication", Bucket=BUCKET)


def test_eventbridge_notification_is_shown(call: Call, world: World) -> None:
    assert call("s3", "GetBucketNotificationConfiguration", Bucket=BUCKET) == {}
    bucket = s3_backends[CENTRAL]["aws"].get_bucket(BUCKET)
    bucket.set_notification_configuration({"EventBridgeConfiguration": {}})
    assert call("s3", "GetBucketNotificationConfiguration", Bucket=BUCKET) == {"EventBridgeConfiguration": {}}


def test_shares_are_filtered(call: Call) -> None:
    backend = ram_backends[CENTRAL][REGION]
    arns = [backend.create_resource_share(name=name)["resourceShare"]["resourceShareArn"] for name in ("a", "b")]
    found = call("ram", "GetResourceShares", resourceOwner="SELF", resourceShareArns=arns[1:])["resourceShares"]
    assert [share["name"] for share in found] == ["b"]
    assert call("ram", "ListResourceSharePermissions", resourceShareArn=arns[0]) == {"permissions": []}


def test_trails_are_filtered(call: Call, world: World) -> None:
    from moto.cloudtrail.models import cloudtrail_backends

    backend = cloudtrail_backends[CENTRAL][REGION]
    for name in ("one", "two"):
        backend.create_trail(name, BUCKET, "", "", False, True, False, False, "", "", "", [])
    found = call("cloudtrail", "DescribeTrails", trailNameList=["two"])["trailList"]
    assert [trail["Name"] for trail in found] == ["two"]
    assert len(call("cloudtrail", "DescribeTrails")["trailList"]) == 2
