"""Workgroups and what lives in them or beside them: what moto lacks of Athena's catalog of queries and data."""

from collections.abc import Mapping
from typing import Any

from moto.athena.models import PreparedStatement

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services import athena_store, catalog
from featureshare.localaws.services.constraints import checked
from featureshare.localaws.services.paging import page
from featureshare.localaws.services.runtime import clock

CODE = "InvalidRequestException"
ENGINE = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"}
_RESULT_MEMBERS = ("OutputLocation", "EncryptionConfiguration", "ExpectedBucketOwner", "AclConfiguration")
_UPDATED_MEMBERS = (
    "EnforceWorkGroupConfiguration",
    "PublishCloudWatchMetricsEnabled",
    "BytesScannedCutoffPerQuery",
    "RequesterPaysEnabled",
    "AdditionalConfiguration",
    "ExecutionRole",
    "EnableMinimumEncryptionConfiguration",
    "CustomerContentEncryptionConfiguration",
    "QueryResultsS3AccessGrantsConfiguration",
    "MonitoringConfiguration",
    "EngineConfiguration",
)


def create_work_group(call: Invocation) -> dict[str, Any]:
    params = call.params
    backend = _backend(call)
    if params["Name"] in backend.work_groups:
        raise _refused("WorkGroup is already created")
    given = params.get("Configuration") or {}
    # AWS publishes metrics unless told otherwise; moto does not.
    configuration = {"PublishCloudWatchMetricsEnabled": True, **given, "EngineVersion": _engine(given)}
    backend.create_work_group(
        name=params["Name"],
        configuration=configuration,
        description=params.get("Description") or "",
        tags=list(params.get("Tags") or ()),
    )
    backend.work_groups[params["Name"]].created = clock.now()
    return {}


def get_work_group(call: Invocation) -> dict[str, Any]:
    group = _workgroup(call, call.params["WorkGroup"])
    return {
        "WorkGroup": {
            "Name": group.name,
            "State": group.state,
            "Configuration": group.configuration,
            "Description": group.description,
            "CreationTime": getattr(group, "created", None) or clock.now(),
        }
    }


def update_work_group(call: Invocation) -> dict[str, Any]:
    params = call.params
    group = _workgroup(call, params["WorkGroup"])
    changes = params.get("ConfigurationUpdates") or {}
    configuration = dict(group.configuration)
    result = dict(configuration.get("ResultConfiguration") or {})
    for member in _RESULT_MEMBERS:
        asked = changes.get("ResultConfigurationUpdates") or {}
        if asked.get(f"Remove{member}"):
            result.pop(member, None)
        elif asked.get(member) is not None:
            result[member] = asked[member]
    configuration["ResultConfiguration"] = result
    for member in _UPDATED_MEMBERS:
        if changes.get(member) is not None:
            configuration[member] = changes[member]
    for member in ("BytesScannedCutoffPerQuery", "CustomerContentEncryptionConfiguration"):
        if changes.get(f"Remove{member}"):
            configuration.pop(member, None)
    if changes.get("EngineVersion"):
        configuration["EngineVersion"] = _engine(changes)
    group.configuration = configuration
    if params.get("Description") is not None:
        group.description = params["Description"]
    if params.get("State"):
        group.state = params["State"]
    return {}


def delete_work_group(call: Invocation) -> dict[str, Any]:
    """Deletes a workgroup; one with queries in it only when that is asked for (RecursiveDeleteOption)."""
    name = call.params["WorkGroup"]
    if name == "primary":
        raise _refused("The primary workgroup cannot be deleted.")
    backend = _backend(call)
    _workgroup(call, name)
    named = [key for key, query in backend.named_queries.items() if query.workgroup.name == name]
    prepared = [key for key, statement in backend.prepared_statements.items() if statement.workgroup == name]
    run = [query.id for query in athena_store.queries(call.account, call.region) if query.workgroup.name == name]
    if (named or prepared or run) and not call.params.get("RecursiveDeleteOption"):
        raise _refused(f"WorkGroup {name} is not empty")
    for store, keys in (
        (backend.named_queries, named),
        (backend.prepared_statements, prepared),
        (backend.executions, run),
    ):
        for key in keys:
            store.pop(key, None)
    backend.tagger.delete_all_tags_for_resource(backend.work_groups[name].arn)
    backend.delete_work_group(name)
    return {}


def list_tags_for_resource(call: Invocation) -> dict[str, Any]:
    """Tags of a workgroup, data catalog or capacity reservation; moto takes one without tags for missing."""
    backend = _backend(call)
    arn = call.params["ResourceARN"]
    stores = (backend.work_groups, backend.data_catalogs, backend.capacity_reservations)
    if not any(item.arn == arn for store in stores for item in list(store.values())):
        raise ServiceError("ResourceNotFoundException", f"Resource {arn} was not found")
    tags = backend.tagger.list_tags_for_resource(arn)["Tags"]
    shown, token = page(tags, call.params.get("NextToken"), call.params.get("MaxResults") or 75, CODE)
    return {"Tags": list(shown), **({"NextToken": token} if token else {})}


