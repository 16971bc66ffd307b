"""S3 Access Grants as things: an instance, its places, the grants below them, its policy. Nobody is lent keys by them.

GetDataAccess has no entry in `featureshare/iam/calls/`, so that a grant opens nothing here.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-grants-concepts.html
"""

import uuid
from typing import Any

from moto.iam.models import iam_backends
from moto.s3.models import s3_backends
from moto.s3control.models import s3control_backends
from moto.utilities.utils import get_partition

from featureshare.iam import DocumentError, Policy
from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services.paging import page
from featureshare.localaws.services.runtime import clock

_KEPT = "featureshare_access_grants"
_EVERYTHING = "s3://"


def create_instance(call: Invocation) -> dict[str, Any]:
    """The instance of an account in a Region, of which there is one."""
    held = _held(call)
    if held.get("instance"):
        raise ServiceError("AccessGrantsInstanceAlreadyExists", "Access Grants instance already exists.", 409)
    held["instance"] = {
        "CreatedAt": clock.now(),
        "AccessGrantsInstanceId": "default",
        "AccessGrantsInstanceArn": _arn(call),
    }
    _tag(call, _arn(call))
    return dict(held["instance"])


def get_instance(call: Invocation) -> dict[str, Any]:
    return dict(_instance(call))


def list_instances(call: Invocation) -> dict[str, Any]:
    instance = _held(call).get("instance")
    return {"AccessGrantsInstancesList": [instance] if instance else []}


def delete_instance(call: Invocation) -> dict[str, Any]:
    """Takes the instance away. Raises ServiceError while it has places."""
    held = _held(call)
    _instance(call)
    if held["locations"]:
        raise ServiceError(
            "AccessGrantsInstanceNotEmptyError", "Please delete access grants locations before the instance.", 409
        )
    held.update(_nothing())
    _untag(call, _arn(call))
    return {}


def put_policy(call: Invocation) -> dict[str, Any]:
    """Keeps the policy by which other accounts may see and use the instance. Raises ServiceError for a broken one."""
    _instance(call)
    text = str(call.params["Policy"])
    try:
        Policy.parse(text, name="access grants instance policy")
    except DocumentError as error:
        raise ServiceError("MalformedPolicy", f"This policy is not valid: {error}") from error
    _held(call)["policy"] = {"Policy": text, "CreatedAt": clock.now()}
    return {**_held(call)["policy"], "Organization": call.params.get("Organization")}


def get_policy(call: Invocation) -> dict[str, Any]:
    _instance(call)
    kept: dict[str, Any] | None = _held(call)["policy"]
    if kept is None:
        raise ServiceError("NoSuchAccessGrantsInstanceResourcePolicyError", "The instance has no resource policy.", 404)
    return dict(kept)


def delete_policy(call: Invocation) -> dict[str, Any]:
    _instance(call)
    _held(call)["policy"] = None
    return {}


def create_location(call: Invocation) -> dict[str, Any]:
    """A place of S3 and the role whose rights are lent there; `s3://` is all buckets of the account and Region."""
    _instance(call)
    held, scope = _held(call)["locations"], str(call.params["LocationScope"])
    if not scope.startswith(_EVERYTHING):
        raise ServiceError("InvalidRequest", "The location scope must start with s3://.")
    bucket = scope.removeprefix(_EVERYTHING).partition("/")[0]
    if bucket and bucket not in s3_backends.bucket_accounts:
        raise ServiceError("InvalidRequest", f"The bucket {bucket} of the location scope does not exist.")
    if any(one["LocationScope"] == scope for one in held.values()):
        raise ServiceError("AccessGrantsLocationAlreadyExistsError", "The location is already registered.", 409)
    name = "default" if scope == _EVERYTHING else str(uuid.uuid4())
    arn = f"{_arn(call)}/location/{name}"
    held[name] = {
        "CreatedAt": clock.now(),
        "AccessGrantsLocationId": name,
        "AccessGrantsLocationArn": arn,
        "LocationScope": scope,
        "IAMRoleArn": _lent(call),
    }
    _tag(call, arn)
    return dict(held[name])


