"""plan, apply, destroy, status, env: Terraform over the stacks of an environment."""

import os
import shlex
from collections.abc import Callable, Iterable
from typing import Annotated

import typer
from rich.console import Console

from featureshare.cli.common import BAD_INPUT, FAILED, AsJson, Env, emit, error_document, stdout_is_terminal
from featureshare.cli.progress import Progress, summary
from featureshare.errors import BadInput, FeatureShareError
from featureshare.render import render
from featureshare.runner import created, imports, landing
from featureshare.runner.backend import check_backend
from featureshare.runner.declared import read_normal
from featureshare.runner.environment import shell_lines
from featureshare.runner.fill import fill_notes, resource_notes
from featureshare.runner.history import recall, remember
from featureshare.runner.machine import Machine, is_local, open_access, shell_variables
from featureshare.runner.operations import Runner
from featureshare.runner.report import Report
from featureshare.runner.since import touched_since
from featureshare.runner.stacks import Normal, Stack, choose, find, stacks_of
from featureshare.workspace import Workspace

app = typer.Typer(no_args_is_help=True)

Teams = Annotated[list[str] | None, typer.Option("--team", help="Only this team's stacks; may be repeated.")]
Kinds = Annotated[
    list[str] | None,
    typer.Option("--stack", help="Only stacks of this kind: central, central-team, team, replica, replication."),
]
Since = Annotated[
    str | None, typer.Option("--since", metavar="REV", help="Only what differs between this git revision and now.")
]
AllowDestroy = Annotated[
    list[str] | None,
    typer.Option("--allow-destroy", metavar="ADDRESS", help="This resource and its data may go; may be repeated."),
]

Operation = Callable[[Runner, tuple[Stack, ...], tuple[str, ...]], Report]


@app.command()
def plan(
    env: Env,
    team: Teams = None,
    stack: Kinds = None,
    since: Since = None,
    allow_destroy: AllowDestroy = None,
    as_json: AsJson = False,
) -> None:
    """Show what would change, and refuse what must not."""
    documents = {} if as_json else render(env)
    notes = [*fill_notes(documents.get("fill", {})), *resource_notes(documents.get("resource_fill", {}))]
    try:
        _operate(env, team, stack, since, allow_destroy, as_json, lambda run, chosen, ok: run.plan(chosen, allowed=ok))
    finally:
        for note in notes:
            typer.echo(note)


@app.command()
def apply(
    env: Env,
    team: Teams = None,
    stack: Kinds = None,
    since: Since = None,
    allow_destroy: AllowDestroy = None,
    as_json: AsJson = False,
) -> None:
    """Plan, check every plan, and apply exactly what was planned."""
    _operate(env, team, stack, since, allow_destroy, as_json, lambda run, chosen, ok: run.apply(chosen, allowed=ok))


@app.command()
def destroy(
    env: Env, team: Teams = None, stack: Kinds = None, allow_destroy: AllowDestroy = None, as_json: AsJson = False
) -> None:
    """Destroy stacks; data is kept unless the environment is ephemeral or it is named."""
    _operate(env, team, stack, None, allow_destroy, as_json, lambda run, chosen, ok: run.destroy(chosen, allowed=ok))


def _operate(
    env: str,
    teams: Iterable[str] | None,
    kinds: Iterable[str] | None,
    since: str | None,
    allow_destroy: Iterable[str] | None,
    as_json: bool,
    operation: Operation,
) -> None:
    workspace = Workspace.find()
    normal = read_normal(workspace, env)
    whole = stacks_of(normal)
    chosen = choose(whole, teams=teams or (), kinds=kinds or ())
    _check_backend(workspace, env)
    if since is not None:
        chosen = touched_since(workspace, env, since, normal, chosen)
    runner, progress = _runner(workspace, normal, as_json)
    with progress:
        report = operation(runner, chosen, tuple(allow_destroy or ()))
    if is_local(workspace, env) and report.settled and len(chosen) == len(whole):
        landing.refresh(workspace, env, keep=False)
    remember(workspace.state(env), report)
    _show(report, as_json)


def _check_backend(workspace: Workspace, env: str) -> None:
    file = workspace.environments / env / "backend.hcl"
    check_backend(file, workspace.relative(file), render(env, workspace.root))


def _runner(workspace: Workspace, normal: Normal, as_json: bool) -> tuple[Runner, Progress]:
    machine = Machine.detect(workspace)
    progress = Progress(quiet=as_json)
    return Runner(machine, normal, open_access(workspace, os.environ, normal), observe=progress), progress


