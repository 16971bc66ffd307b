"""Feature Store calls. Expected values: SageMaker's API reference and the Service Authorization Reference."""

from calls_support import (
    BOUNDARY,
    CENTRAL,
    OFFLINE,
    OFFLINE_KEY,
    OFFLINE_ROLE,
    ONLINE_KEY,
    OTHER,
    REGION,
    Ask,
)

GROUP = f"arn:aws:sagemaker:{REGION}:{CENTRAL}:feature-group/sessions"
FOREIGN_GROUP = f"arn:aws:sagemaker:{REGION}:{OTHER}:feature-group/sessions"
RUNTIME = "sagemaker-featurestore-runtime"
RECORD = [{"FeatureName": "session_id", "ValueAsString": "1"}]


def test_put_record_asks_for_the_group_and_its_online_key(ask: Ask) -> None:
    put, decrypt = ask(RUNTIME, "PutRecord", FeatureGroupName="sessions", Record=RECORD)
    assert (put.action, put.resource, put.account, put.as_role) == ("sagemaker:PutRecord", GROUP, CENTRAL, None)
    assert put.context == {
        "sagemaker:IsUpdateRecord": "false",
        "aws:ResourceTag/owner": "search",
        "sagemaker:ResourceTag/owner": "search",
    }
    # API_OnlineStoreSecurityConfig: the caller of all data-plane operations needs kms:Decrypt.
    assert (decrypt.action, decrypt.resource, decrypt.account) == ("kms:Decrypt", ONLINE_KEY, CENTRAL)
    assert decrypt.as_role is None
    assert decrypt.context == {
        "kms:ViaService": "sagemaker.eu-west-1.amazonaws.com",
        "kms:ResourceAliases": ("alias/fs-online",),
        "aws:ResourceTag/feature-share": "local",
        "aws:ViaAWSService": "true",
    }


def test_sagemaker_is_no_service_that_iam_documents_for_called_via(ask: Ask) -> None:
    assert all(check.via == () for check in ask(RUNTIME, "GetRecord", FeatureGroupName="sessions"))


def test_an_update_is_a_put_told_apart_by_its_keys(ask: Ask) -> None:
    features = [{"FeatureName": "clicks", "ValueAsString": "3"}, {"FeatureName": "seen", "ValueAsString": "4"}]
    put, _ = ask(RUNTIME, "UpdateRecord", FeatureGroupName="sessions", Features=features)
    assert put.action == "sagemaker:PutRecord"
    assert put.context["sagemaker:IsUpdateRecord"] == "true"
    assert put.context["sagemaker:UpdatableFeatures"] == ("clicks", "seen")


def test_each_record_operation_has_its_own_action(ask: Ask) -> None:
    expected = {
        "GetRecord": "sagemaker:GetRecord",
        "DeleteRecord": "sagemaker:DeleteRecord",
        "ListRecords": "sagemaker:ListRecords",
    }
    for operation, action in expected.items():
        assert [check.action for check in ask(RUNTIME, operation, FeatureGroupName="sessions")] == [
            action,
            "kms:Decrypt",
        ]


def test_a_foreign_arn_belongs_to_the_account_in_it(ask: Ask) -> None:
    read, decrypt = ask(RUNTIME, "GetRecord", FeatureGroupName=FOREIGN_GROUP)
    assert (read.resource, read.account) == (FOREIGN_GROUP, OTHER)
    assert decrypt.account == OTHER


def test_a_batch_asks_for_each_group_and_each_key_once(ask: Ask) -> None:
    wanted = [
        {"FeatureGroupName": "sessions", "RecordIdentifiersValueAsString": ["1"]},
        {"FeatureGroupName": GROUP, "RecordIdentifiersValueAsString": ["2"]},
        {"FeatureGroupName": "unknown", "RecordIdentifiersValueAsString": ["3"]},
    ]
    checks = ask(RUNTIME, "BatchGetRecord", Identifiers=wanted)
    assert [(check.action, check.resource) for check in checks] == [
        ("sagemaker:BatchGetRecord", GROUP),
        ("sagemaker:BatchGetRecord", GROUP.replace("sessions", "unknown")),
        ("kms:Decrypt", ONLINE_KEY),
    ]


def test_a_batch_write_is_not_a_put(ask: Ask) -> None:
    entry = {"FeatureGroupName": "sessions", "Record": RECORD}
    actions = [check.action for check in ask(RUNTIME, "BatchWriteRecord", Entries=[entry])]
    assert actions == ["sagemaker:BatchWriteRecord", "kms:Decrypt"]


