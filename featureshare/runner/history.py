"""What the last run of each stack from this clone did; a note for people, never read by a run."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from featureshare.runner.report import Report

_FILE = "runs.json"


def remember(state: Path, report: Report) -> None:
    """Note the results in the environment's state folder."""
    when = datetime.now(UTC).isoformat(timespec="seconds")
    runs = recall(state) | {result.stack.name: result.record() | {"when": when} for result in report.results}
    scratch = state / f"{_FILE}.new"
    scratch.write_text(json.dumps(runs, indent=1), encoding="utf-8")
    scratch.replace(state / _FILE)


def recall(state: Path) -> dict[str, Any]:
    """The last result of each stack, by its name."""
    try:
        runs = json.loads((state / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return runs if isinstance(runs, dict) else {}
