"""PyAthena's cursors under an access role."""

import os
from functools import partial
from typing import Any

import ways
from pyarrow import fs
from pyathena import connect
from pyathena.arrow.cursor import ArrowCursor
from pyathena.async_cursor import AsyncCursor
from pyathena.cursor import DictCursor
from pyathena.pandas.cursor import PandasCursor
from pyathena.s3fs.cursor import S3FSCursor
from ways import FACTS

# Its Arrow cursor gives pyarrow keys and no endpoint, and pyarrow reads none from the environment then. On AWS there is
# none to give.
fs.S3FileSystem = partial(fs.S3FileSystem, endpoint_override=os.environ["AWS_ENDPOINT_URL"])

boto = ways.session()
KEY, NUMBER = FACTS["record_identifier"], FACTS["number"]
SQL = f'SELECT {KEY}, {NUMBER} FROM "{FACTS["table"]}" LIMIT 3'
UNLOADED = f"{FACTS['output']}pyathena/{FACTS['way']}/" if FACTS["output"] else ""


def cursor(kind: Any = None, *, workgroup: bool = True, place: str | None = None, **more: Any) -> Any:
    """A cursor; by a profile's name where that is the way, as its documentation has it, else on the session."""
    where: dict[str, Any] = {"profile_name": FACTS["profile"]} if FACTS["way"] == "profile" else {"session": boto}
    if workgroup:
        where["work_group"] = FACTS["workgroup"]
    if place:
        where["s3_staging_dir"] = place
    if kind is not None:
        where["cursor_class"] = kind
    return connect(schema_name=FACTS["database"], poll_interval=0.2, **where).cursor(**more)


def rows() -> str:
    with cursor() as on:
        found = on.execute(SQL).fetchall()
        assert len(found) == 3
        assert all(isinstance(number, int) for _, number in found)
        return str(on.output_location)


def primary() -> None:
    with cursor(workgroup=False, place=FACTS["output"]) as on:
        assert len(on.execute(SQL).fetchall()) == 3


def dictionaries() -> None:
    with cursor(DictCursor) as on:
        assert set(on.execute(SQL).fetchone()) == {KEY, NUMBER}


def parameters() -> None:
    with cursor() as on:
        sql = f'SELECT {KEY} FROM "{FACTS["table"]}" WHERE {KEY} = %(key)s'
        assert on.execute(sql, {"key": FACTS["identifier"]}).fetchall()[0] == (FACTS["identifier"],)
        sql = f'SELECT {KEY} FROM "{FACTS["table"]}" WHERE {KEY} = ?'
        found = on.execute(sql, [f"'{FACTS['identifier']}'"], paramstyle="qmark").fetchall()
        assert found[0] == (FACTS["identifier"],)


def pandas() -> None:
    with cursor(PandasCursor) as on:
        found = on.execute(SQL).as_pandas()
    assert len(found) == 3
    assert str(found[NUMBER].dtype) == "Int64"


def arrow() -> None:
    with cursor(ArrowCursor) as on:
        found = on.execute(SQL).as_arrow()
    assert found.num_rows == 3
    assert str(found.schema.field(NUMBER).type) == "int64"


def unload(kind: Any) -> Any:
    def flow() -> None:
        with cursor(kind, place=UNLOADED, unload=True) as on:
            found = on.execute(SQL)
            assert len(found.as_pandas() if kind is PandasCursor else found.as_arrow()) == 3

    return flow


def s3fs() -> None:
    with cursor(S3FSCursor) as on:
        assert len(on.execute(SQL).fetchall()) == 3


def asynchronous() -> None:
    with cursor(AsyncCursor) as on:
        _, future = on.execute(SQL)
        assert len(future.result().fetchall()) == 3


def not_shared() -> None:
    with cursor() as on:
        on.execute(f'SELECT * FROM "{FACTS["not_shared"]}" LIMIT 1')


def metadata() -> None:
    with cursor() as on:
        on.get_table_metadata(FACTS["table"])


def listing() -> None:
    with cursor() as on:
        on.list_table_metadata()


def create_table() -> None:
    with cursor() as on:
        on.execute(f"CREATE TABLE copied AS {SQL}")


FLOWS = {
    "read-offline": {
        "Cursor, work_group=...": rows,
        "Cursor, s3_staging_dir alone": primary,
        "DictCursor": dictionaries,
        "parameters, pyformat and qmark": parameters,
        "PandasCursor": pandas,
        "PandasCursor, unload": unload(PandasCursor),
        "ArrowCursor": arrow,
        "ArrowCursor, unload": unload(ArrowCursor),
        "S3FSCursor": s3fs,
        "AsyncCursor": asynchronous,
        "a table that is not shared": not_shared,
        "CREATE TABLE AS": create_table,
        "get_table_metadata": metadata,
        "list_table_metadata": listing,
    },
}

if __name__ == "__main__":
    ways.run(FLOWS[FACTS["verb"]], boto)
