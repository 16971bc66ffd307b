"""The contract: who may do what, as the declaration means it.

Rules come from the declaration's grants by way of the calls that a verb makes (`purposes`), from what roles without a
verb are for, and from what the threat model leaves to administrators. No policy document is read here, so that a
document can be held against it.
"""

import functools
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from featureshare.access import direct
from featureshare.access.atoms import is_glob, matches
from featureshare.access.clauses import Clauses
from featureshare.access.domain import boundary_actions
from featureshare.access.model import Actor, Model, Role
from featureshare.access.rules import ORGANIZATION, READERS, TAG_CHANGES, Condition, Rule
from featureshare.iam.context import Context

# What the organization's guard keeps from everybody but the deploy role.
ROLE_CHANGES = frozenset(
    f"iam:{name}".lower()
    for name in (
        *("AttachRolePolicy", "CreateRole", "DeleteRole", "DeleteRolePermissionsBoundary", "DeleteRolePolicy"),
        *("DetachRolePolicy", "PutRolePermissionsBoundary", "PutRolePolicy", "TagRole", "UntagRole"),
        *("UpdateAssumeRolePolicy", "UpdateRole", "UpdateRoleDescription"),
    )
)
ALIAS_CHANGES = frozenset({"kms:createalias", "kms:deletealias", "kms:updatealias"})
_LISTINGS = frozenset({"s3:listbucket", "s3:listbucketmultipartuploads", "s3:listbucketversions"})
_ENCRYPTION = "s3:x-amz-server-side-encryption"


