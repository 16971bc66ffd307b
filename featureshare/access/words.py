"""Counterexamples in words and as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from featureshare.access.explore import Attempt
from featureshare.access.model import Actor, Model
from featureshare.iam import Decision, Reason, Request

_PLAIN = frozenset(
    {
        *("aws:CurrentTime", "aws:EpochTime", "aws:RequestedRegion", "aws:ViaAWSService", "aws:PrincipalIsAWSService"),
        *("aws:PrincipalAccount", "aws:PrincipalType", "aws:ResourceAccount", "aws:ResourceOrgID", "aws:userid"),
        *("aws:username", "kms:CallerAccount", "s3:ResourceAccount"),
    }
)


@dataclass(frozen=True)
class Counterexample:
    """A request that is decided otherwise than declared.

    `kind` is `allowed` (and not declared), `exposed` (its identity policies alone would allow it; bucket policy, key
    policy, boundary or trust still stop it) or `denied` (and declared); `statements` let it through or stop it.
    """

    kind: str
    words: str
    request: Mapping[str, Any]
    statements: tuple[Mapping[str, str], ...]
    alike: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values; the request can be put to `featureshare iam decide` together with its documents."""
        return {
            "kind": self.kind,
            "words": self.words,
            "request": dict(self.request),
            "statements": [dict(one) for one in self.statements],
            "alike": list(self.alike),
        }


def request_json(request: Request) -> dict[str, Any]:
    """A request in the case format of evaluators."""
    return {
        "principal": request.principal,
        "action": request.action,
        "resource": {"arn": request.resource, "account": request.account},
        "context": {key: list(v) if isinstance(v, tuple) else v for key, v in request.context.items()},
        "wildcard_only_action": request.wildcard_only,
    }


def allowed_attempt(found: Attempt, model: Model) -> Counterexample:
    """What is allowed although nothing declares it, or denied although somebody is to have it."""
    request = model.request(found.actor, found.action, found.resource, found.owner, found.context)
    special = [
        f"{key} = {', '.join(value) if isinstance(value, tuple) else value}"
        for key, value in sorted(found.context.items())
        if key not in _PLAIN and key != "aws:PrincipalArn" and (key, value) != ("aws:SecureTransport", "true")
    ]
    where = f" with {'; '.join(special)}" if special else ""
    more = f" (and {len(found.alike)} more actions like it)" if found.alike else ""
    owner = "" if found.owner in found.resource else f" owned by {found.owner}"
    said = "is let by its own policies to" if found.alone else "may"
    end = "Only another plane still stops it" if found.alone else "It is allowed"
    request_words = f"{_who(found.actor)} {said} {found.action}{more} on {found.resource}{owner}{where}."
    words = f"{request_words} {end}; nothing declares it."
    return Counterexample(
        "exposed" if found.alone else "allowed", words, request_json(request), _statements(found.decision), found.alike
    )


def refused_need(actor: Actor, what: str, request: Request, decision: Decision, use: Any) -> Counterexample:
    """What is declared and denied."""
    grant = f" {use.team} is granted {use.verb} on {use.group}, which needs it." if use is not None else ""
    words = f"{_who(actor)} may not {request.action} on {request.resource}, needed for {what}.{grant}"
    return Counterexample("denied", words, request_json(request), _statements(decision))


def _who(actor: Actor) -> str:
    return actor.label or actor.source


def _statements(decision: Decision) -> tuple[dict[str, str], ...]:
    return tuple(_reason(one) for one in decision.reasons)


def _reason(one: Reason) -> dict[str, str]:
    return {"layer": one.layer, "document": one.document, "sid": one.sid, "text": one.text}
