"""The service catalogue: what AWS's Service Authorization Reference says of each action, frozen at one release.

`catalogue()` reads catalogue.json once. Names of actions and services are looked up without regard to case, as IAM
compares them. Regenerate with `python -m featureshare.iam.catalogue.generate`.
"""

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

# Keys that every service may put in a request and the reference therefore lists nowhere, or only here and there.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
GLOBAL_KEYS = frozenset(
    key.lower()
    for key in (
        "aws:CalledVia",
        "aws:CalledViaFirst",
        "aws:CalledViaLast",
        "aws:CurrentTime",
        "aws:EpochTime",
        "aws:FederatedProvider",
        "aws:MultiFactorAuthAge",
        "aws:MultiFactorAuthPresent",
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalIsAWSService",
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalServiceName",
        "aws:PrincipalServiceNamesList",
        "aws:PrincipalType",
        "aws:Referer",
        "aws:RequestedRegion",
        "aws:ResourceAccount",
        "aws:ResourceOrgID",
        "aws:ResourceOrgPaths",
        "aws:SecureTransport",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceIdentity",
        "aws:SourceIp",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:TokenIssueTime",
        "aws:UserAgent",
        "aws:ViaAWSService",
        "aws:VpcSourceIp",
        "aws:userid",
        "aws:username",
    )
)
GLOBAL_PREFIXES = ("aws:principaltag/",)


@dataclass(frozen=True)
class ResourceType:
    """A kind of resource: `arn` is its template (`arn:${Partition}:...`), `condition_keys` what each of it brings."""

    service: str
    name: str
    arn: str
    condition_keys: frozenset[str]
    _pattern: re.Pattern[str] = field(repr=False, compare=False)

    def matches(self, arn: str) -> bool:
        """Whether an ARN can be one of this kind: a placeholder stands for a run of characters."""
        return self._pattern.fullmatch(arn) is not None


@dataclass(frozen=True)
class ActionInfo:
    """One IAM action.

    `level` is the access level as the reference prints it, `levels` the one or two it names (List, Read, Write,
    Tagging, Permissions management). `resources` are the types it may be limited to, `required` those of them a
    statement must name; `condition_keys` the keys it brings by itself, as the reference spells them
    (`aws:RequestTag/${TagKey}`); `wildcard_only` is true when it knows no resource and only `Resource: "*"` grants
    it; `dependent` what else its use needs, as documented.
    """

    service: str
    name: str
    level: str
    resources: tuple[ResourceType, ...]
    required: frozenset[str]
    condition_keys: frozenset[str]
    wildcard_only: bool
    dependent: tuple[str, ...] = ()

    @property
    def levels(self) -> frozenset[str]:
        """The access levels the action counts as."""
        return frozenset(self.level.split(", "))

    def resource_type(self, arn: str) -> ResourceType | None:
        """The first of `resources` whose template fits the ARN, the most literal template first."""
        return next((kind for kind in self.resources if kind.matches(arn)), None)

    def knows(self, key: str, arn: str | None = None) -> bool:
        """Whether a request for this action may carry the condition key: by itself, by its resource, or globally."""
        lowered = key.lower()
        if lowered in GLOBAL_KEYS or lowered.startswith(GLOBAL_PREFIXES):
            return True
        kinds = self.resources if arn is None else tuple(kind for kind in self.resources if kind.matches(arn))
        known = [self.condition_keys, *(kind.condition_keys for kind in kinds)]
        return any(_fits(one, lowered) for keys in known for one in keys)


