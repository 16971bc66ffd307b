"""Rules and settings beside what moto keeps: of logs, functions, tables, images, keys, buses, topics, the catalog."""

from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import load_der_public_key
from moto.awslambda.models import lambda_backends
from moto.cognitoidp.models import cognitoidp_backends
from moto.dynamodb.models import dynamodb_backends
from moto.efs.models import efs_backends
from moto.events.models import events_backends
from moto.kms.models import kms_backends
from moto.logs.models import logs_backends
from moto.sns.models import sns_backends
from services_world import CENTRAL, REGION, ROLE, Call, World

from featureshare.localaws.invocation import ServiceError

HERE = f"{REGION}:{CENTRAL}"


def refused(call: Call, service: str, operation: str, **params: Any) -> str:
    with pytest.raises(ServiceError) as caught:
        call(service, operation, **params)
    return caught.value.code


@pytest.fixture
def group(world: World) -> str:
    logs_backends[CENTRAL][REGION].create_log_group("reads", {})
    return "reads"


@pytest.mark.parametrize("form", ["{}", f"arn:aws:logs:{HERE}:log-group:{{}}", f"arn:aws:logs:{HERE}:log-group:{{}}:*"])
def test_protection_and_index_of_a_log_group_by_any_name(call: Call, group: str, form: str) -> None:
    named = {"logGroupIdentifier": form.format(group)}
    assert "policyDocument" not in call("logs", "GetDataProtectionPolicy", **named)
    assert refused(call, "logs", "PutDataProtectionPolicy", **named, policyDocument="{") == "InvalidParameterException"
    call("logs", "PutDataProtectionPolicy", **named, policyDocument="{}")
    assert call("logs", "GetDataProtectionPolicy", **named)["policyDocument"] == "{}"
    call("logs", "DeleteDataProtectionPolicy", **named)
    assert "policyDocument" not in call("logs", "GetDataProtectionPolicy", **named)
    call("logs", "PutIndexPolicy", **named, policyDocument='{"Fields": ["id"]}')
    (found,) = call("logs", "DescribeIndexPolicies", logGroupIdentifiers=[group])["indexPolicies"]
    assert found["policyDocument"] == '{"Fields": ["id"]}'
    call("logs", "DeleteIndexPolicy", **named)
    assert call("logs", "DescribeIndexPolicies", logGroupIdentifiers=[group])["indexPolicies"] == []
    assert refused(call, "logs", "DeleteIndexPolicy", **named) == "ResourceNotFoundException"


def test_policies_of_an_account_for_its_logs(call: Call) -> None:
    one = {"policyName": "cards", "policyType": "DATA_PROTECTION_POLICY"}
    assert refused(call, "logs", "DescribeAccountPolicies", **one) == "ResourceNotFoundException"
    call("logs", "PutAccountPolicy", **one, policyDocument="{}", dryRun=True)
    assert refused(call, "logs", "DescribeAccountPolicies", **one) == "ResourceNotFoundException"
    call("logs", "PutAccountPolicy", **one, policyDocument="{}")
    (found,) = call("logs", "DescribeAccountPolicies", policyType=one["policyType"])["accountPolicies"]
    assert (found["scope"], found["accountId"]) == ("ALL", CENTRAL)
    call("logs", "DeleteAccountPolicy", **one)
    assert refused(call, "logs", "DeleteAccountPolicy", **one) == "ResourceNotFoundException"


def test_an_anomaly_detector_is_paused_and_goes(call: Call, group: str) -> None:
    arns = [f"arn:aws:logs:{HERE}:log-group:{group}"]
    unknown = [f"arn:aws:logs:{HERE}:log-group:nobody"]
    assert refused(call, "logs", "CreateLogAnomalyDetector", logGroupArnList=unknown) == "ResourceNotFoundException"
    arn = call("logs", "CreateLogAnomalyDetector", logGroupArnList=arns, detectorName="d")["anomalyDetectorArn"]
    call("logs", "UpdateLogAnomalyDetector", anomalyDetectorArn=arn, enabled=False, anomalyVisibilityTime=14)
    found = call("logs", "GetLogAnomalyDetector", anomalyDetectorArn=arn)
    assert (found["anomalyDetectorStatus"], found["anomalyVisibilityTime"]) == ("PAUSED", 14)
    assert call("logs", "ListLogAnomalyDetectors", filterLogGroupArn=unknown[0])["anomalyDetectors"] == []
    assert len(call("logs", "ListLogAnomalyDetectors", filterLogGroupArn=arns[0])["anomalyDetectors"]) == 1
    call("logs", "DeleteLogAnomalyDetector", anomalyDetectorArn=arn)
    assert refused(call, "logs", "GetLogAnomalyDetector", anomalyDetectorArn=arn) == "ResourceNotFoundException"


