"""What has been written, in a file beside the work: a process that was killed goes on where it was.

The first line names the feature group; each further line is the hash of one record that the service has confirmed.
Rows are known by what is in them, so a file that was changed or sorted anew resumes as well. What was on its way when
the process died is written again: the same record with the same event time, which changes nothing online and adds a row
offline that data sets take once.
"""

import hashlib
import json
import os
import threading
from pathlib import Path

from featureshare.client.values import Texts
from featureshare.errors import FeatureShareError


class JournalMismatch(FeatureShareError):
    """A journal that belongs to something else, or is none."""


class Journal:
    """Confirmed records of one group. Without a path it remembers nothing. Not for two processes at once."""

    def __init__(self, path: str | os.PathLike[str] | None, arn: str) -> None:
        self._done: set[str] = set()
        self._lock = threading.Lock()
        self._file: int | None = None
        if path is None:
            return
        place = Path(path)
        if place.exists() and place.stat().st_size:
            self._done = self._read(place, arn)
        self._file = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        if not self._done and not place.stat().st_size:
            os.write(self._file, f"{json.dumps({'featureshare-journal': 1, 'feature_group': arn})}\n".encode())

    @property
    def keeps(self) -> bool:
        return self._file is not None

    def has(self, key: str) -> bool:
        """Whether an earlier run confirmed it."""
        return key in self._done

    def confirm(self, key: str) -> None:
        """Note that a record was written; a line that is cut short by the end of the process counts as not written."""
        if self._file is not None:
            with self._lock:
                os.write(self._file, f"{key}\n".encode())

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    @staticmethod
    def _read(place: Path, arn: str) -> set[str]:
        text = place.read_text(encoding="utf-8")
        first, _, rest = text.partition("\n")
        try:
            header = json.loads(first)
            of = header["feature_group"]
        except (ValueError, KeyError, TypeError):
            raise JournalMismatch(f"{place} is no journal of an ingestion; name another file.") from None
        if of != arn:
            raise JournalMismatch(f"{place} is the journal of an ingestion into {of}, not {arn}; name another file.")
        if not text.endswith("\n"):  # the last line was cut short: what comes next begins a new one
            rest = rest.rpartition("\n")[0] + "\n"
            place.write_text(f"{first}\n{rest.lstrip()}", encoding="utf-8")
        return {line for line in rest.splitlines() if line}


def key_of(texts: Texts) -> str:
    """The hash of a record's contents."""
    return hashlib.blake2b(json.dumps(texts, sort_keys=True).encode(), digest_size=12).hexdigest()
