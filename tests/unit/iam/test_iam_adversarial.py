"""Cases made to be got wrong, in the format of `featureshare iam decide`. `adversarial.jsonl` holds them.

The expected results were written by hand from our reference on IAM semantics (the topic is its rule), never by the
engine.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from featureshare.iam import decide
from featureshare.iam.cases import parse_case

LINES = (Path(__file__).parent / "adversarial.jsonl").read_text().splitlines()
CASES: list[dict[str, Any]] = [json.loads(line) for line in LINES]


@pytest.mark.parametrize("line", [pytest.param(line, id=case["id"]) for line, case in zip(LINES, CASES, strict=True)])
def test_case(line: str) -> None:
    case = parse_case(line)
    decision = decide(case.request, case.world)
    shown = "\n".join(map(str, (case.name, *decision.reasons, *decision.findings)))
    assert ("Allow" if decision.allowed else "Deny", decision.result) == case.expected, shown


def test_every_case_has_a_name_of_its_own_and_every_section_is_there() -> None:
    assert max(Counter(case["id"] for case in CASES).values()) == 1
    assert max(Counter((case["topic"], case["name"]) for case in CASES).values()) == 1
    assert {case["topic"][0] for case in CASES} >= set("123456i")
    assert len(CASES) >= 150
