"""Things at the edge that moto lacks or bends: access grants, deliveries, global endpoints, key stores, a workbench."""

import json
from typing import Any

import pytest
from moto.cloudwatch.models import cloudwatch_backends
from moto.events.models import events_backends
from moto.iam.models import iam_backends
from moto.s3control.models import s3control_backends
from services_world import BUCKET, CENTRAL, REGION, Call

from featureshare.localaws.invocation import ServiceError

LENT = f"arn:aws:iam::{CENTRAL}:role/lent"
EVERY = {"AccountId": CENTRAL}


@pytest.fixture
def lent() -> str:
    """A role that a place of access grants may lend."""
    iam_backends[CENTRAL]["aws"].create_role("lent", "{}", "/", None, "", [], None)
    return LENT


def refused(call: Call, service: str, operation: str, **params: Any) -> str:
    with pytest.raises(ServiceError) as caught:
        call(service, operation, **params)
    return caught.value.code


def test_access_grants_hang_together(call: Call, lent: str) -> None:
    place = {**EVERY, "LocationScope": f"s3://{BUCKET}/features/*", "IAMRoleArn": lent}
    assert refused(call, "s3control", "CreateAccessGrantsLocation", **place) == "AccessGrantsInstanceNotExistsError"
    instance = call("s3control", "CreateAccessGrantsInstance", **EVERY, Tags=[{"Key": "a", "Value": "1"}])
    assert instance["AccessGrantsInstanceArn"] == f"arn:aws:s3:{REGION}:{CENTRAL}:access-grants/default"
    assert refused(call, "s3control", "CreateAccessGrantsInstance", **EVERY) == "AccessGrantsInstanceAlreadyExists"
    stranger = {**place, "IAMRoleArn": f"{LENT}-not"}
    assert refused(call, "s3control", "CreateAccessGrantsLocation", **stranger) == "InvalidIamRole"
    made = call("s3control", "CreateAccessGrantsLocation", **place)
    where = {**EVERY, "AccessGrantsLocationId": made["AccessGrantsLocationId"]}
    grantee = {"GranteeType": "IAM", "GranteeIdentifier": f"{LENT}-not"}
    wanted = {**where, "Permission": "READ", "Grantee": grantee}
    assert refused(call, "s3control", "CreateAccessGrant", **wanted) == "InvalidRequest"
    below = {"AccessGrantsLocationConfiguration": {"S3SubPrefix": "day=1/*"}}
    grant = call(
        "s3control", "CreateAccessGrant", **{**wanted, "Grantee": {**grantee, "GranteeIdentifier": lent}}, **below
    )
    assert grant["GrantScope"] == f"s3://{BUCKET}/features/day=1/*"
    assert [one["AccessGrantId"] for one in call("s3control", "ListAccessGrants", **EVERY)["AccessGrantsList"]] == [
        grant["AccessGrantId"]
    ]
    assert call("s3control", "ListAccessGrants", **EVERY, Permission="WRITE")["AccessGrantsList"] == []
    assert refused(call, "s3control", "DeleteAccessGrantsLocation", **where) == "AccessGrantsLocationNotEmptyError"
    assert refused(call, "s3control", "DeleteAccessGrantsInstance", **EVERY) == "AccessGrantsInstanceNotEmptyError"
    call("s3control", "DeleteAccessGrant", **EVERY, AccessGrantId=grant["AccessGrantId"])
    call("s3control", "DeleteAccessGrantsLocation", **where)
    call("s3control", "DeleteAccessGrantsInstance", **EVERY)
    assert refused(call, "s3control", "GetAccessGrantsInstance", **EVERY) == "AccessGrantsInstanceNotExistsError"


def test_all_of_s3_needs_a_prefix_and_is_the_default_place(call: Call, lent: str) -> None:
    call("s3control", "CreateAccessGrantsInstance", **EVERY)
    made = call("s3control", "CreateAccessGrantsLocation", **EVERY, LocationScope="s3://", IAMRoleArn=lent)
    assert made["AccessGrantsLocationId"] == "default"
    wanted = {
        **EVERY,
        "AccessGrantsLocationId": "default",
        "Permission": "READ",
        "Grantee": {"GranteeType": "IAM", "GranteeIdentifier": lent},
    }
    assert refused(call, "s3control", "CreateAccessGrant", **wanted) == "InvalidRequest"


