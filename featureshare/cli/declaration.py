"""declaration check, show, schema: what is declared, and whether it may be."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from featureshare.cli.common import AsJson, Env, emit, report_error
from featureshare.declaration import Declaration, load, schemas
from featureshare.errors import BadInput, FeatureShareError, Problem
from featureshare.workspace import Workspace

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)

Root = Annotated[
    Path | None, typer.Option("--root", help="The folder of environments (default: that of this repository).")
]


@app.command()
def check(env: Env, root: Root = None, as_json: AsJson = False) -> None:
    """Read and judge a declaration: every problem at once and exit status 2, or what it declares in a few lines."""
    with _errors(as_json):
        declaration = load(_root(root), env)
        grants = Counter(grant.verb for grant in declaration.grants())
        if as_json:
            emit(
                {
                    "environment": env,
                    "teams": len(declaration.teams),
                    "feature_groups": len(declaration.feature_groups),
                    "grants": dict(sorted(grants.items())),
                    "digest": declaration.digest(),
                }
            )
            return
        accounts = {team.account for team in declaration.teams.values()} | {declaration.environment.central_account}
        typer.echo(f"{env} is sound: {len(declaration.teams)} teams in {len(accounts)} accounts (central included).")
        shared = sum(
            any(team != group.owner for team in group.shared_with) for group in declaration.feature_groups.values()
        )
        typer.echo(f"{len(declaration.feature_groups)} feature groups, {shared} of them shared.")
        counts = ", ".join(f"{count} {verb}" for verb, count in sorted(grants.items()))
        typer.echo(f"{sum(grants.values())} grants: {counts}.")


@app.command()
def show(
    env: Env,
    team: Annotated[str | None, typer.Option("--team", help="Only the slice of this team.")] = None,
    root: Root = None,
    as_json: AsJson = False,
) -> None:
    """The grants of a declaration, one a line. With --json, its normal form, as Terraform must read it too."""
    with _errors(as_json):
        declaration = _slice(load(_root(root), env), env, team)
        if as_json:
            emit(declaration.normal())
            return
        for grant in declaration.grants():
            origin = declaration.by_tag.get(grant)
            typer.echo(f"{grant.team}  {grant.verb}  {grant.feature_group}" + (f"  by tag, {origin}" if origin else ""))


@app.command()
def schema(
    file: Annotated[
        str | None, typer.Argument(help="environment.yaml, teams/*.yaml or feature-groups/*.yaml (default: all).")
    ] = None,
    as_json: AsJson = True,
) -> None:
    """JSON Schema of the declaration's files, for editors."""
    with _errors(as_json):
        known = schemas()
        if file is not None and file not in known:
            raise BadInput([Problem(file, "", "there is no schema of that name.", f"name one of: {', '.join(known)}")])
        emit(known if file is None else known[file])


def _root(root: Path | None) -> Path:
    return Workspace.find().environments if root is None else root


def _slice(declaration: Declaration, env: str, team: str | None) -> Declaration:
    if team is None:
        return declaration
    if team not in declaration.teams:
        fix = f"name one of: {', '.join(declaration.teams)}"
        raise BadInput([Problem(f"environments/{env}/teams/{team}.yaml", "", f"there is no team {team}.", fix)])
    return declaration.slice(team)


@contextmanager
def _errors(as_json: bool) -> Iterator[None]:
    try:
        yield
    except FeatureShareError as error:
        raise typer.Exit(report_error(error, as_json=as_json)) from None
