"""The seven steps in order, as one run."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from featureshare.journeys import client, combine, compute, direct, lag, name_space, offline, replicas, steps, vectors
from featureshare.journeys.cast import Cast
from featureshare.journeys.sessions import Sessions
from featureshare.journeys.stage import Options, Stage, StepResult

TITLES = {
    1: "The central account has a role that others may assume",
    2: "Execution roles assume it with STS",
    3: "Clients are made with the temporary credentials",
    4: "Producers create groups and write features",
    5: "The online store serves them, the offline store catches up",
    6: "Consumers query the offline store with Athena",
    7: "Results lie in the consumer's bucket, and join its own features",
}

_STEPS = {
    1: (steps.access_roles,),
    2: (steps.assume_roles,),
    3: (steps.make_clients, client.find, replicas.find),
    4: (steps.write, vectors.write, name_space.live),
    5: (steps.read_online, client.read_online, vectors.read, compute.serve, offline.await_offline),
    6: (offline.query, offline.query_in_primary, replicas.query, replicas.rebuild, lag.behind, compute.read_files),
    7: (offline.results, combine.combine, direct.join, client.train),
}


def stage(
    render: Mapping[str, Any], sessions: Sessions, options: Options | None = None, now: datetime | None = None
) -> Stage:
    """A fresh run over the environment that `render` describes (contract shape)."""
    return Stage(Cast(render), sessions, options or Options(), now)


def run(run_on: Stage, last: int = 7) -> Iterator[StepResult]:
    """Steps 1 to `last`, a result at a time as it comes; a step that fails does not stop what can still be tried.

    Outside ephemeral environments only groups declared `purpose: canary` are written to, so only those are read.
    """
    for number in range(1, last + 1):
        for part in _STEPS[number]:
            yield from part(run_on)
