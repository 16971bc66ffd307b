import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from featureshare.errors import FeatureShareError
from featureshare.runner.environment import AmbientAccess, child_environment, session_variables, shell_lines
from featureshare.runner.machine import LocalAccess, Machine, is_local, open_access, shell_variables
from featureshare.runner.stacks import find, stacks_of
from featureshare.toolchain import Discovery, ProviderSource, Terraform
from featureshare.workspace import Workspace

HOSTILE = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/home/someone",
    "AWS_PROFILE": "other-employer",
    "AWS_CA_BUNDLE": "/nowhere.pem",
    "AWS_ACCESS_KEY_ID": "AKIAREAL",
    "AWS_SECRET_ACCESS_KEY": "real secret",
    "AWS_ENDPOINT_URL": "http://elsewhere.example",
    "HTTPS_PROXY": "http://proxy.example:1",
    "TF_VAR_team": "somebody-else",
    "TF_CLI_ARGS": "-destroy",
    "TF_WORKSPACE": "other",
    "TF_LOG": "trace",
    "PYTHONPATH": "/nowhere",
    "LD_PRELOAD": "/nowhere.so",
}
KEYS = {"AccessKeyId": "ASIALOCAL", "SecretAccessKey": "local secret", "SessionToken": "local token"}


def _machine(workspace: Workspace, parent: dict[str, str]) -> Machine:
    discovery = Discovery(ProviderSource.MIRROR, Path("/mirror"))
    return Machine(workspace, parent, Terraform(Path("/usr/bin/terraform"), (1, 11, 4)), discovery)


def _local() -> LocalAccess:
    return LocalAccess("http://127.0.0.1:4566", lambda: KEYS)


def test_nothing_of_a_hostile_shell_reaches_a_child_on_local_aws(workspace: Workspace, normal: dict[str, Any]) -> None:
    stack = find(stacks_of(normal), "team", "consumer")
    run = _machine(workspace, HOSTILE).environment(stack, _local())
    taken = {name for name in HOSTILE if run.environment.get(name) == HOSTILE[name]}
    assert taken == {"PATH", "HOME"}
    assert set(run.environment) & {"TF_CLI_ARGS", "TF_WORKSPACE", "TF_LOG", "PYTHONPATH", "LD_PRELOAD"} == set()
    aws = {name: value for name, value in run.environment.items() if name.startswith("AWS_")}
    assert aws == {
        "AWS_ACCESS_KEY_ID": "ASIALOCAL",
        "AWS_SECRET_ACCESS_KEY": "local secret",
        "AWS_SESSION_TOKEN": "local token",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:4566",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }


def test_what_a_stack_is_told(workspace: Workspace, normal: dict[str, Any]) -> None:
    machine = _machine(workspace, HOSTILE)
    team = machine.environment(find(stacks_of(normal), "central-team", "producer"), _local())
    assert team.folder == workspace.root / "environments" / "stacks" / "central-team"
    assert team.environment["TF_VAR_environment"] == "test"
    assert team.environment["TF_VAR_team"] == "producer"
    assert team.environment["TF_VAR_local"] == "true"
    assert team.environment["TF_DATA_DIR"] == str(workspace.root / ".featureshare/test/tfdata/central-team-producer")
    assert Path(team.environment["TF_CLI_CONFIG_FILE"]).read_text().count('path    = "/mirror"') == 1
    backend = str(workspace.root / "environments/test/backend.hcl")
    assert team.backend_config[:2] == (backend, "key=test/central-team/producer.tfstate")
    assert "use_path_style=true" in team.backend_config
    central = machine.environment(find(stacks_of(normal), "central", None), AmbientAccess(HOSTILE))
    assert "TF_VAR_team" not in central.environment
    assert central.environment["TF_VAR_local"] == "false"
    assert central.backend_config == (backend, "key=test/central.tfstate")


def test_real_aws_is_reached_as_the_shell_says_but_not_at_a_local_endpoint(
    workspace: Workspace, normal: dict[str, Any]
) -> None:
    run = _machine(workspace, HOSTILE).environment(find(stacks_of(normal), "central", None), AmbientAccess(HOSTILE))
    assert run.environment["AWS_PROFILE"] == "other-employer"
    assert run.environment["HTTPS_PROXY"] == "http://proxy.example:1"
    assert not {"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "TF_CLI_ARGS", "TF_WORKSPACE"} & set(run.environment)


def test_without_access_a_child_reaches_no_aws() -> None:
    variables = child_environment(HOSTILE, access=None, region=None, registry=True, extra={})
    assert [name for name in variables if name.startswith("AWS_")] == []
    assert variables["HTTPS_PROXY"] == "http://proxy.example:1"


def test_local_never_falls_back_to_the_shell_s_credentials(workspace: Workspace, normal: dict[str, Any]) -> None:
    normal["environment"]["name"] = "local"
    with pytest.raises(FeatureShareError, match="featureshare localaws up local"):
        open_access(workspace, HOSTILE, normal)
    assert is_local(workspace, "local")
    assert not is_local(workspace, "test")
    (workspace.state("test") / "localaws.json").write_text("{}")
    assert is_local(workspace, "test")


def _evaluate(parent: dict[str, str], lines: list[str]) -> dict[str, str]:
    script = "\n".join([*lines, "env -0"])
    run = subprocess.run(["/bin/sh", "-c", script], env=parent, capture_output=True, text=True, check=True)
    pairs = [line.split("=", 1) for line in run.stdout.split("\0") if "=" in line]
    return {name: value for name, value in pairs if name not in ("PWD", "OLDPWD", "SHLVL", "_")}


def test_a_shell_that_evaluates_the_lines_has_the_runner_s_environment(
    workspace: Workspace, normal: dict[str, Any]
) -> None:
    run = _machine(workspace, HOSTILE).environment(find(stacks_of(normal), "team", "consumer"), _local())
    wanted = shell_variables(run)
    there = _evaluate(HOSTILE | {"LD_PRELOAD": ""}, shell_lines(HOSTILE, wanted))
    assert {name: there.get(name) for name in wanted} == wanted
    meaningful = {name for name in there if name.startswith(("AWS_", "TF_"))}
    assert meaningful == {name for name in wanted if name.startswith(("AWS_", "TF_"))}


def test_values_are_quoted_for_the_shell() -> None:
    nasty = {"AWS_SESSION_TOKEN": "a'b\"c $(touch /tmp/never) `id` \\ \n;", "TF_VAR_team": "x y"}
    assert _evaluate({"PATH": "/usr/bin:/bin"}, shell_lines({}, nasty)) | nasty == _evaluate(
        {"PATH": "/usr/bin:/bin"}, shell_lines({}, nasty)
    )


def test_a_plain_init_gets_the_backend(tmp_path: Path, normal: dict[str, Any]) -> None:
    workspace = Workspace(tmp_path / "a clone's place")
    (workspace.stacks / "central").mkdir(parents=True)
    run = _machine(workspace, HOSTILE).environment(find(stacks_of(normal), "central", None), _local())
    arguments = shlex.split(shell_variables(run)["TF_CLI_ARGS_init"])
    assert arguments == ["-reconfigure", *(f"-backend-config={setting}" for setting in run.backend_config)]


def test_session_variables_are_those_of_sts() -> None:
    assert session_variables("http://127.0.0.1:1", KEYS)["AWS_SESSION_TOKEN"] == "local token"
