"""Vended logs on their way: sources, destinations, deliveries. moto knows them as CloudFront's; no log is sent here.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
"""

import secrets
import string
from collections.abc import Mapping
from typing import Any

from moto.logs.models import logs_backends
from moto.utilities.utils import get_partition

from featureshare.iam import DocumentError, Policy
from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services.paging import page

_KEPT = "featureshare_deliveries"
_KINDS = {"firehose": "FH", "logs": "CWL", "s3": "S3", "xray": "XRAY"}
_LOG_TYPES: Mapping[str, frozenset[str]] = {"events": frozenset({"ERROR_LOGS", "INFO_LOGS", "TRACE_LOGS"})}
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-logs-schema.html
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "events": (
        *("resource_arn", "message_timestamp_ms", "event_bus_name", "request_id", "event_id", "invocation_id"),
        *("message_type", "log_level", "details", "error"),
    )
}
_MOST = 50


def put_source(call: Invocation) -> dict[str, Any]:
    """Whose logs of which type may be delivered; another resource wants another source."""
    held, name = _held(call)["sources"], str(call.params["name"])
    resource, kind = str(call.params["resourceArn"]), str(call.params["logType"])
    service = resource.split(":")[2]
    if kind not in _LOG_TYPES.get(service, {kind}):
        raise ServiceError("ValidationException", "This service is not allowed for this LogSource.")
    old = held.get(name)
    if old and old["resourceArns"] != [resource]:
        raise ServiceError("ConflictException", "An existing delivery source cannot take another resource.")
    _tag_new(call, old, _arn(call, "delivery-source", name))
    held[name] = {
        "name": name,
        "arn": _arn(call, "delivery-source", name),
        "resourceArns": [resource],
        "service": service,
        "logType": kind,
    }
    return {"deliverySource": _shown(call, held[name])}


def get_source(call: Invocation) -> dict[str, Any]:
    return {"deliverySource": _shown(call, _found(call, "sources", call.params["name"]))}


def delete_source(call: Invocation) -> dict[str, Any]:
    """Takes a source away. Raises ServiceError while something is delivered from it."""
    found = _found(call, "sources", call.params["name"])
    if any(one["deliverySourceName"] == found["name"] for one in _held(call)["deliveries"].values()):
        raise ServiceError("ConflictException", "The delivery source is used by a delivery.")
    return _drop(call, "sources", found["name"])


def put_destination(call: Invocation) -> dict[str, Any]:
    """Where logs may go: a bucket, a log group or a delivery stream. Its format stays what it was."""
    held, name = _held(call)["destinations"], str(call.params["name"])
    to = str((call.params.get("deliveryDestinationConfiguration") or {}).get("destinationResourceArn") or "")
    old = held.get(name)
    form = call.params.get("outputFormat")
    if old and form and form != old.get("outputFormat"):
        raise ServiceError(
            "ValidationException",
            "Update to existing Delivery Destination with new Output Format is not allowed. "
            "Please create a new Delivery Destination instead.",
        )
    kind = call.params.get("deliveryDestinationType") or _KINDS.get(to.split(":")[2] if to.count(":") > 4 else "xray")
    if kind is None or (kind != "XRAY" and not to):
        raise ServiceError("ValidationException", f"{to or 'Nothing'} is no destination of a delivery.")
    _tag_new(call, old, _arn(call, "delivery-destination", name))
    given = {"outputFormat": form or (old or {}).get("outputFormat"), "roleArn": call.params.get("roleArn")}
    held[name] = {
        "name": name,
        "arn": _arn(call, "delivery-destination", name),
        "deliveryDestinationType": kind,
        "deliveryDestinationConfiguration": {"destinationResourceArn": to},
        **{member: value for member, value in given.items() if value is not None},
    }
    return {"deliveryDestination": _shown(call, held[name])}


def get_destination(call: Invocation) -> dict[str, Any]:
    return {"deliveryDestination": _shown(call, _found(call, "destinations", call.params["name"]))}


def delete_destination(call: Invocation) -> dict[str, Any]:
    """Takes a destination away. Raises ServiceError while something is delivered to it."""
    found = _found(call, "destinations", call.params["name"])
    if any(one["deliveryDestinationArn"] == found["arn"] for one in _held(call)["deliveries"].values()):
        raise ServiceError("ConflictException", "The delivery destination is used by a delivery.")
    _held(call)["policies"].pop(found["name"], None)
    return _drop(call, "destinations", found["name"])


def put_policy(call: Invocation) -> dict[str, Any]:
    """Keeps the policy that lets other accounts deliver here. Raises ServiceError for a broken one."""
    name, text = _found(call, "destinations", _named(call))["name"], str(call.params["deliveryDestinationPolicy"])
    try:
        Policy.parse(text, name="delivery destination policy")
    except DocumentError as error:
        raise ServiceError("ValidationException", f"This policy is not valid: {error}") from error
    _held(call)["policies"][name] = text
    return {"policy": {"deliveryDestinationPolicy": text}}


def get_policy(call: Invocation) -> dict[str, Any]:
    name = _found(call, "destinations", _named(call))["name"]
    text = _held(call)["policies"].get(name)
    return {"policy": {"deliveryDestinationPolicy": text} if text else {}}


def delete_policy(call: Invocation) -> dict[str, Any]:
    _held(call)["policies"].pop(_found(call, "destinations", _named(call))["name"], None)
    return {}


