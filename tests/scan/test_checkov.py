"""checkov itself, in its own environment: the ways in which it passes without having looked.

Needs .venv-checkov (`make scan` makes it). Each run takes some seconds, so tests share them.
"""

import json
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from featureshare.scan.checkov import ScanFailed, ScanReport, scan_plans
from featureshare.scan.examples import OWNER, allow, policy, root, trust
from featureshare.scan.model import EXAMPLE_CONTEXT

ROOT = Path(__file__).parents[2]
GOOD = policy(allow("sagemaker:GetRecord", f"arn:aws:sagemaker:eu-west-1:{OWNER}:feature-group/sessions"))
BAD = policy(
    allow(
        ["sagemaker:BatchGetRecord", "sagemaker:DescribeFeatureGroup", "sagemaker:GetRecord"],
        f"arn:aws:sagemaker:eu-west-1:{OWNER}:feature-group/*",
        sid="ReadRecords",
    )
)
ESCALATION = policy(allow("iam:PutRolePolicy", "*"))


def resource(kind: str, name: str, values: dict[str, Any], module: str = "") -> dict[str, Any]:
    address = f"{module}.{kind}.{name}" if module else f"{kind}.{name}"
    return {
        "address": address,
        "mode": "managed",
        "type": kind,
        "name": name,
        "values": values,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "schema_version": 0,
    }


def plan(resources: list[dict[str, Any]], modules: dict[str, list[dict[str, Any]]] | None = None) -> dict[str, Any]:
    children = [{"address": address, "resources": inside} for address, inside in (modules or {}).items()]
    everything = [*resources, *(one for inside in (modules or {}).values() for one in inside)]
    changes = [
        {
            "address": one["address"],
            "mode": "managed",
            "type": one["type"],
            "name": one["name"],
            "change": {"actions": ["create"], "before": None, "after": one["values"], "after_unknown": {}},
        }
        for one in everything
    ]
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.0",
        "planned_values": {"root_module": {"resources": resources, "child_modules": children}},
        "resource_changes": changes,
        "configuration": {"root_module": {}},
    }


