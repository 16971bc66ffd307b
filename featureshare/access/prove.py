"""The proof: what the documents allow is what the declaration says, in both directions.

Everything declared is put to the engine along its path and must be allowed. Then everything the documents could let
through is: for each role of ours, the requests that its own documents speak of; for each document of ours on a role,
bucket, key or catalog, everybody it could mean; for the organization's guard, administrators; for each boundary, a role
that would hold everything under it. What is allowed and stands on no rule of the contract is a counterexample.
"""

import json
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from featureshare.access.adversaries import Named, adversaries, documents, listed
from featureshare.access.atoms import Undecidable, matches, segments
from featureshare.access.contract import ALIAS_CHANGES, ROLE_CHANGES, Contract
from featureshare.access.explore import Attempt, Explorer, Pool, patterns_of
from featureshare.access.model import ADMINISTRATOR, Actor, BadDocument, Guarded, Model, Role, delegating
from featureshare.access.purposes import Need
from featureshare.access.residual import residual_of
from featureshare.access.rules import Rule
from featureshare.access.scope import Scope
from featureshare.access.words import Counterexample, allowed_attempt, refused_need
from featureshare.iam import Policy, World, decide
from featureshare.iam.document import Statement
from featureshare.iam.patterns import ActionSet

PROVED, FAILED, UNDECIDED = "proved", "failed", "undecided"
_SHOWN_PER_ACTOR = 3


@dataclass
class Proof:
    """The outcome: `result` proved, failed or undecided; `requests` counts the decisions taken."""

    environment: str
    result: str = PROVED
    counterexamples: list[Counterexample] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    residual: dict[str, str] = field(default_factory=dict)
    declared: int = 0
    requests: int = 0
    seconds: float = 0.0

    def conclude(self) -> "Proof":
        """Set the result from what was found: a failure outweighs what is undecided."""
        if self.counterexamples or self.faults:
            self.result = FAILED
        elif self.undecided:
            self.result = UNDECIDED
        return self

    def as_dict(self) -> dict[str, Any]:
        """The proof as plain JSON values."""
        return {
            "environment": self.environment,
            "result": self.result,
            "declared": self.declared,
            "requests": self.requests,
            "seconds": round(self.seconds, 3),
            "counterexamples": [one.as_dict() for one in self.counterexamples],
            "faults": self.faults,
            "undecided": self.undecided,
            "residual": [{"id": key, "what": text} for key, text in self.residual.items()],
        }


def prove(
    normal: Mapping[str, Any], render: Mapping[str, Any], *, residual: Iterable[str] | None = None, first: bool = False
) -> Proof:
    """Prove that the documents of `render` allow what the declaration `normal` says and nothing else.

    `residual` are the ids that the threat model lists; what is found beyond them is a failure. `first` stops at the
    first counterexample.
    """
    proof = Proof(normal["environment"]["name"])
    started = time.monotonic()
    try:
        model = Model(render)
        contract = Contract(normal, model)
        Prover(model, contract, proof, first=first).run()
        _check_residual(proof, None if residual is None else set(residual))
    except (BadDocument, KeyError, TypeError, ValueError, AttributeError) as error:
        text = f"the documents cannot be read: {error!r}" if not isinstance(error, BadDocument) else str(error)
        proof.faults.append(text)
    except Undecidable as error:
        proof.undecided.append(str(error))
    except _Enough:
        pass
    proof.seconds = time.monotonic() - started
    return proof.conclude()


def prove_document(contract: Contract, render: Mapping[str, Any], scope: Scope) -> Proof:
    """The part of the proof that hangs on one document, up to the first counterexample; for changes of that alone."""
    proof = Proof(contract.model.name)
    try:
        Prover(Model(render), contract, proof, first=True, scope=scope).run()
    except (BadDocument, Undecidable) as error:
        proof.faults.append(str(error))
    except _Enough:
        pass
    return proof.conclude()


def _check_residual(proof: Proof, listed: set[str] | None) -> None:
    if listed is None:
        return
    for key in sorted(set(proof.residual) - listed):
        proof.faults.append(f"what remains reachable ({key}) is not in the residual list of the threat model")


class _Enough(Exception):
    """One counterexample is all that was asked for."""


