"""What the roles of ours let through by their own documents, and what a boundary would."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from featureshare.access.explore import Pool, owners_named, patterns_of, telling
from featureshare.access.model import ADMINISTRATOR, Actor, Role, delegating
from featureshare.access.proof import Part, Step
from featureshare.access.rules import Rule
from featureshare.access.words import refused_need
from featureshare.iam import Policy, World, decide
from featureshare.iam.document import Statement

_SHOWN_PER_ACTOR = 3


class RolesPart(Part):
    """Requests that the documents of a role, or its boundary, speak of."""

    def roles(self) -> Iterator[Step]:
        """What each role's own documents let through."""
        for role in self.model.roles.values():
            if self._within("role", role.arn):
                yield partial(self._speaks, self.model.role_actor(role), role.policies, alone=True)
        for arn, policies in self.model.brought.items():
            if self._within("brought", arn):
                yield partial(self._speaks, self.model.brought_actor(arn), policies, alone=True)
        if self._within("platform"):
            platform = self.model.platform_actor()
            yield partial(self._speaks, platform, platform.identity, alone=True)

    def _speaks(self, actor: Actor, granting: tuple[Policy, ...], *, alone: bool = False) -> None:
        statements = [s for policy in granting for s in policy.statements if not s.deny]
        known = self.contract.rules.get(actor.source, ())
        patterns = [*patterns_of((*actor.identity, *(actor.boundary or ()))), *(rule.resource for rule in known)]
        pool = Pool(self.model, patterns, (actor.account, self.model.central))
        for action, alike, about in self._classes(actor, statements):
            wanted: list[str] = []
            for statement in about:
                wanted += ["*"] if statement.not_resource else [pattern.text for pattern in statement.resources]
            shown = 0
            for resource in self.explorer.resources(action, wanted, pool, actor.account):
                for owner in self.explorer.owners(resource, actor.account, owners_named(about)):
                    if shown < _SHOWN_PER_ACTOR:
                        shown += self._try(actor, action, resource, owner, alike, alone=alone)

    def _classes(
        self, actor: Actor, statements: list[Statement]
    ) -> Iterator[tuple[str, tuple[str, ...], list[Statement]]]:
        """Actions that no document and no rule tells apart, one for each class: (action, the others, statements)."""
        classes: dict[tuple[Any, ...], list[str]] = {}
        abouts: dict[tuple[Any, ...], list[Statement]] = {}
        for action in self.explorer.actions_of(statements):
            about = [statement for statement in statements if statement.actions.matches(action)]
            if not about:
                continue
            info = self.explorer.info(action)
            key = (
                tuple(id(statement) for statement in about),
                tuple(id(rule) for rule in self.contract.rules_of(actor, action)),
                (info.wildcard_only, tuple(kind.name for kind in info.resources)) if info else None,
                self._shape(action),
            )
            classes.setdefault(key, []).append(action)
            abouts[key] = about
        for key, actions in classes.items():
            first, *others = telling(actions)
            yield first, tuple(self.explorer.shown(one) for one in others), abouts[key]

    def _shape(self, action: str) -> tuple[bool, ...]:
        """Which action lists of documents on resources, of the guard and of boundaries hold an action."""
        service = action.partition(":")[0]
        found = self._shapes.get(service)
        if found is None:
            resources: dict[str, Iterable[Policy | None]] = {
                "s3": (bucket.policy for bucket in self.model.buckets.values()),
                "kms": (key.policy for key in self.model.keys.values()),
                "sts": (role.trust for role in self.model.roles.values()),
                "glue": self.model.catalogs.values(),
            }
            policies = [policy for policy in resources.get(service, ()) if policy is not None]
            policies += [policy for level in self.model.scps for policy in level.policies]
            policies += self.model.managed.values()
            unique = {(s.actions.negated, s.actions.patterns): s.actions for p in policies for s in p.statements}
            found = self._shapes[service] = list(unique.values())
        return tuple(actions.matches(action) for actions in found)

    def boundaries(self) -> Iterator[Step]:
        """A role of ours that held everything would still be within its boundary."""
        seen: set[tuple[Any, ...]] = set()
        for role in self.model.roles.values():
            if role.kind == "deploy" or not self._within("boundary", str(role.boundary)):
                continue
            wide = _family(role)
            key = (role.account, role.boundary, wide)
            if role.boundary is not None and key in seen:
                continue
            seen.add(key)
            if role.boundary is not None and role.boundary not in self.model.managed:
                continue  # one that the platform brings: not ours to prove
            yield partial(self._bounded, role, wide)

    def _bounded(self, role: Role, wide: str) -> None:
        source = role.arn.rsplit("/", 1)[0] + "/bounded"
        bounded = (self.model.managed[role.boundary],) if role.boundary else None
        label = f"a role like {role.name} that held Allow * on * within its boundary"
        actor = Actor(self.model.session_arn(source), source, role.account, (ADMINISTRATOR,), bounded, False, label)
        self.contract.bound(source, role, wide)
        self._speaks_bounded(actor, bounded)

    def _speaks_bounded(self, actor: Actor, bounded: tuple[Policy, ...] | None) -> None:
        if bounded is None:
            resource = f"arn:{self.model.partition}:iam::{actor.account}:user/undeclared"
            self._try(actor, "iam:createuser", resource, actor.account, ())
            return
        self._speaks(actor, bounded, alone=True)
        for rule in self.contract.rules[actor.source]:
            self._reaches(actor, rule)

    def _reaches(self, actor: Actor, rule: Rule) -> None:
        """A boundary leaves room for what roles under it may come to be for."""
        for action in sorted(rule.actions):
            info = self.explorer.info(action)
            assert info is not None, action
            if rule.resource != "*":
                resource = rule.resource.replace("*", "x")
            else:
                resource = next(iter(self.explorer.generic(info, actor.account)), "*")
            owner = rule.owner or actor.account
            context = self.model.context(actor, resource, owner)
            context |= {condition.key: condition.values[0] for condition in rule.conditions}
            request = self.model.request(actor, info.name, resource, owner, context, info.wildcard_only)
            world = World(
                identity=actor.identity,
                resource=None
                if action.startswith("iam:")
                else delegating(actor.account, trust=action.startswith("sts:")),
                boundary=actor.boundary,
            )
            self.explorer.asked += 1
            decision = decide(request, world)
            if not decision.allowed:
                self._found(refused_need(actor, "what such roles are for", request, decision, None))


def _family(role: Role) -> str:
    """Which roles share a boundary with this one."""
    if role.kind in ("replication", "replica-reader"):
        return role.kind
    return "access" if role.stack == "central-team" else "execution"
