"""S3 Object Lambda access points as things: made, configured, given a policy. No object is read through one.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/olap-create.html
"""

import copy
import secrets
from typing import Any

from moto.s3control.models import s3control_backends
from moto.utilities.utils import get_partition

from featureshare.iam import DocumentError, Policy
from featureshare.iam.public import is_public
from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services.paging import page
from featureshare.localaws.services.runtime import clock

_KEPT = "featureshare_object_lambda"
_BLOCKED = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


def create(call: Invocation) -> dict[str, Any]:
    """A point before another one, whose objects a function changes; all public access is blocked."""
    held, name = _held(call), str(call.params["Name"])
    if name in held:
        raise ServiceError("AccessPointAlreadyOwnedByYou", "Your previous request to create it succeeded.", 409)
    held[name] = {
        "Name": name,
        "Arn": f"arn:{get_partition(call.region)}:s3-object-lambda:{call.region}:{call.account}:accesspoint/{name}",
        "Alias": {"Value": f"{name[:20]}-{secrets.token_hex(17)}--ol-s3", "Status": "READY"},
        "CreationDate": clock.now(),
        "Configuration": _configuration(call),
    }
    return {"ObjectLambdaAccessPointArn": held[name]["Arn"], "Alias": held[name]["Alias"]}


def get(call: Invocation) -> dict[str, Any]:
    found = _found(call)
    shown = {member: found[member] for member in ("Name", "Alias", "CreationDate")}
    return {**shown, "PublicAccessBlockConfiguration": dict(_BLOCKED)}


def get_configuration(call: Invocation) -> dict[str, Any]:
    return {"Configuration": copy.deepcopy(_found(call)["Configuration"])}


def put_configuration(call: Invocation) -> dict[str, Any]:
    _found(call)["Configuration"] = _configuration(call)
    return {}


def delete(call: Invocation) -> dict[str, Any]:
    del _held(call)[_found(call)["Name"]]
    return {}


def listing(call: Invocation) -> dict[str, Any]:
    found = [
        {"Name": one["Name"], "ObjectLambdaAccessPointArn": one["Arn"], "Alias": one["Alias"]}
        for _, one in sorted(_held(call).items())
    ]
    shown, token = page(found, call.params.get("NextToken"), call.params.get("MaxResults") or 1000, "InvalidRequest")
    return {"ObjectLambdaAccessPointList": list(shown), **({"NextToken": token} if token else {})}


def put_policy(call: Invocation) -> dict[str, Any]:
    """Keeps a policy. Raises ServiceError for a broken one, and for a public one."""
    point, text = _found(call), str(call.params["Policy"])
    try:
        policy = Policy.parse(text, name="access point policy")
    except DocumentError as error:
        raise ServiceError("MalformedPolicy", f"This policy is not valid: {error}") from error
    if is_public(policy):
        raise ServiceError("AccessDenied", "Access Denied", 403)
    point["Policy"] = text
    return {}


def get_policy(call: Invocation) -> dict[str, Any]:
    return {"Policy": _policy(call)}


def get_policy_status(call: Invocation) -> dict[str, Any]:
    return {"PolicyStatus": {"IsPublic": is_public(Policy.parse(_policy(call), name="access point policy"))}}


def delete_policy(call: Invocation) -> dict[str, Any]:
    _found(call).pop("Policy", None)
    return {}


def _configuration(call: Invocation) -> dict[str, Any]:
    given = copy.deepcopy(dict(call.params["Configuration"]))
    given.setdefault("CloudWatchMetricsEnabled", False)
    return given


def _policy(call: Invocation) -> str:
    text: str | None = _found(call).get("Policy")
    if text is None:
        raise ServiceError("NoSuchAccessPointPolicy", "The specified accesspoint policy does not exist", 404)
    return text


def _found(call: Invocation) -> dict[str, Any]:
    found: dict[str, Any] | None = _held(call).get(str(call.params["Name"]).rpartition("/")[2])
    if found is None:
        raise ServiceError("NoSuchAccessPoint", "The specified accesspoint does not exist", 404)
    return found


def _held(call: Invocation) -> dict[str, Any]:
    backend = s3control_backends[call.account][get_partition(call.region)]
    held: dict[str, Any] = backend.__dict__.setdefault(_KEPT, {}).setdefault(call.region, {})
    return held


HANDLERS: dict[tuple[str, str], Handler] = {
    ("s3control", "CreateAccessPointForObjectLambda"): create,
    ("s3control", "DeleteAccessPointForObjectLambda"): delete,
    ("s3control", "DeleteAccessPointPolicyForObjectLambda"): delete_policy,
    ("s3control", "GetAccessPointConfigurationForObjectLambda"): get_configuration,
    ("s3control", "GetAccessPointForObjectLambda"): get,
    ("s3control", "GetAccessPointPolicyForObjectLambda"): get_policy,
    ("s3control", "GetAccessPointPolicyStatusForObjectLambda"): get_policy_status,
    ("s3control", "ListAccessPointsForObjectLambda"): listing,
    ("s3control", "PutAccessPointConfigurationForObjectLambda"): put_configuration,
    ("s3control", "PutAccessPointPolicyForObjectLambda"): put_policy,
}
