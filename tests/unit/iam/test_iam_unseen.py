"""Cases written from the rules before the engine was read: each decided as the rule says, no ill-formed one allowed."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner
from unseen import conditions, forms, layers, matching, services

from featureshare.cli.iam import app
from featureshare.iam import decide
from featureshare.iam.cases import parse_case

CASES: list[dict[str, Any]] = matching.CASES + conditions.CASES + layers.CASES + services.CASES + forms.CASES
TOPICS = sorted({case["topic"] for case in CASES})

NOT_CASES = {
    "no JSON": "{",
    "a list": "[]",
    "text": '"x"',
    "two objects": "{} {}",
    "NaN": '{"id": "x", "request": NaN}',
    "no request": '{"id": "x"}',
    "request is null": '{"id": "x", "request": null}',
    "no id": json.dumps(CASES[0] | {"id": ""}),
    "id of a list": json.dumps(CASES[0] | {"id": ["x"]}),
    "no principal": json.dumps(CASES[0] | {"request": CASES[0]["request"] | {"principal": None}}),
    "no action": json.dumps(CASES[0] | {"request": CASES[0]["request"] | {"action": 5}}),
    "resource is text": json.dumps(CASES[0] | {"request": CASES[0]["request"] | {"resource": "arn:aws:s3:::x"}}),
    "no account": json.dumps(CASES[0] | {"request": CASES[0]["request"] | {"resource": {"arn": "arn:aws:s3:::x"}}}),
    "context is a list": json.dumps(CASES[0] | {"request": CASES[0]["request"] | {"context": []}}),
    "context value is an object": json.dumps(CASES[0] | {"request": CASES[0]["request"] | {"context": {"k": {}}}}),
    "levels is text": json.dumps(CASES[0] | {"scps": "full"}),
    "level is a document": json.dumps(CASES[0] | {"scps": [forms.FULL]}),
    "identity is text": json.dumps(CASES[0] | {"identity_policies": "all"}),
    "principal is in two places": '{"id":"x","request":{"principal":"a","principal":"b"}}',
}  # fmt: skip


@pytest.mark.parametrize("topic", TOPICS)
def test_every_case_is_decided_as_the_rules_say(topic: str) -> None:
    wrong = []
    for raw in CASES:
        if raw["topic"] == topic:
            case = parse_case(json.dumps(raw))
            decision = decide(case.request, case.world)
            if ("Allow" if decision.allowed else "Deny", decision.result) != case.expected:
                wrong.append((case.id, case.name, case.expected, decision.result, list(map(str, decision.reasons))))
    assert wrong == []


def test_nothing_ill_formed_allows() -> None:
    allowed = []
    for raw in forms.DENIED:
        case = parse_case(json.dumps(raw))
        if decide(case.request, case.world).allowed:
            allowed.append((case.id, case.name))
    assert allowed == []


@pytest.mark.parametrize("line", NOT_CASES.values(), ids=NOT_CASES)
def test_a_line_that_is_no_case_is_named_and_its_neighbours_are_decided(line: str, tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join([json.dumps(CASES[1]), line, "", json.dumps(CASES[0])]))
    result = CliRunner().invoke(app, ["decide", str(file)])
    assert result.exit_code == 2
    assert [json.loads(text)["id"] for text in result.stdout.splitlines()] == [CASES[1]["id"], CASES[0]["id"]]
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith(f"{file}:2: ")


def test_the_tables_are_whole() -> None:
    cases = CASES + forms.DENIED
    assert max(Counter(case["id"] for case in cases).values()) == 1
    assert len(CASES) > 800
    assert {"kms", "sts", "cross", "organization", "notprincipal", "set", "variable"} <= set(TOPICS)
