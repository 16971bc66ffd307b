"""S3, KMS, Glue and Athena. Expected values from the S3, KMS, Glue and Athena guides named at each test."""

import pytest
from calls_support import (
    CALLER,
    CENTRAL,
    DATA,
    OFFLINE,
    OFFLINE_KEY,
    ONLINE_KEY,
    OTHER,
    PLAIN,
    REGION,
    RESULTS,
    Ask,
    SmallEstate,
)

from featureshare.iam.calls import Call, Check, checks_for

OBJECT = f"arn:aws:s3:::{OFFLINE}/sessions/a.parquet"
HERE = f"{REGION}:{CENTRAL}"


def pairs(checks: tuple[Check, ...]) -> list[tuple[str, str]]:
    return [(check.action, check.resource) for check in checks]


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        # Service Authorization Reference, API operations defined by Amazon S3
        ("HeadBucket", "s3:ListBucket"),
        ("GetBucketEncryption", "s3:GetEncryptionConfiguration"),
        ("GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
        ("GetBucketCors", "s3:GetBucketCORS"),
        ("GetBucketReplication", "s3:GetReplicationConfiguration"),
        ("GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration"),
        ("GetBucketAccelerateConfiguration", "s3:GetAccelerateConfiguration"),
        ("GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration"),
        ("GetBucketPolicy", "s3:GetBucketPolicy"),
        ("GetBucketVersioning", "s3:GetBucketVersioning"),
        ("PutBucketEncryption", "s3:PutEncryptionConfiguration"),
        ("PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
        ("DeletePublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
        ("DeleteBucketOwnershipControls", "s3:PutBucketOwnershipControls"),
        ("DeleteBucketEncryption", "s3:PutEncryptionConfiguration"),
        ("DeleteBucketTagging", "s3:PutBucketTagging"),
        ("DeleteBucketLifecycle", "s3:PutLifecycleConfiguration"),
        ("DeleteBucketPolicy", "s3:DeleteBucketPolicy"),
        ("DeleteBucket", "s3:DeleteBucket"),
        ("ListObjectVersions", "s3:ListBucketVersions"),
        ("ListMultipartUploads", "s3:ListBucketMultipartUploads"),
    ],
)
def test_bucket_calls(ask: Ask, operation: str, action: str) -> None:
    (check,) = ask("s3", operation, Bucket=RESULTS)
    assert (check.action, check.resource, check.account) == (action, f"arn:aws:s3:::{RESULTS}", OTHER)


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ({}, {}),
        ({"Prefix": ""}, {"s3:prefix": ""}),
        (
            {"Prefix": "sessions/", "Delimiter": "/", "MaxKeys": 5},
            {"s3:prefix": "sessions/", "s3:delimiter": "/", "s3:max-keys": "5"},
        ),
    ],
)
@pytest.mark.parametrize("operation", ["ListObjects", "ListObjectsV2"])
def test_a_listing_shows_what_it_was_given(ask: Ask, operation: str, given: dict, seen: dict) -> None:
    (check,) = ask("s3", operation, Bucket=OFFLINE, **given)
    assert check.action == "s3:ListBucket"
    assert check.context == seen


def test_a_put_on_a_bucket_with_a_key_asks_for_a_data_key(ask: Ask) -> None:
    """UsingKMSEncryption: kms:GenerateDataKey; with a bucket key the encryption context is the bucket's ARN."""
    put, data_key = ask("s3", "PutObject", Bucket=OFFLINE, Key="sessions/a.parquet")
    assert pairs((put, data_key)) == [("s3:PutObject", OBJECT), ("kms:GenerateDataKey", OFFLINE_KEY)]
    assert put.context == {}
    assert data_key.context["kms:ViaService"] == "s3.eu-west-1.amazonaws.com"
    assert data_key.context["kms:EncryptionContext:aws:s3:arn"] == f"arn:aws:s3:::{OFFLINE}"
    assert data_key.context["kms:EncryptionContextKeys"] == ("aws:s3:arn",)
    assert data_key.via == ()


def test_without_a_bucket_key_the_encryption_context_is_the_object(ask: Ask) -> None:
    plain = SmallEstate(bucket_key=False)
    _, data_key = ask("s3", "PutObject", plain, Bucket=OFFLINE, Key="sessions/a.parquet")
    assert data_key.context["kms:EncryptionContext:aws:s3:arn"] == OBJECT
    _, asked = ask("s3", "PutObject", plain, Bucket=OFFLINE, Key="sessions/a.parquet", BucketKeyEnabled=True)
    assert asked.context["kms:EncryptionContext:aws:s3:arn"] == f"arn:aws:s3:::{OFFLINE}"


