"""Everything that is declared is allowed along its path."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from featureshare.access.atoms import matches
from featureshare.access.model import Actor
from featureshare.access.proof import Part, Step
from featureshare.access.purposes import Need
from featureshare.access.rules import Rule
from featureshare.access.scope import Scope
from featureshare.access.words import refused_need
from featureshare.iam import decide
from featureshare.iam.context import called_via


class DeclaredPart(Part):
    """Uses of the declaration, and what roles without a verb are for."""

    def declared(self) -> Iterator[Step]:
        """Every check of every declared use, and of every role without a verb, is allowed."""
        actors = {arn: self.model.role_actor(role) for arn, role in self.model.roles.items()}
        actors[self.model.platform] = self.model.platform_actor()
        actors |= {arn: self.model.brought_actor(arn) for arn in self.model.brought}
        for source, needs in self.contract.needs.items():
            if self._scope is not None:
                needs = [need for need in needs if self._scope.touches(self.model, source, need)]
            if not needs:
                continue
            actor = actors.get(source) or self.model.adversary(source.replace("*", "x").replace("?", "x"))
            yield partial(self._all_needed, actor, needs)
        self._stores = defaultdict(list)
        for one in (*self.model.buckets.values(), *self.model.keys.values()):
            self._stores[one.account].append(one)
        for source, rules in self.contract.rules.items():
            role = self.model.roles.get(source)
            if source.endswith(".amazonaws.com"):
                service = Actor(source, source, "", label=f"the service {source}")
                for rule in rules:
                    if self._within("trust", rule.resource):
                        yield partial(self._ruled, service, (rule,))
            if not self._hangs(source):
                continue
            if (role is not None and role.kind == "deploy") or source == self.model.platform:
                yield partial(self._ruled, actors[source], tuple(rules))

    def _hangs(self, source: str) -> bool:
        """Whether what a source is for without a declared use could hang on the document in question."""
        scope = self._scope
        return scope is None or scope == Scope("role", source) or scope.kind in ("bucket", "guard", "key", "platform")

    def _all_needed(self, actor: Actor, needs: Iterable[Need]) -> None:
        done: set[tuple[Any, ...]] = set()
        for need in needs:
            key = _key(need)
            if key not in done:
                done.add(key)
                self._needed(actor, need)

    def _needed(self, actor: Actor, need: Need) -> None:
        check = need.check
        context = self.model.context(actor, check.resource, check.account, check.action)
        context |= {**called_via(check.via), **check.context}
        self.proof.declared += 1
        self.explorer.asked += 1
        world = self.model.world(actor, check.action, check.resource, check.account)
        request = self.model.request(actor, check.action, check.resource, check.account, context, check.wildcard_only)
        decision = decide(request, world)
        if not decision.allowed:
            why = next((use for use in self.contract.uses if need in use.needs), None)
            self._found(refused_need(actor, str(need), request, decision, why))

    def _ruled(self, actor: Actor, rules: Iterable[Rule]) -> None:
        """Rules that no call was enumerated for: one witness of each must be allowed."""
        for rule in rules:
            owner = rule.owner or actor.account
            stem, slash, _ = rule.resource.partition("/") if ":s3:::" in rule.resource else (rule.resource, "", "")
            for one in self._stores.get(owner, ()) if ":s3:::" in rule.resource or ":kms:" in rule.resource else ():
                # A document of ours stands on these; on the names to come none does yet.
                if matches(stem, one.arn):
                    self._ruled_on(actor, rule, one.arn + ("/x" if slash else ""), owner)
            self._ruled_on(actor, rule, rule.resource.replace("*", "x") if rule.resource != "*" else "*", owner)

    def _ruled_on(self, actor: Actor, rule: Rule, resource: str, owner: str) -> None:
        actions = sorted(rule.actions)
        if self._scope is not None:
            actions = [one for one in actions if self._scope.bears_on(self.model, actor.source, one, resource, owner)]
        if not actions:
            return
        context = self.model.context(actor, resource, owner)
        for condition in rule.conditions:
            context[condition.key] = condition.values[0].replace("*", "x")
        if aliases := self.model.key_aliases(resource):
            context["kms:ResourceAliases"] = aliases
            context["aws:ResourceTag/feature-share"] = self.model.name
        for action in actions:
            info = self.explorer.info(action)
            if info is None or (resource != "*" and not any(kind.matches(resource) for kind in info.resources)):
                continue
            self.proof.declared += 1
            self.explorer.asked += 1
            world = self.model.world(actor, action, resource, owner)
            request = self.model.request(actor, info.name, resource, owner, context, info.wildcard_only)
            decision = decide(request, world)
            if not decision.allowed:
                self._found(refused_need(actor, rule.why, request, decision, None))


def _key(need: Need) -> tuple[Any, ...]:
    check = need.check
    context = tuple(sorted((key, str(value)) for key, value in check.context.items()))
    return check.action, check.resource, check.account, context, check.via
