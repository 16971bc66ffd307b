"""Tables too large to hold: read piece by piece, with the same rows, rights and statistics as those that are held."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from moto.s3.models import s3_backends
from services_world import CENTRAL, REGION, RESULTS, Call, wait
from sqlglot import parse_one

from featureshare.localaws.services import athena_data, athena_sql, catalog, storage
from featureshare.localaws.services.athena_data import Scan
from featureshare.localaws.services.athena_engine import Engine
from featureshare.localaws.services.athena_sql import QueryFailedError
from featureshare.localaws.services.storage import Stored

GROUP = 20_000
COUNT = 50 * GROUP


@pytest.fixture
def ask(call: Call) -> Callable[[str], dict[str, Any]]:
    """The finished execution of a query."""

    def run(sql: str) -> dict[str, Any]:
        result = {"OutputLocation": f"s3://{RESULTS}/queries/"}
        query_id = call("athena", "StartQueryExecution", QueryString=sql, ResultConfiguration=result)[
            "QueryExecutionId"
        ]

        def done() -> Any:
            found = call("athena", "GetQueryExecution", QueryExecutionId=query_id)["QueryExecution"]
            return found if found["Status"]["State"] not in ("QUEUED", "RUNNING") else None

        return dict(wait(done))

    return run


def stored(key: str) -> Stored:
    [found] = storage.listing(RESULTS, key)
    return found


def put(folder: Path, key: str, table: pa.Table, **options: Any) -> Stored:
    pq.write_table(table, folder / "file.parquet", **options)
    storage.put(RESULTS, key, (folder / "file.parquet").read_bytes(), writer=CENTRAL)
    return stored(key)


@pytest.fixture
def grown(ask: Any, tmp_path: Path) -> None:
    """A table of two partitions; the older file has a column in capitals, narrower numbers and no `late`."""
    ask("CREATE DATABASE own")
    older = pa.table({"Name": ["a", "b"], "n": pa.array([1, 2], pa.int32())})
    newer = pa.table({"late": ["x", None], "n": [3, 4], "name": ["a", "c"]})
    for day, table in (("1", older), ("2", newer)):
        put(tmp_path, f"grown/day={day}/part", table)
    columns = [("name", "string"), ("n", "bigint"), ("late", "string")]
    described = {
        "Name": "grown",
        "TableType": "EXTERNAL_TABLE",
        "StorageDescriptor": {
            "Columns": [{"Name": name, "Type": kind} for name, kind in columns],
            "Location": f"s3://{RESULTS}/grown/",
            **catalog.PARQUET,
        },
        "PartitionKeys": [{"Name": "day", "Type": "int"}],
    }
    catalog.create_table(CENTRAL, REGION, "own", described)
    for day in ("1", "2"):
        catalog.add_partition(CENTRAL, REGION, "own", "grown", (day,), f"s3://{RESULTS}/grown/day={day}")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT * FROM own.grown ORDER BY n", [["a", "1", None, "1"], ["b", "2", None, "1"], ["a", "3", "x", "2"],
                                                ["c", "4", None, "2"]]),
        ("SELECT count(*) FROM own.grown", [["4"]]),
        ("SELECT count(*), max(day) FROM own.grown WHERE late IS NULL", [["3", "2"]]),
        ("SELECT NAME, sum(n) FROM own.grown WHERE day = 2 GROUP BY name ORDER BY 1", [["a", "3"], ["c", "4"]]),
        ("SELECT x.n, y.n FROM own.grown x JOIN own.grown y ON x.name = y.name AND x.n < y.n", [["1", "3"]]),
        ("SELECT n, late FROM own.grown x JOIN (SELECT 'x' AS late) y USING (late)", [["3", "x"]]),
        ("SELECT n FROM own.grown NATURAL JOIN (SELECT 'x' AS late) y", [["3"]]),
        ("WITH t AS (SELECT grown.* FROM own.grown) SELECT min(late) FROM t", [["x"]]),
    ],
)  # fmt: skip
def test_a_table_that_is_not_held_has_the_same_rows_and_statistics(
    grown: None, ask: Any, call: Call, monkeypatch: pytest.MonkeyPatch, sql: str, expected: list[list[str | None]]
) -> None:
    statistics = []
    for held in (athena_data.HELD_BYTES, -1):
        monkeypatch.setattr(athena_data, "HELD_BYTES", held)
        found = ask(sql)
        assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
        listed = call("athena", "GetQueryResults", QueryExecutionId=found["QueryExecutionId"])["ResultSet"]["Rows"][1:]
        assert [[cell.get("VarCharValue") for cell in row["Data"]] for row in listed] == expected
        runtime = call("athena", "GetQueryRuntimeStatistics", QueryExecutionId=found["QueryExecutionId"])
        statistics.append(runtime["QueryRuntimeStatistics"]["Rows"])
    assert statistics[0] == statistics[1]
    assert statistics[0]["InputRows"] == 4
    assert statistics[0]["InputBytes"] == sum(one.size for one in storage.listing(RESULTS, "grown/"))


def test_what_cannot_be_read_is_told_with_its_object(grown: None, ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(athena_data, "HELD_BYTES", -1)
    storage.put(RESULTS, "grown/day=2/part", b"no Parquet at all", writer=CENTRAL)
    reason = ask("SELECT n FROM own.grown")["Status"]["StateChangeReason"]
    assert reason.startswith(f"HIVE_BAD_DATA: Error reading s3://{RESULTS}/grown/day=2/part: ")


def test_what_breaks_off_on_the_way_is_told_with_its_object(world: Any, tmp_path: Path) -> None:
    """Its footer is well, and one value is none of the column's type."""
    wrong = put(tmp_path, "wrong", pa.table({"n": ["1", "none"]}))
    scan = Scan([(wrong, {})], {"n": pa.int64()}, {})
    assert scan.num_rows == 2
    with pytest.raises(QueryFailedError, match=rf"^HIVE_BAD_DATA: Error reading s3://{RESULTS}/wrong: "):
        Engine().run(parse_one("SELECT sum(n) FROM t", read="trino"), {"t": scan})


