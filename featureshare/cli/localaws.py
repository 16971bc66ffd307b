"""`featureshare localaws`: start, stop and look into local AWS."""

import json
import os
import re
import shlex
import time
from datetime import datetime
from typing import Annotated, Any

import typer

from featureshare.cli.common import AsJson, Env, emit
from featureshare.errors import BadInput, FeatureShareError, Problem
from featureshare.localaws import lifecycle
from featureshare.localaws.control import LocalAWS
from featureshare.localaws.zone import landing_zone
from featureshare.render import render
from featureshare.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="Start, stop and look into local AWS.")


@app.command()
def up(
    env: Env,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Start local AWS and play the landing zone of ENV."""
    workspace = Workspace.find()
    workspace.declaration_folder(env)
    documents = render(env, workspace.root)
    settings = documents["environment"]
    state = workspace.state(env)
    running = lifecycle.start(
        state,
        environment=env,
        region=settings["region"],
        partition=settings["partition"],
        port=port,
        parent=os.environ,
    )
    try:
        made = running.land(landing_zone(documents))
    except FeatureShareError:
        lifecycle.stop(state)
        raise
    if as_json:
        emit({"endpoint": running.endpoint, "pid": running.pid, "environment": env, "landing_zone": made})
    else:
        typer.echo(
            f"Local AWS runs for {env}: {running.endpoint} (pid {running.pid}), {made['accounts'] + 1} accounts."
        )


@app.command()
def down(env: Env, as_json: AsJson = False) -> None:
    """Stop local AWS; everything in it is gone."""
    ended = lifecycle.stop(_state(env))
    if as_json:
        emit({"stopped": ended})
    else:
        typer.echo(f"Local AWS of {env} is stopped." if ended else f"No local AWS ran for {env}.")


@app.command()
def status(env: Env, as_json: AsJson = False) -> None:
    """Say whether local AWS runs and what is in it. Exit status 1 when it does not."""
    running = lifecycle.find(_state(env))
    if running is None:
        if as_json:
            emit({"running": False})
        else:
            typer.echo(f"No local AWS runs for {env}; start it: featureshare localaws up {env}")
        raise typer.Exit(1)
    inventory = running.inventory()
    if as_json:
        emit({"running": True, "endpoint": running.endpoint, "pid": running.pid, "inventory": inventory})
        return
    typer.echo(f"Local AWS runs for {env}: {running.endpoint} (pid {running.pid})")
    for account, kinds in inventory.items():
        counts = ", ".join(f"{len(names)} {kind.replace('_', ' ')}" for kind, names in kinds.items())
        typer.echo(f"  {account}: {counts}")


@app.command(name="env")
def env_(
    env: Env,
    role: Annotated[str | None, typer.Option(help="ARN of the role to act as; default: the platform role.")] = None,
    service: Annotated[
        str | None, typer.Option(help="Service that gets the role, such as lambda.amazonaws.com; default: what fits.")
    ] = None,
    account: Annotated[
        str | None, typer.Option(help="Act as an administrator of this account instead, who may do anything in it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the variables to act as a declared role: eval "$(featureshare localaws env ENV --role ARN)"."""
    workspace = Workspace.find()
    running = LocalAWS.connect(workspace.state(env))
    documents = render(env, workspace.root)
    region = documents["environment"]["region"]
    if account is None:
        arn = role or documents["landing_zone"]["platform"]["arn"]
        credentials = session_for(running, documents, arn, service)
        # A reader of a replica works where the replica lies.
        region = next(
            (one["region"] for one in documents["replicas"].values() if arn in one["readers"].values()), region
        )
    elif role or service:
        rule = "it does not go with --role or --service: the role is an administrator's."
        raise BadInput([Problem("command line", "--account", rule, "leave out one of them")])
    elif not re.fullmatch(r"\d{12}", account):
        raise BadInput([Problem("command line", "--account", f"{account!r} has not twelve digits.", "name an account")])
    else:
        # Imported here: journeys take a while to load, and most commands do without.
        from featureshare.journeys.strangers import administrator_keys

        credentials = administrator_keys(running, account)
    variables = {
        "AWS_ENDPOINT_URL": running.endpoint,
        # Names of buckets and accounts before the endpoint's resolve nowhere; local AWS is their proxy.
        "HTTP_PROXY": running.endpoint,
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
    }
    if as_json:
        emit({**variables, "expires": credentials["Expiration"], "principal": credentials["Arn"]})
        return
    typer.echo("unset AWS_PROFILE AWS_CA_BUNDLE")
    for name, value in variables.items():
        typer.echo(f"export {name}={shlex.quote(value)}")


@app.command()
def log(
    env: Env,
    since: Annotated[int, typer.Option(help="Only entries after this number.")] = 0,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Keep printing until interrupted.")] = False,
    denied: Annotated[bool, typer.Option("--denied", help="Only requests that were not allowed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document a line, with every check.")] = False,
) -> None:
    """Print the decision log: who asked for what, what was decided, and why.

    The last 10,000 requests; earlier ones are in the state folder (decisions.jsonl, decisions.1.jsonl).
    """
    state = _state(env)
    running = LocalAWS.connect(state)
    while True:
        for entry in running.log(since):
            number = int(entry["sequence"])
            if number > since + 1:
                missing = f"{since + 1} to {number - 1}"
                typer.echo(f"Requests {missing} are no longer in memory: see {state}/decisions*.jsonl", err=True)
            since = number
            if denied and entry["result"] == "Allowed":
                continue
            if as_json:
                typer.echo(json.dumps(entry))
            else:
                _show(entry)
        if not follow:
            return
        time.sleep(0.5)


@app.command()
def settings(
    env: Env,
    alias_delay: Annotated[
        float | None, typer.Option(help="Seconds until policies see a changed key alias; on AWS up to 300.", min=0)
    ] = None,
    ram_data_plane: Annotated[
        bool | None, typer.Option(help="Whether a RAM share of a feature group reaches its records.")
    ] = None,
    secure_transport: Annotated[
        bool | None, typer.Option(help="Whether requests count as aws:SecureTransport, though they are loopback HTTP.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the switches of the running local AWS, and change those that are given."""
    given = {"alias_delay": alias_delay, "ram_data_plane": ram_data_plane, "secure_transport": secure_transport}
    wanted = {name: value for name, value in given.items() if value is not None}
    now = LocalAWS.connect(_state(env)).settings(**wanted)
    if as_json:
        emit(now)
    else:
        for name, value in sorted(now.items()):
            typer.echo(f"{name:<18}{json.dumps(value)}")


def session_for(running: LocalAWS, documents: dict[str, Any], arn: str, service: str | None = None) -> dict[str, Any]:
    """A session of any role of the environment, reached as on AWS.

    The platform role by sign-in, an execution role or a replica's reader through its service, an access or deploy role
    through a role that may assume it. Raises FeatureShareError when no declared way leads there.
    """
    platform = documents["landing_zone"]["platform"]["arn"]
    if arn == platform:
        return running.session(arn)
    if service is not None:
        return running.session(arn, service)
    for team in documents["teams"].values():
        for execution in team["execution_roles"].values():
            if execution["arn"] == arn:
                return running.session(arn, SERVICES.get(execution["compute"], "sagemaker.amazonaws.com"))
            if arn in execution["assumes"]:
                base = running.session(execution["arn"], SERVICES.get(execution["compute"], "sagemaker.amazonaws.com"))
                return running.assume(base, arn)
    if any(arn in replica["readers"].values() for replica in documents["replicas"].values()):
        return running.session(arn, "sagemaker.amazonaws.com")
    if any(role["arn"] == arn and role["kind"] == "deploy" for role in documents["roles"].values()):
        return running.assume(running.session(platform), arn)
    raise FeatureShareError(f"no declared principal leads to {arn}; name the service that gets it with --service")


SERVICES = {
    "sagemaker": "sagemaker.amazonaws.com",
    "lambda": "lambda.amazonaws.com",
    "ecs": "ecs-tasks.amazonaws.com",
    "ec2": "ec2.amazonaws.com",
    "emr": "ec2.amazonaws.com",
    "emr-serverless": "emr-serverless.amazonaws.com",
}


def _show(entry: dict[str, Any]) -> None:
    at = datetime.fromtimestamp(entry["time"]).strftime("%H:%M:%S")
    who = entry["principal"].rsplit(":", 1)[-1] or "nobody"
    typer.echo(f"{entry['sequence']:>6} {at} {entry['result']:<8} {entry['call']:<44} {entry['account']} {who}")
    if entry["result"] == "Allowed":
        return
    for check in entry["checks"]:
        if check["result"] != "Allowed":
            typer.echo(f"         {check['result']}: {check['action']} on {check['resource']}")
            for reason in check["reasons"]:
                place = " ".join(part for part in (reason["layer"], reason["document"], reason["sid"]) if part)
                typer.echo(f"           {place}: {reason['text']}")
    if not entry["checks"] and entry["message"]:
        typer.echo(f"         {entry['message']}")


def _state(env: str) -> Any:
    workspace = Workspace.find()
    workspace.declaration_folder(env)
    return workspace.state(env)
