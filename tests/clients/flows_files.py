"""Objects of an offline store and a team's results under an access role: s3fs, pyarrow's own S3 client, and Polars'."""

import os
import time
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import s3fs
import ways
from pyarrow import fs as arrow_fs
from ways import FACTS

boto = ways.session()
KEY, NUMBER = FACTS["record_identifier"], FACTS["number"]
_found = boto.client("glue").get_table(CatalogId=FACTS["central"], DatabaseName=FACTS["database"], Name=FACTS["table"])
LOCATION = _found["Table"]["StorageDescriptor"]["Location"].rstrip("/")
FOLDER = LOCATION.removeprefix("s3://")
BUCKET = FOLDER.partition("/")[0]
RESULTS = f"{FACTS['output'].removeprefix('s3://')}files/{FACTS['way']}" if FACTS["output"] else ""
BIG = os.urandom(12 << 20)  # more than one part

# Each takes keys, or finds them in the process.
KEYS = None if FACTS["way"] == "profile" else boto.get_credentials().get_frozen_credentials()
if FACTS["way"] != "connect":
    ways.become()


def s3fs_options() -> dict[str, Any]:
    if KEYS is None:
        return {"profile": FACTS["profile"]}
    return {"key": KEYS.access_key, "secret": KEYS.secret_key, "token": KEYS.token}


def by_s3fs() -> Any:
    return s3fs.S3FileSystem(**s3fs_options())


def by_arrow() -> Any:
    """pyarrow's client is that of the AWS SDK for C++. Made from a URI it finds credentials and AWS_ENDPOINT_URL in the
    process; made with keys it is told the endpoint too, which on AWS it need not be."""
    if FACTS["way"] != "connect":
        return arrow_fs.FileSystem.from_uri(f"s3://{BUCKET}/")[0]
    return arrow_fs.S3FileSystem(
        access_key=KEYS.access_key,
        secret_key=KEYS.secret_key,
        session_token=KEYS.token,
        endpoint_override=os.environ["AWS_ENDPOINT_URL"],
    )


def polars_options() -> dict[str, Any]:
    # Plain HTTP is what local AWS speaks, and Polars' client (object_store) is to be told so.
    options: dict[str, Any] = {"storage_options": {"aws_allow_http": "true"}}
    if KEYS is None:
        options["credential_provider"] = pl.CredentialProviderAWS(profile_name=FACTS["profile"])
    else:
        options["credential_provider"] = polars_keys
    return options


def polars_keys() -> tuple[dict[str, str], int]:
    """What the session holds now, and when to ask again."""
    keys = boto.get_credentials().get_frozen_credentials()
    named = {
        "aws_access_key_id": keys.access_key,
        "aws_secret_access_key": keys.secret_key,
        "aws_session_token": keys.token,
    }
    return named, int(time.time()) + 300


def one_object() -> str:
    return sorted(s3fs_paths(by_s3fs()))[0]


def some(found: Any) -> str:
    """What one object holds: identifiers, each with a value."""
    assert len(found) > 0
    assert all(isinstance(one, str) and one for one in found)
    return f"{len(found)} rows"


def holds(found: Any) -> str:
    assert FACTS["identifier"] in set(found)
    return f"{len(found)} rows"


def s3fs_paths(files: Any) -> list[str]:
    return list(files.glob(f"{FOLDER}/**/*.parquet"))


def s3fs_pandas() -> str:
    files = by_s3fs()
    return holds(pd.read_parquet(s3fs_paths(files), filesystem=files)[KEY])


def s3fs_dataset() -> str:
    files = by_s3fs()
    return holds(ds.dataset(s3fs_paths(files), filesystem=files).to_table(columns=[KEY])[KEY].to_pylist())


def s3fs_folder() -> str:
    return holds(pd.read_parquet(LOCATION, storage_options=s3fs_options())[KEY])


def s3fs_range() -> None:
    files = by_s3fs()
    name = one_object()
    whole = files.cat_file(name)
    assert whole[:4] == whole[-4:] == b"PAR1"
    assert files.cat_file(name, start=0, end=4) == b"PAR1"
    assert files.cat_file(name, start=-4) == b"PAR1"
    with files.open(name) as stream:
        stream.seek(-4, 2)
        assert stream.read() == b"PAR1"
    assert files.info(name)["size"] == len(whole)