def _create(ask: Ask, **changes: object) -> tuple:
    params = {
        "FeatureGroupName": "visits",
        "RecordIdentifierFeatureName": "id",
        "EventTimeFeatureName": "at",
        "FeatureDefinitions": [],
        "RoleArn": OFFLINE_ROLE,
        "OnlineStoreConfig": {"EnableOnlineStore": True, "SecurityConfig": {"KmsKeyId": ONLINE_KEY}},
        "OfflineStoreConfig": {
            "S3StorageConfig": {"S3Uri": f"s3://{OFFLINE}/visits/", "KmsKeyId": OFFLINE_KEY},
            "DataCatalogConfig": {"Catalog": "AwsDataCatalog", "Database": "fs_features", "TableName": "visits"},
        },
        "Tags": [{"Key": "owner", "Value": "search"}],
    }
    return ask("sagemaker", "CreateFeatureGroup", **{**params, **changes})


def test_create_asks_for_the_action_with_every_key_of_the_request(ask: Ask) -> None:
    create = _create(ask)[0]
    assert (create.action, create.resource, create.new) == (
        "sagemaker:CreateFeatureGroup",
        f"arn:aws:sagemaker:{REGION}:{CENTRAL}:feature-group/visits",
        True,
    )
    assert create.context == {
        "sagemaker:FeatureGroupEnableOnlineStore": "true",
        "sagemaker:FeatureGroupOnlineStoreKmsKeyArn": ONLINE_KEY,
        "sagemaker:FeatureGroupOfflineStoreS3Uri": f"s3://{OFFLINE}/visits/",
        "sagemaker:FeatureGroupOfflineStoreKmsKeyArn": OFFLINE_KEY,
        "sagemaker:FeatureGroupOfflineStoreConfig": "true",
        "aws:RequestTag/owner": "search",
        "aws:TagKeys": ("owner",),
    }


def test_tags_at_birth_need_add_tags(ask: Ask) -> None:
    tag = _create(ask)[1]
    assert tag.action == "sagemaker:AddTags"
    assert tag.context == {
        "aws:RequestTag/owner": "search",
        "aws:TagKeys": ("owner",),
        "sagemaker:TaggingAction": "CreateFeatureGroup",
    }
    assert "sagemaker:AddTags" not in {check.action for check in _create(ask, Tags=[])}


def test_create_passes_the_role_to_sagemaker(ask: Ask) -> None:
    (passed,) = [check for check in _create(ask) if check.action == "iam:PassRole"]
    assert (passed.resource, passed.account) == (OFFLINE_ROLE, CENTRAL)
    assert passed.context["iam:PassedToService"] == "sagemaker.amazonaws.com"


def test_create_needs_the_documented_rights_on_the_online_key_as_the_caller(ask: Ask) -> None:
    """API_OnlineStoreSecurityConfig lists eleven actions."""
    on_key = [check for check in _create(ask) if check.resource == ONLINE_KEY]
    assert {check.action for check in on_key} == {
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:CreateGrant",
        "kms:RetireGrant",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
        "kms:GenerateDataKey",
        "kms:ListGrants",
        "kms:RevokeGrant",
    }
    assert {check.as_role for check in on_key} == {None}
    assert {check.context["kms:ViaService"] for check in on_key} == {"sagemaker.eu-west-1.amazonaws.com"}
    (aliases,) = [check for check in _create(ask) if check.action == "kms:ListAliases"]
    assert aliases.wildcard_only


def test_the_offline_key_is_tried_as_the_role_and_without_via_service(ask: Ask) -> None:
    """feature-store-security: kms:ViaService on the offline store's key makes CreateFeatureGroup fail."""
    (data_key,) = [check for check in _create(ask) if check.as_role and check.action.startswith("kms:")]
    assert (data_key.action, data_key.resource, data_key.as_role) == (
        "kms:GenerateDataKey",
        OFFLINE_KEY,
        OFFLINE_ROLE,
    )
    assert "kms:ViaService" not in data_key.context
    (bucket,) = [check for check in _create(ask) if check.action == "s3:GetBucketAcl"]
    assert (bucket.resource, bucket.as_role) == (f"arn:aws:s3:::{OFFLINE}", OFFLINE_ROLE)


