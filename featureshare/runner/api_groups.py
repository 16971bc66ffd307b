"""Feature groups that Terraform does not know, since a team makes them through the API (`created_by: api`).

An ephemeral environment is destroyed whole, so these go with the stack that holds their role.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from featureshare.runner.clients import Clients, as_role
from featureshare.runner.environment import Access
from featureshare.runner.stacks import CENTRAL_TEAM, TEAM, Stack

_STORES = {CENTRAL_TEAM: "central", TEAM: "team"}


def of_stack(state: Mapping[str, Any], stack: Stack) -> list[str]:
    """Names of the groups declared `created_by: api` that lie in this stack, from what its state says of it."""
    groups = _documents(state).get("feature_groups", {}).values()
    return sorted(
        group["name"]
        for group in groups
        if (group["created_by"], group["owner"], group["store"]) == ("api", stack.team, _STORES.get(stack.kind))
    )


def retire(state: Mapping[str, Any], stack: Stack, access: Access) -> Iterator[str]:
    """Delete these groups, and what lies in the team's name space, as the stack's deploy role; yields what was there.

    Raises botocore's ClientError when AWS refuses.
    """
    names, space = of_stack(state, stack), _space(state, stack)
    if not names and space is None:
        return
    client = as_deploy_role(_deploy_role(state, stack), stack, access).client("sagemaker")
    if space is not None:
        names = sorted({*names, *(name for name in group_names(client) if name.startswith(space))})
    for name in names:
        try:
            client.delete_feature_group(FeatureGroupName=name)
            yield name
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFound":
                raise


def group_names(client: Any) -> Iterator[str]:
    """The names of all feature groups of an account and Region, page by page."""
    token: dict[str, str] = {}
    while True:
        page = client.list_feature_groups(MaxResults=100, **token)
        yield from (one["FeatureGroupName"] for one in page["FeatureGroupSummaries"])
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}


def _space(state: Mapping[str, Any], stack: Stack) -> str | None:
    """How the names begin that the stack's team gives to groups of its own making; None when it makes none."""
    spaces = _documents(state).get("name_spaces", {}).values()
    mine = (one["name"].removesuffix("*") for one in spaces if (CENTRAL_TEAM, one["owner"]) == (stack.kind, stack.team))
    return next(mine, None)


def _deploy_role(state: Mapping[str, Any], stack: Stack) -> str:
    return next(
        str(role["arn"])
        for role in _documents(state)["roles"].values()
        if role["kind"] == "deploy" and role["account"] == stack.account
    )


def as_deploy_role(role: str, stack: Stack, access: Access) -> Clients:
    """Clients of the deploy role of a stack's account. Raises botocore's ClientError when it may not be assumed."""
    return as_role(access, role, stack.region, stack.identity.replace("/", "-")[:64])


def _documents(state: Mapping[str, Any]) -> Mapping[str, Any]:
    documents: Mapping[str, Any] = state.get("outputs", {}).get("documents", {}).get("value", {})
    return documents
