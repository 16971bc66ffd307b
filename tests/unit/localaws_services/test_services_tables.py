"""Tables of the Glue catalog: indexes that come with them, and columns that a schema gives."""

import json
from typing import Any

import pytest
from moto.glue.models import glue_backends
from services_world import CENTRAL, REGION, Call, World

from featureshare.localaws.invocation import ServiceError
from featureshare.localaws.services.glue_tables import avro_columns

KEYS = [{"Name": "year", "Type": "int"}, {"Name": "day", "Type": "string"}]


@pytest.fixture
def database(call: Call, world: World) -> str:
    glue_backends[CENTRAL][REGION].create_database("d", {"Name": "d"}, {})
    return "d"


def shown(call: Call, name: str) -> dict[str, Any]:
    found: dict[str, Any] = glue_backends[CENTRAL][REGION].get_table("d", name).as_dict()
    return found


def test_a_table_comes_with_its_indexes(call: Call, database: str) -> None:
    table = {"Name": "t", "PartitionKeys": KEYS}
    indexes = [{"IndexName": "both", "Keys": ["year", "day"]}, {"IndexName": "one", "Keys": ["year"]}]
    call("glue", "CreateTable", DatabaseName=database, TableInput=table, PartitionIndexes=indexes)
    both, one = call("glue", "GetPartitionIndexes", DatabaseName=database, TableName="t")[
        "PartitionIndexDescriptorList"
    ]
    assert both == {"IndexName": "both", "Keys": KEYS, "IndexStatus": "ACTIVE"}
    assert one["Keys"] == KEYS[:1]


def test_an_index_of_what_is_no_partition_key_makes_no_table(call: Call, database: str) -> None:
    table, wrong = {"Name": "t", "PartitionKeys": KEYS}, [{"IndexName": "i", "Keys": ["id"]}]
    with pytest.raises(ServiceError, match="not a partition key"):
        call("glue", "CreateTable", DatabaseName=database, TableInput=table, PartitionIndexes=wrong)
    assert "t" not in glue_backends[CENTRAL][REGION].get_database(database).tables


def test_a_fourth_index_is_refused(call: Call, database: str) -> None:
    table, where = {"Name": "t", "PartitionKeys": KEYS}, {"DatabaseName": database, "TableName": "t"}
    indexes = [{"IndexName": name, "Keys": ["day"]} for name in "abc"]
    call("glue", "CreateTable", DatabaseName=database, TableInput=table, PartitionIndexes=indexes)
    with pytest.raises(ServiceError) as caught:
        call("glue", "CreatePartitionIndex", **where, PartitionIndex={"IndexName": "d", "Keys": ["day"]})
    assert caught.value.code == "ResourceNumberLimitExceededException"


def test_columns_of_a_schema(call: Call, database: str) -> None:
    backend = glue_backends[CENTRAL][REGION]
    backend.create_registry("r", "", {})
    fields = [{"name": "id", "type": "long"}, {"name": "name", "type": ["null", "string"]}]
    definition = json.dumps({"type": "record", "name": "one", "fields": fields})
    made = backend.create_schema({"RegistryName": "r"}, "s", "AVRO", "NONE", definition)
    columns = [{"Name": "id", "Type": "bigint"}, {"Name": "name", "Type": "string"}]
    references = (
        {"SchemaId": {"SchemaName": "s", "RegistryName": "r"}, "SchemaVersionNumber": 1},
        {"SchemaId": {"SchemaArn": made["SchemaArn"]}, "SchemaVersionNumber": 1},
        {"SchemaVersionId": made["SchemaVersionId"]},
    )
    for number, reference in enumerate(references):
        table = {"Name": f"t{number}", "StorageDescriptor": {"SchemaReference": reference}}
        call("glue", "CreateTable", DatabaseName=database, TableInput=table)
        assert shown(call, f"t{number}")["StorageDescriptor"] == {"SchemaReference": reference, "Columns": columns}
    plain = {"Name": "t0", "StorageDescriptor": {"Columns": columns[:1]}}
    call("glue", "UpdateTable", DatabaseName=database, TableInput=plain)
    assert shown(call, "t0")["StorageDescriptor"] == {"Columns": columns[:1]}
    table = {"Name": "t9", "StorageDescriptor": {"SchemaReference": {**references[0], "SchemaVersionNumber": 2}}}
    with pytest.raises(ServiceError) as caught:
        call("glue", "CreateTable", DatabaseName=database, TableInput=table)
    assert caught.value.code == "EntityNotFoundException"


def test_types_of_avro() -> None:
    point = {"type": "record", "name": "point", "fields": [{"name": "x", "type": "double"}]}
    kinds = {
        "a": ("int", "int"),
        "b": ({"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}, "decimal(9,2)"),
        "c": ({"type": "int", "logicalType": "date"}, "date"),
        "d": ({"type": "long", "logicalType": "timestamp-millis"}, "timestamp"),
        "e": ({"type": "array", "items": "float"}, "array<float>"),
        "f": ({"type": "map", "values": point}, "map<string,struct<x:double>>"),
        "g": (["int", "string"], "uniontype<int,string>"),
        "h": ({"type": "enum", "name": "e", "symbols": ["X"]}, "string"),
        "i": ({"type": "fixed", "name": "f", "size": 4}, "binary"),
    }
    fields = [{"name": name, "type": kind, "doc": name} for name, (kind, _) in kinds.items()]
    expected = [{"Name": name, "Type": hive, "Comment": name} for name, (_, hive) in kinds.items()]
    assert avro_columns(json.dumps({"type": "record", "name": "r", "fields": fields})) == expected
    assert avro_columns('"string"') == []
