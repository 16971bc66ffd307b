"""The declaration as the runner needs it: its normal form, and the slice of a stack."""

from collections.abc import Mapping
from typing import Any

from featureshare.runner.stacks import REPLICATION, Normal, Stack
from featureshare.workspace import Workspace

OFFLINE = "read-offline"


def read_normal(workspace: Workspace, env: str) -> dict[str, Any]:
    """The normal form of an environment's declaration. Raises BadInput with every problem found."""
    # Imported here: pydantic and ruamel.yaml take longer to import than most commands take to run.
    from featureshare.declaration import load

    workspace.declaration_folder(env)
    return load(workspace.environments, env).normal()


def slice_of(normal: Normal, team: str | None, replica: str | None = None) -> dict[str, Any]:
    """The part of a declaration that concerns a team (itself, and what it owns or is granted) or a replica (itself, and
    the groups it copies). Neither: the whole.

    Of a group that another team owns it holds the team's own grants, so that what others are granted changes nothing;
    of a group that is copied, no grants.
    """
    if team is None and replica is None:
        return dict(normal)
    replicas = normal.get("replicas") or {}
    copied = replicas[replica]["feature_groups"] if replica is not None else ()
    return {
        "environment": normal["environment"],
        "teams": {name: value for name, value in normal["teams"].items() if name == team},
        "feature_groups": {
            name: group if group["owner"] == team else group | _own(group, team)
            for name, group in normal["feature_groups"].items()
            if name in copied or (team is not None and (group["owner"] == team or team in group["shared_with"]))
        },
        "replicas": {name: value for name, value in replicas.items() if name == replica},
    }


def _own(group: Mapping[str, Any], team: str | None) -> dict[str, Any]:
    """What a group that another team owns says of this one."""
    return {
        key: {name: value for name, value in group[key].items() if name == team}
        for key in ("shared_with", "updates")
        if key in group
    }


def seen_by(normal: Normal, stack: Stack) -> dict[str, Any]:
    """What of the declaration a stack's resources are made of. The central one is made of the environment, of the teams
    that leave results there, and of what is read there without an access role."""
    if stack.kind == REPLICATION:
        replicas = normal.get("replicas") or {}
        copied = {name for replica in replicas.values() for name in replica["feature_groups"]}
        # Of a copied group nothing but its name counts here.
        return {"environment": normal["environment"], "replicas": replicas, "feature_groups": sorted(copied)}
    if stack.replica is not None and stack.replica not in (normal.get("replicas") or {}):
        return {}
    if stack.of is None:
        return _central(normal)
    return slice_of(normal, stack.team, stack.replica)


def _central(normal: Normal) -> dict[str, Any]:
    """What the central stack is made of."""
    direct = {name: team for name, team in normal["teams"].items() if team.get("direct_catalog")}
    reading = {name: _readers(team) for name, team in direct.items()}
    groups = {
        name: {"classification": group.get("classification"), "readers": sorted(readers)}
        for name, group in normal["feature_groups"].items()
        if (readers := [team for team, verbs in group["shared_with"].items() if team in direct and OFFLINE in verbs])
    }
    results = any(team.get("results") == "central" for team in normal["teams"].values())
    return {
        "environment": normal["environment"],
        "teams": {name: {"account": team["account"], "readers": reading[name]} for name, team in direct.items()},
        "feature_groups": groups,
        "results": results,
    }


def _readers(team: Mapping[str, Any]) -> dict[str, Any]:
    return {name: it for name, it in team["principals"].items() if OFFLINE in it["verbs"]}
