"""`featureshare access`: matrix, proof and what follows from them, without an AWS account."""

import sys
import tempfile
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from featureshare.access import PROVED, UNDECIDED, Matrix, Model, Proof, mutants, prove
from featureshare.access.calls import LoggedCall, read_log
from featureshare.access.diff import checked_out, compare
from featureshare.access.diff import markdown as diff_markdown
from featureshare.access.explain import Explainer, elsewhere
from featureshare.access.matrix_forms import as_csv, markdown, replicas, table
from featureshare.access.minimal import minimal
from featureshare.access.pasted import Pasted, on_names_of, read_pasted
from featureshare.access.plans import differences, from_plans
from featureshare.access.residual import listed_residual
from featureshare.cli.common import FAILED, AsJson, Env, emit
from featureshare.cli.common import UNDECIDED as UNDECIDED_STATUS
from featureshare.declaration import load
from featureshare.errors import BadInput, FeatureShareError, Problem
from featureshare.localaws.logfile import lines
from featureshare.render import Render, render
from featureshare.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="Who may do what: matrix, proof, difference, reasons.")

_SHOWN = 20


class Source(StrEnum):
    """Where the documents are read."""

    RENDER = "render"
    PLAN = "plan"


def _normal(workspace: Workspace, env: str) -> dict[str, Any]:
    workspace.declaration_folder(env)
    return load(workspace.environments, env).normal()


# matrix ------------------------------------------------------------------------------------------------------------
@app.command("matrix")
def matrix_of(
    env: Env,
    json_: AsJson = False,
    csv_: Annotated[bool, typer.Option("--csv", help="Print CSV, a line for each cell and path.")] = False,
    markdown_: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
) -> None:
    """Team x feature group x verb, and what readers of replicas reach, with the path of each cell."""
    workspace = Workspace.find()
    found = Matrix(Model(render(env, workspace.root)))
    if json_:
        heading, *rows = replicas(found)
        readers = [dict(zip((one.replace(" ", "_") for one in heading), row, strict=True)) for row in rows]
        emit({"environment": env, "cells": [cell.as_dict() for cell in found.rows()], "replicas": readers})
    elif csv_:
        typer.echo(as_csv(found), nl=False)
    elif markdown_:
        typer.echo(markdown(found), nl=False)
    else:
        _table(table(found))
        typer.echo()
        if len(rows := replicas(found)) > 1:
            _table(rows)
            typer.echo()
        for cell in found.rows():
            for path in cell.paths:
                note = f"  (without {', '.join(cell.missing)})" if cell.missing else ""
                typer.echo(f"{cell.verb:<13} {cell.group:<20} {' -> '.join(path)}{note}")