def test_headers_of_a_put(ask: Ask) -> None:
    """API_PutObject: PutObjectAcl and PutObjectTagging besides when the request carries them."""
    checks = ask(
        "s3",
        "PutObject",
        Bucket=PLAIN,
        Key="k",
        ACL="bucket-owner-full-control",
        Tagging="team=search&x=",
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=ONLINE_KEY,
    )
    assert pairs(checks) == [
        ("s3:PutObject", f"arn:aws:s3:::{PLAIN}/k"),
        ("s3:PutObjectAcl", f"arn:aws:s3:::{PLAIN}/k"),
        ("s3:PutObjectTagging", f"arn:aws:s3:::{PLAIN}/k"),
        ("kms:GenerateDataKey", ONLINE_KEY),
    ]
    assert checks[0].context == {
        "s3:x-amz-acl": "bucket-owner-full-control",
        "s3:x-amz-server-side-encryption": "aws:kms",
        "s3:x-amz-server-side-encryption-aws-kms-key-id": ONLINE_KEY,
        "s3:RequestObjectTag/team": "search",
        "s3:RequestObjectTag/x": "",
        "s3:RequestObjectTagKeys": ("team", "x"),
    }


def test_sse_s3_needs_no_key(ask: Ask) -> None:
    checks = ask("s3", "PutObject", Bucket=OFFLINE, Key="k", ServerSideEncryption="AES256")
    assert [check.action for check in checks] == ["s3:PutObject"]


def test_sse_kms_without_a_key_means_the_aws_managed_key(ask: Ask) -> None:
    """API_PutObject, SSEKMSKeyId."""
    checks = ask("s3", "PutObject", Bucket=OFFLINE, Key="k", ServerSideEncryption="aws:kms")
    assert checks[1].resource == f"arn:aws:kms:{HERE}:alias/aws/s3"


@pytest.mark.parametrize(("operation", "given"), [("GetObject", {}), ("HeadObject", {"ChecksumMode": "ENABLED"})])
def test_reading_needs_the_key(ask: Ask, operation: str, given: dict) -> None:
    checks = ask("s3", operation, Bucket=OFFLINE, Key="sessions/a.parquet", **given)
    assert pairs(checks) == [("s3:GetObject", OBJECT), ("kms:Decrypt", OFFLINE_KEY)]
    version = ask("s3", operation, Bucket=PLAIN, Key="k", VersionId="v1")
    assert pairs(version) == [("s3:GetObjectVersion", f"arn:aws:s3:::{PLAIN}/k")]
    assert version[0].context["s3:versionid"] == "v1"


def test_a_head_needs_the_key_for_a_checksum_alone(ask: Ask) -> None:
    """API_HeadObject, ChecksumMode: "If you enable checksum mode ... you must have permission to use kms:Decrypt"."""
    assert pairs(ask("s3", "HeadObject", Bucket=OFFLINE, Key="sessions/a.parquet")) == [("s3:GetObject", OBJECT)]
    versioned = ask("s3", "HeadObject", Bucket=OFFLINE, Key="sessions/a.parquet", VersionId="v1")
    assert pairs(versioned) == [("s3:GetObjectVersion", OBJECT)]


@pytest.mark.parametrize(
    "source",
    [
        {"Bucket": OFFLINE, "Key": "sessions/a b.parquet"},
        f"{OFFLINE}/sessions/a b.parquet",
        f"/{OFFLINE}/sessions/a%20b.parquet",
    ],
)
def test_a_copy_reads_its_source(ask: Ask, source: object) -> None:
    checks = ask("s3", "CopyObject", Bucket=PLAIN, Key="k", CopySource=source)
    assert pairs(checks) == [
        ("s3:PutObject", f"arn:aws:s3:::{PLAIN}/k"),
        ("s3:GetObject", f"arn:aws:s3:::{OFFLINE}/sessions/a b.parquet"),
        ("kms:Decrypt", OFFLINE_KEY),
    ]


def test_a_copy_of_a_version(ask: Ask) -> None:
    checks = ask("s3", "CopyObject", Bucket=PLAIN, Key="k", CopySource=f"{PLAIN}/old?versionId=v+1")
    assert checks[1].action == "s3:GetObjectVersion"


