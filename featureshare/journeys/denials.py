"""Calls that must be denied: what a probe is, how one is tried, and how the reason is read from the decision log."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase as fnmatch
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from featureshare.errors import FeatureShareError
from featureshare.journeys.athena import QueryFailed
from featureshare.journeys.stage import DENIED_CODES

QUERY_DENIED = "QueryDenied"  # ours: Athena reports a denial inside a query in words, without a code
OVERRIDDEN = "Overridden"  # ours: the service kept to the configuration and ignored what was asked

DENIED = DENIED_CODES
FORGED = frozenset({"InvalidSignatureException", "SignatureDoesNotMatch"})
EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException"})
UNSIGNED = frozenset({"MissingAuthenticationToken", "MissingAuthenticationTokenException"}) | DENIED


class Overridden(FeatureShareError):
    """A request's wish was ignored in favour of the configuration."""


@dataclass(frozen=True)
class Why:
    """The reason a denial must have: the IAM action (`s3:*`: any of them), the layer that decides, the Sid of the Deny
    (empty: nothing allows).

    Layers are those of `featureshare.iam` (identity, resource, boundary, session, scp, rcp), and `authentication` for
    requests whose caller is not established.
    """

    action: str
    layer: str
    sid: str = ""

    def __str__(self) -> str:
        if self.layer == "authentication":
            return "the caller is not established"
        return f"{self.action}: " + (f"{self.layer} {self.sid}" if self.sid else f"{self.layer}, nothing allows it")


@dataclass(frozen=True)
class Probe:
    """A call that must fail, harmless if it does not. `skip` says why it cannot be tried here; then `call` is None."""

    category: str
    who: str
    what: str
    where: str
    codes: frozenset[str]
    why: Why | None
    call: Callable[[], object] | None
    skip: str = ""


@dataclass(frozen=True)
class DenialResult:
    """How a probe went: `got` is the error code or "allowed", `reason` what the log or the service says of it."""

    category: str
    who: str
    what: str
    where: str
    got: str
    reason: str
    seconds: float
    ok: bool
    skipped: bool = False


class Decisions(Protocol):
    """The decision log of local AWS; real AWS has none at hand."""

    def mark(self) -> int:
        """The sequence number of the last entry."""

    def since(self, mark: int) -> Sequence[Mapping[str, Any]]:
        """The entries after `mark`, as `GET /_featureshare/log` answers them."""


class DecisionLog:
    """The decision log behind `featureshare.localaws.control.LocalAWS`."""

    def __init__(self, localaws: Any) -> None:
        self._localaws = localaws
        self._last = 0

    def mark(self) -> int:
        for entry in self._localaws.log(since=self._last):
            self._last = max(self._last, int(entry["sequence"]))
        return self._last

    def since(self, mark: int) -> Sequence[Mapping[str, Any]]:
        entries: list[Mapping[str, Any]] = self._localaws.log(since=mark)
        return entries


def try_all(probes: Iterable[Probe], decisions: Decisions | None) -> Iterable[DenialResult]:
    """Try the probes one after another, each against the log entries of its own calls."""
    for probe in probes:
        yield try_probe(probe, decisions)


def try_probe(probe: Probe, decisions: Decisions | None) -> DenialResult:
    """Make the call and judge it: it must fail with one of the codes and, where there is a log, for its reason."""

    def result(got: str, reason: str, *, ok: bool, skipped: bool = False) -> DenialResult:
        seconds = time.monotonic() - start
        return DenialResult(probe.category, probe.who, probe.what, probe.where, got, reason, seconds, ok, skipped)

    start = time.monotonic()
    if probe.call is None:
        return result("not tried", probe.skip, ok=False, skipped=True)
    mark = decisions.mark() if decisions else 0
    try:
        probe.call()
    except ClientError as error:
        code, words = str(error.response.get("Error", {}).get("Code")), str(error)
    except QueryFailed as error:
        code, words = QUERY_DENIED if error.denied else error.state, str(error)
    except Overridden as error:
        code, words = OVERRIDDEN, str(error)
    except (BotoCoreError, FeatureShareError) as error:
        return result(type(error).__name__, str(error), ok=False)
    else:
        return result("allowed", "the call went through", ok=False)
    if code not in probe.codes:
        return result(code, words, ok=False)
    if decisions is None or probe.why is None:
        return result(code, words, ok=True)
    found = _await_reason(decisions, mark, probe.why)
    if found is None:
        return result(code, f"expected {probe.why}; the log says: {_told(decisions.since(mark))}", ok=False)
    return result(code, found, ok=True)


def _await_reason(decisions: Decisions, mark: int, why: Why) -> str | None:
    """The matching reason. An entry is written when its answer is on its way, so it may come a moment late."""
    deadline = time.monotonic() + 1.0
    while True:
        found = reason_in(decisions.since(mark), why)
        if found or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


def reason_in(entries: Iterable[Mapping[str, Any]], why: Why) -> str | None:
    """The first denial among log entries that has the reason `why`, in words; None if there is none."""
    for entry in entries:
        if why.layer == "authentication":
            if entry["result"] == "Refused":
                return f"nobody is established as the caller: {entry['error']}"
            continue
        for check in entry["checks"]:
            if check["result"] == "Allowed" or not fnmatch(check["action"].lower(), why.action.lower()):
                continue
            if (check["result"] == "ExplicitlyDenied") != bool(why.sid):
                continue
            for reason in check["reasons"]:
                if reason["layer"] == why.layer and (not why.sid or reason["sid"] == why.sid):
                    return f"{reason['layer']} {reason['sid'] or ''}".strip() + f": {reason['text']}"
    return None


def _told(entries: Iterable[Mapping[str, Any]]) -> str:
    """What the log says of denials, for the message about a wrong reason."""
    told = []
    for entry in entries:
        denied = [check for check in entry["checks"] if check["result"] != "Allowed"]
        told += [
            f"{check['action']} {check['result']} by {sorted({(r['layer'], r['sid'] or '') for r in check['reasons']})}"
            for check in denied
        ]
        if not denied and entry["result"] != "Allowed":
            told.append(f"{entry['call']} {entry['result']} {entry['error'] or ''}")
    return "; ".join(told[-3:]) or "nothing was denied"
