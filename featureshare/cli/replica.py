"""replica: is a copy of the offline store complete, and copying what was there before it."""

import os
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from featureshare.cli.common import FAILED, AsJson, Env, Profiles, emit, profiles_of, stdout_is_terminal
from featureshare.errors import BadInput, FeatureShareError, Problem
from featureshare.journeys.sessions import AmbientSessions, LocalSessions, Sessions
from featureshare.render import render
from featureshare.replicas import backfill as batch
from featureshare.replicas.observe import readers, receipts
from featureshare.replicas.receipt import GroupReceipt
from featureshare.runner.clients import Clients, as_role
from featureshare.runner.declared import read_normal
from featureshare.runner.machine import is_local, open_access
from featureshare.workspace import Workspace

app = typer.Typer(no_args_is_help=True)

Name = Annotated[str | None, typer.Argument(metavar="[NAME]", help="One replica; all of them without it.")]

_WIDTH = 150


@app.command()
def check(
    env: Env,
    name: Name = None,
    heads: Annotated[
        int, typer.Option("--heads", min=0, help="Objects of a group whose status and checksum are read.")
    ] = 1000,
    profile: Profiles = None,
    as_json: AsJson = False,
) -> None:
    """The receipt: hold every version at the source against the replica. Exit status 1 when something is missing.

    Compares key, version id and size; checksums and replication status where a reader's session can be had (on real
    AWS: --profile, or the ambient role).
    """
    workspace = Workspace.find()
    documents, chosen = _chosen(workspace, env, name)
    sessions = _sessions(workspace, env, documents, profiles_of(profile))
    found: dict[str, list[GroupReceipt]] = {}
    for one in chosen:
        account, region = documents["replicas"][one]["account"], documents["replicas"][one]["region"]
        try:
            source = _deploy(workspace, env, documents, documents["environment"]["central_account"]).client("s3")
            copy = _deploy(workspace, env, documents, account, region).client("s3")
            looks = readers(documents, one, sessions)
            found[one] = receipts(documents, one, source, copy, look=looks, heads=heads)
        except (ClientError, BotoCoreError) as error:
            raise FeatureShareError(f"Replica {one} cannot be checked: {error}") from error
    complete = all(receipt.complete for these in found.values() for receipt in these)
    if as_json:
        plain = {one: [receipt.as_dict() for receipt in these] for one, these in found.items()}
        emit({"environment": env, "replicas": plain, "complete": complete})
    else:
        _show(found)
    if not complete:
        raise typer.Exit(FAILED)


@app.command()
def backfill(
    env: Env,
    name: Name = None,
    wait: Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait for the job to end.")] = 600.0,
    as_json: AsJson = False,
) -> None:
    """Copy what was written before the replica was there, by S3 Batch Replication as the replication role."""
    workspace = Workspace.find()
    documents, _ = _chosen(workspace, env, name)
    central = documents["environment"]["central_account"]
    try:
        client = _deploy(workspace, env, documents, central).client("s3control")
        job = batch.wait(client, central, batch.start(client, documents, name), wait)
    except (ClientError, BotoCoreError) as error:
        raise FeatureShareError(f"The job could not be run: {error}") from error
    if as_json:
        emit({"environment": env, "job": {**vars(job), "reasons": list(job.reasons)}, "ok": job.ok})
    else:
        typer.echo(f"Job {job.id}: {job.status}, {job.succeeded} of {job.total} versions replicated.")
        for reason in job.reasons:
            typer.echo(f"  {reason}", err=True)
    if not job.ok:
        raise typer.Exit(FAILED)


def _chosen(workspace: Workspace, env: str, name: str | None) -> tuple[Mapping[str, Any], list[str]]:
    documents = render(env)
    known = sorted(documents["replicas"])
    file = f"{workspace.relative(workspace.declaration_folder(env))}/environment.yaml"
    if not known:
        raise BadInput(
            [Problem(file, "replicas", "no replica is declared.", "declare one, or name another environment.")]
        )
    if name is not None and name not in known:
        rule = f"there is no replica {name!r}."
        raise BadInput([Problem("command line", "NAME", rule, f"name one of: {', '.join(known)}.")])
    return documents, known if name is None else [name]


def _deploy(
    workspace: Workspace, env: str, documents: Mapping[str, Any], account: str, region: str | None = None
) -> Clients:
    """Clients of an account's deploy role, which may list buckets and reads none."""
    environment = documents["environment"]
    role = documents["roles"][f"{account}/{environment['prefix']}-deploy"]["arn"]
    access = open_access(workspace, os.environ, read_normal(workspace, env))
    return as_role(access, role, region or environment["region"], "replica")


def _sessions(workspace: Workspace, env: str, documents: Mapping[str, Any], profiles: Mapping[str, str]) -> Sessions:
    region = documents["environment"]["region"]
    if not is_local(workspace, env):
        return AmbientSessions(profiles, region)
    from featureshare.localaws.control import LocalAWS

    localaws: Any = LocalAWS.connect(workspace.state(env))
    return LocalSessions(localaws, region)


def _show(found: Mapping[str, Iterable[GroupReceipt]]) -> None:
    console = Console() if stdout_is_terminal() else Console(width=_WIDTH)
    table = Table(title="What of the source is in the replica", title_justify="left", title_style="bold")
    for column in ("replica", "group", "source", "copied", "missing", "extra", "differ", "checksums", "lag", "status"):
        table.add_column(column, justify="left" if column in ("replica", "group", "status") else "right")
    for name, receipts_ in found.items():
        for one in receipts_:
            statuses = ", ".join(f"{count} {status}" for status, count in one.statuses.items()) or "not seen"
            counts = (one.source, one.copied, len(one.missing), len(one.extra), len(one.different), one.checksums)
            colour = "green" if one.complete else "red"
            lag = f"{one.lag:.0f} s" if one.missing else "-"
            table.add_row(escape(name), f"[{colour}]{escape(one.group)}[/]", *map(str, counts), lag, statuses)
    console.print(table)
    for name, receipts_ in found.items():
        for one in receipts_:
            if one.missing:
                console.print(f"{escape(name)}: first missing of {one.group}: {escape(one.missing[0])}")
            if one.late:
                console.print(f"{escape(name)}: rule {one.late} has missed the 15 minutes of its time control")
