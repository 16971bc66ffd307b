"""The documents that will be applied: read from the plan JSON of every stack and brought into the render's shape.

Names come from the plans' own output `documents`; every document comes from the resource that will hold it. Whatever
cannot be read is a fault, never a pass: a missing stack, an unknown value, a resource that could grant something this
module does not know of.
"""

import copy
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from featureshare.declaration import encode
from featureshare.runner.stacks import Stack, stacks_of

# Resources whose grants are read below, and resources that hold none.
_KNOWN = frozenset(
    {
        "aws_athena_data_catalog",
        "aws_athena_workgroup",
        "aws_glue_catalog_database",
        "aws_glue_catalog_table",
        "aws_glue_resource_policy",
        "aws_iam_policy",
        "aws_iam_role",
        "aws_iam_role_policies_exclusive",
        "aws_iam_role_policy",
        "aws_iam_role_policy_attachment",
        "aws_iam_role_policy_attachments_exclusive",
        "aws_kms_alias",
        "aws_kms_key",
        "aws_s3_bucket",
        "aws_s3_bucket_lifecycle_configuration",
        "aws_s3_bucket_ownership_controls",
        "aws_s3_bucket_policy",
        "aws_s3_bucket_public_access_block",
        "aws_s3_bucket_replication_configuration",
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket_versioning",
        "aws_sagemaker_feature_group",
        "aws_sagemaker_notebook_instance",
        "aws_ssm_parameter",
        "aws_vpc_endpoint",
        "terraform_data",
    }
)

_SECTIONS = (
    *("brought_roles", "buckets", "catalogs", "feature_groups", "keys", "managed_policies", "name_spaces"),
    *("data_catalogs", "endpoints", "notebooks"),
    *("replicas", "roles"),
    *("stores", "teams", "workgroups"),
)


@dataclass
class Planned:
    """What the plans of an environment add up to; with `faults` nothing is proved."""

    render: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Resource:
    stack: Stack
    address: str
    module: str
    type: str
    index: str
    values: Mapping[str, Any]


def from_plans(normal: Mapping[str, Any], folder: Path, rendered: Mapping[str, Any]) -> Planned:
    """Read the plans of an environment from `folder`, where the runner leaves one `<stack>.json` a stack.

    The landing zone (deploy roles, platform principal, the organization's guard) is in no plan: it is taken from
    `rendered`, from which it is installed.
    """
    planned = Planned()
    plans: dict[str, Any] = {}
    stacks = stacks_of(normal)
    for stack in stacks:
        file = folder / f"{stack.slug}.json"
        try:
            plans[stack.slug] = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            reason = (
                "has no plan" if isinstance(error, FileNotFoundError) else f"has a plan that cannot be read: {error}"
            )
            planned.faults.append(f"the stack {stack.name} {reason}")
    if not planned.faults:
        try:
            _join(normal, stacks, plans, planned, rendered)
        except (KeyError, TypeError, AttributeError) as error:
            planned.faults.append(f"the plans cannot be read: {error!r}")
    return planned


def _join(
    normal: Mapping[str, Any],
    stacks: Iterable[Stack],
    plans: Mapping[str, Any],
    planned: Planned,
    rendered: Mapping[str, Any],
) -> None:
    render: dict[str, Any] = {name: {} for name in _SECTIONS} | {"replication": None}
    resources: list[_Resource] = []
    for stack in stacks:
        plan = plans[stack.slug]
        if plan.get("errored") or plan.get("complete") is False:
            planned.faults.append(f"the plan of {stack.name} is not complete")
        outputs = plan["planned_values"].get("outputs", {})
        documents = outputs.get("documents", {}).get("value")
        if not isinstance(documents, Mapping):
            planned.faults.append(f"the plan of {stack.name} does not know its documents")
            continue
        _same_declaration(normal, stack, outputs, planned)
        _unite(render, documents, stack)
        found = list(_resources(stack, plan["planned_values"]["root_module"]))
        planned.faults += [
            f"{one.address} of {stack.name} is a {one.type}: what it grants is not known to the proof"
            for one in found
            if one.type not in _KNOWN
        ]
        resources += found
    if not planned.faults:
        zone = {key: role for key, role in rendered["roles"].items() if role["stack"] == "landing-zone"}
        render["roles"] = {key: role for key, role in render["roles"].items() if role["stack"] != "landing-zone"} | zone
        planned.render = copy.deepcopy(render | {name: rendered[name] for name in ("landing_zone", "organization")})
        _Documents(planned, resources).replace()


