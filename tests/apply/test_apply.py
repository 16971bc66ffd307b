"""The article's five accounts and a replica's, applied by Terraform under evaluated deploy roles: before and after."""

from pathlib import Path
from typing import Any

import pytest
from test_primary import configuration

from featureshare.localaws.control import LocalAWS
from featureshare.runner.primary import SCAN_LIMIT

pytestmark = pytest.mark.timeout(600)

ACCOUNTS = {"111111111111", "222222222222", "333333333333", "444444444444", "555555555555"}
REPLICA = "121212121212"


def test_every_stack_was_applied_in_its_account(applied_local: Any) -> None:
    stacks = applied_local.report["stacks"]
    assert {stack["account"] for stack in stacks} == ACCOUNTS | {REPLICA}
    assert {stack["result"] for stack in stacks} == {"applied"}


def test_every_document_stands_as_it_was_rendered(applied_local: Any) -> None:
    """Roles, buckets and keys exist, and no other role does."""
    there = applied_local.localaws.inventory()
    wanted: dict[str, set[str]] = {}
    for role in applied_local.render["roles"].values():
        if role["stack"] != "landing-zone":
            wanted.setdefault(role["account"], set()).add(role["arn"])
    assert {account: set(kinds["roles"]) for account, kinds in there.items() if "roles" in kinds} == wanted
    buckets = {arn.split(":::")[1] for kinds in there.values() for arn in kinds.get("buckets", [])}
    assert buckets == set(applied_local.render["buckets"])
    aliases = {f"{account}/{alias}" for account, kinds in there.items() for alias in kinds.get("key_aliases", [])}
    assert aliases == set(applied_local.render["keys"])


def test_terraform_ran_under_evaluated_deploy_roles_and_was_never_denied(applied_local: Any) -> None:
    mine = [entry for entry in applied_local.localaws.log() if ":role/fs/deploy/" in (entry["role_arn"] or "")]
    assert len(mine) > 300
    assert all(entry["checks"] for entry in mine if entry["call"] != "sts:GetCallerIdentity")
    denied = [entry for entry in mine if entry["result"] != "Allowed"]
    assert [f"{entry['call']}: {entry['message']}" for entry in denied] == []


def test_second_plan_of_every_stack_is_empty(applied_local: Any) -> None:
    report = applied_local.copy.json("plan", "local")
    assert [stack for stack in report["stacks"] if stack["result"] != "unchanged"] == []
    assert len(report["stacks"]) == len(applied_local.report["stacks"])


def test_a_hostile_shell_changes_nothing(applied_local: Any) -> None:
    report = applied_local.copy.json(
        "plan",
        "local",
        "--team",
        "personalization",
        AWS_PROFILE="somebody-elses",
        AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE",
        AWS_CA_BUNDLE=str(Path("nowhere") / "ca.pem"),
        AWS_ENDPOINT_URL="http://127.0.0.1:9",
        HTTPS_PROXY="http://127.0.0.1:9",
        HTTP_PROXY="http://127.0.0.1:9",
        TF_VAR_team="core-search",
        TF_CLI_ARGS_plan="-destroy",
        TF_WORKSPACE="other",
    )
    assert {stack["result"] for stack in report["stacks"]} == {"unchanged"}


def test_local_aws_refuses_to_start_twice(applied_local: Any) -> None:
    again = applied_local.copy.run("localaws", "up", "local", check=False)
    assert again.returncode != 0
    assert "already runs" in again.stderr + again.stdout
    assert applied_local.localaws.health()


@pytest.mark.last
def test_destroy_leaves_nothing_in_any_account(applied_local: Any) -> None:
    """After the journeys, so with data in every store and a group that was made through the API."""
    report = applied_local.copy.json("destroy", "local")
    assert {stack["result"] for stack in report["stacks"]} <= {"destroyed", "unchanged"}
    localaws: LocalAWS = applied_local.localaws
    assert localaws.inventory() == {}
    # `primary` is not ours to destroy, and its limit protects whoever queries there (docs/decisions/0022).
    assert configuration(applied_local)["BytesScannedCutoffPerQuery"] == SCAN_LIMIT
    assert applied_local.copy.git("status", "--porcelain") == ""