def create_delivery(call: Invocation) -> dict[str, Any]:
    """Joins a source with a destination; a source has one of each kind."""
    held = _held(call)["deliveries"]
    source = _found(call, "sources", call.params["deliverySourceName"])["name"]
    to = str(call.params["deliveryDestinationArn"])
    goal = next((one for one in _held(call)["destinations"].values() if one["arn"] == to), None)
    if goal is None:
        raise ServiceError(
            "ResourceNotFoundException", "Requested Delivery Destination does not exist in this account."
        )
    kind = goal["deliveryDestinationType"]
    if any((one["deliverySourceName"], one["deliveryDestinationType"]) == (source, kind) for one in held.values()):
        raise ServiceError("ConflictException", "The source has a delivery to a destination of this type.")
    name = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(16))
    held[name] = {
        "id": name,
        "arn": _arn(call, "delivery", name),
        "deliverySourceName": source,
        "deliveryDestinationArn": to,
        "deliveryDestinationType": kind,
        "s3DeliveryConfiguration": _of_bucket(call, source, {}) if kind == "S3" else {},
        "recordFields": list(_FIELDS.get(_held(call)["sources"][source]["service"], ())),
        **_given(call),
    }
    _tag_new(call, None, held[name]["arn"])
    return {"delivery": _shown(call, held[name])}


def get_delivery(call: Invocation) -> dict[str, Any]:
    return {"delivery": _shown(call, _found(call, "deliveries", call.params["id"]))}


def update_delivery(call: Invocation) -> dict[str, Any]:
    """Changes fields, delimiter and the paths in a bucket."""
    found = _found(call, "deliveries", call.params["id"])
    if call.params.get("s3DeliveryConfiguration") is not None:
        found["s3DeliveryConfiguration"] = _of_bucket(
            call, found["deliverySourceName"], found.get("s3DeliveryConfiguration") or {}
        )
    found.update(_given(call))
    return {}


def delete_delivery(call: Invocation) -> dict[str, Any]:
    return _drop(call, "deliveries", _found(call, "deliveries", call.params["id"])["id"])


def listed(what: str, member: str) -> Handler:
    """Everything of one kind, in pages."""

    def answer(call: Invocation) -> dict[str, Any]:
        found = [_shown(call, one) for one in _held(call)[what].values()]
        shown, token = page(found, call.params.get("nextToken"), call.params.get("limit") or _MOST)
        return {member: list(shown), **({"nextToken": token} if token else {})}

    return answer


def _given(call: Invocation) -> dict[str, Any]:
    members = ("recordFields", "fieldDelimiter")
    return {member: call.params[member] for member in members if call.params.get(member) is not None}


def _of_bucket(call: Invocation, source: str, old: Mapping[str, Any]) -> dict[str, Any]:
    """Where in a bucket logs lie; by default below the account, and the service they are of."""
    service = _held(call)["sources"][source]["service"]
    usual = {"suffixPath": f"AWSLogs/{{account-id}}/{service}/", "enableHiveCompatiblePath": False}
    given = call.params.get("s3DeliveryConfiguration") or {}
    return {**usual, **old, **{member: value for member, value in given.items() if value is not None}}


def _named(call: Invocation) -> str:
    return str(call.params["deliveryDestinationName"])


def _found(call: Invocation, what: str, name: Any) -> dict[str, Any]:
    found: dict[str, Any] | None = _held(call)[what].get(str(name))
    if found is None:
        raise ServiceError("ResourceNotFoundException", f"There is no {name} among the {what} of this account.")
    return found


def _drop(call: Invocation, what: str, name: str) -> dict[str, Any]:
    gone = _held(call)[what].pop(name)
    _logs(call).tagger.delete_all_tags_for_resource(gone["arn"])
    return {}


def _tag_new(call: Invocation, old: Any, arn: str) -> None:
    """Tags at birth. Raises ServiceError for those of an update, which has none."""
    tags = call.params.get("tags")
    if tags and old:
        raise ServiceError(
            "ConflictException", "Tags can only be provided when a resource is being created, not updated."
        )
    if tags:
        _logs(call).tag_resource(arn, dict(tags))


def _shown(call: Invocation, one: Mapping[str, Any]) -> dict[str, Any]:
    tags = _logs(call).tagger.get_tag_dict_for_resource(one["arn"])
    return {**one, **({"tags": tags} if tags else {})}


def _arn(call: Invocation, kind: str, name: str) -> str:
    return f"arn:{get_partition(call.region)}:logs:{call.region}:{call.account}:{kind}:{name}"


def _logs(call: Invocation) -> Any:
    return logs_backends[call.account][call.region]


def _held(call: Invocation) -> dict[str, dict[str, Any]]:
    empty: dict[str, dict[str, Any]] = {"sources": {}, "destinations": {}, "deliveries": {}, "policies": {}}
    held: dict[str, dict[str, Any]] = _logs(call).__dict__.setdefault(_KEPT, empty)
    return held


HANDLERS: dict[tuple[str, str], Handler] = {
    ("logs", "CreateDelivery"): create_delivery,
    ("logs", "DeleteDelivery"): delete_delivery,
    ("logs", "DeleteDeliveryDestination"): delete_destination,
    ("logs", "DeleteDeliveryDestinationPolicy"): delete_policy,
    ("logs", "DeleteDeliverySource"): delete_source,
    ("logs", "DescribeDeliveries"): listed("deliveries", "deliveries"),
    ("logs", "DescribeDeliveryDestinations"): listed("destinations", "deliveryDestinations"),
    ("logs", "DescribeDeliverySources"): listed("sources", "deliverySources"),
    ("logs", "GetDelivery"): get_delivery,
    ("logs", "GetDeliveryDestination"): get_destination,
    ("logs", "GetDeliveryDestinationPolicy"): get_policy,
    ("logs", "GetDeliverySource"): get_source,
    ("logs", "PutDeliveryDestination"): put_destination,
    ("logs", "PutDeliveryDestinationPolicy"): put_policy,
    ("logs", "PutDeliverySource"): put_source,
    ("logs", "UpdateDeliveryConfiguration"): update_delivery,
}