def get_location(call: Invocation) -> dict[str, Any]:
    return dict(_location(call))


def update_location(call: Invocation) -> dict[str, Any]:
    """Lends another role's rights at a place."""
    location = _location(call)
    location["IAMRoleArn"] = _lent(call)
    return dict(location)


def list_locations(call: Invocation) -> dict[str, Any]:
    _instance(call)
    wanted = call.params.get("LocationScope")
    found = [one for one in _held(call)["locations"].values() if wanted in (None, one["LocationScope"])]
    return _page(call, "AccessGrantsLocationsList", found)


def delete_location(call: Invocation) -> dict[str, Any]:
    """Takes a place away. Raises ServiceError while there are grants below it."""
    location = _location(call)
    name = location["AccessGrantsLocationId"]
    if any(grant["AccessGrantsLocationId"] == name for grant in _held(call)["grants"].values()):
        raise ServiceError(
            "AccessGrantsLocationNotEmptyError",
            "Please delete access grants before deleting access grants location",
            409,
        )
    del _held(call)["locations"][name]
    _untag(call, location["AccessGrantsLocationArn"])
    return {}


def create_grant(call: Invocation) -> dict[str, Any]:
    """Says that a principal of IAM, or of a directory, may read or write below a place."""
    location = _location(call)
    below = call.params.get("AccessGrantsLocationConfiguration") or {}
    prefix = str(below.get("S3SubPrefix") or "")
    scope = str(location["LocationScope"])
    if scope == _EVERYTHING and not prefix:
        raise ServiceError("InvalidRequest", "A grant of the default location needs an S3SubPrefix.")
    _known(call)
    name = str(uuid.uuid4())
    arn = f"{_arn(call)}/grant/{name}"
    grant = {
        "CreatedAt": clock.now(),
        "AccessGrantId": name,
        "AccessGrantArn": arn,
        "Grantee": dict(call.params["Grantee"]),
        "AccessGrantsLocationId": location["AccessGrantsLocationId"],
        "Permission": call.params["Permission"],
        "GrantScope": (scope.removesuffix("*") + prefix) if prefix else scope,
        **({"AccessGrantsLocationConfiguration": dict(below)} if below else {}),
        **({"ApplicationArn": call.params["ApplicationArn"]} if call.params.get("ApplicationArn") else {}),
    }
    _held(call)["grants"][name] = grant
    _tag(call, arn)
    return dict(grant)


def get_grant(call: Invocation) -> dict[str, Any]:
    return dict(_grant(call))


def list_grants(call: Invocation) -> dict[str, Any]:
    """Grants, of one grantee, right, scope or application where the call names one."""
    _instance(call)
    wanted = {
        "GrantScope": call.params.get("GrantScope"),
        "Permission": call.params.get("Permission"),
        "ApplicationArn": call.params.get("ApplicationArn"),
    }
    grantee = {
        member: call.params[member] for member in ("GranteeType", "GranteeIdentifier") if call.params.get(member)
    }
    found = [
        one
        for one in _held(call)["grants"].values()
        if all(value in (None, one.get(member)) for member, value in wanted.items())
        and grantee.items() <= one["Grantee"].items()
    ]
    return _page(call, "AccessGrantsList", found)


def delete_grant(call: Invocation) -> dict[str, Any]:
    grant = _grant(call)
    del _held(call)["grants"][grant["AccessGrantId"]]
    _untag(call, grant["AccessGrantArn"])
    return {}


def _lent(call: Invocation) -> str:
    """The role of a place. Raises ServiceError for one that does not exist."""
    role = str(call.params["IAMRoleArn"])
    if not _exists(call, role):
        raise ServiceError("InvalidIamRole", "The specified IAM role is not valid.")
    return role


def _known(call: Invocation) -> None:
    """Raises ServiceError for a grantee of this account's IAM that does not exist."""
    grantee = call.params["Grantee"]
    arn = str(grantee.get("GranteeIdentifier"))
    if grantee.get("GranteeType") == "IAM" and not _exists(call, arn):
        raise ServiceError("InvalidRequest", "Invalid Grantee in the request")


