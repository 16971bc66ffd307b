"""What is not asked of checkov's own checks, and which of their findings are accepted, each with its reason."""

import fnmatch
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from featureshare.scan.rules import BrokenRules

_SHORTEST_REASON = 20


@dataclass(frozen=True)
class Accepted:
    """A finding of built-in checks that is meant to be there; `resource` is a glob over addresses."""

    checks: tuple[str, ...]
    resource: str
    reason: str

    def covers(self, check: str, address: str) -> bool:
        return check in self.checks and fnmatch.fnmatchcase(address, self.resource.replace("[", "[[]"))


@dataclass(frozen=True)
class Builtin:
    """policies/checks/builtin.json."""

    skip: dict[str, str]
    accept: tuple[Accepted, ...]

    @property
    def named(self) -> frozenset[str]:
        """Every check that the file speaks of."""
        return frozenset(self.skip).union(*(one.checks for one in self.accept))

    def reason(self, check: str, address: str) -> str | None:
        """Why a finding is accepted; None when it is not."""
        return next((one.reason for one in self.accept if one.covers(check, address)), None)


def read_builtin(file: Path) -> Builtin:
    """Read the file. Raises BrokenRules for an entry without a reason, and for one of our own rules: those are mended,
    not skipped."""
    try:
        plain: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        builtin = Builtin(
            skip=dict(plain["skip"]),
            accept=tuple(Accepted(tuple(one["checks"]), one["resource"], one["reason"]) for one in plain["accept"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenRules(f"{file}: the list of skipped built-in checks cannot be read: {error!r}.") from None
    reasons = [*builtin.skip.values(), *(one.reason for one in builtin.accept)]
    if not all(isinstance(reason, str) and len(reason) > _SHORTEST_REASON for reason in reasons):
        raise BrokenRules(f"{file}: every skipped check and accepted finding needs its reason.")
    if own := sorted(check for check in builtin.named if not check.startswith("CKV")):
        raise BrokenRules(f"{file}: {', '.join(own)} is no built-in check.")
    return builtin
