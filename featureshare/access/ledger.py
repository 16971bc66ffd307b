"""What a contract is written in: the names that a declaration and its documents share, needs, and rules for them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from featureshare.access.model import Model
from featureshare.access.purposes import NAME_SPACE, Need, Purposes
from featureshare.access.rules import ORGANIZATION, Condition, Rule, rule_of


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


class Ledger:
    """The names of one environment, and what is written down of who needs what.

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

    def _service(self, service: str, role: str, account: str, sends: bool, kind: str = "", *extra: Condition) -> None:
        conditions = ((Condition("aws:SourceAccount", (account,)),) if sends else ()) + extra
        if kind:
            job = f"arn:{self.model.partition}:sagemaker:{self.model.region}:{account}:{kind}/*"
            conditions += (Condition("aws:SourceArn", (job,)),)
        self.rules[service].append(Rule(frozenset({"sts:assumerole"}), role, account, conditions, "runs as it"))
