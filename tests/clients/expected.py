"""What other people's clients can do under an access role, and what is refused with which action: the table itself.

Written from what the declaration grants, one entry a flow. docs/client.md shows the same table in words.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Works:
    """The flow does what its client's documentation says."""


@dataclass(frozen=True)
class Refused:
    """The engine denies `action` to the access role (or to the execution role, where the client does not take it)."""

    action: str
    as_execution_role: bool = False


@dataclass(frozen=True)
class Fails:
    """The client itself goes wrong, on real AWS as here; it says `words`."""

    words: str


Outcome = Works | Refused | Fails
WORKS = Works()

TABLE: dict[tuple[str, str], dict[str, Outcome]] = {
    ("cli", "write"): {
        "put-record": WORKS,
        "describe-feature-group": WORKS,
        "get-record": Refused("sagemaker:GetRecord"),
        "delete-record": Refused("sagemaker:DeleteRecord"),
    },
    ("cli", "delete"): {"delete-record": WORKS, "put-record": Refused("sagemaker:PutRecord")},
    ("cli", "read-online"): {
        "get-record": WORKS,
        "batch-get-record": WORKS,
        "describe-feature-group": WORKS,
        "put-record": Refused("sagemaker:PutRecord"),
    },
    ("cli", "read-offline"): {
        "athena, workgroup named, s3 cp": WORKS,
        "athena, no workgroup": WORKS,
        "glue get-table": WORKS,
        "glue get-tables": Refused("glue:GetTables"),
        "describe-feature-group": WORKS,
        "get-record": Refused("sagemaker:GetRecord"),
    },
    ("cli", "discover"): {
        "list-feature-groups": WORKS,
        "describe-feature-group": WORKS,
        "search": Refused("sagemaker:Search"),
        "get-record": Refused("sagemaker:GetRecord"),
    },
    ("sdk2", "write"): {
        "FeatureGroup.ingest": WORKS,
        "FeatureGroup.ingest, 2 processes of 2 threads": WORKS,
        "Session.put_record": WORKS,
        "FeatureGroup.describe": WORKS,
        "FeatureGroup.get_record": Refused("sagemaker:GetRecord"),
        "FeatureGroup.delete_record": Refused("sagemaker:DeleteRecord"),
    },
    ("sdk2", "delete"): {"FeatureGroup.delete_record": WORKS},
    ("sdk2", "read-online"): {
        "FeatureGroup.get_record": WORKS,
        "FeatureStore.batch_get_record": WORKS,
        "FeatureGroup.describe": WORKS,
        "FeatureGroup.athena_query": Refused("athena:StartQueryExecution"),
        "FeatureStore.list_feature_groups": Refused("sagemaker:ListFeatureGroups"),
    },
    ("sdk2", "read-offline"): {
        "athena_query, workgroup named, as_dataframe": WORKS,
        "athena_query, no workgroup": WORKS,
        "create_dataset(base=FeatureGroup).to_dataframe": WORKS,
        "create_dataset(base=FeatureGroup).to_csv_file": WORKS,
        "with_feature_group, point_in_time_accurate_join": WORKS,
        "create_dataset(...).as_of": WORKS,
        # It registers the frame as a table of the owner's catalog, in a database of the SDK's own.
        "create_dataset(base=DataFrame)": Refused("glue:GetDatabase"),
        "FeatureGroup.describe": WORKS,
        "FeatureStore.list_feature_groups": Refused("sagemaker:ListFeatureGroups"),
    },
    ("sdk2", "discover"): {
        "FeatureStore.list_feature_groups": WORKS,
        "FeatureGroup.describe": WORKS,
        "Session.describe_feature_metadata": WORKS,
        "FeatureGroup.list_tags": WORKS,
        "FeatureStore.search": Refused("sagemaker:Search"),
    },
    ("sdk3", "write"): {
        "ingest_dataframe, 2 processes of 2 threads": WORKS,
        "ingest_dataframe": WORKS,
        "ingest_dataframe(use_batch_write_record=True)": Refused("sagemaker:BatchWriteRecord"),
        "FeatureGroup.put_record": WORKS,
        "FeatureGroup.get": WORKS,
        "FeatureGroup.get_record": Refused("sagemaker:GetRecord"),
    },
    ("sdk3", "delete"): {"FeatureGroup.delete_record": WORKS},
    ("sdk3", "read-online"): {
        "FeatureGroup.get_record": WORKS,
        "FeatureGroup.batch_get_record": WORKS,
        "FeatureGroup.get": WORKS,
        "create_athena_query": Refused("athena:StartQueryExecution"),
    },
    ("sdk3", "read-offline"): {
        "create_athena_query, workgroup named, as_dataframe": WORKS,
        "create_athena_query, no workgroup": WORKS,
        "DatasetBuilder(base=FeatureGroup).to_dataframe": WORKS,
        "DatasetBuilder(base=FeatureGroup).to_csv_file": WORKS,
        # It compares the type's name with its enumeration, so that event times of type String are taken for seconds.
        # Athena has no from_unixtime of a text; local Athena says so in its own engine's words.
        "with_feature_group, point_in_time_accurate_join": Fails("to_timestamp"),
        "DatasetBuilder(base=DataFrame)": Refused("glue:GetDatabase"),
        "FeatureGroup.get": WORKS,
        "FeatureGroup.get_all": Refused("sagemaker:ListFeatureGroups"),
    },
    ("sdk3", "discover"): {
        "FeatureGroup.get_all(name_contains=...)": WORKS,
        "FeatureGroup.get_all": Refused("sagemaker:DescribeFeatureGroup"),
        "FeatureGroup.get": WORKS,
        "FeatureMetadata.get": WORKS,
    },
    ("wrangler", "read-offline"): {
        "read_sql_query(ctas_approach=False, workgroup=...)": WORKS,
        "read_sql_query(ctas_approach=False)": WORKS,
        # `primary` has no place for results, and it looks for a bucket of its own.
        "read_sql_query(ctas_approach=False), no s3_output": Refused("s3:CreateBucket"),
        "read_sql_query(unload_approach=True, workgroup=...)": WORKS,
        "read_sql_query(unload_approach=True)": WORKS,
        # Before it makes its table it deletes one of that name.
        "read_sql_query(ctas_approach=True, workgroup=...)": Refused("glue:DeleteTable"),
        "read_sql_query(ctas_approach=True)": Refused("glue:DeleteTable"),
        "s3.read_parquet(dataset=True)": WORKS,
        "s3.read_parquet_table": WORKS,
        "catalog.table": WORKS,
        "catalog.get_table_types": WORKS,
        "catalog.tables": Refused("glue:GetTables"),
        "pandas.read_csv of a result": WORKS,
    },
    ("pyathena", "read-offline"): {
        "Cursor, work_group=...": WORKS,
        "Cursor, s3_staging_dir alone": WORKS,
        "DictCursor": WORKS,
        "parameters, pyformat and qmark": WORKS,
        "PandasCursor": WORKS,
        "ArrowCursor": WORKS,
        "S3FSCursor": WORKS,
        "AsyncCursor": WORKS,
        # It asks of the folder that was unloaded whether it is an object, as pyarrow does (below).
        "PandasCursor, unload": Refused("s3:ListBucket"),
        "ArrowCursor, unload": Refused("s3:ListBucket"),
        "a table that is not shared": Refused("glue:GetTable"),
        "CREATE TABLE AS": Refused("glue:CreateTable"),
        "get_table_metadata": Refused("athena:GetTableMetadata"),
        "list_table_metadata": Refused("athena:ListTableMetadata"),
    },
    ("files", "read-offline"): {
        # Whether it is an object they ask first, and that a name has none S3 tells to who lists the whole bucket.
        "s3fs: pandas.read_parquet(folder)": Refused("s3:ListBucket"),
        "s3fs: glob, pandas.read_parquet(paths)": WORKS,
        "s3fs: glob, pyarrow.dataset(paths)": WORKS,
        "s3fs: ranges, info": WORKS,
        "s3fs: results written and read": WORKS,
        "s3fs: copy": WORKS,
        "s3fs: DataFrame.to_parquet": WORKS,
        "s3fs: rm": Refused("s3:DeleteObject"),
        "s3fs: ls(bucket)": Refused("s3:ListBucket"),
        "s3fs: an object that is not shared": Refused("s3:GetObject"),
        "s3fs: an object into the offline store": Refused("s3:PutObject"),
        "pyarrow: parquet.read_table(path)": WORKS,
        "pyarrow: ranges": WORKS,
        "pyarrow: FileSelector, dataset(paths)": WORKS,
        "pyarrow: dataset(folder)": Refused("s3:ListBucket"),
        "pyarrow: pandas.read_parquet(path)": WORKS,
        "pyarrow: results written and read": WORKS,
        "pyarrow: parquet.write_table": WORKS,
        "pyarrow: write_dataset(create_dir=False)": WORKS,
        # It asks whether the bucket is there, which is the right to list all of it.
        "pyarrow: write_dataset": Refused("s3:ListBucket"),
        "pyarrow: delete_file": Refused("s3:DeleteObject"),
        "pyarrow: a folder that is not shared": Refused("s3:ListBucket"),
        "Polars: scan_parquet(path)": WORKS,
        "Polars: scan_parquet(folder/)": WORKS,
        "Polars: scan_parquet(pattern)": WORKS,
        "Polars: write_parquet": WORKS,
        "Polars: sink_parquet": WORKS,
        "Polars: a folder that is not shared": Refused("s3:ListBucket"),
    },
    ("js", "write"): {
        "PutRecord": WORKS,
        "DescribeFeatureGroup": WORKS,
        "GetRecord": Refused("sagemaker:GetRecord"),
        "DeleteRecord": Refused("sagemaker:DeleteRecord"),
    },
    ("js", "delete"): {"DeleteRecord": WORKS, "PutRecord": Refused("sagemaker:PutRecord")},
    ("js", "read-online"): {
        "GetRecord": WORKS,
        "BatchGetRecord": WORKS,
        "DescribeFeatureGroup": WORKS,
        "PutRecord": Refused("sagemaker:PutRecord"),
    },
    ("js", "read-offline"): {
        "Athena, WorkGroup, GetObject of the result": WORKS,
        "Athena, no WorkGroup": WORKS,
        "Athena, a table that is not shared": Refused("glue:GetTable"),
        "ListObjectsV2, HeadObject, GetObject of ranges": WORKS,
        "PutObject and Upload to the results": WORKS,
        "DeleteObject": Refused("s3:DeleteObject"),
        "ListObjectsV2 of the bucket": Refused("s3:ListBucket"),
        "PutObject to the offline store": Refused("s3:PutObject"),
        "GetTables": Refused("glue:GetTables"),
        "DescribeFeatureGroup": WORKS,
        "GetRecord": Refused("sagemaker:GetRecord"),
    },
    ("js", "discover"): {
        "ListFeatureGroups": WORKS,
        "DescribeFeatureGroup": WORKS,
        "Search": Refused("sagemaker:Search"),
        "GetRecord": Refused("sagemaker:GetRecord"),
    },
}

