"""`featureshare localaws log` and `settings` against a local AWS in this process."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from featureshare.cli import localaws as commands
from featureshare.errors import FeatureShareError
from featureshare.localaws.gateway import emulator
from featureshare.localaws.server import Running, run
from featureshare.workspace import Workspace

Call = Callable[..., Any]


@pytest.fixture
def running(clone: Path) -> Iterator[Running]:
    emulator.reset()
    server = run()
    state = Workspace.find().state("local")
    (state / "localaws.json").write_text(json.dumps({"endpoint": server.endpoint, "token": server.token}))
    yield server
    server.close()
    emulator.reset()


def ask(server: Running, count: int) -> None:
    """Makes entries in the log."""
    for number in range(count):
        server.gateway.log.close(server.gateway.log.open(f"request-{number}"))


def test_settings_are_shown_and_changed(call: Call, running: Running) -> None:
    before = {"alias_delay": 0.0, "ram_data_plane": False, "secure_transport": True}
    assert json.loads(call("localaws", "settings", "local", "--json").out) == before
    shown = call("localaws", "settings", "local", "--alias-delay", "300", "--ram-data-plane").out
    assert shown.splitlines() == ["alias_delay       300.0", "ram_data_plane    true", "secure_transport  true"]
    told = call("localaws", "settings", "local", "--no-secure-transport", "--alias-delay", "0", "--json").out
    assert json.loads(told) == {"alias_delay": 0.0, "ram_data_plane": True, "secure_transport": False}
    assert call("localaws", "settings", "local", "--alias-delay", "-1").status == 2


def test_the_log_as_json_lines(call: Call, running: Running) -> None:
    ask(running, 3)
    lines = [json.loads(line) for line in call("localaws", "log", "local", "--json").out.splitlines()]
    assert [line["sequence"] for line in lines] == [1, 2, 3]
    assert call("localaws", "log", "local", "--json", "--since", "2").out.count("\n") == 1
    assert call("localaws", "log", "local", "--denied").out == ""


def test_following_prints_what_comes_and_says_what_is_gone(
    call: Call, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two rounds: what is in memory, then what came meanwhile, of which the first entries have left it."""
    rounds: list[float] = []

    def pause(seconds: float) -> None:
        rounds.append(seconds)
        if len(rounds) == 2:
            raise KeyboardInterrupt
        ask(running, 10_005)

    monkeypatch.setattr(commands.time, "sleep", pause)
    ask(running, 2)
    told = call("localaws", "log", "local", "--json", "--follow")
    sequences = [json.loads(line)["sequence"] for line in told.out.splitlines()]
    assert sequences == [1, 2, *range(8, 10_008)]
    assert "Requests 3 to 7 are no longer in memory" in told.err


def test_without_a_local_aws(call: Call, clone: Path) -> None:
    told = call("localaws", "settings", "local")
    assert (told.status, "no local AWS runs" in told.err) == (1, True)


class HandsOut:
    """As much of a local AWS as handing out sessions needs: it says of whom."""

    def session(self, arn: str, service: str | None = None) -> dict[str, Any]:
        return {"Arn": arn, "service": service}


def test_a_reader_of_a_replica_has_its_session_from_its_service() -> None:
    reader, other = "arn:aws:iam::121212121212:role/fs-lab-training", "arn:aws:iam::121212121212:role/other"
    documents = {
        "landing_zone": {"platform": {"arn": "arn:aws:iam::666666666666:role/platform"}},
        "teams": {},
        "roles": {},
        "replicas": {"lab": {"readers": {"training": reader}, "region": "eu-north-1"}},
    }
    running: Any = HandsOut()
    assert commands.session_for(running, documents, reader) == {"Arn": reader, "service": "sagemaker.amazonaws.com"}
    with pytest.raises(FeatureShareError, match="no declared principal leads to"):
        commands.session_for(running, documents, other)
