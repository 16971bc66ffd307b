"""`featureshare access`: matrix, proof and what follows from them, without an AWS account."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from featureshare.access import PROVED, UNDECIDED, Matrix, Model, Proof, prove
from featureshare.access.matrix import as_csv, markdown
from featureshare.access.plans import differences, from_plans
from featureshare.access.residual import listed_residual
from featureshare.cli.common import AsJson, Env, emit
from featureshare.declaration import load
from featureshare.render import Render, render
from featureshare.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="Who may do what: matrix, proof, difference, reasons.")

FAILED_STATUS, UNDECIDED_STATUS = 1, 3
_SHOWN = 20


class Source(StrEnum):
    """Where the documents are read."""

    RENDER = "render"
    PLAN = "plan"


def _normal(workspace: Workspace, env: str) -> dict[str, Any]:
    workspace.declaration_folder(env)
    return load(workspace.environments, env).normal()


# matrix -------------------------------------------------------------------------------------------------------------
@app.command("matrix")
def matrix_of(
    env: Env,
    json_: AsJson = False,
    csv_: Annotated[bool, typer.Option("--csv", help="Print CSV, a line for each cell and path.")] = False,
    markdown_: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
) -> None:
    """Team x feature group x verb, read off the documents, with the path of each cell."""
    workspace = Workspace.find()
    found = Matrix(Model(render(env, workspace.root)))
    if json_:
        emit({"environment": env, "cells": [cell.as_dict() for cell in found.rows()]})
    elif csv_:
        typer.echo(as_csv(found), nl=False)
    elif markdown_:
        typer.echo(markdown(found), nl=False)
    else:
        _table(found.table())
        typer.echo()
        for cell in found.rows():
            for path in cell.paths:
                note = f"  (without {', '.join(cell.missing)})" if cell.missing else ""
                typer.echo(f"{cell.verb:<13} {cell.group:<20} {' -> '.join(path)}{note}")


def _table(rows: list[list[str]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        typer.echo("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


# prove --------------------------------------------------------------------------------------------------------------
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
        raise typer.Exit(UNDECIDED_STATUS if proof.result == UNDECIDED else FAILED_STATUS)


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