# On a session of connect(), a query that names no workgroup runs in the team's own, which has a place for results; and
# what SDK v3 asks without a session it asks as the execution role, unless a call with a session came before: all of a
# process share one client, the first.
_HELPERS = (
    "ingest_dataframe, 2 processes of 2 threads",
    "ingest_dataframe",
    "ingest_dataframe(use_batch_write_record=True)",
    "create_athena_query, workgroup named, as_dataframe",
    "create_athena_query, no workgroup",
    "DatasetBuilder(base=FeatureGroup).to_dataframe",
    "DatasetBuilder(base=FeatureGroup).to_csv_file",
    "with_feature_group, point_in_time_accurate_join",
    "DatasetBuilder(base=DataFrame)",
)
BY_CONNECT: dict[tuple[str, str], Outcome] = {
    ("wrangler", "read_sql_query(ctas_approach=False), no s3_output"): WORKS,
    **{("sdk3", flow): Refused("sagemaker:DescribeFeatureGroup", as_execution_role=True) for flow in _HELPERS},
}

# What a team may not whose file does not say `athena: {allow_primary: true}`, other than by connect().
WITHOUT_PRIMARY: dict[tuple[str, str], Outcome] = {
    ("cli", "athena, no workgroup"): Refused("athena:StartQueryExecution"),
    ("sdk2", "athena_query, no workgroup"): Refused("athena:StartQueryExecution"),
    ("sdk2", "create_dataset(base=FeatureGroup).to_dataframe"): Refused("athena:StartQueryExecution"),
    ("sdk2", "create_dataset(base=FeatureGroup).to_csv_file"): Refused("athena:StartQueryExecution"),
    ("sdk2", "create_dataset(...).as_of"): Refused("athena:StartQueryExecution"),
    ("sdk2", "with_feature_group, point_in_time_accurate_join"): Refused("athena:StartQueryExecution"),
    ("sdk2", "create_dataset(base=DataFrame)"): Refused("athena:StartQueryExecution"),
    ("pyathena", "Cursor, s3_staging_dir alone"): Refused("athena:StartQueryExecution"),
    ("wrangler", "read_sql_query(ctas_approach=False)"): Refused("athena:GetWorkGroup"),
    ("wrangler", "read_sql_query(ctas_approach=False), no s3_output"): Refused("athena:GetWorkGroup"),
    ("wrangler", "read_sql_query(unload_approach=True)"): Refused("athena:GetWorkGroup"),
    ("wrangler", "read_sql_query(ctas_approach=True)"): Refused("athena:GetWorkGroup"),
}


def expected(client: str, verb: str, way: str, *, primary: bool) -> dict[str, Outcome]:
    """The outcome of each flow of `client` under the access role for `verb`, reached by `way`."""
    more = BY_CONNECT if way == "connect" else {} if primary else WITHOUT_PRIMARY
    return {flow: more.get((client, flow), outcome) for flow, outcome in TABLE[client, verb].items()}