def test_a_multipart_upload_generates_then_decrypts(ask: Ask) -> None:
    """API_CreateMultipartUpload: GenerateDataKey for the upload, Decrypt for its parts."""
    at = {"Bucket": OFFLINE, "Key": "sessions/a.parquet"}
    assert [check.action for check in ask("s3", "CreateMultipartUpload", **at)] == [
        "s3:PutObject",
        "kms:GenerateDataKey",
    ]
    for operation in ("UploadPart", "CompleteMultipartUpload"):
        assert [check.action for check in ask("s3", operation, **at)] == ["s3:PutObject", "kms:Decrypt"]
    assert [check.action for check in ask("s3", "AbortMultipartUpload", **at)] == ["s3:AbortMultipartUpload"]


def test_deleting_many_asks_for_each(ask: Ask) -> None:
    objects = [{"Key": "a"}, {"Key": "b", "VersionId": "v"}]
    assert pairs(ask("s3", "DeleteObjects", Bucket=OFFLINE, Delete={"Objects": objects})) == [
        ("s3:DeleteObject", f"arn:aws:s3:::{OFFLINE}/a"),
        ("s3:DeleteObjectVersion", f"arn:aws:s3:::{OFFLINE}/b"),
    ]


def test_creating_a_bucket_with_an_ownership_rule(ask: Ask) -> None:
    checks = ask("s3", "CreateBucket", Bucket="new", ObjectOwnership="BucketOwnerEnforced", ACL="private")
    assert [check.action for check in checks] == ["s3:CreateBucket", "s3:PutBucketOwnershipControls"]
    assert all(check.new for check in checks)


def test_replication_passes_its_role(ask: Ask) -> None:
    role = f"arn:aws:iam::{CENTRAL}:role/replication"
    checks = ask("s3", "PutBucketReplication", Bucket=OFFLINE, ReplicationConfiguration={"Role": role, "Rules": []})
    assert pairs(checks) == [
        ("s3:PutReplicationConfiguration", f"arn:aws:s3:::{OFFLINE}"),
        ("iam:PassRole", role),
    ]
    assert checks[1].context["iam:PassedToService"] == "s3.amazonaws.com"


def test_a_new_key_and_its_tags(ask: Ask) -> None:
    create, tag = ask("kms", "CreateKey", Tags=[{"TagKey": "feature-share", "TagValue": "local"}])
    assert (create.action, create.resource, create.wildcard_only) == ("kms:CreateKey", "*", True)
    assert create.context["aws:RequestTag/feature-share"] == "local"
    assert (tag.action, tag.new, tag.account) == ("kms:TagResource", True, CENTRAL)


def test_an_alias_concerns_alias_and_keys(ask: Ask) -> None:
    """kms-alias-access: the alias, in an IAM policy, and the key; UpdateAlias the old and the new key."""
    alias = f"arn:aws:kms:{HERE}:alias/fs-online"
    checks = ask("kms", "UpdateAlias", AliasName="alias/fs-online", TargetKeyId=OFFLINE_KEY)
    assert pairs(checks) == [
        ("kms:UpdateAlias", alias),
        ("kms:UpdateAlias", ONLINE_KEY),
        ("kms:UpdateAlias", OFFLINE_KEY),
    ]
    fresh = ask("kms", "CreateAlias", AliasName="alias/new", TargetKeyId=ONLINE_KEY.rpartition("/")[2])
    assert [check.resource for check in fresh] == [f"arn:aws:kms:{HERE}:alias/new", ONLINE_KEY]


def test_a_key_called_by_alias_is_the_key(ask: Ask) -> None:
    (check,) = ask("kms", "DescribeKey", KeyId=f"arn:aws:kms:{REGION}:{OTHER}:alias/fs-online")
    assert (check.resource, check.account) == (ONLINE_KEY.replace(CENTRAL, OTHER), OTHER)
    assert check.context["kms:RequestAlias"] == "alias/fs-online"
    assert check.context["aws:ResourceTag/feature-share"] == "local"
    assert "kms:ViaService" not in check.context


def test_a_direct_decrypt_shows_its_encryption_context(ask: Ask) -> None:
    (check,) = ask("kms", "Decrypt", KeyId=ONLINE_KEY, EncryptionContext={"a": "b"})
    assert check.context["kms:EncryptionContext:a"] == "b"


def test_a_grant_by_a_caller_is_not_for_an_aws_resource(ask: Ask) -> None:
    (check,) = ask("kms", "CreateGrant", KeyId=ONLINE_KEY, GranteePrincipal=CALLER, Operations=["Decrypt"])
    assert check.context["kms:GrantIsForAWSResource"] == "false"
    assert check.context["kms:GrantOperations"] == ("Decrypt",)


