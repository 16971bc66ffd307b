"""DDL and SHOW statements of Athena, on the Glue catalog of the caller, each with the Glue rights it needs."""

import fnmatch
import re
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from featureshare.localaws.services import athena_sql, catalog, storage
from featureshare.localaws.services.athena_sql import QueryFailedError, TableName
from featureshare.localaws.services.athena_types import glue_type
from featureshare.localaws.services.athena_writes import VIA, storage_format

if TYPE_CHECKING:
    from featureshare.localaws.services.athena_run import Run


def run_ddl(run: "Run") -> list[str]:
    """Carries the statement out and returns the lines it prints."""
    return {
        "SHOW_DATABASES": _show_databases,
        "SHOW_TABLES": _show_tables,
        "SHOW_PARTITIONS": _show_partitions,
        "SHOW_COLUMNS": _show_columns,
        "DESCRIBE": _describe,
        "MSCK": _repair,
        "CREATE_DATABASE": _create_database,
        "DROP_DATABASE": _drop_database,
        "CREATE_TABLE": _create_table,
        "CREATE_VIEW": _create_view,
        "DROP_TABLE": _drop_table,
        "DROP_VIEW": _drop_table,
        "ALTER": _alter,
    }[run.query.statement.kind](run)


def _show_databases(run: "Run") -> list[str]:
    run.allow_reading([])
    run.allow("glue", "GetDatabases", {}, VIA)
    return sorted(catalog.backend(run.account, run.region).databases)


def _show_tables(run: "Run") -> list[str]:
    target = _target(run)
    run.allow_reading([])
    run.allow("glue", "GetTables", {"DatabaseName": target.database}, VIA)
    _require_database(run, target.database)
    names = sorted(table["Name"] for table in catalog.tables(run.account, run.region, target.database))
    pattern = run.query.statement.options.get("like")
    return [name for name in names if pattern is None or _like(name, pattern)]


def _show_partitions(run: "Run") -> list[str]:
    target = _target(run)
    run.allow_reading([target])
    keys = [key["Name"] for key in run.table(target).get("PartitionKeys") or []]
    if not keys:
        raise QueryFailedError(f"FAILED: SemanticException Table {target.table} is not a partitioned table")
    found = catalog.partitions(run.account, run.region, target.database, target.table)
    return sorted("/".join(f"{key}={value}" for key, value in zip(keys, item["Values"], strict=True)) for item in found)


def _show_columns(run: "Run") -> list[str]:
    target = _target(run)
    run.allow_reading([target])
    return [column["Name"] for column in _columns(run.table(target))]


def _describe(run: "Run") -> list[str]:
    target = _target(run)
    run.allow_reading([target])
    table = run.table(target)
    lines = [f"{column['Name']:<20}\t{column['Type']:<20}\t" for column in _columns(table)]
    keys = table.get("PartitionKeys") or []
    if keys:
        lines += ["", "# Partition Information", f"{'# col_name':<20}\t{'data_type':<20}\tcomment", ""]
        lines += [f"{key['Name']:<20}\t{key['Type']:<20}\t" for key in keys]
    return lines


def _repair(run: "Run") -> list[str]:
    """Registers the `key=value` folders below the table's location."""
    target = _target(run)
    run.allow_reading([target])
    run.allow("glue", "BatchCreatePartition", {"DatabaseName": target.database, "TableName": target.table}, VIA)
    table = run.table(target)
    keys = [key["Name"].lower() for key in table.get("PartitionKeys") or []]
    location = table["StorageDescriptor"]["Location"].rstrip("/")
    bucket, prefix = _split(location)
    lines = []
    folders: dict[tuple[str, ...], str] = {}
    for stored in storage.listing(bucket, f"{prefix}/" if prefix else ""):
        values = storage.partition_values(stored.key[len(prefix) :])
        if keys and all(key in values for key in keys):
            folders[tuple(values[key] for key in keys)] = f"s3://{bucket}/{stored.key.rsplit('/', 1)[0]}"
    for parts, folder in sorted(folders.items()):
        if catalog.add_partition(run.account, run.region, target.database, target.table, parts, folder):
            named = "/".join(f"{key}={value}" for key, value in zip(keys, parts, strict=True))
            lines.append(f"Repair: Added partition to metastore {target.table}:{named}")
    return lines


