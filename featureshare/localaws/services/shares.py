"""RAM resource shares: associations, permissions and tags, of which moto keeps only what a creation gives.

A share is recorded and shown as on AWS; `shares_of` is what the decisions on a feature group read. moto knows a list of
types that can be shared, to which feature groups do not belong
(https://docs.aws.amazon.com/ram/latest/userguide/shareable.html).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.utils import unix_time, utcnow
from moto.organizations.models import organizations_backends
from moto.ram.models import ram_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services.state import find

_KEPT = "featureshare"
_RESOURCE, _PRINCIPAL = "RESOURCE", "PRINCIPAL"
_ARN = re.compile(r"arn:[a-z-]+:([a-z0-9-]+):[a-z0-9-]*:(\d{12}):([A-Za-z-]+)[/:]?.*")
_TYPES = {  # type in an ARN -> (RAM's name of it, its default permission)
    ("sagemaker", "feature-group"): ("sagemaker:FeatureGroup", "AWSRAMDefaultPermissionSageMakerFeatureGroup"),
    ("sagemaker", "sagemaker-catalog"): (
        "sagemaker:SagemakerCatalog",
        "AWSRAMDefaultPermissionSageMakerCatalogResourceSearch",
    ),
    ("glue", "catalog"): ("glue:Catalog", "AWSRAMDefaultPermissionGlueCatalog"),
    ("glue", "database"): ("glue:Database", "AWSRAMDefaultPermissionGlueDatabase"),
    ("glue", "table"): ("glue:Table", "AWSRAMDefaultPermissionGlueTable"),
}


def create_resource_share(call: Invocation) -> dict[str, Any]:
    params = call.params
    backend = ram_backends[call.account][call.region]
    resources = [str(arn) for arn in params.get("resourceArns") or ()]
    _check_resources(call, resources)
    given = {"name": params["name"], "principals": list(params.get("principals") or ())}
    if params.get("allowExternalPrincipals") is not None:
        given["allowExternalPrincipals"] = params["allowExternalPrincipals"]
    try:
        arn = backend.create_resource_share(**given)["resourceShare"]["resourceShareArn"]
    except JsonRESTError as error:
        raise ServiceError(error.error_type, error.message) from None
    share = _share(call, arn)
    share.resource_arns += resources
    kept = _kept(share)
    kept["permissions"] = [str(one) for one in params.get("permissionArns") or ()]
    kept["tags"] = {tag["key"]: tag["value"] for tag in params.get("tags") or ()}
    return {"resourceShare": _described(share)}


def update_resource_share(call: Invocation) -> dict[str, Any]:
    """Changes what is given, and nothing else."""
    share = _share(call, call.params["resourceShareArn"])
    if call.params.get("name") is not None:
        share.name = call.params["name"]
    if call.params.get("allowExternalPrincipals") is not None:
        share.allow_external_principals = call.params["allowExternalPrincipals"]
    share.last_updated_time = utcnow()
    return {"resourceShare": _described(share)}


def get_resource_shares(call: Invocation) -> dict[str, Any]:
    """RAM shares by owner, filtered by ARN, name and status, which moto ignores."""
    params = call.params
    wanted = params.get("resourceShareArns")
    found = [
        _described(share)
        for share in _seen(call, params.get("resourceOwner"))
        if (not wanted or share.arn in wanted)
        and params.get("name") in (None, share.name)
        and params.get("resourceShareStatus") in (None, share.status)
        and all(_tagged(share, one) for one in params.get("tagFilters") or ())
    ]
    return {"resourceShares": found}


def associate_resource_share(call: Invocation) -> dict[str, Any]:
    share = _share(call, call.params["resourceShareArn"])
    resources = [str(arn) for arn in call.params.get("resourceArns") or ()]
    principals = [str(one) for one in call.params.get("principals") or ()]
    _check_resources(call, resources)
    share.resource_arns += [arn for arn in resources if arn not in share.resource_arns]
    try:
        share.add_principals([one for one in principals if one not in share.principals])
    except JsonRESTError as error:
        raise ServiceError(error.error_type, error.message) from None
    return {"resourceShareAssociations": _associations(share, _RESOURCE, resources, "ASSOCIATING")
            + _associations(share, _PRINCIPAL, principals, "ASSOCIATING")}  # fmt: skip


def disassociate_resource_share(call: Invocation) -> dict[str, Any]:
    share = _share(call, call.params["resourceShareArn"])
    resources = [str(arn) for arn in call.params.get("resourceArns") or ()]
    principals = [str(one) for one in call.params.get("principals") or ()]
    for held, gone in ((share.resource_arns, resources), (share.principals, principals)):
        if unknown := [one for one in gone if one not in held]:
            raise ServiceError("UnknownResourceException", f"{unknown[0]} is not associated with {share.arn}.")
        held[:] = [one for one in held if one not in gone]
    return {"resourceShareAssociations": _associations(share, _RESOURCE, resources, "DISASSOCIATING")
            + _associations(share, _PRINCIPAL, principals, "DISASSOCIATING")}  # fmt: skip


def get_resource_share_associations(call: Invocation) -> dict[str, Any]:
    params = call.params
    kind = params["associationType"]
    if kind not in (_RESOURCE, _PRINCIPAL):
        raise ServiceError("InvalidParameterException", f"{kind} is not a valid association type.")
    if kind == _PRINCIPAL and params.get("resourceArn"):
        raise ServiceError("InvalidParameterException", "You cannot specify a resource ARN for principal associations.")
    if kind == _RESOURCE and params.get("principal"):
        raise ServiceError("InvalidParameterException", "You cannot specify a principal for resource associations.")
    wanted = params.get("resourceShareArns")
    entity = params.get("resourceArn") or params.get("principal")
    found = [
        association
        for share in list(ram_backends[call.account][call.region].resource_shares)
        if share.status == "ACTIVE" and (not wanted or share.arn in wanted)
        for association in _associations(share, kind, share.resource_arns if kind == _RESOURCE else share.principals)
        if entity in (None, association["associatedEntity"])
        and params.get("associationStatus") in (None, association["status"])
    ]
    return {"resourceShareAssociations": found}


def list_resources(call: Invocation) -> dict[str, Any]:
    params, wanted = call.params, call.params.get("resourceShareArns")
    return {
        "resources": [
            {
                "arn": arn,
                "type": _TYPES.get(_type(arn), (":".join(_type(arn)), ""))[0],
                "resourceShareArn": share.arn,
                "status": "AVAILABLE",
                "creationTime": unix_time(share.creation_time),
                "lastUpdatedTime": unix_time(share.last_updated_time),
            }
            for share in _seen(call, params.get("resourceOwner"))
            if share.status == "ACTIVE" and (not wanted or share.arn in wanted)
            for arn in share.resource_arns
            if not params.get("resourceArns") or arn in params["resourceArns"]
        ]
    }


def list_principals(call: Invocation) -> dict[str, Any]:
    params, wanted = call.params, call.params.get("resourceShareArns")
    return {
        "principals": [
            {
                "id": principal,
                "resourceShareArn": share.arn,
                "creationTime": unix_time(share.creation_time),
                "lastUpdatedTime": unix_time(share.last_updated_time),
                "external": _external(share, principal),
            }
            for share in _seen(call, params.get("resourceOwner"))
            if share.status == "ACTIVE" and (not wanted or share.arn in wanted)
            for principal in share.principals
            if not params.get("principals") or principal in params["principals"]
        ]
    }


def list_resource_share_permissions(call: Invocation) -> dict[str, Any]:
    """The permissions of a share: those given, and the default one of each type shared without."""
    share = _share(call, call.params["resourceShareArn"])
    names = list(_kept(share)["permissions"])
    covered = {_type_of_permission(call, arn) for arn in names}
    for arn in share.resource_arns:
        kind, permission = _TYPES.get(_type(arn), (None, None))
        if kind and kind not in covered:
            covered.add(kind)
            names.append(f"arn:{share.partition}:ram::aws:permission/{permission}")
    now = unix_time(share.creation_time)
    return {
        "permissions": [
            {
                "arn": arn,
                "version": "1",
                "defaultVersion": True,
                "name": arn.rpartition("/")[2],
                "resourceType": _type_of_permission(call, arn),
                "status": "ASSOCIATED",
                "creationTime": now,
                "lastUpdatedTime": now,
            }
            for arn in names
        ]
    }


def associate_permission(call: Invocation) -> dict[str, Any]:
    kept = _kept(_share(call, call.params["resourceShareArn"]))
    arn = str(call.params["permissionArn"])
    if arn not in kept["permissions"]:
        if call.params.get("replace"):
            kind = _type_of_permission(call, arn)
            kept["permissions"] = [one for one in kept["permissions"] if _type_of_permission(call, one) != kind]
        kept["permissions"].append(arn)
    return {"returnValue": True}


def disassociate_permission(call: Invocation) -> dict[str, Any]:
    kept = _kept(_share(call, call.params["resourceShareArn"]))
    arn = str(call.params["permissionArn"])
    if arn not in kept["permissions"]:
        raise ServiceError("UnknownResourceException", f"Permission {arn} is not associated with the resource share.")
    kept["permissions"].remove(arn)
    return {"returnValue": True}


def tag_resource(call: Invocation) -> dict[str, Any]:
    kept = _kept(_share(call, call.params.get("resourceShareArn") or call.params.get("resourceArn")))
    kept["tags"].update({tag["key"]: tag["value"] for tag in call.params["tags"]})
    return {}


def untag_resource(call: Invocation) -> dict[str, Any]:
    kept = _kept(_share(call, call.params.get("resourceShareArn") or call.params.get("resourceArn")))
    for key in call.params["tagKeys"]:
        kept["tags"].pop(key, None)
    return {}


@dataclass(frozen=True, slots=True)
class Shared:
    """A share in force on a resource: whom it names within reach, the permissions, and who would have to accept it.

    Principals outside the owner's organization get an invitation first, and accepting is not offered here.
    """

    name: str
    principals: tuple[str, ...]
    permissions: tuple[str, ...]
    invited: tuple[str, ...]


def shares_of(arn: str, owner: str, region: str) -> list[Shared]:
    """The active shares of a resource. One without a permission of its own has the type's default one."""
    found = []
    for share in list(ram_backends[owner][region].resource_shares):
        if share.status != "ACTIVE" or arn not in share.resource_arns:
            continue
        invited = tuple(one for one in share.principals if _external(share, one))
        kept = tuple(_kept(share)["permissions"]) or (_TYPES.get(_type(arn), ("", ""))[1],)
        inside = tuple(one for one in share.principals if one not in invited)
        found.append(Shared(share.name, inside, kept, invited))
    return found


