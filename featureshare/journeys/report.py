"""What a run showed, as rows for people and as JSON; nothing is printed here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from featureshare.journeys.article import TITLES
from featureshare.journeys.cast import Cast
from featureshare.journeys.denials import DenialResult
from featureshare.journeys.stage import StepResult

_SHOWN = 5  # rows of the training set


@dataclass(frozen=True)
class Access:
    """A cell of the access table: a team's verbs on a group as declared, and those that this run used with success."""

    group: str
    account: str
    team: str
    declared: tuple[str, ...]
    observed: tuple[str, ...]


@dataclass(frozen=True)
class StepSummary:
    """A step as a whole: passed, failed or skipped; skipped when nothing of it could be tried."""

    step: int
    title: str
    result: str
    seconds: float
    rows: int


@dataclass(frozen=True)
class DenialSummary:
    """A category of denials as a whole: how many were tried, denied and skipped, and a reason as an example."""

    category: str
    tried: int
    denied: int
    skipped: int
    reason: str


@dataclass(frozen=True)
class Report:
    """A whole run. `training_set` holds the first rows of what was read."""

    environment: str
    steps: tuple[StepResult, ...]
    denials: tuple[DenialResult, ...]
    access: tuple[Access, ...]
    training_set: tuple[Mapping[str, Any], ...]
    training_rows: int

    @property
    def ok(self) -> bool:
        """Whether no step failed and no denial was allowed, and at least something was tried."""
        tried = [step for step in self.steps if not step.skipped]
        return bool(tried) and all(step.ok for step in tried) and not self.allowed

    @property
    def failed(self) -> tuple[StepResult, ...]:
        return tuple(step for step in self.steps if not step.ok and not step.skipped)

    @property
    def allowed(self) -> tuple[DenialResult, ...]:
        """Denials that were not: let through, or refused in another way or for another reason than must be."""
        return tuple(denial for denial in self.denials if not denial.ok and not denial.skipped)

    def step_summaries(self) -> tuple[StepSummary, ...]:
        """One summary for each step that was run, in order."""
        found = []
        for number in sorted({step.step for step in self.steps}):
            rows = [step for step in self.steps if step.step == number]
            tried = [step for step in rows if not step.skipped]
            result = "skipped" if not tried else "passed" if all(step.ok for step in tried) else "failed"
            seconds = sum(step.seconds for step in rows)
            found.append(StepSummary(number, TITLES[number], result, seconds, len(rows)))
        return tuple(found)

    def denial_summaries(self) -> tuple[DenialSummary, ...]:
        """One summary for each category that was tried, in the order of trying."""
        found = []
        for category in dict.fromkeys(denial.category for denial in self.denials):
            rows = [denial for denial in self.denials if denial.category == category]
            tried = [denial for denial in rows if not denial.skipped]
            denied = [denial for denial in tried if denial.ok]
            reason = denied[0].reason if denied else rows[0].reason
            found.append(DenialSummary(category, len(tried), len(denied), len(rows) - len(tried), reason))
        return tuple(found)

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "environment": self.environment,
            "ok": self.ok,
            "summary": [asdict(summary) for summary in self.step_summaries()],
            "steps": [asdict(step) for step in self.steps],
            "denials": [asdict(denial) for denial in self.denials],
            "access": [asdict(cell) for cell in self.access],
            "training_set": {"rows": self.training_rows, "first": [dict(row) for row in self.training_set]},
        }


def build(
    cast: Cast,
    steps: Iterable[StepResult],
    denials: Iterable[DenialResult],
    observed: Iterable[tuple[str, str, str]],
    training_set: Sequence[Mapping[str, Any]],
) -> Report:
    """The report of a run; `observed` are the (team, group ARN, verb) that were used with success."""
    return Report(
        environment=str(cast.environment["name"]),
        steps=tuple(steps),
        denials=tuple(denials),
        access=access_table(cast, observed),
        training_set=tuple(_telling(training_set)),
        training_rows=len(training_set),
    )


def access_table(cast: Cast, observed: Iterable[tuple[str, str, str]]) -> tuple[Access, ...]:
    """Who may do what: a cell for each team that has any verb on a group, by group, then team."""
    seen = set(observed)
    cells = []
    for group in cast.groups:
        for team in sorted({group.owner, *group.shared_with}):
            verbs = {"write"} if team == group.owner else set()
            declared = tuple(sorted(verbs | set(group.shared_with.get(team, ()))))
            used = tuple(verb for verb in declared if (team, group.arn, verb) in seen)
            cells.append(Access(group.name, group.account, team, declared, used))
    return tuple(cells)


def _telling(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The last rows that lack nothing: late in the week most shared features are known."""
    full = [row for row in rows if None not in row.values()]
    return list((full or rows)[-_SHOWN:])
