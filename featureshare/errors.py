"""What can go wrong, in words for the person who has to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass


class FeatureShareError(Exception):
    """Something failed; the message is one that a user can act on. The command line exits with status 1."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with what a user wrote.

    `file` is relative to the repository, `key` a dotted path inside it (empty when the file as a whole is meant),
    `rule` says what must hold and `fix` what to type instead.
    """

    file: str
    key: str
    rule: str
    fix: str

    def __str__(self) -> str:
        where = f"{self.file}: {self.key}" if self.key else self.file
        return f"{where}: {self.rule} Fix: {self.fix}"


class BadInput(FeatureShareError):
    """The user's input breaks a rule; every problem found is listed at once. The command line exits with status 2."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))
