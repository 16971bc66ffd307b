"""What a manager made through the API is adopted: the next plan imports it and changes nothing, the next apply does and
is done with it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from featureshare.journeys import article, manage, name_space
from featureshare.journeys.sessions import LocalSessions
from featureshare.journeys.stage import Options
from featureshare.journeys.strangers import LocalStrangers

STACK, CHOSEN = "central-team/data-curation", ("--team", "data-curation", "--stack", "central-team")

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def made(applied_local: Any) -> Iterator[tuple[str, str]]:
    """A declared group and one in the name space, made by the steward; the declaration is as it was afterwards."""
    region = applied_local.render["environment"]["region"]
    stage = article.stage(
        applied_local.render, LocalSessions(applied_local.localaws, region), Options(seed=77, events=60)
    )
    declared = next(group for group in stage.cast.groups if group.created_by == "api")
    manager = stage.cast.actor(declared.owner, "manage", declared)
    trial, maker = next(name_space.trials(stage))
    assert manager is not None
    manage.make(stage, manager, declared)
    manage.make(stage, maker, trial)
    yield declared.name, trial.name
    manage.remove(stage.client(maker, "sagemaker"), trial)
    _restore(applied_local)


def _restore(applied_local: Any) -> None:
    applied_local.copy.git("reset", "--quiet", "--", "environments")
    applied_local.copy.git("checkout", "--", "environments")
    applied_local.copy.git("clean", "-fdq", "environments")


def _clear_table(applied_local: Any, name: str) -> None:
    """Whoever makes the group again finds no table of it: a group that is deleted leaves its own, as on AWS."""
    group = next(one for one in applied_local.render["feature_groups"].values() if one["name"] == name)
    sessions = LocalSessions(applied_local.localaws, applied_local.render["environment"]["region"])
    glue = LocalStrangers(applied_local.localaws, sessions).administrator(group["account"]).client("glue")
    glue.delete_table(DatabaseName=group["database"], Name=group["table"])


def _steps(report: Any) -> list[str]:
    return [step for stack in report["stacks"] if stack["stack"] == STACK for step in stack["steps"]]


def test_the_plan_after_adoption_imports_and_changes_nothing(applied_local: Any, made: tuple[str, str]) -> None:
    declared, trial = made
    copy = applied_local.copy
    report = copy.json("adopt", "local")
    assert {one["feature_group"]: one["done"] for one in report["adopted"]} == {
        declared: "handed over",
        trial: "declared",
    }
    assert report["undeclared"] == []
    assert [one["tags"] for one in report["adopted"]] == [[], []]
    report = copy.json("plan", "local", "--team", "data-curation")
    stacks = report["stacks"]
    assert {stack["result"] for stack in stacks} <= {"planned", "unchanged"}, stacks
    assert _steps(report)[0] == f"{declared}: imported"
    plan = json.loads((copy.workspace.state("local") / "plans" / "central-team-data-curation.json").read_text())
    imported = {
        change["change"]["importing"]["id"]: change["change"]["actions"]
        for change in plan["resource_changes"]
        if "importing" in change["change"]
    }
    assert imported == {declared: ["no-op"]}
    groups = [one for one in plan["resource_changes"] if one["type"] == "aws_sagemaker_feature_group"]
    assert all(one["change"]["actions"] == ["no-op"] for one in groups)
    # The manager loses what Terraform takes over; nothing else of the team's changes.
    changed = {one["address"] for one in plan["resource_changes"] if one["change"]["actions"] != ["no-op"]}
    assert changed == {
        'module.central_team.module.role["fs-data-curation-manager"].aws_iam_role_policy.this["manage-user-segments"]',
        'module.central_team.module.role["fs-data-curation-manager"].aws_iam_role_policies_exclusive.this',
    }
    assert copy.json("adopt", "local")["adopted"] == []

    # The apply carries the order out, and another time there is none. Only of the stack that it is for: others would
    # learn of the trial, which is not to stay.
    report = copy.json("apply", "local", *CHOSEN)
    assert report["ok"], report
    assert f"{declared} of {STACK} left environments/local/imports.json, and the file went with it" in _steps(report)
    assert not (copy.workspace.environments / "local" / "imports.json").exists()

    # Declared again as it was: the environment is ephemeral, so the group goes.
    adopted = (copy.workspace.environments / "local" / "feature-groups" / f"{declared}.yaml").read_text()
    _restore(applied_local)
    assert copy.json("apply", "local", *CHOSEN)["ok"]
    assert copy.git("status", "--porcelain") == ""
    _clear_table(applied_local, declared)

    # An order that came with a commit after that: the group is not there to be imported, and is made. Git's file stays.
    (copy.workspace.environments / "local" / "feature-groups" / f"{declared}.yaml").write_text(adopted)
    imports = copy.workspace.environments / "local" / "imports.json"
    imports.write_text(json.dumps({STACK: [declared]}))
    copy.git("add", str(imports))
    report = copy.json("plan", "local", *CHOSEN)
    assert [stack["result"] for stack in report["stacks"]] == ["planned"], report
    assert _steps(report)[0] == f"{declared}: not imported: there is no such group any more, so it is made"
    by_hand = copy.json("env", "local", "central-team", "data-curation")["environment"]
    assert json.loads(by_hand["TF_VAR_not_imported"]) == [declared]
