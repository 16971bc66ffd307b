"""Every rule finds its bad examples, and none of them finds fault with any rule's good example."""

from pathlib import Path

import pytest

from featureshare.scan.model import ALL_KINDS, EXAMPLE_CONTEXT
from featureshare.scan.rules import BrokenRules, Rule, judge, load_rules, parse

ROOT = Path(__file__).parents[3]
CHECKS = ROOT / "policies" / "checks"
RULES = load_rules(CHECKS)
BAD = [(rule, kind, document) for rule in RULES for kind, document in rule.bad]
GOOD = [(rule, kind, document) for rule in RULES for kind, document in rule.good]


def names(cases: list) -> list[str]:
    return [f"{rule.id}-{number}" for number, (rule, _, _) in enumerate(cases)]


@pytest.mark.parametrize(("rule", "kind", "document"), BAD, ids=names(BAD))
def test_a_bad_example_is_found_and_the_statement_named(rule: Rule, kind, document) -> None:
    assert kind in rule.kinds
    found = rule.findings(parse(document, kind), kind, EXAMPLE_CONTEXT)
    assert found
    assert {finding.rule for finding in found} == {rule.id}
    labels = {one.label for one in parse(document, kind).statements}
    assert {finding.statement for finding in found} <= labels | {""}


@pytest.mark.parametrize(("rule", "kind", "document"), GOOD, ids=names(GOOD))
def test_a_good_example_is_clean_for_every_rule(rule: Rule, kind, document) -> None:
    assert judge(parse(document, kind), kind, EXAMPLE_CONTEXT, RULES) == []


def test_ids_are_stable_and_without_a_gap() -> None:
    assert [rule.id for rule in RULES] == [f"FS{number:03d}" for number in range(1, 33)]


@pytest.mark.parametrize("kind", [*ALL_KINDS, "attachment"])
def test_every_kind_has_a_rule(kind: str) -> None:
    assert [rule for rule in RULES if kind in rule.kinds]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_readme_lists_the_rule(rule: Rule) -> None:
    row = f"| `{rule.id}` | {rule.severity} | {', '.join(rule.kinds)} | {rule.title} | {rule.fix} |"
    assert row.replace("*", "\\*") in (CHECKS / "README.md").read_text()


def test_rules_know_nothing_of_checkov() -> None:
    for file in CHECKS.glob("fs*.py"):
        assert "checkov" not in file.read_text(), file.name


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_a_plain_deny_is_never_found_fault_with(kind) -> None:
    statement = {"Effect": "Deny", "Action": "*"}
    statement |= {} if kind == "trust" else {"Resource": "*"}
    statement |= {"Principal": "*"} if kind in ("trust", "s3", "kms", "glue") else {}
    statement["Condition"] = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-featureshar"}}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    assert judge(parse(document, kind), kind, EXAMPLE_CONTEXT, RULES) == []


RULE = """
ID = "FS001"
SEVERITY = "HIGH"
TITLE = FIX = "words"
KINDS = ("identity",)
GOOD = BAD = [("identity", {})]


def findings(document, kind, context):
    return []
"""


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "holds no rule"),
        ({"fs001_one.py": RULE.replace("findings", "other")}, "FS001|must have"),
        ({"fs001_one.py": RULE.replace("GOOD = BAD", "GOOD")}, "incomplete"),
        ({"fs001_one.py": "import nothing_of_this_name"}, "does not load"),
        ({"fs002_one.py": RULE}, "must have id FS002"),
        ({"fs001_one.py": RULE, "fs001_two.py": RULE}, "share an id"),
        ({"fs001_one.py": RULE, "other.py": ""}, "is no rule"),
        ({"fs001_one.py": RULE, "rule.yaml": "definition: {operator: eqals}"}, "is no rule"),
        ({"fs001_one.py": RULE.replace('"HIGH"', '"DIRE"')}, "severity"),
    ],
)
def test_a_folder_that_is_not_whole_is_refused(tmp_path: Path, files: dict[str, str], message: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(BrokenRules, match=message):
        load_rules(tmp_path)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenRules, match="no folder"):
        load_rules(tmp_path / "checks")


def test_a_rule_that_raises_is_an_error_and_not_a_pass(tmp_path: Path) -> None:
    (tmp_path / "fs001_one.py").write_text(RULE.replace("return []", "return document.nothing"))
    with pytest.raises(BrokenRules, match="FS001 failed"):
        judge(parse({"Statement": []}, "identity"), "identity", EXAMPLE_CONTEXT, load_rules(tmp_path))
