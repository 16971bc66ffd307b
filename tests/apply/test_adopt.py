"""What a manager made through the API is adopted: the next plan imports it and changes nothing."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from featureshare.journeys import article, manage, name_space
from featureshare.journeys.sessions import LocalSessions
from featureshare.journeys.stage import Options

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
    applied_local.copy.git("checkout", "--", "environments")
    applied_local.copy.git("clean", "-fdq", "environments")


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
    stacks = copy.json("plan", "local", "--team", "data-curation")["stacks"]
    assert {stack["result"] for stack in stacks} <= {"planned", "unchanged"}, stacks
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
