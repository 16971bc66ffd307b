"""Rules on log groups that moto lacks: data protection, field indexes, policies of the account, anomaly detectors."""

import json
import uuid
from typing import Any

from moto.core.utils import utcnow
from moto.logs.models import logs_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services.paging import page

_PROTECTION, _INDEXES, _ACCOUNT, _DETECTORS = (
    f"featureshare-{kind}" for kind in ("data-protection", "field-indexes", "account-policies", "detectors")
)
_VISIBLE_DAYS, _EVERY, _MOST = 21, "FIFTEEN_MIN", 50


def put_protection(call: Invocation) -> dict[str, Any]:
    group, text = _group(call), _document(call)
    _kept(call, _PROTECTION)[group.name] = {"policyDocument": text, "lastUpdatedTime": _millis()}
    return get_protection(call)


def get_protection(call: Invocation) -> dict[str, Any]:
    """A log group's data protection policy; without one only the group's name."""
    group = _group(call)
    return {"logGroupIdentifier": call.params["logGroupIdentifier"], **_kept(call, _PROTECTION).get(group.name, {})}


def delete_protection(call: Invocation) -> dict[str, Any]:
    _kept(call, _PROTECTION).pop(_group(call).name, None)
    return {}


def put_index(call: Invocation) -> dict[str, Any]:
    """The fields that a log group is indexed by."""
    group, text = _group(call), _document(call)
    _kept(call, _INDEXES)[group.name] = {
        **{"logGroupIdentifier": group.arn.removesuffix(":*"), "lastUpdateTime": _millis()},
        **{"policyDocument": text, "source": "LOG_GROUP"},
    }
    return {"indexPolicy": _kept(call, _INDEXES)[group.name]}


def describe_indexes(call: Invocation) -> dict[str, Any]:
    groups = (_named(call, str(given)) for given in call.params["logGroupIdentifiers"])
    found = (_kept(call, _INDEXES).get(group.name) for group in groups)
    return {"indexPolicies": [one for one in found if one is not None]}


def delete_index(call: Invocation) -> dict[str, Any]:
    if _kept(call, _INDEXES).pop(_group(call).name, None) is None:
        raise ServiceError("ResourceNotFoundException", "The specified resource does not exist.")
    return {}


def put_account(call: Invocation) -> dict[str, Any]:
    """A policy on all log groups of an account and Region, or those that its criteria select. None is enforced here."""
    text = _document(call)
    kind, name = str(call.params["policyType"]), str(call.params["policyName"])
    made = {
        **{"policyName": name, "policyType": kind, "policyDocument": text, "scope": call.params.get("scope") or "ALL"},
        **{"accountId": call.account, "lastUpdatedTime": _millis()},
    }
    if criteria := call.params.get("selectionCriteria"):
        made["selectionCriteria"] = criteria
    if not call.params.get("dryRun"):
        _kept(call, _ACCOUNT)[kind, name] = made
    return {"accountPolicy": made}


def describe_account(call: Invocation) -> dict[str, Any]:
    kind, name = call.params["policyType"], call.params.get("policyName")
    found = [one for (of, named), one in _kept(call, _ACCOUNT).items() if of == kind and name in (None, named)]
    if name is not None and not found:
        raise ServiceError("ResourceNotFoundException", "Account policy not found.")
    return {"accountPolicies": found}


def delete_account(call: Invocation) -> dict[str, Any]:
    wanted = (call.params["policyType"], call.params["policyName"])
    if wanted not in _kept(call, _ACCOUNT):
        raise ServiceError("ResourceNotFoundException", "Account policy not found.")
    if not call.params.get("dryRun"):
        del _kept(call, _ACCOUNT)[wanted]
    return {}


