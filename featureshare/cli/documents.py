"""render, policies: the IAM documents that Terraform makes of a declaration."""

from pathlib import Path
from typing import Annotated

import typer

from featureshare import documents
from featureshare.cli.common import FAILED, AsJson, Env, emit
from featureshare.render import render as render_documents
from featureshare.workspace import Workspace

app = typer.Typer(no_args_is_help=True)


@app.command()
def render(
    env: Env,
    team: Annotated[str | None, typer.Option("--team", help="Only the slice of this team.")] = None,
    as_json: AsJson = False,
) -> None:
    """Every IAM document of an environment, without an AWS account. Without --json, a list of them."""
    rendered = render_documents(env, team=team)
    if as_json:
        emit(rendered)
        return
    for path in documents.files(rendered):
        typer.echo(path)


@app.command()
def policies(
    env: Env,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when a file is not current.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="The folder (default: docs/policies/ENV).")] = None,
    as_json: AsJson = False,
) -> None:
    """Write the IAM documents of an environment, one a file, so that a review shows the bytes that change."""
    workspace = Workspace.find()
    folder = out or workspace.root / "docs" / "policies" / env
    wanted = documents.files(render_documents(env))
    changed = documents.stale(folder, wanted) if check else documents.write(folder, wanted)
    if as_json:
        emit({"folder": str(folder), "documents": len(wanted), "stale" if check else "changed": changed})
    elif check and changed:
        typer.echo("\n".join(f"{path} is not current." for path in changed), err=True)
        typer.echo(f"Run `featureshare policies {env}`.", err=True)
    else:
        typer.echo(f"{len(wanted)} documents in {workspace.relative(folder)}, {len(changed)} changed.")
    if check and changed:
        raise typer.Exit(FAILED)
