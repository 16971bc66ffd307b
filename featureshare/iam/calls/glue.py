"""The Glue Data Catalog: databases, tables, partitions, resource policy, settings.

A request for a database or a table is authorised on it and on all its ancestors, the catalog first:
https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html. Names in ARNs are lower case.
"""

from collections.abc import Iterator

from featureshare.iam.calls.model import Check, ContextValue
from featureshare.iam.calls.registry import (
    SAR,
    Answer,
    Entry,
    Scope,
    Table,
    account_of,
    entries,
    on,
    passed,
    request_tags,
    tags_in,
    untags_in,
)

_PAGE = "https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html"
_TAGS = "https://docs.aws.amazon.com/glue/latest/dg/monitor-tags.html"
_API = "https://docs.aws.amazon.com/glue/latest/webapi/API_{operation}.html"


def catalog_account(scope: Scope, catalog: str | None = None) -> str:
    """The account a request's catalog id names, or the caller's. `ACCOUNT:child/catalog` belongs to ACCOUNT."""
    return str(catalog or scope.get("CatalogId") or scope.call.account).partition(":")[0]


def catalog_checks(
    scope: Scope,
    action: str,
    *paths: str,
    account: str | None = None,
    context: dict[str, ContextValue] | None = None,
    via: tuple[str, ...] = (),
    source: str = "",
) -> Iterator[Check]:
    """`action` on the catalog and on each path (`database/x`, `table/x/y`) below it; via the services named."""
    owner = account or catalog_account(scope)
    for path in ("catalog", *paths):
        resource = scope.arn("glue", path, account=owner)
        yield Check(action, resource, owner, context or {}, via=via, source=source)


def database_path(name: str) -> str:
    """The path of a database in ARNs."""
    return f"database/{name.lower()}"


def table_paths(database: str, *tables: str) -> tuple[str, ...]:
    """The paths of tables in ARNs, after that of their database."""
    return (database_path(database), *(f"table/{database.lower()}/{table.lower()}" for table in tables))


def _catalog(action: str) -> Answer:
    return lambda scope: catalog_checks(scope, action)


def _database(action: str, parameter: str = "DatabaseName") -> Answer:
    return lambda scope: catalog_checks(scope, action, database_path(scope.text(parameter)))


def _table(action: str, parameter: str = "TableName", database: str = "DatabaseName") -> Answer:
    return lambda scope: catalog_checks(scope, action, *table_paths(scope.text(database), scope.text(parameter)))


def _create_database(scope: Scope) -> Iterator[Check]:
    """Tags at birth need glue:TagResource as well."""
    path = database_path(scope.text("DatabaseInput.Name"))
    tags = request_tags(scope.get("Tags"))
    yield from catalog_checks(scope, "glue:CreateDatabase", path, context=tags)
    if tags:
        owner = catalog_account(scope)
        yield Check("glue:TagResource", scope.arn("glue", path, account=owner), owner, tags, source=_TAGS, new=True)


def _delete_database(scope: Scope) -> Iterator[Check]:
    """Deleting a database deletes what is in it: all its tables and functions are resources of the call."""
    name = scope.text("Name").lower()
    paths = (database_path(name), f"table/{name}/*", f"userDefinedFunction/{name}/*")
    return catalog_checks(scope, "glue:DeleteDatabase", *paths)


def _batch_delete_table(scope: Scope) -> Iterator[Check]:
    paths = table_paths(scope.text("DatabaseName"), *scope.get("TablesToDelete", ()))
    return catalog_checks(scope, "glue:BatchDeleteTable", *paths)


def _functions(scope: Scope) -> Iterator[Check]:
    name = scope.text("DatabaseName").lower()
    return catalog_checks(scope, "glue:GetUserDefinedFunctions", database_path(name), f"userDefinedFunction/{name}/*")


def _policy(action: str) -> Answer:
    """The resource policy of the whole catalog, or of the resource named."""

    def checks(scope: Scope) -> Iterator[Check]:
        yield from catalog_checks(scope, action, account=scope.call.account)
        named = scope.get("ResourceArn")
        if named and not str(named).endswith(":catalog"):
            yield Check(action, str(named), account_of(str(named), scope.call.account))

    return checks


def _function(action: str) -> Answer:
    """A user-defined function that exists, and its ancestors."""

    def checks(scope: Scope) -> Iterator[Check]:
        name = scope.text("DatabaseName").lower()
        function = f"userDefinedFunction/{name}/{scope.text('FunctionName').lower()}"
        return catalog_checks(scope, f"glue:{action}", database_path(name), function)

    return checks


