"""Lake Formation: locations, grants, tags on resources, row filters, as they are kept and listed. They open nothing.

moto lists grants on some resources only, overwrites tags and lacks filters. Local AWS decides by IAM, as an account
does whose catalog is not governed by Lake Formation.
https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_ListPermissions.html
"""

import copy
import secrets
from collections.abc import Mapping
from typing import Any

from moto.lakeformation.models import lakeformation_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services.runtime import clock

_KEPT = "featureshare_kept"
_LINKED = "AWSServiceRoleForLakeFormationDataAccess"
_FLAGS = ("WithFederation", "HybridAccessEnabled", "WithPrivilegedAccess")
_FILTER_NAME = ("TableCatalogId", "DatabaseName", "TableName", "Name")
_TYPES = {
    "CATALOG": ("Catalog",),
    "DATABASE": ("Database",),
    "TABLE": ("Table", "TableWithColumns"),
    "DATA_LOCATION": ("DataLocation",),
    "LF_TAG": ("LFTag",),
    "LF_TAG_POLICY": ("LFTagPolicy",),
    "LF_TAG_POLICY_DATABASE": ("LFTagPolicy",),
    "LF_TAG_POLICY_TABLE": ("LFTagPolicy",),
}


def grant_permissions(call: Invocation) -> dict[str, Any]:
    _grant(call, call.params)
    return {}


def revoke_permissions(call: Invocation) -> dict[str, Any]:
    """Takes grants back. Lake Formation refuses to revoke nothing, which is how Terraform knows that it is done."""
    _revoke(call, call.params)
    return {}


def batch_grant(call: Invocation) -> dict[str, Any]:
    return _batch(call, _grant)


def batch_revoke(call: Invocation) -> dict[str, Any]:
    return _batch(call, _revoke)


def list_permissions(call: Invocation) -> dict[str, Any]:
    """Grants of the catalog, narrowed by principal, type and resource; a table also finds grants on its columns."""
    principal, kind = call.params.get("Principal"), call.params.get("ResourceType")
    wanted = _normal(call, call.params["Resource"]) if call.params.get("Resource") else None
    found = []
    for grant in _grants(call).values():
        (named, resource) = next(iter(grant["Resource"].items()))
        if principal and grant["Principal"] != dict(principal):
            continue
        if kind and (named not in _TYPES.get(kind, ()) or not kind.endswith(resource.get("ResourceType", ""))):
            continue
        if wanted is None or _meets(wanted, named, resource):
            found.append(grant)
    return {"PrincipalResourcePermissions": copy.deepcopy(found)}


def register(call: Invocation) -> dict[str, Any]:
    """A location under Lake Formation, with the role or linked role that reads it."""
    arn, held = call.params["ResourceArn"], _kept(call, "locations")
    if arn in held:
        raise ServiceError("AlreadyExistsException", "Resource is already registered")
    held[arn] = _location(call, arn)
    return {}


def update_location(call: Invocation) -> dict[str, Any]:
    """Role and flags anew. Privileged access is said once, with the registration."""
    arn = str(call.params["ResourceArn"])
    privileged = _registered(call, arn)["WithPrivilegedAccess"]
    _kept(call, "locations")[arn] = {**_location(call, arn), "WithPrivilegedAccess": privileged}
    return {}


def describe_location(call: Invocation) -> dict[str, Any]:
    return {"ResourceInfo": _registered(call, call.params["ResourceArn"])}


def list_locations(call: Invocation) -> dict[str, Any]:
    return {"ResourceInfoList": list(_kept(call, "locations").values())}


def deregister(call: Invocation) -> dict[str, Any]:
    _registered(call, call.params["ResourceArn"])
    del _kept(call, "locations")[call.params["ResourceArn"]]
    return {}


