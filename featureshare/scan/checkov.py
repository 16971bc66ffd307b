"""checkov over plan JSON with its own checks and ours, in an environment of its own, offline, failing closed.

checkov exits 0 in at least seven ways without having scanned anything. So its word is not taken: this process works
out from the plans what must have been judged and what our rules say, and compares.
"""

import json
import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from featureshare.errors import FeatureShareError
from featureshare.scan import planted
from featureshare.scan.builtin import Builtin, read_builtin
from featureshare.scan.model import EXAMPLE_CONTEXT, Context
from featureshare.scan.plan import RESOURCE_TYPES, BadPlan, documents, judge_document, read_plan, resources
from featureshare.scan.rules import BrokenRules, Rule, load_rules

REQUIREMENTS = ".ci/checkov-requirements.txt"
ENVIRONMENT = ".venv-checkov"
REPORTS = ("cli.txt", "results.sarif", "junit.xml")
_TIMEOUT = 600


class ScanFailed(FeatureShareError):
    """The scan did not do what it should have done; nothing that it said counts."""


@dataclass(frozen=True)
class Failure:
    """A check that a resource failed. `details` name template and Sid where the check is one of ours."""

    check: str
    plan: str
    resource: str
    name: str
    details: tuple[str, ...]


@dataclass(frozen=True)
class ScanReport:
    """What was judged and what failed; `reports` are the files that checkov's writers wrote."""

    failures: tuple[Failure, ...]
    plans: int
    documents: int
    rules: int
    builtin_checks: int
    planted: int
    accepted: int
    reports: tuple[Path, ...]


def scan_plans(plans: Mapping[str, Path], contexts: Mapping[str, Context], *, root: Path, out: Path) -> ScanReport:
    """Scan plan JSON files, by name; `contexts` says for each whose account it is.

    `root` is the clone, `out` the folder for the reports. Raises ScanFailed, BadPlan or BrokenRules whenever
    something was not judged: no plan, no document, a rule that did not load or broke, an unknown check in the list
    of skipped ones, a planted example that went by, or a verdict that differs from this process's own.
    """
    if not plans:
        raise ScanFailed("There is no plan to scan.")
    folder = root / "policies" / "checks"
    rules = load_rules(folder)
    adapter = folder / "adapter"
    if not (adapter / "__init__.py").is_file() or not (adapter / "featureshare_rules.py").is_file():
        raise BrokenRules(f"{adapter} must hold __init__.py and featureshare_rules.py, or checkov loads no rule.")
    builtin = read_builtin(folder / "builtin.json")
    python = _python(root)
    loaded = {name: read_plan(path) for name, path in plans.items()}
    judged = {name: documents(plan) for name, plan in loaded.items()}
    total = sum(len(found) for found in judged.values())
    if not total:
        raise BadPlan("No plan holds a policy, so nothing was judged.")
    trap = planted.plant(rules)
    out.mkdir(parents=True, exist_ok=True)
    for name in (*REPORTS, "summary.json"):
        (out / name).unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        everything = {**loaded, planted.NAME: trap.plan}
        for name, plan in everything.items():
            (work / f"{name}.json").write_text(json.dumps(plan), encoding="utf-8")
        request = {
            "folder": str(work),
            "plans": sorted(everything),
            "planted": planted.NAME,
            "adapter": str(adapter),
            "rules": str(folder),
            "out": str(out.resolve()),
            "skip": sorted(builtin.skip),
            "builtin": str(folder / "builtin.json"),
            "contexts": {
                name: _plain(context) for name, context in {**contexts, planted.NAME: EXAMPLE_CONTEXT}.items()
            },
        }
        summary = _run(python, root, work, request)
    _verify(summary, root, rules, builtin, trap)
    _compare(summary, rules, everything, {**contexts, planted.NAME: EXAMPLE_CONTEXT})
    (out / "summary.json").unlink()
    if missing := [name for name in REPORTS if not (out / name).is_file() or not (out / name).stat().st_size]:
        raise ScanFailed(f"checkov wrote no {', '.join(missing)}.")
    failures = tuple(
        Failure(r["check"], r["file"].strip("/").removesuffix(".json"), r["resource"], r["name"], tuple(r["details"]))
        for r in summary["records"]
        if r["result"] == "FAILED" and r["file"] != f"/{planted.NAME}.json" and not r["accepted"]
    )
    return ScanReport(
        failures=failures,
        plans=len(plans),
        documents=total,
        rules=len(rules),
        builtin_checks=len(set(summary["checks"]) | set(summary["graph_checks"])) - len(rules) - len(builtin.skip),
        planted=len(trap.expected),
        accepted=sum(bool(record["accepted"]) for record in summary["records"]),
        reports=tuple(out / name for name in REPORTS),
    )