def _connection(action: str, parameter: str) -> Answer:
    """A connection and the catalog it stands in."""
    return lambda scope: catalog_checks(scope, f"glue:{action}", f"connection/{scope.text(parameter)}")


def _create_connection(scope: Scope) -> Iterator[Check]:
    """A new connection is asked for on the catalog alone; tags at birth need glue:TagResource as well."""
    tags = request_tags(scope.get("Tags"))
    yield from catalog_checks(scope, "glue:CreateConnection", context=tags)
    if tags:
        connection = scope.arn("glue", f"connection/{scope.text('ConnectionInput.Name')}")
        yield Check("glue:TagResource", connection, scope.call.account, tags, source=_TAGS, new=True)


def _optimizer(action: str) -> Answer:
    """An optimizer is asked for on its table; the role that runs it is passed to Glue."""

    def checks(scope: Scope) -> Iterator[Check]:
        yield from _table(f"glue:{action}")(scope)
        role = scope.get("TableOptimizerConfiguration.roleArn")
        if role:
            yield passed(scope, str(role), "glue.amazonaws.com")

    return checks


def _registry_arn(scope: Scope, member: str) -> str:
    """A schema registry given by name or ARN in a member of the call."""
    arn = scope.text(f"{member}.RegistryArn")
    named = scope.arn("glue", f"registry/{scope.text(f'{member}.RegistryName', 'default-registry')}")
    return arn if arn.startswith("arn:") else named


def _registry(action: str) -> Answer:
    def checks(scope: Scope) -> Iterator[Check]:
        yield Check(f"glue:{action}", _registry_arn(scope, "RegistryId"), scope.call.account)

    return checks


def _schema(action: str) -> Answer:
    """A schema, by ARN or by registry and name, and its registry."""

    def checks(scope: Scope) -> Iterator[Check]:
        registry, arn = _registry_arn(scope, "SchemaId"), scope.text("SchemaId.SchemaArn")
        schema = f"{registry.replace(':registry/', ':schema/')}/{scope.text('SchemaId.SchemaName')}"
        if arn.startswith("arn:"):
            registry, schema = arn.replace(":schema/", ":registry/").rpartition("/")[0], arn
        for resource in (registry, schema):
            yield Check(f"glue:{action}", resource, account_of(resource, scope.call.account))

    return checks


def _create_schema(scope: Scope) -> Iterator[Check]:
    """The registry, which exists, and the schema to be, with its tags."""
    registry = _registry_arn(scope, "RegistryId")
    schema = f"{registry.replace(':registry/', ':schema/')}/{scope.text('SchemaName')}"
    tags = request_tags(scope.get("Tags"))
    for resource in (registry, schema):
        yield Check("glue:CreateSchema", resource, scope.call.account, tags, new=resource == schema)
    if tags:
        yield Check("glue:TagResource", schema, scope.call.account, tags, source=_TAGS, new=True)


def _create_ruleset(scope: Scope) -> Iterator[Check]:
    """A new ruleset is asked for as such; tags at birth need glue:TagResource on it."""
    tags = request_tags(scope.get("Tags"))
    yield Check("glue:CreateDataQualityRuleset", "*", scope.call.account, tags, wildcard_only=True)
    if tags:
        yield Check("glue:TagResource", scope.fill(_RULESET), scope.call.account, tags, source=_TAGS, new=True)


def _create_transform(scope: Scope) -> Iterator[Check]:
    """A transform gets its id from Glue; tags at birth need glue:TagResource, its role is passed."""
    tags = request_tags(scope.get("Tags"))
    yield Check("glue:CreateMLTransform", "*", scope.call.account, tags, wildcard_only=True)
    if tags:
        resource = scope.fill(_TRANSFORMS + "*")
        yield Check("glue:TagResource", resource, scope.call.account, tags, source=_TAGS, new=True)
    yield passed(scope, scope.text("Role"), "glue.amazonaws.com")


def _create_bench(scope: Scope) -> Iterator[Check]:
    """A new development endpoint, which runs as the role it is given."""
    tags = request_tags(scope.get("Tags"))
    yield Check("glue:CreateDevEndpoint", "*", scope.call.account, tags, wildcard_only=True)
    if tags:
        yield Check("glue:TagResource", scope.fill(_BENCH), scope.call.account, tags, source=_TAGS, new=True)
    yield passed(scope, scope.text("RoleArn"), "glue.amazonaws.com")