def _seen(call: Invocation, owner: Any) -> list[Any]:
    """The shares of the caller's account (SELF), or those that others share with it (OTHER-ACCOUNTS)."""
    if owner == "SELF":
        return list(ram_backends[call.account][call.region].resource_shares)
    if owner != "OTHER-ACCOUNTS":
        raise ServiceError("InvalidParameterException", f"{owner} is not a valid resource owner.")
    others = [account for account in list(ram_backends) if account != call.account]
    shares = [share for account in others for share in list(ram_backends[account][call.region].resource_shares)]
    return [share for share in shares if call.account in share.principals]


def _share(call: Invocation, arn: Any) -> Any:
    for share in ram_backends[call.account][call.region].resource_shares:
        if share.arn == arn and share.status != "DELETED":
            return share
    raise ServiceError("UnknownResourceException", f"ResourceShare {arn} could not be found.")


def _kept(share: Any) -> dict[str, Any]:
    """What moto keeps nothing of; on moto's share, so that a reset drops it."""
    kept: dict[str, Any] = share.__dict__.setdefault(_KEPT, {"permissions": [], "tags": {}})
    return kept


def _described(share: Any) -> dict[str, Any]:
    tags = [{"key": key, "value": value} for key, value in _kept(share)["tags"].items()]
    return {**share.describe(), "tags": tags}