def _unite(render: dict[str, Any], documents: Mapping[str, Any], stack: Stack) -> None:
    """Put the slices of stacks together; what several know, they know alike, but for the databases of a catalog, and
    for teams, of which the central stack sees the part that leaves something there."""
    render["environment"], render["names"] = documents["environment"], documents["names"]
    render["replication"] = documents["replication"]  # of the last stack, which knows all replicas
    for name in _SECTIONS:
        for key, value in (documents.get(name) or {}).items():
            if name == "catalogs" and key in render[name]:
                known = render[name][key]["databases"]
                known += [one for one in value["databases"] if one not in known]
            elif (
                key not in render[name]
                or (name == "teams" and key == stack.team)
                or (name == "feature_groups" and value["owner"] == stack.team)
            ):
                # Of a group its owner knows most: all readers stand in its tags.
                render[name][key] = copy.deepcopy(value)


def _same_declaration(normal: Mapping[str, Any], stack: Stack, outputs: Mapping[str, Any], planned: Planned) -> None:
    """The plan was made from what Python reads now: its environment, and each team and group that it knows."""
    declared = outputs.get("declaration", {}).get("value") or {}
    same = declared.get("environment") == normal["environment"] and (
        stack.team is None or stack.team in declared.get("teams", {})
    )
    for section in ("teams", "feature_groups", "replicas"):
        for name, value in (declared.get(section) or {}).items():
            wanted = dict(normal[section].get(name, {}))
            same = same and encode(value) in (encode(wanted), encode(_slice(wanted, stack)))
    if not same:
        planned.faults.append(f"the plan of {stack.name} was made from another declaration; plan again")


def _slice(group: dict[str, Any], stack: Stack) -> dict[str, Any]:
    """What the stack sees of a group that another team owns: its own grants (docs/decisions/0012)."""
    if group.get("owner") == stack.team:
        return group
    grants = [key for key in ("shared_with", "updates") if key in group]
    return group | {key: {team: it for team, it in group[key].items() if team == stack.team} for key in grants}


def _resources(stack: Stack, module: Mapping[str, Any]) -> Iterator[_Resource]:
    for one in module.get("resources", ()):
        if one.get("mode") == "managed":
            where = module.get("address", "")
            yield _Resource(stack, one["address"], where, one["type"], str(one.get("index", "")), one["values"])
    for child in module.get("child_modules", ()):
        yield from _resources(stack, child)


