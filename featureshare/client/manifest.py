"""What a data set was built from, so that the same one can be built again: plain JSON, and the hash of its rows."""

import hashlib
import json
import sys
from array import array
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any

from featureshare.client.sharing import Group
from featureshare.errors import FeatureShareError

VERSION = 1
_MASK = (1 << 128) - 1


class NotTheSame(FeatureShareError):
    """A data set that was built again and is not what its manifest says."""


class NotCopied(NotTheSame):
    """A replica has not all of what a data set was built from; `objects` are those it lacks, by group, as (key, version
    id)."""

    def __init__(self, message: str, objects: Mapping[str, tuple[tuple[str, str], ...]]) -> None:
        super().__init__(message)
        self.objects = objects


@dataclass(frozen=True)
class Manifest:
    """`as_of` is ISO 8601; `spine` names a group or describes rows; `groups` hold the schema and the objects that the
    store consisted of (key, version id, ETag, bytes); `hash` is of the rows in any order."""

    team: str
    environment: str
    as_of: str
    spine: Mapping[str, Any]
    event_time: str | None
    features: tuple[str, ...]
    on: Mapping[str, str]
    sql: tuple[str, ...]
    groups: Mapping[str, Any]
    columns: tuple[str, ...]
    rows: int
    hash: str

    def save(self, path: str | PathLike[str]) -> None:
        """Write it as JSON."""
        document = {"featureshare-manifest": VERSION, **asdict(self)}
        Path(path).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")

    @staticmethod
    def load(path: str | PathLike[str]) -> "Manifest":
        """Read what `save` wrote. Raises NotTheSame for anything else."""
        try:
            document = json.loads(Path(path).read_text(encoding="utf-8"))
            if document.pop("featureshare-manifest") != VERSION:
                raise NotTheSame(f"{path} is a manifest of another version of featureshare.")
            lists = {key: tuple(document[key]) for key in ("features", "sql", "columns")}
            return Manifest(**{**document, **lists})
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotTheSame(f"{path} is no manifest of a data set ({type(error).__name__}: {error}).") from None

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.as_of)


def schema_version(group: Group) -> str:
    """A short name of a group's features and types, in order: another schema has another."""
    text = json.dumps([group.record_identifier, group.event_time, list(group.features.items())])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


class RowsHash:
    """The hash of rows whatever their order and files: the sum of the rows' own hashes."""

    def __init__(self) -> None:
        self.rows = 0
        self._total = 0

    def add(self, batch: Any) -> None:
        """Take an Arrow record batch; columns in the order of their names."""
        import pyarrow as pa
        import pyarrow.compute as pc

        self.rows += batch.num_rows
        texts = []
        for name in sorted(batch.schema.names):
            column = batch.column(name)
            # Times differ by unit from engine to engine; what data sets hold of them is text or numbers.
            column = pc.cast(column, pa.string())
            length = pc.cast(pc.utf8_length(column), pa.string())
            # The length says where a text ends, so that no two rows have one text.
            texts += [pc.fill_null(length, "-"), pc.fill_null(column, "")]
        joined = pc.binary_join_element_wise(*texts, ":") if texts else pa.array([""] * batch.num_rows)
        hashes = [hashlib.blake2b(row, digest_size=16).digest() for row in pc.cast(joined, pa.binary()).to_pylist()]
        # Numbers of 128 bits, added up in halves of 64: ten million rows are hashed twice for a data set.
        words = array("Q", b"".join(hashes))
        if sys.byteorder == "little":
            words.byteswap()
        self._total = (self._total + (sum(words[::2]) << 64) + sum(words[1::2])) & _MASK

    def digest(self) -> str:
        """The number of rows and their hash, as text."""
        return f"rows-blake2b-128:{self._total:032x}"


def behind(replica: str, manifest: Manifest, groups: Mapping[str, Any]) -> None:
    """Raises NotCopied when a replica lacks objects of a manifest. Replication keeps keys and version ids.

    Source: S3 User Guide, "What does Amazon S3 replicate?": objects keep their version IDs.
    """
    lacking, words = {}, []
    for name, wanted in manifest.groups.items():
        if lacks := _lacking(wanted, groups.get(name, {})):
            lacking[name] = tuple(lacks)
            key, version = lacks[0]
            words.append(
                f"{len(lacks)} of {len(wanted['objects'])} objects of {name}, such as {key} (version {version})"
            )
    if lacking:
        raise NotCopied(
            f"replica {replica} lacks {'; '.join(words)}. Either S3 has not copied them yet, which takes minutes as a "
            "rule: build it again later; or they are older than the replica, were deleted there or written anew at the "
            "source: the platform team sees which by featureshare replica check.",
            lacking,
        )


def _lacking(wanted: Mapping[str, Any], got: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The (key, version id) of objects of a group that are not among those that were found."""
    have = {(one["key"], one["version"]) for one in got.get("objects", ())}
    return [place for one in wanted["objects"] if (place := (one["key"], one["version"])) not in have]


def different(manifest: Manifest, groups: Mapping[str, Any], rows: int, digest: str) -> list[str]:
    """What is not as the manifest says, in words; empty when the data set is the same."""
    found = []
    for name, wanted in manifest.groups.items():
        got = groups.get(name, {})
        if got.get("schema_version") != wanted["schema_version"]:
            found.append(f"the schema of {name} has changed")
        gone = _lacking(wanted, got)
        if gone and got.get("objects"):
            found.append(f"{len(gone)} objects of {name} are gone or were written anew, such as {gone[0][0]}")
    if rows != manifest.rows:
        found.append(f"{rows} rows instead of {manifest.rows}")
    elif digest != manifest.hash:
        found.append("the rows have other values")
    return found
