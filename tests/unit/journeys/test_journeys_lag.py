"""Replication held back: put back whatever fails, and on real AWS not tried, with the reason."""

from typing import Any

import pytest
from journeys_render import render

from featureshare.journeys import lag
from featureshare.journeys.article import stage
from featureshare.journeys.cast import Actor
from featureshare.journeys.replicas import Built
from featureshare.journeys.sessions import AmbientSessions, account_of

READER = "arn:aws:iam::121212121212:role/fs/replica-reader/fs-research-training"


class Control:
    """The settings of a local AWS, and what they were set to in turn."""

    def __init__(self) -> None:
        self.delays = [0.3]

    def settings(self, services: dict[str, float]) -> dict[str, Any]:
        self.delays += services.values()
        return {"alias_delay": 0.0, "services": {"replication_delay": self.delays[-1], "flush_delay": 1.0}}


@pytest.mark.parametrize("error", [None, RuntimeError, KeyboardInterrupt])
def test_the_setting_is_put_back_whatever_fails(error: type[BaseException] | None) -> None:
    control = Control()
    try:
        with lag.held_back(control):
            assert control.delays[-1] > 3600
            if error is not None:
                raise error
    except (RuntimeError, KeyboardInterrupt):
        pass
    assert len(control.delays) == 3
    assert control.delays[-1] == 0.3


def test_on_real_aws_it_is_skipped_with_the_reason() -> None:
    run = stage(render(), AmbientSessions({}, "eu-west-1"))
    replica = {"account": account_of(READER), "region": "eu-west-1"}
    team = Actor("search", "training", "read-offline", READER, "sagemaker", None)
    run.rebuilt["research"] = Built(team, "research", replica, READER, ()), None
    (result,) = lag.behind(run)
    assert (result.skipped, result.ok, result.who, result.step) == (True, False, READER, 6)
    assert "hold replication back" in result.detail


def test_where_nothing_was_rebuilt_there_is_nothing_to_show() -> None:
    assert list(lag.behind(stage(render(), AmbientSessions({}, "eu-west-1")))) == []