def s3fs_write() -> None:
    files = by_s3fs()
    files.pipe_file(f"{RESULTS}/s3fs/a small one+é.bin", b"small")
    assert files.cat_file(f"{RESULTS}/s3fs/a small one+é.bin") == b"small"
    with files.open(f"{RESULTS}/s3fs/big.bin", "wb", block_size=5 << 20) as stream:
        stream.write(BIG)
    assert files.cat_file(f"{RESULTS}/s3fs/big.bin") == BIG
    files.invalidate_cache()
    assert {one.rpartition("/")[2] for one in files.ls(f"{RESULTS}/s3fs")} == {"a small one+é.bin", "big.bin"}


def s3fs_copy() -> None:
    files = by_s3fs()
    files.pipe_file(f"{RESULTS}/s3fs-copy/one.bin", b"small")
    files.copy(f"{RESULTS}/s3fs-copy/one.bin", f"{RESULTS}/s3fs-copy/two.bin")
    assert files.cat_file(f"{RESULTS}/s3fs-copy/two.bin") == b"small"


def s3fs_to_parquet() -> None:
    options = s3fs_options()
    frame = pd.DataFrame({KEY: ["a", "b"], NUMBER: [1, 2]})
    frame.to_parquet(f"s3://{RESULTS}/pandas.parquet", storage_options=options)
    assert pd.read_parquet(f"s3://{RESULTS}/pandas.parquet", storage_options=options).equals(frame)


def s3fs_delete() -> None:
    files = by_s3fs()
    files.pipe_file(f"{RESULTS}/s3fs-deleted.bin", b"small")
    files.rm_file(f"{RESULTS}/s3fs-deleted.bin")


def s3fs_bucket() -> None:
    by_s3fs().ls(BUCKET)


def s3fs_not_shared() -> None:
    by_s3fs().cat_file(f"{BUCKET}/{FACTS['not_shared'].replace('_', '-')}/data.parquet")


def s3fs_offline_write() -> None:
    by_s3fs().pipe_file(f"{FOLDER}/planted.parquet", b"x")


def arrow_file() -> str:
    return some(pq.read_table(one_object(), filesystem=by_arrow(), columns=[KEY])[KEY].to_pylist())


def arrow_selector() -> str:
    files = by_arrow()
    found = files.get_file_info(arrow_fs.FileSelector(FOLDER, recursive=True))
    names = [one.path for one in found if one.is_file and one.path.endswith(".parquet")]
    return holds(ds.dataset(names, filesystem=files).to_table(columns=[KEY])[KEY].to_pylist())


def arrow_folder() -> str:
    return holds(ds.dataset(FOLDER, filesystem=by_arrow()).to_table(columns=[KEY])[KEY].to_pylist())


def arrow_range() -> None:
    with by_arrow().open_input_file(one_object()) as stream:
        size = stream.size()
        assert stream.read_at(4, 0) == b"PAR1"
        assert stream.read_at(4, size - 4) == b"PAR1"


def arrow_pandas() -> str:
    """Without options pandas takes pyarrow's client, which finds credentials in the process."""
    options = {"filesystem": by_arrow()} if FACTS["way"] == "connect" else {}
    return some(pd.read_parquet(one_object() if options else f"s3://{one_object()}", **options)[KEY])


def arrow_write() -> None:
    files = by_arrow()
    for name, data in (("a small one+é.bin", b"small"), ("big.bin", BIG), ("empty.bin", b"")):
        with files.open_output_stream(f"{RESULTS}/arrow/{name}") as stream:
            for at in range(0, len(data), 1 << 20):
                stream.write(data[at : at + (1 << 20)])
        with files.open_input_stream(f"{RESULTS}/arrow/{name}") as stream:
            assert stream.read() == data
    listed = files.get_file_info(arrow_fs.FileSelector(f"{RESULTS}/arrow"))
    assert {one.base_name: one.size for one in listed} == {"a small one+é.bin": 5, "big.bin": len(BIG), "empty.bin": 0}


def arrow_write_table() -> None:
    files = by_arrow()
    table = pa.table({KEY: ["a", "b"], NUMBER: [1, 2]})
    pq.write_table(table, f"{RESULTS}/arrow-table.parquet", filesystem=files)
    assert pq.read_table(f"{RESULTS}/arrow-table.parquet", filesystem=files).equals(table)