class _Documents:
    """Puts what resources hold in the place of what the output says they will."""

    def __init__(self, planned: Planned, resources: list[_Resource]) -> None:
        self._planned = planned
        self._render = planned.render
        self._resources = resources
        self._partition = planned.render["environment"]["partition"]

    def _of(self, *types: str) -> Iterator[_Resource]:
        return (one for one in self._resources if one.type in types)

    def replace(self) -> None:
        """Roles, boundaries, buckets, keys, catalogs."""
        self._roles()
        self._managed()
        self._buckets()
        self._keys()
        self._replication()
        for catalog in self._render["catalogs"].values():
            catalog["policy"] = None
        for one in self._of("aws_glue_resource_policy"):
            catalogs = self._render["catalogs"]
            entry = catalogs.setdefault(one.stack.account, {"databases": [], "policy": None})
            if entry["policy"] is not None:
                self._planned.faults.append(f"{one.address} ({one.stack.name}) makes two policies of one catalog")
            entry["policy"] = self._text(one, "policy")

    def _text(self, one: _Resource, name: str) -> str:
        value = one.values.get(name)
        if not isinstance(value, str) or not value:
            self._planned.faults.append(f"{name} of {one.address} ({one.stack.name}) is unknown")
            return ""
        return value

    def _roles(self) -> None:
        rendered = self._render["roles"]
        roles: dict[str, Any] = {key: one for key, one in rendered.items() if one["stack"] == "landing-zone"}
        for one in self._of("aws_iam_role"):
            name, account = one.values["name"], one.stack.account
            key, path = f"{account}/{name}", one.values.get("path") or "/"
            said = rendered.get(key, {})
            roles[key] = {
                "account": account,
                "arn": f"arn:{self._partition}:iam::{account}:role{path}{name}",
                "attached": list(one.values.get("managed_policy_arns") or ()),
                "boundary": one.values.get("permissions_boundary"),
                "kind": said.get("kind", "undeclared"),
                "max_session_duration": one.values.get("max_session_duration"),
                "name": name,
                "path": path,
                "policies": {p["name"]: p["policy"] for p in one.values.get("inline_policy") or () if p.get("policy")},
                "principal": said.get("principal"),
                "stack": one.stack.kind,
                "team": said.get("team"),
                "trust": self._text(one, "assume_role_policy"),
            }
        brought = {role["arn"].rsplit("/", 1)[-1]: role for role in self._render.get("brought_roles", {}).values()}
        for role in brought.values():
            role["policies"] = {}
        for one in self._of("aws_iam_role_policy"):
            text, name = self._text(one, "policy"), one.values["name"]
            key = f"{one.stack.account}/{one.values.get('role')}"
            holder = roles.get(key) or brought.get(str(one.values.get("role")))
            if holder is None:
                self._planned.faults.append(f"{one.address} ({one.stack.name}) is on a role that nobody declared")
            else:
                holder["policies"][name] = text
        for one in self._of("aws_iam_role_policy_attachment", "aws_iam_role_policy_attachments_exclusive"):
            role = str(one.values.get("role") or one.values.get("role_name"))
            arns = [one.values.get("policy_arn")] if "policy_arn" in one.values else one.values.get("policy_arns") or []
            holder = roles.get(f"{one.stack.account}/{role}") or brought.get(role)
            if arns and (holder is None or None in arns):
                self._planned.faults.append(f"{one.address} ({one.stack.name}) attaches what is not known")
            elif holder is not None:
                holder.setdefault("attached", []).extend(arn for arn in arns if arn not in holder.get("attached", ()))
        self._render["roles"] = roles

    def _managed(self) -> None:
        managed = {}
        for one in self._of("aws_iam_policy"):
            path, name, account = one.values.get("path") or "/", one.values["name"], one.stack.account
            arn = f"arn:{self._partition}:iam::{account}:policy{path}{name}"
            document = self._text(one, "policy")
            managed[arn] = {"account": account, "arn": arn, "document": document, "name": name, "path": path}
        self._render["managed_policies"] = managed

    def _buckets(self) -> None:
        names = {(one.stack.slug, one.module): one.values.get("bucket") for one in self._of("aws_s3_bucket")}
        for name in self._render["buckets"].values():
            name["policy"] = ""
        for one in self._of("aws_s3_bucket_policy"):
            # A bucket that is not there yet has no id, but its module knows its name.
            name = names.get((one.stack.slug, one.module)) or one.values.get("bucket")
            if name not in self._render["buckets"]:
                self._planned.faults.append(f"{one.address} ({one.stack.name}) is on a bucket that nobody declared")
            else:
                self._render["buckets"][name]["policy"] = self._text(one, "policy")

    def _replication(self) -> None:
        """Where objects go is no document, and as telling: the planned rules are those that the contract is made of."""
        said = self._render["replication"]
        rules = {(r["id"], r["prefix"], r["bucket"], r["key"]) for r in (said or {}).get("rules", ())}
        planned: set[tuple[Any, ...]] = set()
        for one in self._of("aws_s3_bucket_replication_configuration"):
            for rule in one.values.get("rule") or ():
                (target,), (wanted,) = rule["destination"], rule["filter"]
                (encryption,) = target.get("encryption_configuration") or [{}]
                key = encryption.get("replica_kms_key_id")
                planned.add((rule["id"], wanted.get("prefix"), target["bucket"], key))
        if planned != rules:
            self._planned.faults.append("the replication rules of the plans are not those of the declaration")

    def _keys(self) -> None:
        aliases = {(one.stack.slug, one.module, one.index): one.values.get("name") for one in self._of("aws_kms_alias")}
        for key in self._render["keys"].values():
            key["policy"] = ""
        for one in self._of("aws_kms_key"):
            alias = aliases.get((one.stack.slug, one.module, one.index))
            key = f"{one.stack.account}/{alias}"
            if key not in self._render["keys"]:
                self._planned.faults.append(f"{one.address} ({one.stack.name}) is a key that nobody declared")
            else:
                self._render["keys"][key]["policy"] = self._text(one, "policy")


def differences(planned: Mapping[str, Any], rendered: Mapping[str, Any]) -> list[str]:
    """Documents in which plans and render are not the same, in words; the order of keys does not count."""
    ours, theirs = dict(_flat(planned)), dict(_flat(rendered))
    out = [f"{name} is in the plans only" for name in sorted(ours.keys() - theirs.keys())]
    out += [f"{name} is in the render only" for name in sorted(theirs.keys() - ours.keys())]
    out += [
        f"{name} differs between plans and render"
        for name in sorted(ours.keys() & theirs.keys())
        if ours[name] != theirs[name]
    ]
    return out


def _flat(render: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, role in render["roles"].items():
        yield f"trust of {key}", _parsed(role["trust"])
        yield f"boundary of {key}", role["boundary"]
        yield f"attachments of {key}", sorted(role.get("attached") or ())
        for name, text in role["policies"].items():
            yield f"policy {name} of {key}", _parsed(text)
    for arn, policy in render["managed_policies"].items():
        yield f"policy {arn}", _parsed(policy["document"])
    for kind in ("buckets", "keys", "catalogs"):
        for key, one in render[kind].items():
            yield f"policy of {key}", _parsed(one["policy"])
    for key, role in (render.get("brought_roles") or {}).items():
        for text in role["policies"].values():
            yield f"policy of {key}: {text}", True


def _parsed(text: Any) -> Any:
    try:
        return json.loads(text) if isinstance(text, str) else text
    except ValueError:
        return text