@pytest.fixture
def function(world: World) -> str:
    spec = {"FunctionName": "serve", "Code": {"ZipFile": ""}, "Runtime": "python3.12", "Role": ROLE, "Handler": "h"}
    lambda_backends[CENTRAL][REGION].create_function({**spec, "Publish": False})
    return "serve"


def test_runtime_and_recursion_of_a_function(call: Call, function: str) -> None:
    named = {"FunctionName": function}
    assert call("lambda", "GetRuntimeManagementConfig", **named)["UpdateRuntimeOn"] == "Auto"
    code = refused(call, "lambda", "PutRuntimeManagementConfig", **named, UpdateRuntimeOn="Manual")
    assert code == "InvalidParameterValueException"
    call("lambda", "PutRuntimeManagementConfig", **named, UpdateRuntimeOn="FunctionUpdate", Qualifier="1")
    assert call("lambda", "GetRuntimeManagementConfig", **named)["UpdateRuntimeOn"] == "Auto"
    assert call("lambda", "GetRuntimeManagementConfig", **named, Qualifier="1")["UpdateRuntimeOn"] == "FunctionUpdate"
    assert call("lambda", "GetFunctionRecursionConfig", **named) == {"RecursiveLoop": "Terminate"}
    by_arn = f"arn:aws:lambda:{HERE}:function:serve"
    assert call("lambda", "PutFunctionRecursionConfig", FunctionName=by_arn, RecursiveLoop="Allow") == {
        "RecursiveLoop": "Allow"
    }
    assert call("lambda", "GetFunctionRecursionConfig", **named) == {"RecursiveLoop": "Allow"}
    assert refused(call, "lambda", "GetFunctionRecursionConfig", FunctionName="x") == "ResourceNotFoundException"


def test_a_signing_rule_stays_while_a_function_has_it(call: Call, function: str) -> None:
    publishers = {"SigningProfileVersionArns": [f"arn:aws:signer:{HERE}:/signing-profiles/p/1"]}
    made = call("lambda", "CreateCodeSigningConfig", AllowedPublishers=publishers, Tags={"a": "b"})["CodeSigningConfig"]
    assert made["CodeSigningPolicies"] == {"UntrustedArtifactOnDeployment": "Warn"}
    rule = {"CodeSigningConfigArn": made["CodeSigningConfigArn"]}
    assert lambda_backends[CENTRAL][REGION].list_tags(rule["CodeSigningConfigArn"]) == {"a": "b"}
    call("lambda", "UpdateCodeSigningConfig", **rule, Description="d")
    assert call("lambda", "GetCodeSigningConfig", **rule)["CodeSigningConfig"]["Description"] == "d"
    assert "CodeSigningConfigArn" not in call("lambda", "GetFunctionCodeSigningConfig", FunctionName=function)
    call("lambda", "PutFunctionCodeSigningConfig", FunctionName=function, **rule)
    assert call("lambda", "GetFunctionCodeSigningConfig", FunctionName=function) == {"FunctionName": "serve", **rule}
    assert len(call("lambda", "ListFunctionsByCodeSigningConfig", **rule)["FunctionArns"]) == 1
    assert refused(call, "lambda", "DeleteCodeSigningConfig", **rule) == "ResourceConflictException"
    call("lambda", "DeleteFunctionCodeSigningConfig", FunctionName=function)
    call("lambda", "DeleteCodeSigningConfig", **rule)
    assert refused(call, "lambda", "GetCodeSigningConfig", **rule) == "ResourceNotFoundException"


