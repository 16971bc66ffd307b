"""adopt: feature groups that were made outside Terraform become part of the declaration."""

import os
from collections.abc import Iterator
from typing import Annotated

import typer
from botocore.exceptions import ClientError

from featureshare.adoption import Found, adopt, read_groups
from featureshare.cli.common import AsJson, Env, emit
from featureshare.errors import FeatureShareError
from featureshare.render import render
from featureshare.runner.api_groups import as_deploy_role
from featureshare.runner.declared import read_normal
from featureshare.runner.environment import Access
from featureshare.runner.machine import open_access
from featureshare.runner.stacks import CENTRAL, Stack, choose, stacks_of
from featureshare.workspace import Workspace

app = typer.Typer(no_args_is_help=True)


@app.command("adopt")
def command(
    env: Env,
    team: Annotated[str | None, typer.Argument(metavar="[TEAM]", help="Only what this team made.")] = None,
    group: Annotated[
        list[str] | None, typer.Option("--group", metavar="NAME", help="Only this feature group; may be repeated.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Say what would be written, and write nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Declare what teams made in their name spaces; hand over to Terraform what is declared created_by: api."""
    workspace = Workspace.find()
    normal = read_normal(workspace, env)
    documents = render(env, workspace.root)
    chosen = choose(stacks_of(normal), teams=[team] if team else ())
    stores = {one["account"] for one in documents["stores"].values()}
    stacks = [one for one in chosen if one.kind != CENTRAL and one.account in stores]
    access = open_access(workspace, os.environ, normal)
    roles = {role["account"]: role["arn"] for role in documents["roles"].values() if role["kind"] == "deploy"}
    try:
        found = list(_found(stacks, roles, access, set(group) if group else None))
    except ClientError as error:
        raise FeatureShareError(f"The accounts cannot be read: {error}") from error
    adoptions, strangers = adopt(workspace.environments, documents, found, check=check)
    if as_json:
        emit({"adopted": [vars(one) for one in adoptions], "undeclared": strangers, "written": not check})
        return
    for one in adoptions:
        typer.echo(f"{one.feature_group}: {one.done}, {one.file} ({one.stack})")
        if one.tags:
            typer.echo(f"  the next apply sets its tags {', '.join(one.tags)}")
    for name in strangers:
        typer.echo(f"{name}: neither declared nor in a name space; declare it under a name of its own", err=True)
    if not adoptions:
        typer.echo("Nothing to adopt.")
    elif any(one.done == "handed over" for one in adoptions):
        typer.echo("Plan and apply: the groups handed over are imported, and their names leave the file.")


def _found(
    stacks: list[Stack], roles: dict[str, str], access: Access, wanted: set[str] | None
) -> Iterator[tuple[Stack, Found]]:
    """Each group of each account once for each stack whose it could be."""
    read: dict[str, list[Found]] = {}
    for stack in stacks:
        if stack.account not in read:
            client = as_deploy_role(roles[stack.account], stack, access).client("sagemaker")
            read[stack.account] = list(read_groups(client, wanted))
        yield from ((stack, one) for one in read[stack.account])