def test_glue_asks_for_all_ancestors_in_lower_case(ask: Ask) -> None:
    """glue-specifying-resource-arns."""
    checks = ask("glue", "GetTable", DatabaseName="FS_Features", Name="Sessions")
    assert [check.resource for check in checks] == [
        f"arn:aws:glue:{HERE}:catalog",
        f"arn:aws:glue:{HERE}:database/fs_features",
        f"arn:aws:glue:{HERE}:table/fs_features/sessions",
    ]
    assert {check.action for check in checks} == {"glue:GetTable"}


def test_another_accounts_catalog(ask: Ask) -> None:
    checks = ask("glue", "GetDatabase", CatalogId=OTHER, Name="shared")
    assert {check.account for check in checks} == {OTHER}
    assert checks[1].resource == f"arn:aws:glue:{REGION}:{OTHER}:database/shared"


def test_deleting_a_database_deletes_what_is_in_it(ask: Ask) -> None:
    assert [check.resource.rpartition(":")[2] for check in ask("glue", "DeleteDatabase", Name="d")] == [
        "catalog",
        "database/d",
        "table/d/*",
        "userDefinedFunction/d/*",
    ]


def test_a_tagged_database_needs_tag_resource(ask: Ask) -> None:
    checks = ask("glue", "CreateDatabase", DatabaseInput={"Name": "d"}, Tags={"owner": "search"})
    assert pairs(checks)[-1] == ("glue:TagResource", f"arn:aws:glue:{HERE}:database/d")
    assert checks[-1].context["aws:RequestTag/owner"] == "search"


@pytest.mark.parametrize(("given", "name"), [({}, "primary"), ({"WorkGroup": "fs-search"}, "fs-search")])
def test_a_query_without_a_workgroup_runs_in_primary(ask: Ask, given: dict, name: str) -> None:
    (check,) = ask("athena", "StartQueryExecution", QueryString="SELECT 1", **given)
    assert pairs((check,)) == [("athena:StartQueryExecution", f"arn:aws:athena:{HERE}:workgroup/{name}")]


def test_a_query_on_a_registered_catalog_needs_that_catalog(ask: Ask) -> None:
    checks = ask("athena", "StartQueryExecution", QueryString="x", QueryExecutionContext={"Catalog": "central"})
    assert pairs(checks)[1] == ("athena:GetDataCatalog", f"arn:aws:athena:{HERE}:datacatalog/central")


def test_a_query_whose_text_names_a_registered_catalog_needs_it_too(ask: Ask) -> None:
    named = ask("athena", "_RunQuery", workgroup="fs-search", tables=[], catalogs=["central", "central"])
    wanted = ("athena:GetDataCatalog", f"arn:aws:athena:{HERE}:datacatalog/central")
    assert pairs(named).count(wanted) == 1
    plain = ask("athena", "_RunQuery", workgroup="fs-search", tables=[])
    assert wanted not in pairs(plain)


def test_a_query_is_looked_up_to_learn_its_workgroup(ask: Ask) -> None:
    (check,) = ask("athena", "GetQueryExecution", QueryExecutionId="q1")
    assert check.resource == f"arn:aws:athena:{HERE}:workgroup/fs-search"
    (unknown,) = ask("athena", "StopQueryExecution", QueryExecutionId="gone")
    assert unknown.resource == f"arn:aws:athena:{HERE}:workgroup/*"


def test_results_are_read_from_s3_as_the_caller(ask: Ask) -> None:
    """API_GetQueryResults: also s3:GetObject on the query results location."""
    checks = ask("athena", "GetQueryResults", QueryExecutionId="q1")
    assert pairs(checks) == [
        ("athena:GetQueryResults", f"arn:aws:athena:{HERE}:workgroup/fs-search"),
        ("s3:GetObject", f"arn:aws:s3:::{RESULTS}/q1.csv"),
    ]
    assert checks[1].account == OTHER
    assert checks[1].via == ("athena.amazonaws.com",)


def _query(ask: Ask, estate: SmallEstate | None = None) -> tuple[Check, ...]:
    return ask(
        "athena",
        "_RunQuery",
        estate,
        workgroup="fs-search",
        tables=[{"database": "fs_features", "table": "sessions"}],
        databases=["fs_features"],
        output_location=f"s3://{RESULTS}/out/",
        expected_owner=OTHER,
    )