def test_access_grants_of_another_account_are_not_ours(call: Call) -> None:
    assert refused(call, "s3control", "CreateAccessGrantsInstance", AccountId="555555555555") == "AccessDenied"


def test_a_log_delivery_joins_source_and_destination(call: Call) -> None:
    bus = f"arn:aws:events:{REGION}:{CENTRAL}:event-bus/fs"
    assert (
        refused(call, "logs", "PutDeliverySource", name="s", resourceArn=bus, logType="OTHER") == "ValidationException"
    )
    call("logs", "PutDeliverySource", name="s", resourceArn=bus, logType="INFO_LOGS", tags={"a": "1"})
    other = f"{bus}-other"
    assert (
        refused(call, "logs", "PutDeliverySource", name="s", resourceArn=other, logType="INFO_LOGS")
        == "ConflictException"
    )
    to = {"destinationResourceArn": f"arn:aws:s3:::{BUCKET}"}
    made = call("logs", "PutDeliveryDestination", name="d", outputFormat="json", deliveryDestinationConfiguration=to)
    goal = made["deliveryDestination"]
    assert goal["deliveryDestinationType"] == "S3"
    changed = {"name": "d", "outputFormat": "plain", "deliveryDestinationConfiguration": to}
    assert refused(call, "logs", "PutDeliveryDestination", **changed) == "ValidationException"
    join = {"deliverySourceName": "s", "deliveryDestinationArn": goal["arn"]}
    delivery = call("logs", "CreateDelivery", **join)["delivery"]
    assert delivery["s3DeliveryConfiguration"] == {
        "suffixPath": "AWSLogs/{account-id}/events/",
        "enableHiveCompatiblePath": False,
    }
    assert refused(call, "logs", "CreateDelivery", **join) == "ConflictException"
    assert refused(call, "logs", "DeleteDeliverySource", name="s") == "ConflictException"
    path = {"enableHiveCompatiblePath": True}
    call("logs", "UpdateDeliveryConfiguration", id=delivery["id"], recordFields=["at"], s3DeliveryConfiguration=path)
    shown = call("logs", "GetDelivery", id=delivery["id"])["delivery"]
    assert (shown["recordFields"], shown["s3DeliveryConfiguration"]["enableHiveCompatiblePath"]) == (["at"], True)
    call("logs", "DeleteDelivery", id=delivery["id"])
    call("logs", "DeleteDeliverySource", name="s")
    call("logs", "DeleteDeliveryDestination", name="d")
    assert call("logs", "DescribeDeliverySources") == {"deliverySources": []}


def test_a_global_endpoint_wants_two_buses_of_a_name_in_two_regions(call: Call) -> None:
    for region in (REGION, "us-east-1"):
        events_backends[CENTRAL][region].create_event_bus("fs")
    near, far = (f"arn:aws:events:{region}:{CENTRAL}:event-bus/fs" for region in (REGION, "us-east-1"))
    route = {
        "FailoverConfig": {
            "Primary": {"HealthCheck": "arn:aws:route53:::healthcheck/1"},
            "Secondary": {"Route": "us-east-1"},
        }
    }
    given: dict[str, Any] = {
        "Name": "fs",
        "RoutingConfig": route,
        "EventBuses": [{"EventBusArn": near}, {"EventBusArn": far}],
        "ReplicationConfig": {"State": "DISABLED"},
    }
    twice = {**given, "EventBuses": [{"EventBusArn": near}, {"EventBusArn": near}]}
    assert refused(call, "events", "CreateEndpoint", **twice) == "ValidationException"
    absent = {**given, "EventBuses": [{"EventBusArn": f"{near}2"}, {"EventBusArn": f"{far}2"}]}
    assert refused(call, "events", "CreateEndpoint", **absent) == "ResourceNotFoundException"
    assert refused(call, "events", "CreateEndpoint", **{**given, "ReplicationConfig": None}) == "ValidationException"
    call("events", "CreateEndpoint", **given)
    call("events", "UpdateEndpoint", Name="fs", ReplicationConfig={"State": "ENABLED"}, RoleArn=LENT)
    shown = call("events", "DescribeEndpoint", Name="fs")
    assert (shown["State"], shown["ReplicationConfig"], shown["RoleArn"]) == ("ACTIVE", {"State": "ENABLED"}, LENT)
    call("events", "DeleteEndpoint", Name="fs")
    assert refused(call, "events", "DescribeEndpoint", Name="fs") == "ResourceNotFoundException"


