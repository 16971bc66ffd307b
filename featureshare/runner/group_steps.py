"""What Terraform's provider cannot say of a feature group, done through the API as the stack's deploy role.

The provider (5.100) would replace a group to add a feature, and knows neither Standard_V2 nor feature metadata. What is
declared is compared with what AWS says; a difference is a step, shown in the plan, taken after the apply, and nothing
the next time. Sources: API reference of UpdateFeatureGroup and UpdateFeatureMetadata.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

from botocore.exceptions import ClientError

from featureshare.errors import FeatureShareError
from featureshare.runner.clients import as_role
from featureshare.runner.environment import Access
from featureshare.runner.stacks import CENTRAL_TEAM, TEAM, Normal, Stack

_STORES = {CENTRAL_TEAM: "central", TEAM: "team"}
_ADDITIONS = 100  # features of one UpdateFeatureGroup
_READERS = 8  # DescribeFeatureMetadata calls at once; each is one feature
_WAIT = 600.0  # seconds for an update of a group to be done
_PAUSE = 1.0

Group = Mapping[str, Any]


@dataclass(frozen=True)
class Described:
    """A feature group as AWS describes it: names of its features in order, storage type, metadata by feature."""

    features: tuple[str, ...]
    storage: str
    metadata: Mapping[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One call that brings a group to what is declared; `words` say it to people."""

    group: str
    words: str
    operation: str
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return f"{self.group}: {self.words}"


class FeatureGroups(Protocol):
    """The feature groups of a stack, as AWS has them."""

    def described(self, stack: Stack, role: str, groups: Mapping[str, Group]) -> Mapping[str, Described | None]: ...
    def take(self, stack: Stack, role: str, steps: Sequence[Step]) -> None: ...


def deploy_role(documents: Mapping[str, Any], account: str) -> str:
    """The ARN of an account's deploy role, from a stack's documents or a render; empty where they know none."""
    for role in documents.get("roles", {}).values():
        if (role["kind"], role["account"]) == ("deploy", account):
            return str(role["arn"])
    return ""


def groups_of(normal: Normal, stack: Stack) -> dict[str, Group]:
    """The groups that a stack makes, by name."""
    return {
        name: group
        for name, group in normal["feature_groups"].items()
        if group["owner"] == stack.team
        and group["store"] == _STORES.get(stack.kind)
        and group.get("created_by", "terraform") == "terraform"
    }


def steps(name: str, group: Group, there: Described | None) -> tuple[Step, ...]:
    """The calls that are left to do for a group; those of one that is not there yet follow its creation."""
    return (*_additions(name, group, there), *_storage(name, group, there), *_metadata(name, group, there))


def _additions(name: str, group: Group, there: Described | None) -> Iterator[Step]:
    if there is None:
        return
    new = [feature for feature in group["features"] if feature["name"] not in there.features]
    for start in range(0, len(new), _ADDITIONS):
        some = new[start : start + _ADDITIONS]
        yield Step(
            name,
            f"add {', '.join(feature['name'] for feature in some)}",
            "update_feature_group",
            {"FeatureAdditions": [_definition(feature) for feature in some]},
        )


