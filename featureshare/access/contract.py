"""The contract: who may do what, as the declaration means it.

Rules come from the declaration's grants by way of the calls that a verb makes (`purposes`), from what roles without a
verb are for, and from what the threat model leaves to administrators. No policy document is read here, so that a
document can be held against it.
"""

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from featureshare.access import direct
from featureshare.access.atoms import is_glob, matches
from featureshare.access.domain import boundary_actions, deploy_rules, platform_rules
from featureshare.access.model import Actor, Model, Role
from featureshare.access.purposes import KIND_OF_VERB, NAME_SPACE, Need, Purposes
from featureshare.access.rules import ORGANIZATION, READERS, TAG_CHANGES, Condition, Rule, rule_of
from featureshare.iam.calls.athena import PRIMARY
from featureshare.iam.calls.replication import BATCH_SERVICE, SERVICE
from featureshare.iam.context import Context

# The service that runs each kind of compute, whether it says for which account it takes a role, and the only kind of
# thing that it may take it for (empty: any).
COMPUTE = {
    "ec2": ("ec2.amazonaws.com", False, ""),
    "ecs": ("ecs-tasks.amazonaws.com", True, ""),
    "emr": ("ec2.amazonaws.com", False, ""),
    "emr-serverless": ("emr-serverless.amazonaws.com", True, ""),
    "lambda": ("lambda.amazonaws.com", True, ""),
    "sagemaker": ("sagemaker.amazonaws.com", True, ""),
    "sagemaker-processing": ("sagemaker.amazonaws.com", True, "processing-job"),
    "sagemaker-training": ("sagemaker.amazonaws.com", True, "training-job"),
    "sagemaker-transform": ("sagemaker.amazonaws.com", True, "transform-job"),
}

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
_S3_CONTEXT = "kms:EncryptionContext:aws:s3:arn"
_ENCRYPTION = "s3:x-amz-server-side-encryption"


@dataclass(frozen=True)
class Use:
    """One declared use: a principal of a team, the grant behind it, and what it needs along its path.

    `path` are the roles assumed on the way, empty for a team's own store.
    """

    team: str
    principal: str
    source: str
    verb: str
    group: str
    path: tuple[str, ...]
    needs: tuple[Need, ...]


