"""demo: the whole system on this machine, each step by the command that a person would type."""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any, cast

import typer

from featureshare.cli.common import AsJson, emit
from featureshare.errors import FeatureShareError
from featureshare.render import render
from featureshare.toolchain import find_terraform
from featureshare.workspace import Workspace

app = typer.Typer(no_args_is_help=True)

ENV = "local"

# Every step cleans its own children's environment; the steps themselves get none of these either.
_KEPT = ("TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR")


@app.command()
def demo(
    keep: Annotated[
        bool, typer.Option("--keep", envvar="KEEP", help="Keep it running and print what to try (or set KEEP=1).")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """The whole system on this machine: local AWS, apply, the article's seven steps, every denial, destroy."""
    workspace = Workspace.find()
    find_terraform(os.environ)
    run = _Demo(workspace, quiet=as_json)
    status = run.play(keep=keep)
    if as_json:
        emit({"ok": status == 0, "seconds": run.seconds, "kept": run.kept})
    if status:
        raise typer.Exit(status)
    if run.kept and not as_json:
        typer.echo("\nIt is still running; paste any of these, and end it with `make down`:\n")
        for line in invitation(workspace, ENV):
            typer.echo(line)


class _Demo:
    def __init__(self, workspace: Workspace, *, quiet: bool) -> None:
        self._workspace, self._quiet = workspace, quiet
        self._environment = step_environment(os.environ)
        self.seconds: dict[str, float] = {}
        self.kept = False

    def play(self, *, keep: bool) -> int:
        """Run the steps; the exit status. What was started is ended again whatever happens, unless it is kept."""
        if status := self._step("Start local AWS: an organization and its accounts", "localaws", "up", ENV):
            return status
        try:
            status = self._step("Apply the declaration in all its accounts", "apply", ENV)
            status = status or self._step("Take the seven steps, then try what must be denied", "verify", ENV)
            self.kept = keep and status == 0
            if not self.kept:
                # Also after a failure: Ctrl-C and errors leave nothing behind either.
                status = self._step("Destroy everything", "destroy", ENV) or status
        except BaseException:
            self.kept = False
            raise
        finally:
            if not self.kept:
                status = self._step("Stop local AWS", "localaws", "down", ENV) or status
        if not self._quiet:
            total = sum(self.seconds.values())
            times = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in self.seconds.items())
            typer.echo(f"\n{'Failed' if status else 'Done'} in {total:.0f} s: {times}.")
        return status

    def _step(self, title: str, *arguments: str) -> int:
        if not self._quiet:
            typer.echo(f"\n== {title}  ({' '.join(('featureshare', *arguments))})")
        sys.stdout.flush()
        start = time.monotonic()
        command = [sys.executable, "-m", "featureshare", *arguments]
        # In a session of its own: a step hears of Ctrl-C from us, once, and not from the terminal as well, since twice
        # means "now" to it.
        with subprocess.Popen(
            command,
            cwd=self._workspace.root,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if self._quiet else None,
            start_new_session=True,
        ) as child:
            interrupted = False
            while True:
                try:
                    status = child.wait()
                    break
                except KeyboardInterrupt:
                    interrupted = True
                    child.send_signal(signal.SIGINT)
        name = " ".join(arguments[:2]) if arguments[0] == "localaws" else arguments[0]
        self.seconds[name] = time.monotonic() - start
        if interrupted:
            raise KeyboardInterrupt
        return status


def step_environment(parent: Mapping[str, str]) -> dict[str, str]:
    """The shell's environment without what could lead a step elsewhere than to this machine's local AWS."""
    environment = {
        name: value for name, value in parent.items() if name in _KEPT or not name.startswith(("AWS_", "TF_"))
    }
    for name in ("NO_PROXY", "no_proxy"):
        others = [host for host in parent.get(name, "").split(",") if host]
        environment[name] = ",".join(dict.fromkeys([*others, "127.0.0.1", "localhost"]))
    return environment


def invitation(workspace: Workspace, env: str) -> list[str]:
    """Three lines to paste: act as a reader, read a record, run a query; of the first team that may do both."""
    documents = render(env, workspace.root)
    found = _reader(documents)
    if found is None:
        return []
    team, group = found
    here = Path.cwd()
    bin_folder = Path(sys.executable).parent
    python, command = (_relative(bin_folder / name, here) for name in (Path(sys.executable).name, "featureshare"))
    online, offline = team["access_roles"]["read-online"], _offline_role(team, group)
    identifier = _any_identifier(workspace, env, documents, team, group)
    read = (
        'import boto3, pprint; pprint.pp(boto3.client("sagemaker-featurestore-runtime").get_record('
        f'FeatureGroupName="{group["arn"]}", RecordIdentifierValueAsString="{identifier}")["Record"])'
    )
    sql = f"SELECT count(*) AS records FROM {group['database']}.{group['table']}"
    query = (
        'import boto3, time; a = boto3.client("athena"); '
        f'q = a.start_query_execution(QueryString="{sql}", WorkGroup="{team["workgroup"]}")["QueryExecutionId"]; '
        'time.sleep(3); print(a.get_query_results(QueryExecutionId=q)["ResultSet"]["Rows"])'
    )

    def act_as(role: str) -> str:
        return f'eval "$({command} localaws env {env} --role {role})"'

    return [
        act_as(online),
        f"{python} -c {shlex.quote(read)}",
        f"({act_as(offline)}; {python} -c {shlex.quote(query)})",
    ]


def _relative(path: Path, here: Path) -> str:
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))


def _reader(documents: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    for name, team in documents["teams"].items():
        for group in documents["feature_groups"].values():
            verbs = set(group["shared_with"].get(name, ()))
            if {"read-online", "read-offline"} <= verbs and group["store"] == "central" and team["workgroup"]:
                return team, group
    return None


def _offline_role(team: Mapping[str, Any], group: Mapping[str, Any]) -> str:
    """Offline grants may be spread over several roles."""
    return str(team["spread_readers"].get(group["name"]) or team["access_roles"]["read-offline"])


def _any_identifier(
    workspace: Workspace, env: str, documents: dict[str, Any], team: Mapping[str, Any], group: Mapping[str, Any]
) -> str:
    from featureshare.cli.localaws import session_for
    from featureshare.journeys import athena
    from featureshare.journeys.sessions import LocalSessions
    from featureshare.localaws.control import LocalAWS

    running = LocalAWS.connect(workspace.state(env))
    credentials = session_for(running, documents, _offline_role(team, group))
    client = LocalSessions(cast(Any, running), documents["environment"]["region"]).derive(credentials).client("athena")
    column = group["record_identifier"]
    sql = f'SELECT "{column}" FROM "{group["database"]}"."{group["table"]}" WHERE NOT is_deleted LIMIT 1'
    rows = athena.select(client, sql, SimpleNamespace(name=team["workgroup"]), group["database"])  # type: ignore[arg-type]
    if not rows:
        raise FeatureShareError(f"{group['name']} holds no record.")
    return str(rows[0][column])
