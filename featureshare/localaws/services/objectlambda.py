"""S3 Object Lambda access points as things: made, configured, given a policy. No object is read through one.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/olap-create.html
"""

import copy
import secrets
from typing import Any

from moto.utilities.utils import get_partition

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services.paging import page
from featureshare.localaws.services.points import Points
from featureshare.localaws.services.runtime import clock

_POINTS = Points("featureshare_object_lambda", lambda _: True)
_BLOCKED = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


def create(call: Invocation) -> dict[str, Any]:
    """A point before another one, whose objects a function changes; all public access is blocked."""
    held, name = _POINTS.held(call), str(call.params["Name"])
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
    found = _POINTS.found(call)
    shown = {member: found[member] for member in ("Name", "Alias", "CreationDate")}
    return {**shown, "PublicAccessBlockConfiguration": dict(_BLOCKED)}


def get_configuration(call: Invocation) -> dict[str, Any]:
    return {"Configuration": copy.deepcopy(_POINTS.found(call)["Configuration"])}


def put_configuration(call: Invocation) -> dict[str, Any]:
    _POINTS.found(call)["Configuration"] = _configuration(call)
    return {}


def listing(call: Invocation) -> dict[str, Any]:
    found = [
        {"Name": one["Name"], "ObjectLambdaAccessPointArn": one["Arn"], "Alias": one["Alias"]}
        for _, one in sorted(_POINTS.held(call).items())
    ]
    shown, token = page(found, call.params.get("NextToken"), call.params.get("MaxResults") or 1000, "InvalidRequest")
    return {"ObjectLambdaAccessPointList": list(shown), **({"NextToken": token} if token else {})}


def _configuration(call: Invocation) -> dict[str, Any]:
    given = copy.deepcopy(dict(call.params["Configuration"]))
    given.setdefault("CloudWatchMetricsEnabled", False)
    return given


HANDLERS: dict[tuple[str, str], Handler] = {
    ("s3control", "CreateAccessPointForObjectLambda"): create,
    ("s3control", "DeleteAccessPointForObjectLambda"): _POINTS.delete,
    ("s3control", "DeleteAccessPointPolicyForObjectLambda"): _POINTS.delete_policy,
    ("s3control", "GetAccessPointConfigurationForObjectLambda"): get_configuration,
    ("s3control", "GetAccessPointForObjectLambda"): get,
    ("s3control", "GetAccessPointPolicyForObjectLambda"): _POINTS.get_policy,
    ("s3control", "GetAccessPointPolicyStatusForObjectLambda"): _POINTS.get_policy_status,
    ("s3control", "ListAccessPointsForObjectLambda"): listing,
    ("s3control", "PutAccessPointConfigurationForObjectLambda"): put_configuration,
    ("s3control", "PutAccessPointPolicyForObjectLambda"): _POINTS.put_policy,
}
