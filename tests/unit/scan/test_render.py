"""Our own documents are clean, a widened one is not, and plans from before a change are refused."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from featureshare.render import render
from featureshare.scan.checkov import ScanFailed
from featureshare.scan.environment import rendered, scan_render, scan_stacks

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def local() -> dict[str, Any]:
    return render("local", ROOT)


def test_the_documents_of_local_are_clean(local: dict[str, Any]) -> None:
    count, found = scan_render(local, ROOT / "policies")
    assert count > 70
    assert found == ()


def widened(local: dict[str, Any], policy: str, statement: str, **changes: Any) -> dict[str, Any]:
    """The render with one statement of the first role that has this policy changed."""
    changed = copy.deepcopy(local)
    role = next(role for role in changed["roles"].values() if policy in role["policies"])
    document = json.loads(role["policies"][policy])
    next(one for one in document["Statement"] if one["Sid"] == statement).update(changes)
    role["policies"][policy] = json.dumps(document)
    return changed


@pytest.mark.parametrize(
    ("policy", "statement", "changes", "rule"),
    [
        ("read-online", "ReadRecords", {"Action": "sagemaker:*Record"}, "FS001"),
        ("read-online", "ReadRecords", {"Resource": "*"}, "FS002"),
        ("read-offline", "DecryptOfflineObjects", {"Condition": {}}, "FS025"),
        ("read-offline", "ReadOfflineObjects", {"Resource": "arn:aws:s3:::fs-offline-*"}, "FS004"),
    ],
)
def test_a_widened_statement_is_found_with_template_and_sid(
    local: dict[str, Any], policy: str, statement: str, changes: dict[str, Any], rule: str
) -> None:
    _, found = scan_render(widened(local, policy, statement, **changes), ROOT / "policies")
    one = next(one for one in found if one.finding.rule == rule)
    assert one.finding.statement == statement
    assert one.template == f"policies/identity/{policy}.json.tftpl"


def test_a_render_without_documents_is_an_error(local: dict[str, Any]) -> None:
    empty = {**local, "roles": {}, "managed_policies": {}, "buckets": {}, "keys": {}, "catalogs": {}}
    empty |= {"landing_zone": {}, "organization": {"scps": {}}}
    with pytest.raises(ScanFailed, match="no document"):
        scan_render(empty, ROOT / "policies")


def test_a_missing_plan_is_an_error(local: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ScanFailed, match="No plan of central"):
        scan_stacks(local, {"central": "222222222222"}, tmp_path, root=ROOT, out=tmp_path)


def test_plans_from_before_a_change_are_an_error(local: dict[str, Any], tmp_path: Path) -> None:
    resources = [
        {
            "address": f"aws_iam_role_policy.r{number}",
            "mode": "managed",
            "type": "aws_iam_role_policy",
            "name": f"r{number}",
            "values": {"policy": document.text},
        }
        for number, document in enumerate(rendered(local))
        if document.planned and document.kind == "identity"
    ]
    plan = {"format_version": "1.2", "planned_values": {"root_module": {"resources": resources}}}
    (tmp_path / "central.json").write_text(json.dumps(plan))
    with pytest.raises(ScanFailed, match="is in no plan"):
        scan_stacks(local, {"central": "222222222222"}, tmp_path, root=ROOT, out=tmp_path)