def create_detector(call: Invocation) -> dict[str, Any]:
    """An anomaly detector of log groups. It is trained at once, and finds nothing here."""
    for group in call.params["logGroupArnList"]:
        _named(call, str(group))
    arn, now = f"arn:aws:logs:{call.region}:{call.account}:anomaly-detector:{uuid.uuid4()}", _millis()
    given = {name: value for name, value in call.params.items() if value is not None and name != "tags"}
    _kept(call, _DETECTORS)[arn] = {
        **{"anomalyVisibilityTime": _VISIBLE_DAYS, "evaluationFrequency": _EVERY, **given},
        **{"anomalyDetectorStatus": "ANALYZING", "creationTimeStamp": now, "lastModifiedTimeStamp": now},
    }
    logs_backends[call.account][call.region].tag_resource(arn, dict(call.params.get("tags") or {}))
    return {"anomalyDetectorArn": arn}


def get_detector(call: Invocation) -> dict[str, Any]:
    return dict(_detector(call))


def update_detector(call: Invocation) -> dict[str, Any]:
    found = _detector(call)
    members = ("anomalyVisibilityTime", "evaluationFrequency", "filterPattern")
    found.update({member: call.params[member] for member in members if call.params.get(member) is not None})
    found["anomalyDetectorStatus"] = "ANALYZING" if call.params["enabled"] else "PAUSED"
    found["lastModifiedTimeStamp"] = _millis()
    return {}


def delete_detector(call: Invocation) -> dict[str, Any]:
    _detector(call)
    del _kept(call, _DETECTORS)[call.params["anomalyDetectorArn"]]
    return {}


def list_detectors(call: Invocation) -> dict[str, Any]:
    group = call.params.get("filterLogGroupArn")
    held = _kept(call, _DETECTORS)
    found = [
        {**one, "anomalyDetectorArn": arn} for arn, one in held.items() if group in (None, *one["logGroupArnList"])
    ]
    shown, token = page(found, call.params.get("nextToken"), call.params.get("limit") or _MOST)
    return {"anomalyDetectors": list(shown), **({"nextToken": token} if token else {})}


def _detector(call: Invocation) -> dict[str, Any]:
    found: dict[str, Any] | None = _kept(call, _DETECTORS).get(call.params["anomalyDetectorArn"])
    if found is None:
        raise ServiceError("ResourceNotFoundException", "The specified anomaly detector does not exist.")
    return found


def _document(call: Invocation) -> str:
    text = str(call.params["policyDocument"])
    try:
        json.loads(text)
    except ValueError:
        raise ServiceError("InvalidParameterException", "The policy document is not valid JSON.") from None
    return text


def _group(call: Invocation) -> Any:
    return _named(call, str(call.params["logGroupIdentifier"]))


def _named(call: Invocation, given: str) -> Any:
    """A log group by name or ARN. Raises ServiceError ResourceNotFoundException."""
    name = given.partition(":log-group:")[2].removesuffix(":*") if given.startswith("arn:") else given
    found = logs_backends[call.account][call.region].groups.get(name)
    if found is None:
        raise ServiceError("ResourceNotFoundException", "The specified log group does not exist.")
    return found


def _millis() -> int:
    return int(utcnow().timestamp() * 1000)


def _kept(call: Invocation, what: str) -> dict[Any, Any]:
    held: dict[Any, Any] = logs_backends[call.account][call.region].__dict__.setdefault(what, {})
    return held


HANDLERS: dict[tuple[str, str], Handler] = {
    ("logs", name): handler
    for name, handler in {
        "CreateLogAnomalyDetector": create_detector,
        "DeleteAccountPolicy": delete_account,
        "DeleteDataProtectionPolicy": delete_protection,
        "DeleteIndexPolicy": delete_index,
        "DeleteLogAnomalyDetector": delete_detector,
        "DescribeAccountPolicies": describe_account,
        "DescribeIndexPolicies": describe_indexes,
        "GetDataProtectionPolicy": get_protection,
        "GetLogAnomalyDetector": get_detector,
        "ListLogAnomalyDetectors": list_detectors,
        "PutAccountPolicy": put_account,
        "PutDataProtectionPolicy": put_protection,
        "PutIndexPolicy": put_index,
        "UpdateLogAnomalyDetector": update_detector,
    }.items()
}
