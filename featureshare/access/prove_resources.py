"""Everybody that a document of ours on a role, bucket, key or catalog could mean."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from featureshare.access.adversaries import Named, adversaries
from featureshare.access.elements import documents
from featureshare.access.explore import Pool, patterns_of, telling
from featureshare.access.model import Actor, Guarded, Role
from featureshare.access.proof import Part, Step
from featureshare.access.rules import Rule
from featureshare.iam import Policy


class ResourcesPart(Part):
    """Trust, bucket, key and catalog policies, put to adversaries."""

    def guarded(self) -> Iterator[Step]:
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
            yield partial(self._trust, role, raw["roles"][role.key]["trust"], near[role.arn])
        for bucket in (one for one in self.model.buckets.values() if self._within("bucket", one.name)):
            yield partial(self._bucket, bucket, raw["buckets"][bucket.name]["policy"], near[bucket.arn])
        for key in (one for one in self.model.keys.values() if self._within("key", one.arn)):
            yield partial(self._key, key, raw["keys"][f"{key.account}/{key.name}"]["policy"], near[key.arn])
        for account, policy in self.model.catalogs.items():
            if policy is not None and self._within("catalog", account):
                yield partial(self._catalog, account, policy)

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

    def _key(self, key: Guarded, text: Any, near: list[str]) -> None:
        actions = self.explorer.names(["kms:*"])
        actions |= self._spoken(key.policy, "kms:")
        about = {a: None for a in actions if (i := self.explorer.info(a)) is None or _takes(i, "key")}
        self._document(key.policy, documents(text), key.account, near, about, (key.arn,))

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
        known += Pool(self.model, patterns_of((policy,)), ()).matching("glue", f"{stem}*")
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
        told = [(vector, telling(members)) for (vector, _, _), members in classes.items()]
        actors = list(adversaries(self.model, self.contract, statements, owner, near))
        actors += self._named_outright(statements, owner)
        for actor in actors:
            for vector, members in told:
                if not self._could(actor, owner, vector, policy, resources[0], members[0]):
                    continue
                info = self.explorer.info(members[0])
                alike = tuple(self.explorer.shown(one) for one in members[1:])
                for resource in dict.fromkeys(resources):
                    if info is not None and not any(kind.matches(resource) for kind in info.resources):
                        continue
                    if self._try(
                        actor, members[0], resource, owner, alike, exactly=members[0].startswith(("s3:", "kms:"))
                    ):
                        break

    def _named_outright(self, statements: list[Mapping[str, Any]], owner: str) -> list[Actor]:
        """Roles of ours that a document names so firmly that they need no policy of their own."""
        named = Named(one for one in statements if one["Effect"] == "Allow")
        roles = self.model.roles
        found = roles if named.everybody else (arn for arn in named.entries if arn in roles)
        return [self.model.role_actor(roles[arn]) for arn in found if roles[arn].account == owner]

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


def _takes(info: Any, *kinds: str) -> bool:
    return any(kind.name in kinds for kind in info.resources)
