"""What is read from a plan, and files that are no plan. Traps: unknown policies, empty and garbage files, HCL."""

import json
from pathlib import Path
from typing import Any

import pytest

from featureshare.scan import planted
from featureshare.scan.builtin import read_builtin
from featureshare.scan.checkov import ScanFailed, scan_plans
from featureshare.scan.model import EXAMPLE_CONTEXT
from featureshare.scan.plan import BadPlan, PlanDocument, documents, documents_of, judge_document, read_plan, unwrapped
from featureshare.scan.rules import BrokenRules, load_rules
from featureshare.scan.templates import template_of

ROOT = Path(__file__).parents[3]
RULES = load_rules(ROOT / "policies" / "checks")
DENY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}'


def plan_of(*resources: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    listed = [
        {"address": f"{kind}.r{number}", "mode": "managed", "type": kind, "name": f"r{number}", "values": values}
        for number, (kind, values) in enumerate(resources)
    ]
    return {"format_version": "1.2", "planned_values": {"root_module": {"resources": listed}}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no JSON"),
        ('resource "aws_iam_role" "a" {}', "no JSON"),
        ("[]", "no plan"),
        ('{"format_version": "1.2"}', "no plan"),
        ('{"format_version": "1.2", "planned_values": {}}', "no resource"),
        ('{"format_version": "1.2", "planned_values": {"root_module": {"resources": []}}}', "no resource"),
        ('{"format_version": "1.2", "planned_values": {}, "errored": true}', "planning failed"),
    ],
)
def test_a_file_that_is_no_plan_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "plan.json").write_text(text)
    with pytest.raises(BadPlan, match=message):
        read_plan(tmp_path / "plan.json")


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(BadPlan, match="cannot be read"):
            read_plan(path)


def test_an_unknown_policy_is_a_finding() -> None:
    for document in documents(plan_of(("aws_iam_role_policy", {}), ("aws_iam_role", {"assume_role_policy": None}))):
        assert document.source is None
        assert [finding.rule for finding in judge_document(document, EXAMPLE_CONTEXT, RULES)] == ["FS030"]


def test_a_policy_on_a_resource_that_no_rule_knows_is_refused() -> None:
    with pytest.raises(BadPlan, match="aws_sns_topic"):
        documents(plan_of(("aws_sns_topic_policy", {"policy": DENY})))


def test_documents_of_every_kind_are_found() -> None:
    role = {"assume_role_policy": "{}", "managed_policy_arns": ["a"], "inline_policy": [{"policy": "{}"}]}
    kinds = [document.kind for document in documents_of("aws_iam_role", "x", role)]
    assert kinds == ["trust", "attachment", "identity"]
    boundary = next(documents_of("aws_iam_policy", "x", {"policy": "{}", "path": "/fs/boundary/"}))
    assert boundary.kind == "boundary"
    assert next(documents_of("aws_kms_key", "x", {"policy": "{}"})).kind == "kms"
    assert [document.source for document in documents_of("aws_s3_bucket", "x", {"policy": None})] == []
    attached = next(documents_of("aws_iam_role_policy_attachment", "x", {"policy_arn": "arn"}))
    assert attached == PlanDocument("x", "policy_arn", "attachment", {"PolicyArn": "arn"})


def test_every_rule_has_a_planted_example_and_this_process_finds_each() -> None:
    trap = planted.plant(RULES)
    assert {check for check, _ in trap.expected} == {rule.id for rule in RULES} | {planted.CACHED_CHECK}
    found = {
        (finding.rule, document.address)
        for document in documents(trap.plan)
        for finding in judge_document(document, EXAMPLE_CONTEXT, RULES)
    }
    assert {one for one in trap.expected if one[0] != planted.CACHED_CHECK} <= found


def test_a_finding_leads_to_its_template() -> None:
    sids = [
        "RunQueries",
        "ReadTables",
        "ReadDefaultDatabase",
        "ReadOfflineObjects",
        "ListOfflineObjects",
        "LocateOfflineBucket",
        "DecryptOfflineObjects",
    ]
    name = template_of(ROOT / "policies", "identity", sids, "ReadTables")
    assert name == "policies/identity/read-offline.json.tftpl"
    assert template_of(ROOT / "policies", "identity", ["Other"], "Other") == ""


def test_nothing_to_scan_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ScanFailed, match="no plan"):
        scan_plans({}, {}, root=ROOT, out=tmp_path)


def test_rules_that_checkov_would_not_load_are_an_error(tmp_path: Path) -> None:
    root = tmp_path / "clone"
    checks = root / "policies" / "checks"
    checks.mkdir(parents=True)
    for file in (ROOT / "policies" / "checks").glob("*.py"):
        (checks / file.name).write_text(file.read_text())
    (checks / "adapter").mkdir()
    (checks / "adapter" / "featureshare_rules.py").write_text("")
    with pytest.raises(BrokenRules, match="__init__"):
        scan_plans({"a": tmp_path / "a.json"}, {}, root=root, out=tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        '{"skip": {"CKV_AWS_1": ""}, "accept": []}',
        '{"skip": {"FS001": "a reason that is long enough"}, "accept": []}',
        '{"skip": {}, "accept": [{"checks": ["CKV_AWS_1"], "resource": "*", "reason": "short"}]}',
    ],
)
def test_a_skip_needs_a_reason_and_never_names_one_of_ours(tmp_path: Path, content: str) -> None:
    (tmp_path / "builtin.json").write_text(content)
    with pytest.raises(BrokenRules):
        read_builtin(tmp_path / "builtin.json")


def test_accepted_findings_are_accepted_where_the_file_says_and_nowhere_else() -> None:
    builtin = read_builtin(ROOT / "policies" / "checks" / "builtin.json")
    assert builtin.reason("CKV_AWS_290", "module.central_store.aws_iam_policy.boundary[0]")
    assert not builtin.reason("CKV_AWS_290", "module.central_team.aws_iam_role_policy.this")
    assert not builtin.reason("CKV_AWS_287", "module.central_store.aws_iam_policy.boundary[0]")


def test_planted_plans_are_plain_json(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(planted.plant(RULES).plan))
    assert read_plan(tmp_path / "plan.json")


def test_checkovs_form_of_a_role_read_back_holds_the_same_documents() -> None:
    """After an apply a role lists its inline policies; checkov wraps the values of each block once more."""
    policies = [{"name": "read", "policy": '{"a": 1}'}, {"name": "key", "policy": '{"b": 2}'}]
    read_back = {"assume_role_policy": "{}", "managed_policy_arns": ["a", "b"], "inline_policy": policies}
    wrapped = {
        "assume_role_policy": [{}],
        "managed_policy_arns": [["a", "b"]],
        "inline_policy": [{name: [value] for name, value in block.items()} for block in policies],
    }

    def inline(values: dict[str, Any]) -> list[Any]:
        return [one.source for one in documents_of("aws_iam_role", "", values) if one.attribute == "inline_policy"]

    assert inline(unwrapped(wrapped)) == inline(read_back) == ['{"a": 1}', '{"b": 2}']