def _python(root: Path) -> Path:
    python = root / ENVIRONMENT / "bin" / "python"
    if not python.is_file():
        raise ScanFailed(
            f"checkov's own environment is missing. Run: python3 -m venv {ENVIRONMENT} && "
            f"{ENVIRONMENT}/bin/pip install -r {REQUIREMENTS}"
        )
    return python


def _run(python: Path, root: Path, work: Path, request: Mapping[str, Any]) -> dict[str, Any]:
    """Run checkov in its environment; it sees no credentials, no user settings and no proxy of the shell."""
    file = work / "request"
    file.write_text(json.dumps(request), encoding="utf-8")
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(work),
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": str(root),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "ignore",
        "FEATURESHARE_SCAN": str(file),
        "EVAL_TF_PLAN_AFTER_UNKNOWN": "",
        "ANSI_COLORS_DISABLED": "1",
    }
    command = [str(python), "-m", "featureshare.scan.inside", str(file)]
    try:
        done = subprocess.run(
            command, cwd=work, env=environment, capture_output=True, text=True, timeout=_TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        raise ScanFailed(f"checkov did not end within {_TIMEOUT} seconds.") from None
    summary = Path(request["out"]) / "summary.json"
    if done.returncode != 0 or not summary.is_file():
        last = "\n".join((done.stderr.strip() or done.stdout.strip()).splitlines()[-8:])
        raise ScanFailed(f"checkov failed (exit status {done.returncode}):\n{last}")
    content: dict[str, Any] = json.loads(summary.read_text(encoding="utf-8"))
    return content


def _verify(
    summary: Mapping[str, Any], root: Path, rules: Iterable[Rule], builtin: Builtin, trap: planted.Planted
) -> None:
    """Version, rules, skips, errors, and the planted examples."""
    pinned = (root / REQUIREMENTS).read_text(encoding="utf-8").split("==")[1].split()[0]
    if summary["version"] != pinned:
        raise ScanFailed(f"checkov is {summary['version']}, {REQUIREMENTS} pins {pinned}.")
    known = set(summary["checks"]) | set(summary["graph_checks"])
    if missing := sorted({rule.id for rule in rules} - set(summary["checks"])):
        raise ScanFailed(f"checkov did not load the rules {', '.join(missing)}.")
    if unknown := sorted(builtin.named - known):
        raise ScanFailed(f"builtin.json names {', '.join(unknown)}, which this checkov does not have.")
    if summary["errors"] or summary["parsing_errors"]:
        raise ScanFailed("checkov had errors:\n" + "\n".join((*summary["errors"], *summary["parsing_errors"])[:8]))
    caught = {(r["check"], r["resource"]) for r in _records(summary, planted.NAME) if r["result"] == "FAILED"}
    if missed := sorted(trap.expected - caught):
        shown = ", ".join(f"{check} on {address}" for check, address in missed[:6])
        raise ScanFailed(f"{len(missed)} planted bad examples went by: {shown}.")


def _compare(
    summary: Mapping[str, Any],
    rules: tuple[Rule, ...],
    plans: Mapping[str, Mapping[str, Any]],
    contexts: Mapping[str, Context],
) -> None:
    """checkov must have asked every rule about every resource with a policy, and heard what this process hears."""
    for name, plan in plans.items():
        bearing = {address for resource_type, address, _ in resources(plan) if resource_type in RESOURCE_TYPES}
        records = _records(summary, name)
        for rule in rules:
            asked = Counter(r["resource"] for r in records if r["check"] == rule.id)
            if set(asked) != bearing:
                lost = ", ".join(sorted(bearing ^ set(asked))[:4])
                raise ScanFailed(f"{name}: {rule.id} judged {len(asked)} of {len(bearing)} resources; {lost}.")
        ours = {
            (finding.rule, document.address)
            for document in documents(plan)
            for finding in judge_document(document, contexts[name], rules)
        }
        theirs = {(r["check"], r["resource"]) for r in records if r["result"] == "FAILED"}
        ids = {rule.id for rule in rules}
        if different := sorted(ours ^ {(check, address) for check, address in theirs if check in ids}):
            shown = ", ".join(f"{check} on {address}" for check, address in different[:4])
            raise ScanFailed(f"{name}: checkov and the rules by themselves disagree: {shown}.")


def _records(summary: Mapping[str, Any], plan: str) -> list[dict[str, Any]]:
    return [record for record in summary["records"] if record["file"] == f"/{plan}.json"]


def _plain(context: Context) -> dict[str, Any]:
    return {
        "owner_account": context.owner_account,
        "consumer_account": context.consumer_account,
        "unrelated_account": context.unrelated_account,
        "org_id": context.org_id,
        "region": context.region,
        "accounts": sorted(context.accounts),
    }
