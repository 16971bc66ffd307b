"""DynamoDB's neighbours of a table that moto lacks: change capture into Kinesis streams, and contributor insights."""

from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.utils import utcnow
from moto.dynamodb.models import dynamodb_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError

_STREAMS, _INSIGHTS, _PRECISION = (
    "featureshare-streams",
    "featureshare-insights",
    "ApproximateCreationDateTimePrecision",
)


def enable_stream(call: Invocation) -> dict[str, Any]:
    """A stream that a table's changes are for. They are not sent anywhere here."""
    held, arn = _kept(call, _STREAMS), str(call.params["StreamArn"])
    if held.get(arn, {}).get("DestinationStatus") == "ACTIVE":
        raise ServiceError("ResourceInUseException", "Table is already in the process of enabling or has this stream.")
    settings = call.params.get("EnableKinesisStreamingConfiguration") or {}
    precision = settings.get(_PRECISION) or "MILLISECOND"
    held[arn] = {"StreamArn": arn, "DestinationStatus": "ACTIVE", _PRECISION: precision}
    return {"TableName": call.params["TableName"], "StreamArn": arn, "DestinationStatus": "ENABLING"}


def disable_stream(call: Invocation) -> dict[str, Any]:
    found = _kept(call, _STREAMS).get(str(call.params["StreamArn"]))
    if found is None or found["DestinationStatus"] != "ACTIVE":
        raise ServiceError("ResourceNotFoundException", "The table has no such streaming destination.")
    found["DestinationStatus"] = "DISABLED"
    return {**{name: call.params[name] for name in ("TableName", "StreamArn")}, "DestinationStatus": "DISABLING"}


def describe_streams(call: Invocation) -> dict[str, Any]:
    """All streams a table ever had, the disabled ones too, as DynamoDB shows them."""
    streams = [dict(one) for one in _kept(call, _STREAMS).values()]
    return {"TableName": call.params["TableName"], "KinesisDataStreamDestinations": streams}


def update_stream(call: Invocation) -> dict[str, Any]:
    found = _kept(call, _STREAMS).get(str(call.params["StreamArn"]))
    if found is None or found["DestinationStatus"] != "ACTIVE":
        raise ServiceError("ResourceNotFoundException", "The table has no such streaming destination.")
    found.update(call.params.get("UpdateKinesisStreamingConfiguration") or {})
    return {**{name: call.params[name] for name in ("TableName", "StreamArn")}, "DestinationStatus": "UPDATING"}


def update_insights(call: Invocation) -> dict[str, Any]:
    status = "ENABLED" if call.params["ContributorInsightsAction"] == "ENABLE" else "DISABLED"
    mode = call.params.get("ContributorInsightsMode") or "ACCESSED_AND_THROTTLED_KEYS"
    _kept(call, _INSIGHTS)[call.params.get("IndexName")] = {
        **{"ContributorInsightsStatus": status, "ContributorInsightsMode": mode, "LastUpdateDateTime": utcnow()}
    }
    return {**_named(call), "ContributorInsightsStatus": f"{status[:-2]}ING", "ContributorInsightsMode": mode}


def describe_insights(call: Invocation) -> dict[str, Any]:
    kept = _kept(call, _INSIGHTS).get(call.params.get("IndexName"), {"ContributorInsightsStatus": "DISABLED"})
    return {**_named(call), **kept}


def _named(call: Invocation) -> dict[str, Any]:
    return {name: call.params[name] for name in ("TableName", "IndexName") if call.params.get(name)}


def _kept(call: Invocation, what: str) -> dict[Any, Any]:
    """What is kept beside a table, on moto's own of it, so that it goes with the table."""
    try:
        table = dynamodb_backends[call.account][call.region].get_table(str(call.params["TableName"]))
    except JsonRESTError:
        raise ServiceError(
            "ResourceNotFoundException", f"Requested resource not found: Table: {call.params['TableName']} not found"
        ) from None
    held: dict[Any, Any] = table.__dict__.setdefault(what, {})
    return held


HANDLERS: dict[tuple[str, str], Handler] = {
    ("dynamodb", "DescribeContributorInsights"): describe_insights,
    ("dynamodb", "DescribeKinesisStreamingDestination"): describe_streams,
    ("dynamodb", "DisableKinesisStreamingDestination"): disable_stream,
    ("dynamodb", "EnableKinesisStreamingDestination"): enable_stream,
    ("dynamodb", "UpdateContributorInsights"): update_insights,
    ("dynamodb", "UpdateKinesisStreamingDestination"): update_stream,
}