def _tagged(share: Any, wanted: Mapping[str, Any]) -> bool:
    tags = _kept(share)["tags"]
    key, values = wanted.get("tagKey"), wanted.get("tagValues") or ()
    return key in tags and (not values or tags[key] in values)


def _check_resources(call: Invocation, arns: Iterable[str]) -> None:
    """Raises ServiceError for what is no ARN of something that RAM shares, or is not there, or not the caller's."""
    for arn in arns:
        found = _ARN.fullmatch(arn)
        if found is None:
            raise ServiceError(
                "MalformedArnException",
                f"The specified resource ARN {arn} is not valid. Verify the ARN and try again.",
            )
        if found[1] == "sagemaker" and ("sagemaker", found[3]) not in _TYPES:
            raise ServiceError("MalformedArnException", "You cannot share the selected resource type.")
        missing = found[3] == "feature-group" and find(arn, call.account, call.region) is None
        if found[2] != call.account or missing:
            raise ServiceError("UnknownResourceException", f"Resource {arn} could not be found.")


def _type(arn: str) -> tuple[str, str]:
    found = _ARN.fullmatch(arn)
    return (found[1], found[3]) if found else ("", "")


def _type_of_permission(call: Invocation, arn: str) -> str:
    """The type a managed permission is for, as far as its name or moto tells."""
    for permission in ram_backends[call.account][call.region].managed_permissions:
        if permission.arn == arn:
            return str(permission.resource_type)
    name = arn.rpartition("/")[2]
    return "sagemaker:FeatureGroup" if "SageMakerFeatureGroup" in name else "sagemaker:SagemakerCatalog"


