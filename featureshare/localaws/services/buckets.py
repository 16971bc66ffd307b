"""Bucket configurations that moto takes for other operations: metrics, analytics, tiering, inventory, and who pays."""

import copy
from collections.abc import Mapping
from typing import Any

from moto.s3.models import s3_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError

_KEPT = "featureshare_configurations"
_LISTED = {
    "Analytics": ("AnalyticsConfiguration", "AnalyticsConfigurationList"),
    "IntelligentTiering": ("IntelligentTieringConfiguration", "IntelligentTieringConfigurationList"),
    "Inventory": ("InventoryConfiguration", "InventoryConfigurationList"),
    "Metrics": ("MetricsConfiguration", "MetricsConfigurationList"),
}
_PAYERS = ("Requester", "BucketOwner")


def _put(kind: str) -> Handler:
    member = _LISTED[kind][0]

    def put(call: Invocation) -> dict[str, Any]:
        given = copy.deepcopy(dict(call.params[member]))
        if given.get("Id") != call.params["Id"]:
            raise ServiceError("InvalidArgument", "The ID in the query does not match the ID in the configuration")
        _configurations(call, kind)[given["Id"]] = given
        return {}

    return put


def _get(kind: str) -> Handler:
    def get(call: Invocation) -> dict[str, Any]:
        return {_LISTED[kind][0]: _found(call, kind)}

    return get


def _delete(kind: str) -> Handler:
    def delete(call: Invocation) -> dict[str, Any]:
        del _configurations(call, kind)[_found(call, kind)["Id"]]
        return {}

    return delete


def _list(kind: str) -> Handler:
    def listing(call: Invocation) -> dict[str, Any]:
        held = _configurations(call, kind)
        return {_LISTED[kind][1]: [held[name] for name in sorted(held)], "IsTruncated": False}

    return listing


def put_request_payment(call: Invocation) -> dict[str, Any]:
    payer = call.params["RequestPaymentConfiguration"]["Payer"]
    if payer not in _PAYERS:
        raise ServiceError("MalformedXML", "The XML you provided was not well-formed or did not validate")
    _bucket(call).__dict__.setdefault(_KEPT, {})["Payer"] = payer
    return {}


def get_request_payment(call: Invocation) -> dict[str, Any]:
    return {"Payer": _bucket(call).__dict__.get(_KEPT, {}).get("Payer", "BucketOwner")}


def _found(call: Invocation, kind: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] | None = _configurations(call, kind).get(call.params["Id"])
    if found is None:
        raise ServiceError("NoSuchConfiguration", "The specified configuration does not exist.", 404)
    return found


def _configurations(call: Invocation, kind: str) -> dict[str, Any]:
    """Configurations by id, on moto's bucket, with which they go."""
    held: dict[str, Any] = _bucket(call).__dict__.setdefault(_KEPT, {}).setdefault(kind, {})
    return held


def _bucket(call: Invocation) -> Any:
    name = call.params["Bucket"]
    found = s3_backends.bucket_accounts.get(name)
    if found is None:
        raise ServiceError("NoSuchBucket", "The specified bucket does not exist", 404)
    return s3_backends[found[1]][found[0]].get_bucket(name)


HANDLERS: dict[tuple[str, str], Handler] = {
    ("s3", "PutBucketRequestPayment"): put_request_payment,
    ("s3", "GetBucketRequestPayment"): get_request_payment,
}
for _kind in _LISTED:
    HANDLERS["s3", f"PutBucket{_kind}Configuration"] = _put(_kind)
    HANDLERS["s3", f"GetBucket{_kind}Configuration"] = _get(_kind)
    HANDLERS["s3", f"DeleteBucket{_kind}Configuration"] = _delete(_kind)
    HANDLERS["s3", f"ListBucket{_kind}Configurations"] = _list(_kind)