def get_data_catalog(call: Invocation) -> dict[str, Any]:
    name = call.params["Name"]
    if name.lower() == "awsdatacatalog":
        return {"DataCatalog": {"Name": "AwsDataCatalog", "Type": "GLUE", "Parameters": {"catalog-id": call.account}}}
    return {"DataCatalog": _shown_catalog(_data_catalog(call, name))}


def update_data_catalog(call: Invocation) -> dict[str, Any]:
    found = _data_catalog(call, call.params["Name"])
    found.type = call.params["Type"]
    found.description = call.params.get("Description") or found.description
    found.parameters = dict(call.params.get("Parameters") or found.parameters or {})
    return {}


def delete_data_catalog(call: Invocation) -> dict[str, Any]:
    found = _data_catalog(call, call.params["Name"])
    backend = _backend(call)
    backend.data_catalogs.pop(found.name, None)
    backend.tagger.delete_all_tags_for_resource(found.arn)
    return {"DataCatalog": _shown_catalog(found)}


def delete_named_query(call: Invocation) -> dict[str, Any]:
    _named_query(call)
    _backend(call).named_queries.pop(call.params["NamedQueryId"], None)
    return {}


def get_named_query(call: Invocation) -> dict[str, Any]:
    query = _named_query(call)
    shown = {
        "Name": query.name,
        "Description": query.description,
        "Database": query.database,
        "QueryString": query.query_string,
        "NamedQueryId": query.id,
        "WorkGroup": query.workgroup.name,
    }
    return {"NamedQuery": {name: value for name, value in shown.items() if value is not None}}


def update_named_query(call: Invocation) -> dict[str, Any]:
    query = _named_query(call)
    query.name, query.query_string = call.params["Name"], call.params["QueryString"]
    query.description = call.params.get("Description") or query.description
    return {}


def create_prepared_statement(call: Invocation) -> dict[str, Any]:
    """Keeps a statement by its workgroup and name; moto knows names alone, so that workgroups would share them."""
    group, name = _workgroup(call, call.params["WorkGroup"]), call.params["StatementName"]
    statements = _backend(call).prepared_statements
    if (group.name, name) in statements:
        raise _refused(f"PreparedStatement {name} already exists in WorkGroup {group.name}")
    statement = PreparedStatement(name, group.name, call.params["QueryStatement"], call.params.get("Description") or "")
    statement.last_modified_time = clock.now()
    statements[group.name, name] = statement
    return {}


def get_prepared_statement(call: Invocation) -> dict[str, Any]:
    statement = _prepared(call)
    shown = {
        "StatementName": statement.statement_name,
        "QueryStatement": statement.query_statement,
        "WorkGroupName": statement.workgroup,
        "Description": statement.description or None,
        "LastModifiedTime": statement.last_modified_time,
    }
    return {"PreparedStatement": {name: value for name, value in shown.items() if value is not None}}


def update_prepared_statement(call: Invocation) -> dict[str, Any]:
    statement = _prepared(call)
    statement.query_statement = call.params["QueryStatement"]
    statement.description = call.params.get("Description") or statement.description
    statement.last_modified_time = clock.now()
    return {}


def delete_prepared_statement(call: Invocation) -> dict[str, Any]:
    statement = _prepared(call)
    _backend(call).prepared_statements.pop((statement.workgroup, statement.statement_name), None)
    return {}


def list_prepared_statements(call: Invocation) -> dict[str, Any]:
    _workgroup(call, call.params["WorkGroup"])
    found = [
        {"StatementName": item.statement_name, "LastModifiedTime": item.last_modified_time}
        for item in list(_backend(call).prepared_statements.values())
        if item.workgroup == call.params["WorkGroup"]
    ]
    shown, token = page(found, call.params.get("NextToken"), call.params.get("MaxResults") or 50, CODE)
    return {"PreparedStatements": list(shown), **({"NextToken": token} if token else {})}


def get_database(call: Invocation) -> dict[str, Any]:
    account, name = _catalog_account(call), call.params["DatabaseName"].lower()
    found = catalog.backend(account, call.region).databases.get(name)
    if found is None:
        raise ServiceError("MetadataException", f"EntityNotFoundException: Database {name} not found.")
    return {"Database": _shown_database(name, found.input)}


def list_databases(call: Invocation) -> dict[str, Any]:
    databases = catalog.backend(_catalog_account(call), call.region).databases
    listed = [_shown_database(name, databases[name].input) for name in sorted(databases)]
    shown, token = page(listed, call.params.get("NextToken"), call.params.get("MaxResults") or 50, CODE)
    return {"DatabaseList": list(shown), **({"NextToken": token} if token else {})}