def arrow_dataset(**more: Any) -> Any:
    def flow() -> None:
        files = by_arrow()
        table = pa.table({KEY: ["a", "b"], NUMBER: [1, 2]})
        base = f"{RESULTS}/arrow-dataset"
        ds.write_dataset(
            table, base, filesystem=files, format="parquet", existing_data_behavior="overwrite_or_ignore", **more
        )
        found = files.get_file_info(arrow_fs.FileSelector(base, recursive=True))
        assert ds.dataset([one.path for one in found if one.is_file], filesystem=files).count_rows() == 2

    return flow


def arrow_delete() -> None:
    files = by_arrow()
    pq.write_table(pa.table({KEY: ["a"]}), f"{RESULTS}/arrow-deleted.parquet", filesystem=files)
    files.delete_file(f"{RESULTS}/arrow-deleted.parquet")


def arrow_not_shared() -> None:
    by_arrow().get_file_info(arrow_fs.FileSelector(f"{BUCKET}/{FACTS['not_shared'].replace('_', '-')}"))


def polars_file() -> str:
    return some(pl.scan_parquet(f"s3://{one_object()}", **polars_options()).select(KEY).collect()[KEY])


def polars_folder() -> str:
    return holds(pl.scan_parquet(f"{LOCATION}/", **polars_options()).select(KEY).collect()[KEY])


def polars_glob() -> str:
    return holds(pl.scan_parquet(f"{LOCATION}/**/*.parquet", **polars_options()).select(KEY).collect()[KEY])


def polars_write() -> None:
    frame = pl.DataFrame({KEY: ["a", "b"], NUMBER: [1, 2]})
    frame.write_parquet(f"s3://{RESULTS}/polars.parquet", **polars_options())
    assert pl.read_parquet(f"s3://{RESULTS}/polars.parquet", **polars_options()).equals(frame)


def polars_sink() -> None:
    frame = pl.LazyFrame({"n": range(3_000_000)}).with_columns(m=(pl.col("n") * 7919) % 1_000_003)
    frame.sink_parquet(f"s3://{RESULTS}/polars-big.parquet", compression="uncompressed", **polars_options())
    assert (
        pl.scan_parquet(f"s3://{RESULTS}/polars-big.parquet", **polars_options()).select(pl.len()).collect().item()
        == 3_000_000
    )


def polars_not_shared() -> None:
    pl.scan_parquet(f"s3://{BUCKET}/{FACTS['not_shared'].replace('_', '-')}/", **polars_options()).collect()


FLOWS = {
    "read-offline": {
        # First: what it has listed it remembers, and asks no more.
        "s3fs: pandas.read_parquet(folder)": s3fs_folder,
        "s3fs: glob, pandas.read_parquet(paths)": s3fs_pandas,
        "s3fs: glob, pyarrow.dataset(paths)": s3fs_dataset,
        "s3fs: ranges, info": s3fs_range,
        "s3fs: results written and read": s3fs_write,
        "s3fs: copy": s3fs_copy,
        "s3fs: DataFrame.to_parquet": s3fs_to_parquet,
        "s3fs: rm": s3fs_delete,
        "s3fs: ls(bucket)": s3fs_bucket,
        "s3fs: an object that is not shared": s3fs_not_shared,
        "s3fs: an object into the offline store": s3fs_offline_write,
        "pyarrow: parquet.read_table(path)": arrow_file,
        "pyarrow: ranges": arrow_range,
        "pyarrow: FileSelector, dataset(paths)": arrow_selector,
        "pyarrow: dataset(folder)": arrow_folder,
        "pyarrow: pandas.read_parquet(path)": arrow_pandas,
        "pyarrow: results written and read": arrow_write,
        "pyarrow: parquet.write_table": arrow_write_table,
        "pyarrow: write_dataset(create_dir=False)": arrow_dataset(create_dir=False),
        "pyarrow: write_dataset": arrow_dataset(),
        "pyarrow: delete_file": arrow_delete,
        "pyarrow: a folder that is not shared": arrow_not_shared,
        "Polars: scan_parquet(path)": polars_file,
        "Polars: scan_parquet(folder/)": polars_folder,
        "Polars: scan_parquet(pattern)": polars_glob,
        "Polars: write_parquet": polars_write,
        "Polars: sink_parquet": polars_sink,
        "Polars: a folder that is not shared": polars_not_shared,
    },
}

if __name__ == "__main__":
    ways.run(FLOWS[FACTS["verb"]], boto)
