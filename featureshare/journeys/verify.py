"""The whole verification: seven steps, then every call that must be denied."""

from collections.abc import Callable, Mapping
from typing import Any

from featureshare.journeys import article, probes, report
from featureshare.journeys.denials import DecisionLog, DenialResult, try_all
from featureshare.journeys.sessions import AmbientSessions, LocalSessions
from featureshare.journeys.stage import Options, StepResult
from featureshare.journeys.strangers import LocalStrangers

LAST = max(article.TITLES)


def verify(
    render: Mapping[str, Any],
    *,
    localaws: Any = None,
    profiles: Mapping[str, str] | None = None,
    options: Options | None = None,
    last: int = LAST,
    progress: Callable[[StepResult | DenialResult], None] = lambda result: None,
) -> report.Report:
    """Run the steps up to `last` and, after all seven, the denials; `progress` hears of each result as it comes.

    `render` is an environment's render (contract shape). With `localaws` (`featureshare.localaws.control.LocalAWS`)
    sessions are minted there and reasons read from its decision log; without, sessions are those of `profiles` (role
    ARN to profile name) or the ambient one, and a denial's code is all there is to see.
    """
    region = str(render["environment"]["region"])
    local = LocalSessions(localaws, region) if localaws is not None else None
    stage = article.stage(render, local or AmbientSessions(profiles or {}, region), options)
    steps: list[StepResult] = []
    for step in article.run(stage, last):
        steps.append(step)
        progress(step)
    denials: list[DenialResult] = []
    if last == LAST:
        strangers = LocalStrangers(localaws, local) if local else None
        decisions = DecisionLog(localaws) if local else None
        for denial in try_all(probes.all_probes(stage, strangers), decisions):
            denials.append(denial)
            progress(denial)
    return report.build(stage.cast, steps, denials, stage.observed, stage.training_set)
