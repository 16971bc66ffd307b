"""One plan of each kind of stack for an environment that is data only (staging), read by tftest.

Staging has placeholder accounts and real settings: not ephemeral, an S3 backend with native locking, deploy roles to
assume. A local AWS that plays its landing zone lets the same stacks be planned here.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import tftest
from work_copy import Copy

from featureshare.runner.declared import read_normal
from featureshare.runner.machine import Machine, open_access, shell_variables
from featureshare.runner.stacks import find, stacks_of

pytestmark = pytest.mark.timeout(600)

ENV = "staging"
Planned = dict[str, Any]

POLICY_OF = {
    "aws_iam_policy": "policy",
    "aws_iam_role": "assume_role_policy",
    "aws_iam_role_policy": "policy",
    "aws_kms_key": "policy",
    "aws_s3_bucket_policy": "policy",
}


@pytest.fixture(scope="module")
def staging(work_copy: Copy) -> Iterator[Copy]:
    """Staging with its central stack applied, since what depends on it reads its keys."""
    work_copy.run("localaws", "up", ENV)
    try:
        work_copy.run("apply", ENV, "--stack", "central")
        yield work_copy
    finally:
        work_copy.run("localaws", "down", ENV)


@pytest.fixture(scope="module")
def terraform(staging: Copy) -> Callable[..., tftest.TerraformTest]:
    """tftest on a stack, with the environment that `featureshare env` prints."""
    machine = Machine.detect(staging.workspace)
    normal = read_normal(staging.workspace, ENV)
    access = open_access(staging.workspace, {}, normal)

    def open_stack(kind: str, team: str | None = None, **variables: str) -> tftest.TerraformTest:
        run = machine.environment(find(stacks_of(normal), kind, team), access)
        return tftest.TerraformTest(str(run.folder), env={**shell_variables(run), **variables})

    return open_stack


def plan(test: tftest.TerraformTest) -> tftest.TerraformPlanOutput:
    test.setup(cleanup_on_exit=False)
    return test.plan(output=True)


@pytest.fixture(scope="module")
def central_team(terraform: Any) -> tftest.TerraformPlanOutput:
    return plan(terraform("central-team", "core-search"))


@pytest.fixture(scope="module")
def owner(terraform: Any) -> tftest.TerraformPlanOutput:
    return plan(terraform("central-team", "personalization"))


@pytest.fixture(scope="module")
def team(terraform: Any) -> tftest.TerraformPlanOutput:
    return plan(terraform("team", "core-search"))


def of_type(planned: tftest.TerraformPlanOutput, kind: str) -> dict[str, Planned]:
    return {
        change["address"]: change["change"]["after"]
        for change in planned.resource_changes.values()
        if change["type"] == kind and change["change"]["actions"] == ["create"]
    }


def test_the_central_stack_plans_empty_over_what_was_applied(terraform: Any) -> None:
    planned = plan(terraform("central"))
    assert {tuple(change["change"]["actions"]) for change in planned.resource_changes.values()} == {("no-op",)}


def test_a_consumers_part_of_the_central_account(central_team: tftest.TerraformPlanOutput) -> None:
    roles = of_type(central_team, "aws_iam_role")
    assert {role["name"] for role in roles.values()} == {
        "fs-staging-core-search-reader-offline",
        "fs-staging-core-search-reader-online",
    }
    assert all(
        role["permissions_boundary"].endswith(":policy/fs-staging/boundary/fs-staging-access-boundary")
        for role in roles.values()
    )
    assert of_type(central_team, "aws_sagemaker_feature_group") == {}
    (workgroup,) = of_type(central_team, "aws_athena_workgroup").values()
    (configuration,) = workgroup["configuration"]
    assert configuration["enforce_workgroup_configuration"] is True
    (result,) = configuration["result_configuration"]
    assert result["expected_bucket_owner"] == "200000000005"


def test_a_producers_groups_have_exact_places_and_both_keys(owner: tftest.TerraformPlanOutput) -> None:
    groups = of_type(owner, "aws_sagemaker_feature_group")
    assert {group["feature_group_name"] for group in groups.values()} == {"canary", "sessions"}
    for group in groups.values():
        (offline,) = group["offline_store_config"]
        (place,) = offline["s3_storage_config"]
        name = group["feature_group_name"]
        assert place["s3_uri"] == f"s3://fs-staging-offline-200000000002-eu-west-1/{name}"
        assert place["kms_key_id"].startswith("arn:aws:kms:eu-west-1:200000000002:key/")
        (online,) = group["online_store_config"]
        assert online["security_config"][0]["kms_key_id"] != place["kms_key_id"]
        assert group["tags"]["owner"] == "personalization"


def test_every_byte_of_every_policy_is_known_at_plan(
    central_team: tftest.TerraformPlanOutput, owner: tftest.TerraformPlanOutput, team: tftest.TerraformPlanOutput
) -> None:
    seen = 0
    for planned in (central_team, owner, team):
        for change in planned.resource_changes.values():
            if attribute := POLICY_OF.get(change["type"]):
                assert change["change"]["after_unknown"].get(attribute) is not True, change["address"]
                assert json.loads(change["change"]["after"][attribute])["Statement"], change["address"]
                seen += 1
    assert seen > 15


def test_a_team_account_keeps_its_data(team: tftest.TerraformPlanOutput) -> None:
    buckets = of_type(team, "aws_s3_bucket")
    assert [bucket["bucket"] for bucket in buckets.values()] == [
        "fs-staging-core-search-results-200000000005-eu-west-1"
    ]
    assert all(bucket["force_destroy"] is False for bucket in buckets.values())


def test_a_stack_refuses_the_state_of_another(terraform: Any, staging: Copy) -> None:
    """A wrong -var team over an applied state: by hand, without Python."""
    applied = staging.json("apply", ENV, "--stack", "team", "--team", "personalization")
    assert applied["ok"]
    test = terraform("team", "personalization", TF_VAR_team="core-search")
    with pytest.raises(tftest.TerraformTestError) as refused:
        plan(test)
    message = " ".join(refused.value.cmd_error.split())
    assert "identity: this state belongs to staging/team/personalization, not to staging/team/core-search" in message
    assert "Fix: use the backend key" in message


def test_a_plan_that_would_destroy_a_group_is_refused(staging: Copy) -> None:
    """Staging is not ephemeral: taking a group out of the declaration does not take its data."""
    assert staging.json("apply", ENV, "--stack", "central-team", "--team", "personalization")["ok"]
    file = staging.root / "environments" / ENV / "feature-groups" / "canary.yaml"
    text = file.read_text()
    file.unlink()
    try:
        refused = staging.run("apply", ENV, "--stack", "central-team", "--team", "personalization", check=False)
    finally:
        file.write_text(text)
    assert refused.returncode == 2
    assert "canary" in refused.stderr
    assert "Fix:" in refused.stderr
    again = staging.json("plan", ENV, "--stack", "central-team", "--team", "personalization")
    assert {stack["result"] for stack in again["stacks"]} == {"unchanged"}, "nothing was applied"


def test_a_change_of_a_role_leaves_feature_groups_alone(staging: Copy) -> None:
    """Keys are read at plan: an unknown key ARN would plan the replacement of every group."""
    assert staging.json("apply", ENV, "--stack", "central-team", "--team", "personalization")["ok"]
    file = staging.root / "environments" / ENV / "teams" / "personalization.yaml"
    text = file.read_text()
    file.write_text(text + "  backfill:\n    verbs: [write]\n    compute: sagemaker\n")
    try:
        report = staging.json("plan", ENV, "--stack", "central-team", "--team", "personalization")
    finally:
        file.write_text(text)
    (stack,) = report["stacks"]
    assert (stack["add"], stack["change"], stack["destroy"]) == (0, 1, 0)


def test_a_changed_schema_is_refused(staging: Copy) -> None:
    file = staging.root / "environments" / ENV / "feature-groups" / "canary.yaml"
    text = file.read_text()
    file.write_text(text.replace("{name: value, type: Fractional,", "{name: value, type: Integral,"))
    try:
        refused = staging.run("plan", ENV, "--stack", "central-team", "--team", "personalization", check=False)
    finally:
        file.write_text(text)
    assert refused.returncode == 2
    assert "canary" in refused.stderr
    assert "value" in refused.stderr
    assert "Fix:" in refused.stderr


@pytest.mark.parametrize("env", ["dev", "staging", "prod"])
def test_environments_that_are_data_render(work_copy: Copy, env: str) -> None:
    rendered = work_copy.json("render", env)
    prefix = rendered["environment"]["prefix"]
    assert not rendered["environment"]["ephemeral"]
    kinds = {role["kind"] for role in rendered["roles"].values()}
    assert {"deploy", "execution", "offline-store", "reader-offline", "reader-online", "writer"} <= kinds
    assert all(role["name"].startswith(f"{prefix}-") for role in rendered["roles"].values())
    backend = (work_copy.root / "environments" / env / "backend.hcl").read_text()
    assert rendered["names"]["state_bucket"] in backend
    assert "use_lockfile = true" in backend
