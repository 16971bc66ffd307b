"""The decision log on disk: JSON lines in two files of a bounded size; when both are full, the older one is dropped.

A request takes about 6 KB, and to apply and verify the local environment takes about 5,500 of them, 34 MB: by default
the log reaches back at least seven such runs.
"""

from collections.abc import Iterator
from pathlib import Path

MOST_BYTES = 512 << 20
"""What both files may hold together, in bytes (512 MiB), unless the server is told otherwise."""


def older(path: Path) -> Path:
    """Where the earlier half of the log at `path` is kept."""
    return path.with_suffix(".1" + path.suffix)


def lines(path: Path) -> Iterator[str]:
    """Every line that is still kept, oldest first; none when there is no log."""
    for part in (older(path), path):
        if part.is_file():
            with part.open(encoding="utf-8") as file:
                yield from (line.rstrip("\n") for line in file)


class LogFile:
    """Appends lines; when half of `most_bytes` is full, the file becomes the older one and a new one is begun."""

    def __init__(self, path: Path, most_bytes: int = MOST_BYTES) -> None:
        self._path = path
        self._most = max(most_bytes // 2, 1)
        self._out = path.open("a", encoding="utf-8")
        self._size = path.stat().st_size

    def write(self, line: str) -> None:
        data = line + "\n"
        size = len(data.encode())
        if self._size and self._size + size > self._most:
            self._out.close()
            self._path.replace(older(self._path))
            self._out = self._path.open("w", encoding="utf-8")
            self._size = 0
        self._out.write(data)
        self._size += size

    def flush(self) -> None:
        self._out.flush()

    def close(self) -> None:
        self._out.close()
