"""Comparing two sets of documents request by request, on atoms that neither can tell finer.

For each document that changed, the same requests are put to both worlds: what only one allows is access gained or
lost; where nothing differs, the two documents mean the same, whatever their words.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from featureshare.access.adversaries import adversaries
from featureshare.access.contract import ALIAS_CHANGES, ROLE_CHANGES, Contract
from featureshare.access.elements import documents
from featureshare.access.explore import Allows, Explorer, Pool, owners_named, patterns_of
from featureshare.access.model import ADMINISTRATOR, Actor, Model, delegating
from featureshare.access.scope import Scope
from featureshare.access.situations import live, policies_of, question_of, situations
from featureshare.iam import Decision, Policy, World, decide
from featureshare.iam.context import Context
from featureshare.iam.document import Statement


@dataclass(frozen=True)
class Difference:
    """A request that exactly one of two worlds allows; `gained` says that the newer one does."""

    actor: Actor
    action: str
    resource: str
    owner: str
    context: Mapping[str, str | tuple[str, ...]]
    gained: bool
    decision: Decision


class Comparison:
    """Old and new model of one environment.

    `alone` says that they differ in one document only: identity policies are then compared by themselves instead of in
    their world, and requests that no changed statement could touch are not decided twice to find the same.
    """

    def __init__(self, old: Model, new: Model, contract: Contract, *, alone: bool = False) -> None:
        self.old, self.new = old, new
        self.contract = contract
        self.alone = alone
        self._explorer = Explorer(new, contract)
        self._changed: tuple[Policy, ...] = ()

    def of(self, scope: Scope) -> Iterator[Difference]:
        """The differences that a change of one document makes."""
        if self.alone:
            self._changed = _changed(_texts(self.old, scope), _texts(self.new, scope))
        if scope.kind in ("role", "platform", "brought"):
            yield from self._identity(scope)
        elif scope.kind in ("trust", "bucket", "key", "catalog"):
            yield from self._resource(scope)
        elif scope.kind == "boundary":
            yield from self._boundary(scope)
        else:
            yield from self._guard()

    # identity -------------------------------------------------------------------------------------------------------
    def _actor(self, model: Model, scope: Scope) -> Actor | None:
        if scope.kind == "platform":
            return model.platform_actor()
        if scope.kind == "brought":
            return model.brought_actor(scope.key) if scope.key in model.brought else None
        role = model.roles.get(scope.key)
        return None if role is None else model.role_actor(role)

    def _identity(self, scope: Scope) -> Iterator[Difference]:
        old, new = self._actor(self.old, scope), self._actor(self.new, scope)
        some = new or old
        if some is None:
            return
        nothing = replace(some, identity=())
        yield from self._spoken(old or nothing, new or nothing, (old or nothing).identity, (new or nothing).identity)

    def _boundary(self, scope: Scope) -> Iterator[Difference]:
        """A boundary, as whoever held everything within it would feel it."""
        account = scope.key.split(":")[4]
        source = f"arn:{self.new.partition}:iam::{account}:role/{self.new.prefix}/undeclared/bounded"
        actors = []
        for model in (self.old, self.new):
            policy = model.managed.get(scope.key)
            bounded = () if policy is None else (policy,)
            actors.append(Actor(model.session_arn(source), source, account, (ADMINISTRATOR,), bounded))
        yield from self._spoken(actors[0], actors[1], actors[0].boundary or (), actors[1].boundary or (), alone=True)

    def _spoken(
        self, old: Actor, new: Actor, before: Iterable[Policy], after: Iterable[Policy], *, alone: bool = False
    ) -> Iterator[Difference]:
        policies = (*before, *after)
        statements = [s for policy in policies for s in policy.statements if not s.deny]
        everything = (*policies, *(old.boundary or ()), *(new.boundary or ()))
        pool = Pool(self.new, patterns_of(everything), (new.account, self.new.central))
        for action in self._explorer.actions_of(statements):
            about = [statement for statement in statements if statement.actions.matches(action)]
            wanted = [t for s in about for t in (["*"] if s.not_resource else [p.text for p in s.resources])]
            for resource in self._explorer.resources(action, wanted, pool, new.account):
                for owner in self._explorer.owners(resource, new.account, owners_named(about)):
                    yield from self._asked(old, new, action, resource, owner, alone=alone or self.alone)

    # documents on resources -----------------------------------------------------------------------------------------
    def _resource(self, scope: Scope) -> Iterator[Difference]:
        texts = [text for model in (self.old, self.new) for text in _texts(model, scope)]
        if not texts:
            return
        statements = [one for text in texts for one in documents(text)]
        policies = [Policy.parse(text, name="") for text in texts]
        owner, resources, service = self._place(scope, policies)
        actions = (
            dict.fromkeys(("sts:assumerole", "sts:tagsession", "sts:setsourceidentity")) if service == "sts" else {}
        )
        actions |= self._explorer.names([f"{service}:*"]) if service in ("s3", "kms") else {}
        spoken = self._explorer.actions_of([s for policy in policies for s in policy.statements])
        actions |= {action: None for action in spoken if action.startswith(f"{service}:")}
        near = [s for s, rules in self.contract.rules.items() if any(rule.resource == resources[0] for rule in rules)]
        near += self.contract.paths
        classes: dict[tuple[Any, ...], str] = {}
        for action in actions:
            info = self._explorer.info(action)
            vector = tuple(s.actions.matches(action) for policy in policies for s in policy.statements)
            kinds = tuple(kind.name for kind in info.resources) if info else None
            if any(vector) and not (info is not None and info.wildcard_only):
                classes.setdefault((vector, kinds), action)
        actors = list(adversaries(self.new, self.contract, statements, owner, near))
        actors += [self.new.role_actor(role) for role in self.new.roles.values() if scope.kind != "trust"]
        for actor in actors:
            for action in classes.values():
                info = self._explorer.info(action)
                for resource in resources:
                    if info is None or any(kind.matches(resource) for kind in info.resources):
                        yield from self._asked(actor, actor, action, resource, owner)

    def _place(self, scope: Scope, policies: list[Policy]) -> tuple[str, tuple[str, ...], str]:
        """Owner, resources and service of a document."""
        model = self.new
        if scope.kind == "trust":
            return scope.key.split(":")[4], (scope.key,), "sts"
        if scope.kind == "key":
            return scope.key.split(":")[4], (scope.key,), "kms"
        if scope.kind == "catalog":
            stem = f"arn:{model.partition}:glue:{model.region}:{scope.key}:"
            pool = Pool(model, [*patterns_of(policies), f"{stem}catalog"], (scope.key,))
            return scope.key, tuple(pool.matching("glue", f"{stem}*")), "glue"
        bucket = f"arn:{model.partition}:s3:::{scope.key}"
        found = model.buckets.get(scope.key) or self.old.buckets[scope.key]
        pool = Pool(model, [*patterns_of(policies), f"{bucket}/undeclared"], ())
        inside = [arn for arn in pool.matching("s3", f"{bucket}*") if arn.startswith(f"{bucket}/")]
        return found.account, (bucket, *inside), "s3"

    # the organization's guard ---------------------------------------------------------------------------------------
    def _guard(self) -> Iterator[Difference]:
        texts = [t for model in (self.old, self.new) for t in (model.render["organization"].get("scps") or {}).values()]
        statements = [one for text in texts for one in documents(text)]
        policies = [policy for model in (self.old, self.new) for level in model.scps for policy in level.policies]
        spoken = self._explorer.actions_of([s for policy in policies for s in policy.statements if s.deny])
        account = self.new.central
        for actor in adversaries(self.new, self.contract, statements, account, []):
            if actor.account != account:
                continue
            pool = Pool(self.new, patterns_of(policies), (account,))
            for action in {**spoken, **dict.fromkeys(sorted(ROLE_CHANGES | ALIAS_CHANGES))}:
                for resource in self._explorer.resources(action, ["*"], pool, account):
                    if resource == "*" or resource.split(":")[4] == account:
                        yield from self._asked(actor, actor, action, resource, account)

    # deciding -------------------------------------------------------------------------------------------------------
    def _asked(
        self, old: Actor, new: Actor, action: str, resource: str, owner: str, *, alone: bool = False
    ) -> Iterator[Difference]:
        worlds = [self._world(self.old, old, action, resource, owner, alone=alone)]
        worlds.append(self._world(self.new, new, action, resource, owner, alone=alone))
        touching: tuple[Statement, ...] | None = None
        if self.alone:
            plain = self.new.context(new, resource, owner, action)
            touching = tuple(live(question_of(new, action, resource, owner, plain, worlds[1]), self._changed))
            if not touching:
                return
        info = self._explorer.info(action)
        only = resource == "*" and info is not None and info.wildcard_only
        sides = ((self.old, old, worlds[0]), (self.new, new, worlds[1]))
        allows = [Allows(actor, action, resource, owner, world, model) for model, actor, world in sides]
        contexts = situations(self.new, new, action, resource, owner, worlds[1], (), also=tuple(policies_of(worlds[0])))
        for context in contexts:
            lowered = {key.lower(): value for key, value in context.items()}
            if touching is not None and not any(statement.conditions_hold(lowered) for statement in touching):
                continue
            if not any(one.could_in(lowered) for one in allows):
                continue  # denied by both
            before = decide(self.old.request(old, action, resource, owner, context, only), worlds[0])
            after = decide(self.new.request(new, action, resource, owner, context, only), worlds[1])
            if before.allowed != after.allowed:
                decision = after if after.allowed else before
                shown = self._explorer.shown(action)
                yield Difference(new, shown, resource, owner, _plain(context), after.allowed, decision)
                return

    def _world(self, model: Model, actor: Actor, action: str, resource: str, owner: str, *, alone: bool) -> World:
        if not alone:
            return model.world(actor, action, resource, owner)
        everyone = None if action.startswith("iam:") else delegating(actor.account, trust=action.startswith("sts:"))
        return World(identity=actor.identity, resource=everyone, boundary=actor.boundary)


def _plain(context: Context) -> Mapping[str, str | tuple[str, ...]]:
    return dict(context)


def _texts(model: Model, scope: Scope) -> list[str]:
    """The texts of what speaks under one scope; none where a model has none."""
    render = model.render
    if scope.kind in ("role", "trust"):
        role = model.roles.get(scope.key)
        if role is None:
            return []
        raw = render["roles"][role.key]
        return [raw["trust"]] if scope.kind == "trust" else list(raw["policies"].values())
    if scope.kind == "platform":
        return [render["landing_zone"]["platform"]["policy"]]
    if scope.kind == "guard":
        return list(((render.get("organization") or {}).get("scps") or {}).values())
    if scope.kind == "brought":
        brought = (render.get("brought_roles") or {}).values()
        return [text for role in brought if role["arn"] == scope.key for text in role["policies"].values()]
    if scope.kind == "key":
        key = model.keys.get(scope.key)
        holder = None if key is None else render["keys"][f"{key.account}/{key.name}"]
    else:
        kind = {"boundary": "managed_policies", "bucket": "buckets", "catalog": "catalogs"}[scope.kind]
        holder = render[kind].get(scope.key)
    text = (holder or {}).get("document" if scope.kind == "boundary" else "policy")
    return [text] if isinstance(text, str) and text else []


def _changed(before: Iterable[str], after: Iterable[str]) -> tuple[Policy, ...]:
    """The statements that stand on one side only, as documents of their own."""
    sides = [
        # With its document's Version, which decides what its variables mean.
        {
            json.dumps({**document, "Statement": statement}, sort_keys=True)
            for document in map(json.loads, texts)
            for statement in documents(document)
        }
        for texts in (before, after)
    ]
    return tuple(Policy.parse(text) for text in sorted(sides[0] ^ sides[1]))


def scopes(model: Model) -> Iterator[tuple[Scope, Any]]:
    """Every document of a model and what it says, as parsed JSON; documents that speak together are one."""
    render = model.render
    for role in model.roles.values():
        raw = render["roles"][role.key]
        yield Scope("trust", role.arn), json.loads(raw["trust"])
        policies = {name: json.loads(text) for name, text in raw["policies"].items()}
        yield Scope("role", role.arn), [policies, raw["boundary"], sorted(raw.get("attached") or ())]
    for arn, policy in render["managed_policies"].items():
        yield Scope("boundary", arn), json.loads(policy["document"])
    for name, bucket in render["buckets"].items():
        yield Scope("bucket", name), json.loads(bucket["policy"])
    for key in model.keys.values():
        yield Scope("key", key.arn), json.loads(render["keys"][f"{key.account}/{key.name}"]["policy"])
    for account, one in render["catalogs"].items():
        if one.get("policy"):
            yield Scope("catalog", account), json.loads(one["policy"])
    for one in (render.get("brought_roles") or {}).values():
        yield Scope("brought", one["arn"]), {name: json.loads(text) for name, text in one["policies"].items()}
    yield Scope("platform"), json.loads(render["landing_zone"]["platform"]["policy"])
    guards = (render.get("organization") or {}).get("scps") or {}
    yield Scope("guard"), {name: json.loads(text) for name, text in guards.items()}