def _exists(call: Invocation, arn: str) -> bool:
    """Whether a role or a user exists; of other accounts' nobody here can tell."""
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[2] != "iam":
        return False
    if parts[4] != call.account:
        return True
    backend = iam_backends[call.account][get_partition(call.region)]
    kind, _, name = parts[5].partition("/")
    known = {
        "role": (role.arn for role in backend.roles.values()),
        "user": (user.arn for user in backend.users.values()),
    }
    return parts[5] == "root" or (kind in known and bool(name) and arn in known[kind])


def _instance(call: Invocation) -> dict[str, Any]:
    found: dict[str, Any] | None = _held(call)["instance"]
    if found is None:
        raise ServiceError("AccessGrantsInstanceNotExistsError", "Access Grants Instance does not exist.", 404)
    return found


def _location(call: Invocation) -> dict[str, Any]:
    _instance(call)
    found: dict[str, Any] | None = _held(call)["locations"].get(str(call.params["AccessGrantsLocationId"]))
    if found is None:
        raise ServiceError(
            "NoSuchAccessGrantsLocationError", "The specified access grants location does not exist", 404
        )
    return found


def _grant(call: Invocation) -> dict[str, Any]:
    _instance(call)
    found: dict[str, Any] | None = _held(call)["grants"].get(str(call.params["AccessGrantId"]))
    if found is None:
        raise ServiceError("NoSuchAccessGrantError", "The specified access grant does not exist", 404)
    return found


def _page(call: Invocation, member: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    shown, token = page(found, call.params.get("NextToken"), call.params.get("MaxResults") or 1000, "InvalidRequest")
    return {member: list(shown), **({"NextToken": token} if token else {})}


def _arn(call: Invocation) -> str:
    return f"arn:{get_partition(call.region)}:s3:{call.region}:{call.account}:access-grants/default"


def _tag(call: Invocation, arn: str) -> None:
    """Tags at birth, kept where S3 Control's TagResource keeps them."""
    if tags := call.params.get("Tags"):
        _backend(call).tag_resource(arn, [dict(tag) for tag in tags])


def _untag(call: Invocation, arn: str) -> None:
    backend = _backend(call)
    if names := [tag["Key"] for tag in backend.list_tags_for_resource(arn)]:
        backend.untag_resource(arn, names)


def _backend(call: Invocation) -> Any:
    return s3control_backends[call.account][get_partition(call.region)]


def _nothing() -> dict[str, Any]:
    return {"instance": None, "policy": None, "locations": {}, "grants": {}}


def _held(call: Invocation) -> dict[str, Any]:
    """What an account has in a Region, on moto's backend, with which it goes. Raises ServiceError for another's."""
    if str(call.params.get("AccountId") or call.account) != call.account:
        raise ServiceError("AccessDenied", "Access Denied", 403)
    held: dict[str, Any] = _backend(call).__dict__.setdefault(_KEPT, {}).setdefault(call.region, _nothing())
    return held


HANDLERS: dict[tuple[str, str], Handler] = {
    ("s3control", "CreateAccessGrant"): create_grant,
    ("s3control", "CreateAccessGrantsInstance"): create_instance,
    ("s3control", "CreateAccessGrantsLocation"): create_location,
    ("s3control", "DeleteAccessGrant"): delete_grant,
    ("s3control", "DeleteAccessGrantsInstance"): delete_instance,
    ("s3control", "DeleteAccessGrantsInstanceResourcePolicy"): delete_policy,
    ("s3control", "DeleteAccessGrantsLocation"): delete_location,
    ("s3control", "GetAccessGrant"): get_grant,
    ("s3control", "GetAccessGrantsInstance"): get_instance,
    ("s3control", "GetAccessGrantsInstanceResourcePolicy"): get_policy,
    ("s3control", "GetAccessGrantsLocation"): get_location,
    ("s3control", "ListAccessGrants"): list_grants,
    ("s3control", "ListAccessGrantsInstances"): list_instances,
    ("s3control", "ListAccessGrantsLocations"): list_locations,
    ("s3control", "PutAccessGrantsInstanceResourcePolicy"): put_policy,
    ("s3control", "UpdateAccessGrantsLocation"): update_location,
}
