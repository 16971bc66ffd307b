"""Rows from what people have: a pandas DataFrame, a Parquet file or folder, an Arrow table, dictionaries."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from featureshare.client.sharing import Group
from featureshare.errors import FeatureShareError

_BATCH = 10_000


class SchemaMismatch(FeatureShareError):
    """The data's columns are not the group's features; nothing was written."""


class MissingExtra(FeatureShareError):
    """An optional package is needed for this."""


def columns_of(data: Any) -> list[str] | None:
    """The column names, or None when each row has its own (dictionaries)."""
    if isinstance(data, (str, Path)):
        return [str(name) for name in dataset_of(data).schema.names]
    if hasattr(data, "column_names"):
        return [str(name) for name in data.column_names]
    if hasattr(data, "columns"):
        return [str(name) for name in data.columns]
    return None


def check_columns(group: Group, names: Iterable[str]) -> None:
    """Raises SchemaMismatch when a column is no feature, or the identifier or the event time is not there."""
    names = list(names)
    unknown = [name for name in names if name not in group.features]
    lacking = [name for name in (group.record_identifier, group.event_time) if name not in names]
    if unknown or lacking:
        said = []
        if unknown:
            said.append(f"no features of it: {', '.join(unknown)}")
        if lacking:
            said.append(f"not there: {', '.join(lacking)}")
        raise SchemaMismatch(
            f"the columns do not fit {group.name} ({'; '.join(said)}). Its features: {', '.join(group.features)}."
        )


def rows_of(data: Any) -> Iterator[Mapping[str, Any]]:
    """The rows as dictionaries, in the order they come; files are read piece by piece."""
    if isinstance(data, (str, Path)):
        for batch in stored_batches(data, _BATCH):
            yield from batch.to_pylist()
    elif hasattr(data, "to_batches"):
        for batch in data.to_batches(max_chunksize=_BATCH):
            yield from batch.to_pylist()
    elif hasattr(data, "itertuples"):
        names = [str(name) for name in data.columns]
        for values in data.itertuples(index=False, name=None):
            yield dict(zip(names, values, strict=True))
    else:
        yield from data


def arrow(what: str) -> Any:
    """The module pyarrow. Raises MissingExtra, which says for what it is needed."""
    try:
        import pyarrow
    except ModuleNotFoundError:
        raise MissingExtra(f"{what} needs pyarrow: pip install 'featureshare[data]'.") from None
    return pyarrow


def dataset_of(path: str | Path) -> Any:
    """A Parquet file or folder as an Arrow dataset. Raises SchemaMismatch when it is not there."""
    arrow("reading Parquet")
    import pyarrow.dataset

    if not Path(path).exists():
        raise SchemaMismatch(f"there is no file or folder {path}.")
    # Arrow would keep every byte that it has read until the file is closed.
    plain = pyarrow.dataset.ParquetFileFormat(pre_buffer=False)
    return pyarrow.dataset.dataset(str(path), format=plain)


def stored_batches(path: str | Path, size: int) -> Iterator[Any]:
    """The rows of a Parquet file or folder as record batches of at most `size` rows, a few in memory at once."""
    # With threads Arrow reads ahead of a slow reader, whatever the limits say: hundreds of MB.
    yield from dataset_of(path).to_batches(batch_size=size, batch_readahead=1, fragment_readahead=1, use_threads=False)
