"""Tables of the Glue catalog as moto does not keep them: their partition indexes, and columns that a schema gives.

https://docs.aws.amazon.com/glue/latest/webapi/API_CreateTable.html
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.glue.models import glue_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError

_KEPT = "featureshare"
_INDEXES = 3
"""Indexes that a table may have. https://docs.aws.amazon.com/glue/latest/dg/partition-indexes.html"""

# Avro -> Hive, as the SerDe of Avro reads it. https://cwiki.apache.org/confluence/display/Hive/AvroSerDe
_AVRO = {
    **{"boolean": "boolean", "int": "int", "long": "bigint", "float": "float", "double": "double"},
    **{"bytes": "binary", "fixed": "binary", "string": "string", "enum": "string", "null": "void"},
}
_LOGICAL = {"date": "date", "timestamp-millis": "timestamp"}


def create_table(call: Invocation) -> dict[str, Any]:
    """A table with the indexes that come with it. Raises ServiceError for an index whose keys are no partition keys."""
    given = _with_columns(call)
    indexes = call.params.get("PartitionIndexes") or ()
    held: dict[str, Any] = {}
    for index in indexes:
        _add(held, given.get("PartitionKeys") or (), index)
    database, formats = str(call.params["DatabaseName"]), call.params.get("OpenTableFormatInput")
    made = _glue(call, lambda backend: backend.create_table(database, given["Name"], given, formats))
    made.__dict__[_KEPT] = held
    return {}


def update_table(call: Invocation) -> dict[str, Any]:
    given = _with_columns(call)
    _glue(call, lambda backend: backend.update_table(str(call.params["DatabaseName"]), given["Name"], given))
    return {}


def create_partition_index(call: Invocation) -> dict[str, Any]:
    """An index of a table, active at once. Raises ServiceError as Glue does for keys that are no partition keys."""
    table, held = _indexes(call)
    _add(held, table.as_dict().get("PartitionKeys") or (), call.params["PartitionIndex"])
    return {}


def get_partition_indexes(call: Invocation) -> dict[str, Any]:
    _, held = _indexes(call)
    return {"PartitionIndexDescriptorList": list(held.values())}


def delete_partition_index(call: Invocation) -> dict[str, Any]:
    _, held = _indexes(call)
    if held.pop(call.params["IndexName"], None) is None:
        raise ServiceError("EntityNotFoundException", f"Index {call.params['IndexName']} is not found.")
    return {}


def avro_columns(definition: str) -> list[dict[str, str]]:
    """The columns of a record of Avro, by its definition as JSON: names, and types as Hive has them."""
    record = json.loads(definition)
    fields = record.get("fields") or () if isinstance(record, dict) else ()
    return [
        {"Name": field["name"], "Type": _hive(field["type"]), **({"Comment": field["doc"]} if "doc" in field else {})}
        for field in fields
    ]


def _hive(kind: Any) -> str:
    if isinstance(kind, list):
        some = [_hive(one) for one in kind if one != "null"]
        return some[0] if len(some) == 1 else f"uniontype<{','.join(some)}>"
    if isinstance(kind, str):
        return _AVRO.get(kind, kind)
    name, logical = kind["type"], kind.get("logicalType")
    if logical == "decimal":
        return f"decimal({kind['precision']},{kind.get('scale', 0)})"
    if logical in _LOGICAL:
        return _LOGICAL[logical]
    if name == "array":
        return f"array<{_hive(kind['items'])}>"
    if name == "map":
        return f"map<string,{_hive(kind['values'])}>"
    if name == "record":
        members = (f"{field['name']}:{_hive(field['type'])}" for field in kind["fields"])
        return f"struct<{','.join(members)}>"
    return _hive(name)


def _with_columns(call: Invocation) -> dict[str, Any]:
    """A table's input. A version of a schema does not change, so that its columns are those of the table from now on.

    Only Avro: how the columns of JSON and Protobuf are typed is not published. Raises ServiceError as Glue does for
    a schema that is not there.
    """
    given = dict(call.params["TableInput"])
    descriptor = given.get("StorageDescriptor") or {}
    reference = descriptor.get("SchemaReference")
    if not reference:
        return given
    number = reference.get("SchemaVersionNumber")
    schema = _glue(
        call,
        lambda backend: backend.get_schema_version(
            reference.get("SchemaId"),
            reference.get("SchemaVersionId"),
            None if number is None else {"VersionNumber": number},
        ),
    )
    if schema["DataFormat"] != "AVRO":
        return given
    return {**given, "StorageDescriptor": {**descriptor, "Columns": avro_columns(schema["SchemaDefinition"])}}


def _add(held: dict[str, Any], partition_keys: Iterable[Mapping[str, Any]], given: Mapping[str, Any]) -> None:
    keys = {key["Name"]: key.get("Type") for key in partition_keys}
    if given["IndexName"] in held:
        raise ServiceError("AlreadyExistsException", f"Index {given['IndexName']} already exists.")
    if unknown := [key for key in given["Keys"] if key not in keys]:
        raise ServiceError("InvalidInputException", f"Index key {unknown[0]} is not a partition key of the table.")
    if len(held) >= _INDEXES:
        raise ServiceError("ResourceNumberLimitExceededException", f"A table has at most {_INDEXES} indexes.")
    held[given["IndexName"]] = {
        "IndexName": given["IndexName"],
        "Keys": [{"Name": key, "Type": keys[key]} for key in given["Keys"]],
        "IndexStatus": "ACTIVE",
    }


def _indexes(call: Invocation) -> tuple[Any, dict[str, Any]]:
    """A table and its indexes by name, which are kept on moto's table and go with it."""
    where = call.params["DatabaseName"], call.params["TableName"]
    table = _glue(call, lambda backend: backend.get_table(*where))
    held: dict[str, Any] = table.__dict__.setdefault(_KEPT, {})
    return table, held


def _glue(call: Invocation, read: Callable[[Any], Any]) -> Any:
    """What moto's Glue reads. Raises ServiceError in Glue's words."""
    try:
        return read(glue_backends[call.account][call.region])
    except JsonRESTError as error:
        raise ServiceError(error.error_type, error.message) from None


HANDLERS: dict[tuple[str, str], Handler] = {
    ("glue", "CreateTable"): create_table,
    ("glue", "UpdateTable"): update_table,
    ("glue", "CreatePartitionIndex"): create_partition_index,
    ("glue", "GetPartitionIndexes"): get_partition_indexes,
    ("glue", "DeletePartitionIndex"): delete_partition_index,
}
