"""Rows that wait for their turn, on disk: an ingestion is ordered by event time, and data may be larger than memory."""

import json
import tempfile
from array import array
from collections.abc import Iterator, Sequence

from featureshare.client.values import Text, Texts

_IN_MEMORY = 8 * 1024 * 1024  # bytes; what is smaller never touches a disk


class Spool:
    """Rows as texts by feature, given back in order of their moments; rows of one moment in the order they came.

    In memory stay 24 bytes a row (and while it is sorted some 60 more); the rest is a temporary file without a name,
    which ends with the process at the latest.
    """

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY, prefix="featureshare-rows-")  # noqa: SIM115
        self._numbers, self._places, self._moments = array("q"), array("q"), array("d")
        self._end = 0

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, number: int, moment: float, texts: Texts) -> None:
        """Keep row `number`, whose event time is `moment` in Unix seconds."""
        line = json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        self._file.write(line)
        self._numbers.append(number)
        self._moments.append(moment)
        self._places.append(self._end)
        self._end += len(line)

    def __iter__(self) -> Iterator[tuple[int, Texts]]:
        """(number, texts) of every row in order."""
        place = -1
        for index in self._order():
            if self._places[index] != place:
                self._file.seek(self._places[index])
            line = self._file.readline()
            place = self._places[index] + len(line)
            yield self._numbers[index], {name: _text(value) for name, value in json.loads(line).items()}

    def _order(self) -> Sequence[int]:
        moments = self._moments
        if all(moments[at] <= moments[at + 1] for at in range(len(moments) - 1)):
            return range(len(moments))
        return array("q", sorted(range(len(moments)), key=moments.__getitem__))

    def close(self) -> None:
        """Give up the file."""
        self._file.close()


def _text(value: str | list[str]) -> Text:
    return value if isinstance(value, str) else tuple(value)
