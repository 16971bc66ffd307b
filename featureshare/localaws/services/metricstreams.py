"""Streams of metrics out of CloudWatch, which moto lacks: kept and shown. No metric is sent anywhere here."""

from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.core.utils import utcnow

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services.paging import page

_STREAMS, _MOST = "featureshare-metric-streams", 500
_SUMMARY = ("Arn", "CreationDate", "FirehoseArn", "LastUpdateDate", "Name", "OutputFormat", "State")


def put(call: Invocation) -> dict[str, Any]:
    """Makes a stream, which runs at once, or replaces what one is made of."""
    name, now = str(call.params["Name"]), utcnow()
    if call.params.get("IncludeFilters") and call.params.get("ExcludeFilters"):
        raise ServiceError("InvalidParameterCombination", "Give include filters or exclude filters, not both.")
    old = _kept(call).get(name, {"CreationDate": now, "State": "running"})
    arn = f"arn:aws:cloudwatch:{call.region}:{call.account}:metric-stream/{name}"
    _kept(call)[name] = {
        "IncludeLinkedAccountsMetrics": False,
        **{member: value for member, value in call.params.items() if value is not None and member != "Tags"},
        **{"Arn": arn, "CreationDate": old["CreationDate"], "LastUpdateDate": now, "State": old["State"]},
    }
    if call.params.get("Tags"):
        cloudwatch_backends[call.account][call.region].tagger.tag_resource(arn, list(call.params["Tags"]))
    return {"Arn": arn}


def get(call: Invocation) -> dict[str, Any]:
    return dict(_stream(call, str(call.params["Name"])))


def exists(call: Invocation, name: str) -> bool:
    return name in _kept(call)


def delete(call: Invocation) -> dict[str, Any]:
    gone = _kept(call).pop(str(call.params["Name"]), None)
    if gone:
        cloudwatch_backends[call.account][call.region].tagger.delete_all_tags_for_resource(gone["Arn"])
    return {}


def start(call: Invocation) -> dict[str, Any]:
    return _turned(call, "running")


def stop(call: Invocation) -> dict[str, Any]:
    return _turned(call, "stopped")


def list_streams(call: Invocation) -> dict[str, Any]:
    found = [{member: one[member] for member in _SUMMARY} for one in _kept(call).values()]
    shown, token = page(found, call.params.get("NextToken"), call.params.get("MaxResults") or _MOST)
    return {"Entries": list(shown), **({"NextToken": token} if token else {})}


def _turned(call: Invocation, state: str) -> dict[str, Any]:
    for stream in [_stream(call, str(name)) for name in call.params["Names"]]:
        stream["State"] = state
    return {}


def _stream(call: Invocation, name: str) -> dict[str, Any]:
    found = _kept(call).get(name)
    if found is None:
        raise ServiceError("ResourceNotFoundException", f"Metric stream {name} does not exist", 404)
    return found


def _kept(call: Invocation) -> dict[str, dict[str, Any]]:
    held: dict[str, dict[str, Any]] = cloudwatch_backends[call.account][call.region].__dict__.setdefault(_STREAMS, {})
    return held


HANDLERS: dict[tuple[str, str], Handler] = {
    ("cloudwatch", "DeleteMetricStream"): delete,
    ("cloudwatch", "GetMetricStream"): get,
    ("cloudwatch", "ListMetricStreams"): list_streams,
    ("cloudwatch", "PutMetricStream"): put,
    ("cloudwatch", "StartMetricStreams"): start,
    ("cloudwatch", "StopMetricStreams"): stop,
}
