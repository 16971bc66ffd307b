# mypy: disable-error-code="import-not-found"
"""Runs in checkov's own environment: scan plans, write reports with checkov's writers, tell what was really done.

`python -m featureshare.scan.inside REQUEST.json`. It judges nothing about its own run: the wrapper does, which does
not share a process with checkov.
"""

import json
import logging
import sys
from pathlib import Path
from typing import Any

from featureshare.scan.builtin import Builtin, read_builtin


class _Errors(logging.Handler):
    """checkov logs that a check did not load or broke, and goes on."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            text += f" ({record.exc_info[1]!r})"
        self.messages.append(text)


class _NoCache(dict[str, Any]):
    """Remembers one verdict's document while it is used and nothing between two resources.

    checkov keys the parsed documents of CKV_AWS_286 to 290 and 355 by resource type and name without the module, so
    all instances of a module would get the verdict of the first.
    """

    def keys(self) -> Any:
        return ()


def main(request_file: str) -> None:
    """Scan what the request names and write <out>/summary.json."""
    request = json.loads(Path(request_file).read_text(encoding="utf-8"))
    errors = _Errors()
    logging.getLogger().addHandler(errors)

    import checkov.version
    from checkov.runner_filter import RunnerFilter
    from checkov.terraform.checks.resource.registry import resource_registry
    from checkov.terraform.checks.utils.base_cloudsplaining_iam_scanner import BaseTerraformCloudsplainingIAMScanner
    from checkov.terraform.plan_runner import Runner

    BaseTerraformCloudsplainingIAMScanner.policy_document_cache = _NoCache()
    builtin = read_builtin(Path(request["builtin"]))
    planted = f"/{request['planted']}.json"
    folder, out = Path(request["folder"]), Path(request["out"])
    runner = Runner()
    reports = runner.run(
        root_folder=None,
        files=[str(folder / f"{name}.json") for name in request["plans"]],
        external_checks_dir=[request["adapter"]],
        runner_filter=RunnerFilter(
            framework=["terraform_plan"], skip_checks=sorted(request["skip"]), show_progress_bar=False
        ),
    )
    report = reports[0] if isinstance(reports, list) else reports
    resource_checks = {
        check.id
        for registry in (resource_registry.checks, resource_registry.wildcard_checks)
        for checks in registry.values()
        for check in checks
    }
    runner.graph_registry.load_checks()
    graph_checks = {check.id for check in runner.graph_registry.checks}
    summary = {
        "version": checkov.version.version,
        "checks": sorted(resource_checks),
        "graph_checks": sorted(graph_checks),
        "parsing_errors": sorted(report.parsing_errors),
        "errors": errors.messages,
        "records": [
            {
                "check": record.check_id,
                "file": record.file_path,
                "resource": record.resource_address or record.resource,
                "result": str(record.check_result["result"].value),
                "name": record.check_name,
                "details": list(record.details or []),
                "accepted": _accepted(record, builtin, planted),
            }
            for record in (*report.passed_checks, *report.failed_checks, *report.skipped_checks)
        ],
    }
    _write_reports(report, planted, builtin, out)
    (out / "summary.json").write_text(json.dumps(summary), encoding="utf-8")


def _accepted(record: Any, builtin: Builtin, planted: str) -> str | None:
    """Why a failed built-in check is accepted; never for an example that was planted."""
    failed = record.check_result["result"].value == "FAILED" and record.file_path != planted
    return builtin.reason(record.check_id, record.resource_address or record.resource) if failed else None


def _write_reports(report: Any, planted: str, builtin: Builtin, out: Path) -> None:
    """CLI, SARIF and JUnit by checkov's writers, without the examples that were planted to be caught."""
    from checkov.common.models.enums import CheckResult
    from checkov.common.output.sarif import Sarif

    for name in ("passed_checks", "failed_checks", "skipped_checks"):
        setattr(report, name, [record for record in getattr(report, name) if record.file_path != planted])
    for record in list(report.failed_checks):
        if reason := _accepted(record, builtin, planted):
            report.failed_checks.remove(record)
            record.check_result = {"result": CheckResult.SKIPPED, "suppress_comment": reason}
            report.skipped_checks.append(record)
    report.resources = {resource for resource in report.resources if f"{planted}:" not in resource}
    (out / "cli.txt").write_text(report.print_console(is_compact=True), encoding="utf-8")
    for record in report.failed_checks:
        if record.details:
            # Both formats show a name and a place: let them be the statement and its template.
            record.short_description = "; ".join(record.details)
            template = record.details[0].split(": ", 1)[0]
            if template.endswith(".tftpl"):
                record.repo_file_path = f"/{template}"
    sarif = Sarif(reports=[report], tool="checkov")
    for record in report.failed_checks:
        if record.details:
            record.check_name = f"{record.check_name} {record.short_description}"
    (out / "results.sarif").write_text(json.dumps(sarif.json, indent=2), encoding="utf-8")
    junit = report.get_junit_xml_string([report.get_test_suite()])
    (out / "junit.xml").write_text(junit, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
