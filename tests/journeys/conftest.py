"""One run of the article's steps and denials, which every test here asks."""

from typing import Any

import pytest

from featureshare.journeys.report import Report
from featureshare.journeys.stage import Options
from featureshare.journeys.verify import verify


@pytest.fixture(scope="session")
def events() -> int:
    """How many events the run's data set has at least."""
    return 1200


@pytest.fixture(scope="session")
def run(applied_local: Any, events: int) -> Report:
    """The article on the applied environment."""
    return verify(applied_local.render, localaws=applied_local.localaws, options=Options(events=events))