def _associations(share: Any, kind: str, entities: Iterable[str], status: str = "ASSOCIATED") -> list[dict[str, Any]]:
    return [
        {
            "resourceShareArn": share.arn,
            "resourceShareName": share.name,
            "associatedEntity": entity,
            "associationType": kind,
            "status": status,
            "creationTime": unix_time(share.creation_time),
            "lastUpdatedTime": unix_time(share.last_updated_time),
            "external": kind == _PRINCIPAL and _external(share, entity),
        }
        for entity in entities
    ]


def _external(share: Any, principal: str) -> bool:
    """Whether a principal is outside the organization of the share's owner."""
    owner = organizations_backends.master_accounts.get(share.account_id, (share.account_id, share.partition))
    store = organizations_backends[owner[0]][owner[1]]
    account = principal if principal.isdigit() else principal.split(":")[4] if principal.count(":") >= 5 else ""
    if ":organizations:" in principal or account == share.account_id:
        return False
    return not (store.org and any(member.id == account for member in store.accounts))


HANDLERS: dict[tuple[str, str], Handler] = {
    ("ram", operation): handler
    for operation, handler in {
        "CreateResourceShare": create_resource_share,
        "UpdateResourceShare": update_resource_share,
        "GetResourceShares": get_resource_shares,
        "AssociateResourceShare": associate_resource_share,
        "DisassociateResourceShare": disassociate_resource_share,
        "GetResourceShareAssociations": get_resource_share_associations,
        "ListPrincipals": list_principals,
        "ListResources": list_resources,
        "ListResourceSharePermissions": list_resource_share_permissions,
        "AssociateResourceSharePermission": associate_permission,
        "DisassociateResourceSharePermission": disassociate_permission,
        "TagResource": tag_resource,
        "UntagResource": untag_resource,
    }.items()
}