def test_a_large_table_is_read_in_pieces_and_by_columns(world: Any, tmp_path: Path) -> None:
    numbers = pa.array(range(COUNT))
    large = put(tmp_path, "large", pa.table({"n": numbers, "m": numbers}), row_group_size=GROUP, use_dictionary=False)
    scan = Scan([(large, {})], {"n": pa.int64(), "m": pa.int64()}, {}).only({"n"})
    before, most, total = pa.total_allocated_bytes(), 0, 0
    for batch in scan.batches():
        most = max(most, pa.total_allocated_bytes() - before)
        assert batch.schema.names == ["n"]
        total += batch.num_rows
    assert total == COUNT
    assert most < numbers.nbytes / 4
    query = parse_one("SELECT count(*), sum(x.n) FROM t x JOIN t y ON x.n = y.n + 1", read="trino")
    assert Engine().run(query, {"t": scan}).records() == [[COUNT - 1, sum(range(1, COUNT))]]


@pytest.mark.parametrize("size", [1000, 20_000_000], ids=["in memory", "on disk"])
def test_an_object_that_is_open_stays_as_it_was(world: Any, size: int) -> None:
    content = bytes(range(250)) * (size // 250)
    storage.put(RESULTS, "open", content, writer=CENTRAL)
    with storage.opened(stored("open")) as file:
        storage.put(RESULTS, "open", b"another", writer=CENTRAL)
        s3_backends[storage.owner(RESULTS)]["aws"].delete_object(RESULTS, "open")
        assert file.read() == content
    with pytest.raises(KeyError):
        storage.opened(Stored(RESULTS, "open", "", 1))


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ('SELECT a, count(*) FROM s.t WHERE "B" > 1 GROUP BY 1', {"a", "s", "t", "b"}),
        ("SELECT * FROM t", None),
        ("SELECT x.* FROM t x", None),
        ("SELECT a FROM t NATURAL JOIN u", None),
        ("SELECT a FROM (SELECT * FROM t)", None),
    ],
)
def test_the_names_in_a_query(sql: str, names: set[str] | None) -> None:
    assert athena_sql.names_in(parse_one(sql, read="trino")) == names
