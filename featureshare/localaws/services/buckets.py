"""Bucket configurations that moto takes for other operations or forgets parts of, kept as they were given.

Metrics, analytics, tiering, inventory, who pays, lifecycle, server access logs, versioning with its MFA delete.
"""

import copy
import secrets
from collections.abc import Mapping
from typing import Any

from moto.s3.models import s3_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services.lifecyclerules import check_times

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
    _kept(call)["Payer"] = payer
    return {}


def get_request_payment(call: Invocation) -> dict[str, Any]:
    return {"Payer": _kept(call).get("Payer", "BucketOwner")}


def put_lifecycle(call: Invocation) -> dict[str, Any]:
    """Keeps all rules; moto drops some filters and dates, and refuses what S3 takes.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
    """
    rules = copy.deepcopy(list((call.params.get("LifecycleConfiguration") or {}).get("Rules") or ()))
    if not rules or any(rule.get("Status") not in ("Enabled", "Disabled") for rule in rules):
        raise ServiceError("MalformedXML", "The XML you provided was not well-formed or did not validate")
    for rule in rules:
        rule.setdefault("ID", secrets.token_hex(24))
    if len({rule["ID"] for rule in rules}) != len(rules):
        raise ServiceError("InvalidArgument", "Rule ID must be unique. Found same ID for more than one rule")
    for rule in rules:
        check_times(rule)
    size = call.params.get("TransitionDefaultMinimumObjectSize") or "all_storage_classes_128K"
    _kept(call)["Lifecycle"] = {"Rules": rules, "TransitionDefaultMinimumObjectSize": size}
    return {"TransitionDefaultMinimumObjectSize": size}


def get_lifecycle(call: Invocation) -> dict[str, Any]:
    found: dict[str, Any] | None = _kept(call).get("Lifecycle")
    if found is None:
        raise ServiceError("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist", 404)
    return found


def delete_lifecycle(call: Invocation) -> dict[str, Any]:
    _kept(call).pop("Lifecycle", None)
    return {}


def put_logging(call: Invocation) -> dict[str, Any]:
    """Where access logs go: a bucket of the same owner and Region. Whether they can be written S3 does not ask.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLogging.html
    """
    bucket, wanted = _bucket(call), dict(call.params.get("BucketLoggingStatus") or {})
    enabled = wanted.get("LoggingEnabled")
    if not enabled:
        _kept(call).pop("Logging", None)
        return {}
    target = s3_backends.bucket_accounts.get(enabled.get("TargetBucket"))
    code = "InvalidTargetBucketForLogging"
    if target is None:
        raise ServiceError(code, "The target bucket for logging does not exist")
    found = s3_backends[target[1]][target[0]].get_bucket(enabled["TargetBucket"])
    if target[1] != call.account:
        raise ServiceError(code, "The owner for the bucket to be logged and the target bucket must be the same.")
    if found.region_name != bucket.region_name:
        raise ServiceError("CrossLocationLoggingProhibitted", "Cross S3 location logging not allowed.", 403)
    _kept(call)["Logging"] = copy.deepcopy(dict(enabled))
    return {}


def get_logging(call: Invocation) -> dict[str, Any]:
    found = _kept(call).get("Logging")
    return {"LoggingEnabled": found} if found else {}


def _found(call: Invocation, kind: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] | None = _configurations(call, kind).get(call.params["Id"])
    if found is None:
        raise ServiceError("NoSuchConfiguration", "The specified configuration does not exist.", 404)
    return found


def _configurations(call: Invocation, kind: str) -> dict[str, Any]:
    """Configurations of a kind by id."""
    held: dict[str, Any] = _kept(call).setdefault(kind, {})
    return held


def _kept(call: Invocation) -> dict[str, Any]:
    """What is kept here of a bucket: on moto's bucket, with which it goes."""
    held: dict[str, Any] = _bucket(call).__dict__.setdefault(_KEPT, {})
    return held


def _bucket(call: Invocation) -> Any:
    name = call.params["Bucket"]
    found = s3_backends.bucket_accounts.get(name)
    if found is None:
        raise ServiceError("NoSuchBucket", "The specified bucket does not exist", 404)
    return s3_backends[found[1]][found[0]].get_bucket(name)


def put_versioning(call: Invocation) -> dict[str, Any]:
    """Sets the state, and MFA delete, which GetBucketVersioning shows only of a bucket that was ever given it."""
    given = call.params["VersioningConfiguration"]
    if given.get("MFADelete") == "Enabled":
        raise ServiceError("AccessDenied", "MFA delete is enabled by the root user with its MFA device only", 403)
    if given.get("Status") not in ("Enabled", "Suspended"):
        raise ServiceError("IllegalVersioningConfigurationException", "The versioning state is Enabled or Suspended")
    bucket = _bucket(call)
    if bucket.object_lock_enabled and given["Status"] == "Suspended":
        raise ServiceError(
            "InvalidBucketState",
            "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
            409,
        )
    bucket.versioning_status = given["Status"]
    if "MFADelete" in given:
        _kept(call)["MFADelete"] = given["MFADelete"]
    return {}


def get_versioning(call: Invocation) -> dict[str, Any]:
    status, kept = _bucket(call).versioning_status, _kept(call)
    shown = {"Status": status, "MFADelete": kept.get("MFADelete")}
    return {key: value for key, value in shown.items() if value}


HANDLERS: dict[tuple[str, str], Handler] = {
    ("s3", "PutBucketRequestPayment"): put_request_payment,
    ("s3", "GetBucketRequestPayment"): get_request_payment,
    ("s3", "PutBucketLifecycleConfiguration"): put_lifecycle,
    ("s3", "GetBucketLifecycleConfiguration"): get_lifecycle,
    ("s3", "DeleteBucketLifecycle"): delete_lifecycle,
    ("s3", "PutBucketLogging"): put_logging,
    ("s3", "GetBucketLogging"): get_logging,
    ("s3", "PutBucketVersioning"): put_versioning,
    ("s3", "GetBucketVersioning"): get_versioning,
}
for _kind in _LISTED:
    HANDLERS["s3", f"PutBucket{_kind}Configuration"] = _put(_kind)
    HANDLERS["s3", f"GetBucket{_kind}Configuration"] = _get(_kind)
    HANDLERS["s3", f"DeleteBucket{_kind}Configuration"] = _delete(_kind)
    HANDLERS["s3", f"ListBucket{_kind}Configurations"] = _list(_kind)
