"""A plan full of the rules' own bad examples: what a scan must catch, or it has seen nothing."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from featureshare.scan.model import Kind
from featureshare.scan.rules import Rule

NAME = "planted-bad-examples"
# CKV_AWS_289 (permissions management without constraint) is one of those that shared a verdict between the instances
# of a module; the second of two namesakes is the bad one.
CACHED_CHECK = "CKV_AWS_289"

_RESOURCES: dict[Kind, tuple[str, str]] = {
    "identity": ("aws_iam_role_policy", "policy"),
    "trust": ("aws_iam_role", "assume_role_policy"),
    "s3": ("aws_s3_bucket_policy", "policy"),
    "kms": ("aws_kms_key", "policy"),
    "glue": ("aws_glue_resource_policy", "policy"),
    "boundary": ("aws_iam_policy", "policy"),
    "organization": ("aws_organizations_policy", "content"),
}


@dataclass(frozen=True)
class Planted:
    """The plan and what must be found in it: (check, address)."""

    plan: dict[str, Any]
    expected: frozenset[tuple[str, str]]


def plant(rules: Iterable[Rule]) -> Planted:
    """Every bad example that a plan can hold, an unknown document, and two namesakes of which the second is bad."""
    resources: list[dict[str, Any]] = []
    expected: set[tuple[str, str]] = set()
    for rule in rules:
        for number, (kind, document) in enumerate(rule.bad):
            name = f"{rule.id.lower()}_{number}"
            if kind == "attachment":
                resource = _resource(
                    "aws_iam_role_policy_attachments_exclusive", name, {"policy_arns": list(document["PolicyArn"])}
                )
            elif kind in _RESOURCES:
                resource_type, attribute = _RESOURCES[kind]
                values = {attribute: json.dumps(document)}
                resource = _resource(
                    resource_type, name, values | ({"path": "/boundary/"} if kind == "boundary" else {})
                )
            else:
                continue  # a plan of ours holds no document of that kind
            resources.append(resource)
            expected.add((rule.id, resource["address"]))
    unknown = _resource("aws_iam_role_policy", "unknown", {})
    resources.append(unknown)
    expected.add(("FS030", unknown["address"]))
    children: list[dict[str, Any]] = []
    for instance, action in (("good", "s3:GetObject"), ("bad", "iam:PutRolePolicy")):
        module = f'module.role["{instance}"]'
        document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}
        resource = _resource("aws_iam_role_policy", "this", {"policy": json.dumps(document)}, module)
        children.append({"address": module, "resources": [resource]})
    expected.add((CACHED_CHECK, 'module.role["bad"].aws_iam_role_policy.this'))
    everything = [*resources, *(resource for child in children for resource in child["resources"])]
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.11.0",
        "planned_values": {"root_module": {"resources": resources, "child_modules": children}},
        "resource_changes": [_change(resource) for resource in everything],
        "configuration": {"root_module": {}},
    }
    return Planted(plan, frozenset(expected))


def _resource(resource_type: str, name: str, values: dict[str, Any], module: str = "") -> dict[str, Any]:
    address = f"{resource_type}.{name}"
    return {
        "address": f"{module}.{address}" if module else address,
        "mode": "managed",
        "type": resource_type,
        "name": name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "schema_version": 0,
        "values": values,
        "sensitive_values": {},
    }


def _change(resource: dict[str, Any]) -> dict[str, Any]:
    return {
        **{key: resource[key] for key in ("address", "mode", "type", "name", "provider_name")},
        "change": {
            "actions": ["create"],
            "before": None,
            "after": resource["values"],
            "after_unknown": {} if resource["values"] else {"policy": True},
        },
    }
