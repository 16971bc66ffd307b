"""IAM's policy simulator, answered by the engine that decides real requests.

As the simulator does, it knows of a request only what it is told: context keys come from the call, and a resource's
policy counts only if it is given. https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from featureshare.iam import Policy, Request, World, decide
from featureshare.iam.calls import ContextValue
from featureshare.iam.catalogue import catalogue
from featureshare.localaws.gateway.documents import Documents, Identity, compiled
from featureshare.localaws.gateway.organization import Organizations
from featureshare.localaws.gateway.protocol import ParsedCall
from featureshare.localaws.invocation import ServiceError

_ANSWERS = {"Allowed": "allowed", "ExplicitlyDenied": "explicitDeny", "ImplicitlyDenied": "implicitDeny"}
# What these services allow is their resource's policy to say; without one in the call it leaves it to the account.
_OWN_POLICY = ("kms", "sts")
_ANYTHING = Policy.parse(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}, name="anything"
)


def simulate(call: ParsedCall, documents: Documents, organizations: Organizations) -> Mapping[str, Any]:
    """What each action on each resource would come to for a user or role. Raises ServiceError as IAM does."""
    source = str(call.params["PolicySourceArn"])
    identity = documents.identity(source)
    if not identity.exists or ":iam:" not in source:
        raise ServiceError("NoSuchEntity", f"The entity {source} cannot be found.", 404)
    account = source.split(":")[4]
    world = _world(call, identity, account, organizations)
    results = [
        _evaluated(call, world, source, account, str(action), str(resource))
        for action in call.params["ActionNames"]
        for resource in call.params.get("ResourceArns") or ("*",)
    ]
    return {"EvaluationResults": results, "IsTruncated": False}


def _world(call: ParsedCall, identity: Identity, account: str, organizations: Organizations) -> World:
    """The policies of the source and those that the call adds; a boundary in the call stands for the source's own."""
    place = organizations.membership(account)
    boundary = call.params.get("PermissionsBoundaryPolicyInputList")
    given = call.params.get("ResourcePolicy")
    return World(
        identity=(*identity.policies, *_policies(call.params.get("PolicyInputList"))),
        resource=compiled(str(given), "ResourcePolicy", True) if given else None,
        scps=() if place is None or identity.service_linked else place.scps,
        boundary=_policies(boundary) if boundary else identity.boundary,
        management_account=place.management_account if place is not None else None,
    )


def _policies(texts: Any) -> tuple[Policy, ...]:
    return tuple(compiled(str(text), f"PolicyInputList.{number}") for number, text in enumerate(texts or (), 1))


def _evaluated(call: ParsedCall, world: World, source: str, account: str, action: str, resource: str) -> dict[str, Any]:
    known = catalogue().find(action)
    wide = known is not None and known.wildcard_only
    owner = str(call.params.get("ResourceOwner") or account)
    request = Request(
        principal=source,
        action=action,
        resource="*" if wide else resource,
        account=owner.split(":")[4] if owner.startswith("arn:") else owner,
        context=_context(call, source),
        wildcard_only=wide,
    )
    if world.resource is None and action.partition(":")[0].lower() in _OWN_POLICY:
        world = replace(world, resource=_left_to(account))
    result = decide(request, world).result
    shown: dict[str, Any] = {
        **{"EvalActionName": action, "EvalResourceName": resource, "MissingContextValues": []},
        **{"EvalDecision": _ANSWERS[result], "MatchedStatements": _matched(request, world, result)},
    }
    if world.boundary is not None:
        within = replace(world, identity=world.boundary, boundary=None, scps=(), resource=None)
        shown["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": decide(request, within).allowed}
    if world.scps:
        under = replace(world, identity=(_ANYTHING,), boundary=None)
        shown["OrganizationsDecisionDetail"] = {"AllowedByOrganizations": decide(request, under).allowed}
    return shown


def _matched(request: Request, world: World, result: str) -> list[dict[str, str]]:
    """The policies of the source and of the call that come to the result by themselves; not where in them."""
    if result == "ImplicitlyDenied":
        return []
    alone = replace(world, boundary=None, scps=())
    matched = [one for one in world.identity if decide(request, replace(alone, identity=(one,))).result == result]
    return [{"SourcePolicyId": _id_of(one.name), "SourcePolicyType": "IAM Policy"} for one in matched]


def _id_of(name: str) -> str:
    """As IAM writes it: a managed policy's name, KIND_NAME_POLICY for one inside a user, a group or a role."""
    owner, _, inline = name.partition(" ")
    kind, *path = owner.rpartition(":")[2].split("/")
    return "_".join((kind, path[-1], inline)) if inline and path else (path or [kind])[-1]


def _context(call: ParsedCall, source: str) -> dict[str, ContextValue]:
    """The keys that the call gives; IAM itself adds the name of a user."""
    context: dict[str, ContextValue] = {}
    if ":user/" in source:
        context["aws:username"] = source.rpartition("/")[2]
    for entry in call.params.get("ContextEntries") or ():
        values = tuple(str(value) for value in entry.get("ContextKeyValues") or ())
        several = str(entry.get("ContextKeyType") or "").endswith("List")
        if values:
            context[str(entry["ContextKeyName"])] = values if several else values[0]
    return context


@cache
def _left_to(account: str) -> Policy:
    principal = {"AWS": f"arn:aws:iam::{account}:root"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*"}
    return Policy.parse({"Version": "2012-10-17", "Statement": [statement]}, name="the account")
