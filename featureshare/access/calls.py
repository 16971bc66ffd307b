"""The calls that journeys made: read from a decision log, and decided again on other documents.

A journey leaves its requests and their decisions in the log of local AWS. Put to the engine on a changed document, one
that was allowed and now is denied is a step that fails; one that was denied and now is allowed is a hole.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from featureshare.access.model import Actor, Model, delegating
from featureshare.access.scope import Scope
from featureshare.iam import Decision, Policy, decide
from featureshare.iam.context import Context, called_via

ALLOWED = "Allowed"


@dataclass(frozen=True)
class LoggedCall:
    """One authorization that local AWS decided.

    `source` is the role (or user) that asked, a service, or `anonymous`; `principal` its session. `context` are the
    keys of the request itself, `via` the services on the way. `call` is the API call that it was made for.
    """

    call: str
    source: str
    principal: str
    action: str
    resource: str
    owner: str
    context: tuple[tuple[str, str | tuple[str, ...]], ...]
    via: tuple[str, ...]
    wildcard: bool
    new: bool
    secure: bool
    allowed: bool

    def __str__(self) -> str:
        was = "allowed" if self.allowed else "denied"
        return f"{self.source} calls {self.call}, for which {self.action} on {self.resource} was {was}"


def read_log(lines: Iterable[str]) -> list[LoggedCall]:
    """Every different authorization in a decision log (JSON lines), oldest first.

    Lines that cannot be read are passed over, as are checks that say too little to be decided again.
    """
    found: dict[LoggedCall, None] = {}
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        for check in entry.get("checks", ()):
            source = check.get("as_role") or entry.get("role_arn") or entry.get("principal")
            if source and "context" in check:
                found[_call(entry, check, source)] = None
    return list(found)


def _call(entry: Mapping[str, Any], check: Mapping[str, Any], source: str) -> LoggedCall:
    context = {key: tuple(v) if isinstance(v, list) else v for key, v in check["context"].items()}
    return LoggedCall(
        call=entry["call"],
        source=source,
        principal=entry["principal"] if check.get("as_role") is None else "",
        action=check["action"],
        resource=check["resource"],
        owner=check["owner"],
        context=tuple(sorted(context.items())),
        via=tuple(check.get("via") or ()),
        wildcard=bool(check.get("wildcard_only")),
        new=bool(check.get("new")),
        secure=entry.get("secure_transport", True),
        allowed=check["result"] == ALLOWED,
    )


@dataclass
class Calls:
    """Logged calls that the documents of a model decide as local AWS did, each on the names of that model.

    `apart` were decided otherwise, for reasons that are no documents of ours: a session policy, a resource that was
    not there yet, a grant on a key. They show nothing about a changed document.
    """

    model: Model
    made: list[LoggedCall] = field(default_factory=list)
    apart: list[LoggedCall] = field(default_factory=list)

    @classmethod
    def of(cls, model: Model, logged: Iterable[LoggedCall]) -> "Calls":
        """Take a log, and set apart what the documents do not explain."""
        out = cls(model)
        logged = tuple(logged)
        keys = _keys(model, logged)
        for one in dict.fromkeys(replace(call, resource=keys.get(call.resource, call.resource)) for call in logged):
            (out.made if decide_again(model, one).allowed == one.allowed else out.apart).append(one)
        return out

    def __post_init__(self) -> None:
        self._bearing: dict[Scope, list[LoggedCall]] = {}
        self._by_use: dict[tuple[str, str], set[str]] | None = None

    def bearing_on(self, scope: Scope) -> list[LoggedCall]:
        """The calls that could hang on one document."""
        found = self._bearing.get(scope)
        if found is None:
            found = [
                one
                for one in self.made
                if scope.bears_on(self.model, one.source, one.action.lower(), one.resource, one.owner)
            ]
            self._bearing[scope] = found
        return found

    def otherwise(self, changed: Model, scope: Scope) -> Iterator[LoggedCall]:
        """The calls that a model with one changed document decides otherwise."""
        for one in self.bearing_on(scope):
            if decide_again(changed, one).allowed != one.allowed:
                yield one

    def used(self, source: str, action: str) -> set[str]:
        """The resources on which a role was allowed an action (lower case)."""
        if self._by_use is None:
            self._by_use = defaultdict(set)
            for one in (*self.made, *self.apart):
                if one.allowed:
                    self._by_use[one.source, one.action.lower()].add(one.resource)
        return self._by_use.get((source, action), set())


class _Same:
    """Says that the documents of the model stand."""


SAME = _Same()


def decide_again(model: Model, one: LoggedCall, resource: Policy | _Same | None = SAME) -> Decision:
    """The decision of a model's documents on a logged call; `resource` stands in for the policy of its resource."""
    actor = actor_of(model, one.source, one.principal)
    context: Context = model.context(actor, one.resource, one.owner, one.action)
    context |= {**called_via(one.via), **dict(one.context)}
    if not one.secure:
        context["aws:SecureTransport"] = "false"
    world = model.world(actor, one.action, one.resource, one.owner)
    if not isinstance(resource, _Same):
        world = replace(world, resource=resource)
    elif one.new and actor.account:
        world = replace(world, resource=delegating(actor.account))
    return decide(model.request(actor, one.action, one.resource, one.owner, context, one.wildcard), world)


def actor_of(model: Model, source: str, principal: str = "") -> Actor:
    """Whoever stands behind an ARN or service name: with the documents we gave it, else an adversary."""
    if source in model.roles:
        return model.role_actor(model.roles[source])
    if source == model.platform:
        return model.platform_actor()
    if source in model.brought:
        return model.brought_actor(source)
    if source.endswith(".amazonaws.com") or source == "anonymous":
        return Actor(source, source, "", label=source)
    found = model.adversary(source.replace("*", "x").replace("?", "x"))
    return replace(found, arn=principal) if principal else found


def _keys(model: Model, logged: Iterable[LoggedCall]) -> dict[str, str]:
    """The model's names of keys, by the ids that they had: those are drawn anew in every environment."""
    found = {}
    for one in logged:
        aliases = dict(one.context).get("kms:ResourceAliases", ())
        for alias in (aliases,) if isinstance(aliases, str) else aliases:
            if ":key/" in one.resource and (arn := model.key_arn(one.owner, alias)) in model.keys:
                found[one.resource] = arn
    return found
