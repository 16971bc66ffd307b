"""Athena: SQL over the offline store, with the rights of the caller, results across accounts."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from moto.athena.models import athena_backends
from services_world import BUCKET, CENTRAL, CONSUMER, REGION, RESULTS, Call, World, flush, wait
from sqlglot import parse_one

from featureshare.localaws.invocation import ServiceError
from featureshare.localaws.services import athena_engine, athena_writes, catalog, storage
from featureshare.localaws.services.athena_sql import QueryFailedError

OUTPUT = f"s3://{RESULTS}/queries/"


@pytest.fixture
def ask(call: Call) -> Callable[..., dict[str, Any]]:
    """ask(sql) -> the finished QueryExecution."""

    def run(sql: str, account: str = CENTRAL, **params: Any) -> dict[str, Any]:
        params = {
            "QueryExecutionContext": {"Database": "fs_features"},
            "ResultConfiguration": {"OutputLocation": OUTPUT},
            **params,
        }
        query_id = call("athena", "StartQueryExecution", account, QueryString=sql, **params)["QueryExecutionId"]

        def done() -> Any:
            found = call("athena", "GetQueryExecution", account, QueryExecutionId=query_id)["QueryExecution"]
            return found if found["Status"]["State"] in ("SUCCEEDED", "FAILED", "CANCELLED") else None

        return dict(wait(done))

    return run


@pytest.fixture
def rows(ask: Callable[..., dict[str, Any]], call: Call) -> Callable[..., list[list[str | None]]]:
    """rows(sql) -> rows of a query that must succeed, without the header."""

    def read(sql: str, **params: Any) -> list[list[str | None]]:
        found = ask(sql, **params)
        assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
        answer = call("athena", "GetQueryResults", QueryExecutionId=found["QueryExecutionId"])
        listed = [[cell.get("VarCharValue") for cell in row["Data"]] for row in answer["ResultSet"]["Rows"]]
        return listed[1:]

    return read


@pytest.fixture
def sessions(create: Any, put: Any) -> None:
    create()
    put("s1", "2026-01-02T03:00:00Z", clicks=1, Score=0.5)
    put("s1", "2026-01-02T05:00:00Z", clicks=5, Score=2.5)
    put("s2", "2026-01-03T03:00:00Z", clicks=7)
    flush()


POINT_IN_TIME = """
WITH spine (session_id, asked) AS (
  VALUES ('s1', '2026-01-02T04:00:00Z'), ('s1', '2026-01-02T06:00:00Z'), ('s2', '2026-01-01T00:00:00Z')
), ranked AS (
  SELECT spine.session_id, spine.asked, s.clicks,
         row_number() OVER (PARTITION BY spine.session_id, spine.asked
                            ORDER BY s.event_time DESC, s.api_invocation_time DESC, s.write_time DESC) AS rank
  FROM spine JOIN "fs_features"."sessions" s ON s.session_id = spine.session_id
   AND from_iso8601_timestamp(s.event_time) <= from_iso8601_timestamp(spine.asked)
  WHERE NOT s.is_deleted
)
SELECT session_id, asked, clicks FROM ranked WHERE rank = 1 ORDER BY session_id, asked
"""


def test_point_in_time(sessions: None, rows: Any) -> None:
    assert rows(POINT_IN_TIME) == [["s1", "2026-01-02T04:00:00Z", "1"], ["s1", "2026-01-02T06:00:00Z", "5"]]


def body(bucket: str, key: str) -> bytes:
    (stored,) = [item for item in storage.listing(bucket, key) if item.key == key]
    return storage.get(stored)


def reason(found: dict[str, Any]) -> str:
    assert found["Status"]["State"] == "FAILED", found["Status"]
    return str(found["Status"]["StateChangeReason"])


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT count(*), sum(clicks) FROM sessions", [["3", "13"]]),
        ("SELECT 7/2, 7/2.0, avg(clicks) FROM sessions WHERE session_id = 's1'", [["3", "3.5", "3.0"]]),
        ("SELECT score, is_deleted FROM sessions WHERE session_id = 's2'", [[None, "false"]]),
        ("SELECT count(*) FROM sessions WHERE year = '2026' AND day = '03' AND hour = '03'", [["1"]]),
        ('SELECT max(clicks) AS "Top" FROM AwsDataCatalog.fs_features."Sessions"', [["7"]]),
        ("WITH sessions AS (SELECT * FROM sessions WHERE clicks > 4) SELECT count(*) FROM sessions", [["2"]]),
        ("SELECT count(*) FROM sessions a WHERE EXISTS (SELECT 1 FROM sessions b WHERE b.clicks > a.clicks)", [["2"]]),
        ("SELECT fs_features.sessions.session_id FROM fs_features.sessions WHERE clicks = 7", [["s2"]]),
        (
            "SELECT from_iso8601_timestamp(event_time), date_parse(event_time, '%Y-%m-%dT%H:%i:%sZ') FROM sessions "
            "WHERE clicks = 7",
            [["2026-01-03 03:00:00.000 UTC", "2026-01-03 03:00:00.000"]],
        ),
        (
            "SELECT count(*) FROM sessions WHERE from_iso8601_timestamp(event_time) <= "
            "to_timestamp('2026-01-03 02:30:00', 'yyyy-mm-dd hh24:mi:ss')",
            [["2"]],
        ),
        ("SELECT format_datetime(timestamp '2026-01-03 04:05:06', 'yyyy-MM-dd HH:mm')", [["2026-01-03 04:05"]]),
        ("SELECT array_agg(clicks ORDER BY clicks), cast(1.5 AS decimal(10,2)) FROM sessions", [["[1, 5, 7]", "1.50"]]),
        ("SELECT x FROM unnest(ARRAY[2, 1]) AS t(x) ORDER BY x", [["1"], ["2"]]),
        ("SELECT session_id FROM sessions UNION SELECT 's9' ORDER BY 1", [["s1"], ["s2"], ["s9"]]),
        ("-- a comment\nSELECT 'it''s \"quoted\"', date '2026-01-03';", [['it\'s "quoted"', "2026-01-03"]]),
    ],
)
def test_sql(sessions: None, rows: Any, sql: str, expected: list[list[str | None]]) -> None:
    assert rows(sql) == expected


def test_parameters(sessions: None, rows: Any, ask: Any) -> None:
    sql = "SELECT clicks FROM sessions WHERE session_id = ? AND clicks > ?"
    assert rows(sql, ExecutionParameters=["'s1'", "1"]) == [["5"]]
    assert "Incorrect number of parameters" in reason(ask(sql, ExecutionParameters=["'s1'"]))
    assert "no literal" in reason(ask("SELECT ?", ExecutionParameters=["(SELECT 1)"]))


def test_result_file_lies_in_the_other_accounts_bucket(sessions: None, ask: Any) -> None:
    found = ask("SELECT session_id, clicks, score FROM sessions ORDER BY clicks")
    location = found["ResultConfiguration"]["OutputLocation"]
    assert location == f"{OUTPUT}{found['QueryExecutionId']}.csv"
    assert storage.owner(RESULTS) == CONSUMER
    text = body(RESULTS, location.removeprefix(f"s3://{RESULTS}/")).decode()
    assert text.splitlines()[0] == '"session_id","clicks","score"'
    assert '"s2","7",' in text.splitlines()  # NULL is nothing, not even quotes
    assert len(list(csv.reader(io.StringIO(text)))) == 4
    assert body(RESULTS, f"{location.removeprefix(f's3://{RESULTS}/')}.metadata")
    assert found["Statistics"]["DataScannedInBytes"] > 0
    assert found["StatementType"] == "DML"


def test_pages_and_types(sessions: None, ask: Any, call: Call) -> None:
    found = ask("SELECT session_id, clicks, score, is_deleted, write_time FROM sessions ORDER BY clicks")
    where = {"QueryExecutionId": found["QueryExecutionId"]}
    first = call("athena", "GetQueryResults", **where, MaxResults=2)
    assert first["ResultSet"]["Rows"][0]["Data"][0] == {"VarCharValue": "session_id"}
    assert len(first["ResultSet"]["Rows"]) == 2
    rest = call("athena", "GetQueryResults", **where, MaxResults=10, NextToken=first["NextToken"])
    assert len(rest["ResultSet"]["Rows"]) == 2
    assert "NextToken" not in rest
    columns = first["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    assert [column["Type"] for column in columns] == ["varchar", "bigint", "double", "boolean", "timestamp"]
    assert rest["ResultSet"]["Rows"][1]["Data"][2] == {}
    statistics = call("athena", "GetQueryRuntimeStatistics", **where)["QueryRuntimeStatistics"]["Rows"]
    assert (statistics["InputRows"], statistics["OutputRows"]) == (3, 3)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        (
            "SELECT * FROM absent",
            "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.fs_features.absent' does",
        ),
        ("SELECT * FROM nowhere.sessions", "SCHEMA_NOT_FOUND"),
        ("SELECT * FROM elsewhere.fs_features.sessions", "CATALOG_NOT_FOUND"),
        ("SELECT nothing FROM sessions", "COLUMN_NOT_FOUND"),
        ("SELECT no_such_function(clicks) FROM sessions", "FUNCTION_NOT_FOUND"),
        ("SELECT cast(session_id AS integer) FROM sessions", "INVALID_CAST_ARGUMENT"),
        ("SELECT * FROM read_text('/etc/hostname')", "FUNCTION_NOT_FOUND"),
        ("SELECT * FROM read_csv_auto('/etc/passwd')", "not registered"),
        ("SELECT * FROM '/etc/passwd'", "does not exist"),
        ("SELECT * FROM duckdb_settings()", "not registered"),
        ("SELECT getenv('HOME')", "FUNCTION_NOT_FOUND"),
    ],
)
def test_failures(sessions: None, ask: Any, sql: str, words: str) -> None:
    assert words in reason(ask(sql))


@pytest.mark.parametrize(
    "sql",
    ["SELEC 1", "SELECT 1; SELECT 2", "COPY t TO '/tmp/x'", "ATTACH '/tmp/x'", "SET x = 1", "PRAGMA version", "  "],
)
def test_no_statement_of_athena(sessions: None, ask: Any, sql: str) -> None:
    with pytest.raises(ServiceError) as caught:
        ask(sql)
    assert caught.value.code == "InvalidRequestException"


@pytest.mark.parametrize(
    ("deny", "words"),
    [
        ("glue:GetTable ", "Insufficient permissions to execute the query. User: "),
        (f"s3:GetObject arn:aws:s3:::{BUCKET}", "Permission denied on S3 path."),
        ("kms:Decrypt", "Permission denied on S3 path."),
        (f"s3:PutObject arn:aws:s3:::{RESULTS}", f"Access denied when writing output to url: {OUTPUT}"),
    ],
)
def test_rights_of_the_caller(sessions: None, ask: Any, world: World, call: Call, deny: str, words: str) -> None:
    world.deny = {deny}
    found = ask("SELECT * FROM sessions")
    assert words in reason(found)
    assert deny.split()[0] in reason(found)
    with pytest.raises(ServiceError, match="did not finish successfully"):
        call("athena", "GetQueryResults", QueryExecutionId=found["QueryExecutionId"])
    assert list(storage.listing(RESULTS, "")) == []


def test_what_is_asked_for(sessions: None, ask: Any, world: World) -> None:
    world.asked.clear()
    ask("SELECT * FROM sessions")
    asked = {(check.action, check.resource.rsplit(":", 1)[-1]) for check in world.asked}
    assert ("glue:GetTable", "table/fs_features/sessions") in asked
    assert ("glue:GetDatabase", "database/default") in asked
    assert any(action == "kms:Decrypt" for action, _ in asked)
    assert {check.via for check in world.asked} == {("athena.amazonaws.com",)}
    assert {check.as_role for check in world.asked} == {None}


def test_a_view_reads_with_the_rights_of_whoever_asks(sessions: None, ask: Any, rows: Any, world: World) -> None:
    assert (
        ask("CREATE VIEW busy AS SELECT session_id, clicks FROM sessions WHERE clicks > 4")["Status"]["State"]
        == "SUCCEEDED"
    )
    assert rows("SELECT b.session_id FROM busy b ORDER BY 1") == [["s1"], ["s2"]]
    world.deny = {f"glue:GetTable arn:aws:glue:{REGION}:{CENTRAL}:table/fs_features/sessions"}
    assert "table/fs_features/sessions" in reason(ask("SELECT * FROM busy"))


def test_missing_results_bucket(sessions: None, ask: Any) -> None:
    found = ask("SELECT 1", ResultConfiguration={"OutputLocation": "s3://no-such-bucket/x/"})
    assert reason(found) == "Unable to verify/create output bucket no-such-bucket"


def test_expected_owner(sessions: None, ask: Any) -> None:
    config = {"OutputLocation": OUTPUT, "ExpectedBucketOwner": CENTRAL}
    assert "Access denied when writing output" in reason(ask("SELECT 1", ResultConfiguration=config))
    config["ExpectedBucketOwner"] = CONSUMER
    assert ask("SELECT 1", ResultConfiguration=config)["Status"]["State"] == "SUCCEEDED"


def test_workgroup_decides_where_it_is_enforced(sessions: None, ask: Any, call: Call) -> None:
    own = {"OutputLocation": f"s3://{RESULTS}/enforced/", "ExpectedBucketOwner": CONSUMER}
    for name, enforced in (("fs-core", True), ("fs-free", False)):
        configuration = {"EnforceWorkGroupConfiguration": enforced, "ResultConfiguration": own}
        call("athena", "CreateWorkGroup", Name=name, Configuration=configuration)
    found = ask("SELECT 1", WorkGroup="fs-core")
    assert found["ResultConfiguration"]["OutputLocation"].startswith(f"s3://{RESULTS}/enforced/")
    assert found["WorkGroup"] == "fs-core"
    free = ask("SELECT 1", WorkGroup="fs-free")
    assert free["ResultConfiguration"]["OutputLocation"].startswith(OUTPUT)
    listed = call("athena", "ListQueryExecutions", WorkGroup="fs-core")["QueryExecutionIds"]
    assert listed == [found["QueryExecutionId"]]
    batch = call("athena", "BatchGetQueryExecution", QueryExecutionIds=[*listed, "none"])
    assert [query["QueryExecutionId"] for query in batch["QueryExecutions"]] == listed
    assert batch["UnprocessedQueryExecutionIds"][0]["QueryExecutionId"] == "none"


def test_scan_limit(sessions: None, ask: Any, call: Call) -> None:
    call("athena", "CreateWorkGroup", Name="small")
    # Less than the 10 MB that the API takes as the smallest limit, so that the test needs no large table.
    athena_backends[CENTRAL][REGION].work_groups["small"].configuration["BytesScannedCutoffPerQuery"] = 10
    found = ask("SELECT * FROM sessions", WorkGroup="small")
    assert found["Status"]["State"] == "CANCELLED"
    assert "Bytes scanned limit was exceeded" in found["Status"]["StateChangeReason"]


def test_refused_at_once(call: Call) -> None:
    for params, words in (
        ({"QueryString": "SELECT 1"}, "No output location provided"),
        ({"QueryString": "SELECT 1", "WorkGroup": "absent"}, "WorkGroup absent is not found"),
        ({"QueryString": "SELECT 1", "ResultConfiguration": {"OutputLocation": "/tmp"}}, "not a valid S3 path"),
    ):
        with pytest.raises(ServiceError, match=words):
            call("athena", "StartQueryExecution", **params)


def test_same_token_is_the_same_query(sessions: None, ask: Any) -> None:
    token = "t" * 32
    first, second = (ask("SELECT 1", ClientRequestToken=token)["QueryExecutionId"] for _ in range(2))
    assert first == second
    with pytest.raises(ServiceError, match="Idempotent"):
        ask("SELECT 2", ClientRequestToken=token)


def test_stop(sessions: None, call: Call) -> None:
    endless = "SELECT count(*) FROM sessions a, " + ", ".join(f"unnest(sequence(1, 100000)) t{i}(x)" for i in range(4))
    started = call(
        "athena",
        "StartQueryExecution",
        QueryString=endless,
        QueryExecutionContext={"Database": "fs_features"},
        ResultConfiguration={"OutputLocation": OUTPUT},
    )
    call("athena", "StopQueryExecution", QueryExecutionId=started["QueryExecutionId"])
    status = call("athena", "GetQueryExecution", QueryExecutionId=started["QueryExecutionId"])["QueryExecution"][
        "Status"
    ]
    assert status["State"] == "CANCELLED"


def test_unload(sessions: None, ask: Any, world: World) -> None:
    target = f"s3://{RESULTS}/unloaded/"
    query = "SELECT session_id, sum(clicks) AS clicks FROM sessions GROUP BY 1"
    sql = f"UNLOAD ({query}) TO '{target}' WITH (format = 'PARQUET')"
    world.deny = {f"s3:PutObject arn:aws:s3:::{RESULTS}/unloaded"}
    assert "s3:PutObject" in reason(ask(sql))
    world.deny = set()
    found = ask(sql)
    assert found["Status"]["State"] == "SUCCEEDED"
    (stored,) = storage.listing(RESULTS, "unloaded/")
    read = pq.read_table(io.BytesIO(storage.get(stored)))
    assert str(read.schema.field("clicks").type) == "int64"
    assert sorted(read.to_pydict()["clicks"]) == [6, 7]
    manifest = found["Statistics"]["DataManifestLocation"]
    assert body(RESULTS, manifest.removeprefix(f"s3://{RESULTS}/")).decode() == f"s3://{RESULTS}/{stored.key}"
    assert "HIVE_PATH_ALREADY_EXISTS" in reason(ask(sql))


def test_unload_writes_files_of_so_many_rows_as_they_come(
    sessions: None, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(athena_writes, "ROWS_OF_A_FILE", 100_000)
    query = "SELECT x * 1000 + y AS n FROM UNNEST(sequence(0, 249)) AS a(x) CROSS JOIN UNNEST(sequence(0, 999)) AS b(y)"
    found = ask(f"UNLOAD ({query}) TO 's3://{RESULTS}/many/' WITH (format = 'PARQUET', compression = 'SNAPPY')")
    assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
    files = [pq.ParquetFile(io.BytesIO(storage.get(stored))) for stored in storage.listing(RESULTS, "many/")]
    assert sum(file.metadata.num_rows for file in files) == 250_000
    assert len(files) == 3
    assert {file.metadata.row_group(0).column(0).compression for file in files} == {"SNAPPY"}
    values = sorted(value for file in files for value in file.read().column("n").to_pylist())
    assert values == list(range(250_000))
    manifest = found["Statistics"]["DataManifestLocation"]
    listed = body(RESULTS, manifest.removeprefix(f"s3://{RESULTS}/")).decode().splitlines()
    assert sorted(listed) == [f"s3://{RESULTS}/{stored.key}" for stored in storage.listing(RESULTS, "many/")]


def test_unload_of_nothing_and_of_what_fails_on_the_way(sessions: None, ask: Any) -> None:
    none = f"UNLOAD (SELECT session_id FROM sessions WHERE false) TO 's3://{RESULTS}/none/' WITH (format = 'PARQUET')"
    assert ask(none)["Status"]["State"] == "SUCCEEDED"
    assert list(storage.listing(RESULTS, "none/")) == []
    wrong = "SELECT CAST(session_id AS bigint) AS n FROM sessions"
    assert "INVALID_CAST_ARGUMENT" in reason(
        ask(f"UNLOAD ({wrong}) TO 's3://{RESULTS}/wrong/' WITH (format = 'PARQUET')")
    )
    odd = f"UNLOAD (SELECT 1 AS n) TO 's3://{RESULTS}/odd/' WITH (format = 'PARQUET', compression = 'RAR')"
    assert "compression 'RAR' is not one of" in reason(ask(odd))


def test_a_query_beyond_the_memory_limit_goes_on_in_a_folder_that_ends_with_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(athena_engine.tempfile, "tempdir", str(tmp_path))
    tight = [one.replace(athena_engine.MEMORY_LIMIT, "40MB") for one in athena_engine._SETTINGS]
    rows = pa.table({"n": pa.array(range(1_000_000)), "text": pa.array(["a text of some length"] * 1_000_000)})
    query = parse_one("SELECT n, text, row_number() OVER (ORDER BY n DESC) AS nth FROM t", read="trino")
    seen = {}

    def take(poured: athena_engine.Poured) -> int:
        first = next(poured.batches)
        seen["spilt"] = [file.name for folder in tmp_path.iterdir() for file in folder.iterdir()]
        return first.num_rows + sum(batch.num_rows for batch in poured.batches)

    monkeypatch.setattr(athena_engine, "_SETTINGS", tight)
    assert athena_engine.Engine().pour(query, {"t": rows}, take) == 1_000_000
    assert seen["spilt"]
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(athena_engine, "_SETTINGS", [one.replace(athena_engine.SPILL_LIMIT, "1KB") for one in tight])
    with pytest.raises(QueryFailedError, match="EXCEEDED_MEMORY_LIMIT"):
        athena_engine.Engine().pour(query, {"t": rows}, take)


def test_unloaded_rows_as_a_table_joined_with_local_ones(sessions: None, ask: Any, rows: Any) -> None:
    target = f"s3://{RESULTS}/features/"
    ask(
        f"UNLOAD (SELECT session_id, clicks, day AS d FROM sessions) TO '{target}' "
        "WITH (format='PARQUET', partitioned_by=ARRAY['d'])"
    )
    for sql in (
        "CREATE DATABASE IF NOT EXISTS own",
        "CREATE EXTERNAL TABLE own.shared (session_id string, clicks bigint) PARTITIONED BY (d string) "
        f"STORED AS PARQUET LOCATION '{target}'",
        "MSCK REPAIR TABLE own.shared",
        f"CREATE TABLE own.local WITH (external_location = 's3://{RESULTS}/local/') AS "
        "SELECT 's1' AS session_id, 2 AS weight",
        "INSERT INTO own.local SELECT 's2', 3",
    ):
        found = ask(sql)
        assert found["Status"]["State"] == "SUCCEEDED", (sql, found["Status"])
    joined = (
        "SELECT s.session_id, d, clicks * weight FROM own.shared s JOIN own.local l ON s.session_id = l.session_id "
        "ORDER BY 3"
    )
    assert rows(joined) == [["s1", "02", "2"], ["s1", "02", "10"], ["s2", "03", "21"]]


def lines(call: Call, found: dict[str, Any]) -> list[str]:
    assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
    answer = call("athena", "GetQueryResults", QueryExecutionId=found["QueryExecutionId"])
    return [row["Data"][0]["VarCharValue"] for row in answer["ResultSet"]["Rows"]]


def test_show_and_drop(sessions: None, ask: Any, call: Call, world: World) -> None:
    assert lines(call, ask("SHOW TABLES")) == ["sessions"]
    assert "fs_features" in lines(call, ask("SHOW DATABASES"))
    shown = lines(call, ask("SHOW PARTITIONS sessions"))
    assert shown[0] == "year=2026/month=01/day=02/hour=03"
    assert any(line.startswith("clicks") for line in lines(call, ask("DESCRIBE fs_features.sessions")))
    assert ask("SHOW TABLES")["ResultConfiguration"]["OutputLocation"].endswith(".txt")
    world.deny = {"glue:DeleteTable"}
    assert "glue:DeleteTable" in reason(ask("DROP TABLE sessions"))
    world.deny = set()
    ask("DROP TABLE IF EXISTS `fs_features`.`sessions`")
    assert catalog.table(CENTRAL, REGION, "fs_features", "sessions") is None


def test_a_database_as_terraform_makes_it(ask: Any, call: Call) -> None:
    sql = (
        "create database `visits_db` comment 'Who\\'s there' location 's3://lake/visits/' "
        "with dbproperties ('creator' = 'others', 'a'='b');"
    )
    assert ask(sql)["Status"]["State"] == "SUCCEEDED"
    shown = call("athena", "GetDatabase", CatalogName="AwsDataCatalog", DatabaseName="visits_db")
    assert shown["Database"]["Description"] == "Who's there"
    assert shown["Database"]["Parameters"] == {"creator": "others", "a": "b"}


def test_create_table_needs_rights(sessions: None, ask: Any, world: World) -> None:
    world.deny = {"glue:CreateTable"}
    sql = f"CREATE EXTERNAL TABLE t (a string) STORED AS PARQUET LOCATION 's3://{RESULTS}/t/'"
    assert "glue:CreateTable" in reason(ask(sql))
    assert "glue:CreateTable" in reason(ask("CREATE TABLE t WITH (format='PARQUET') AS SELECT 1 AS a"))
    assert catalog.table(CENTRAL, REGION, "fs_features", "t") is None


def test_text_table(ask: Any, rows: Any, create: Any) -> None:
    create()
    storage.put(RESULTS, "csv/a.csv", b'id,name\n1,"a, b"\n2,\n', writer=CONSUMER)
    serde = "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'"
    ask(
        f"CREATE EXTERNAL TABLE people (id bigint, name string) {serde} LOCATION 's3://{RESULTS}/csv/' "
        "TBLPROPERTIES ('skip.header.line.count' = '1')"
    )
    assert rows("SELECT id, name FROM people ORDER BY id") == [["1", "a, b"], ["2", ""]]


def test_partition_outside_its_table_is_asked_for(sessions: None, ask: Any, rows: Any, world: World) -> None:
    ask("UNLOAD (SELECT session_id FROM sessions) TO 's3://" + RESULTS + "/secret/' WITH (format='PARQUET')")
    ask(
        "CREATE EXTERNAL TABLE odd (session_id string) PARTITIONED BY (p string) STORED AS PARQUET "
        f"LOCATION 's3://{RESULTS}/odd/'"
    )
    ask(f"ALTER TABLE odd ADD PARTITION (p = '1') LOCATION 's3://{RESULTS}/secret/'")
    assert rows("SELECT count(*) FROM odd") == [["3"]]
    world.deny = {f"s3:GetObject arn:aws:s3:::{RESULTS}/secret"}
    assert "s3:GetObject" in reason(ask("SELECT count(*) FROM odd"))


def test_catalog_of_another_account(sessions: None, ask: Any, call: Call, world: World) -> None:
    backend = athena_backends[CONSUMER][REGION]
    backend.create_data_catalog("central", "GLUE", "", {"catalog-id": CENTRAL}, [])
    found = ask("SELECT count(*) FROM central.fs_features.sessions", account=CONSUMER)
    assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
    asked = {check.resource for check in world.asked if check.action == "glue:GetTable"}
    assert f"arn:aws:glue:{REGION}:{CENTRAL}:table/fs_features/sessions" in asked
    wanted = f"arn:aws:athena:{REGION}:{CONSUMER}:datacatalog/central"
    assert wanted in {check.resource for check in world.asked if check.action == "athena:GetDataCatalog"}
    assert "SCHEMA_NOT_FOUND" in reason(ask("SELECT count(*) FROM fs_features.sessions", account=CONSUMER))


def test_a_new_version_of_an_object_is_read_anew(ask: Any, rows: Any, create: Any) -> None:
    create()
    ask(
        f"CREATE EXTERNAL TABLE n (a bigint) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://{RESULTS}/n/'"
    )
    for content in (b"1\n", b"2\n3\n"):
        storage.put(RESULTS, "n/a.csv", content, writer=CONSUMER)
        assert rows("SELECT count(*) FROM n") == [[str(content.count(b"\n"))]]
