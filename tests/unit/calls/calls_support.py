"""An estate of two accounts to check calls against, and sample parameters for any operation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import botocore.session

from featureshare.iam.calls import (
    BucketFacts,
    Check,
    FeatureGroupFacts,
    KeyFacts,
    QueryFacts,
    RoleFacts,
    TableFacts,
    WorkgroupFacts,
)

CENTRAL, OTHER, REGION = "222222222222", "333333333333", "eu-west-1"
CALLER = f"arn:aws:iam::{CENTRAL}:role/fs/writer/search/fs-search-writer"
ONLINE_KEY = f"arn:aws:kms:{REGION}:{CENTRAL}:key/11111111-aaaa-4aaa-8aaa-111111111111"
OFFLINE_KEY = f"arn:aws:kms:{REGION}:{CENTRAL}:key/22222222-bbbb-4bbb-8bbb-222222222222"
OFFLINE_ROLE = f"arn:aws:iam::{CENTRAL}:role/fs/offline-store/search/fs-search-offline-store"
BOUNDARY = f"arn:aws:iam::{CENTRAL}:policy/fs/fs-boundary"
OFFLINE, RESULTS, PLAIN = "fs-offline", "fs-results", "plain"
DATA = f"s3://{OFFLINE}/sessions/{CENTRAL}/sagemaker/{REGION}/offline-store/sessions-1700000000/data"


def _group(account: str) -> FeatureGroupFacts:
    return FeatureGroupFacts(
        arn=f"arn:aws:sagemaker:{REGION}:{account}:feature-group/sessions",
        account=account,
        tags={"owner": "search"},
        online_enabled=True,
        offline_enabled=True,
        online_key=ONLINE_KEY.replace(CENTRAL, account),
        offline_key=OFFLINE_KEY.replace(CENTRAL, account),
        role_arn=OFFLINE_ROLE.replace(CENTRAL, account),
        s3_uri=DATA,
        database="fs_features",
        table="sessions",
    )


@dataclass(frozen=True)
class SmallEstate:
    """Group `sessions` in either account, its keys, bucket, table and role; the results bucket belongs to OTHER."""

    bucket_key: bool = True
    partitioned: bool = True
    workgroup_key: str | None = None
    extra_tags: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def feature_group(self, account: str, name: str) -> FeatureGroupFacts | None:
        return _group(account) if name == "sessions" else None

    def bucket(self, name: str) -> BucketFacts | None:
        known = {OFFLINE: (CENTRAL, OFFLINE_KEY), RESULTS: (OTHER, None), PLAIN: (CENTRAL, None)}
        if name not in known:
            return None
        account, key = known[name]
        return BucketFacts(name, account, REGION, key, self.bucket_key, {})

    def object_key(self, bucket: str, key: str, version: str | None = None) -> str | None:
        return OFFLINE_KEY if bucket == OFFLINE else None

    def key(self, account: str, key: str) -> KeyFacts | None:
        for arn, alias in ((ONLINE_KEY, "alias/fs-online"), (OFFLINE_KEY, "alias/fs-offline")):
            here = arn.replace(CENTRAL, account)
            if key in (here, here.rpartition("/")[2], alias, f"arn:aws:kms:{REGION}:{account}:{alias}"):
                return KeyFacts(here, account, (alias,), {"feature-share": "local"})
        return None

    def tags(self, arn: str) -> Mapping[str, str]:
        if arn.endswith(":feature-group/sessions"):
            return {"owner": "search"}
        return self.extra_tags.get(arn, {})

    def role(self, arn: str) -> RoleFacts | None:
        if arn.rpartition("/")[2] != "fs-search-offline-store":
            return None
        account = arn.split(":")[4]
        return RoleFacts(OFFLINE_ROLE.replace(CENTRAL, account), account, {"team": "search"}, 3600, BOUNDARY)

    def workgroup(self, account: str, name: str) -> WorkgroupFacts | None:
        if name != "fs-search":
            return None
        arn = f"arn:aws:athena:{REGION}:{account}:workgroup/{name}"
        return WorkgroupFacts(arn, f"s3://{RESULTS}/", True, OTHER, self.workgroup_key, {})

    def table(self, account: str, database: str, name: str) -> TableFacts | None:
        if (database, name) != ("fs_features", "sessions"):
            return None
        arn = f"arn:aws:glue:{REGION}:{account}:table/{database}/{name}"
        return TableFacts(arn, database, DATA, self.partitioned)

    def query(self, account: str, query_id: str) -> QueryFacts | None:
        return QueryFacts("fs-search", f"s3://{RESULTS}/{query_id}.csv") if query_id.startswith("q") else None

    def secret(self, account: str, name: str) -> str | None:
        arn = f"arn:aws:secretsmanager:{REGION}:{account}:secret:token"
        return f"{arn}-AbCdEf" if name in ("token", arn, f"{arn}-AbCdEf") else None

    def data_catalog(self, account: str, name: str) -> str | None:
        return CENTRAL if (account, name) == (OTHER, "central") else None


Ask = Callable[..., tuple[Check, ...]]

# Members whose value must have a form, and the few that decide which way an entry goes.
_SAMPLES: dict[str, Any] = {
    "Bucket": OFFLINE,
    "CopySource": f"{OFFLINE}/sessions/a.parquet",
    "FeatureGroupName": "sessions",
    "KmsKeyId": ONLINE_KEY,
    "KeyId": "alias/fs-online",
    "SourceKeyId": "alias/fs-online",
    "DestinationKeyId": "alias/fs-offline",
    "AliasName": "alias/fs-online",
    "TargetKeyId": ONLINE_KEY,
    "PolicyArn": BOUNDARY,
    "PolicySourceArn": OFFLINE_ROLE,
    "Role": OFFLINE_ROLE,
    "RoleArn": OFFLINE_ROLE,
    "RoleName": "fs-search-offline-store",
    "ExecutionRole": OFFLINE_ROLE,
    "Path": "/fs/",
    "S3Uri": f"s3://{OFFLINE}/sessions/",
    "Tagging": "owner=search",
    "TargetId": "444444444444",
    "AccountId": "444444444444",
    "ChildId": "444444444444",
    "PolicyId": "p-1234abcd",
    "ParentId": "r-ab12",
    "RootId": "r-ab12",
    "SourceParentId": "r-ab12",
    "DestinationParentId": "ou-ab12-11111111",
    "OrganizationalUnitId": "ou-ab12-11111111",
    "ServerSideEncryption": "aws:kms",
    "SSEKMSKeyId": OFFLINE_KEY,
    "CatalogId": CENTRAL,
    "ResourceARN": None,
    "VersionId": None,
    "SSECustomerAlgorithm": None,
    "OpenIDConnectProviderArn": f"arn:aws:iam::{CENTRAL}:oidc-provider/id.example.com",
    "SAMLProviderArn": f"arn:aws:iam::{CENTRAL}:saml-provider/fs",
    "permissionArn": "arn:aws:ram::aws:permission/AWSRAMDefaultPermissionSageMakerFeatureGroup",
    "Resources": "vpc-0123456789abcdef0",
    "QueueUrl": f"https://sqs.{REGION}.amazonaws.com/{CENTRAL}/fs",
    "resourceShareInvitationArn": f"arn:aws:ram:{REGION}:{CENTRAL}:resource-share-invitation/fs",
    "SubscriptionArn": f"arn:aws:sns:{REGION}:{CENTRAL}:fs:11111111-2222-3333-4444-555555555555",
    "Url": "https://id.example.com",
}
# ARNs for the operations that take any resource, by service.
_ARNS = {
    "sagemaker": f"arn:aws:sagemaker:{REGION}:{CENTRAL}:feature-group/sessions",
    "glue": f"arn:aws:glue:{REGION}:{CENTRAL}:database/fs_features",
    "athena": f"arn:aws:athena:{REGION}:{CENTRAL}:workgroup/fs-search",
    "logs": f"arn:aws:logs:{REGION}:{CENTRAL}:log-group:fs",
    "cloudwatch": f"arn:aws:cloudwatch:{REGION}:{CENTRAL}:alarm:fs",
    "cloudtrail": f"arn:aws:cloudtrail:{REGION}:{CENTRAL}:trail/fs",
    "events": f"arn:aws:events:{REGION}:{CENTRAL}:rule/fs",
    "ram": f"arn:aws:ram:{REGION}:{CENTRAL}:resource-share/fs",
    "s3control": f"arn:aws:s3:::{OFFLINE}",
    "organizations": "444444444444",
    "ssm": "/fs/parameter",
    "dynamodb": f"arn:aws:dynamodb:{REGION}:{CENTRAL}:table/locks",
    "lambda": f"arn:aws:lambda:{REGION}:{CENTRAL}:function:fs",
    "sns": f"arn:aws:sns:{REGION}:{CENTRAL}:fs",
    "accessanalyzer": f"arn:aws:access-analyzer:{REGION}:{CENTRAL}:analyzer/fs",
    "application-autoscaling": f"arn:aws:application-autoscaling:{REGION}:{CENTRAL}:scalable-target/0ec5fs",
    "backup": f"arn:aws:backup:{REGION}:{CENTRAL}:backup-vault:fs",
    "batch": f"arn:aws:batch:{REGION}:{CENTRAL}:scheduling-policy/fs",
    "budgets": f"arn:aws:budgets::{CENTRAL}:budget/fs",
    "config": f"arn:aws:config:{REGION}:{CENTRAL}:config-rule/config-rule-fs",
    "ecr": f"arn:aws:ecr:{REGION}:{CENTRAL}:repository/fs",
    "ecs": f"arn:aws:ecs:{REGION}:{CENTRAL}:cluster/fs",
    "efs": f"arn:aws:elasticfilesystem:{REGION}:{CENTRAL}:file-system/fs-1",
    "emr-serverless": f"arn:aws:emr-serverless:{REGION}:{CENTRAL}:/applications/fs",
    "cognito-idp": f"arn:aws:cognito-idp:{REGION}:{CENTRAL}:userpool/fs",
    "kinesis": f"arn:aws:kinesis:{REGION}:{CENTRAL}:stream/fs",
    "pipes": f"arn:aws:pipes:{REGION}:{CENTRAL}:pipe/fs",
    "resource-groups": f"arn:aws:resource-groups:{REGION}:{CENTRAL}:group/fs",
    "scheduler": f"arn:aws:scheduler:{REGION}:{CENTRAL}:schedule-group/fs",
    "stepfunctions": f"arn:aws:states:{REGION}:{CENTRAL}:stateMachine:fs",
}
_ANY_RESOURCE = (
    *("Resource", "ResourceArn", "ResourceARN", "resourceArn", "ResourceId", "ResourceIdList", "resourceShareArn"),
    *("Arn", "arn", "StreamARN", "TargetArn", "TopicArn", "stateMachineArn"),
)
# ARNs of operations that take one kind beside the service's usual one.
_OWN_ARNS = {
    ("kinesis", "ConsumerARN"): f"arn:aws:kinesis:{REGION}:{CENTRAL}:stream/fs/consumer/reader:1",
    ("lambda", "CodeSigningConfigArn"): f"arn:aws:lambda:{REGION}:{CENTRAL}:code-signing-config:csc-fs",
    ("logs", "deliveryDestinationArn"): f"arn:aws:logs:{REGION}:{CENTRAL}:delivery-destination:fs",
    ("logs", "anomalyDetectorArn"): f"arn:aws:logs:{REGION}:{CENTRAL}:anomaly-detector:fs",
    ("cloudtrail", "EventDataStore"): f"arn:aws:cloudtrail:{REGION}:{CENTRAL}:eventdatastore/fs",
    ("s3control", "RequestTokenARN"): f"arn:aws:s3:us-west-2:{CENTRAL}:async-request/mrap/create/token",
    ("s3tables", "tableBucketARN"): f"arn:aws:s3tables:{REGION}:{CENTRAL}:bucket/fs",
    ("s3tables", "tableArn"): f"arn:aws:s3tables:{REGION}:{CENTRAL}:bucket/fs/table/11111111-2222",
    ("stepfunctions", "activityArn"): f"arn:aws:states:{REGION}:{CENTRAL}:activity:fs",
    ("stepfunctions", "executionArn"): f"arn:aws:states:{REGION}:{CENTRAL}:execution:fs:1",
    ("stepfunctions", "stateMachineAliasArn"): f"arn:aws:states:{REGION}:{CENTRAL}:stateMachine:fs:live",
    ("stepfunctions", "stateMachineVersionArn"): f"arn:aws:states:{REGION}:{CENTRAL}:stateMachine:fs:1",
}
_REPLICATION = {
    "Role": f"arn:aws:iam::{CENTRAL}:role/fs/replication/fs-replication",
    "Bucket": OFFLINE,
    "Key": "sessions/data/a.parquet",
    "Destination": RESULTS,
    "ReplicaKey": f"arn:aws:kms:{REGION}:{OTHER}:key/11111111-2222-3333-4444-555555555555",
}
_INTERNAL: dict[tuple[str, str], dict[str, Any]] = {
    ("athena", "_RunQuery"): {
        "workgroup": "fs-search",
        "tables": [{"database": "fs_features", "table": "sessions"}],
        "databases": ["fs_features"],
        "output_location": f"s3://{RESULTS}/q1.csv",
        "expected_owner": OTHER,
        "catalogs": ["central"],
    },
    ("sagemaker", "_WriteOffline"): {
        "account": CENTRAL,
        "feature_group": "sessions",
        "bucket": OFFLINE,
        "key": "sessions/data/a.parquet",
        "format": "iceberg",
    },
    ("sagemaker", "_CreateDatabase"): {"database": "fs_features"},
    **{("s3", work): _REPLICATION for work in ("_Replicate", "_ReplicateDelete", "_TakeJob")},
    ("s3", "_Notify"): {"Bucket": OFFLINE, "Destination": f"arn:aws:sqs:{REGION}:{CENTRAL}:fs"},
}
_SESSION = botocore.session.get_session()


def members(service: str, operation: str) -> Mapping[str, Any]:
    """The members of an operation's input shape in botocore; KeyError or a botocore error for an unknown one."""
    shape = _SESSION.get_service_model(service).operation_model(operation).input_shape
    return dict(shape.members) if shape else {}


