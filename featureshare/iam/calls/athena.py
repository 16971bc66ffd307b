"""Athena: workgroups, queries, results, catalogs, and what a query reads with the rights of its caller."""

from collections.abc import Iterator, Mapping
from typing import Any

from featureshare.iam.calls.glue import catalog_checks, database_path, table_paths
from featureshare.iam.calls.model import BucketFacts, Check
from featureshare.iam.calls.objects import Sender, decrypt_checks, encryption_check, location, object_check
from featureshare.iam.calls.registry import (
    SAR,
    VIA_SERVICE,
    Answer,
    Context,
    Entry,
    Keys,
    Scope,
    Table,
    both,
    entries,
    on,
    pass_role,
    request_tags,
    tags_in,
    untags_in,
)

_PAGE = SAR + "list_amazonathena.html"
_CATALOG = "https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html"
_RESULTS = "https://docs.aws.amazon.com/athena/latest/ug/s3-permissions.html"
_ENCRYPTED = "https://docs.aws.amazon.com/athena/latest/ug/encryption.html"
_CATALOGS = "https://docs.aws.amazon.com/athena/latest/ug/datacatalogs-example-policies.html"
_GET_RESULTS = "https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html"

# Athena is one of the services that IAM documents for aws:CalledVia.
# https://docs.aws.amazon.com/athena/latest/ug/security-iam-athena-calledvia.html
_VIA = Sender(through=("athena.amazonaws.com",))

PRIMARY = "primary"
"""The workgroup that every account has, and that a call means which names none."""

_WORKGROUP = "arn:{partition}:athena:{region}:{account}:workgroup/"
_RESERVATION = "arn:{partition}:athena:{region}:{account}:capacity-reservation/{Name}"
_DATA_CATALOG = "arn:{partition}:athena:{region}:{account}:datacatalog/"


def _workgroup(action: str, parameter: str = "WorkGroup", default: str = PRIMARY, keys: Keys | None = None) -> Answer:
    """An action on the workgroup in a parameter; a call that names none means `primary`."""

    def checks(scope: Scope) -> Iterator[Check]:
        resource = scope.fill(_WORKGROUP) + scope.text(parameter, default)
        yield Check(action, resource, scope.call.account, keys(scope) if keys else {})

    return checks


def _workgroup_of(scope: Scope, identifier: str) -> str:
    """The workgroup behind the id of a query or of a named query; `*` when nobody knows the id."""
    facts = scope.estate.query(scope.call.account, identifier)
    return facts.workgroup if facts else "*"


def _by_id(action: str, parameter: str) -> Answer:
    """An action on the workgroup behind one id or a list of ids; once a workgroup."""

    def checks(scope: Scope) -> Iterator[Check]:
        given = scope.get(parameter, "*")
        for identifier in given if isinstance(given, list | tuple) else (given,):
            resource = scope.fill(_WORKGROUP) + _workgroup_of(scope, str(identifier))
            yield Check(action, resource, scope.call.account)

    return checks


def _create(action: str, template: str, new: bool = True) -> Answer:
    """Creation of a tagged thing: tags at birth need athena:TagResource as well."""

    def checks(scope: Scope) -> Iterator[Check]:
        resource = scope.fill(template)
        tags = request_tags(scope.get("Tags"))
        yield Check(action, resource, scope.call.account, tags, new=new)
        if tags:
            yield Check("athena:TagResource", resource, scope.call.account, tags, new=new)

    return checks


def _start(scope: Scope) -> Iterator[Check]:
    """The call alone; what the query reads and writes shows when it is planned (`_RunQuery`)."""
    yield from _workgroup("athena:StartQueryExecution")(scope)
    catalog = scope.text("QueryExecutionContext.Catalog", "AwsDataCatalog")
    if catalog.lower() != "awsdatacatalog":
        yield _use_catalog(scope, catalog)


def _use_catalog(scope: Scope, name: str) -> Check:
    """What a query asks for of a registered data catalog that it names, in its context or in its text."""
    return Check("athena:GetDataCatalog", scope.fill(_DATA_CATALOG) + name, scope.call.account, source=_CATALOGS)


def _results(scope: Scope) -> Iterator[Check]:
    """The workgroup's athena:GetQueryResults, and the result object as the caller."""
    yield from _by_id("athena:GetQueryResults", "QueryExecutionId")(scope)
    facts = scope.estate.query(scope.call.account, scope.text("QueryExecutionId"))
    if facts and facts.output_location:
        bucket, _, key = facts.output_location.removeprefix("s3://").partition("/")
        yield object_check(scope, "s3:GetObject", bucket, key, sender=_VIA, source=_GET_RESULTS)
        yield from decrypt_checks(scope, bucket, key, sender=_VIA)