def add_tags(call: Invocation) -> dict[str, Any]:
    """Gives a resource tags; one with the key of another replaces it. Unknown tags are reported, as AWS does."""
    backend, catalog = _backend(call), _catalog(call)
    known = backend.list_lf_tags(catalog)
    tags = [{"CatalogId": catalog, **tag} for tag in call.params["LFTags"]]
    failed = [
        {"LFTag": tag, "Error": {"ErrorCode": "EntityNotFoundException", "ErrorMessage": "Tag or value is not found."}}
        for tag in tags
        if not {*tag["TagValues"]} <= {*known.get(tag["TagKey"], ())}
    ]
    if not failed:
        for held, key in _tagged(call):
            kept = [old for old in held.get(key, ()) if old["TagKey"] not in {tag["TagKey"] for tag in tags}]
            held[key] = [*kept, *copy.deepcopy(tags)]
    return {"Failures": failed}


def get_tags(call: Invocation) -> dict[str, Any]:
    """Tags of a resource; a table's answer also has those of its database."""
    backend, catalog = _backend(call), _catalog(call)
    (kind, resource) = next(iter(_normal(call, call.params["Resource"]).items()))
    shown: dict[str, Any] = {}
    database = resource.get("DatabaseName") or resource.get("Name")
    if tags := backend.lf_database_tags.get((catalog, database)):
        shown["LFTagOnDatabase"] = tags
    if kind != "Database" and (tags := backend.lf_table_tags.get((catalog, database, resource.get("Name")))):
        shown["LFTagsOnTable"] = tags
    if kind == "TableWithColumns":
        keys = [(catalog, database, resource["Name"], column) for column in resource.get("ColumnNames") or ()]
        columns = [{"Name": key[3], "LFTags": backend.lf_columns_tags[key]} for key in keys if _has(backend, key)]
        shown |= {"LFTagsOnColumns": columns} if columns else {}
    return shown


def remove_tags(call: Invocation) -> dict[str, Any]:
    gone = {tag["TagKey"] for tag in call.params["LFTags"]}
    for held, key in _tagged(call):
        held[key] = [tag for tag in held.get(key, ()) if tag["TagKey"] not in gone]
    return {"Failures": []}


def opt_in(call: Invocation) -> dict[str, Any]:
    """That a principal's access to a resource is Lake Formation's to decide, where access is mixed."""
    principal, resource = dict(call.params["Principal"]), _normal(call, call.params["Resource"])
    _opt_ins(call)[_name(principal, resource)] = {
        **{"Principal": principal, "Resource": resource, "LastModified": clock.now()},
        # Terraform ends without an answer where nobody is named
        "LastUpdatedBy": call.caller.arn,
        **({"Condition": dict(call.params["Condition"])} if call.params.get("Condition") else {}),
    }
    return {}


def opt_out(call: Invocation) -> dict[str, Any]:
    name = _name(call.params["Principal"], _normal(call, call.params["Resource"]))
    if _opt_ins(call).pop(name, None) is None:
        raise ServiceError("EntityNotFoundException", "The opt-in is not found.")
    return {}


def list_opt_ins(call: Invocation) -> dict[str, Any]:
    """Opt-ins, narrowed by principal and resource."""
    principal, resource = call.params.get("Principal"), call.params.get("Resource")
    wanted = _normal(call, resource) if resource else None
    found = [
        one
        for one in _opt_ins(call).values()
        if (not principal or one["Principal"] == dict(principal)) and wanted in (None, one["Resource"])
    ]
    return {"LakeFormationOptInsInfoList": copy.deepcopy(found)}


def create_filter(call: Invocation) -> dict[str, Any]:
    given = copy.deepcopy(dict(call.params["TableData"]))
    held, name = _filters(call), _filter_name(call, given)
    if name in held:
        raise ServiceError("AlreadyExistsException", f"Data cells filter {name[-1]} already exists.")
    held[name] = {**given, "TableCatalogId": name[0], "VersionId": secrets.token_hex(8)}
    return {}


def update_filter(call: Invocation) -> dict[str, Any]:
    given = copy.deepcopy(dict(call.params["TableData"]))
    name = _filter_name(call, given)
    _filter(call, given)
    _filters(call)[name] = {**given, "TableCatalogId": name[0], "VersionId": secrets.token_hex(8)}
    return {}


def get_filter(call: Invocation) -> dict[str, Any]:
    return {"DataCellsFilter": _filter(call, call.params)}