class Contract(Clauses):
    """What is declared, over the names of one environment's model."""

    def __init__(self, normal: Mapping[str, Any], model: Model) -> None:
        super().__init__(normal, model)
        self._globs = [source for source in self.rules if is_glob(source)]

    def bound(self, source: str, role: Role, wide: str) -> None:
        """Rules for whoever held everything within the boundary of `role`: what roles like it can ever be for."""
        if source in self.rules:
            return
        model, central = self.model, self.model.central
        owners: tuple[str | None, ...] = (None,) if wide == "access" else (role.account,)
        if wide == "replication":
            places = {replica["account"] for replica in self.normal["replicas"].values()}
            owners = tuple(sorted({central, *places}))
        actions = frozenset(action.lower() for action in boundary_actions(wide))
        rules = [Rule(actions, "*", owner, (), "within the boundary") for owner in owners]
        if wide == "access":
            passed = Condition("iam:PassedToService", ("sagemaker.amazonaws.com",))
            pattern = f"arn:{model.partition}:iam::{central}:role/{model.prefix}/offline-store/*"
            rules.append(Rule(frozenset({"iam:passrole"}), pattern, central, (passed,), "within the boundary"))
        elif wide == "execution":
            pattern = f"arn:{model.partition}:iam::{central}:role/{model.prefix}/*/{role.team}/*"
            becoming = frozenset({"sts:assumerole", "sts:setsourceidentity", "sts:tagsession"})
            rules.append(Rule(becoming, pattern, central, (), "within the boundary"))
            rules.append(self._room(model.region, role, str(role.team)))
            if self.normal["teams"].get(role.team, {}).get("direct_catalog"):
                rules += direct.bound_rules(model, role)
        elif wide == "replica-reader":
            replica = role.path.strip("/").rsplit("/", 1)[-1]
            rules.append(self._room(self.normal["replicas"][replica]["region"], role, replica))
        self.rules[source] = rules

    def _room(self, region: str, role: Role, name: str) -> Rule:
        """That roles of a team, or of a replica, may be told what they have; its name is in the path."""
        path = f"arn:{self.model.partition}:ssm:{region}:{role.account}:parameter/{self.model.prefix}/{name}/sharing"
        return Rule(frozenset({"ssm:getparametersbypath"}), path, role.account, (), "within the boundary")

    # questions -------------------------------------------------------------------------------------------------------
    def rules_of(self, actor: Actor, action: str) -> tuple[Rule, ...]:
        """The rules about an action (lower case) for whoever stands behind `actor`."""
        return self._by_action(actor.source, actor.adversary).get(action, ())

    @functools.lru_cache(maxsize=65_536)  # noqa: B019, a contract lives as long as its proof
    def _by_action(self, source: str, adversary: bool) -> Mapping[str, tuple[Rule, ...]]:
        found = list(self.rules.get(source, ()))
        if adversary:
            found += [r for pattern, rules in self.paths.items() if matches(pattern, source) for r in rules]
        found += [r for pattern in self._globs if matches(pattern, source) for r in self.rules[pattern]]
        out: dict[str, list[Rule]] = defaultdict(list)
        for rule in found:
            for action in rule.actions:
                out[action].append(rule)
        return {action: tuple(rules) for action, rules in out.items()}

    def meant(self, actor: Actor, action: str, resource: str, owner: str, context: Context) -> bool:
        """Whether a rule gives a request to the actor, whatever buckets refuse to everybody.

        That a caller belongs to the organization is for trust policies to ask, not for the caller's own.
        """
        return any(
            rule.covers(resource, owner)
            and all(one.key == ORGANIZATION or one.holds(context) for one in rule.conditions)
            for rule in self.rules_of(actor, action)
        )

    @functools.lru_cache(maxsize=65_536)  # noqa: B019, a contract lives as long as its proof
    def _parts(self, source: str, bucket: str, objects: str) -> tuple[frozenset[str], Rule | None]:
        """What a principal is part of on a bucket or on its objects, and a rule that says so."""
        sample = f"{bucket}/{objects}" if objects else bucket
        near = [
            wide
            for rules in self._by_action(source, True).values()
            for rule in rules
            if ":s3:::" in rule.resource and matches((wide := self._widened(rule)).resource, sample)
        ]
        parts = frozenset(_part(one) for rule in near for one in rule.actions if one.startswith("s3:"))
        return parts, near[0] if near else None

    def permits(self, actor: Actor, action: str, resource: str, owner: str, context: Context) -> Rule | None:
        """The rule that a request (action in lower case) stands on, or None: then it must be denied."""
        if self.forbidden(action, resource, owner, context):
            return None
        for rule in self.rules_of(actor, action):
            if rule.covers(resource, owner) and rule.holds(context):
                return rule
        if actor.adversary and actor.account == owner and action.startswith("s3:"):
            part, (parts, near) = _part(action), self._parts(actor.source, *_place(resource))
            # Whoever reads and writes results does with them what is neither deleting nor listing.
            results = self._is_results(resource) and part == action and parts >= {"read", "write"}
            if near is not None and (part in parts or results):
                return near
        if actor.adversary and actor.account == owner and not self.guarded(action, resource, owner):
            return None if self._tells_readers(action, resource, owner, context) else ADMINISTRATION
        return None

    def _is_results(self, resource: str) -> bool:
        bucket = self.model.buckets.get(resource.split(":", 5)[-1].partition("/")[0])
        return bucket is not None and bucket.kind not in ("offline", "replica")

    def forbidden(self, action: str, resource: str, owner: str, context: Context) -> bool:
        """What nobody may do with our buckets: plain HTTP, and objects under another encryption than the bucket's."""
        if not action.startswith("s3:"):
            return False
        bucket = self.model.buckets.get(resource.split(":", 5)[-1].partition("/")[0])
        if bucket is None or bucket.account != owner:
            return False
        if context.get("aws:SecureTransport") == "false":
            return True
        header = context.get(_ENCRYPTION)
        return (
            bucket.kind in ("offline", "replica") and action == "s3:putobject" and header not in (None, "aws:kms", "")
        )

    def guarded(self, action: str, resource: str, owner: str) -> bool:
        """Whether not even an administrator of the owning account may do it."""
        model = self.model
        service = action.partition(":")[0]
        if service == "sts":
            return resource in model.roles
        if service == "kms":
            if ":alias/" in resource:
                return (
                    self._by_organization(owner) and action in ALIAS_CHANGES and f":alias/{model.prefix}-" in resource
                )
            return resource in model.keys
        if service == "s3":
            name, _, key = resource.split(":", 5)[-1].partition("/")
            bucket = model.buckets.get(name)
            return bucket is not None and bucket.account == owner and (bool(key) or action in _LISTINGS)
        if service == "iam":
            return self._by_organization(owner) and action in ROLE_CHANGES and f":role/{model.prefix}/" in resource
        return False

    def _tells_readers(self, action: str, resource: str, owner: str, context: Context) -> bool:
        """Whether a request would change who a group says reads it."""
        named = context.get("aws:TagKeys") or ()
        keys = (named,) if isinstance(named, str) else named
        return (
            self._by_organization(owner)
            and action in TAG_CHANGES
            and any(key.startswith(READERS) for key in keys)
            and ":feature-group/" in resource
        )

    def _by_organization(self, account: str) -> bool:
        return self.model.member(account) and account != self.model.platform_account


ADMINISTRATION = Rule(frozenset(), "*", None, (), "an administrator of the owning account")


def _place(resource: str) -> tuple[str, str]:
    """The bucket of a resource, and an object like it: as far as bucket policies tell one from another."""
    bucket, slash, _ = resource.partition("/")
    return bucket, "x/metadata/x" if "/metadata/" in resource.removeprefix(bucket)[1:] else slash and "x"


def _part(action: str) -> str:
    """What an action on a bucket of ours is part of: bucket policies tell readers from writers, not call from call."""
    if action in _LISTINGS:
        return "list"
    if action.startswith("s3:getobject") or action == "s3:listmultipartuploadparts":
        return "read"
    if action.startswith("s3:deleteobject") or action in ("s3:bypassgovernanceretention", "s3:replicatedelete"):
        return "delete"
    writes = ("s3:abortmultipartupload", "s3:replicateobject", "s3:restoreobject")
    return "write" if action.startswith("s3:putobject") or action in writes else action
