"""quality: how fresh the stored features are, and whether their values are as declared."""

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from featureshare.cli.common import FAILED, UNDECIDED, AsJson, Env, Profiles, emit, profiles_of, stdout_is_terminal
from featureshare.journeys.sessions import AmbientSessions, LocalSessions
from featureshare.localaws.control import LocalAWS
from featureshare.quality import GroupQuality, measure
from featureshare.render import render
from featureshare.runner.machine import is_local
from featureshare.workspace import Workspace

app = typer.Typer(no_args_is_help=True)

_WIDTH = 150  # where output is no terminal


@app.command()
def quality(
    env: Env,
    as_json: AsJson = False,
    profile: Profiles = None,
    wait: Annotated[float, typer.Option("--wait", help="Seconds that a query may take.")] = 120.0,
) -> None:
    """Measure freshness and expectations of each group on its offline store, as a principal that may read it.

    Exit status 1 when something is not as declared, 3 when a group that declares something could not be measured.
    """
    workspace = Workspace.find()
    workspace.declaration_folder(env)
    localaws: Any = LocalAWS.connect(workspace.state(env)) if is_local(workspace, env) else None
    documents = render(env)
    region = str(documents["environment"]["region"])
    sessions = LocalSessions(localaws, region) if localaws else AmbientSessions(profiles_of(profile), region)
    found = list(measure(documents, sessions, wait=wait))
    if as_json:
        emit({"environment": env, "feature_groups": [group.as_dict() for group in found]})
    else:
        console = Console() if stdout_is_terminal() else Console(width=_WIDTH)
        console.print(_table(found) if found else f"Nothing in {escape(env)} declares a freshness or expectations.")
    if any(group.broken for group in found):
        raise typer.Exit(FAILED)
    if any(group.why_not for group in found):
        raise typer.Exit(UNDECIDED)


def _table(found: list[GroupQuality]) -> Table:
    table = Table(title_justify="left")
    for column in ("feature group", "owner", "feature", "expected", "result", "measured", "as"):
        table.add_column(column, overflow="fold")
    for group in found:
        if group.why_not:
            table.add_row(group.group, group.owner, "", "", "[yellow]not measured[/]", escape(group.why_not), "")
        for number, it in enumerate(group.measures):
            name, owner, who = (group.group, group.owner, group.measured_by) if number == 0 else ("", "", "")
            result = "[green]as declared[/]" if it.ok else "[red]broken[/]"
            table.add_row(name, owner, escape(it.feature), escape(it.rule), result, it.told, who)
    return table