def _create_database(run: "Run") -> list[str]:
    target, options = _target(run), run.query.statement.options
    database: dict[str, Any] = {"Name": target.database}
    if "uri" in options:
        database["LocationUri"] = options["uri"]
    if "comment" in options:
        database["Description"] = re.sub(r"\\(.)", r"\1", options["comment"])
    if "properties" in options:
        database["Parameters"] = dict(re.findall(r"'([^']*)'\s*=\s*'([^']*)'", options["properties"]))
    # The database does not exist yet, so its own rights cannot be asked for by name beforehand.
    run.allow("glue", "CreateDatabase", {"DatabaseInput": database}, VIA)
    if catalog.database_exists(run.account, run.region, target.database):
        if "exists" in options:
            return []
        raise QueryFailedError(f"FAILED: Execution Error. Database {target.database} already exists")
    catalog.backend(run.account, run.region).create_database(target.database, database)
    return []


def _drop_database(run: "Run") -> list[str]:
    target, options = _target(run), run.query.statement.options
    run.allow("glue", "DeleteDatabase", {"Name": target.database}, VIA)
    if not catalog.database_exists(run.account, run.region, target.database):
        if "exists" in options:
            return []
        raise QueryFailedError(f"FAILED: SemanticException Database does not exist: {target.database}")
    if catalog.tables(run.account, run.region, target.database) and "cascade" not in options:
        raise QueryFailedError(
            f"FAILED: Execution Error. InvalidOperationException(message:Database {target.database} is not empty. "
            "One or more tables exist.)"
        )
    catalog.backend(run.account, run.region).delete_database(target.database)
    return []


def _create_table(run: "Run") -> list[str]:
    statement, target = run.query.statement, _target(run)
    tree = statement.tree
    assert isinstance(tree, exp.Create)
    table_input = _table_input(tree, target)
    run.allow_reading([])
    run.allow("glue", "CreateTable", {"DatabaseName": target.database, "TableInput": table_input}, VIA)
    _require_database(run, target.database)
    if catalog.table(run.account, run.region, target.database, target.table) is not None:
        if "exists" in statement.options:
            return []
        raise QueryFailedError(
            f"FAILED: Execution Error. AlreadyExistsException(message:Table {target.table} already exists)"
        )
    bucket, prefix = _split(table_input["StorageDescriptor"]["Location"])
    run.allow("s3", "ListObjectsV2", {"Bucket": bucket, "Prefix": prefix}, VIA)
    catalog.create_table(run.account, run.region, target.database, table_input)
    return []


def _table_input(tree: exp.Create, target: TableName) -> dict[str, Any]:
    """TableInput of a CREATE EXTERNAL TABLE. Raises QueryFailedError."""
    parameters: dict[str, str] = {"EXTERNAL": "TRUE"}
    keys: list[dict[str, str]] = []
    location, kind = "", "TEXTFILE"
    serde: dict[str, Any] | None = None
    properties = tree.args.get("properties")
    for item in properties.expressions if properties is not None else ():
        if isinstance(item, exp.LocationProperty):
            location = item.this.name
        elif isinstance(item, exp.FileFormatProperty):
            kind = item.this.name.upper()
        elif isinstance(item, exp.PartitionedByProperty):
            keys = [_column(column) for column in item.this.expressions]
        elif isinstance(item, exp.RowFormatSerdeProperty):
            given = item.args.get("serde_properties")
            pairs = {pair.name: pair.args["value"].name for pair in given.expressions} if given is not None else {}
            serde = {"SerializationLibrary": item.this.name, "Parameters": pairs}
        elif isinstance(item, exp.RowFormatDelimitedProperty):
            fields = item.args.get("fields")
            serde = {
                "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
                "Parameters": {"field.delim": fields.name if fields is not None else "\x01"},
            }
        elif type(item) is exp.Property:  # its subclasses are properties of other kinds
            parameters[item.name] = item.args["value"].name
    if not location:
        raise QueryFailedError("FAILED: ParseException: a table needs a LOCATION")
    if kind not in ("PARQUET", "JSON", "TEXTFILE"):
        raise QueryFailedError(f"INVALID_TABLE_PROPERTY: STORED AS {kind} is not supported here")
    descriptor: dict[str, Any] = {
        "Columns": [_column(column) for column in tree.this.expressions],
        "Location": location,
        **storage_format(kind),
    }
    if serde is not None:
        descriptor["SerdeInfo"] = serde
    if "skip.header.line.count" in parameters:
        descriptor["Parameters"] = {"skip.header.line.count": parameters["skip.header.line.count"]}
    return {
        "Name": target.table,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": parameters,
        "StorageDescriptor": descriptor,
        "PartitionKeys": keys,
    }


def _column(node: exp.Expression) -> dict[str, str]:
    kind = node.args.get("kind")
    if not isinstance(node, exp.ColumnDef) or kind is None:
        raise QueryFailedError(f"FAILED: ParseException: '{node.sql(dialect='hive')}' is no column definition")
    return {"Name": node.name.lower(), "Type": kind.sql(dialect="hive").lower()}


