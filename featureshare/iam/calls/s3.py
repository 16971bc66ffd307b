"""S3: buckets, their sub-resources, objects. Encryption with KMS is in objects.py, which this table includes."""

from collections.abc import Iterator

from featureshare.iam.calls import objects
from featureshare.iam.calls.model import Check
from featureshare.iam.calls.objects import bucket_arn, owner_of
from featureshare.iam.calls.registry import (
    SAR,
    Answer,
    Context,
    Keys,
    Scope,
    Table,
    account_of,
    both,
    entries,
    on,
    pass_role,
    request_tags,
    tags_in,
    text_keys,
    untags_in,
)

_PAGE = SAR + "list_amazons3.html"
_API = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_{operation}.html"
_REPLICATION = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html"

# Headers of CreateBucket and PutBucketAcl that policies see as condition keys.
_BUCKET_HEADERS = {
    "ACL": "s3:x-amz-acl",
    "GrantFullControl": "s3:x-amz-grant-full-control",
    "GrantRead": "s3:x-amz-grant-read",
    "GrantReadACP": "s3:x-amz-grant-read-acp",
    "GrantWrite": "s3:x-amz-grant-write",
    "GrantWriteACP": "s3:x-amz-grant-write-acp",
}


def _bucket(action: str, keys: Keys | None = None) -> Answer:
    """An action on the bucket in the parameter `Bucket`, owned by whoever owns that bucket."""

    def checks(scope: Scope) -> Iterator[Check]:
        name = scope.text("Bucket")
        yield Check(action, bucket_arn(scope, name), owner_of(scope, name), keys(scope) if keys else {})

    return checks


def _acl(scope: Scope) -> Context:
    found = {key: scope.get(parameter) for parameter, key in _BUCKET_HEADERS.items()}
    return {key: str(value) for key, value in found.items() if value is not None}


def _listing(scope: Scope) -> Context:
    """s3:prefix, s3:delimiter and s3:max-keys as the request gives them: absent when absent, empty when empty."""
    return text_keys(Prefix="s3:prefix", Delimiter="s3:delimiter", MaxKeys="s3:max-keys")(scope)


def _create(scope: Scope) -> Iterator[Check]:
    """Each optional part of a new bucket needs the right to set it: ACL, object lock, ownership, tags."""
    name = scope.text("Bucket")
    arn, owner = bucket_arn(scope, name), scope.call.account
    tags = request_tags(scope.get("CreateBucketConfiguration.Tags"))
    context: Context = {**_acl(scope), **tags}
    if scope.get("CreateBucketConfiguration.LocationConstraint"):
        context["s3:locationconstraint"] = scope.text("CreateBucketConfiguration.LocationConstraint")
    if scope.get("ObjectOwnership"):
        context["s3:x-amz-object-ownership"] = scope.text("ObjectOwnership")
    yield Check("s3:CreateBucket", arn, owner, context, new=True)
    if any(value != "private" for value in _acl(scope).values()):
        yield Check("s3:PutBucketAcl", arn, owner, _acl(scope), new=True)
    if scope.get("ObjectLockEnabledForBucket"):
        yield Check("s3:PutBucketObjectLockConfiguration", arn, owner, new=True)
        yield Check("s3:PutBucketVersioning", arn, owner, new=True)
    if scope.get("ObjectOwnership"):
        yield Check("s3:PutBucketOwnershipControls", arn, owner, new=True)
    if tags:
        yield Check("s3:TagResource", arn, owner, tags, new=True)


def _resource(action: str, keys: Keys | None = None) -> Answer:
    """An S3 Control action on the ARN in ResourceArn."""

    def checks(scope: Scope) -> Iterator[Check]:
        resource = scope.text("ResourceArn")
        name = resource.rpartition(":")[2]
        owner = account_of(resource, owner_of(scope, name))
        yield Check(action, resource, owner, keys(scope) if keys else {})

    return checks


_READS = {
    "GetBucketAbac": "GetBucketAbac",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketAcl": "GetBucketAcl",
    "GetBucketAnalyticsConfiguration": "GetAnalyticsConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketIntelligentTieringConfiguration": "GetIntelligentTieringConfiguration",
    "GetBucketInventoryConfiguration": "GetInventoryConfiguration",
    "ListBucketAnalyticsConfigurations": "GetAnalyticsConfiguration",
    "ListBucketIntelligentTieringConfigurations": "GetIntelligentTieringConfiguration",
    "ListBucketInventoryConfigurations": "GetInventoryConfiguration",
    "ListBucketMetricsConfigurations": "GetMetricsConfiguration",
    "GetBucketLifecycle": "GetLifecycleConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketLocation": "GetBucketLocation",
    "GetBucketLogging": "GetBucketLogging",
    "GetBucketMetricsConfiguration": "GetMetricsConfiguration",
    "GetBucketNotification": "GetBucketNotification",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetBucketOwnershipControls": "GetBucketOwnershipControls",
    "GetBucketPolicy": "GetBucketPolicy",
    "GetBucketPolicyStatus": "GetBucketPolicyStatus",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetBucketRequestPayment": "GetBucketRequestPayment",
    "GetBucketTagging": "GetBucketTagging",
    "GetBucketVersioning": "GetBucketVersioning",
    "GetBucketWebsite": "GetBucketWebsite",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "ListMultipartUploads": "ListBucketMultipartUploads",
}

