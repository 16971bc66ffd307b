"""What a plan must not do, judged on its JSON before anything is applied (pure).

The plan's format: https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from featureshare.declaration.evolution import schema_changes
from featureshare.errors import Problem
from featureshare.runner.stacks import Normal, Stack

# What holds data, or opens it. `prevent_destroy` takes no variable, so that it could not let go of ephemeral ones.
PROTECTED = frozenset(
    {
        "aws_glue_catalog_database",
        "aws_glue_catalog_table",
        "aws_kms_key",
        "aws_s3_bucket",
        "aws_sagemaker_feature_group",
    }
)
FEATURE_GROUP = "aws_sagemaker_feature_group"

Plan = Mapping[str, Any]


@dataclass(frozen=True)
class Counts:
    """How many resources a plan adds, changes and destroys; a replaced one is added and destroyed."""

    add: int = 0
    change: int = 0
    destroy: int = 0

    @property
    def nothing(self) -> bool:
        return not (self.add or self.change or self.destroy)


def counts(plan: Plan) -> Counts:
    """The plan's resource changes by kind."""
    actions = [change["change"]["actions"] for change in _changes(plan)]
    return Counts(
        add=sum("create" in action for action in actions),
        change=sum("update" in action for action in actions),
        destroy=sum("delete" in action for action in actions),
    )


def created_groups(plan: Plan) -> int:
    """How many feature groups the plan creates."""
    return sum(1 for change in _changes(plan, FEATURE_GROUP) if "create" in change["change"]["actions"])


def creates(plan: Plan, kind: str) -> bool:
    """Does the plan create a resource of this type?"""
    return any("create" in change["change"]["actions"] for change in _changes(plan, kind))


def judge(plan: Plan, stack: Stack, expected: Normal, *, allowed: Iterable[str] = ()) -> tuple[Problem, ...]:
    """Every reason not to apply this plan; `expected` is the slice as Python read it, `allowed` names addresses."""
    return (
        *judge_identity(plan, stack),
        *judge_declaration(plan, stack, expected),
        *judge_schemas(plan, stack, expected),
        *judge_destruction(plan, stack, allowed=allowed, ephemeral=expected["environment"]["ephemeral"]),
    )


def judge_destruction(plan: Plan, stack: Stack, *, allowed: Iterable[str], ephemeral: bool) -> Iterator[Problem]:
    """Nothing that holds data is destroyed or replaced, unless its address is named or all of it may go."""
    if ephemeral:
        return
    named = set(allowed)
    for change in _changes(plan):
        address, actions = change["address"], change["change"]["actions"]
        if change["type"] not in PROTECTED or "delete" not in actions or address in named:
            continue
        what = "replace" if "create" in actions else "destroy"
        because = ", ".join(".".join(map(str, path)) for path in change["change"].get("replace_paths", ()))
        yield Problem(
            _place(stack, change),
            f"{stack.name}: {address}",
            f"the plan would {what} it, and it holds data{f' (changed: {because})' if because else ''}.",
            f"take the change back, or say --allow-destroy '{address}' if the data may go.",
        )


def judge_declaration(plan: Plan, stack: Stack, expected: Normal) -> Iterator[Problem]:
    """Terraform planned from the same declaration that Python read: two readers, one meaning."""
    output = plan.get("planned_values", {}).get("outputs", {}).get("declaration")
    file = f"environments/{stack.env}"
    if output is None or "value" not in output:
        yield Problem(
            f"environments/stacks/{stack.kind}",
            "output.declaration",
            "the plan does not tell what declaration it was made from.",
            "keep the stack's output `declaration`, known at plan.",
        )
        return
    for path, theirs, ours in list(differences(output["value"], expected))[:10]:
        yield Problem(
            file,
            f"{stack.name}: {path}",
            f"Terraform reads {_short(theirs)} where Python reads {_short(ours)}.",
            "quote the value in YAML if it is text; else this is a defect of environments/declaration or "
            "featureshare/declaration.",
        )


def judge_identity(plan: Plan, stack: Stack) -> Iterator[Problem]:
    """The state belongs to this stack."""
    for owner in _identities(plan.get("prior_state", {}).get("values", {}).get("root_module", {})):
        if owner != stack.identity:
            yield _foreign(stack, owner)


def judge_state(state: Mapping[str, Any], stack: Stack) -> tuple[Problem, ...]:
    """The same of a state as `state pull` gives it, for a destroy: resources without an owner are refused as well."""
    owners = [
        instance.get("attributes", {}).get("output", {})
        for resource in state.get("resources", ())
        if (resource.get("type"), resource.get("name")) == ("terraform_data", "identity")
        for instance in resource.get("instances", ())
    ]
    names = [owner.get("value") if isinstance(owner, Mapping) else owner for owner in owners]
    if not names and any(resource.get("mode") == "managed" for resource in state.get("resources", ())):
        names = ["nobody known"]
    return tuple(_foreign(stack, str(name)) for name in names if name != stack.identity)