def write(folder: Path, content: dict[str, Any]) -> dict[str, Path]:
    (folder / "team.json").write_text(json.dumps(content))
    return {"team": folder / "team.json"}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone whose rules a test may break."""
    copy = tmp_path / "clone"
    copy.mkdir()
    for name in ("featureshare", ".ci", ".venv-checkov"):
        (copy / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "policies", copy / "policies", ignore=shutil.ignore_patterns("__pycache__"))
    return copy


SCANNED = {"team": EXAMPLE_CONTEXT}


@pytest.fixture(scope="module")
def bad_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[ScanReport, Path]:
    folder = tmp_path_factory.mktemp("bad")
    namesakes = {
        f'module.role["{name}"]': [
            resource("aws_iam_role_policy", "this", {"policy": json.dumps(document)}, f'module.role["{name}"]')
        ]
        for name, document in (("first", GOOD), ("second", ESCALATION), ("third", GOOD))
    }
    unknown = resource("aws_iam_role_policy", "unknown", {"name": "unknown"})
    reader = resource("aws_iam_role_policy", "reader", {"policy": json.dumps(BAD)})
    article = resource(
        "aws_iam_role", "article", {"assume_role_policy": json.dumps(trust({"AWS": root("555555555555")}))}
    )
    plans = write(folder, plan([unknown, reader, article], namesakes))
    return scan_plans(plans, SCANNED, root=ROOT, out=folder / "out"), folder / "out"


def failed(report: ScanReport, check: str) -> set[str]:
    return {failure.resource for failure in report.failures if failure.check == check}


def test_namesakes_of_module_instances_do_not_share_a_verdict(bad_run: tuple[ScanReport, Path]) -> None:
    report, _ = bad_run
    for check in ("CKV_AWS_289", "CKV_AWS_355", "FS020"):
        assert failed(report, check) == {'module.role["second"].aws_iam_role_policy.this'}


def test_an_unknown_policy_fails(bad_run: tuple[ScanReport, Path]) -> None:
    assert failed(bad_run[0], "FS030") == {"aws_iam_role_policy.unknown"}


def test_findings_carry_template_and_sid(bad_run: tuple[ScanReport, Path]) -> None:
    report, out = bad_run
    failure = next(one for one in report.failures if one.check == "FS004")
    assert failure.resource == "aws_iam_role_policy.reader"
    assert failure.details[0].startswith("policies/identity/read-online.json.tftpl: ReadRecords: ")
    sarif = json.loads((out / "results.sarif").read_text())
    result = next(one for one in sarif["runs"][0]["results"] if one["ruleId"] == "FS004")
    assert "ReadRecords" in result["message"]["text"]
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert location == "policies/identity/read-online.json.tftpl"
    cases = [case for case in ElementTree.parse(out / "junit.xml").iter("testcase") if case.find("failure") is not None]
    assert any("ReadRecords" in case.get("name", "") for case in cases)
    assert "FAILED for resource: aws_iam_role_policy.reader" in (out / "cli.txt").read_text()


def test_planted_examples_are_caught_and_stay_out_of_the_reports(bad_run: tuple[ScanReport, Path]) -> None:
    report, out = bad_run
    assert report.planted > 60
    for path in report.reports:
        assert "planted" not in path.read_text(), path.name
    assert not (out / "summary.json").exists()


def test_a_clean_plan_is_clean(tmp_path: Path) -> None:
    report = scan_plans(
        write(tmp_path, plan([resource("aws_iam_role_policy", "reader", {"policy": json.dumps(GOOD)})])),
        SCANNED,
        root=ROOT,
        out=tmp_path / "out",
    )
    assert report.failures == ()
    assert (report.plans, report.documents) == (1, 1)
    assert report.builtin_checks > 100


ONE = plan([resource("aws_iam_role_policy", "reader", {"policy": json.dumps(GOOD)})])


def test_an_unknown_check_id_in_the_list_of_skips_is_an_error(tmp_path: Path, clone: Path) -> None:
    file = clone / "policies" / "checks" / "builtin.json"
    content = json.loads(file.read_text())
    content["skip"]["CKV_AWS_99999"] = "This check does not exist in any version."
    file.write_text(json.dumps(content))
    with pytest.raises(ScanFailed, match="CKV_AWS_99999"):
        scan_plans(write(tmp_path, ONE), SCANNED, root=clone, out=tmp_path / "out")


def test_a_rule_that_raises_inside_checkov_is_an_error(tmp_path: Path, clone: Path) -> None:
    adapter = clone / "policies" / "checks" / "adapter" / "featureshare_rules.py"
    adapter.write_text(
        adapter.read_text().replace("        scanned_file =", "        1 / 0\n        scanned_file =", 1)
    )
    with pytest.raises(ScanFailed, match="ZeroDivisionError"):
        scan_plans(write(tmp_path, ONE), SCANNED, root=clone, out=tmp_path / "out")


def test_an_adapter_that_does_not_load_is_an_error(tmp_path: Path, clone: Path) -> None:
    adapter = clone / "policies" / "checks" / "adapter" / "featureshare_rules.py"
    adapter.write_text("import nothing_of_this_name\n")
    with pytest.raises(ScanFailed, match="did not load"):
        scan_plans(write(tmp_path, ONE), SCANNED, root=clone, out=tmp_path / "out")


def test_an_adapter_that_passes_everything_is_caught_by_the_planted_examples(tmp_path: Path, clone: Path) -> None:
    adapter = clone / "policies" / "checks" / "adapter" / "featureshare_rules.py"
    text = adapter.read_text()
    assert "CheckResult.FAILED if self.details else CheckResult.PASSED" in text
    adapter.write_text(text.replace("CheckResult.FAILED if self.details else CheckResult.PASSED", "CheckResult.PASSED"))
    with pytest.raises(ScanFailed, match="planted bad examples went by"):
        scan_plans(write(tmp_path, ONE), SCANNED, root=clone, out=tmp_path / "out")


def test_a_missing_environment_is_one_sentence(tmp_path: Path, clone: Path) -> None:
    (clone / ".venv-checkov").unlink()
    with pytest.raises(ScanFailed, match="checkov's own environment is missing"):
        scan_plans(write(tmp_path, ONE), SCANNED, root=clone, out=tmp_path / "out")
