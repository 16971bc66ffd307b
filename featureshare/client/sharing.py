"""What is shared with a team, as its stack publishes it in Systems Manager parameters of the team's own account.

Under `/<prefix>/<team>/sharing/` lie `team/000` and `groups/<group>/000`; a document longer than a standard parameter
goes on in `001` (modules/published-documents). What a replica holds is told in the same form, in its account
and Region and under its name, which is no team's (environments/stacks/replica/sharing.tf).
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from featureshare.client.errors import NoSharing, NotShared, is_denied

SCHEMA = 1


@dataclass(frozen=True)
class Expectation:
    """What values of a feature must be like; bounds are inclusive, `allowed` is empty when any value is."""

    required: bool = False
    unique: bool = False
    min: float | None = None
    max: float | None = None
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Collection:
    """A feature that holds several values of its type: a `kind` of list, set or vector, the last of a fixed length."""

    kind: str
    dimension: int | None = None


@dataclass(frozen=True)
class Group:
    """A feature group as the team may use it. `features` maps names to String, Integral or Fractional, in order.

    `own` says that it lies where this runs, in the team's own store or in a replica, and is read as the role that runs
    this; the `arn` of a copy is its source's. `collections` are the features that hold several values, None where the
    stack was applied by a release that does not say. `freshness` is a number with s, m, h or d. `access_roles` are the
    roles by verb that serve this group alone of several that the team has for a verb: empty as long as one role holds
    what the team is granted.
    """

    name: str
    arn: str
    own: bool
    owner: str
    contact: str
    verbs: frozenset[str]
    record_identifier: str
    event_time: str
    features: Mapping[str, str]
    expectations: Mapping[str, Expectation]
    freshness: str | None
    online: bool
    offline: bool
    database: str
    table: str
    s3_uri: str
    access_roles: Mapping[str, str] = field(default_factory=dict)
    collections: Mapping[str, Collection] | None = None

    @property
    def account(self) -> str:
        return self.arn.split(":")[4]


@dataclass(frozen=True)
class Workgroup:
    """An Athena workgroup, the S3 URI under which it puts results, and the account that owns that bucket."""

    name: str
    account: str
    output: str
    owner: str


@dataclass(frozen=True)
class Sharing:
    """Everything that a team has: its access roles by verb, groups by name, workgroups (`central`, `own`).

    Of a `replica`, `team` is its name; it has copies of groups and one workgroup, and no access role.

    `data_catalog` names the central catalog in the team's own Athena, where the team has the option `direct_catalog`.
    Of several roles for a verb `access_roles` has the first; `role` knows them all.
    """

    team: str
    environment: str
    region: str
    partition: str
    account: str
    central_account: str
    access_roles: Mapping[str, str]
    results_bucket: str | None
    shared_database: str | None
    workgroups: Mapping[str, Workgroup]
    groups: Mapping[str, Group]
    data_catalog: str | None = None
    replica: bool = False

    def role(self, verb: str, group: Group) -> str | None:
        """The ARN of the access role as which the team does `verb` on a group; None when it has no role for it."""
        return group.access_roles.get(verb) or self.access_roles.get(verb)

    def group(self, name: str, verb: str) -> Group:
        """The group of that name, if the team may use `verb` on it. Raises NotShared, and says what there is."""
        group = self.groups.get(name)
        if group is None:
            there = ", ".join(sorted(self.groups)) or "none"
            if self.replica:
                raise NotShared(
                    f"replica {self.team} holds no copy of {name}; there are: {there}. What is copied stands under "
                    "replicas in environment.yaml, which is the platform team's."
                )
            raise NotShared(f"no feature group {name} is shared with {self.team}; there are: {there}.")
        if verb not in group.verbs:
            has = ", ".join(sorted(group.verbs))
            if self.replica:
                raise NotShared(
                    f"{self.team} is a replica: its copy of {name} is there for {has} alone, not for {verb}."
                )
            raise NotShared(
                f"{self.team} is not granted {verb} on {name} (it has {has}). "
                f"Ask its owner, {group.owner} ({group.contact}), to add it under shared_with."
            )
        return group


def read_sharing(ssm: Any, team: str, prefix: str) -> Sharing:
    """Read and parse a team's parameters with an SSM client of its account. Raises NoSharing."""
    path = f"/{prefix}/{team}/sharing"
    parameters: dict[str, str] = {}
    try:
        pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True)
        for page in pages:
            parameters |= {one["Name"]: one["Value"] for one in page["Parameters"]}
    except ClientError as error:
        if not is_denied(error):
            raise
        raise NoSharing(
            f"the parameters under {path} may not be read: {error.response['Error'].get('Message', '')} "
            f"They are for the execution roles of {team}, or its readers if it is a replica, in its own account."
        ) from error
    if not parameters:
        raise NoSharing(
            f"there are no parameters under {path}: no such team here, nor a replica of that name, another prefix "
            "(FEATURESHARE_PREFIX), account or Region, or the stack is not applied."
        )
    return parse_sharing(path, parameters)


