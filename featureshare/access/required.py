"""What requires a statement on a resource: the steps that fail without it.

A policy of a bucket, a key, a catalog or a role's trust lets others in. Each of its Allow entries is taken out, and
the steps that hang on it are decided again: those that a journey was logged to make, and those that the declaration
means. What fails nothing when it is gone is not required.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from featureshare.access.atoms import matches
from featureshare.access.calls import Calls, actor_of, decide_again
from featureshare.access.contract import Contract
from featureshare.access.elements import listed
from featureshare.access.explore import Explorer
from featureshare.access.model import Actor, Model
from featureshare.access.rules import Rule
from featureshare.access.scope import Scope
from featureshare.iam import Policy, decide
from featureshare.iam.context import Context
from featureshare.iam.document import Statement

EXERCISED, DOCUMENTED, DOUBLED, UNNEEDED = "exercised", "documented", "doubled", "unneeded"


@dataclass(frozen=True)
class Guard:
    """A policy on a resource: `arn` is what bears it, `owner` its account, `text` its JSON."""

    scope: Scope
    arn: str
    owner: str
    policy: Policy
    text: str


def guards(model: Model) -> Iterator[Guard]:
    """Every policy of a model that stands on a resource."""
    render = model.render
    for role in model.roles.values():
        text = render["roles"][role.key]["trust"]
        yield Guard(Scope("trust", role.arn), role.arn, role.account, role.trust, text)
    for name, bucket in model.buckets.items():
        if bucket.policy is not None:
            text = render["buckets"][name]["policy"]
            yield Guard(Scope("bucket", name), bucket.arn, bucket.account, bucket.policy, text)
    for key in model.keys.values():
        if key.policy is not None:
            text = render["keys"][f"{key.account}/{key.name}"]["policy"]
            yield Guard(Scope("key", key.arn), key.arn, key.account, key.policy, text)
    for account, policy in model.catalogs.items():
        if policy is not None:
            arn = f"arn:{model.partition}:glue:{model.region}:{account}:catalog"
            text = render["catalogs"][account]["policy"]
            yield Guard(Scope("catalog", account), arn, account, policy, text)


class Requirements:
    """Judges the Allow entries of policies on resources of one model."""

    def __init__(self, contract: Contract, model: Model, explorer: Explorer, calls: Calls | None) -> None:
        self.model = model
        self._explorer = explorer
        self._calls = calls
        self._rules: dict[str, list[tuple[str, Rule]]] = defaultdict(list)
        for source, rules in contract.rules.items():
            for rule in rules:
                for action in rule.actions:
                    self._rules[action].append((source, rule))

    def entries(self, guard: Guard) -> Iterator[tuple[Statement, str, str, str]]:
        """Statement, action (lower case), resource pattern and fate of every Allow entry of a policy."""
        for at, statement in enumerate(guard.policy.statements):
            if statement.deny:
                continue
            for entry in ("*",) if statement.actions.negated else statement.actions.patterns:
                without = _without(guard, at, entry)
                for action in self._explorer.names([entry]):
                    for pattern in _patterns(guard, statement):
                        if self._knows(action, pattern):
                            yield statement, action, pattern, self._fate(guard, without, action, pattern)

    def _knows(self, action: str, pattern: str) -> bool:
        info = self._explorer.info(action)
        sample = pattern.replace("*", "x")
        return info is None or any(kind.matches(sample) for kind in info.resources)

    def _fate(self, guard: Guard, without: Policy | None, action: str, pattern: str) -> str:
        if self._logged(guard, without, action, pattern):
            return EXERCISED
        reached = False
        for source, rule in self._rules.get(action, ()):
            target = pattern.replace("*", "x")
            if not rule.covers(target, guard.owner):
                # A policy of a bucket may speak of all its objects, and whoever it lets in of some.
                target = rule.resource.replace("*", "x")
                if not (matches(pattern, target) and rule.covers(target, guard.owner)):
                    continue
            actor = actor_of(self.model, source)
            if self._allowed(actor, rule, action, target, guard, guard.policy):
                reached = True
                if not self._allowed(actor, rule, action, target, guard, without):
                    return DOCUMENTED
        return DOUBLED if reached else UNNEEDED

    def _logged(self, guard: Guard, without: Policy | None, action: str, pattern: str) -> bool:
        if self._calls is None:
            return False
        about = (
            one
            for one in self._calls.bearing_on(guard.scope)
            if one.allowed and one.action.lower() == action and matches(pattern, one.resource)
        )
        return any(not decide_again(self.model, one, without).allowed for one in about)

    def _allowed(self, actor: Actor, rule: Rule, action: str, target: str, guard: Guard, policy: Policy | None) -> bool:
        model = self.model
        context: Context = model.context(actor, target, guard.owner, action)
        for condition in rule.conditions:
            context[condition.key] = condition.values[0].replace("*", "x")
        if aliases := model.key_aliases(target):
            context["kms:ResourceAliases"] = aliases
            context["aws:ResourceTag/feature-share"] = model.name
        if action == "sts:assumerole":
            context["sts:RoleSessionName"] = "session"
        world = replace(model.world(actor, action, target, guard.owner), resource=policy)
        return decide(model.request(actor, action, target, guard.owner, context), world).allowed


def _patterns(guard: Guard, statement: Statement) -> list[str]:
    """What a statement is about: of a key or trust, that which bears it."""
    if guard.scope.kind in ("trust", "key"):
        return [guard.arn]
    return [pattern.text for pattern in statement.resources]


def _without(guard: Guard, at: int, entry: str) -> Policy | None:
    """The policy without one entry of one statement's actions; None when nothing is left of it."""
    document: dict[str, Any] = json.loads(guard.text)
    statements = listed(document["Statement"])
    kept = [one for one in listed(statements[at].get("Action", [])) if one.lower() != entry.lower()]
    changed: list[Mapping[str, Any]] = [{**statements[at], "Action": kept}] if kept else []
    rest = [*statements[:at], *changed, *statements[at + 1 :]]
    return Policy.parse({**document, "Statement": rest}, name=guard.policy.name) if rest else None
