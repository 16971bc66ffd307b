import json
import os
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from featureshare.cli import runner
from featureshare.cli.demo import step_environment
from featureshare.runner.machine import LocalAccess
from featureshare.runner.stacks import CENTRAL

Call = Callable[..., Any]  # arguments to (status, out, err): the fixture in conftest.py

KEYS = {"AccessKeyId": "ASIALOCAL", "SecretAccessKey": "a 'quoted' secret", "SessionToken": "token"}


@pytest.fixture
def local_access(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "open_access", lambda *_: LocalAccess("http://127.0.0.1:1", lambda: KEYS))


@pytest.mark.usefixtures("local_access")
def test_env_prints_what_a_shell_can_evaluate(call: Call, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "somebody")
    monkeypatch.setenv("TF_VAR_team", "somebody-else")
    shown = call("env", "local", "team", "core-search")
    assert shown.status == 0
    run = subprocess.run(
        ["/bin/sh", "-c", f"{shown.out}\npwd; env -0"], env=dict(os.environ), capture_output=True, text=True, check=True
    )
    folder, _, variables = run.stdout.partition("\n")
    there = dict(pair.split("=", 1) for pair in variables.split("\0") if "=" in pair)
    assert folder == str(clone / "environments/stacks/team")
    assert there["TF_VAR_team"] == "core-search"
    assert there["AWS_SECRET_ACCESS_KEY"] == "a 'quoted' secret"
    assert "AWS_PROFILE" not in there
    backend = shlex.split(there["TF_CLI_ARGS_init"])
    assert "-backend-config=key=local/team/core-search.tfstate" in backend
    assert f"-backend-config={clone}/environments/local/backend.hcl" in backend


@pytest.mark.usefixtures("local_access")
def test_env_as_json_is_what_the_runner_uses(call: Call, clone: Path) -> None:
    shown = json.loads(call("env", "local", CENTRAL, "--json").out)
    assert shown["folder"] == str(clone / "environments/stacks/central")
    assert shown["environment"]["TF_VAR_local"] == "true"
    assert "TF_VAR_team" not in shown["environment"]
    assert "key=local/central.tfstate" in shown["backend_config"]


@pytest.mark.usefixtures("local_access")
def test_env_of_a_stack_that_is_not_there_names_those_that_are(call: Call, clone: Path) -> None:
    told = call("env", "local", "team")
    assert told.status == 2
    assert "there is no stack 'team'." in told.err
    assert "central-team core-search" in told.err


def test_status_lists_every_stack(call: Call, clone: Path) -> None:
    shown = json.loads(call("status", "local", "--json").out)
    assert shown["local"] is True
    assert [stack["stack"] for stack in shown["stacks"]][:2] == ["central", "central-team/core-search"]
    assert {stack["last"] for stack in shown["stacks"]} == {None}
    assert "never run from this clone" in call("status", "local").out


def test_policies_are_written_one_a_file_and_kept_current(call: Call, clone: Path) -> None:
    assert call("policies", "local", "--check").status == 1
    written = call("policies", "local")
    assert written.status == 0
    folder = clone / "docs/policies/local"
    rendered = json.loads(call("render", "local", "--json").out)
    for role in rendered["roles"].values():
        file = folder / "roles" / role["account"] / role["name"] / "trust.json"
        assert json.loads(file.read_text()) == json.loads(role["trust"])
    assert call("policies", "local", "--check").status == 0
    (folder / "roles/stale.json").write_text("{}")
    bucket = next(iter((folder / "buckets").glob("*.json")))
    bucket.write_text(bucket.read_text().replace("Deny", "Allow"))
    told = call("policies", "local", "--check")
    assert told.status == 1
    assert told.err.splitlines() == [
        f"buckets/{bucket.name} is not current.",
        "roles/stale.json is not current.",
        "Run `featureshare policies local`.",
    ]
    assert json.loads(call("policies", "local", "--json").out)["changed"] == [
        f"buckets/{bucket.name}",
        "roles/stale.json",
    ]
    assert not (folder / "roles/stale.json").exists()


def test_a_render_is_kept_until_something_it_is_made_of_changes(call: Call, clone: Path) -> None:
    before = call("render", "local", "--json").out
    kept = clone / ".featureshare/local/render"
    assert len(list(kept.glob("*.json"))) == 1
    assert call("render", "local", "--json").out == before
    assert len(list(kept.glob("*.json"))) == 1
    file = clone / "environments/local/environment.yaml"
    file.write_text(file.read_text().replace("eu-west-1", "eu-central-1"))
    after = call("render", "local", "--json").out
    assert "eu-west-1" not in json.loads(after)["names"]["offline_bucket"]
    assert len(list(kept.glob("*.json"))) == 2


def test_a_declaration_that_does_not_render_says_why(call: Call, clone: Path) -> None:
    file = clone / "environments/local/environment.yaml"
    file.write_text(file.read_text() + "colour: green\n")
    told = call("render", "local")
    assert told.status == 1
    assert "colour" in told.err
    assert "Traceback" not in told.err


def test_demo_steps_see_nothing_that_leads_elsewhere() -> None:
    parent = {
        "PATH": "/bin",
        "AWS_PROFILE": "somebody",
        "AWS_CA_BUNDLE": "/nowhere",
        "TF_VAR_team": "other",
        "TF_CLI_CONFIG_FILE": "/etc/terraform.rc",
        "HTTPS_PROXY": "http://proxy.example:1",
        "NO_PROXY": "example.com",
    }
    assert step_environment(parent) == {
        "PATH": "/bin",
        "TF_CLI_CONFIG_FILE": "/etc/terraform.rc",
        "HTTPS_PROXY": "http://proxy.example:1",
        "NO_PROXY": "example.com,127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }
