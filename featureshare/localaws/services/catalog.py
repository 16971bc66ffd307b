"""The Glue catalog as the services use it, and the table of an offline store.

Glue types: String string, Integral bigint, Fractional double (aws-facts.md 9); event time keeps its feature type.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from moto.glue.exceptions import (
    DatabaseAlreadyExistsException,
    DatabaseNotFoundException,
    PartitionAlreadyExistsException,
    TableNotFoundException,
)
from moto.glue.models import glue_backends

from featureshare.localaws.services.state import Feature

DEFAULT_DATABASE = "sagemaker_featurestore"
PARTITION_KEYS = ("year", "month", "day", "hour")
PARQUET = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {
        "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
        "Parameters": {"serialization.format": "1"},
    },
}
_GLUE_TYPES = {"String": "string", "Integral": "bigint", "Fractional": "double"}


def backend(account: str, region: str) -> Any:
    return glue_backends[account][region]


def database_exists(account: str, region: str, database: str) -> bool:
    return database.lower() in backend(account, region).databases


def table(account: str, region: str, database: str, name: str) -> dict[str, Any] | None:
    """The current version of a table as GetTable gives it; None when it does not exist."""
    try:
        found: dict[str, Any] = backend(account, region).get_table(database.lower(), name.lower()).as_dict()
    except (DatabaseNotFoundException, TableNotFoundException):
        return None
    return found


def tables(account: str, region: str, database: str) -> list[dict[str, Any]]:
    try:
        return [found.as_dict() for found in backend(account, region).get_tables(database.lower(), None)]
    except DatabaseNotFoundException:
        return []


def partitions(account: str, region: str, database: str, name: str) -> list[dict[str, Any]]:
    found = backend(account, region).get_table(database.lower(), name.lower())
    return [partition.as_dict() for partition in list(found.partitions.values())]


def create_database(account: str, region: str, database: str) -> None:
    """Creates a database unless it is there."""
    with suppress(DatabaseAlreadyExistsException):
        backend(account, region).create_database(database, {"Name": database})


def create_table(account: str, region: str, database: str, table_input: Mapping[str, Any]) -> None:
    backend(account, region).create_table(database.lower(), table_input["Name"], dict(table_input))


def add_partition(account: str, region: str, database: str, name: str, values: Sequence[str], location: str) -> bool:
    """Registers a partition of a table unless it is there; says whether it was new. A missing table is left alone."""
    found = table(account, region, database, name)
    if found is None:
        return False
    descriptor = {**found.get("StorageDescriptor", {}), "Location": location}
    try:
        backend(account, region).create_partition(
            database.lower(), name.lower(), {"Values": list(values), "StorageDescriptor": descriptor}
        )
    except PartitionAlreadyExistsException:
        return False
    return True


def glue_type(feature: Feature) -> str:
    base = _GLUE_TYPES[feature.type]
    return f"array<{base}>" if feature.collection else base


def columns(features: Iterable[Feature]) -> list[dict[str, str]]:
    """The columns of an offline store: the features, lower-case as Glue keeps names, then the system columns."""
    listed = [{"Name": feature.name.lower(), "Type": glue_type(feature)} for feature in features]
    system = {"write_time": "timestamp", "api_invocation_time": "timestamp", "is_deleted": "boolean"}
    return listed + [{"Name": name, "Type": kind} for name, kind in system.items()]


def feature_group_table(
    name: str, features: Iterable[Feature], data_uri: str, description: str | None, iceberg: bool
) -> dict[str, Any]:
    """TableInput of a feature group's table."""
    table_input: dict[str, Any] = {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE", "classification": "parquet"},
        "StorageDescriptor": {
            "Columns": columns(features),
            "Location": data_uri,
            "Compressed": False,
            "NumberOfBuckets": 0,
            "StoredAsSubDirectories": False,
            **PARQUET,
        },
        "PartitionKeys": [{"Name": key, "Type": "string"} for key in PARTITION_KEYS],
        "Retention": 0,
    }
    if description:
        table_input["Description"] = description
    if iceberg:
        # An Iceberg table lists its partitions in its own metadata, beside `data`.
        table_input["PartitionKeys"] = []
        table_input["Parameters"] = {"EXTERNAL": "TRUE", "table_type": "ICEBERG"}
        table_input["StorageDescriptor"]["Location"] = data_uri.removesuffix("/data")
    return table_input


def add_columns(account: str, region: str, database: str, name: str, features: Iterable[Feature]) -> None:
    """Replaces the columns of a feature group's table after features were added."""
    found = table(account, region, database, name)
    if found is None:
        return
    skip = ("DatabaseName", "CreateTime", "UpdateTime", "VersionId", "CatalogId")
    table_input = {key: value for key, value in found.items() if key not in skip}
    table_input["StorageDescriptor"] = {**table_input["StorageDescriptor"], "Columns": columns(features)}
    backend(account, region).update_table(database.lower(), name.lower(), table_input)


def table_name(group: str, epoch: int) -> str:
    """The table name that Feature Store generates: letters, digits and underscore, with the creation time."""
    return f"{re.sub(r'[^a-z0-9_]', '_', group.lower())}_{epoch}"
