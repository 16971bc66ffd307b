"""S3 access points as things: made, described, given a policy, listed. Their data plane is not offered.

moto names another Region in their ARNs and calls every policy public. What an access point's policy says opens
nothing here, since no request comes through one.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_CreateAccessPoint.html
"""

import secrets
from typing import Any

from moto.core.exceptions import ServiceException
from moto.s3.models import s3_backends
from moto.s3control.models import s3control_backends
from moto.utilities.utils import get_partition

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services.points import Points
from featureshare.localaws.services.runtime import clock

_POINTS = Points(
    "featureshare_access_points", lambda one: bool(one["PublicAccessBlockConfiguration"]["BlockPublicPolicy"])
)
_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_ENDPOINTS = {
    "ipv4": "s3-accesspoint",
    "fips": "s3-accesspoint-fips",
    "fips_dualstack": "s3-accesspoint-fips.dualstack",
    "dualstack": "s3-accesspoint.dualstack",
}


def create(call: Invocation) -> dict[str, Any]:
    """An access point to a bucket that exists; all public access is blocked unless the call says otherwise."""
    held, name, bucket = _POINTS.held(call), call.params["Name"], call.params["Bucket"]
    owner = s3_backends.bucket_accounts.get(bucket)
    if owner is None:
        raise ServiceError("InvalidRequest", "The specified bucket does not exist.")
    if name in held:
        raise ServiceError("AccessPointAlreadyOwnedByYou", "Your previous request to create it succeeded.", 409)
    blocks, network = call.params.get("PublicAccessBlockConfiguration") or {}, call.params.get("VpcConfiguration")
    held[name] = {
        "Name": name,
        "Bucket": bucket,
        "BucketAccountId": call.params.get("BucketAccountId") or owner[1],
        "NetworkOrigin": "VPC" if network else "Internet",
        **({"VpcConfiguration": dict(network)} if network else {}),
        "PublicAccessBlockConfiguration": {block: str(blocks.get(block, True)).lower() == "true" for block in _BLOCKS},
        "CreationDate": clock.now(),
        "Alias": f"{name[:26]}-{secrets.token_hex(17)}-s3alias",
        "AccessPointArn": f"arn:{owner[0]}:s3:{call.region}:{call.account}:accesspoint/{name}",
        "Endpoints": {kind: f"{host}.{call.region}.amazonaws.com" for kind, host in _ENDPOINTS.items()},
    }
    return {"AccessPointArn": held[name]["AccessPointArn"], "Alias": held[name]["Alias"]}


def get(call: Invocation) -> dict[str, Any]:
    return {key: value for key, value in _POINTS.found(call).items() if key != "Policy"}


def listing(call: Invocation) -> dict[str, Any]:
    """Access points by name, of one bucket where the call names it."""
    held, bucket = _POINTS.held(call), call.params.get("Bucket")
    shown = ("Name", "NetworkOrigin", "VpcConfiguration", "Bucket", "AccessPointArn", "Alias", "BucketAccountId")
    found = [held[name] for name in sorted(held) if bucket in (None, held[name]["Bucket"])]
    return {"AccessPointList": [{key: one[key] for key in shown if key in one} for one in found]}


def get_of_regions(call: Invocation) -> dict[str, Any]:
    """A point of several Regions, with where and whose its buckets are, which moto does not find."""
    found = _of_regions(call)
    shown = {**found.to_dict(), "CreatedAt": found.created_at}
    shown["Regions"] = [_region(str(one["Bucket"]), call.account) for one in shown["Regions"]]
    return {"AccessPoint": shown}


def get_policy_of_regions(call: Invocation) -> dict[str, Any]:
    """The policy of such a point, in force as soon as it is proposed. Raises ServiceError where there is none."""
    text = _of_regions(call).policy
    if text is None:
        raise ServiceError("NoSuchMultiRegionAccessPointPolicy", "The specified access point has no policy", 404)
    return {"Policy": {"Established": {"Policy": text}, "Proposed": {"Policy": text}}}


def _of_regions(call: Invocation) -> Any:
    backend: Any = s3control_backends[call.account][get_partition(call.region)]
    try:
        return backend.get_multi_region_access_point(call.account, str(call.params["Name"]))
    except ServiceException as error:
        raise ServiceError(error.code, error.message, 404) from None


def _region(bucket: str, account: str) -> dict[str, str]:
    owner = s3_backends.bucket_accounts.get(bucket)
    found: Any = s3_backends[owner[1]][owner[0]].buckets.get(bucket) if owner else None
    where = (
        {"Region": found.region_name, "BucketAccountId": found.account_id} if found else {"BucketAccountId": account}
    )
    return {"Bucket": bucket, **where}


HANDLERS: dict[tuple[str, str], Handler] = {
    ("s3control", "CreateAccessPoint"): create,
    ("s3control", "GetAccessPoint"): get,
    ("s3control", "DeleteAccessPoint"): _POINTS.delete,
    ("s3control", "GetMultiRegionAccessPoint"): get_of_regions,
    ("s3control", "GetMultiRegionAccessPointPolicy"): get_policy_of_regions,
    ("s3control", "ListAccessPoints"): listing,
    ("s3control", "PutAccessPointPolicy"): _POINTS.put_policy,
    ("s3control", "GetAccessPointPolicy"): _POINTS.get_policy,
    ("s3control", "GetAccessPointPolicyStatus"): _POINTS.get_policy_status,
    ("s3control", "DeleteAccessPointPolicy"): _POINTS.delete_policy,
}