class Contract:
    """What is declared, over the names of one environment's model.

    `missing` says what the declaration wants and the documents do not even name. `rules` are by the ARN (or pattern of
    it) of the principal; services by their names.
    """

    def __init__(self, normal: Mapping[str, Any], model: Model) -> None:
        self.normal = normal
        self.model = model
        self.purposes = Purposes(model)
        self.missing: list[str] = []
        self.uses: list[Use] = []
        self.needs: dict[str, list[Need]] = defaultdict(list)
        self.rules: dict[str, list[Rule]] = defaultdict(list)
        self.paths: dict[str, list[Rule]] = {}
        self._stood: set[tuple[Any, ...]] = set()
        self.sources: dict[str, str] = {}
        self._find_names()
        self._execution()
        self._offline_store()
        self._access_paths()
        self._replicas()
        for source, rule in direct.foreign_rules(model):
            self._put(source, rule)
        for role in model.roles.values():
            if role.kind == "deploy":
                self.rules[role.arn] += deploy_rules(model, role.account)
                self._trusted(model.platform, role.arn, organization=False)
        self.rules[model.platform] += platform_rules(model)
        self._globs = [source for source in self.rules if is_glob(source)]

    # names -----------------------------------------------------------------------------------------------------------
    def _find_names(self) -> None:
        model = self.model
        self._groups = {
            one["name"]: {**one, "updates": self.normal["feature_groups"].get(one["name"], {}).get("updates", {})}
            for one in model.shown
        }
        spaces = {f"{team}{NAME_SPACE}" for team, it in self.normal["teams"].items() if it["namespace"]}
        for name in sorted((set(self.normal["feature_groups"]) | spaces) - set(self._groups)):
            self.missing.append(f"feature group {name} is declared and no document knows it")
        self._workgroups = {
            (one["team"], one["account"], one["stack"]): one for one in model.render["workgroups"].values()
        }
        self._results = {one.team: one.name for one in model.buckets.values() if one.kind == "results"}
        self._central_results = next((b.name for b in model.buckets.values() if b.kind == "central-results"), None)

    def grants(self) -> Iterator[tuple[str, str, str]]:
        """Every (team, group, verb) of the declaration; its owner writes a group, and all of its name space."""
        for team, it in self.normal["teams"].items():
            if it["namespace"]:
                yield team, f"{team}{NAME_SPACE}", "write"
                yield team, f"{team}{NAME_SPACE}", "manage"
        for name, group in self.normal["feature_groups"].items():
            yield group["owner"], name, "write"
            for team, verbs in group["shared_with"].items():
                for verb in verbs:
                    if (team, verb) != (group["owner"], "write"):
                        yield team, name, verb

    def principal_arns(self, team: str, name: str) -> tuple[str, ...]:
        """The ARN of a declared principal, or the patterns of a permission set's role: Identity Center puts its Region
        into the path, unless it is us-east-1. Built from the declaration alone."""
        it, environment = self.normal["teams"][team], self.normal["environment"]
        principal = it["principals"][name]
        stem = f"arn:{environment['partition']}:iam::{it['account']}:"
        if principal["kind"] == "user":
            return (f"{stem}user/{principal['user_name']}",)
        if principal["kind"] == "sso":
            reserved = f"{stem}role/aws-reserved/sso.amazonaws.com/"
            role = f"AWSReservedSSO_{principal['permission_set']}_????????????????"
            return (f"{reserved}{role}", f"{reserved}*/{role}")
        prefix = environment["prefix"]
        return (principal["role_arn"] or f"{stem}role/{prefix}/execution/{team}/{prefix}-{team}-{name}",)

    # rules -----------------------------------------------------------------------------------------------------------
    def _trusted(self, source: str, role: str, *, organization: bool = True) -> tuple[Need, ...]:
        """`source` may become `role`."""
        needs = self.purposes.assume(role, source.split(":")[4])
        self._add(source, needs, f"becomes {role.rsplit('/', 1)[-1]}", self._member() if organization else ())
        return needs

    def _member(self) -> tuple[Condition, ...]:
        """Of the organization, where there is one."""
        wanted = self.model.organization
        return (Condition(ORGANIZATION, (wanted,)),) if wanted else ()

    def _add(self, source: str, needs: Iterable[Need], why: str, extra: tuple[Condition, ...] = ()) -> None:
        for need in needs:
            if need.check.as_role is None:
                self._put(source, rule_of(need.check, self.model, why, extra))
                self.needs[source].append(need)

    def _put(self, source: str, rule: Rule) -> None:
        """Add a rule once, for the first reason there is for it."""
        key = (source, rule.actions, rule.resource, rule.owner, rule.conditions)
        if key not in self._stood:
            self._stood.add(key)
            self.rules[source].append(rule)

    def _execution(self) -> None:
        model = self.model
        shared: dict[tuple[str, str], list[str]] = defaultdict(list)
        own: dict[tuple[str, str], list[str]] = defaultdict(list)
        for team, name, verb in self.grants():
            if name in self._groups and team in self.normal["teams"]:
                # A name space lies in the central store.
                store = self.normal["feature_groups"].get(name, {"store": "central"})["store"]
                (shared if store == "central" else own)[team, verb].append(name)
        filled: set[str] = set()
        for team, it in self.normal["teams"].items():
            principals = [(n, p, arn) for n, p in it["principals"].items() for arn in self.principal_arns(team, n)]
            for name, principal, source in principals:
                self.sources[source] = f"{team}/{name}"
                self._compute(source, principal)
                self._told(team, name, source, principal)
                for verb in principal["verbs"]:
                    if groups := shared.get((team, verb)):
                        self._shared(team, name, source, verb, groups, filled)
                    if groups := own.get((team, verb)):
                        self._own(team, name, source, verb, groups)
                if "read-offline" in principal["verbs"] and team in self._results:
                    self._combined(team, name, source)
                    self._directly(team, name, source, shared.get((team, "read-offline"), []))
        for role in model.roles.values():
            if role.kind == "offline-store":
                self._service("sagemaker.amazonaws.com", role.arn, role.account, True)

    def _compute(self, source: str, principal: Mapping[str, Any]) -> None:
        if principal["kind"] != "role" or principal["role_arn"] is not None:
            return
        if source not in self.model.roles:
            self.missing.append(f"execution role {source} is declared and not rendered")
        if principal["compute"] in COMPUTE:
            service, sends, kind = COMPUTE[principal["compute"]]
            self._service(service, source, source.split(":")[4], sends, kind)

    def _told(self, team: str, name: str, source: str, principal: Mapping[str, Any]) -> None:
        """Roles are told what is shared with their team; people look it up as whoever they are."""
        if principal["kind"] != "role":
            return
        path = self.model.render["teams"][team]["sharing_path"]
        needs = self.purposes.sharing(path, self.normal["teams"][team]["account"])
        self._add(source, needs, "what is shared with its team")
        self.uses.append(Use(team, name, source, "sharing", path, (), needs))

    def _service(self, service: str, role: str, account: str, sends: bool, kind: str = "", *extra: Condition) -> None:
        conditions = ((Condition("aws:SourceAccount", (account,)),) if sends else ()) + extra
        if kind:
            job = f"arn:{self.model.partition}:sagemaker:{self.model.region}:{account}:{kind}/*"
            conditions += (Condition("aws:SourceArn", (job,)),)
        self.rules[service].append(Rule(frozenset({"sts:assumerole"}), role, account, conditions, "runs as it"))

    def _shared(self, team: str, name: str, source: str, verb: str, groups: list[str], filled: set[str]) -> None:
        for role, served in self._serving(team, verb, groups).items():
            self._served(team, name, source, verb, role, served, filled)

    def _serving(self, team: str, verb: str, groups: list[str]) -> Mapping[str, list[str]]:
        """Groups by the role that serves them: one for a verb, unless its offline grants are spread over several."""
        out: dict[str, list[str]] = defaultdict(list)
        for group in groups:
            role = self.model.access_role(team, KIND_OF_VERB[verb], group)
            if role is None:
                self.missing.append(f"{team} is granted {verb} on {group} and there is no role for it")
            else:
                out[role.arn].append(group)
        return out

    def _served(
        self, team: str, name: str, source: str, verb: str, role: str, groups: list[str], filled: set[str]
    ) -> None:
        step = self._trusted(source, role)
        workgroup = self._workgroups.get((team, self.model.central, "central-team"))
        for group in groups:
            needs = self.purposes.verb(verb, self._groups[group], self.model.central, workgroup, team)
            if role not in filled:
                self._add(role, needs, f"{verb} on {group}")
            self.uses.append(Use(team, name, source, verb, group, (role,), step + needs))
        if verb == "read-offline" and role not in filled:
            self._add(role, self._results_of(team), "results of its queries")
        if verb == "read-offline" and self.normal["teams"][team]["athena"]["allow_primary"]:
            needs = self.purposes.primary(self.model.central)
            self._add(role, needs, "queries that name no workgroup")
            self.uses.append(Use(team, name, source, verb, PRIMARY, (role,), step + needs))
        filled.add(role)

    def _results_of(self, team: str) -> tuple[Need, ...]:
        """Work with results as the reader-offline role: in the team's own bucket, or in its folder of the central."""
        central = self.model.central
        if self.normal["teams"][team]["results"] == "team":
            return self.purposes.results(self._results[team], central) if team in self._results else ()
        if self._central_results is None:
            self.missing.append(f"{team} leaves its results in the central account and there is no bucket for them")
            return ()
        folder = f"{self.normal['teams'][team]['account']}/{team}/"
        return self.purposes.results(self._central_results, central, folder)

    def _own(self, team: str, name: str, source: str, verb: str, groups: list[str]) -> None:
        if verb == "manage":
            return
        account = self.normal["teams"][team]["account"]
        workgroup = self._workgroups.get((team, account, "team"))
        for group in groups:
            needs = self.purposes.verb(verb, self._groups[group], account, workgroup)
            self._add(source, needs, f"{verb} on {group}, its own")
            self.uses.append(Use(team, name, source, verb, group, (), needs))

    def _combined(self, team: str, name: str, source: str) -> None:
        account = self.normal["teams"][team]["account"]
        workgroup = self._workgroups.get((team, account, "team"))
        database = self.model.render["teams"][team]["shared_database"]
        if workgroup is None or database is None:
            self.missing.append(f"{team} reads offline and has no workgroup or database of its own")
            return
        needs = self.purposes.combine(workgroup, database, account)
        needs += self.purposes.results(self._results[team], account)
        self._add(source, needs, "the combined pattern")
        self.uses.append(Use(team, name, source, "combine", database, (), needs))

    def direct_needs(self, team: str, group: str) -> tuple[Need, ...]:
        """What reading a shared group without an access role needs; nothing where the team's file does not say so, and
        for restricted groups."""
        it = self.normal["teams"][team]
        workgroup = self._workgroups.get((team, it["account"], "team"))
        catalog = self.model.render["data_catalogs"].get(team)
        facts = self.normal["feature_groups"][group]
        if not it["direct_catalog"] or facts["store"] != "central" or facts["classification"] == "restricted":
            return ()
        if workgroup is None or catalog is None:
            self.missing.append(f"{team} reads {group} through a data catalog of its own and no document knows it")
            return ()
        return self.purposes.direct(self._groups[group], it["account"], workgroup, catalog["name"])

    def _directly(self, team: str, name: str, source: str, groups: list[str]) -> None:
        bucket = f"arn:{self.model.partition}:s3:::{self.model.render['names']['offline_bucket']}"
        for group in groups:
            if not (needs := self.direct_needs(team, group)):
                continue
            for need in needs:
                # Over there as a member of the organization; of the key no more than this bucket's objects.
                extra = self._member() if need.check.account == self.model.central else ()
                extra += (Condition(_S3_CONTEXT, (bucket,)),) if need.check.action == "kms:Decrypt" else ()
                self._add(source, (need,), f"read-offline on {group}, directly", extra)
            self.uses.append(Use(team, name, source, "read-offline", group, (), needs))

    def _offline_store(self) -> None:
        for group in self._groups.values():
            if not group["offline_store"]["enabled"]:
                continue
            needs = self.purposes.offline_store(group)
            for need in needs:
                role = str(need.check.as_role)
                self._put(role, rule_of(need.check, self.model, f"offline store of {group['name']}", ()))
                self.needs[role].append(need)

    def _replicas(self) -> None:
        """Who reads a replica does so where it lies; what fills it acts as one role, for this bucket and account."""
        model, replication = self.model, self.model.render["replication"]
        for name, replica in self.normal["replicas"].items():
            known = model.render["replicas"].get(name)
            if known is None or replication is None:
                self.missing.append(f"replica {name} is declared and no document knows it")
                continue
            for reader in replica["readers"]:
                source = self.reader_arn(name, reader)
                if not reader.startswith("arn:"):
                    self._service("sagemaker.amazonaws.com", source, replica["account"], True)
                self._reads_replica(name, reader, source, replica, known)
        if replication is None:
            return
        role, bucket = replication["role"], f"arn:{model.partition}:s3:::{replication['bucket']}"
        self._service(SERVICE, role, model.central, True, "", Condition("aws:SourceArn", (bucket,)))
        self._service(BATCH_SERVICE, role, model.central, True)
        for rule in replication["rules"]:
            for need in self.purposes.replicate(role, replication["bucket"], rule):
                if need.check.as_role != role:
                    continue
                said = need.check.context.get(_S3_CONTEXT)
                extra = () if said is None else (Condition(_S3_CONTEXT, (str(said),)),)
                self._put(role, rule_of(need.check, model, f"replication {rule['id']}", extra))
                self.needs[role].append(need)
        # The policy of a replica's bucket does not tell its groups apart: that the role gets no others is its own.
        self.paths[role] = [self._widened(made) for made in self.rules[role]]

    def reader_arn(self, replica: str, reader: str) -> str:
        """The ARN of a replica's reader. Built from the declaration alone."""
        if reader.startswith("arn:"):
            return reader
        environment, account = self.normal["environment"], self.normal["replicas"][replica]["account"]
        prefix = environment["prefix"]
        role = f"role/{prefix}/replica-reader/{replica}/{prefix}-{replica}-{reader}"
        return f"arn:{environment['partition']}:iam::{account}:{role}"

    def _reads_replica(
        self, name: str, reader: str, source: str, replica: Mapping[str, Any], known: Mapping[str, Any]
    ) -> None:
        account = replica["account"]
        self.sources[source] = f"{name}/{reader}"
        workgroup = self.model.render["workgroups"][f"{account}/{known['workgroup']}"]
        for group in replica["feature_groups"]:
            copy = known["groups"][group]
            place = {"account": account, "database": known["database"], "table": copy["table"]}
            place["s3_uri"] = f"s3://{known['bucket']}/{group}"
            needs = self.purposes.in_region(replica["region"]).verb("read-offline", place, account, workgroup)
            self._add(source, needs, f"read-offline on {group}, its replica")
        results = self.purposes.in_region(replica["region"]).results(known["results_bucket"], account)
        self._add(source, results, "results of its queries")

    def _access_paths(self) -> None:
        """What buckets and keys of the central account grant by role path: whoever holds a role under it has that much.

        Roles under the paths are the deploy role's alone to make, which the organization's guard sees to.
        """
        model = self.model
        # A team of the central account may have a store of its own there, which names its roles exactly.
        central = [group for group in self._groups.values() if group["store"] == "central"]
        if not central:
            return
        stem = f"arn:{model.partition}:iam::{model.central}:role/{model.prefix}/"
        # The paths are for every group to come, so for one with both stores and both keys even if none has them today.
        stores = {
            "online_store": {"enabled": True, "storage": "standard"},
            "offline_store": {"enabled": True, "format": "iceberg"},
        }
        group = {**central[0], **stores, "with_key": True}
        purposes = Purposes(model, typical=group)
        for verb, kind in KIND_OF_VERB.items():
            needs = [need for need in purposes.verb(verb, group, model.central, None) if need.check.as_role is None]
            self.paths[f"{stem}{kind}/*"] = [self._whole(need) for need in needs if _on_documents(need)]
        if self._central_results is not None:
            needs = [*self.purposes.results(self._central_results, model.central)]
            self.paths[f"{stem}reader-offline/*"] += [self._whole(need) for need in needs]
        self.paths[f"{stem}offline-store/*"] = [self._whole(need) for need in purposes.offline_store(group)]

    def _whole(self, need: Need) -> Rule:
        return self._widened(rule_of(need.check, self.model, "by its path", ()))

    def _widened(self, rule: Rule) -> Rule:
        """A rule about a store's bucket that does not tell its groups apart, as a bucket policy does not either."""
        resource = rule.resource
        if resource.startswith(f"arn:{self.model.partition}:s3:::") and "/" in resource:
            inside = "/*/metadata/*" if resource.endswith("/metadata/*") else "/*"
            resource = resource.partition("/")[0] + inside
        conditions = tuple(one for one in rule.conditions if one.key != "s3:prefix")
        return Rule(rule.actions, resource, rule.owner, conditions, rule.why)

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
            path = (
                f"arn:{model.partition}:ssm:{model.region}:{role.account}:parameter/{model.prefix}/{role.team}/sharing"
            )
            told = frozenset({"ssm:getparametersbypath"})
            rules.append(Rule(told, path, role.account, (), "within the boundary"))
            if self.normal["teams"].get(role.team, {}).get("direct_catalog"):
                rules += direct.bound_rules(model, role)
        self.rules[source] = rules

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


def _on_documents(need: Need) -> bool:
    return need.check.action.startswith(("s3:", "kms:")) and need.check.resource != "*"