def _search(scope: Scope) -> Iterator[Check]:
    return catalog_checks(scope, "glue:SearchTables", "database/*", "table/*/*")


def _own(action: str, template: str, *, born: bool = False, role: str | None = None) -> Answer:
    """An action on a crawler or job; tags at birth need glue:TagResource, a role is passed to Glue."""

    def checks(scope: Scope) -> Iterator[Check]:
        resource = scope.fill(template)
        tags = request_tags(scope.get("Tags")) if born else {}
        known = "*" if action == "CreateCrawler" else resource
        yield Check(f"glue:{action}", known, scope.call.account, tags, new=born)
        if tags:
            yield Check("glue:TagResource", resource, scope.call.account, tags, source=_TAGS, new=True)
        if role and scope.get(role):
            yield passed(scope, scope.text(role), "glue.amazonaws.com")

    return checks


_CRAWLER = "arn:{partition}:glue:{region}:{account}:crawler/{Name}"
_TRIGGER = "arn:{partition}:glue:{region}:{account}:trigger/{Name}"
_WORKFLOW = "arn:{partition}:glue:{region}:{account}:workflow/{Name}"
_REGISTRIES = "arn:{partition}:glue:{region}:{account}:registry/"
_RULESET = "arn:{partition}:glue:{region}:{account}:dataQualityRuleset/{Name}"
_TRANSFORMS = "arn:{partition}:glue:{region}:{account}:mlTransform/"
_BENCH = "arn:{partition}:glue:{region}:{account}:devEndpoint/{EndpointName}"
_JOB = "arn:{partition}:glue:{region}:{account}:job/"