def get_table_metadata(call: Invocation) -> dict[str, Any]:
    database, name = call.params["DatabaseName"], call.params["TableName"]
    found = catalog.table(_catalog_account(call), call.region, database, name)
    if found is None:
        raise ServiceError("MetadataException", f"EntityNotFoundException: Entity Not Found: {database}.{name}")
    return {"TableMetadata": _shown_table(found)}


def list_table_metadata(call: Invocation) -> dict[str, Any]:
    found = catalog.tables(_catalog_account(call), call.region, call.params["DatabaseName"])
    listed = [_shown_table(table) for table in sorted(found, key=lambda table: str(table["Name"]))]
    shown, token = page(listed, call.params.get("NextToken"), call.params.get("MaxResults") or 50, CODE)
    return {"TableMetadataList": list(shown), **({"NextToken": token} if token else {})}


def _backend(call: Invocation) -> Any:
    return athena_store.backend(call.account, call.region)


def _workgroup(call: Invocation, name: str) -> Any:
    found = _backend(call).work_groups.get(name)
    if found is None:
        raise _refused(f"WorkGroup {name} is not found.")
    return found


def _data_catalog(call: Invocation, name: str) -> Any:
    found = _backend(call).data_catalogs.get(name)
    if found is None:
        raise _refused(f"Data catalog {name} was not found")
    return found


def _named_query(call: Invocation) -> Any:
    found = _backend(call).named_queries.get(call.params["NamedQueryId"])
    if found is None:
        raise _refused(f"NamedQuery {call.params['NamedQueryId']} was not found")
    return found


def _prepared(call: Invocation) -> Any:
    name = call.params["StatementName"]
    found = _backend(call).prepared_statements.get((call.params["WorkGroup"], name))
    if found is None:
        raise ServiceError("ResourceNotFoundException", f"PreparedStatement {name} was not found")
    return found


def _catalog_account(call: Invocation) -> str:
    catalogs = athena_store.data_catalogs(call.account, call.region)
    name = call.params["CatalogName"]
    if name.lower() not in catalogs:
        raise _refused(f"Data catalog {name} was not found")
    return catalogs[name.lower()] or call.account


def _shown_catalog(found: Any) -> dict[str, Any]:
    shown = {
        "Name": found.name,
        "Type": found.type,
        "Description": found.description,
        "Parameters": found.parameters,
        "Status": "CREATE_COMPLETE",
    }
    return {name: value for name, value in shown.items() if value}


def _shown_database(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"Name": name}
    for member in ("Description", "Parameters"):
        if given.get(member):
            shown[member] = given[member]
    return shown


def _shown_table(table: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Name": table["Name"],
        "CreateTime": table["CreateTime"],
        "TableType": table.get("TableType") or "EXTERNAL_TABLE",
        "Columns": list((table.get("StorageDescriptor") or {}).get("Columns") or ()),
        "PartitionKeys": list(table.get("PartitionKeys") or ()),
        "Parameters": dict(table.get("Parameters") or {}),
    }


def _engine(given: Mapping[str, Any]) -> dict[str, str]:
    """The engine version in force: AUTO stands for version 3."""
    selected = (given.get("EngineVersion") or {}).get("SelectedEngineVersion") or "AUTO"
    effective = ENGINE["EffectiveEngineVersion"] if selected == "AUTO" else selected
    return {"SelectedEngineVersion": selected, "EffectiveEngineVersion": effective}


def _refused(message: str) -> ServiceError:
    return ServiceError(CODE, message)


_HANDLERS: dict[tuple[str, str], Handler] = {
    ("athena", operation): handler
    for operation, handler in {
        "CreateWorkGroup": create_work_group,
        "GetWorkGroup": get_work_group,
        "UpdateWorkGroup": update_work_group,
        "DeleteWorkGroup": delete_work_group,
        "ListTagsForResource": list_tags_for_resource,
        "GetDataCatalog": get_data_catalog,
        "UpdateDataCatalog": update_data_catalog,
        "DeleteDataCatalog": delete_data_catalog,
        "GetNamedQuery": get_named_query,
        "UpdateNamedQuery": update_named_query,
        "DeleteNamedQuery": delete_named_query,
        "CreatePreparedStatement": create_prepared_statement,
        "GetPreparedStatement": get_prepared_statement,
        "UpdatePreparedStatement": update_prepared_statement,
        "DeletePreparedStatement": delete_prepared_statement,
        "ListPreparedStatements": list_prepared_statements,
        "GetDatabase": get_database,
        "ListDatabases": list_databases,
        "GetTableMetadata": get_table_metadata,
        "ListTableMetadata": list_table_metadata,
    }.items()
}

HANDLERS = checked(_HANDLERS, CODE)
