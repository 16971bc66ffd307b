"""catalog: which features there are, whose they are, who may read them, and how to ask for them."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from featureshare.catalog import Entry, entries, page, search
from featureshare.catalog.lines import grant_lines
from featureshare.cli.common import AsJson, Env, emit, stdout_is_terminal
from featureshare.declaration import load
from featureshare.errors import BadInput, Problem
from featureshare.workspace import Workspace

app = typer.Typer(no_args_is_help=True)

_WIDTH = 150  # where output is no terminal


@app.command()
def catalog(
    env: Env,
    group: Annotated[str | None, typer.Argument(metavar="[GROUP]", help="Everything about this feature group.")] = None,
    words: Annotated[str, typer.Option("--search", help="Only groups in which all these words stand.")] = "",
    html: Annotated[
        Path | None, typer.Option("--page", metavar="FILE", help="Write the catalogue as one static HTML page.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List what is shared; with GROUP, its features, lineage, users, and the file and line that ask for access."""
    workspace = Workspace.find()
    folder = workspace.declaration_folder(env)
    found: Sequence[Entry] = entries(load(workspace.environments, env), grant_lines(folder), workspace.relative(folder))
    if group is not None:
        found = _named(found, group, workspace.relative(folder))
    if words:
        found = search(found, words)
    if html is not None:
        _write(html, page(env, found))
    if as_json:
        emit({"environment": env, "feature_groups": [entry.as_dict() for entry in found]})
        return
    if html is not None:
        typer.echo(f"{html}: {len(found)} feature groups.")
        return
    console = Console() if stdout_is_terminal() else Console(width=_WIDTH)
    if group is not None:
        _show(found[0], console)
    elif found:
        console.print(_table(found))
    else:
        console.print(f"Nothing in {escape(env)} has the words: {escape(words)}")


def _named(found: Sequence[Entry], group: str, folder: str) -> tuple[Entry, ...]:
    named = tuple(entry for entry in found if entry.name == group)
    if not named:
        fix = f"name one of: {', '.join(entry.name for entry in found)}"
        file = f"{folder}/feature-groups/{group}.yaml"
        raise BadInput([Problem(file, "", f"there is no feature group {group}.", fix)])
    return named


def _write(file: Path, text: str) -> None:
    """The whole page or, when that fails, what was there before."""
    if not file.parent.is_dir():
        raise BadInput([Problem("--page", str(file), "its folder is not there.", f"make {file.parent} first")])
    with tempfile.NamedTemporaryFile("w", dir=file.parent, suffix=".new", delete=False, encoding="utf-8") as scratch:
        scratch.write(text)
    os.chmod(scratch.name, 0o644)
    Path(scratch.name).replace(file)


def _table(found: Sequence[Entry]) -> Table:
    table = Table(title_justify="left")
    for column in ("feature group", "owner", "class", "stores", "fresh", "features", "read by", "description"):
        table.add_column(column, overflow="fold", no_wrap=column == "feature group")
    for entry in found:
        stores = ", ".join(name for name, there in (("online", entry.online), ("offline", entry.offline)) if there)
        readers = sorted({reader.split("/")[0] for reader in entry.lineage()["read_by"]})
        cells = (entry.owner, entry.classification, stores, entry.freshness or "", str(len(entry.features)))
        table.add_row(escape(entry.name), *cells, ", ".join(readers), escape(entry.description))
    return table


def _show(entry: Entry, console: Console) -> None:
    console.print(f"[bold]{escape(entry.name)}[/]  {escape(entry.description)}")
    facts = Table.grid(padding=(0, 2))
    lineage = entry.lineage()
    for name, value in (
        ("owner", f"{entry.owner}, {entry.contact}"),
        ("pipeline", entry.pipeline or "none declared"),
        ("class", entry.classification),
        ("fresh within", entry.freshness or "not declared"),
        ("online", entry.online or "no"),
        ("offline", entry.offline or "no"),
        ("lies in", f"account {entry.account}, {entry.region}, {entry.store} store"),
        ("written by", ", ".join(lineage["written_by"])),
        ("read by", ", ".join(lineage["read_by"])),
        *(
            ("copied to", f"{copy.replica}, account {copy.account}, {copy.region}: {', '.join(copy.readers)}")
            for copy in entry.copies
        ),
    ):
        facts.add_row(f"  {name}", escape(value))
    for use in entry.uses:
        for verb, origin in use.by_tag.items():
            facts.add_row("  by tag", escape(f"{use.team} {verb}, {origin}"))
    console.print(facts)
    features = Table()
    for column in ("feature", "type", "meaning"):
        features.add_column(column, overflow="fold")
    for feature in entry.features:
        meaning = f"{feature.description} ({feature.role})" if feature.role else feature.description
        features.add_row(escape(feature.name), feature.type, escape(meaning))
    console.print(features)
    ask = entry.ask
    if not ask.possible:
        console.print(escape(ask.why_not))
        return
    where = f"{ask.file}:{ask.line}" if ask.line else ask.file
    console.print(f"To ask for access, add this after {escape(where)}; {escape(ask.approver)} approves:")
    console.print(escape(ask.add))
    console.print(f"Your team's own file, {escape(ask.team_file)}, names the principals that take these verbs.")
