"""AWS Organizations, as the landing zone and the guardrail stack call it.

ARNs hold the organization's id, which no parameter names: the gateway passes it as `_organization`. Without it, and
for a policy's type that the call does not tell, the ARN holds `*`, which only an equally wide pattern matches.
"""

from collections.abc import Iterator

from featureshare.iam.calls.model import Check
from featureshare.iam.calls.registry import (
    SAR,
    Answer,
    Context,
    Keys,
    Scope,
    Table,
    entries,
    on,
    tags_in,
    untags_in,
)

_PAGE = SAR + "list_awsorganizations.html"


def _arn(scope: Scope, identifier: str) -> str:
    """The ARN behind an id: r-.. root, ou-.., p-.. policy, rp-.. resource policy, h-.. handshake, else an account."""
    organization = "o-" + scope.text("_organization").removeprefix("o-")
    kind = scope.text("Type", scope.text("PolicyType", scope.text("Filter"))).lower()
    if identifier.startswith("p-FullAWSAccess"):
        return f"arn:{scope.call.partition}:organizations::aws:policy/service_control_policy/{identifier}"
    path = {
        "r": f"root/{organization}/{identifier}",
        "ou": f"ou/{organization}/{identifier}",
        "p": f"policy/{organization}/{kind}/{identifier}",
        "rp": f"resourcepolicy/{organization}/{identifier}",
        "h": f"handshake/{organization}/*/{identifier}",
    }.get(identifier.partition("-")[0], f"account/{organization}/{identifier}")
    return scope.arn("organizations", path, region="")


def _each(action: str, *parameters: str, keys: Keys | None = None) -> Answer:
    """The action on the resource behind each id; one that is missing counts as any account."""

    def checks(scope: Scope) -> Iterator[Check]:
        context = keys(scope) if keys else {}
        for parameter in parameters:
            yield Check(action, _arn(scope, scope.text(parameter)), scope.call.account, context)

    return checks


def _type(scope: Scope) -> Context:
    kind = scope.get("Type", scope.get("PolicyType", scope.get("Filter")))
    return {"organizations:PolicyType": str(kind)} if kind else {}


def _service(scope: Scope) -> Context:
    return {"organizations:ServicePrincipal": scope.text("ServicePrincipal")} if scope.get("ServicePrincipal") else {}


def _create_policy(scope: Scope) -> Iterator[Check]:
    context: Context = {**_type(scope), **tags_in("Tags")(scope)}
    yield Check("organizations:CreatePolicy", _arn(scope, "p-*"), scope.call.account, context, new=True)
    if scope.get("Tags"):
        yield Check("organizations:TagResource", _arn(scope, "p-*"), scope.call.account, context, new=True)


TABLE: Table = entries(
    _PAGE,
    {
        "AttachPolicy": _each("organizations:AttachPolicy", "PolicyId", "TargetId", keys=_type),
        "CreateAccount": on("organizations:CreateAccount", keys=tags_in("Tags")),
        "CreateOrganization": on("organizations:CreateOrganization"),
        "CreateOrganizationalUnit": _each("organizations:CreateOrganizationalUnit", "ParentId", keys=tags_in("Tags")),
        "CreatePolicy": _create_policy,
        "DeleteOrganization": on("organizations:DeleteOrganization"),
        "DeleteOrganizationalUnit": _each("organizations:DeleteOrganizationalUnit", "OrganizationalUnitId"),
        "DeletePolicy": _each("organizations:DeletePolicy", "PolicyId"),
        "DescribeAccount": _each("organizations:DescribeAccount", "AccountId"),
        "DescribeCreateAccountStatus": on("organizations:DescribeCreateAccountStatus"),
        "DescribeOrganization": on("organizations:DescribeOrganization"),
        "DescribeOrganizationalUnit": _each("organizations:DescribeOrganizationalUnit", "OrganizationalUnitId"),
        "DescribePolicy": _each("organizations:DescribePolicy", "PolicyId"),
        "DescribeResourcePolicy": on("organizations:DescribeResourcePolicy"),
        "DetachPolicy": _each("organizations:DetachPolicy", "PolicyId", "TargetId", keys=_type),
        "DisableAWSServiceAccess": on("organizations:DisableAWSServiceAccess", keys=_service),
        "DisablePolicyType": _each("organizations:DisablePolicyType", "RootId", keys=_type),
        "EnableAWSServiceAccess": on("organizations:EnableAWSServiceAccess", keys=_service),
        "EnablePolicyType": _each("organizations:EnablePolicyType", "RootId", keys=_type),
        "ListAWSServiceAccessForOrganization": on("organizations:ListAWSServiceAccessForOrganization"),
        "ListAccounts": on("organizations:ListAccounts"),
        "ListAccountsForParent": _each("organizations:ListAccountsForParent", "ParentId"),
        "ListChildren": _each("organizations:ListChildren", "ParentId"),
        "ListDelegatedAdministrators": on("organizations:ListDelegatedAdministrators", keys=_service),
        "ListOrganizationalUnitsForParent": _each("organizations:ListOrganizationalUnitsForParent", "ParentId"),
        "ListParents": _each("organizations:ListParents", "ChildId"),
        "ListPolicies": on("organizations:ListPolicies", keys=_type),
        "ListPoliciesForTarget": _each("organizations:ListPoliciesForTarget", "TargetId", keys=_type),
        "ListRoots": on("organizations:ListRoots"),
        "ListTagsForResource": _each("organizations:ListTagsForResource", "ResourceId"),
        "ListTargetsForPolicy": _each("organizations:ListTargetsForPolicy", "PolicyId"),
        "MoveAccount": _each("organizations:MoveAccount", "AccountId", "SourceParentId", "DestinationParentId"),
        "TagResource": _each("organizations:TagResource", "ResourceId", keys=tags_in("Tags")),
        "UntagResource": _each("organizations:UntagResource", "ResourceId", keys=untags_in("TagKeys")),
        "UpdateOrganizationalUnit": _each("organizations:UpdateOrganizationalUnit", "OrganizationalUnitId"),
        "UpdatePolicy": _each("organizations:UpdatePolicy", "PolicyId"),
    },
)