def _show(report: Report, as_json: bool) -> None:
    if as_json:
        document = {"stacks": [result.record() for result in report.results], "ok": report.ok}
        emit(document | ({"error": error_document(BadInput(report.problems))} if report.problems else {}))
        if not report.ok:
            raise typer.Exit(BAD_INPUT if report.problems else FAILED)
        return
    if not report.results:
        typer.echo("Nothing to do: no stack is touched.")
    else:
        # Where output is no terminal, nothing says how wide it is: wide enough that no name is cut.
        Console(highlight=False, width=None if stdout_is_terminal() else 120).print(summary(report))
    for result in report.results:
        for step in result.steps:
            typer.echo(f"{result.stack.name}: {step}")
    for result in report.results:
        if result.error:
            typer.echo(f"\n{result.stack.name} {result.result}: {result.error}", err=True)
    if report.problems:
        raise BadInput(report.problems)
    if not report.ok:
        raise typer.Exit(FAILED)


@app.command()
def status(env: Env, as_json: AsJson = False) -> None:
    """The stacks of an environment and how their last run from this clone ended."""
    workspace = Workspace.find()
    normal = read_normal(workspace, env)
    stacks = stacks_of(normal)
    runs = recall(workspace.state(env))
    pending, unknown = _pending(workspace, env, normal, stacks)
    if as_json:
        local = is_local(workspace, env)
        shown = [_status(stack, runs.get(stack.name), pending.get(stack.name)) for stack in stacks]
        emit({"environment": env, "local": local, "stacks": shown, "pending_unknown": unknown or None})
        return
    for stack in stacks:
        run = runs.get(stack.name)
        last = f"{run['result']} {run['when']}" if run else "never run from this clone"
        typer.echo(f"{stack.name:<36} {stack.account}  {last}")
        for step in pending.get(stack.name, ()):
            typer.echo(f"  pending: {step}")
    if unknown:
        typer.echo(f"What is pending is not known: {unknown}")
    elif any(pending.values()):
        typer.echo(f"Terraform cannot do what is pending; `featureshare apply {env}` does.")


def _pending(
    workspace: Workspace, env: str, normal: Normal, stacks: Iterable[Stack]
) -> tuple[dict[str, tuple[str, ...]], str]:
    """What is left to do through the API, by stack, after a run by hand above all; or why nobody can tell.

    Imported here: boto3 takes longer to import than the rest of the command to run.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    from featureshare.runner.group_steps import AwsFeatureGroups, deploy_role, told
    from featureshare.runner.operations import steps_of
    from featureshare.runner.primary import pending

    try:
        documents = render(env, workspace.root)
        access = open_access(workspace, os.environ, normal)
        aws = AwsFeatureGroups(access)
        found = {}
        for stack in stacks:
            role = deploy_role(documents, stack.account)
            steps = told(tuple(step for step in steps_of(normal, stack, role, aws)))
            found[stack.name] = (*pending(normal, stack, access), *steps)
    except (FeatureShareError, BotoCoreError, ClientError) as error:
        return {}, str(error)
    return found, ""


def _status(stack: Stack, run: dict[str, object] | None, pending: tuple[str, ...] | None) -> dict[str, object]:
    known = None if pending is None else list(pending)
    return {"stack": stack.name, "account": stack.account, "last": run, "pending": known}


@app.command("env")
def environment(
    env: Env,
    stack: Annotated[str, typer.Argument(metavar="STACK", help="central, central-team, team, replica or replication.")],
    team: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="The team or replica, for a stack that has one.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print what a run by hand needs, for a shell's eval; then plain terraform init, plan and apply work."""
    workspace = Workspace.find()
    normal = read_normal(workspace, env)
    chosen = find(stacks_of(normal), stack, team)
    _check_backend(workspace, env)
    machine = Machine.detect(workspace)
    access = open_access(workspace, os.environ, normal)
    names = imports.read(workspace.environments / env).get(chosen.name, ())
    more = imports.variables(imports.gone(names, normal, chosen, access))
    run = machine.environment(chosen, access, created.variables(normal, chosen, access) | more)
    variables = shell_variables(run)
    if as_json:
        emit({"folder": str(run.folder), "environment": variables, "backend_config": list(run.backend_config)})
        return
    for line in shell_lines(os.environ, variables):
        typer.echo(line)
    typer.echo(f"cd {shlex.quote(str(run.folder))}")