def _create_view(run: "Run") -> list[str]:
    statement, target = run.query.statement, _target(run)
    assert statement.query is not None
    text = statement.query.sql(dialect="athena")
    # A view is as good as its query: running it finds what is wrong, and the types of its columns.
    result = run.select(statement.query)
    columns = [(name, glue_type(kind)) for name, kind in zip(result.names, result.types, strict=True)]
    table_input = {
        "Name": target.table,
        "TableType": "VIRTUAL_VIEW",
        "Parameters": {"presto_view": "true", "comment": "Presto View"},
        "StorageDescriptor": {
            "Columns": [{"Name": name, "Type": kind} for name, kind in columns],
            "Location": "",
            "SerdeInfo": {},
        },
        "PartitionKeys": [],
        "ViewOriginalText": athena_sql.view_text(text, run.query.database, columns),
        "ViewExpandedText": "/* Presto View */",
    }
    existing = catalog.table(run.account, run.region, target.database, target.table)
    operation = "CreateTable" if existing is None else "UpdateTable"
    run.allow("glue", operation, {"DatabaseName": target.database, "TableInput": table_input}, VIA)
    _require_database(run, target.database)
    if existing is not None:
        if "replace" not in statement.options or existing.get("TableType") != "VIRTUAL_VIEW":
            raise QueryFailedError(f"TABLE_ALREADY_EXISTS: line 1:1: View already exists: '{target.table}'")
        catalog.backend(run.account, run.region).update_table(target.database, target.table, table_input)
    else:
        catalog.create_table(run.account, run.region, target.database, table_input)
    return []


def _drop_table(run: "Run") -> list[str]:
    target, options = _target(run), run.query.statement.options
    run.allow_reading([])
    run.allow("glue", "DeleteTable", {"DatabaseName": target.database, "Name": target.table}, VIA)
    if catalog.table(run.account, run.region, target.database, target.table) is None:
        if "exists" in options:
            return []
        raise QueryFailedError(f"FAILED: SemanticException [Error 10001]: Table not found {target.table}")
    catalog.backend(run.account, run.region).delete_table(target.database, target.table)
    return []


def _alter(run: "Run") -> list[str]:
    """ALTER TABLE ... ADD PARTITION; nothing else is known here."""
    statement, target = run.query.statement, _target(run)
    assert statement.tree is not None
    actions = statement.tree.args.get("actions") or []
    if not actions or not all(isinstance(action, exp.AddPartition) for action in actions):
        raise QueryFailedError("NOT_SUPPORTED: of ALTER TABLE only ADD PARTITION is supported here")
    run.allow_reading([target])
    run.allow("glue", "CreatePartition", {"DatabaseName": target.database, "TableName": target.table}, VIA)
    table = run.table(target)
    keys = [key["Name"].lower() for key in table.get("PartitionKeys") or []]
    for action in actions:
        pairs = {pair.this.name.lower(): pair.expression.name for pair in action.this.find_all(exp.EQ)}
        if set(pairs) != set(keys):
            raise QueryFailedError(f"FAILED: SemanticException the partition must name {', '.join(keys)}")
        place = action.args.get("location")
        default = "/".join(
            [table["StorageDescriptor"]["Location"].rstrip("/"), *(f"{key}={pairs[key]}" for key in keys)]
        )
        uri = place.this.name if place is not None else default
        values = [pairs[key] for key in keys]
        added = catalog.add_partition(run.account, run.region, target.database, target.table, values, uri)
        if not added and not action.args.get("exists"):
            raise QueryFailedError(
                f"FAILED: Execution Error. AlreadyExistsException(message:Partition already exists.) {values}"
            )
    return []


def _target(run: "Run") -> TableName:
    target = run.query.statement.target
    assert target is not None
    if run.default_account is not None:
        raise QueryFailedError("NOT_SUPPORTED: DDL on the catalog of another account is not supported")
    return target


def _columns(table: dict[str, Any]) -> list[dict[str, str]]:
    descriptor = table.get("StorageDescriptor") or {}
    return [*(descriptor.get("Columns") or []), *(table.get("PartitionKeys") or [])]


def _require_database(run: "Run", database: str) -> None:
    if not catalog.database_exists(run.account, run.region, database):
        raise QueryFailedError(f"SCHEMA_NOT_FOUND: line 1:1: Schema '{database}' does not exist")


def _split(uri: str) -> tuple[str, str]:
    try:
        bucket, prefix = storage.split(uri)
    except ValueError as error:
        raise QueryFailedError(f"FAILED: {error}") from None
    return bucket, prefix.rstrip("/")


def _like(name: str, pattern: str) -> bool:
    return any(fnmatch.fnmatchcase(name, part) for part in pattern.split("|"))
