"""What is denied on purpose, and what to do instead: advice for explanations.

Each function gives the sentence, or an empty one where it has nothing to say.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from featureshare.access.copies import copies
from featureshare.access.model import Model
from featureshare.iam.calls.athena import PRIMARY

_ON_PURPOSE: tuple[tuple[str, str], ...] = (
    (r"sagemaker:search", "Search shows the descriptions of groups whose Describe is denied"),
    (r"sagemaker:(batchwriterecord|listrecords)", "records are written one by one and never listed"),
    (r"sagemaker:(addtags|deletetags)", "tags are set at birth and never after"),
    (r"kms:(creategrant|revokegrant|retiregrant|listgrants)", "grants are SageMaker's to make, never direct"),
    (r"iam:passrole", "only the team's own offline store role is passed, and only to SageMaker"),
    (
        r"s3:(getobject|putobject|deleteobject|listbucket).*",
        "the offline bucket opens to roles of the environment alone",
    ),
    (r"(iam|kms|organizations):.*", "roles, keys and the organization are the deploy role's and the platform team's"),
)

_CATALOG_WRITE = r"glue:(batch)?(create|update|delete)(database|table|tableversion|partition)"
_CATALOG = (
    "readers do not write the owner's catalog, so CREATE TABLE AS and data sets on a DataFrame are refused. Write a "
    "result with UNLOAD to the team's results, and register it in a database of the team's own account"
)


def of_an_action(action: str) -> str:
    """Of an action that nobody in the caller's place is given."""
    reason = next((said for pattern, said in _ON_PURPOSE if re.fullmatch(pattern, action.lower())), "")
    return f"Denied on purpose: {reason or 'no verb of the declaration needs it'}."


def of_athena(normal: Mapping[str, Any], model: Model, team: str, action: str, resource: str) -> str:
    """Of what clients of Athena ask that do not know of the environment: `primary`, and tables in the catalog."""
    stem, central = f"arn:{model.partition}:", f":{model.region}:{model.central}:"
    if resource == f"{stem}athena{central}workgroup/{PRIMARY}" and team in model.render["teams"]:
        workgroup = model.render["teams"][team]["workgroup"]
        if workgroup is None or normal["teams"][team]["athena"]["allow_primary"]:
            return ""
        return (
            f"Denied on purpose: a query that names no workgroup runs in {PRIMARY}. Name {workgroup}, as sessions of "
            "connect() do by themselves, or write athena: {allow_primary: true} in "
            f"environments/{model.name}/teams/{team}.yaml."
        )
    if resource.startswith(f"{stem}glue{central}") and re.fullmatch(_CATALOG_WRITE, action.lower()):
        return f"Denied on purpose: {_CATALOG}."
    return ""


def of_a_copy(model: Model, resource: str) -> str:
    """Of a copy that a replica holds, to whoever is not to do that with it."""
    one = next((it for it in copies(model) if it.holds(resource)), None)
    if one is None:
        return ""
    return (
        f"Denied on purpose: the copy of {one.group} is for the readers of {one.replica}, and to read. "
        f"environments/{model.name}/environment.yaml: replicas.{one.replica}.readers says who they are, each a role of "
        f"{one.place['account']}."
    )


def not_copied(model: Model, replica: str) -> str:
    """Of a group that a replica does not hold, to its readers."""
    return (
        "Denied on purpose: train on the copy, or declare a team. "
        f"environments/{model.name}/environment.yaml, replicas.{replica}.feature_groups says what is copied."
    )


def of_results(model: Model, places: Iterable[str], resource: str) -> str:
    """Of a place in a bucket for results, to whoever has others there (`places`, the resources of its rules)."""
    bucket = model.buckets.get(resource.split(":", 5)[-1].partition("/")[0])
    if bucket is None or bucket.kind not in ("results", "central-results"):
        return ""
    mine = sorted(one.removesuffix("*") for one in places if one.startswith(f"{bucket.arn}/"))
    if not mine:
        return ""
    return (
        f"Denied on purpose: results of this role lie under s3://{mine[0].rpartition(':')[2]}, and a location there is "
        "what a query must name."
    )
