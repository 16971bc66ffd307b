"""scan: our rules over loose documents, or checkov and our rules over an environment."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from featureshare.cli.common import FAILED, AsJson, emit
from featureshare.errors import BadInput, FeatureShareError, Problem
from featureshare.workspace import Workspace

app = typer.Typer(no_args_is_help=True)


@app.command()
def scan(
    target: Annotated[str, typer.Argument(metavar="ENV|documents", help="An environment, or the word documents.")],
    index: Annotated[Path | None, typer.Argument(metavar="INDEX.json", help="With documents: their index.")] = None,
    render_only: Annotated[
        bool, typer.Option("--render-only", help="Judge the rendered documents alone, without plans and checkov.")
    ] = False,
    plan: Annotated[
        bool,
        typer.Option("--plan", help="Plan first; where `local` does not run, in a local AWS that is thrown away."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Scan policies: `scan ENV` plans and documents of an environment, `scan documents INDEX.json` loose ones.

    Exit status 0: clean, 1: findings or a scan that was not whole, 2: bad input.
    """
    if target == "documents":
        _documents(index, as_json)
    elif index is not None:
        raise BadInput(
            [Problem("command line", "INDEX.json", "only `scan documents` takes an index.", "leave it out.")]
        )
    elif plan and not render_only:
        with planned(target):
            _environment(target, render_only, as_json)
    else:
        _environment(target, render_only, as_json)


def _documents(index: Path | None, as_json: bool) -> None:
    from featureshare.scan.loose import scan_documents
    from featureshare.scan.rules import load_rules

    if index is None:
        raise BadInput([Problem("command line", "INDEX.json", "`scan documents` needs an index.", "name its file.")])
    scanned = scan_documents(index, load_rules(Workspace.find().root / "policies" / "checks"))
    if as_json:
        emit({"documents": [document.plain() for document in scanned]})
    else:
        for document in scanned:
            for finding in document.findings:
                place = f"{document.file}: {finding.statement}" if finding.statement else document.file
                typer.echo(f"{place}: {finding.severity} {finding.rule} {finding.message}")
        bad = sum(bool(document.findings) for document in scanned)
        typer.echo(f"{len(scanned)} documents, {bad} with findings.")
    if any(document.findings for document in scanned):
        raise typer.Exit(FAILED)


@contextmanager
def planned(env: str) -> Iterator[None]:
    """Fresh plans of every stack while the block runs.

    `local` without a running local AWS gets one for this, since most stacks can only be planned over an applied central
    one; it ends with the block. Raises FeatureShareError when a step fails.
    """
    workspace = Workspace.find()

    def step(*arguments: str) -> None:
        command = [sys.executable, "-m", "featureshare", *arguments]
        # Progress belongs to people: what is printed to standard output is the scan's.
        if subprocess.run(command, cwd=workspace.root, stdin=subprocess.DEVNULL, stdout=sys.stderr).returncode:
            raise FeatureShareError(f"`featureshare {' '.join(arguments)}` failed: see above.")

    if env != "local" or (workspace.state(env) / "localaws.json").is_file():
        step("plan", env)
        yield
        return
    step("localaws", "up", env)
    try:
        step("apply", env)
        yield
    finally:
        step("localaws", "down", env)


def _environment(env: str, render_only: bool, as_json: bool) -> None:
    from featureshare.render import render
    from featureshare.runner.declared import read_normal
    from featureshare.runner.stacks import stacks_of
    from featureshare.scan.environment import scan_render, scan_stacks

    workspace = Workspace.find()
    rendered = render(env, workspace.root)
    count, found = scan_render(rendered, workspace.root / "policies")
    result: dict[str, Any] = {
        "rendered_documents": count,
        "rendered_findings": [
            {
                "document": one.document,
                "template": one.template,
                "rule": one.finding.rule,
                "severity": one.finding.severity,
                "message": one.finding.message,
                "statement": one.finding.statement,
            }
            for one in found
        ],
    }
    failures: list[dict[str, Any]] = []
    if not render_only:
        stacks = {stack.slug: stack.account for stack in stacks_of(read_normal(workspace, env))}
        state = workspace.state(env)
        report = scan_stacks(rendered, stacks, state / "plans", root=workspace.root, out=state / "scan")
        failures = [
            {
                "check": one.check,
                "plan": one.plan,
                "resource": one.resource,
                "name": one.name,
                "details": list(one.details),
            }
            for one in report.failures
        ]
        result |= {
            "plans": report.plans,
            "planned_documents": report.documents,
            "rules": report.rules,
            "builtin_checks": report.builtin_checks,
            "planted_examples_caught": report.planted,
            "accepted": report.accepted,
            "failures": failures,
            "reports": [workspace.relative(path) for path in report.reports],
        }
    if as_json:
        emit(result)
    else:
        _print(result)
    if found or failures:
        raise typer.Exit(FAILED)


def _print(result: dict[str, Any]) -> None:
    for one in result["rendered_findings"]:
        place = ": ".join(part for part in (one["document"], one["template"], one["statement"]) if part)
        typer.echo(f"{place}: {one['severity']} {one['rule']} {one['message']}")
    for one in result.get("failures", []):
        details = f": {'; '.join(one['details'])}" if one["details"] else ""
        typer.echo(f"{one['plan']}: {one['resource']}: {one['check']} {one['name']}{details}")
    typer.echo(f"{result['rendered_documents']} rendered documents, {len(result['rendered_findings'])} findings.")
    if "plans" in result:
        typer.echo(
            f"{result['plans']} plans with {result['planned_documents']} documents, {result['rules']} rules of ours, "
            f"{result['planted_examples_caught']} planted examples caught, {result['accepted']} findings accepted, "
            f"{len(result['failures'])} failures. Reports: {', '.join(result['reports'])}"
        )
