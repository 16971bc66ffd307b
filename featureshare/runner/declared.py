"""The declaration as the runner needs it: its normal form, and the slice of a stack."""

from typing import Any

from featureshare.runner.stacks import Normal, Stack
from featureshare.workspace import Workspace


def read_normal(workspace: Workspace, env: str) -> dict[str, Any]:
    """The normal form of an environment's declaration. Raises BadInput with every problem found."""
    # Imported here: pydantic and ruamel.yaml take longer to import than most commands take to run.
    from featureshare.declaration import load

    workspace.declaration_folder(env)
    return load(workspace.environments, env).normal()


def slice_of(normal: Normal, team: str | None) -> dict[str, Any]:
    """The part of a declaration that concerns a team: itself, and the groups it owns or is granted. None: the whole.

    Of a group that another team owns it holds the team's own grants, so that what others are granted changes nothing.
    """
    if team is None:
        return dict(normal)
    return {
        "environment": normal["environment"],
        "teams": {name: value for name, value in normal["teams"].items() if name == team},
        "feature_groups": {
            name: group if group["owner"] == team else group | {"shared_with": {team: group["shared_with"][team]}}
            for name, group in normal["feature_groups"].items()
            if group["owner"] == team or team in group["shared_with"]
        },
    }


def seen_by(normal: Normal, stack: Stack) -> dict[str, Any]:
    """What of the declaration a stack's resources are made of. The central one is made of the environment alone."""
    if stack.team is None:
        return {"environment": normal["environment"], "teams": {}, "feature_groups": {}}
    return slice_of(normal, stack.team)