def parse_sharing(path: str, parameters: Mapping[str, str]) -> Sharing:
    """A team's sharing from its parameters by name. Raises NoSharing when they are not what this release reads."""
    parts: dict[str, dict[str, str]] = defaultdict(dict)
    for name, value in parameters.items():
        document, _, number = name.removeprefix(path + "/").rpartition("/")
        parts[document][number] = value
    try:
        documents = {
            name: json.loads("".join(text for _, text in sorted(found.items()))) for name, found in parts.items()
        }
        team = documents["team"]
        if team["schema"] != SCHEMA:
            raise NoSharing(
                f"the parameters under {path} have schema {team['schema']}, and this release of featureshare reads "
                f"{SCHEMA}; install one that fits."
            )
        return Sharing(
            team=team["team"],
            environment=team["environment"],
            region=team["region"],
            partition=team["partition"],
            account=team["account"],
            central_account=team["central_account"],
            access_roles=team["access_roles"],
            results_bucket=team["results_bucket"],
            shared_database=team["shared_database"],
            workgroups={key: Workgroup(**facts) for key, facts in team["workgroups"].items()},
            groups={group.name: group for group in _groups(documents)},
            data_catalog=team.get("data_catalog"),
            replica=team.get("replica", False),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise NoSharing(
            f"the parameters under {path} are incomplete, as while the team's stack is being applied; try again "
            f"({type(error).__name__}: {error})."
        ) from error


def _groups(documents: Mapping[str, Any]) -> Iterable[Group]:
    for name, facts in sorted(documents.items()):
        if name.startswith("groups/"):
            yield Group(
                name=facts["feature_group"],
                arn=facts["arn"],
                own=facts["store"] in ("team", "replica"),
                owner=facts["owner"],
                contact=facts["contact"],
                verbs=frozenset(facts["verbs"]),
                record_identifier=facts["record_identifier"],
                event_time=facts["event_time"],
                features=dict(facts["features"]),
                expectations={feature: _expectation(one) for feature, one in facts["expectations"].items()},
                freshness=facts["freshness"],
                online=facts["online"],
                offline=facts["offline"],
                database=facts["database"],
                table=facts["table"],
                s3_uri=facts["s3_uri"],
                # Only there where a verb has several roles.
                access_roles=dict(facts.get("access_roles", {})),
                collections=_collections(facts.get("collections")),
            )


def _collections(facts: Mapping[str, Any] | None) -> dict[str, Collection] | None:
    return None if facts is None else {name: Collection(one["kind"], one["dimension"]) for name, one in facts.items()}


def _expectation(facts: Mapping[str, Any]) -> Expectation:
    return Expectation(
        required=facts["required"],
        unique=facts["unique"],
        min=None if facts["min"] is None else float(facts["min"]),
        max=None if facts["max"] is None else float(facts["max"]),
        allowed=tuple(facts["allowed"]),
    )