def _table(rows: list[list[str]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        typer.echo("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


# prove -------------------------------------------------------------------------------------------------------------
@app.command("prove")
def prove_environment(
    env: Env,
    source: Annotated[
        Source, typer.Option("--from", help="render, or plan: the plan JSON of every stack.")
    ] = Source.RENDER,
    json_: AsJson = False,
) -> None:
    """Allowed = declared, or a request that shows it is not. Exit status 0 proved, 1 failed, 3 undecided."""
    workspace = Workspace.find()
    normal = _normal(workspace, env)
    documents = render(env, workspace.root)
    residual = listed_residual(workspace.root / "docs" / "threat-model.md")
    proof = _of_plans(workspace, env, normal, documents, residual) if source is Source.PLAN else None
    proof = proof or prove(normal, documents, residual=residual)
    if json_:
        emit(proof.as_dict() | {"from": source.value})
    else:
        _show(proof, source)
    if proof.result != PROVED:
        raise typer.Exit(UNDECIDED_STATUS if proof.result == UNDECIDED else FAILED)


def _of_plans(
    workspace: Workspace, env: str, normal: dict[str, Any], documents: Render, residual: tuple[str, ...]
) -> Proof:
    planned = from_plans(normal, workspace.state(env) / "plans", documents)
    if planned.faults:
        return Proof(env, faults=planned.faults).conclude()
    proof = prove(normal, planned.render, residual=residual)
    proof.faults += differences(planned.render, documents)
    return proof.conclude()


def _show(proof: Proof, source: Source) -> None:
    for fault in proof.faults:
        typer.echo(f"- {fault}")
    for one in proof.counterexamples[:_SHOWN]:
        typer.echo(f"- {one.words}")
        for statement in one.statements:
            place = " ".join(part for part in (statement["layer"], statement["document"], statement["sid"]) if part)
            typer.echo(f"    {place}: {statement['text']}")
    if len(proof.counterexamples) > _SHOWN:
        typer.echo(f"- and {len(proof.counterexamples) - _SHOWN} more; --json prints all of them.")
    for text in proof.undecided:
        typer.echo(f"- not decided: {text}")
    typer.echo(
        f"{proof.environment} from the {source.value}: {proof.result}. {proof.declared} declared requests, "
        f"{proof.requests} decisions, {proof.seconds:.1f} s."
    )
    if proof.result == PROVED:
        typer.echo("What remains reachable (docs/threat-model.md, residual):")
        for key, text in proof.residual.items():
            typer.echo(f"  {key}: {text}")


# diff --------------------------------------------------------------------------------------------------------------
@app.command("diff")
def diff_of(
    env: Env,
    base: Annotated[str, typer.Option("--base", help="The revision to compare with, such as origin/main.")],
    json_: AsJson = False,
    markdown_: Annotated[bool, typer.Option("--markdown", help="Print Markdown, for a pull request.")] = False,
    fail_on_new: Annotated[
        bool, typer.Option("--fail-on-new", help="Exit status 1 if anything is newly allowed.")
    ] = False,
    require_approvals: Annotated[
        bool, typer.Option("--require-approvals", help="Name the teams whose data becomes newly reachable, one a line.")
    ] = False,
) -> None:
    """Which access a change adds and takes away, as cells of the matrix and as requests."""
    workspace = Workspace.find()
    normal = _normal(workspace, env)
    with tempfile.TemporaryDirectory() as scratch:
        before = render(env, checked_out(workspace.root, base, Path(scratch)))
    found = compare(before, render(env, workspace.root), normal)
    if json_:
        emit({"environment": env, "base": base} | found.as_dict())
    elif require_approvals:
        typer.echo("\n".join(found.approvers), nl=bool(found.approvers))
    else:
        text = diff_markdown(found, base)
        typer.echo(text if markdown_ else text.replace("**", "").replace("`", ""), nl=False)
    if fail_on_new and found.new_access:
        raise typer.Exit(FAILED)


# minimal -----------------------------------------------------------------------------------------------------------
Log = Annotated[
    Path | None, typer.Option("--log", help="A decision log of local AWS (JSON lines); default: the one running.")
]


def _logged(workspace: Workspace, env: str, log: Path | None) -> list[LoggedCall]:
    """The calls that journeys were logged to make; none where local AWS does not run."""
    calls = read_log(lines(log or workspace.state(env) / "decisions.jsonl"))
    if log is not None and not calls:
        raise FeatureShareError(f"{log} is not there, or holds no decision.")
    return calls


@app.command("minimal")
def minimal_of(env: Env, log: Log = None, json_: AsJson = False) -> None:
    """Every grant is required by some call. Exit status 1 if nothing requires one."""
    workspace = Workspace.find()
    normal = _normal(workspace, env)
    logged = _logged(workspace, env, log)
    found = minimal(normal, render(env, workspace.root), workspace.root / "policies", logged)
    if json_:
        emit({"environment": env} | found.as_dict())
    else:
        for one in found.unneeded:
            typer.echo(
                f"nothing requires {one.action} on {one.resource} (policies/{one.template}, {one.sid}, {one.holder})"
            )
        for template, sid, action in found.unexercised():
            typer.echo(f"documented, not exercised: {action} (policies/{template}, {sid})")
        for one in found.unused_ceiling:
            typer.echo(f"admitted, used by no role here: {one.action} (policies/{one.template}, {one.sid})")
        typer.echo(
            f"{env}: {len(found.exercised)} grants exercised by {found.calls} logged checks, "
            f"{len(found.documented)} documented, {len(found.doubled)} granted twice, "
            f"{len(found.unneeded)} that nothing requires."
        )
        typer.echo(f"{found.denies} Deny statements: `featureshare access mutants {env}` shows what each is worth.")
    if found.unneeded:
        raise typer.Exit(FAILED)


# mutants -----------------------------------------------------------------------------------------------------------
@app.command("mutants")
def mutants_of(
    env: Env,
    only: Annotated[str, typer.Option("--only", help="Only documents whose name holds this text.")] = "",
    log: Log = None,
    json_: AsJson = False,
) -> None:
    """Is every systematic change of every document noticed? Exit status 1 if a mutant survives."""
    workspace = Workspace.find()
    logged = _logged(workspace, env, log)
    score = mutants.run(_normal(workspace, env), render(env, workspace.root), only=only, logged=logged)
    if json_:
        emit({"environment": env} | score.as_dict())
    else:
        columns = (*mutants.FATES, *mutants.JUDGES)
        rows = [["operator", "mutants", *mutants.FATES, *(f"by {judge}" for judge in mutants.JUDGES)]]
        for operator, counts in sorted(score.counts.items()):
            rows.append([operator, str(score.of(operator)), *(str(counts[column]) for column in columns)])
        _table(rows)
        for one in score.survivors:
            typer.echo(f"survived: {one.document}: {one.operator}: {one.what} {one.why}".rstrip())
        if not score.calls:
            typer.echo(f"No logged calls to judge by: `featureshare verify {env}` makes them.")
        typer.echo(
            f"{env}: {score.total} mutants, {len(score.survivors)} survived, {score.calls} logged calls, "
            f"{score.seconds:.0f} s."
        )
    if score.survivors or not score.total:
        raise typer.Exit(FAILED)


# explain -----------------------------------------------------------------------------------------------------------
@app.command("explain")
def explain_of(
    env: Env,
    principal: Annotated[str, typer.Option("--principal", help="An ARN, or team/principal.")] = "",
    action: Annotated[str, typer.Option("--action", help="Such as sagemaker:GetRecord.")] = "",
    resource: Annotated[str, typer.Option("--resource", help="An ARN, or the name of a feature group.")] = "*",
    json_: AsJson = False,
) -> None:
    """Why a call is denied, and what to declare. Without --action: a message or CloudTrail event on standard input."""
    workspace = Workspace.find()
    model = Model(render(env, workspace.root))
    pasted = Pasted(principal, action, resource)
    if not (principal and action):
        pasted = read_pasted(sys.stdin.read())
        if principal:
            pasted = replace(pasted, principal=principal)  # query engines do not say who asked
    pasted = on_names_of(model, pasted)
    if not (pasted.principal and pasted.action):
        if not pasted.cause:
            fix = (
                "add --principal: the text says what was denied and not to whom."
                if pasted.action
                else "give --principal and --action, or paste the whole message or event on standard input."
            )
            raise BadInput([Problem("standard input", "", "no principal and action can be read from it.", fix)])
        if json_:
            emit({"environment": env, "cause": pasted.cause})
        else:
            typer.echo(f"cause: {pasted.cause}")
        return
    workspace.declaration_folder(env)
    declaration = load(workspace.environments, env)
    found = Explainer(
        declaration.normal(), model, {(*grant,): origin for grant, origin in declaration.by_tag.items()}
    ).explain(pasted.principal, pasted.action, pasted.resource)
    said = pasted.cause or elsewhere(pasted, found)
    if json_:
        emit({"environment": env} | found.as_dict() | {"cause": said, "layer": pasted.layer})
        return
    for link in found.links:
        place = " ".join(part for part in (link.document, link.sid) if part)
        typer.echo(f"{'ok    ' if link.ok else 'BROKEN'} {link.name}: {link.text}{f' [{place}]' if place else ''}")
    typer.echo("allowed" if found.allowed else "denied on purpose" if found.on_purpose else "denied")
    for text in (said, found.advice):
        if text:
            typer.echo(text)
