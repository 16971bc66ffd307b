"""Documents written from the requirements before the rules were read: the bad are found, the good are clean."""

import json
from pathlib import Path
from typing import Any

import pytest
from unseen_documents import bad
from unseen_documents.good import GOOD

from featureshare.scan.loose import scan_documents
from featureshare.scan.rules import load_rules

RULES = load_rules(Path(__file__).parents[3] / "policies" / "checks")
CONTEXT = {
    "owner_account": bad.OWNER,
    "consumer_account": bad.CONSUMER,
    "unrelated_account": bad.UNRELATED,
    "org_id": bad.ORG,
    "region": bad.REGION,
}


def found(kind: str, documents: dict[str, Any], folder: Path) -> dict[str, list[str]]:
    """The rules that complain, by the document's name."""
    names = {f"{number}.json": name for number, name in enumerate(documents)}
    for file, name in names.items():
        (folder / file).write_text(json.dumps({"Version": "2012-10-17", "Statement": documents[name]}))
    index = {"context": CONTEXT, "policies": [{"file": file, "kind": kind} for file in names]}
    (folder / "index.json").write_text(json.dumps(index))
    return {
        names[document.file]: [finding.rule for finding in document.findings]
        for document in scan_documents(folder / "index.json", RULES)
    }


@pytest.mark.parametrize("kind", bad.BAD)
def test_bad_documents_are_found(kind: str, tmp_path: Path) -> None:
    result = found(kind, bad.BAD[kind], tmp_path)
    assert result.keys() == bad.BAD[kind].keys()
    assert [name for name, rules in result.items() if not rules] == []


@pytest.mark.parametrize("kind", GOOD)
def test_good_documents_are_clean(kind: str, tmp_path: Path) -> None:
    result = found(kind, GOOD[kind], tmp_path)
    assert result.keys() == GOOD[kind].keys()
    assert {name: rules for name, rules in result.items() if rules} == {}
