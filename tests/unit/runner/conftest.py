"""A declaration of two teams, and folders of provider-free Terraform to run."""

import copy
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from featureshare.runner.environment import BASIC
from featureshare.workspace import Workspace

CENTRAL, PRODUCER, CONSUMER = "222222222222", "111111111111", "555555555555"


def _group(store: str, owner: str, shared_with: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "store": store,
        "owner": owner,
        "record_identifier": "id",
        "event_time": "event_time",
        "features": [
            {"name": "id", "type": "String", "description": "Identifier."},
            {"name": "event_time", "type": "String", "description": "Time."},
        ],
        "online_store": {"enabled": True, "storage": "standard", "ttl": None},
        "shared_with": shared_with,
    }


_NORMAL: dict[str, Any] = {
    "environment": {
        "name": "test",
        "ephemeral": False,
        "region": "eu-west-1",
        "central_account": CENTRAL,
        "platform_principal": "arn:aws:iam::666666666666:role/platform",
    },
    "teams": {
        "consumer": {"account": CONSUMER, "athena": {"allow_primary": False}},
        "loner": {"account": "333333333333", "athena": {"allow_primary": False}},
        "producer": {"account": PRODUCER, "athena": {"allow_primary": False}},
    },
    "feature_groups": {
        "clicks": _group("central", "producer", {"consumer": ["read-online"]}),
        "notes": _group("team", "loner", {"loner": ["read-online"]}),
    },
}


@pytest.fixture(autouse=True)
def _ctrl_c_is_heard() -> Iterator[None]:
    """A job started in the background inherits SIGINT as ignored, and with it these tests would wait for ever."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def normal() -> dict[str, Any]:
    return copy.deepcopy(_NORMAL)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    root = tmp_path / "clone"
    (root / "modules").mkdir(parents=True)
    (root / "environments" / "stacks").mkdir(parents=True)
    return Workspace(root)


@pytest.fixture
def bare_environment(tmp_path: Path) -> dict[str, str]:
    """What a Terraform without providers needs, and nothing of the shell's that changes it."""
    variables = {name: os.environ[name] for name in BASIC if name in os.environ}
    return variables | {
        "CHECKPOINT_DISABLE": "1",
        "TF_CLI_CONFIG_FILE": os.devnull,
        "TF_DATA_DIR": str(tmp_path / "data"),
    }


@pytest.fixture
def terraform_folder(tmp_path: Path) -> Callable[[str, str], Path]:
    def make(name: str, code: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "main.tf").write_text(code)
        return folder

    return make