TABLE: Table = {
    **entries(
        SAR + "list_awsglue.html",
        {
            "CreateCrawler": _own("CreateCrawler", _CRAWLER, born=True, role="Role"),
            "CreateJob": _own("CreateJob", _JOB + "{Name}", born=True, role="Role"),
            "CreateRegistry": _own("CreateRegistry", _REGISTRIES + "{RegistryName}", born=True),
            "CreateTrigger": _own("CreateTrigger", _TRIGGER, born=True),
            "CreateWorkflow": _own("CreateWorkflow", _WORKFLOW, born=True),
            **{f"{verb}Registry": _registry(f"{verb}Registry") for verb in ("Delete", "Get", "Update")},
            **{
                name: _schema(name)
                for name in (
                    *("DeleteSchema", "GetSchema", "GetSchemaByDefinition", "GetSchemaVersion"),
                    *("ListSchemaVersions", "RegisterSchemaVersion", "UpdateSchema"),
                )
            },
            "CreateSchema": _create_schema,
            "CreateConnection": _create_connection,
            "DeleteConnection": _connection("DeleteConnection", "ConnectionName"),
            "GetConnection": _connection("GetConnection", "Name"),
            "GetConnections": _connection("GetConnections", "*"),
            "UpdateConnection": _connection("UpdateConnection", "Name"),
            "CreateUserDefinedFunction": _database("glue:CreateUserDefinedFunction"),
            **{
                f"{verb}UserDefinedFunction": _function(f"{verb}UserDefinedFunction")
                for verb in ("Delete", "Get", "Update")
            },
            **{
                f"{verb}TableOptimizer": _optimizer(f"{verb}TableOptimizer")
                for verb in ("Create", "Delete", "Get", "Update")
            },
            "CreateDataQualityRuleset": _create_ruleset,
            **{
                f"{verb}DataQualityRuleset": _own(f"{verb}DataQualityRuleset", _RULESET)
                for verb in ("Delete", "Get", "Update")
            },
            "CreateMLTransform": _create_transform,
            **{
                f"{verb}MLTransform": _own(f"{verb}MLTransform", _TRANSFORMS + "{TransformId}", role="Role")
                for verb in ("Delete", "Get", "Update")
            },
            **{f"{verb}Trigger": _own(f"{verb}Trigger", _TRIGGER) for verb in ("Delete", "Get", "Start", "Stop")},
            **{f"{verb}Workflow": _own(f"{verb}Workflow", _WORKFLOW) for verb in ("Delete", "Get", "Update")},
            **{f"{verb}Classifier": on(f"glue:{verb}Classifier") for verb in ("Create", "Delete", "Get", "Update")},
            "CreateDevEndpoint": _create_bench,
            **{f"{verb}DevEndpoint": on(f"glue:{verb}DevEndpoint", _BENCH) for verb in ("Delete", "Get", "Update")},
            "GetDevEndpoints": on("glue:GetDevEndpoints"),
            "CreateScript": on("glue:CreateScript"),
            "GetClassifiers": on("glue:GetClassifiers"),
            "UpdateTrigger": _own("UpdateTrigger", _TRIGGER),
            "CreateSecurityConfiguration": on("glue:CreateSecurityConfiguration"),
            "DeleteCrawler": _own("DeleteCrawler", _CRAWLER),
            "DeleteJob": _own("DeleteJob", _JOB + "{JobName}"),
            "DeleteSecurityConfiguration": on("glue:DeleteSecurityConfiguration"),
            "GetCrawler": _own("GetCrawler", _CRAWLER),
            "GetCrawlers": on("glue:GetCrawlers"),
            "GetJob": _own("GetJob", _JOB + "{JobName}"),
            "GetJobs": on("glue:GetJobs"),
            "GetSecurityConfiguration": on("glue:GetSecurityConfiguration"),
            "StartCrawler": _own("StartCrawler", _CRAWLER),
            "StopCrawler": _own("StopCrawler", _CRAWLER),
            "UpdateCrawler": _own("UpdateCrawler", _CRAWLER, role="Role"),
            "UpdateJob": _own("UpdateJob", _JOB + "{JobName}", role="JobUpdate.Role"),
        },
    ),
    **entries(
        _PAGE,
        {
            "BatchCreatePartition": _table("glue:BatchCreatePartition"),
            "BatchDeletePartition": _table("glue:BatchDeletePartition"),
            "BatchDeleteTable": _batch_delete_table,
            "BatchGetPartition": _table("glue:BatchGetPartition"),
            "BatchUpdatePartition": _table("glue:BatchUpdatePartition"),
            "CreateDatabase": _create_database,
            "CreatePartition": _table("glue:CreatePartition"),
            "CreatePartitionIndex": _table("glue:CreatePartitionIndex"),
            "CreateTable": _table("glue:CreateTable", "TableInput.Name"),
            "DeleteDatabase": _delete_database,
            "DeletePartition": _table("glue:DeletePartition"),
            "DeletePartitionIndex": _table("glue:DeletePartitionIndex"),
            "DeleteTable": _table("glue:DeleteTable", "Name"),
            "DeleteTableVersion": _table("glue:DeleteTableVersion"),
            "GetDatabase": _database("glue:GetDatabase", "Name"),
            "GetDatabases": lambda scope: catalog_checks(scope, "glue:GetDatabases", "database/*"),
            "GetPartition": _table("glue:GetPartition"),
            "GetPartitionIndexes": _table("glue:GetPartitionIndexes"),
            "GetPartitions": _table("glue:GetPartitions"),
            "GetTable": _table("glue:GetTable", "Name"),
            "GetTableVersion": _table("glue:GetTableVersion"),
            "GetTableVersions": _table("glue:GetTableVersions"),
            "GetTables": lambda scope: catalog_checks(
                scope, "glue:GetTables", *table_paths(scope.text("DatabaseName"), "*")
            ),
            "GetUserDefinedFunctions": _functions,
            "SearchTables": _search,
            "UpdateDatabase": _database("glue:UpdateDatabase", "Name"),
            "UpdatePartition": _table("glue:UpdatePartition"),
            "UpdateTable": _table("glue:UpdateTable", "TableInput.Name"),
        },
    ),
    **entries(
        _API,
        {
            "DeleteResourcePolicy": _policy("glue:DeleteResourcePolicy"),
            "GetCatalogImportStatus": _catalog("glue:GetCatalogImportStatus"),
            "GetDataCatalogEncryptionSettings": _catalog("glue:GetDataCatalogEncryptionSettings"),
            "GetResourcePolicies": _catalog("glue:GetResourcePolicies"),
            "GetResourcePolicy": _policy("glue:GetResourcePolicy"),
            "PutDataCatalogEncryptionSettings": _catalog("glue:PutDataCatalogEncryptionSettings"),
            "PutResourcePolicy": _policy("glue:PutResourcePolicy"),
        },
    ),
    "GetTags": Entry(on("glue:GetTags", "{ResourceArn}"), SAR + "list_awsglue.html"),
    "TagResource": Entry(on("glue:TagResource", "{ResourceArn}", keys=tags_in("TagsToAdd")), SAR + "list_awsglue.html"),
    "UntagResource": Entry(
        on("glue:UntagResource", "{ResourceArn}", keys=untags_in("TagsToRemove")), SAR + "list_awsglue.html"
    ),
}
