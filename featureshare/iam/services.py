"""Which rules of evaluation a service's actions follow.

Sources: Organizations User Guide, "Resource control policies" (orgs_manage_policies_rcps, list of supported services
as of September 2026); KMS Developer Guide, "Allowing users in other accounts to use a KMS key"
(key-policy-modifying-external-accounts); STS API Reference; RAM user guide.
"""

import re
from collections.abc import Mapping
from enum import Enum

from featureshare.iam.model import ContextValue

RCP_SERVICES = frozenset(
    (
        "aoss",
        "appconfig",
        "appstream",
        "autoscaling",
        "autoscaling-plans",
        "budgets",
        "cloudfront",
        "clouddirectory",
        "cloudsearch",
        "cloudtrail-data",
        "codeartifact",
        "codebuild",
        "codecommit",
        "codepipeline",
        "cognito-identity",
        "cognito-idp",
        "comprehend",
        "comprehendmedical",
        "compute-optimizer",
        "cost-optimization-hub",
        "dax",
        "dsql",
        "dynamodb",
        "ecr",
        "ecr-public",
        "events",
        "firehose",
        "fis",
        "fms",
        "gamelift",
        "health",
        "inspector-scan",
        "kendra",
        "kinesisvideo",
        "kms",
        "logs",
        "memorydb",
        "networkmonitor",
        "notifications",
        "opensearch",
        "pca-connector-ad",
        "personalize",
        "polly",
        "pricing",
        "resource-groups",
        "rolesanywhere",
        "s3",
        "secretsmanager",
        "servicediscovery",
        "signin",
        "sqs",
        "sts",
        "support",
        "swf",
        "textract",
        "timestream-influxdb",
        "transcribe",
        "transfer",
        "translate",
        "wafv2",
        "workspaces",
        "xray",
    )
)

# Cryptographic operations of KMS and the others that work on a key of another account.
KMS_CROSS_ACCOUNT = frozenset(
    f"kms:{name}".lower()
    for name in (
        "Decrypt",
        "DeriveSharedSecret",
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext",
        "GenerateDataKeyWithoutPlaintext",
        "GenerateMac",
        "ReEncryptFrom",
        "ReEncryptTo",
        "Sign",
        "Verify",
        "VerifyMac",
        "CreateGrant",
        "DescribeKey",
        "GetKeyRotationStatus",
        "GetPublicKey",
        "ListGrants",
        "RetireGrant",
        "RevokeGrant",
    )
)
# KMS actions that involve no key, so that no key policy is asked.
_KMS_KEYLESS = frozenset(
    f"kms:{name}".lower()
    for name in (
        "ConnectCustomKeyStore",
        "CreateCustomKeyStore",
        "CreateKey",
        "DeleteCustomKeyStore",
        "DescribeCustomKeyStores",
        "DisconnectCustomKeyStore",
        "GenerateRandom",
        "ListAliases",
        "ListKeys",
        "ListRetirableGrants",
        "UpdateCustomKeyStore",
    )
)
_KMS_ALIAS = frozenset({"kms:createalias", "kms:deletealias", "kms:updatealias"})
_ASSUME = frozenset({"sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity"})
_WITH_ASSUME = frozenset({"sts:setcontext", "sts:setsourceidentity", "sts:tagsession"})
_FEATURE_DATA = frozenset(
    f"sagemaker:{name}".lower()
    for name in (
        "BatchGetRecord",
        "BatchWriteRecord",
        "DeleteRecord",
        "GetRecord",
        "ListRecords",
        "PutRecord",
        "UpdateRecord",
    )
)
# Services that answer requests without credentials where a resource policy says so.
_ANONYMOUS = frozenset({"es", "execute-api", "s3", "sns", "sqs"})
_ANONYMOUS_ACTIONS = frozenset({"lambda:invokefunction", "lambda:invokefunctionurl"})

_BUCKET_OWNERS = frozenset(
    f"s3:{name}".lower()
    for name in (
        "AbortMultipartUpload",
        "DeleteObject",
        "DeleteObjectVersion",
        "ListMultipartUploadParts",
        "PutObject",
        "ReplicateDelete",
        "ReplicateObject",
        "RestoreObject",
    )
)

_ROLE = re.compile(r"arn:[^:]*:iam::[^:]*:role/.+", re.DOTALL)
_SERVICE_LINKED = re.compile(r"arn:[^:]*:iam::[^:]*:role/aws-service-role/[^/]+/[^/]+", re.DOTALL)
_ALIAS = re.compile(r"arn:[^:]*:kms:[^:]*:[^:]*:alias/.+", re.DOTALL)


class Regime(Enum):
    """What must allow besides the ordinary layers."""

    ORDINARY = "identity or resource policy"
    TRUST = "trust policy first"
    KEY = "key policy first"
    IDENTITY = "identity policy only"


def regime_of(action: str, resource: str) -> Regime:
    """The regime of an action (lower case) on a resource (`*` for none)."""
    service = action.partition(":")[0]
    if service == "kms":
        if resource == "*":
            return Regime.IDENTITY if action in _KMS_KEYLESS else Regime.KEY
        return Regime.IDENTITY if _ALIAS.fullmatch(resource) and action in _KMS_ALIAS else Regime.KEY
    if action in _ASSUME or (action in _WITH_ASSUME and (resource == "*" or _ROLE.fullmatch(resource))):
        return Regime.TRUST
    return Regime.IDENTITY if service == "iam" else Regime.ORDINARY


def key_behind(action: str, resource: str) -> str:
    """Where a key is used through its alias, an ARN that stands for that key, known by account and Region only; or "".

    An alias ARN in a policy is about the alias, never about the key (KMS Developer Guide, alias-authorization).
    """
    if action in _KMS_ALIAS or not _ALIAS.fullmatch(resource):
        return ""
    head, _, name = resource.partition(":alias/")
    return f"{head}:key/(behind {name})"


def assumes_role(action: str) -> bool:
    """Whether the action is sts:AssumeRole or one that goes with it."""
    return action in _ASSUME or action in _WITH_ASSUME


def rcp_governs(action: str, resource: str) -> bool:
    """Whether RCPs apply to this action at all. Those on a service-linked role's own trust never do."""
    if action == "kms:retiregrant" or action.partition(":")[0] not in RCP_SERVICES:
        return False
    return not (assumes_role(action) and _SERVICE_LINKED.fullmatch(resource))


def admits_anonymous(action: str) -> bool:
    """Whether the service answers a request without credentials."""
    return action.partition(":")[0] in _ANONYMOUS or action in _ANONYMOUS_ACTIONS


def is_feature_data_plane(action: str) -> bool:
    """Whether the action reads or writes records of a feature group."""
    return action in _FEATURE_DATA


def is_object_read(action: str, resource: str) -> bool:
    """Whether an S3 action is about an object that exists, and so is its owner's to permit.

    Writing, deleting, archiving and restoring objects is the bucket owner's to permit whoever owns what is there
    (S3 User Guide, access-policy-language-overview and about-object-ownership).
    """
    return action.startswith("s3:") and "/" in resource and action not in _BUCKET_OWNERS


def is_aws_managed_key(resource: str, context: Mapping[str, ContextValue]) -> bool:
    """Whether an alias shows that the key is an AWS-managed one: AWS reserves `alias/aws/`."""
    if _ALIAS.fullmatch(resource) and ":alias/aws/" in resource:
        return True
    for key in ("kms:resourcealiases", "kms:requestalias"):
        value = context.get(key, ())
        if any(alias.startswith("alias/aws/") for alias in ((value,) if type(value) is str else value)):
            return True
    return False
