"""The clauses of a contract: what each role, service and replica is for, as rules."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from featureshare.access import direct
from featureshare.access.copies import place_of
from featureshare.access.domain import deploy_rules, platform_rules
from featureshare.access.ledger import Ledger, Use
from featureshare.access.model import Model
from featureshare.access.purposes import KIND_OF_VERB, Need, Purposes
from featureshare.access.rules import Condition, Rule, rule_of
from featureshare.iam.calls.athena import PRIMARY
from featureshare.iam.calls.replication import BATCH_SERVICE, SERVICE

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

_S3_CONTEXT = "kms:EncryptionContext:aws:s3:arn"


class Clauses(Ledger):
    """Writes the rules of one environment."""

    def __init__(self, normal: Mapping[str, Any], model: Model) -> None:
        super().__init__(normal, model)
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
        """Work with results as the reader-offline role: in `shared/` of the team's own bucket, so that what the team's
        account makes of its own groups stays closed to the central one; or in the team's folder of the central."""
        central = self.model.central
        if self.normal["teams"][team]["results"] == "team":
            return self.purposes.results(self._results[team], central, "shared/") if team in self._results else ()
        if self._central_results is None:
            self.missing.append(f"{team} leaves its results in the central account and there is no bucket for them")
            return ()
        folder = f"{self.normal['teams'][team]['account']}/{team}/"
        return self.purposes.results(self._central_results, central, folder)

    def _own(self, team: str, name: str, source: str, verb: str, groups: list[str]) -> None:
        if verb == "manage":
            # Terraform makes the groups of an own store: no document could give this.
            self.missing += [f"{team} is granted manage on {group} and there is no role for it" for group in groups]
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
            place = place_of(known, group, account)
            needs = self.purposes.in_region(replica["region"]).verb("read-offline", place, account, workgroup)
            self._add(source, needs, f"read-offline on {group}, its replica")
        purposes = self.purposes.in_region(replica["region"])
        self._add(source, purposes.results(known["results_bucket"], account), "results of its queries")
        self._add(source, purposes.sharing(known["sharing_path"], account), "what the replica holds")

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


def _on_documents(need: Need) -> bool:
    return need.check.action.startswith(("s3:", "kms:")) and need.check.resource != "*"