def test_a_key_store_shows_no_secret_and_holds_fast_while_connected(call: Call) -> None:
    proxy: dict[str, Any] = {
        "CustomKeyStoreName": "outside",
        "CustomKeyStoreType": "EXTERNAL_KEY_STORE",
        "XksProxyConnectivity": "PUBLIC_ENDPOINT",
        "XksProxyUriEndpoint": "https://keys.example.com",
        "XksProxyUriPath": "/kms/xks/v1",
    }
    assert refused(call, "kms", "CreateCustomKeyStore", **proxy) == "ValidationException"
    credential = {"AccessKeyId": "A" * 20, "RawSecretAccessKey": "B" * 43}
    name = call("kms", "CreateCustomKeyStore", **proxy, XksProxyAuthenticationCredential=credential)["CustomKeyStoreId"]
    (shown,) = call("kms", "DescribeCustomKeyStores", CustomKeyStoreId=name)["CustomKeyStores"]
    assert shown["XksProxyConfiguration"] == {
        "Connectivity": "PUBLIC_ENDPOINT",
        "AccessKeyId": "A" * 20,
        "UriEndpoint": "https://keys.example.com",
        "UriPath": "/kms/xks/v1",
    }
    call("kms", "ConnectCustomKeyStore", CustomKeyStoreId=name)
    assert refused(call, "kms", "DeleteCustomKeyStore", CustomKeyStoreId=name) == "CustomKeyStoreInvalidStateException"
    moved = {"CustomKeyStoreId": name, "XksProxyUriPath": "/other/kms/xks/v1"}
    assert refused(call, "kms", "UpdateCustomKeyStore", **moved) == "CustomKeyStoreInvalidStateException"
    call("kms", "DisconnectCustomKeyStore", CustomKeyStoreId=name)
    call("kms", "UpdateCustomKeyStore", **moved, NewCustomKeyStoreName="renamed")
    call("kms", "DeleteCustomKeyStore", CustomKeyStoreId=name)
    assert refused(call, "kms", "DescribeCustomKeyStores", CustomKeyStoreId=name) == "CustomKeyStoreNotFoundException"


def test_a_development_endpoint_keeps_what_an_update_does_not_name(call: Call) -> None:
    bench = {"EndpointName": "bench"}
    call("glue", "CreateDevEndpoint", **bench, RoleArn=LENT, Arguments={"a": "1", "b": "2"}, PublicKey="ssh-ed25519 A")
    shown = call("glue", "GetDevEndpoint", **bench)["DevEndpoint"]
    assert (shown["Status"], shown["NumberOfNodes"], "SubnetId" in shown) == ("READY", 5, False)
    libraries = {"ExtraJarsS3Path": "s3://b/a.jar"}
    call(
        "glue", "UpdateDevEndpoint", **bench, DeleteArguments=["a"], AddArguments={"c": "3"}, CustomLibraries=libraries
    )
    shown = call("glue", "GetDevEndpoint", **bench)["DevEndpoint"]
    assert (shown["Arguments"], shown["ExtraJarsS3Path"]) == ({"b": "2", "c": "3"}, "s3://b/a.jar")
    assert shown["PublicKey"] == "ssh-ed25519 A"
    call("glue", "DeleteDevEndpoint", **bench)
    assert refused(call, "glue", "GetDevEndpoint", **bench) == "EntityNotFoundException"
    assert (
        refused(call, "glue", "CreateDevEndpoint", **bench, RoleArn=LENT, SubnetId="subnet-0")
        == "InvalidInputException"
    )


