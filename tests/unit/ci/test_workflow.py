"""The workflow runs what people run, with pinned actions and no code of a pull request beside a token that writes."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[3]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def steps() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for file in WORKFLOWS:
        for name, job in YAML(typ="safe").load(file)["jobs"].items():
            for step in job["steps"]:
                yield name, job, step


USED = [(name, job, step) for name, job, step in steps() if "uses" in step]
RUN = [(name, job, step) for name, job, step in steps() if "run" in step]


@pytest.mark.parametrize("action", sorted({step["uses"] for _, _, step in USED}))
def test_actions_are_pinned_by_hash(action: str) -> None:
    assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action)


def test_what_is_made_is_a_target() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    made = [target for _, _, step in RUN for target in re.findall(r"\bmake (?:--\w+ )*([a-z-]+)", step["run"])]
    assert {"test", "lint", "scan", "prove", "minimal", "plan", "diff"} <= set(made) <= targets


def test_a_token_that_writes_runs_no_code_of_the_repository() -> None:
    writing = {name for name, job, _ in steps() if job.get("permissions", {}).get("pull-requests") == "write"}
    assert writing == {"comment"}
    assert not [step for name, _, step in USED if name in writing and "checkout" in step["uses"]]


def test_no_expression_is_pasted_into_a_shell() -> None:
    assert [step["run"] for _, _, step in RUN if "${{" in step["run"]] == []


def test_checkouts_leave_no_token_behind() -> None:
    checkouts = [step for _, _, step in USED if "checkout" in step["uses"]]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)