def test_streams_and_insights_of_a_table(call: Call) -> None:
    table = {"TableName": "orders"}
    stream = {"StreamArn": f"arn:aws:kinesis:{HERE}:stream/changes"}
    assert refused(call, "dynamodb", "EnableKinesisStreamingDestination", **table, **stream) == (
        "ResourceNotFoundException"
    )
    dynamodb_backends[CENTRAL][REGION].create_table(
        "orders",
        schema=[{"AttributeName": "id", "KeyType": "HASH"}],
        throughput={},
        attr=[{"AttributeName": "id", "AttributeType": "S"}],
        global_indexes=None,
        indexes=None,
        streams=None,
        billing_mode="PAY_PER_REQUEST",
        sse_specification=None,
        tags=[],
        deletion_protection_enabled=None,
        warm_throughput=None,
    )
    call("dynamodb", "EnableKinesisStreamingDestination", **table, **stream)
    assert refused(call, "dynamodb", "EnableKinesisStreamingDestination", **table, **stream) == "ResourceInUseException"
    change = {"ApproximateCreationDateTimePrecision": "MICROSECOND"}
    call("dynamodb", "UpdateKinesisStreamingDestination", **table, **stream, UpdateKinesisStreamingConfiguration=change)
    (found,) = call("dynamodb", "DescribeKinesisStreamingDestination", **table)["KinesisDataStreamDestinations"]
    assert found == {**stream, **change, "DestinationStatus": "ACTIVE"}
    call("dynamodb", "DisableKinesisStreamingDestination", **table, **stream)
    (found,) = call("dynamodb", "DescribeKinesisStreamingDestination", **table)["KinesisDataStreamDestinations"]
    assert found["DestinationStatus"] == "DISABLED"
    assert call("dynamodb", "DescribeContributorInsights", **table)["ContributorInsightsStatus"] == "DISABLED"
    call("dynamodb", "UpdateContributorInsights", **table, ContributorInsightsAction="ENABLE")
    assert call("dynamodb", "DescribeContributorInsights", **table)["ContributorInsightsStatus"] == "ENABLED"
    by_index = call("dynamodb", "DescribeContributorInsights", **table, IndexName="i")
    assert by_index["ContributorInsightsStatus"] == "DISABLED"


def test_a_rule_about_another_registry(call: Call) -> None:
    rule = {"ecrRepositoryPrefix": "hub"}
    hub = "registry-1.docker.io"
    assert refused(call, "ecr", "CreatePullThroughCacheRule", **rule, upstreamRegistryUrl=hub) == (
        "InvalidParameterException"
    )
    secret = f"arn:aws:secretsmanager:{HERE}:secret:ecr-pullthroughcache/hub"
    call("ecr", "CreatePullThroughCacheRule", **rule, upstreamRegistryUrl=hub, credentialArn=secret)
    call("ecr", "UpdatePullThroughCacheRule", **rule, credentialArn=f"{secret}2")
    (found,) = call("ecr", "DescribePullThroughCacheRules", ecrRepositoryPrefixes=["hub"])["pullThroughCacheRules"]
    assert (found["credentialArn"], found["upstreamRegistry"]) == (f"{secret}2", "docker-hub")
    call("ecr", "DeletePullThroughCacheRule", **rule)
    assert refused(call, "ecr", "DescribePullThroughCacheRules", ecrRepositoryPrefixes=["hub"]) == (
        "PullThroughCacheRuleNotFoundException"
    )


def test_a_metric_stream_runs_until_it_is_stopped(call: Call) -> None:
    given = {"Name": "s", "FirehoseArn": "f", "RoleArn": "r", "OutputFormat": "json"}
    both = {"IncludeFilters": [{"Namespace": "a"}], "ExcludeFilters": [{"Namespace": "b"}]}
    assert refused(call, "cloudwatch", "PutMetricStream", **given, **both) == "InvalidParameterCombination"
    call("cloudwatch", "PutMetricStream", **given)
    assert call("cloudwatch", "GetMetricStream", Name="s")["State"] == "running"
    call("cloudwatch", "StopMetricStreams", Names=["s"])
    call("cloudwatch", "PutMetricStream", **given, IncludeFilters=[{"Namespace": "a"}])
    assert call("cloudwatch", "GetMetricStream", Name="s")["State"] == "stopped"
    call("cloudwatch", "DeleteMetricStream", Name="s")
    assert refused(call, "cloudwatch", "GetMetricStream", Name="s") == "ResourceNotFoundException"


