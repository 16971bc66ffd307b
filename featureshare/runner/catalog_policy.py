"""The resource policy of the central account's Glue catalog: one document, which others may have written before us.

Terraform's resource owns it whole, so statements of others must be declared (`catalog-statements.json` beside
environment.yaml) to stand in it. A policy that is there is imported, so that the plan shows what becomes of it; a plan
that would lose a statement of others, or change it, is refused with the statement's name.
Source: Glue Developer Guide, "Resource-based policies" (one policy for each catalog and Region).
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from featureshare.errors import Problem
from featureshare.runner.clients import as_role, deploy_role_of
from featureshare.runner.environment import Access
from featureshare.runner.stacks import CENTRAL, Normal, Stack
from featureshare.statements import FOREIGN_FILE, OWN_IN_CATALOG
from featureshare.workspace import Workspace

_RESOURCE = "aws_glue_resource_policy"

Open = Callable[[Normal, Stack, Access], Any]


def glue(normal: Normal, stack: Stack, access: Access) -> Any:
    """Glue as the central account's deploy role. Raises botocore's ClientError when AWS refuses."""
    environment = normal["environment"]
    role = deploy_role_of(normal, environment["central_account"])
    return as_role(access, role, environment["region"], stack.identity.replace("/", "-")[:64]).client("glue")


def variables(
    workspace: Workspace, normal: Normal, stack: Stack, access: Access, client: Open = glue
) -> dict[str, str]:
    """The Terraform variable that says whether a policy stands there already; nothing for stacks that have none."""
    wanted = any(team.get("direct_catalog") for team in normal["teams"].values())
    if stack.kind != CENTRAL or not (wanted or (workspace.environments / stack.env / FOREIGN_FILE).is_file()):
        return {}
    try:
        found = client(normal, stack, access).get_resource_policy()
    except ClientError as error:
        if error.response["Error"]["Code"] != "EntityNotFoundException":
            raise
        return {}
    # An answer without a policy says the same as an error: importing what is not there would fail the plan.
    return {"TF_VAR_catalog_policy_exists": "true"} if found.get("PolicyInJson") else {}


def judge(plan: Mapping[str, Any], stack: Stack) -> Iterator[Problem]:
    """Statements of others that a plan (as JSON) would take out of the policy, or change in it."""
    for change in _changes(plan):
        kept = [_canonical(one) for one in _statements(change["change"].get("after"))]
        for one in _foreign(change["change"].get("before")):
            if _canonical(one) not in kept:
                changed = any(
                    one.get("Sid") == other.get("Sid") for other in _statements(change["change"].get("after"))
                )
                yield Problem(
                    f"environments/{stack.env}/{FOREIGN_FILE}",
                    f"{stack.name}: {change['address']}",
                    f"the Glue catalog's policy holds {_name(one)} of others, which the plan would "
                    f"{'change' if changed else 'take out'}: {json.dumps(one, sort_keys=True)}.",
                    f"copy it into the list in {FOREIGN_FILE}"
                    + ("" if one.get("Sid") else ", with a Sid that it is given there first")
                    + ", or take it out of the policy in AWS if nobody needs it.",
                )


def kept(plan: Mapping[str, Any], stack: Stack) -> tuple[str, ...]:
    """What of others stands in the policy after a plan, in words; empty when nothing does."""
    for change in _changes(plan):
        names = [str(one.get("Sid")) for one in _foreign(change["change"].get("after"))]
        if names:
            return (f"the Glue catalog's policy in {stack.account} keeps what is not ours: {', '.join(names)}",)
    return ()


def _changes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for change in plan.get("resource_changes", ()):
        if change.get("mode") == "managed" and change.get("type") == _RESOURCE:
            yield change


def _statements(values: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    text = (values or {}).get("policy")
    found = json.loads(text).get("Statement", []) if text else []
    return [found] if isinstance(found, dict) else list(found)


def _foreign(values: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    return [one for one in _statements(values) if not str(one.get("Sid", "")).startswith(OWN_IN_CATALOG)]


def _canonical(value: Any) -> Any:
    """A statement so that two ways to write it are one: a list of one is its element, order of lists is nothing."""
    if isinstance(value, Mapping):
        return json.dumps({key: _canonical(one) for key, one in value.items()}, sort_keys=True)
    if isinstance(value, list):
        items = sorted(str(_canonical(one)) for one in value)
        return items[0] if len(items) == 1 else json.dumps(items)
    return value


def _name(statement: Mapping[str, Any]) -> str:
    sid = statement.get("Sid")
    return f"the statement {sid}" if sid else "a statement without a Sid"