_WRITES = {
    "DeleteBucketAnalyticsConfiguration": "PutAnalyticsConfiguration",
    "DeleteBucketIntelligentTieringConfiguration": "PutIntelligentTieringConfiguration",
    "DeleteBucketInventoryConfiguration": "PutInventoryConfiguration",
    "DeleteBucketMetricsConfiguration": "PutMetricsConfiguration",
    "PutBucketAnalyticsConfiguration": "PutAnalyticsConfiguration",
    "PutBucketIntelligentTieringConfiguration": "PutIntelligentTieringConfiguration",
    "PutBucketInventoryConfiguration": "PutInventoryConfiguration",
    "PutBucketMetricsConfiguration": "PutMetricsConfiguration",
    "DeleteBucket": "DeleteBucket",
    "DeleteBucketCors": "PutBucketCORS",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketPolicy": "DeleteBucketPolicy",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeleteBucketWebsite": "DeleteBucketWebsite",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "PutBucketAbac": "PutBucketAbac",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "PutBucketCors": "PutBucketCORS",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycle": "PutLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketLogging": "PutBucketLogging",
    "PutBucketOwnershipControls": "PutBucketOwnershipControls",
    "PutBucketPolicy": "PutBucketPolicy",
    "PutBucketRequestPayment": "PutBucketRequestPayment",
    "PutBucketTagging": "PutBucketTagging",
    "PutBucketVersioning": "PutBucketVersioning",
    "PutBucketWebsite": "PutBucketWebsite",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}

TABLE: Table = {
    **objects.TABLE,
    **entries(_PAGE, {name: _bucket(f"s3:{action}") for name, action in {**_READS, **_WRITES}.items()}),
    **entries(
        _API,
        {
            "CreateBucket": _create,
            "ListBuckets": on("s3:ListAllMyBuckets"),
            "ListObjectVersions": _bucket("s3:ListBucketVersions", _listing),
            "ListObjects": _bucket("s3:ListBucket", _listing),
            "ListObjectsV2": _bucket("s3:ListBucket", _listing),
            "PutBucketAcl": _bucket("s3:PutBucketAcl", _acl),
            "PutBucketNotification": _bucket("s3:PutBucketNotification"),
            "PutBucketNotificationConfiguration": _bucket("s3:PutBucketNotification"),
        },
    ),
    **entries(
        _REPLICATION,
        {
            "PutBucketReplication": both(
                _bucket("s3:PutReplicationConfiguration"),
                pass_role("ReplicationConfiguration.Role", "s3.amazonaws.com"),
            ),
        },
    ),
}

_ACCESS_POINT = "arn:{partition}:s3:{region}:{account}:accesspoint/"

CONTROL: Table = entries(
    _PAGE,
    {
        **{
            f"{verb}AccessPoint{part}": on(f"s3:{verb}AccessPoint{part}", _ACCESS_POINT + "{Name}")
            for verb, part in (
                *(("Create", ""), ("Delete", "")),
                *(("Delete", "Policy"), ("Get", "Policy"), ("Get", "PolicyStatus"), ("Put", "Policy")),
            )
        },
        "GetAccessPoint": on("s3:GetAccessPoint"),
        **{
            name: on(f"s3:{name}", "arn:{partition}:s3:{region}:{account}:storage-lens/{ConfigId}")
            for name in (
                *("DeleteStorageLensConfiguration", "GetStorageLensConfiguration"),
                *("GetStorageLensConfigurationTagging", "PutStorageLensConfigurationTagging"),
            )
        },
        "ListStorageLensConfigurations": on("s3:ListStorageLensConfigurations"),
        "PutStorageLensConfiguration": on("s3:PutStorageLensConfiguration"),
        "ListAccessPoints": on("s3:ListAccessPoints"),
        "DeletePublicAccessBlock": on("s3:PutAccountPublicAccessBlock"),
        "GetPublicAccessBlock": on("s3:GetAccountPublicAccessBlock"),
        "ListTagsForResource": _resource("s3:ListTagsForResource"),
        "PutPublicAccessBlock": on("s3:PutAccountPublicAccessBlock"),
        "TagResource": _resource("s3:TagResource", tags_in("Tags")),
        "UntagResource": _resource("s3:UntagResource", untags_in("TagKeys")),
    },
)