def test_a_key_waits_for_the_material_of_its_owner(call: Call, world: World) -> None:
    backend = kms_backends[CENTRAL][REGION]
    key = backend.create_key(None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "", [], origin="EXTERNAL")
    assert (key.key_state, key.enabled) == ("PendingImport", False)
    named = {"KeyId": key.id}
    wrapping = {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}
    material = b"k" * 32

    def bring(content: bytes, **more: Any) -> dict[str, Any]:
        given = call("kms", "GetParametersForImport", **named, **wrapping)
        public: Any = load_der_public_key(given["PublicKey"])
        oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
        more.setdefault("ExpirationModel", "KEY_MATERIAL_DOES_NOT_EXPIRE")
        wrapped = {"ImportToken": given["ImportToken"], "EncryptedKeyMaterial": public.encrypt(content, oaep)}
        return {**named, **wrapped, **more}

    assert refused(call, "kms", "ImportKeyMaterial", **bring(b"short")) == "IncorrectKeyMaterialException"
    assert refused(call, "kms", "ImportKeyMaterial", **bring(material, ImportToken=b"x")) == (
        "InvalidImportTokenException"
    )
    assert refused(call, "kms", "ImportKeyMaterial", **bring(material, ExpirationModel="KEY_MATERIAL_EXPIRES")) == (
        "ValidationException"
    )
    call("kms", "ImportKeyMaterial", **bring(material))
    shown = key.to_dict()["KeyMetadata"]
    assert (shown["KeyState"], shown["ExpirationModel"]) == ("Enabled", "KEY_MATERIAL_DOES_NOT_EXPIRE")
    assert key.key_material == material
    call("kms", "DeleteImportedKeyMaterial", **named)
    assert key.key_state == "PendingImport"
    assert refused(call, "kms", "ImportKeyMaterial", **bring(b"o" * 32)) == "IncorrectKeyMaterialException"
    own = backend.create_key(None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "", [])
    assert refused(call, "kms", "GetParametersForImport", KeyId=own.id, **wrapping) == "UnsupportedOperationException"


def test_an_event_bus_is_what_its_update_says(call: Call, world: World) -> None:
    backend = events_backends[CENTRAL][REGION]
    backend.create_event_bus("platform", description="old", dead_letter_config={"Arn": "a"})
    call("events", "UpdateEventBus", Name="platform", Description="new")
    bus = backend.describe_event_bus("platform")
    assert (bus.description, bus.dead_letter_config) == ("new", None)
    assert refused(call, "events", "UpdateEventBus", Name="x") == "ResourceNotFoundException"


def test_backups_of_a_file_system_are_switched(call: Call, world: World) -> None:
    made = efs_backends[CENTRAL][REGION].create_file_system(
        "token", "generalPurpose", False, "", "bursting", 0, "", False, []
    )
    named = {"FileSystemId": made.file_system_id}
    assert refused(call, "efs", "DescribeBackupPolicy", **named) == "PolicyNotFound"
    for status in ("ENABLED", "DISABLED"):
        call("efs", "PutBackupPolicy", **named, BackupPolicy={"Status": status})
        assert call("efs", "DescribeBackupPolicy", **named) == {"BackupPolicy": {"Status": status}}
    call("efs", "UpdateFileSystem", **named, ThroughputMode="provisioned", ProvisionedThroughputInMibps=20.0)
    assert made.info_json()["ProvisionedThroughputInMibps"] == 20.0
    call("efs", "UpdateFileSystem", **named, ThroughputMode="elastic")
    assert made.info_json()["ThroughputMode"] == "elastic"
    more = {"ProvisionedThroughputInMibps": 30.0}
    assert refused(call, "efs", "UpdateFileSystem", **named, **more) == "BadRequest"
    efs_backends[CENTRAL][REGION].put_file_system_policy(made.file_system_id, "{}", False)
    call("efs", "DeleteFileSystemPolicy", **named)
    assert made.file_system_policy is None
    call("efs", "UpdateFileSystemProtection", **named, ReplicationOverwriteProtection="DISABLED")
    assert made.info_json()["FileSystemProtection"] == {"ReplicationOverwriteProtection": "DISABLED"}
    assert refused(call, "efs", "DescribeBackupPolicy", FileSystemId="fs-x") == "FileSystemNotFound"