def judge_schemas(plan: Plan, stack: Stack, expected: Normal) -> Iterator[Problem]:
    """An existing group has the features that are declared: the order and types of its records are its identity."""
    for change in _changes(plan, FEATURE_GROUP):
        before = change["change"].get("before") or {}
        name = before.get("feature_group_name")
        group = expected["feature_groups"].get(name)
        if group is None:
            continue
        file = f"environments/{stack.env}/feature-groups/{name}.yaml"
        there = [_Feature(f["feature_name"], _kind_there(f)) for f in before.get("feature_definition") or ()]
        declared = [
            _Feature(f["name"], _kind(f["type"], f.get("collection"), f.get("dimension"))) for f in group["features"]
        ]
        # Features that are added at the end are the runner's to add (group_steps).
        changes = [change for change in schema_changes(there, declared) if change.kind != "added"]
        if there and changes:
            yield Problem(
                file,
                "features",
                "the group exists with other features: "
                + "; ".join(f"{change.feature} {change.kind} ({change.detail})" for change in changes)
                + ".",
                "put the features back as they are and add new ones at the end, or declare a new group.",
            )
        yield from _judge_storage(file, before, group)
        for key, attribute in (
            ("record_identifier", "record_identifier_feature_name"),
            ("event_time", "event_time_feature_name"),
        ):
            if attribute in before and before[attribute] != group[key]:
                yield Problem(
                    file,
                    key,
                    f"the group exists with {before[attribute]!r}, not {group[key]!r}, and it cannot be changed.",
                    f"say {before[attribute]} again, or declare a new group under a new name.",
                )


# What the provider says of a storage type; standard may become standard-v2, which the provider cannot ask for.
_STORAGE = {"standard": {"", "Standard"}, "standard-v2": {"", "Standard", "Standard_V2"}, "in-memory": {"InMemory"}}


def _judge_storage(file: str, before: Mapping[str, Any], group: Mapping[str, Any]) -> Iterator[Problem]:
    for online in before.get("online_store_config") or ():
        there, declared = online.get("storage_type") or "", group["online_store"].get("storage", "standard")
        if there not in _STORAGE[declared]:
            yield Problem(
                file,
                "online_store.storage",
                f"the group exists with {there or 'Standard'}, which cannot become {declared}.",
                "say again what it is, or declare a new group under a new name.",
            )


def _kind(type_: str, collection: str | None, dimension: int | None) -> str:
    return " ".join(str(part) for part in (type_, (collection or "").lower(), dimension or "") if part)


def _kind_there(definition: Mapping[str, Any]) -> str:
    vectors = [one for config in definition.get("collection_config") or () for one in config.get("vector_config") or ()]
    dimension = vectors[0].get("dimension") if vectors else None
    return _kind(definition["feature_type"], definition.get("collection_type"), dimension)


def differences(theirs: Any, ours: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where two JSON values differ: (dotted path, theirs, ours), deepest first difference of each branch."""
    if isinstance(theirs, Mapping) and isinstance(ours, Mapping):
        for key in sorted({*theirs, *ours}):
            where = f"{path}.{key}" if path else str(key)
            if key in theirs and key in ours:
                yield from differences(theirs[key], ours[key], where)
            else:
                yield where, theirs.get(key, _ABSENT), ours.get(key, _ABSENT)
    elif isinstance(theirs, list) and isinstance(ours, list | tuple) and len(theirs) == len(ours):
        for index, (one, other) in enumerate(zip(theirs, ours, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    # In Python True equals 1; in a declaration they are two things.
    elif theirs != ours or isinstance(theirs, bool) != isinstance(ours, bool):
        yield path, theirs, ours


@dataclass(frozen=True)
class _Feature:
    name: str
    type: str


class _Absent:
    def __repr__(self) -> str:
        return "nothing"


_ABSENT = _Absent()


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _changes(plan: Plan, kind: str | None = None) -> Iterator[Mapping[str, Any]]:
    for change in plan.get("resource_changes", ()):
        if change.get("mode") == "managed" and kind in (None, change.get("type")):
            yield change


def _identities(module: Mapping[str, Any]) -> Iterator[str]:
    for resource in module.get("resources", ()):
        if resource.get("address") == "terraform_data.identity":
            yield str(resource["values"].get("output"))


def _place(stack: Stack, change: Mapping[str, Any]) -> str:
    """The declaration's file that a resource comes from, as near as a plan tells."""
    if change["type"] == FEATURE_GROUP and (name := (change["change"].get("before") or {}).get("feature_group_name")):
        return f"environments/{stack.env}/feature-groups/{name}.yaml"
    return f"environments/{stack.env}"


def _foreign(stack: Stack, owner: str) -> Problem:
    return Problem(
        f"environments/{stack.env}/backend.hcl",
        stack.identity,
        f"this state belongs to {owner}, not to {stack.identity}.",
        f"use the backend key {stack.key} (`featureshare env` prints it).",
    )
