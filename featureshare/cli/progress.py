"""Shows runs of stacks while they go: a live table on a terminal, a line for each step elsewhere."""

import sys
import threading
import time
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.table import Table

from featureshare.runner.guards import Counts
from featureshare.runner.report import Report, StackResult
from featureshare.runner.stacks import Stack

_STYLES = {"failed": "bold red", "refused": "bold red", "waiting": "yellow", "unchanged": "dim", "absent": "dim"}


class Progress:
    """An observer of runs, to be used as a context; writes to stderr, so that stdout holds results alone."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._quiet = quiet
        self._start = time.monotonic()
        self._lock = threading.Lock()
        self._rows: dict[str, tuple[str, str, int, int]] = {}
        self._live: Live | None = None

    def __enter__(self) -> "Progress":
        if not self._quiet and sys.stderr.isatty():
            self._live = Live(console=self._console, transient=True, refresh_per_second=8, get_renderable=self._table)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
        if isinstance(error, KeyboardInterrupt) and not self._quiet:
            self._console.print("Interrupted; Terraform has stopped and released its locks.")

    def __call__(self, stack: Stack, phase: str, detail: str, done: int, total: int) -> None:
        with self._lock:
            before = self._rows.get(stack.name)
            self._rows[stack.name] = (phase, detail, done, total)
        if not self._quiet and self._live is None and (before is None or before[0] != phase):
            what = f" {total} changes" if total else ""
            self._console.print(f"{time.monotonic() - self._start:6.1f}s  {stack.name}: {phase}{what}", soft_wrap=True)

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        with self._lock:
            rows = dict(self._rows)
        for name, (phase, detail, done, total) in rows.items():
            table.add_row(name, phase, f"{done}/{total}" if total else "", detail[:80], style=None)
        return table


def summary(report: Report) -> Table:
    """One row a stack."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("stack", "account"):
        table.add_column(heading, no_wrap=True)
    for heading in ("add", "change", "destroy", "seconds"):
        table.add_column(heading, justify="right")
    table.add_column("result", no_wrap=True)
    for result in report.results:
        table.add_row(*_cells(result), style=_STYLES.get(result.result))
    if len(report.results) > 1:
        total = [sum(getattr(r.counts, kind) for r in report.results) for kind in ("add", "change", "destroy")]
        table.add_row("total", "", *map(str, total), "", "", style="bold")
    return table


def _cells(result: StackResult) -> tuple[str, ...]:
    counts: Counts = result.counts
    return (
        result.stack.name,
        result.stack.account,
        *(str(number) if number else "-" for number in (counts.add, counts.change, counts.destroy)),
        f"{result.seconds:.1f}",
        result.result,
    )
