"""What a run of stacks reports: while it goes, and when it has ended."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from featureshare.errors import Problem
from featureshare.runner.guards import Counts
from featureshare.runner.stacks import Stack
from featureshare.runner.terraform import Event


class Observer(Protocol):
    """Is told what happens, from several threads."""

    def __call__(self, stack: Stack, phase: str, detail: str, done: int, total: int) -> None:
        """`stack` is in `phase`; `done` of `total` changes are made (`total` is 0 when nobody knows)."""


def ignore(stack: Stack, phase: str, detail: str, done: int, total: int) -> None:
    """An observer that does not look."""


@dataclass(frozen=True)
class StackResult:
    """How a stack's run ended.

    `result` is one of unchanged, planned, applied, destroyed, absent (nothing to destroy), refused, failed, waiting.
    """

    stack: Stack
    result: str
    counts: Counts = field(default_factory=Counts)
    seconds: float = 0.0
    error: str = ""
    steps: tuple[str, ...] = ()  # calls beside Terraform, planned or taken

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "stack": self.stack.name,
            "account": self.stack.account,
            "add": self.counts.add,
            "change": self.counts.change,
            "destroy": self.counts.destroy,
            "seconds": round(self.seconds, 1),
            "result": self.result,
            "error": self.error or None,
            "steps": list(self.steps),
        }


@dataclass(frozen=True)
class Report:
    """How a run ended: a result for each stack, in the stacks' order, and all that was refused."""

    results: tuple[StackResult, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.problems and all(result.result not in ("failed", "waiting") for result in self.results)

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do of what was chosen."""
        done = ("applied", "unchanged", "destroyed", "absent")
        return not self.problems and all(result.result in done for result in self.results)


def watcher(tell: Callable[[str, int], None]) -> Callable[[Event], None]:
    """Turns Terraform's events into (what happens now, changes made so far)."""
    done = 0

    def watch(event: Event) -> None:
        nonlocal done
        hook: Mapping[str, Any] = event.get("hook", {})
        match event.get("type"):
            case "apply_start" | "refresh_start":
                tell(_words(hook), done)
            case "apply_complete":
                done += 1
                tell(_words(hook), done)
            case "planned_change":
                change = event["change"]
                tell(f"{change['action']} {change['resource']['addr']}", done)

    return watch


def _words(hook: Mapping[str, Any]) -> str:
    return f"{hook.get('action', 'read')} {hook['resource']['addr']}"
