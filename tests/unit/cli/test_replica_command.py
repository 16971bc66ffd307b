import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from featureshare.cli import replica
from featureshare.replicas.receipt import Version, compare

Call = Callable[..., Any]

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.usefixtures("clone")
def test_what_is_not_declared_is_named(call: Call) -> None:
    told = call("replica", "check", "dev")
    assert (told.status, "environments/dev/environment.yaml: replicas:" in told.err) == (2, True)
    told = call("replica", "backfill", "local", "nowhere")
    assert told.status == 2
    assert "name one of: research" in told.err


@pytest.mark.parametrize(("there", "status"), [(2, 0), (1, 1)])
def test_the_exit_status_says_whether_the_copy_is_complete(
    there: int, status: int, call: Call, clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = [Version("sessions/a", str(number), 10, NOW) for number in range(2)]
    found = [compare("sessions", source, source[:there], NOW)]
    monkeypatch.setattr(replica, "_sessions", lambda *_: None)
    monkeypatch.setattr(replica, "_deploy", lambda *_: type("Clients", (), {"client": lambda self, service: None})())
    monkeypatch.setattr(replica, "receipts", lambda *_, **__: found)
    shown = call("replica", "check", "local", "--json")
    assert shown.status == status
    document = json.loads(shown.out)
    assert document["complete"] is (status == 0)
    (group,) = document["replicas"]["research"]
    assert (group["source"], group["copied"], group["missing"]["count"]) == (2, there, 2 - there)
    assert call("replica", "check", "local").status == status


def test_a_rule_that_has_missed_its_threshold_is_told(call: Call, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [compare("sessions", [Version("sessions/a", "1", 10, NOW - timedelta(hours=1))], (), NOW, "lab-sessions")]
    monkeypatch.setattr(replica, "_sessions", lambda *_: None)
    monkeypatch.setattr(replica, "_deploy", lambda *_: type("Clients", (), {"client": lambda self, service: None})())
    monkeypatch.setattr(replica, "receipts", lambda *_, **__: found)
    told = call("replica", "check", "local")
    assert told.status == 1
    assert "research: rule lab-sessions has missed the 15 minutes of its time control" in told.out
    (group,) = json.loads(call("replica", "check", "local", "--json").out)["replicas"]["research"]
    assert group["late"] == "lab-sessions"


def test_it_never_reaches_real_aws_for_local(call: Call, clone: Path) -> None:
    """Without a local AWS there is an error, not a session of whoever is at the shell."""
    told = call("replica", "check", "local")
    assert told.status == 1
    assert "local" in told.err.lower()