def list_filters(call: Invocation) -> dict[str, Any]:
    """Filters, of one table where the call names it."""
    table = call.params.get("Table") or {}
    wanted = {"DatabaseName": table.get("DatabaseName"), "TableName": table.get("Name")}
    return {
        "DataCellsFilters": [
            one for one in _filters(call).values() if all(value in (None, one[key]) for key, value in wanted.items())
        ]
    }


def delete_filter(call: Invocation) -> dict[str, Any]:
    _filter(call, call.params)
    del _filters(call)[_filter_name(call, call.params)]
    return {}


def _grant(call: Invocation, entry: Mapping[str, Any]) -> None:
    principal, resource = dict(entry["Principal"]), _normal(call, entry["Resource"])
    name = _name(principal, resource)
    held = _grants(call).setdefault(
        name, {"Principal": principal, "Resource": resource, "Permissions": [], "PermissionsWithGrantOption": []}
    )
    for member in ("Permissions", "PermissionsWithGrantOption"):
        held[member] = sorted({*held[member], *(entry.get(member) or ())})


def _revoke(call: Invocation, entry: Mapping[str, Any]) -> None:
    name = _name(entry["Principal"], _normal(call, entry["Resource"]))
    held = _grants(call).get(name)
    gone, grantable = {*(entry.get("Permissions") or ())}, {*(entry.get("PermissionsWithGrantOption") or ())}
    if held is None or not (gone & {*held["Permissions"]} or grantable & {*held["PermissionsWithGrantOption"]}):
        raise ServiceError(
            "InvalidInputException",
            "No permissions revoked. Grantee has no permissions and no grantable permissions on resource.",
        )
    held["Permissions"] = sorted({*held["Permissions"]} - gone)
    held["PermissionsWithGrantOption"] = sorted({*held["PermissionsWithGrantOption"]} - grantable - gone)
    if not held["Permissions"] and not held["PermissionsWithGrantOption"]:
        del _grants(call)[name]


def _batch(call: Invocation, one: Any) -> dict[str, Any]:
    failures = []
    for entry in call.params["Entries"]:
        try:
            one(call, entry)
        except ServiceError as error:
            told = {"ErrorCode": error.code, "ErrorMessage": error.message}
            failures.append({"RequestEntry": dict(entry), "Error": told})
    return {"Failures": failures}


def _normal(call: Invocation, resource: Mapping[str, Any]) -> dict[str, Any]:
    """A resource as it is listed: with the catalog said. Raises ServiceError unless exactly one is given."""
    given = {kind: dict(value) for kind, value in resource.items() if value is not None}
    if len(given) != 1:
        raise ServiceError("InvalidInputException", "Resource must have exactly one field populated.")
    kind, value = next(iter(given.items()))
    if kind == "DataCellsFilter":
        return {kind: {"TableCatalogId": _catalog(call), **value}}
    return {kind: value if kind == "Catalog" else {"CatalogId": _catalog(call), **value}}


def _meets(wanted: Mapping[str, Any], named: str, resource: Mapping[str, Any]) -> bool:
    """Whether a grant's resource is the wanted one, or columns of it."""
    kind, value = next(iter(wanted.items()))
    if kind == named:
        return kind == "Catalog" or all(_same(resource.get(key), said) for key, said in value.items())
    return {kind, named} == {"Table", "TableWithColumns"} and all(
        resource.get(key) == value.get(key) for key in ("CatalogId", "DatabaseName", "Name")
    )


def _same(one: Any, other: Any) -> bool:
    return bool(_ordered(one) == _ordered(other))


def _ordered(value: Any) -> Any:
    """A value without the order of its lists, which are sets to Lake Formation."""
    if isinstance(value, Mapping):
        return tuple(sorted((key, _ordered(inner)) for key, inner in value.items()))
    return tuple(sorted(map(_ordered, value))) if isinstance(value, list | tuple) else value


def _name(principal: Mapping[str, Any], resource: Mapping[str, Any]) -> Any:
    return _ordered(principal), _ordered(resource)


