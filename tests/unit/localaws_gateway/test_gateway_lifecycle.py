"""The server as a process: never two, nothing of the shell in it, nothing left behind."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from featureshare.localaws import lifecycle
from featureshare.localaws.control import LocalAWS, LocalAWSError

HOSTILE = {
    "AWS_PROFILE": "production",
    "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL",
    "AWS_CA_BUNDLE": "/nowhere.pem",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "MOTO_ACCOUNT_ID": "999999999999",
    "PYTHONSTARTUP": "/nowhere.py",
}


def alive(pid: int) -> bool:
    return lifecycle._alive(pid)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, LocalAWS]]:
    state = tmp_path_factory.mktemp("parent") / "state"
    running = lifecycle.start(state, environment="local", region="eu-west-1", parent={**os.environ, **HOSTILE})
    yield state, running
    lifecycle.stop(state)


def test_state_file_is_private(started: tuple[Path, LocalAWS]) -> None:
    state, running = started
    file = state / "localaws.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert set(json.loads(file.read_text())) == {"port", "pid", "token", "endpoint", "environment"}
    assert running.endpoint.startswith("http://127.0.0.1:")
    assert lifecycle.find(state) == running


def test_the_shell_does_not_reach_the_server(started: tuple[Path, LocalAWS]) -> None:
    _, running = started
    environment = Path(f"/proc/{running.pid}/environ")
    if not environment.exists():
        pytest.skip("no /proc on this system")
    seen = {item.split(b"=")[0].decode() for item in environment.read_bytes().split(b"\0") if item}
    assert not seen & set(HOSTILE)


def test_it_does_not_start_twice(started: tuple[Path, LocalAWS]) -> None:
    state, running = started
    with pytest.raises(LocalAWSError, match=f"already runs for local: {running.endpoint}"):
        lifecycle.start(state, environment="local", region="eu-west-1", parent=os.environ)
    assert running.health()["status"] == "ok"


def test_stop_leaves_nothing(started: tuple[Path, LocalAWS]) -> None:
    state, running = started
    assert lifecycle.stop(state)
    assert not alive(running.pid)
    assert not state.exists()
    assert not lifecycle.stop(state)


def test_a_state_file_of_a_dead_server_is_no_obstacle(tmp_path: Path) -> None:
    dead = {"port": 9, "pid": 2**22 - 1, "token": "t", "endpoint": "http://127.0.0.1:9", "environment": "local"}
    (tmp_path / "localaws.json").write_text(json.dumps(dead))
    assert lifecycle.find(tmp_path) is None
    running = lifecycle.start(tmp_path, environment="local", region="eu-west-1", parent=os.environ)
    assert running.health()["status"] == "ok"
    assert lifecycle.stop(tmp_path)


def test_stop_spares_a_stranger_with_the_old_process_id(tmp_path: Path) -> None:
    mine = {"port": 9, "pid": os.getpid(), "token": "t", "endpoint": "http://127.0.0.1:9", "environment": "local"}
    (tmp_path / "localaws.json").write_text(json.dumps(mine))
    assert not lifecycle.stop(tmp_path)
