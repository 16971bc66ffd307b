"""awswrangler and pandas under an access role."""

from typing import Any

import awswrangler as wr
import pandas as pd
import ways
from ways import FACTS

boto = ways.session()
KEY, NUMBER = FACTS["record_identifier"], FACTS["number"]
SQL = f'SELECT {KEY}, {NUMBER} FROM "{FACTS["table"]}" LIMIT 3'


def query(**options: Any) -> str:
    # It looks for a bucket aws-athena-query-results-... unless it is told where results go.
    options.setdefault("s3_output", FACTS["output"])
    found = wr.athena.read_sql_query(SQL, database=FACTS["database"], boto3_session=boto, **options)
    assert len(found) == 3
    assert str(found[NUMBER].dtype) == "Int64"
    return f"{len(found)} rows"


def table() -> None:
    found = wr.catalog.table(database=FACTS["database"], table=FACTS["table"], boto3_session=boto)
    assert KEY in list(found["Column Name"])


def types() -> None:
    found = wr.catalog.get_table_types(database=FACTS["database"], table=FACTS["table"], boto3_session=boto)
    assert found[NUMBER] == "bigint"


def tables() -> None:
    wr.catalog.tables(database=FACTS["database"], boto3_session=boto)


def parquet() -> str:
    location = wr.catalog.get_table_location(FACTS["database"], FACTS["table"], boto3_session=boto)
    found = wr.s3.read_parquet(location, dataset=True, boto3_session=boto)
    assert set(found[KEY]) >= {FACTS["identifier"]}
    return f"{len(found)} rows"


def parquet_table() -> str:
    found = wr.s3.read_parquet_table(table=FACTS["table"], database=FACTS["database"], boto3_session=boto)
    assert set(found[KEY]) >= {FACTS["identifier"]}
    return f"{len(found)} rows"


def pandas_result() -> str:
    """A result that is read with pandas alone."""
    query_id = wr.athena.start_query_execution(
        SQL, database=FACTS["database"], workgroup=FACTS["workgroup"], boto3_session=boto
    )
    place = wr.athena.wait_query(query_id, boto3_session=boto)["ResultConfiguration"]["OutputLocation"]
    bucket, key = place.removeprefix("s3://").split("/", 1)
    found = pd.read_csv(boto.client("s3").get_object(Bucket=bucket, Key=key)["Body"])
    assert len(found) == 3
    return place


def no_place() -> str:
    return query(ctas_approach=False, s3_output=None)


WORKGROUP = {"workgroup": FACTS["workgroup"]}
UNLOAD = f"{FACTS['output']}unloaded/" if FACTS["output"] else ""
FLOWS = {
    "read-offline": {
        "read_sql_query(ctas_approach=False, workgroup=...)": lambda: query(ctas_approach=False, **WORKGROUP),
        "read_sql_query(ctas_approach=False)": lambda: query(ctas_approach=False),
        "read_sql_query(ctas_approach=False), no s3_output": no_place,
        "read_sql_query(unload_approach=True, workgroup=...)": lambda: query(
            ctas_approach=False, unload_approach=True, s3_output=f"{UNLOAD}{FACTS['way']}/named/", **WORKGROUP
        ),
        "read_sql_query(unload_approach=True)": lambda: query(
            ctas_approach=False, unload_approach=True, s3_output=f"{UNLOAD}{FACTS['way']}/primary/"
        ),
        "read_sql_query(ctas_approach=True, workgroup=...)": lambda: query(ctas_approach=True, **WORKGROUP),
        "read_sql_query(ctas_approach=True)": lambda: query(ctas_approach=True),
        "s3.read_parquet(dataset=True)": parquet,
        "s3.read_parquet_table": parquet_table,
        "catalog.table": table,
        "catalog.get_table_types": types,
        "catalog.tables": tables,
        "pandas.read_csv of a result": pandas_result,
    },
}

if __name__ == "__main__":
    ways.run(FLOWS[FACTS["verb"]], boto)