def test_a_script_follows_its_graph(call: Call) -> None:
    nodes = [
        {"Id": "sink", "NodeType": "DataSink", "Args": [{"Name": "database", "Value": '"out"'}]},
        {"Id": "mapped", "NodeType": "ApplyMapping", "Args": [{"Name": "mappings", "Value": "[]"}]},
        {"Id": "rides", "NodeType": "DataSource", "Args": [{"Name": "database", "Value": '"in"'}]},
    ]
    edges = [{"Source": "rides", "Target": "mapped"}, {"Source": "mapped", "Target": "sink"}]
    script = call("glue", "CreateScript", DagNodes=nodes, DagEdges=edges)["PythonScript"]
    compile(script, "script.py", "exec")
    assigned = [line.split(" = ")[0] for line in script.splitlines() if line.startswith(("rides", "mapped", "sink"))]
    assert assigned == ["rides", "mapped", "sink"]
    assert 'mapped = ApplyMapping.apply(frame = rides, mappings = [], transformation_ctx = "mapped")' in script
    scala = call("glue", "CreateScript", DagNodes=nodes, DagEdges=edges, Language="SCALA")["ScalaCode"]
    assert 'val rides = glueContext.getCatalogSource(database = "in"' in scala
    circle = [*edges, {"Source": "sink", "Target": "rides"}]
    assert refused(call, "glue", "CreateScript", DagNodes=nodes, DagEdges=circle) == "InvalidInputException"
    assert refused(call, "glue", "CreateScript", DagNodes=nodes[:1], DagEdges=edges) == "InvalidInputException"


def test_an_object_lambda_point_refuses_a_public_policy(call: Call) -> None:
    function = {"AwsLambda": {"FunctionArn": f"arn:aws:lambda:{REGION}:{CENTRAL}:function:mask"}}
    configuration = {
        "SupportingAccessPoint": f"arn:aws:s3:{REGION}:{CENTRAL}:accesspoint/open",
        "TransformationConfigurations": [{"Actions": ["GetObject"], "ContentTransformation": function}],
    }
    point = {**EVERY, "Name": "masked"}
    made = call("s3control", "CreateAccessPointForObjectLambda", **point, Configuration=configuration)
    assert made["ObjectLambdaAccessPointArn"] == f"arn:aws:s3-object-lambda:{REGION}:{CENTRAL}:accesspoint/masked"
    shown = call("s3control", "GetAccessPointConfigurationForObjectLambda", **point)["Configuration"]
    assert shown == {**configuration, "CloudWatchMetricsEnabled": False}
    statement = {"Effect": "Allow", "Action": "s3-object-lambda:GetObject", "Resource": "*"}
    public, own = (
        json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Principal": who}]})
        for who in ("*", {"AWS": CENTRAL})
    )
    assert refused(call, "s3control", "PutAccessPointPolicyForObjectLambda", **point, Policy=public) == "AccessDenied"
    call("s3control", "PutAccessPointPolicyForObjectLambda", **point, Policy=own)
    assert call("s3control", "GetAccessPointPolicyStatusForObjectLambda", **point) == {
        "PolicyStatus": {"IsPublic": False}
    }
    call("s3control", "DeleteAccessPointForObjectLambda", **point)
    assert refused(call, "s3control", "GetAccessPointForObjectLambda", **point) == "NoSuchAccessPoint"