def test_a_build_project_is_kept_as_given(call: Call) -> None:
    given = {
        "name": "image",
        "source": {"type": "NO_SOURCE", "buildspec": "version: 0.2"},
        "artifacts": {"type": "NO_ARTIFACTS"},
        "environment": {"type": "LINUX_CONTAINER", "image": "x", "computeType": "BUILD_GENERAL1_SMALL"},
        "serviceRole": ROLE,
    }
    without = {**given, "source": {"type": "NO_SOURCE"}}
    assert refused(call, "codebuild", "CreateProject", **without) == "InvalidInputException"
    call("codebuild", "CreateProject", **given)
    assert refused(call, "codebuild", "CreateProject", **given) == "ResourceAlreadyExistsException"
    call("codebuild", "UpdateProject", name="image", timeoutInMinutes=20)
    found = call("codebuild", "BatchGetProjects", names=["image", "other"])
    (project,) = found["projects"]
    assert (project["timeoutInMinutes"], project["queuedTimeoutInMinutes"], project["source"]) == (
        20,
        480,
        given["source"],
    )
    assert found["projectsNotFound"] == ["other"]
    assert call("codebuild", "ListProjects") == {"projects": ["image"]}
    call("codebuild", "DeleteProject", name="image")
    assert refused(call, "codebuild", "UpdateProject", name="image") == "ResourceNotFoundException"


def test_data_protection_of_a_topic(call: Call, world: World) -> None:
    topic = {"ResourceArn": sns_backends[CENTRAL][REGION].create_topic("t").arn}
    assert call("sns", "GetDataProtectionPolicy", **topic) == {}
    call("sns", "PutDataProtectionPolicy", **topic, DataProtectionPolicy="{}")
    assert call("sns", "GetDataProtectionPolicy", **topic) == {"DataProtectionPolicy": "{}"}
    assert refused(call, "sns", "GetDataProtectionPolicy", ResourceArn="x") == "NotFound"


def test_tags_of_a_user_pool_outlive_its_update(call: Call, world: World) -> None:
    pool = cognitoidp_backends[CENTRAL][REGION].create_user_pool("labels", {"UserPoolTags": {"a": "b"}})
    named = {"ResourceArn": pool.arn}
    call("cognito-idp", "TagResource", **named, Tags={"c": "d"})
    pool.update_extended_config({"AutoVerifiedAttributes": ["email"]})
    assert call("cognito-idp", "ListTagsForResource", **named) == {"Tags": {"a": "b", "c": "d"}}
    call("cognito-idp", "UntagResource", **named, TagKeys=["a"])
    assert call("cognito-idp", "ListTagsForResource", **named) == {"Tags": {"c": "d"}}
    assert refused(call, "cognito-idp", "ListTagsForResource", ResourceArn="x") == "ResourceNotFoundException"


def test_opt_ins_to_lake_formation(call: Call) -> None:
    one = {
        "Principal": {"DataLakePrincipalIdentifier": f"arn:aws:iam::{CENTRAL}:role/reader"},
        "Resource": {"Database": {"Name": "features"}},
    }
    assert refused(call, "lakeformation", "DeleteLakeFormationOptIn", **one) == "EntityNotFoundException"
    call("lakeformation", "CreateLakeFormationOptIn", **one)
    (found,) = call("lakeformation", "ListLakeFormationOptIns", **one)["LakeFormationOptInsInfoList"]
    assert found["Resource"] == {"Database": {"CatalogId": CENTRAL, "Name": "features"}}
    assert found["LastUpdatedBy"].startswith("arn:aws:")
    other = {"Resource": {"Database": {"Name": "other"}}}
    assert call("lakeformation", "ListLakeFormationOptIns", **other)["LakeFormationOptInsInfoList"] == []
    call("lakeformation", "DeleteLakeFormationOptIn", **one)
    assert call("lakeformation", "ListLakeFormationOptIns")["LakeFormationOptInsInfoList"] == []