@dataclass(frozen=True)
class Catalogue:
    """Services, their actions and resource types. `version` is the npm release, `updated` the day of its data."""

    version: str
    updated: str
    rcp_services: frozenset[str]
    _actions: Mapping[str, Mapping[str, ActionInfo]] = field(repr=False)
    _types: Mapping[str, Mapping[str, ResourceType]] = field(repr=False)

    def services(self) -> tuple[str, ...]:
        """The IAM prefixes covered, sorted."""
        return tuple(sorted(self._actions))

    def action(self, name: str) -> ActionInfo:
        """The action called `service:Name`; KeyError when the catalogue has none."""
        service, _, action = name.lower().partition(":")
        try:
            return self._actions[service][action]
        except KeyError:
            raise KeyError(name) from None

    def find(self, name: str) -> ActionInfo | None:
        """Like `action`, but None for an unknown one."""
        service, _, action = name.lower().partition(":")
        return self._actions.get(service, {}).get(action)

    def actions(self, service: str) -> tuple[ActionInfo, ...]:
        """Every action of a service, by name; KeyError for a service that is not covered."""
        return tuple(self._actions[service.lower()].values())

    def resource_types(self, service: str) -> tuple[ResourceType, ...]:
        """Every resource type of a service, by name; KeyError for a service that is not covered."""
        return tuple(self._types[service.lower()].values())

    def resource_template(self, service: str, kind: str) -> str:
        """The ARN template of a resource type, as the reference prints it; KeyError when there is none."""
        return self._types[service.lower()][kind].arn


def _fits(known: str, lowered: str) -> bool:
    """Whether a key of a request is an instance of a key of the reference (`s3:RequestObjectTag/<key>`)."""
    stem = re.split(r"\$\{|<", known.lower(), maxsplit=1)[0]
    if len(stem) == len(known):
        return lowered == stem
    return lowered.startswith(stem) and len(lowered) > len(stem)


# Names that hold no slash, so that an object is never taken for a bucket nor a table for a database.
_ONE_SEGMENT = frozenset(
    {"BucketName", "DataCatalogName", "DatabaseName", "FeatureGroupName", "KeyId", "TableName", "WorkGroupName"}
)


def _pattern(template: str) -> re.Pattern[str]:
    """A template as a pattern. Within the first five parts a placeholder holds no colon; in the last it may."""

    def piece(text: str, last: bool) -> str:
        if not text.startswith("${"):
            return re.escape(text)
        return ("[^/]+" if text[2:-1] in _ONE_SEGMENT else ".+") if last else "[^:]*"

    parts = template.split(":", 5)
    return re.compile(
        ":".join(
            "".join(piece(text, position == 5) for text in re.split(r"(\$\{[^}]*\})", part) if text)
            for position, part in enumerate(parts)
        ),
        re.DOTALL,
    )


def _literal_length(kind: ResourceType) -> int:
    return len(re.sub(r"\$\{[^}]*\}", "", kind.arn))


def _read(document: Mapping[str, Any]) -> Catalogue:
    actions: dict[str, dict[str, ActionInfo]] = {}
    types: dict[str, dict[str, ResourceType]] = {}
    for service, content in document["services"].items():
        keys = [frozenset(row) for row in content["keys"]]
        types[service] = {
            name: ResourceType(service, name, arn, keys[index], _pattern(arn))
            for name, (arn, index) in content["resources"].items()
        }
        actions[service] = {}
        for name, (level, names, index, *dependent) in content["actions"].items():
            kinds = sorted((types[service][one.removesuffix("*")] for one in names), key=_literal_length, reverse=True)
            actions[service][name.lower()] = ActionInfo(
                service=service,
                name=f"{service}:{name}",
                level=level,
                resources=tuple(kinds),
                required=frozenset(one.removesuffix("*") for one in names if one.endswith("*")),
                condition_keys=keys[index],
                wildcard_only=not names,
                dependent=tuple(dependent[0]) if dependent else (),
            )
    return Catalogue(
        version=document["version"],
        updated=document["updated"],
        rcp_services=frozenset(document["rcp_services"]),
        _actions=actions,
        _types=types,
    )


@functools.cache
def catalogue() -> Catalogue:
    """The frozen catalogue, read once a process."""
    text = resources.files(__name__).joinpath("catalogue.json").read_text(encoding="utf-8")
    return _read(json.loads(text))