class Prover:
    """Runs the parts of a proof on a model that may differ from the contract's in its documents, not in its names."""

    def __init__(
        self, model: Model, contract: Contract, proof: Proof, *, first: bool = False, scope: Scope | None = None
    ) -> None:
        self._scope = scope
        self.model = model
        self.contract = contract
        self.proof = proof
        self.explorer = Explorer(model, contract)
        self._first = first
        self._shapes: dict[str, list[ActionSet]] = {}
        self._near: dict[str, dict[str, dict[str, list[Rule]]]] = {}

    def run(self) -> None:
        """All parts."""
        try:
            self.proof.faults += [*self.model.faults, *self.contract.missing]
            if self._first and self.proof.faults:
                raise _Enough
            for part in (self.declared, self.roles, self.guarded, self.organization, self.boundaries):
                part()
            if self._scope is None:
                self.proof.residual = residual_of(self.model, self.contract, self.explorer)
        finally:
            self.proof.requests = self.explorer.asked

    def _within(self, kind: str, key: str = "") -> bool:
        """Whether a part of the proof is asked for."""
        return self._scope is None or self._scope == Scope(kind, key)

    # everything declared is allowed ----------------------------------------------------------------------------------
    def declared(self) -> None:
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
            done: set[tuple[Any, ...]] = set()
            for need in needs:
                key = _key(need)
                if key not in done:
                    done.add(key)
                    self._needed(actor, need)
        for source, rules in self.contract.rules.items():
            role = self.model.roles.get(source)
            if source.endswith(".amazonaws.com"):
                service = Actor(source, source, "", label=f"the service {source}")
                for rule in rules:
                    if self._within("trust", rule.resource):
                        self._ruled(service, rule)
            if not self._hangs(source):
                continue
            if (role is not None and role.kind == "deploy") or source == self.model.platform:
                for rule in rules:
                    self._ruled(actors[source], rule)

    def _hangs(self, source: str) -> bool:
        """Whether what a source is for without a declared use could hang on the document in question."""
        scope = self._scope
        return scope is None or scope == Scope("role", source) or scope.kind in ("bucket", "guard", "key", "platform")

    def _needed(self, actor: Actor, need: Need) -> None:
        check = need.check
        context = self.model.context(actor, check.resource, check.account)
        context.update(check.context)
        if check.via:
            context |= {
                "aws:CalledVia": check.via,
                "aws:CalledViaFirst": check.via[0],
                "aws:CalledViaLast": check.via[-1],
            }
        self.proof.declared += 1
        self.explorer.asked += 1
        world = self.model.world(actor, check.action, check.resource, check.account)
        request = self.model.request(actor, check.action, check.resource, check.account, context, check.wildcard_only)
        decision = decide(request, world)
        if not decision.allowed:
            why = next((use for use in self.contract.uses if need in use.needs), None)
            self._found(refused_need(actor, str(need), request, decision, why))

    def _ruled(self, actor: Actor, rule: Rule) -> None:
        """A rule that no call was enumerated for: one witness of it must be allowed."""
        owner = rule.owner or actor.account
        for bucket in self.model.buckets.values():
            # A document of ours stands on these; on the names to come none does yet.
            if (
                ":s3:::" in rule.resource
                and bucket.account == owner
                and matches(rule.resource.split("/")[0], bucket.arn)
            ):
                self._ruled_on(actor, rule, bucket.arn + ("/x" if "/" in rule.resource else ""), owner)
        for key in self.model.keys.values():
            if ":kms:" in rule.resource and key.account == owner and matches(rule.resource, key.arn):
                self._ruled_on(actor, rule, key.arn, owner)
        self._ruled_on(actor, rule, rule.resource.replace("*", "x") if rule.resource != "*" else "*", owner)

    def _ruled_on(self, actor: Actor, rule: Rule, resource: str, owner: str) -> None:
        context = self.model.context(actor, resource, owner)
        for condition in rule.conditions:
            context[condition.key] = condition.values[0].replace("*", "x")
        if aliases := self.model.key_aliases(resource):
            context["kms:ResourceAliases"] = aliases
            context["aws:ResourceTag/feature-share"] = self.model.name
        for action in sorted(rule.actions):
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

    # nothing else is: roles of ours ----------------------------------------------------------------------------------
    def roles(self) -> None:
        """What each role's own documents let through."""
        for role in self.model.roles.values():
            if self._within("role", role.arn):
                self._speaks(self.model.role_actor(role), role.policies, alone=True)
        for arn, policies in self.model.brought.items():
            if self._within("brought", arn):
                self._speaks(self.model.brought_actor(arn), policies, alone=True)
        if self._within("platform"):
            platform = self.model.platform_actor()
            self._speaks(platform, platform.identity, alone=True)

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
                for owner in self.explorer.owners(resource, actor.account):
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
            yield actions[0], tuple(self.explorer.shown(one) for one in actions[1:]), abouts[key]

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

    # nothing else is: documents of ours on resources -----------------------------------------------------------------
    def guarded(self) -> None:
        """Everybody that a trust, bucket, key or catalog policy could mean."""
        if self._scope is not None and self._scope.kind not in ("trust", "bucket", "key", "catalog"):
            return
        near: dict[str, list[str]] = defaultdict(list)
        for source, rules in (*self.contract.rules.items(), *self.contract.paths.items()):
            if not source.startswith("arn:"):
                continue
            for rule in rules:
                head = rule.resource.split("/")[0] if ":s3:::" in rule.resource else rule.resource
                if source not in near[head][-1:]:
                    near[head].append(source)
        raw = self.model.render
        for role in (one for one in self.model.roles.values() if self._within("trust", one.arn)):
            self._trust(role, raw["roles"][role.key]["trust"], near[role.arn])
        for bucket in (one for one in self.model.buckets.values() if self._within("bucket", one.name)):
            self._bucket(bucket, raw["buckets"][bucket.name]["policy"], near[bucket.arn])
        for key in (one for one in self.model.keys.values() if self._within("key", one.arn)):
            text = raw["keys"][f"{key.account}/{key.name}"]["policy"]
            actions = self.explorer.names(["kms:*"])
            actions |= self._spoken(key.policy, "kms:")
            about = {a: None for a in actions if (i := self.explorer.info(a)) is None or _takes(i, "key")}
            self._document(key.policy, documents(text), key.account, near[key.arn], about, (key.arn,))
        for account, policy in self.model.catalogs.items():
            if policy is not None and self._within("catalog", account):
                self._catalog(account, policy)

    def _trust(self, role: Role, text: Any, near: list[str]) -> None:
        actions = dict.fromkeys(("sts:assumerole", "sts:tagsession", "sts:setsourceidentity"))
        actions |= {
            action: None for action in self.explorer.actions_of(role.trust.statements) if action.startswith("sts:")
        }
        self._document(role.trust, documents(text), role.account, near, actions, (role.arn,))

    def _bucket(self, bucket: Guarded, text: Any, near: list[str]) -> None:
        assert bucket.policy is not None
        pool = Pool(self.model, [*patterns_of((bucket.policy,)), f"{bucket.arn}/undeclared"], ())
        inside = [
            arn
            for arn in pool.matching("s3", f"{bucket.arn}*")
            if arn == bucket.arn or arn.startswith(f"{bucket.arn}/")
        ]
        actions = {
            action: None
            for action in self.explorer.names(["s3:*"]) | self._spoken(bucket.policy, "s3:")
            if (info := self.explorer.info(action)) is None or _takes(info, "bucket", "object")
        }
        self._document(bucket.policy, documents(text), bucket.account, near, actions, (bucket.arn, *inside))

    def _spoken(self, policy: Policy | None, service: str) -> dict[str, None]:
        """The actions of a service that a document speaks of, those that AWS may add under its patterns included."""
        statements = () if policy is None else policy.statements
        spoken = self.explorer.actions_of([one for one in statements if not one.actions.negated])
        return {action: None for action in spoken if action.startswith(service)}

    def _catalog(self, account: str, policy: Policy) -> None:
        names = [one["database"] for one in self.model.render["feature_groups"].values() if one["account"] == account]
        stem = f"arn:{self.model.partition}:glue:{self.model.region}:{account}:"
        known = [f"{stem}catalog", f"{stem}database/undeclared", f"{stem}table/undeclared/undeclared"]
        known += [f"{stem}database/{name}" for name in names] + [f"{stem}table/{name}/undeclared" for name in names]
        known += [
            f"{stem}table/{one['database']}/{one['table']}"
            for one in self.model.render["feature_groups"].values()
            if one["account"] == account
        ]
        actions = {action: None for action in self.explorer.actions_of(policy.statements) if action.startswith("glue:")}
        text = self.model.render["catalogs"][account]["policy"]
        self._document(policy, documents(text), account, [], actions, tuple(known))

    def _document(
        self,
        policy: Policy | None,
        statements: list[Mapping[str, Any]],
        owner: str,
        near: list[str],
        actions: Mapping[str, None],
        resources: tuple[str, ...],
    ) -> None:
        assert policy is not None
        classes: dict[tuple[Any, ...], list[str]] = {}
        for action in actions:
            info = self.explorer.info(action)
            key = (
                tuple(statement.actions.matches(action) for statement in policy.statements),
                self._ruled_alike(action, owner, resources),
                tuple(kind.name for kind in info.resources) if info else None,
            )
            classes.setdefault(key, []).append(action)
        actors = list(adversaries(self.model, self.contract, statements, owner, near))
        actors += self._named_outright(statements, owner)
        for actor in actors:
            for (vector, _, _), members in classes.items():
                if not self._could(actor, owner, vector, policy, resources[0], members[0]):
                    continue
                info = self.explorer.info(members[0])
                alike = tuple(self.explorer.shown(one) for one in members[1:])
                for resource in dict.fromkeys(resources):
                    if info is not None and not any(kind.matches(resource) for kind in info.resources):
                        continue
                    if self._try(actor, members[0], resource, owner, alike, exactly=members[0].startswith("s3:")):
                        break

    def _named_outright(self, statements: list[Mapping[str, Any]], owner: str) -> list[Actor]:
        """Roles of ours that a document names so firmly that they need no policy of their own."""
        named = Named(one for one in statements if one["Effect"] == "Allow")
        return [
            self.model.role_actor(role)
            for role in self.model.roles.values()
            if role.account == owner and (named.everybody or role.arn in named.entries)
        ]

    def _ruled_alike(self, action: str, owner: str, resources: tuple[str, ...]) -> tuple[Any, ...]:
        """What of the contract tells actions on a resource apart, whoever asks."""
        rules = tuple(
            (source, rule.conditions)
            for source, found in self._rules_near(resources[0]).get(action, {}).items()
            for rule in found
        )
        return (rules, *(self.contract.guarded(action, resource, owner) for resource in resources))

    def _rules_near(self, resource: str) -> Mapping[str, Mapping[str, list[Rule]]]:
        """Rules about a resource: action to source to rules."""
        if not self._near:
            for source, rules in (*self.contract.rules.items(), *self.contract.paths.items()):
                for rule in rules:
                    head = rule.resource.split("/")[0] if ":s3:::" in rule.resource else rule.resource
                    for action in rule.actions:
                        about = self._near.setdefault(head, {}).setdefault(action, {})
                        about.setdefault(source, []).append(rule)
        return self._near.get(resource, {})

    def _could(
        self, actor: Actor, owner: str, vector: tuple[bool, ...], policy: Policy, resource: str, action: str
    ) -> bool:
        """Whether a document could let an actor through at all: an administrator of the owner, or somebody named."""
        if actor.account == owner and not action.startswith(("sts:", "kms:")):
            return True
        return any(about and not s.deny for about, s in zip(vector, policy.statements, strict=True))

    # nothing else is: the organization's guard -----------------------------------------------------------------------
    def organization(self) -> None:
        """Administrators of member accounts cannot touch roles under our paths nor our aliases."""
        model = self.model
        if model.organization is None or not self._within("guard"):
            return
        texts = ((model.render.get("organization") or {}).get("scps") or {}).values()
        statements = [statement for text in texts for statement in documents(text)]
        deploy = f"arn:{model.partition}:iam::{model.central}:role/{model.prefix}/deploy/*"
        for account in self._guarded_accounts(statements):
            stem = f"arn:{model.partition}:iam::{account}:role/{model.prefix}/"
            roles = {
                kind: f"{stem}{kind}/undeclared/undeclared" for kind in ("execution", "reader-offline", "undeclared")
            }
            real = [role.arn for role in model.roles.values() if role.account == account]
            alias = f"arn:{model.partition}:kms:{model.region}:{account}:alias/{model.prefix}-undeclared"
            for actor in adversaries(model, self.contract, statements, account, [deploy]):
                if actor.account != account or actor.source.endswith(
                    f":role/{model.prefix}/deploy/{model.prefix}-deploy"
                ):
                    continue
                for action in sorted(ROLE_CHANGES):
                    for resource in (*roles.values(), *real[:1]):
                        if self._try(actor, action, resource, account, ()):
                            break
                for action in sorted(ALIAS_CHANGES):
                    self._try(actor, action, alias, account, ())
            self._spared(account)

    def _guarded_accounts(self, statements: list[Mapping[str, Any]]) -> list[str]:
        """The accounts that the guard can tell apart: all of them where it names any, else the central and one more."""
        accounts = sorted({role.account for role in self.model.roles.values()})
        text = json.dumps(statements)
        if any(account in text for account in accounts) or not statements:
            return accounts
        named = [one for statement in statements for one in listed(statement.get("Resource", "*"))]
        if any(segments(str(one))[4] != "*" for one in named):
            return accounts
        others = [account for account in accounts if account != self.model.central]
        return [self.model.central, *others[:1]]

    def _spared(self, account: str) -> None:
        """The guard takes from administrators what it must and nothing else."""
        model = self.model
        policies = [policy for level in model.scps for policy in level.policies]
        statements = [s for policy in policies for s in policy.statements if s.deny]
        actor = model.adversary(
            f"arn:{model.partition}:iam::{account}:role/undeclared", f"role/undeclared of {account}"
        )
        pool = Pool(model, patterns_of(policies), (account,))
        for action in self.explorer.actions_of(statements):
            about = [s for s in statements if s.actions.matches(action)]
            patterns = [pattern.text for s in about for pattern in s.resources]
            for resource in self.explorer.resources(action, patterns, pool, account) if about else ():
                if account in self.explorer.owners(resource, account) and ":key/" not in resource:
                    self._try(actor, action, resource, account, (), exactly=True)

    # nothing else is: boundaries -------------------------------------------------------------------------------------
    def boundaries(self) -> None:
        """A role of ours that held everything would still be within its boundary."""
        seen: set[tuple[Any, ...]] = set()
        for role in self.model.roles.values():
            if role.kind == "deploy" or not self._within("boundary", str(role.boundary)):
                continue
            wide = "access" if role.account == self.model.central and role.kind != "execution" else "execution"
            key = (role.account, role.boundary, wide)
            if role.boundary is not None and key in seen:
                continue
            seen.add(key)
            if role.boundary is not None and role.boundary not in self.model.managed:
                continue  # one that the platform brings: not ours to prove
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

    # what was found --------------------------------------------------------------------------------------------------
    def _try(
        self,
        actor: Actor,
        action: str,
        resource: str,
        owner: str,
        alike: tuple[str, ...],
        *,
        alone: bool = False,
        exactly: bool = False,
    ) -> int:
        try:
            found = self.explorer.attempt(actor, action, resource, owner, exactly=exactly)
            if found is None and alone:
                found = self.explorer.alone(actor, action, resource, owner)
        except Undecidable as error:
            if str(error) not in self.proof.undecided:
                self.proof.undecided.append(str(error))
            return 0
        if found is None:
            return 0
        self._found(allowed_attempt(Attempt(**{**vars(found), "alike": alike}), self.model))
        return 1

    def _found(self, one: Counterexample) -> None:
        self.proof.counterexamples.append(one)
        if self._first:
            raise _Enough


def _takes(info: Any, *kinds: str) -> bool:
    return any(kind.name in kinds for kind in info.resources)


def _key(need: Need) -> tuple[Any, ...]:
    check = need.check
    context = tuple(sorted((key, str(value)) for key, value in check.context.items()))
    return check.action, check.resource, check.account, context, check.via