def _definition(feature: Mapping[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {"FeatureName": feature["name"], "FeatureType": feature["type"]}
    if feature.get("collection"):
        out["CollectionType"] = feature["collection"].title()
    if feature.get("dimension"):
        out["CollectionConfig"] = {"VectorConfig": {"Dimension": feature["dimension"]}}
    return out


def _storage(name: str, group: Group, there: Described | None) -> Iterator[Step]:
    if group["online_store"].get("storage") == "standard-v2" and (there is None or there.storage == "Standard"):
        parameters = {"OnlineStoreConfig": {"StorageType": "Standard_V2"}}
        yield Step(
            name, "storage from standard to standard-v2 (there is no way back)", "update_feature_group", parameters
        )


def _metadata(name: str, group: Group, there: Described | None) -> Iterator[Step]:
    for feature in group["features"]:
        said, had = there.metadata.get(feature["name"], ("", {})) if there is not None else ("", {})
        wanted: Mapping[str, str] = feature.get("parameters") or {}
        parameters: dict[str, Any] = {}
        if feature["description"] != said:
            parameters["Description"] = feature["description"]
        if added := {key: value for key, value in wanted.items() if had.get(key) != value}:
            parameters["ParameterAdditions"] = [{"Key": key, "Value": value} for key, value in sorted(added.items())]
        if removed := sorted(set(had) - set(wanted)):
            parameters["ParameterRemovals"] = removed
        if parameters:
            what = " and ".join(_WORDS[key] for key in _WORDS if key in parameters)
            words = f"{what} of {feature['name']}"
            yield Step(name, words, "update_feature_metadata", {"FeatureName": feature["name"], **parameters})


_WORDS = {
    "Description": "description",
    "ParameterAdditions": "parameters",
    "ParameterRemovals": "parameters taken away",
}


def told(found: Sequence[Step]) -> tuple[str, ...]:
    """Steps for people: a line each, metadata of many features in one."""
    lines: dict[str, list[Step]] = {}
    for step in found:
        key = f"{step.group} metadata" if step.operation == "update_feature_metadata" else str(step)
        lines.setdefault(key, []).append(step)
    return tuple(
        f"{some[0].group}: metadata of {len(some)} features" if len(some) > 1 else str(some[0])
        for some in lines.values()
    )


class AwsFeatureGroups:
    """Asks and tells AWS, as the deploy role of a stack's account."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._clients: dict[Stack, Any] = {}

    def described(self, stack: Stack, role: str, groups: Mapping[str, Group]) -> Mapping[str, Described | None]:
        """Each group as AWS has it; None where it has none. Raises botocore's ClientError when AWS refuses."""
        client = self._client(stack, role)
        return {name: self._describe(client, name, group) for name, group in groups.items()}

    def take(self, stack: Stack, role: str, steps: Sequence[Step]) -> None:
        """Take steps in order, waiting for each change of a group to be done."""
        client = self._client(stack, role)
        for step in steps:
            getattr(client, step.operation)(FeatureGroupName=step.group, **step.parameters)
            if step.operation == "update_feature_group":
                self._wait(client, step)

    def _client(self, stack: Stack, role: str) -> Any:
        if stack not in self._clients:
            self._clients[stack] = as_role(
                self._access, role, stack.region, stack.identity.replace("/", "-")[:64]
            ).client("sagemaker")
        return self._clients[stack]

    def _describe(self, client: Any, name: str, group: Group) -> Described | None:
        features: list[str] = []
        token: dict[str, str] = {}
        while True:
            try:
                answer = client.describe_feature_group(FeatureGroupName=name, **token)
            except ClientError as error:
                if error.response["Error"]["Code"] == "ResourceNotFound":
                    return None
                raise
            features += [definition["FeatureName"] for definition in answer["FeatureDefinitions"]]
            if not answer.get("NextToken"):
                break
            token = {"NextToken": answer["NextToken"]}
        storage = (answer.get("OnlineStoreConfig") or {}).get("StorageType") or "Standard"

        def metadata(feature: str) -> tuple[str, Mapping[str, str]]:
            said = client.describe_feature_metadata(FeatureGroupName=name, FeatureName=feature)
            return said.get("Description") or "", {one["Key"]: one["Value"] for one in said.get("Parameters") or ()}

        declared = [feature["name"] for feature in group["features"] if feature["name"] in features]
        with ThreadPoolExecutor(_READERS) as pool:
            return Described(tuple(features), storage, dict(zip(declared, pool.map(metadata, declared), strict=True)))

    def _wait(self, client: Any, step: Step) -> None:
        until = time.monotonic() + _WAIT
        while True:
            answer = client.describe_feature_group(FeatureGroupName=step.group)
            status = answer.get("LastUpdateStatus") or {}
            if status.get("Status") == "Failed":
                raise FeatureShareError(f"{step}: {status.get('FailureReason', 'failed without a reason')}.")
            if status.get("Status") != "InProgress":
                return
            if time.monotonic() > until:
                raise FeatureShareError(f"{step}: not done after {_WAIT:.0f} seconds.")
            time.sleep(_PAUSE)
