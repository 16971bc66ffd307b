"""Feature groups: what Describe gives back, what is refused, and the life of a group."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from services_world import BUCKET, CENTRAL, CONSUMER, FEATURES, KEY, REGION, ROLE, Call, World, record

from featureshare.localaws import services
from featureshare.localaws.invocation import ServiceError
from featureshare.localaws.services import catalog

ARN = f"arn:aws:sagemaker:{REGION}:{CENTRAL}:feature-group/sessions"


def describe(call: Call, name: str = "sessions") -> dict[str, Any]:
    return call("sagemaker", "DescribeFeatureGroup", FeatureGroupName=name)


def refused(make: Any, code: str, words: str) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        make()
    assert caught.value.code == code
    assert words in caught.value.message
    return caught.value


def test_describe_gives_back_what_was_configured(create: Any, call: Call) -> None:
    assert create()["FeatureGroupArn"] == ARN
    shown = describe(call)
    assert shown["FeatureGroupStatus"] == "Created"
    assert shown["FeatureDefinitions"] == FEATURES
    assert shown["OnlineStoreConfig"] == {"EnableOnlineStore": True}  # a StorageType would make Terraform replace it
    assert shown["ThroughputConfig"] == {"ThroughputMode": "OnDemand"}
    assert shown["OfflineStoreStatus"] == {"Status": "Active"}
    assert "Description" not in shown
    offline = shown["OfflineStoreConfig"]
    storage = offline["S3StorageConfig"]
    assert (storage["S3Uri"], storage["KmsKeyId"]) == (f"s3://{BUCKET}/sessions/", KEY)
    prefix = f"s3://{BUCKET}/sessions/{CENTRAL}/sagemaker/{REGION}/offline-store/sessions-"
    resolved = storage["ResolvedOutputS3Uri"]
    assert resolved.startswith(prefix)
    epoch, rest = resolved.removeprefix(prefix).split("/")
    assert epoch.isdigit()
    assert rest == "data"
    assert offline["DataCatalogConfig"] == {
        "Catalog": "AwsDataCatalog",
        "Database": "fs_features",
        "TableName": "sessions",
    }
    assert describe(call, ARN)["FeatureGroupName"] == "sessions"


def test_describe_twice_is_the_same(create: Any, call: Call) -> None:
    create(
        "full",
        Description="all of it",
        OnlineStoreConfig={
            "EnableOnlineStore": True,
            "StorageType": "Standard",
            "TtlDuration": {"Unit": "Days", "Value": 30},
            "SecurityConfig": {"KmsKeyId": KEY},
        },
        ThroughputConfig={
            "ThroughputMode": "Provisioned",
            "ProvisionedReadCapacityUnits": 5,
            "ProvisionedWriteCapacityUnits": 6,
        },
    )
    first, second = describe(call, "full"), describe(call, "full")
    assert first["OnlineStoreConfig"]["TtlDuration"] == {"Unit": "Days", "Value": 30}
    assert first["ThroughputConfig"]["ProvisionedWriteCapacityUnits"] == 6
    assert first["Description"] == "all of it"
    assert {name: value for name, value in first.items() if name != "OnlineStoreTotalSizeBytes"} == {
        name: value for name, value in second.items() if name != "OnlineStoreTotalSizeBytes"
    }


def test_table_is_the_one_feature_store_makes(create: Any, call: Call) -> None:
    create()
    table = catalog.table(CENTRAL, REGION, "fs_features", "sessions")
    assert table is not None
    descriptor = table["StorageDescriptor"]
    assert {column["Name"]: column["Type"] for column in descriptor["Columns"]} == {
        "session_id": "string",
        "clicks": "bigint",
        "score": "double",
        "event_time": "string",
        "write_time": "timestamp",
        "api_invocation_time": "timestamp",
        "is_deleted": "boolean",
    }
    assert [key["Name"] for key in table["PartitionKeys"]] == ["year", "month", "day", "hour"]
    assert "parquet" in descriptor["SerdeInfo"]["SerializationLibrary"]
    assert descriptor["Location"] == describe(call)["OfflineStoreConfig"]["S3StorageConfig"]["ResolvedOutputS3Uri"]


def test_generated_table_and_generated_again(create: Any, call: Call) -> None:
    offline = {"S3StorageConfig": {"S3Uri": f"s3://{BUCKET}/plain"}}
    names = []
    for _ in range(2):
        create("my-Group", OfflineStoreConfig=offline)
        config = describe(call, "my-Group")["OfflineStoreConfig"]
        assert config["DataCatalogConfig"]["Database"] == "sagemaker_featurestore"
        names.append(config["DataCatalogConfig"]["TableName"])
        call("sagemaker", "DeleteFeatureGroup", FeatureGroupName="my-Group")
    assert all(name.startswith("my_group_") for name in names)
    assert names[0] != names[1]


def test_existing_table_is_refused_and_leaves_no_group(create: Any, call: Call) -> None:
    create()
    call("sagemaker", "DeleteFeatureGroup", FeatureGroupName="sessions")
    refused(create, "ValidationException", "fs_features.sessions already exists")
    refused(lambda: describe(call), "ResourceNotFound", "can't find a FeatureGroup")


def test_own_database_needs_the_right_to_create_it(create: Any, world: World) -> None:
    world.deny = {"glue:CreateDatabase"}
    refused(create, "AccessDeniedException", "glue:CreateDatabase")
    world.deny = set()
    create()
    world.deny = {"glue:CreateDatabase"}  # there by now
    create("second")


def test_disabled_table_creation(create: Any, call: Call) -> None:
    storage = {"S3Uri": f"s3://{BUCKET}/raw"}
    create("raw", OfflineStoreConfig={"S3StorageConfig": storage, "DisableGlueTableCreation": True})
    offline = describe(call, "raw")["OfflineStoreConfig"]
    assert "DataCatalogConfig" not in offline
    assert offline["DisableGlueTableCreation"] is True


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"OnlineStoreConfig": None, "OfflineStoreConfig": None}, "cannot be both disabled"),
        ({"RecordIdentifierFeatureName": "other"}, "RecordIdentifierFeatureName [other]"),
        ({"EventTimeFeatureName": "clicks"}, "must be of type String or Fractional"),
        ({"FeatureDefinitions": [*FEATURES, {"FeatureName": "is_deleted", "FeatureType": "String"}]}, "reserved"),
        ({"FeatureDefinitions": [*FEATURES, {"FeatureName": "clicks", "FeatureType": "String"}]}, "duplicate"),
        ({"FeatureDefinitions": [*FEATURES, {"FeatureName": "x", "FeatureType": "Boolean"}]}, "enum value set"),
        ({"name": "bad name"}, "'featureGroupName' failed to satisfy constraint"),
        ({"Description": "x" * 129}, "length less than or equal to 128"),
        ({"RoleArn": None}, "RoleArn is required"),
        ({"RoleArn": f"arn:aws:iam::{CENTRAL}:role/absent"}, "The execution role ARN is invalid"),
        ({"RoleArn": f"arn:aws:iam::{CONSUMER}:role/other"}, "Cross-account pass role"),
        ({"OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": "s3://no-such-bucket/x"}}}, "Invalid S3Uri provided"),
        (
            {"OnlineStoreConfig": {"EnableOnlineStore": True, "StorageType": "InMemory"}},
            "OfflineStoreConfig is not",
        ),
        (
            {
                "FeatureDefinitions": [
                    *FEATURES,
                    {"FeatureName": "l", "FeatureType": "String", "CollectionType": "List"},
                ]
            },
            "InMemory",
        ),
        ({"ThroughputConfig": {"ThroughputMode": "OnDemand", "ProvisionedReadCapacityUnits": 1}}, "not applicable"),
        ({"ThroughputConfig": {"ThroughputMode": "Provisioned"}}, "ProvisionedReadCapacityUnits"),
        (
            {
                "EventTimeFeatureName": "Score",
                "OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": f"s3://{BUCKET}/i"}, "TableFormat": "Iceberg"},
            },
            "event time feature of type String",
        ),
        (
            {
                "OfflineStoreConfig": {
                    "S3StorageConfig": {"S3Uri": f"s3://{BUCKET}/i"},
                    "DataCatalogConfig": {"Catalog": "AwsDataCatalog", "Database": "Upper", "TableName": "t"},
                }
            },
            "lower-case letters",
        ),
        (
            {
                "OfflineStoreConfig": {
                    "S3StorageConfig": {"S3Uri": f"s3://{BUCKET}/i"},
                    "DataCatalogConfig": {"Catalog": CENTRAL, "Database": "d", "TableName": "t"},
                }
            },
            "must be AwsDataCatalog",
        ),
        (
            {
                "OfflineStoreConfig": {
                    "S3StorageConfig": {"S3Uri": f"s3://{BUCKET}/i"},
                    "DisableGlueTableCreation": True,
                    "DataCatalogConfig": {"Catalog": CONSUMER, "Database": "d", "TableName": "t"},
                }
            },
            "must be AwsDataCatalog",
        ),
        ({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]}, "unique"),
    ],
)
def test_refused(create: Any, call: Call, overrides: dict[str, Any], words: str) -> None:
    name = overrides.get("name", "sessions")
    refused(
        lambda: create(name, **{key: value for key, value in overrides.items() if key != "name"}),
        "ValidationException",
        words,
    )
    assert call("sagemaker", "ListFeatureGroups")["FeatureGroupSummaries"] == []


def test_role_must_trust_sagemaker_and_may_write(create: Any, world: World) -> None:
    world.deny = {"sts:AssumeRole"}
    refused(create, "ValidationException", "The execution role ARN is invalid")
    world.deny = {"s3:PutObject "}
    refused(create, "ValidationException", "Invalid S3Uri provided")
    world.deny = set()
    create()
    asked = [check for check in world.asked if check.action == "s3:PutObject"]
    assert {check.as_role for check in asked} == {ROLE}
    trust = next(check for check in world.asked if check.action == "sts:AssumeRole")
    assert (trust.as_role, trust.context["aws:SourceAccount"]) == ("sagemaker.amazonaws.com", CENTRAL)


def test_same_name_is_in_use(create: Any) -> None:
    create()
    refused(lambda: create("Sessions", OfflineStoreConfig=None), "ResourceInUse", "already exists")


def test_creating_takes_a_moment_and_four_at_a_time(create: Any, call: Call) -> None:
    services.configure(create_delay=1000.0, creation_patience=0.0)
    for index in range(4):
        create(f"g{index}")
    assert describe(call, "g0")["FeatureGroupStatus"] == "Creating"
    refused(lambda: create("g4"), "ResourceLimitExceeded", "4 feature groups")
    refused(lambda: call("sagemaker", "DeleteFeatureGroup", FeatureGroupName="g0"), "ValidationException", "Creating")
    services.clock.advance(2000)
    assert describe(call, "g0")["FeatureGroupStatus"] == "Created"
    create("g4")


def test_a_creation_waits_for_its_turn(create: Any, call: Call) -> None:
    """Terraform makes ten at once; AWS refuses the fifth, here it is held until one is done."""
    services.configure(create_delay=0.2)
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda index: create(f"g{index}"), range(10)))
    assert sum(describe(call, f"g{index}")["FeatureGroupStatus"] == "Creating" for index in range(10)) <= 4


def test_delete_keeps_table_and_takes_online_data(create: Any, put: Any, call: Call) -> None:
    services.configure(delete_delay=1000.0)
    create()
    put("s1", "2026-01-02T03:04:05Z", clicks=1)
    call("sagemaker", "DeleteFeatureGroup", FeatureGroupName="sessions")
    assert describe(call)["FeatureGroupStatus"] == "Deleting"
    services.clock.advance(2000)
    refused(lambda: describe(call), "ResourceNotFound", "sessions")
    assert catalog.table(CENTRAL, REGION, "fs_features", "sessions") is not None
    refused(
        lambda: call("sagemaker", "DeleteFeatureGroup", FeatureGroupName="sessions"), "ResourceNotFound", "sessions"
    )


def test_features_are_paged(create: Any, call: Call) -> None:
    many = [*FEATURES, *({"FeatureName": f"f{index}", "FeatureType": "String"} for index in range(600))]
    create("wide", FeatureDefinitions=many)
    first = describe(call, "wide")
    second = call("sagemaker", "DescribeFeatureGroup", FeatureGroupName="wide", NextToken=first["NextToken"])
    assert first["FeatureDefinitions"] + second["FeatureDefinitions"] == many
    assert second["NextToken"] == ""


def update(call: Call, **params: Any) -> None:
    call("sagemaker", "UpdateFeatureGroup", FeatureGroupName="sessions", **params)


def test_added_features_reach_the_table(create: Any, call: Call) -> None:
    create()
    update(call, FeatureAdditions=[{"FeatureName": "Country", "FeatureType": "String"}])
    assert describe(call)["FeatureDefinitions"][-1] == {"FeatureName": "Country", "FeatureType": "String"}
    assert describe(call)["LastUpdateStatus"] == {"Status": "Successful"}
    table = catalog.table(CENTRAL, REGION, "fs_features", "sessions")
    assert table is not None
    assert "country" in [column["Name"] for column in table["StorageDescriptor"]["Columns"]]
    refused(
        lambda: update(call, FeatureAdditions=[{"FeatureName": "country", "FeatureType": "String"}]),
        "ValidationException",
        "already exists",
    )


def test_ttl_is_set_changed_and_removed(create: Any, call: Call) -> None:
    create()
    update(call, OnlineStoreConfig={"TtlDuration": {"Unit": "Hours", "Value": 2}})
    assert describe(call)["OnlineStoreConfig"]["TtlDuration"] == {"Unit": "Hours", "Value": 2}
    update(call, OnlineStoreConfig={"TtlDuration": {}})
    assert describe(call)["OnlineStoreConfig"] == {"EnableOnlineStore": True}


def test_throughput_and_storage_type(create: Any, call: Call) -> None:
    create()
    provisioned = {
        "ThroughputMode": "Provisioned",
        "ProvisionedReadCapacityUnits": 1,
        "ProvisionedWriteCapacityUnits": 2,
    }
    update(call, ThroughputConfig=provisioned)
    assert describe(call)["ThroughputConfig"] == provisioned
    update(call, ThroughputConfig={"ThroughputMode": "OnDemand"})
    update(call, ThroughputConfig=provisioned)
    refused(
        lambda: update(call, ThroughputConfig={"ThroughputMode": "OnDemand"}), "ValidationException", "once in 24 hours"
    )
    services.clock.advance(86_400)
    update(call, ThroughputConfig={"ThroughputMode": "OnDemand"})
    update(call, OnlineStoreConfig={"StorageType": "Standard_V2"})
    assert describe(call)["OnlineStoreConfig"]["StorageType"] == "Standard_V2"
    refused(
        lambda: update(call, OnlineStoreConfig={"StorageType": "Standard"}),
        "ValidationException",
        "Standard to Standard_V2 only",
    )


def test_one_update_at_a_time(create: Any, call: Call) -> None:
    services.configure(update_delay=1000.0)
    create()
    update(call, OnlineStoreConfig={"TtlDuration": {"Unit": "Hours", "Value": 2}})
    assert describe(call)["LastUpdateStatus"] == {"Status": "InProgress"}
    refused(lambda: update(call, OnlineStoreConfig={"TtlDuration": {}}), "ValidationException", "in progress")


def test_list_filters_sorts_and_pages(create: Any, call: Call) -> None:
    for name in ("beta", "alpha", "gamma-x"):
        create(name)

    def names(**params: Any) -> list[str]:
        found = call("sagemaker", "ListFeatureGroups", **params)["FeatureGroupSummaries"]
        return [item["FeatureGroupName"] for item in found]

    assert names(SortBy="Name") == ["alpha", "beta", "gamma-x"]
    assert names(SortBy="Name", SortOrder="Descending") == ["gamma-x", "beta", "alpha"]
    assert names(NameContains="a-") == ["gamma-x"]
    assert names(FeatureGroupStatusEquals="Creating") == []
    assert names(OfflineStoreStatusEquals="Active", SortBy="Name") == ["alpha", "beta", "gamma-x"]
    page = call("sagemaker", "ListFeatureGroups", SortBy="Name", MaxResults=2)
    rest = call("sagemaker", "ListFeatureGroups", SortBy="Name", MaxResults=2, NextToken=page["NextToken"])
    assert [item["FeatureGroupName"] for item in rest["FeatureGroupSummaries"]] == ["gamma-x"]
    assert "NextToken" not in rest
    assert call("sagemaker", "ListFeatureGroups", account=CONSUMER)["FeatureGroupSummaries"] == []


def test_tags(create: Any, call: Call) -> None:
    create(Tags=[{"Key": "team", "Value": "core"}])
    call("sagemaker", "AddTags", ResourceArn=ARN, Tags=[{"Key": "class", "Value": "internal"}])
    call("sagemaker", "DeleteTags", ResourceArn=ARN, TagKeys=["team"])
    assert call("sagemaker", "ListTags", ResourceArn=ARN)["Tags"] == [{"Key": "class", "Value": "internal"}]
    facts = services.feature_group_facts(CENTRAL, REGION, "sessions")
    assert facts is not None
    assert facts.tags == {"class": "internal"}
    refused(lambda: call("sagemaker", "ListTags", ResourceArn=f"{ARN}-absent"), "ResourceNotFound", "absent")


def test_tags_of_other_resources(call: Call) -> None:
    created = call(
        "sagemaker",
        "CreateNotebookInstanceLifecycleConfig",
        NotebookInstanceLifecycleConfigName="setup",
        Tags=[{"Key": "a", "Value": "1"}],
    )
    arn = created["NotebookInstanceLifecycleConfigArn"]
    call("sagemaker", "AddTags", ResourceArn=arn, Tags=[{"Key": "b", "Value": "2"}])
    listed = call("sagemaker", "ListTags", ResourceArn=arn)["Tags"]
    assert listed == [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    unknown = f"arn:aws:sagemaker:{REGION}:{CENTRAL}:user-profile/d-1/me"
    assert call("sagemaker", "ListTags", ResourceArn=unknown)["Tags"] == []


def test_feature_metadata(create: Any, call: Call) -> None:
    create()
    where = {"FeatureGroupName": "sessions", "FeatureName": "clicks"}
    call(
        "sagemaker",
        "UpdateFeatureMetadata",
        **where,
        Description="clicks in a session",
        ParameterAdditions=[{"Key": "unit", "Value": "count"}, {"Key": "pii", "Value": "no"}],
    )
    call("sagemaker", "UpdateFeatureMetadata", **where, ParameterRemovals=["pii"])
    shown = call("sagemaker", "DescribeFeatureMetadata", **where)
    assert (shown["Description"], shown["FeatureType"]) == ("clicks in a session", "Integral")
    assert shown["Parameters"] == [{"Key": "unit", "Value": "count"}]
    absent = {**where, "FeatureName": "absent"}
    refused(lambda: call("sagemaker", "DescribeFeatureMetadata", **absent), "ResourceNotFound", "absent")


def test_search(create: Any, call: Call) -> None:
    create("one", Tags=[{"Key": "team", "Value": "core"}], Description="clicks of sessions")
    create("two")
    call(
        "sagemaker",
        "UpdateFeatureMetadata",
        FeatureGroupName="two",
        FeatureName="clicks",
        ParameterAdditions=[{"Key": "pii", "Value": "no"}],
    )

    def found(resource: str, key: str, *filters: dict[str, str], operator: str = "And") -> list[str]:
        expression = {"Filters": list(filters), "Operator": operator}
        answer = call("sagemaker", "Search", Resource=resource, SearchExpression=expression)
        return sorted(item[resource][key] for item in answer["Results"])

    by_tag = {"Name": "Tags.team", "Operator": "Equals", "Value": "core"}
    by_name = {"Name": "FeatureGroupName", "Operator": "Contains", "Value": "w"}
    assert found("FeatureGroup", "FeatureGroupName", by_tag) == ["one"]
    assert found("FeatureGroup", "FeatureGroupName", by_tag, by_name) == []
    assert found("FeatureGroup", "FeatureGroupName", by_tag, by_name, operator="Or") == ["one", "two"]
    assert found("FeatureGroup", "FeatureGroupName", {"Name": "Description", "Operator": "NotExists"}) == ["two"]
    assert found("FeatureMetadata", "FeatureName", {"Name": "Parameters.pii", "Value": "no"}) == ["clicks"]


def test_facts(create: Any) -> None:
    create(OnlineStoreConfig={"EnableOnlineStore": True, "SecurityConfig": {"KmsKeyId": KEY}})
    facts = services.feature_group_facts(CENTRAL, REGION, "sessions")
    assert facts is not None
    assert dataclasses.asdict(facts) == {
        "arn": ARN,
        "account": CENTRAL,
        "tags": {},
        "online_enabled": True,
        "offline_enabled": True,
        "online_key": KEY,
        "offline_key": KEY,
        "role_arn": ROLE,
        "s3_uri": f"s3://{BUCKET}/sessions/",
        "database": "fs_features",
        "table": "sessions",
    }
    assert services.feature_group_facts(CONSUMER, REGION, "sessions") is None


def test_in_memory_with_collections(create: Any, call: Call) -> None:
    vector = {"VectorConfig": {"Dimension": 2}}
    definitions = [
        *FEATURES,
        {"FeatureName": "tags", "FeatureType": "String", "CollectionType": "Set"},
        {
            "FeatureName": "embedding",
            "FeatureType": "Fractional",
            "CollectionType": "Vector",
            "CollectionConfig": vector,
        },
    ]
    create(
        "memory",
        FeatureDefinitions=definitions,
        OnlineStoreConfig={"EnableOnlineStore": True, "StorageType": "InMemory"},
        OfflineStoreConfig=None,
        RoleArn=None,
    )
    shown = describe(call, "memory")
    assert shown["FeatureDefinitions"] == definitions
    assert "ThroughputConfig" not in shown
    runtime = "sagemaker-featurestore-runtime"
    values = record(session_id="s", event_time="2026-01-01T00:00:00Z", tags=["a", "b", "a"], embedding=["1", "2.5"])
    call(runtime, "PutRecord", FeatureGroupName="memory", Record=values)
    got = call(runtime, "GetRecord", FeatureGroupName="memory", RecordIdentifierValueAsString="s")["Record"]
    assert {item["FeatureName"]: item.get("ValueAsStringList") for item in got if "ValueAsStringList" in item} == {
        "tags": ["a", "b"],
        "embedding": ["1", "2.5"],
    }
    short = record(session_id="s", event_time="2026-01-02T00:00:00Z", embedding=["1"])
    refused(
        lambda: call(runtime, "PutRecord", FeatureGroupName="memory", Record=short), "ValidationError", "dimension 2"
    )


def test_resource_catalog(call: Call) -> None:
    (entry,) = call("sagemaker", "ListResourceCatalogs")["ResourceCatalogs"]
    expected = f"arn:aws:sagemaker:{REGION}:{CENTRAL}:sagemaker-catalog/DefaultFeatureGroupCatalog"
    assert entry["ResourceCatalogArn"] == expected


def test_a_table_that_exists_may_be_told_with_the_id_of_its_catalog(create: Any, call: Call) -> None:
    offline = {
        "S3StorageConfig": {"S3Uri": f"s3://{BUCKET}/bare"},
        "DisableGlueTableCreation": True,
        "DataCatalogConfig": {"Catalog": CENTRAL, "Database": "d", "TableName": "t"},
    }
    create("bare", OfflineStoreConfig=offline)
    shown = call("sagemaker", "DescribeFeatureGroup", FeatureGroupName="bare")["OfflineStoreConfig"]
    assert shown["DataCatalogConfig"] == offline["DataCatalogConfig"]