def _metadata(action: str, glue_action: str, *paths: str) -> Answer:
    """Catalog metadata: the data catalog, and what Athena asks Glue for with the rights of its caller, in the account
    whose catalog is meant."""

    def checks(scope: Scope) -> Iterator[Check]:
        name = scope.text("CatalogName", "AwsDataCatalog")
        yield Check(action, scope.fill(_DATA_CATALOG) + name, scope.call.account)
        owner = scope.estate.data_catalog(scope.call.account, name) or scope.call.account
        below = [scope.fill(path).lower() for path in paths]
        context: Context = dict(VIA_SERVICE)
        yield from catalog_checks(
            scope, glue_action, *below, account=owner, context=context, via=_VIA.through, source=_CATALOG
        )

    return checks


def _run_query(scope: Scope) -> Iterator[Check]:
    """What a query needs while it runs, all as its caller via Athena.

    Params: `workgroup` (name); `tables`, each {"database", "table"} and optionally "account" (of the catalog) and
    "objects" (the keys that will be read, for their encryption keys); `databases` further databases named; `catalogs`
    the registered data catalogs that its text names; `output_location` an s3:// URI; `expected_owner` of the results
    bucket, an account or None.
    """
    tables: list[Mapping[str, Any]] = list(scope.get("tables", ()))
    for name in dict.fromkeys(map(str, scope.get("catalogs", ()))):
        yield _use_catalog(scope, name)
    yield from _glue(scope, "glue:GetDatabase", None, database_path("default"))
    for database in dict.fromkeys([*scope.get("databases", ())]):
        yield from _glue(scope, "glue:GetDatabase", None, database_path(str(database)))
    for one in tables:
        yield from _read_table(scope, one)
    if scope.get("output_location"):
        yield from _write_results(scope)


def _glue(scope: Scope, action: str, account: str | None, *paths: str) -> Iterator[Check]:
    context: Context = dict(VIA_SERVICE)
    yield from catalog_checks(
        scope, action, *paths, account=account or scope.call.account, context=context, via=_VIA.through, source=_CATALOG
    )


def _read_table(scope: Scope, one: Mapping[str, Any]) -> Iterator[Check]:
    database, table = str(one["database"]), str(one["table"])
    account = one.get("account")
    paths = table_paths(database, table)
    yield from _glue(scope, "glue:GetDatabase", account, database_path(database))
    yield from _glue(scope, "glue:GetTable", account, *paths)
    facts = scope.estate.table(account or scope.call.account, database, table)
    if facts is None:
        return
    if facts.partitioned:
        for action in ("glue:GetPartition", "glue:GetPartitions", "glue:BatchGetPartition"):
            yield from _glue(scope, action, account, *paths)
    if facts.location:
        yield from _read_location(scope, facts.location, one.get("objects"))


def _read_location(scope: Scope, uri: str, objects: list[str] | None) -> Iterator[Check]:
    """Listing and reading a table's data, and decrypting it under each key that its objects are under."""
    bucket, prefix = location(uri)
    yield object_check(scope, "s3:GetBucketLocation", bucket, None, sender=_VIA, source=_RESULTS)
    yield object_check(scope, "s3:ListBucket", bucket, None, {"s3:prefix": prefix}, sender=_VIA, source=_RESULTS)
    yield object_check(scope, "s3:GetObject", bucket, f"{prefix}*", sender=_VIA, source=_RESULTS)
    facts = scope.estate.bucket(bucket)
    named = {scope.estate.object_key(bucket, key): key for key in objects or ()}
    found: dict[str | None, str] = named or {(facts.default_key if facts else None): f"{prefix}*"}
    for kms_key, key in found.items():
        if kms_key:
            yield encryption_check(scope, "kms:Decrypt", kms_key, bucket, key, sender=_VIA, source=_ENCRYPTED)


def _write_results(scope: Scope) -> Iterator[Check]:
    """The seven rights on a results bucket that Athena documents, and its encryption key if it has one.

    A bucket of another account than the workgroup expects is refused before anything is written; that is no
    permission, so it is not said here.
    """
    bucket, prefix = location(scope.text("output_location"))
    facts = scope.estate.workgroup(scope.call.account, scope.text("workgroup", PRIMARY))
    store = scope.estate.bucket(bucket)
    kms_key = (facts.key if facts else None) or (store.default_key if store else None)
    headers: Context = {}
    if facts and facts.key:
        headers["s3:x-amz-server-side-encryption"] = "aws:kms"
        headers["s3:x-amz-server-side-encryption-aws-kms-key-id"] = facts.key
    key = f"{prefix}*"
    listing: Context = {"s3:prefix": prefix}
    yield object_check(scope, "s3:GetBucketLocation", bucket, None, sender=_VIA, source=_RESULTS)
    yield object_check(scope, "s3:ListBucket", bucket, None, listing, sender=_VIA, source=_RESULTS)
    yield object_check(scope, "s3:ListBucketMultipartUploads", bucket, None, sender=_VIA, source=_RESULTS)
    yield object_check(scope, "s3:PutObject", bucket, key, headers, sender=_VIA, source=_RESULTS)
    for action in ("s3:GetObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"):
        yield object_check(scope, action, bucket, key, sender=_VIA, source=_RESULTS)
    if kms_key:
        yield from _result_key(scope, kms_key, bucket, key, store)