def _sample(service: str, name: str, shape: Any, depth: int = 0) -> Any:
    if name in _ANY_RESOURCE and service in _ARNS:
        return [_ARNS[service]] if shape.type_name == "list" else _ARNS[service]
    if (service, name) in _OWN_ARNS:
        return _OWN_ARNS[service, name]
    if name in _SAMPLES and shape.type_name == "string":
        return _SAMPLES[name]
    if depth > 5:
        return None
    match shape.type_name:
        case "structure":
            made = {key: _sample(service, key, member, depth + 1) for key, member in shape.members.items()}
            return {key: value for key, value in made.items() if value is not None}
        case "list":
            one = _sample(service, name, shape.member, depth + 1)
            return [] if one is None else [one]
        case "map":
            return {"sample": "value"}
        case "boolean":
            return True
        case "integer" | "long":
            return 7
        case "string":
            return shape.enum[0] if getattr(shape, "enum", None) else "sample"
        case _:
            return None


def sample_params(service: str, operation: str) -> dict[str, Any]:
    """Parameters that fill every member of an operation's input, so that all of its entry runs."""
    if operation.startswith("_"):
        return _INTERNAL[service, operation]
    made = {name: _sample(service, name, shape) for name, shape in members(service, operation).items()}
    if operation == "PutDeliverySource":
        made["resourceArn"] = f"arn:aws:events:{REGION}:{CENTRAL}:event-bus/fs"
    if service == "organizations":
        made["_organization"] = "o-featureshar"
    if service == "s3" and operation == "PutObjectTagging":
        made["Tagging"] = {"TagSet": [{"Key": "owner", "Value": "search"}]}
    return {name: value for name, value in made.items() if value is not None}