def test_tables_of_a_table_bucket(call: Call) -> None:
    arn = call("s3tables", "CreateTableBucket", name="lake-of-tables")["arn"]
    here = {"tableBucketARN": arn}
    assert refused(call, "s3tables", "CreateTableBucket", name="lake-of-tables") == "ConflictException"
    assert refused(call, "s3tables", "CreateTableBucket", name="A") == "BadRequestException"
    call("s3tables", "CreateNamespace", **here, namespace=["features"])
    assert refused(call, "s3tables", "DeleteTableBucket", **here) == "ConflictException"
    table = {**here, "namespace": "features", "name": "rides"}
    made = call("s3tables", "CreateTable", **table, format="ICEBERG")
    assert made["tableARN"].startswith(f"{arn}/table/")
    assert refused(call, "s3tables", "DeleteNamespace", **here, namespace="features") == "ConflictException"
    size = {"settings": {"icebergCompaction": {"targetFileSizeMB": 64}}}
    call("s3tables", "PutTableMaintenanceConfiguration", **table, type="icebergCompaction", value=size)
    kept = call("s3tables", "GetTableMaintenanceConfiguration", **table)["configuration"]
    assert kept["icebergCompaction"] == {"status": "enabled", **size}
    assert kept["icebergSnapshotManagement"]["status"] == "enabled"
    assert refused(call, "s3tables", "GetTableBucketEncryption", **here) == "NotFoundException"
    assert call("s3tables", "GetTableEncryption", **table)["encryptionConfiguration"] == {"sseAlgorithm": "AES256"}
    call("s3tables", "PutTableBucketEncryption", **here, encryptionConfiguration={"sseAlgorithm": "AES256"})
    sealed = call("s3tables", "GetTableBucketEncryption", **here)["encryptionConfiguration"]
    assert sealed == {"sseAlgorithm": "AES256"}
    assert refused(call, "s3tables", "GetTablePolicy", **table) == "NotFoundException"
    assert refused(call, "s3tables", "RenameTable", **table, newName="x", versionToken="stale") == "ConflictException"
    call("s3tables", "RenameTable", **table, newName="trips", versionToken=made["versionToken"])
    assert call("s3tables", "GetTable", tableArn=made["tableARN"])["name"] == "trips"
    assert refused(call, "s3tables", "GetTable", **table) == "NotFoundException"
    call("s3tables", "DeleteTable", **{**table, "name": "trips"})
    call("s3tables", "DeleteNamespace", **here, namespace="features")
    call("s3tables", "DeleteTableBucket", **here)
    assert call("s3tables", "ListTableBuckets") == {"tableBuckets": []}


def test_tags_of_rules_and_streams_of_metrics(call: Call) -> None:
    backend = cloudwatch_backends[CENTRAL][REGION]
    backend.put_insight_rule("callers", "ENABLED", "{}", [{"Key": "a", "Value": "1"}])
    firehose = f"arn:aws:firehose:{REGION}:{CENTRAL}:deliverystream/metrics"
    call("cloudwatch", "PutMetricStream", Name="all", FirehoseArn=firehose, RoleArn=LENT, OutputFormat="json")
    for name in ("insight-rule/callers", "metric-stream/all"):
        arn = {"ResourceARN": f"arn:aws:cloudwatch:{REGION}:{CENTRAL}:{name}"}
        call("cloudwatch", "TagResource", **arn, Tags=[{"Key": "b", "Value": "2"}])
        call("cloudwatch", "UntagResource", **arn, TagKeys=["a"])
        assert call("cloudwatch", "ListTagsForResource", **arn)["Tags"] == [{"Key": "b", "Value": "2"}]
    call("cloudwatch", "DeleteInsightRules", RuleNames=["callers"])
    call("cloudwatch", "DeleteMetricStream", Name="all")
    for name in ("insight-rule/callers", "metric-stream/all"):
        arn = {"ResourceARN": f"arn:aws:cloudwatch:{REGION}:{CENTRAL}:{name}"}
        assert refused(call, "cloudwatch", "ListTagsForResource", **arn) == "ResourceNotFoundException"
    assert not backend.tagger.tags


def test_a_point_of_several_regions_tells_whose_its_buckets_are(call: Call) -> None:
    backend = s3control_backends[CENTRAL]["aws"]
    backend.create_multi_region_access_point(CENTRAL, "both", {}, [{"Bucket": BUCKET}], REGION)
    point = call("s3control", "GetMultiRegionAccessPoint", **EVERY, Name="both")["AccessPoint"]
    assert point["Regions"] == [{"Bucket": BUCKET, "Region": REGION, "BucketAccountId": CENTRAL}]
    none = refused(call, "s3control", "GetMultiRegionAccessPointPolicy", **EVERY, Name="both")
    assert none == "NoSuchMultiRegionAccessPointPolicy"
    backend.put_multi_region_access_point_policy(CENTRAL, "both", "{}", REGION)
    shown = call("s3control", "GetMultiRegionAccessPointPolicy", **EVERY, Name="both")["Policy"]
    assert shown == {"Established": {"Policy": "{}"}, "Proposed": {"Policy": "{}"}}
    unknown = refused(call, "s3control", "GetMultiRegionAccessPoint", **EVERY, Name="none")
    assert unknown == "NoSuchMultiRegionAccessPoint"