def _result_key(scope: Scope, kms_key: str, bucket: str, key: str, store: BucketFacts | None) -> Iterator[Check]:
    whole = store.bucket_key if store else False
    for action in ("kms:GenerateDataKey", "kms:Decrypt"):
        yield encryption_check(scope, action, kms_key, bucket, key, bucket_key=whole, sender=_VIA, source=_ENCRYPTED)


TABLE: Table = {
    "_RunQuery": Entry(_run_query, _CATALOG),
    "GetQueryResults": Entry(_results, _GET_RESULTS),
    **entries(
        _PAGE,
        {
            "BatchGetNamedQuery": _by_id("athena:BatchGetNamedQuery", "NamedQueryIds"),
            "BatchGetPreparedStatement": _workgroup("athena:BatchGetPreparedStatement"),
            "BatchGetQueryExecution": _by_id("athena:BatchGetQueryExecution", "QueryExecutionIds"),
            "CreateDataCatalog": _create("athena:CreateDataCatalog", _DATA_CATALOG + "{Name}"),
            "CreateNamedQuery": _workgroup("athena:CreateNamedQuery"),
            "CreatePreparedStatement": _workgroup("athena:CreatePreparedStatement"),
            "CreateWorkGroup": both(
                _create("athena:CreateWorkGroup", _WORKGROUP + "{Name}"),
                pass_role("Configuration.ExecutionRole", "athena.amazonaws.com"),
            ),
            "DeleteDataCatalog": on("athena:DeleteDataCatalog", _DATA_CATALOG + "{Name}"),
            "DeleteNamedQuery": _by_id("athena:DeleteNamedQuery", "NamedQueryId"),
            "DeletePreparedStatement": _workgroup("athena:DeletePreparedStatement"),
            "DeleteWorkGroup": _workgroup("athena:DeleteWorkGroup", default="*"),
            "GetDataCatalog": on("athena:GetDataCatalog", _DATA_CATALOG + "{Name}"),
            "GetDatabase": _metadata("athena:GetDatabase", "glue:GetDatabase", "database/{DatabaseName}"),
            "GetNamedQuery": _by_id("athena:GetNamedQuery", "NamedQueryId"),
            "GetPreparedStatement": _workgroup("athena:GetPreparedStatement"),
            "GetQueryExecution": _by_id("athena:GetQueryExecution", "QueryExecutionId"),
            "GetQueryRuntimeStatistics": _by_id("athena:GetQueryRuntimeStatistics", "QueryExecutionId"),
            "GetTableMetadata": _metadata(
                "athena:GetTableMetadata",
                "glue:GetTable",
                "database/{DatabaseName}",
                "table/{DatabaseName}/{TableName}",
            ),
            "GetWorkGroup": _workgroup("athena:GetWorkGroup", default="*"),
            "CreateCapacityReservation": on("athena:CreateCapacityReservation", _RESERVATION, keys=tags_in("Tags")),
            **{
                name: on(f"athena:{name}", _RESERVATION)
                for name in (
                    *("CancelCapacityReservation", "DeleteCapacityReservation"),
                    *("GetCapacityReservation", "UpdateCapacityReservation"),
                )
            },
            "ListCapacityReservations": on("athena:ListCapacityReservations"),
            "ListDataCatalogs": on("athena:ListDataCatalogs"),
            "ListDatabases": _metadata("athena:ListDatabases", "glue:GetDatabases", "database/*"),
            "ListEngineVersions": on("athena:ListEngineVersions"),
            "ListNamedQueries": _workgroup("athena:ListNamedQueries"),
            "ListPreparedStatements": _workgroup("athena:ListPreparedStatements"),
            "ListQueryExecutions": _workgroup("athena:ListQueryExecutions"),
            "ListTableMetadata": _metadata(
                "athena:ListTableMetadata", "glue:GetTables", "database/{DatabaseName}", "table/{DatabaseName}/*"
            ),
            "ListTagsForResource": on("athena:ListTagsForResource", "{ResourceARN}"),
            "ListWorkGroups": on("athena:ListWorkGroups"),
            "StartQueryExecution": _start,
            "StopQueryExecution": _by_id("athena:StopQueryExecution", "QueryExecutionId"),
            "TagResource": on("athena:TagResource", "{ResourceARN}", keys=tags_in("Tags")),
            "UntagResource": on("athena:UntagResource", "{ResourceARN}", keys=untags_in("TagKeys")),
            "UpdateDataCatalog": on("athena:UpdateDataCatalog", _DATA_CATALOG + "{Name}"),
            "UpdateNamedQuery": _by_id("athena:UpdateNamedQuery", "NamedQueryId"),
            "UpdatePreparedStatement": _workgroup("athena:UpdatePreparedStatement"),
            "UpdateWorkGroup": both(
                _workgroup("athena:UpdateWorkGroup", default="*"),
                pass_role("ConfigurationUpdates.ExecutionRole", "athena.amazonaws.com"),
            ),
        },
    ),
}
