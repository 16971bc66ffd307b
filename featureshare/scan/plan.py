"""The policy documents in a Terraform plan, as `terraform show -json` prints it.

Format: https://developer.hashicorp.com/terraform/internals/json-format. A document that is unknown until apply is
listed with no source: no rule can see it, so it counts as a finding.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from featureshare.errors import FeatureShareError
from featureshare.scan.document import NotJson
from featureshare.scan.model import Context, Finding, Kind
from featureshare.scan.rules import Rule, judge, parse
from featureshare.scan.templates import template_of

# Where documents stand: resource type -> attributes that must be known, with the kind of document.
DOCUMENTS: Mapping[str, Mapping[str, Kind]] = {
    "aws_glue_resource_policy": {"policy": "glue"},
    "aws_iam_group_policy": {"policy": "identity"},
    "aws_iam_policy": {"policy": "identity"},
    "aws_iam_role": {"assume_role_policy": "trust"},
    "aws_iam_role_policy": {"policy": "identity"},
    "aws_iam_user_policy": {"policy": "identity"},
    "aws_kms_key": {"policy": "kms"},
    "aws_kms_key_policy": {"policy": "kms"},
    "aws_organizations_policy": {"content": "organization"},
    "aws_s3_bucket_policy": {"policy": "s3"},
}
ATTACHMENTS: Mapping[str, str] = {
    "aws_iam_group_policy_attachment": "policy_arn",
    "aws_iam_policy_attachment": "policy_arn",
    "aws_iam_role_policy_attachment": "policy_arn",
    "aws_iam_role_policy_attachments_exclusive": "policy_arns",
    "aws_iam_user_policy_attachment": "policy_arn",
}
# Attributes that the provider fills in by itself; they are judged when they are set.
OPTIONAL: Mapping[str, Mapping[str, Kind]] = {
    "aws_iam_role": {"managed_policy_arns": "attachment"},
    "aws_s3_bucket": {"policy": "s3"},
}
RESOURCE_TYPES = tuple(sorted({*DOCUMENTS, *ATTACHMENTS, *OPTIONAL}))
_BOUNDARY_PATH = "/boundary/"


class BadPlan(FeatureShareError):
    """A file is no plan, or holds nothing that could be judged."""


@dataclass(frozen=True)
class PlanDocument:
    """One document of one resource; `source` is None when it is unknown until apply."""

    address: str
    attribute: str
    kind: Kind
    source: str | Mapping[str, Any] | None


def documents_of(resource_type: str, address: str, values: Mapping[str, Any]) -> Iterator[PlanDocument]:
    """The documents of one resource; a value is text, what that text holds, or a list of ARNs."""
    for attribute, kind in DOCUMENTS.get(resource_type, {}).items():
        if resource_type == "aws_iam_policy" and str(values.get("path", "")).endswith(_BOUNDARY_PATH):
            kind = "boundary"
        value = values.get(attribute)
        known = isinstance(value, str | Mapping) and bool(value) and value != "true_after_unknown"
        yield PlanDocument(address, attribute, kind, value if known else None)
    if attribute := ATTACHMENTS.get(resource_type, ""):
        value = values.get(attribute)
        known = isinstance(value, str | list)
        yield PlanDocument(address, attribute, "attachment", {"PolicyArn": value} if known else None)
    for attribute, kind in OPTIONAL.get(resource_type, {}).items():
        if value := values.get(attribute):
            yield PlanDocument(address, attribute, kind, {"PolicyArn": value} if kind == "attachment" else value)
    if resource_type == "aws_iam_role":
        for inline in values.get("inline_policy") or []:
            if isinstance(inline, Mapping) and inline.get("policy"):
                yield PlanDocument(address, "inline_policy", "identity", inline["policy"])


def unwrapped(conf: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a resource as a plan has them, out of checkov's form, which puts every value into a list of one."""

    def value_of(value: Any) -> Any:
        return value[0] if isinstance(value, list) and len(value) == 1 else value

    values = {name: value_of(value) for name, value in conf.items() if name != "inline_policy"}
    if blocks := conf.get("inline_policy"):
        # Blocks stay a list, the values in each are wrapped again. A role read back lists all its inline policies here.
        values["inline_policy"] = [
            {name: value_of(value) for name, value in block.items()} for block in blocks if isinstance(block, Mapping)
        ]
    return values


def judge_document(document: PlanDocument, context: Context, rules: Iterable[Rule]) -> list[Finding]:
    """The findings of one document; one that is unknown, or no JSON, is a finding of FS030."""
    rules = tuple(rules)
    problem = "is unknown until apply, so nothing can judge it."
    if document.source is not None:
        try:
            return judge(parse(document.source, document.kind), document.kind, context, rules)
        except NotJson as error:
            problem = f"is no JSON: {error}."
    return [
        Finding(rule.id, rule.severity, f"{document.attribute} {problem}", "") for rule in rules if rule.id == "FS030"
    ]


def described(document: PlanDocument, finding: Finding, policies: Path) -> str:
    """A finding in one line: template (as far as there is one), Sid, what is wrong."""
    try:
        parsed = parse(document.source or {}, document.kind)
    except NotJson:
        return f"{document.attribute}: {finding.message}"
    sids = [statement.sid for statement in parsed.statements]
    template = template_of(policies, document.kind, sids, finding.statement)
    return ": ".join(part for part in (template, finding.statement or document.attribute, finding.message) if part)


def read_plan(path: Path) -> dict[str, Any]:
    """A plan JSON with at least one resource. Raises BadPlan for anything else."""
    try:
        plan = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadPlan(f"{path}: the plan cannot be read: {error.strerror or error}.") from None
    except ValueError as error:
        raise BadPlan(f"{path}: the plan is no JSON: {error}.") from None
    if not isinstance(plan, dict) or "planned_values" not in plan or "format_version" not in plan:
        raise BadPlan(f"{path}: this is no plan of `terraform show -json`.")
    if plan.get("errored"):
        raise BadPlan(f"{path}: planning failed, so the plan is not whole.")
    if next(resources(plan), None) is None:
        raise BadPlan(f"{path}: the plan holds no resource, so nothing would be judged.")
    return plan


def resources(plan: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(type, address, values) of every managed resource that the plan leaves in place."""

    def walk(module: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        for resource in module.get("resources", []):
            if resource.get("mode") == "managed":
                yield resource["type"], resource["address"], resource.get("values") or {}
        for child in module.get("child_modules", []):
            yield from walk(child)

    yield from walk(plan.get("planned_values", {}).get("root_module", {}))


def documents(plan: Mapping[str, Any]) -> tuple[PlanDocument, ...]:
    """Every document of a plan. Raises BadPlan for a policy on a kind of resource that no rule knows."""
    found: list[PlanDocument] = []
    for resource_type, address, values in resources(plan):
        if resource_type in RESOURCE_TYPES:
            found += documents_of(resource_type, address, values)
            continue
        for attribute, value in values.items():
            if isinstance(value, str) and '"Statement"' in value:
                raise BadPlan(f"{address}: no rule knows the policies of {resource_type} ({attribute}).")
    return tuple(found)
