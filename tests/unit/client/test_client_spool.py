"""Rows that wait on disk come back in order of time, whole."""

from typing import Any

import pytest

from featureshare.client import spool
from featureshare.client.spool import Spool


@pytest.mark.parametrize("in_memory", [10, 10_000_000], ids=["on disk", "in memory"])
@pytest.mark.parametrize(
    "moments", [[1.0, 2.0, 2.0, 3.5], [3.5, 2.0, 1.0, 2.0], [2.0, 2.0, 2.0]], ids=["in order", "mixed", "one moment"]
)
def test_rows_come_back_in_order_of_time(monkeypatch: Any, in_memory: int, moments: list[float]) -> None:
    monkeypatch.setattr(spool, "_IN_MEMORY", in_memory)
    rows = Spool()
    texts = [{"id": f"ключ\n{number}", "labels": ("a", "b\n")} for number in range(len(moments))]
    for number, moment in enumerate(moments):
        rows.add(number + 7, moment, texts[number])
    wanted = [number for _, number in sorted(zip(moments, range(len(moments)), strict=True))]
    assert len(rows) == len(moments)
    assert list(rows) == [(number + 7, texts[number]) for number in wanted]
    assert list(rows) == list(rows)
    rows.close()
    with pytest.raises(ValueError, match="closed"):
        list(rows)


def test_no_row_is_kept_in_memory(monkeypatch: Any) -> None:
    """Bytes of the arrays, and nothing that grows with what a row holds."""
    rows = Spool()
    for number in range(1000):
        rows.add(number, float(number), {"id": "x" * 1000})
    kept = [value for value in vars(rows).values() if hasattr(value, "itemsize")]
    assert sum(len(one) * one.itemsize for one in kept) == 24_000
