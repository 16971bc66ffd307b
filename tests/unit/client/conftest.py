"""One local AWS for all tests of the client's calls."""

from collections.abc import Iterator

import pytest
from client_world import REGION, ClientWorld, furnished

from featureshare.localaws.control import LocalAWS
from featureshare.localaws.gateway import emulator
from featureshare.localaws.server import run


@pytest.fixture(scope="module")
def world() -> Iterator[ClientWorld]:
    emulator.reset()
    running = run(region=REGION)
    yield furnished(LocalAWS(running.endpoint, running.token))
    running.close()
    emulator.reset()
