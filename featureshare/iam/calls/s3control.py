"""S3 beside general buckets: access grants, points before a function, points of many Regions; table buckets.

GetDataAccess, which lends keys by a grant, has no entry on purpose: local AWS lends none.
"""

from collections.abc import Iterator

from featureshare.iam.calls.model import Check
from featureshare.iam.calls.registry import (
    SAR,
    Answer,
    Scope,
    Table,
    account_of,
    both,
    entries,
    family,
    on,
    pass_role,
    request_tags,
    tags_in,
    when,
)

_INSTANCE = "arn:{partition}:s3:{region}:{account}:access-grants/default"
_LOCATION = _INSTANCE + "/location/{AccessGrantsLocationId}"
_GRANT = _INSTANCE + "/grant/{AccessGrantId}"
_LENT = pass_role("IAMRoleArn", "access-grants.s3.amazonaws.com")
_LAMBDA = "arn:{partition}:s3-object-lambda:{region}:{account}:accesspoint/{Name}"
_MANY = "arn:{partition}:s3::{account}:accesspoint/"


def _born(action: str, template: str) -> Answer:
    """The creation of what has no id yet, with the tags that it asks for."""

    def checks(scope: Scope) -> Iterator[Check]:
        resource = scope.fill(template)
        yield Check(
            f"s3:{action}",
            resource,
            account_of(resource, scope.call.account),
            request_tags(scope.get("Tags")),
            new=True,
        )

    return checks


def _table(action: str) -> Answer:
    """An action on a table, in the account of its bucket. Which of the bucket's tables, an ARN alone tells."""

    def checks(scope: Scope) -> Iterator[Check]:
        arn = scope.get("tableArn") or f"{scope.text('tableBucketARN')}/table/*"
        resource = str(arn) if str(arn).startswith("arn:") else "*"
        yield Check(f"s3tables:{action}", resource, account_of(resource, scope.call.account))

    return checks


def _same(template: str, *names: str) -> dict[str, Answer]:
    return {name: on(f"s3:{name}", template) for name in names}


TABLE: Table = entries(
    SAR + "list_amazons3.html",
    {
        "CreateAccessGrant": _born("CreateAccessGrant", _INSTANCE + "/grant/*"),
        "CreateAccessGrantsInstance": _born("CreateAccessGrantsInstance", _INSTANCE),
        "CreateAccessGrantsLocation": both(
            _born("CreateAccessGrantsLocation", _INSTANCE + "/location/*"),
            _LENT,
        ),
        "UpdateAccessGrantsLocation": both(on("s3:UpdateAccessGrantsLocation", _LOCATION), _LENT),
        **_same(_GRANT, "DeleteAccessGrant", "GetAccessGrant"),
        **_same(_LOCATION, "DeleteAccessGrantsLocation", "GetAccessGrantsLocation"),
        **_same(
            _INSTANCE,
            *("DeleteAccessGrantsInstance", "DeleteAccessGrantsInstanceResourcePolicy", "GetAccessGrantsInstance"),
            *("GetAccessGrantsInstanceResourcePolicy", "ListAccessGrants", "ListAccessGrantsLocations"),
            "PutAccessGrantsInstanceResourcePolicy",
        ),
        "ListAccessGrantsInstances": on("s3:ListAccessGrantsInstances"),
        **_same(
            _LAMBDA,
            *("CreateAccessPointForObjectLambda", "DeleteAccessPointForObjectLambda"),
            *("DeleteAccessPointPolicyForObjectLambda", "GetAccessPointConfigurationForObjectLambda"),
            *("GetAccessPointForObjectLambda", "GetAccessPointPolicyForObjectLambda"),
            *("GetAccessPointPolicyStatusForObjectLambda", "PutAccessPointConfigurationForObjectLambda"),
            "PutAccessPointPolicyForObjectLambda",
        ),
        "ListAccessPointsForObjectLambda": on("s3:ListAccessPointsForObjectLambda"),
        # Their ARNs end in an alias of the service's choice, which no call names.
        **_same(
            _MANY + "*",
            *("CreateMultiRegionAccessPoint", "DeleteMultiRegionAccessPoint", "GetMultiRegionAccessPoint"),
            *("GetMultiRegionAccessPointPolicy", "GetMultiRegionAccessPointPolicyStatus"),
            "PutMultiRegionAccessPointPolicy",
        ),
        "DescribeMultiRegionAccessPointOperation": on(
            "s3:DescribeMultiRegionAccessPointOperation", "{RequestTokenARN}"
        ),
        "ListMultiRegionAccessPoints": on("s3:ListMultiRegionAccessPoints"),
    },
)

_BUCKET = "arn:{partition}:s3tables:{region}:{account}:bucket/{name}"

TABLES: Table = entries(
    SAR + "list_amazons3tables.html",
    {
        **family(
            "s3tables",
            {
                "{tableBucketARN}": "CreateNamespace DeleteNamespace DeleteTableBucket DeleteTableBucketEncryption "
                "DeleteTableBucketPolicy GetNamespace GetTableBucket GetTableBucketEncryption "
                "GetTableBucketMaintenanceConfiguration GetTableBucketPolicy ListNamespaces ListTables "
                "PutTableBucketEncryption PutTableBucketMaintenanceConfiguration PutTableBucketPolicy",
                "*": "ListTableBuckets",
            },
        ),
        **{
            name: _table(name)
            for name in (
                *("DeleteTable", "DeleteTablePolicy", "GetTable", "GetTableEncryption"),
                *("GetTableMaintenanceConfiguration", "GetTableMetadataLocation", "GetTablePolicy"),
                *("PutTableMaintenanceConfiguration", "PutTablePolicy", "RenameTable", "UpdateTableMetadataLocation"),
            )
        },
        "CreateTable": both(
            on("s3tables:CreateTable", "{tableBucketARN}", keys=tags_in("tags")),
            when("encryptionConfiguration", _table("PutTableEncryption")),
            when("metadata", _table("PutTableData")),
        ),
        "CreateTableBucket": both(
            on("s3tables:CreateTableBucket", _BUCKET, keys=tags_in("tags")),
            when("encryptionConfiguration", on("s3tables:PutTableBucketEncryption", _BUCKET)),
        ),
    },
)