def test_a_query_reads_catalog_and_data_as_its_caller(ask: Ask) -> None:
    """fine-grained-access-to-glue-resources; s3-permissions; encryption."""
    checks = _query(ask)
    prefix = DATA.removeprefix(f"s3://{OFFLINE}/") + "/"
    glue, s3 = f"arn:aws:glue:{HERE}:", f"arn:aws:s3:::{OFFLINE}"
    assert {("glue:GetDatabase", glue + "database/default"), ("glue:GetDatabase", glue + "catalog")} <= set(
        pairs(checks)
    )
    table = {glue + "catalog", glue + "database/fs_features", glue + "table/fs_features/sessions"}
    for action in ("glue:GetTable", "glue:GetPartitions", "glue:GetPartition", "glue:BatchGetPartition"):
        assert {check.resource for check in checks if check.action == action} == table
    assert ("s3:GetObject", f"{s3}/{prefix}*") in pairs(checks)
    (listing,) = [check for check in checks if (check.action, check.resource) == ("s3:ListBucket", s3)]
    assert listing.context["s3:prefix"] == prefix
    (decrypt,) = [check for check in checks if check.action == "kms:Decrypt"]
    assert (decrypt.resource, decrypt.context["kms:ViaService"]) == (OFFLINE_KEY, "s3.eu-west-1.amazonaws.com")
    assert {check.via for check in checks} == {("athena.amazonaws.com",)}
    assert {check.as_role for check in checks} == {None}


def test_a_query_writes_results_with_the_seven_documented_rights(ask: Ask) -> None:
    bucket = f"arn:aws:s3:::{RESULTS}"
    assert {pair for pair in pairs(_query(ask)) if pair[1].startswith(bucket)} == {
        ("s3:GetBucketLocation", bucket),
        ("s3:ListBucket", bucket),
        ("s3:ListBucketMultipartUploads", bucket),
        ("s3:PutObject", f"{bucket}/out/*"),
        ("s3:GetObject", f"{bucket}/out/*"),
        ("s3:AbortMultipartUpload", f"{bucket}/out/*"),
        ("s3:ListMultipartUploadParts", f"{bucket}/out/*"),
    }


def test_an_unpartitioned_table_needs_no_partition_rights(ask: Ask) -> None:
    checks = _query(ask, SmallEstate(partitioned=False))
    assert not [check for check in checks if "Partition" in check.action]


def test_results_under_a_key_need_it(ask: Ask) -> None:
    checks = _query(ask, SmallEstate(workgroup_key=ONLINE_KEY))
    assert {check.action for check in checks if check.resource == ONLINE_KEY} == {"kms:GenerateDataKey", "kms:Decrypt"}
    (put,) = [check for check in checks if check.action == "s3:PutObject"]
    assert put.context["s3:x-amz-server-side-encryption"] == "aws:kms"


def test_metadata_of_a_registered_catalog_is_asked_of_the_account_that_it_means() -> None:
    given = {"CatalogName": "central", "DatabaseName": "fs_features", "TableName": "sessions"}
    call = Call("athena", "GetTableMetadata", given, OTHER, REGION, CALLER.replace(CENTRAL, OTHER))
    found = [(check.action, check.resource, check.account) for check in checks_for(call, SmallEstate())]
    stem = f"arn:aws:glue:{REGION}:{CENTRAL}"
    assert found == [
        ("athena:GetTableMetadata", f"arn:aws:athena:{REGION}:{OTHER}:datacatalog/central", OTHER),
        ("glue:GetTable", f"{stem}:catalog", CENTRAL),
        ("glue:GetTable", f"{stem}:database/fs_features", CENTRAL),
        ("glue:GetTable", f"{stem}:table/fs_features/sessions", CENTRAL),
    ]


def test_metadata_is_read_from_glue_as_the_caller(ask: Ask) -> None:
    given = {"CatalogName": "AwsDataCatalog", "DatabaseName": "fs_features", "TableName": "sessions"}
    checks = ask("athena", "GetTableMetadata", **given)
    assert pairs(checks) == [
        ("athena:GetTableMetadata", f"arn:aws:athena:{HERE}:datacatalog/AwsDataCatalog"),
        ("glue:GetTable", f"arn:aws:glue:{HERE}:catalog"),
        ("glue:GetTable", f"arn:aws:glue:{HERE}:database/fs_features"),
        ("glue:GetTable", f"arn:aws:glue:{HERE}:table/fs_features/sessions"),
    ]
