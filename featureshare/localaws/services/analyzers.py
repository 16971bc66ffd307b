"""IAM Access Analyzer, which moto lacks: analyzers, their tags and archive rules. Nothing is analyzed here."""

import copy
from typing import Any

from moto.core.utils import utcnow
from moto.iam.models import iam_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError

_KEPT = "featureshare-analyzers"


def create_analyzer(call: Invocation) -> dict[str, Any]:
    given, name = call.params, str(call.params["analyzerName"])
    if name in _kept(call):
        raise ServiceError("ConflictException", f"Analyzer {name} already exists.", 409)
    arn = f"arn:aws:access-analyzer:{call.region}:{call.account}:analyzer/{name}"
    _kept(call)[name] = {
        **{"arn": arn, "name": name, "type": given["type"], "status": "ACTIVE", "createdAt": utcnow()},
        "tags": dict(given.get("tags") or {}),
        **({"configuration": given["configuration"]} if given.get("configuration") else {}),
        "rules": {rule["ruleName"]: _rule(rule) for rule in given.get("archiveRules") or ()},
    }
    return {"arn": arn}


def get_analyzer(call: Invocation) -> dict[str, Any]:
    return {"analyzer": {name: value for name, value in _analyzer(call).items() if name != "rules"}}


def delete_analyzer(call: Invocation) -> dict[str, Any]:
    del _kept(call)[_analyzer(call)["name"]]
    return {}


def list_analyzers(call: Invocation) -> dict[str, Any]:
    wanted = call.params.get("type")
    found = [one for one in _kept(call).values() if wanted in (None, one["type"])]
    return {"analyzers": [{name: value for name, value in one.items() if name != "rules"} for one in found]}


def put_archive_rule(call: Invocation) -> dict[str, Any]:
    _analyzer(call)["rules"][str(call.params["ruleName"])] = _rule(call.params)
    return {}


def get_archive_rule(call: Invocation) -> dict[str, Any]:
    return {"archiveRule": _archive_rule(call)}


def delete_archive_rule(call: Invocation) -> dict[str, Any]:
    del _analyzer(call)["rules"][_archive_rule(call)["ruleName"]]
    return {}


def list_tags(call: Invocation) -> dict[str, Any]:
    return {"tags": dict(_tagged(call))}


def tag(call: Invocation) -> dict[str, Any]:
    _tagged(call).update(call.params["tags"])
    return {}


def untag(call: Invocation) -> dict[str, Any]:
    for key in call.params["tagKeys"]:
        _tagged(call).pop(key, None)
    return {}


def _rule(given: Any) -> dict[str, Any]:
    now = utcnow()
    return {
        **{"ruleName": given["ruleName"], "filter": copy.deepcopy(dict(given["filter"]))},
        **{"createdAt": now, "updatedAt": now},
    }


def _archive_rule(call: Invocation) -> dict[str, Any]:
    found: dict[str, Any] | None = _analyzer(call)["rules"].get(str(call.params["ruleName"]))
    if found is None:
        raise ServiceError("ResourceNotFoundException", f"Archive rule {call.params['ruleName']} not found.", 404)
    return found


def _tagged(call: Invocation) -> dict[str, str]:
    return _named(call, str(call.params["resourceArn"]).rpartition("/")[2])["tags"]  # type: ignore[no-any-return]


def _analyzer(call: Invocation) -> dict[str, Any]:
    return _named(call, str(call.params["analyzerName"]))


def _named(call: Invocation, name: str) -> dict[str, Any]:
    found = _kept(call).get(name)
    if found is None:
        raise ServiceError("ResourceNotFoundException", f"Analyzer {name} not found.", 404)
    return found


def _kept(call: Invocation) -> dict[str, dict[str, Any]]:
    """The analyzers of one Region, beside moto's IAM of the account and gone with it."""
    held: dict[str, dict[str, dict[str, Any]]] = iam_backends[call.account]["aws"].__dict__.setdefault(_KEPT, {})
    return held.setdefault(call.region, {})


HANDLERS: dict[tuple[str, str], Handler] = {
    ("accessanalyzer", name): handler
    for name, handler in {
        "CreateAnalyzer": create_analyzer,
        "CreateArchiveRule": put_archive_rule,
        "DeleteAnalyzer": delete_analyzer,
        "DeleteArchiveRule": delete_archive_rule,
        "GetAnalyzer": get_analyzer,
        "GetArchiveRule": get_archive_rule,
        "ListAnalyzers": list_analyzers,
        "ListTagsForResource": list_tags,
        "TagResource": tag,
        "UntagResource": untag,
        "UpdateArchiveRule": put_archive_rule,
    }.items()
}
