"""clean: what unloads left behind in the teams' results buckets."""

import os
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from botocore.exceptions import ClientError

from featureshare.cli.common import AsJson, Env, emit
from featureshare.errors import BadInput, FeatureShareError, Problem
from featureshare.orphans import SAFE_AGE, delete, orphans, read_locations, read_versions
from featureshare.render import render
from featureshare.runner.api_groups import as_deploy_role
from featureshare.runner.declared import read_normal
from featureshare.runner.machine import open_access
from featureshare.runner.stacks import TEAM, choose, stacks_of
from featureshare.workspace import Workspace

app = typer.Typer(no_args_is_help=True)


@app.command("clean")
def command(
    env: Env,
    team: Annotated[str | None, typer.Argument(metavar="[TEAM]", help="Only this team's bucket.")] = None,
    older_than: Annotated[float, typer.Option(metavar="HOURS", help="Keep what is younger; 24 at least.")] = 168.0,
    check: Annotated[bool, typer.Option("--check", help="Say what would go, and delete nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete files of unloads that no table points to any more; never what a data set consists of."""
    workspace = Workspace.find()
    normal = read_normal(workspace, env)
    age = timedelta(hours=older_than)
    if age < SAFE_AGE and not normal["environment"]["ephemeral"]:
        rule = "an unload that still runs may be that young."
        raise BadInput([Problem("command line", "--older-than", rule, "say 24 or more")])
    documents = render(env, workspace.root)
    access = open_access(workspace, os.environ, normal)
    roles = {role["account"]: role["arn"] for role in documents["roles"].values() if role["kind"] == "deploy"}
    results: list[dict[str, Any]] = []
    for stack in choose(stacks_of(normal), teams=[team] if team else (), kinds=[TEAM]):
        facts = documents["teams"][str(stack.team)]
        bucket, database = facts["results_bucket"], facts["shared_database"]
        if bucket is None or database is None:
            continue
        clients = as_deploy_role(roles[stack.account], stack, access)
        s3, failed = clients.client("s3"), list[Any]()
        try:
            held = list(read_locations(clients.client("glue"), stack.account, database, bucket))
            found = orphans(read_versions(s3, bucket), held, datetime.now(UTC), age)
            gone = 0 if check else delete(s3, bucket, found, failed.append)
        except ClientError as error:
            raise FeatureShareError(f"{bucket} cannot be cleaned: {error}") from error
        if failed:
            raise FeatureShareError(f"{bucket}: {len(failed)} files stay, such as {failed[0]}")
        size = sum(one.size for one in found)
        results.append({"bucket": bucket, "found": len(found), "bytes": size, "deleted": gone})
    if as_json:
        emit({"buckets": results})
        return
    for one in results:
        what = "would go" if check else "deleted"
        typer.echo(f"{one['bucket']}: {one['found']} file versions {what}, {one['bytes']:,} bytes")
    if not results:
        typer.echo("No team has a results bucket.")