def _tagged(call: Invocation) -> list[tuple[dict[Any, Any], tuple[Any, ...]]]:
    """Where moto keeps the tags of the resource of a call: in which of its dictionaries, under which keys."""
    backend, catalog = _backend(call), _catalog(call)
    (kind, value) = next(iter(_normal(call, call.params["Resource"]).items()))
    if kind == "Database":
        return [(backend.lf_database_tags, (catalog, value["Name"]))]
    if kind == "Table":
        return [(backend.lf_table_tags, (catalog, value["DatabaseName"], value.get("Name")))]
    if kind == "TableWithColumns":
        where = catalog, value["DatabaseName"], value["Name"]
        return [(backend.lf_columns_tags, (*where, column)) for column in value.get("ColumnNames") or ()]
    raise ServiceError("InvalidInputException", f"A resource of type {kind} takes no tags.")


def _has(backend: Any, key: tuple[Any, ...]) -> bool:
    return bool(backend.lf_columns_tags.get(key))


def _filter(call: Invocation, named: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] | None = _filters(call).get(_filter_name(call, named))
    if found is None:
        raise ServiceError("EntityNotFoundException", f"Data cells filter {named['Name']} is not found.")
    return found


def _filter_name(call: Invocation, named: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(named.get(key) or call.account) for key in _FILTER_NAME)


def _location(call: Invocation, arn: str) -> dict[str, Any]:
    linked = f"role/aws-service-role/lakeformation.amazonaws.com/{_LINKED}"
    role = call.params.get("RoleArn") or f"arn:{arn.split(':')[1]}:iam::{call.account}:{linked}"
    flags = {name: bool(call.params.get(name)) for name in _FLAGS}
    return {"ResourceArn": arn, "RoleArn": role, "LastModified": clock.now(), **flags}


def _registered(call: Invocation, arn: str) -> dict[str, Any]:
    found: dict[str, Any] | None = _kept(call, "locations").get(arn)
    if found is None:
        raise ServiceError("EntityNotFoundException", f"Resource {arn} is not registered")
    return found


def _filters(call: Invocation) -> dict[Any, Any]:
    return _kept(call, "filters")


def _opt_ins(call: Invocation) -> dict[Any, Any]:
    return _kept(call, "opt-ins")


def _grants(call: Invocation) -> dict[Any, Any]:
    """Grants of a catalog by principal and resource."""
    held: dict[Any, Any] = _kept(call, "grants").setdefault(_catalog(call), {})
    return held


def _kept(call: Invocation, kind: str) -> dict[Any, Any]:
    """What is kept here of one kind, on moto's backend, with which it goes."""
    held: dict[str, dict[Any, Any]] = _backend(call).__dict__.setdefault(_KEPT, {})
    return held.setdefault(kind, {})


def _catalog(call: Invocation) -> str:
    return str(call.params.get("CatalogId") or call.account)


def _backend(call: Invocation) -> Any:
    return lakeformation_backends[call.account][call.region]


HANDLERS: dict[tuple[str, str], Handler] = {
    ("lakeformation", name): handler
    for name, handler in {
        "GrantPermissions": grant_permissions,
        "RevokePermissions": revoke_permissions,
        "BatchGrantPermissions": batch_grant,
        "BatchRevokePermissions": batch_revoke,
        "ListPermissions": list_permissions,
        "RegisterResource": register,
        "UpdateResource": update_location,
        "DescribeResource": describe_location,
        "ListResources": list_locations,
        "DeregisterResource": deregister,
        "AddLFTagsToResource": add_tags,
        "GetResourceLFTags": get_tags,
        "RemoveLFTagsFromResource": remove_tags,
        "CreateLakeFormationOptIn": opt_in,
        "DeleteLakeFormationOptIn": opt_out,
        "ListLakeFormationOptIns": list_opt_ins,
        "CreateDataCellsFilter": create_filter,
        "UpdateDataCellsFilter": update_filter,
        "GetDataCellsFilter": get_filter,
        "ListDataCellsFilter": list_filters,
        "DeleteDataCellsFilter": delete_filter,
    }.items()
}