def test_the_table_is_made_with_the_callers_rights(ask: Ask) -> None:
    glue = [check for check in _create(ask) if check.action.startswith("glue:")]
    assert {(check.action, check.resource.rpartition(":")[2]) for check in glue} == {
        ("glue:GetDatabase", "catalog"),
        ("glue:GetDatabase", "database/fs_features"),
        ("glue:GetTable", "catalog"),
        ("glue:GetTable", "database/fs_features"),
        ("glue:GetTable", "table/fs_features/visits"),
        ("glue:CreateTable", "catalog"),
        ("glue:CreateTable", "database/fs_features"),
        ("glue:CreateTable", "table/fs_features/visits"),
    }
    assert {check.as_role for check in glue} == {None}


def test_a_generated_table_has_a_name_nobody_can_know(ask: Ask) -> None:
    offline = {"S3StorageConfig": {"S3Uri": f"s3://{OFFLINE}/visits/"}}
    checks = _create(ask, FeatureGroupName="new-visits", OfflineStoreConfig=offline)
    tables = {check.resource.rpartition(":")[2] for check in checks if check.action == "glue:CreateTable"}
    assert "table/sagemaker_featurestore/new_visits_0000000000" in tables
    assert "glue:CreateDatabase" in {check.action for check in checks}


def test_no_glue_when_the_table_is_not_wanted(ask: Ask) -> None:
    offline = {"S3StorageConfig": {"S3Uri": f"s3://{OFFLINE}/visits/"}, "DisableGlueTableCreation": True}
    checks = _create(ask, OfflineStoreConfig=offline)
    assert not [check for check in checks if check.action.startswith("glue:")]
    assert checks[0].context["sagemaker:FeatureGroupDisableGlueTableCreation"] == "true"


def test_writing_offline_is_done_by_the_groups_role(ask: Ask) -> None:
    key = "sessions/data/year=2026/a.parquet"
    checks = ask("sagemaker", "_WriteOffline", account=CENTRAL, feature_group="sessions", bucket=OFFLINE, key=key)
    assert [(check.action, check.resource) for check in checks] == [
        ("s3:PutObject", f"arn:aws:s3:::{OFFLINE}/{key}"),
        ("s3:PutObjectAcl", f"arn:aws:s3:::{OFFLINE}/{key}"),
        ("kms:GenerateDataKey", OFFLINE_KEY),
    ]
    assert {check.as_role for check in checks} == {OFFLINE_ROLE}
    assert checks[0].context["s3:x-amz-server-side-encryption"] == "aws:kms"
    assert checks[2].context["kms:ViaService"] == "s3.eu-west-1.amazonaws.com"


def test_writing_for_an_unknown_group_is_asked_of_no_real_role(ask: Ask) -> None:
    checks = ask("sagemaker", "_WriteOffline", account=CENTRAL, feature_group="gone", bucket=OFFLINE, key="a")
    assert {check.as_role for check in checks} == {f"arn:aws:iam::{CENTRAL}:role/*"}


def test_tags_of_a_group(ask: Ask) -> None:
    (add,) = ask("sagemaker", "AddTags", ResourceArn=GROUP, Tags=[{"Key": "owner", "Value": "x"}])
    assert (add.action, add.resource) == ("sagemaker:AddTags", GROUP)
    assert add.context["aws:RequestTag/owner"] == "x"
    assert add.context["aws:ResourceTag/owner"] == "search"
    (remove,) = ask("sagemaker", "DeleteTags", ResourceArn=GROUP, TagKeys=["owner"])
    assert remove.context["aws:TagKeys"] == ("owner",)


def test_discovery_knows_no_resource(ask: Ask) -> None:
    for operation in ("ListFeatureGroups", "Search"):
        (check,) = ask("sagemaker", operation)
        assert (check.resource, check.wildcard_only) == ("*", True)


def test_a_notebook_passes_its_role(ask: Ask) -> None:
    create, passed = ask(
        "sagemaker",
        "CreateNotebookInstance",
        NotebookInstanceName="lab",
        InstanceType="ml.t3.medium",
        RoleArn=OFFLINE_ROLE,
        DirectInternetAccess="Disabled",
    )
    assert create.context["sagemaker:DirectInternetAccess"] == "Disabled"
    assert (passed.action, passed.resource) == ("iam:PassRole", OFFLINE_ROLE)


def test_role_and_boundary_facts_reach_iam_calls(ask: Ask) -> None:
    (put,) = ask("iam", "PutRolePolicy", RoleName="fs-search-offline-store", PolicyName="p", PolicyDocument="{}")
    assert put.resource == OFFLINE_ROLE
    assert put.context["iam:PermissionsBoundary"] == BOUNDARY
