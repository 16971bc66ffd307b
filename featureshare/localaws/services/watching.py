"""What watches a feature store and moto lacks: composite alarms, log queries, keys of log groups, CloudTrail Lake."""

import uuid
from typing import Any

from moto.cloudtrail.models import cloudtrail_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.utils import utcnow
from moto.logs.models import logs_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services import metricstreams
from featureshare.localaws.services.paging import page

_QUERIES, _STORES = "featureshare-queries", "featureshare-event-data-stores"
_STORE_DEFAULTS = {
    "MultiRegionEnabled": True,
    "OrganizationEnabled": False,
    "RetentionPeriod": 2557,
    "TerminationProtectionEnabled": True,
    "BillingMode": "EXTENDABLE_RETENTION_PRICING",
}
_MANAGEMENT = [
    {
        "Name": "Default management events",
        "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}],
    }
]
_MOST = 50


_SUPPRESSION = {
    "ActionsSuppressor": "actions_suppressor",
    "ActionsSuppressorExtensionPeriod": "actions_suppressor_extension_period",
    "ActionsSuppressorWaitPeriod": "actions_suppressor_wait_period",
}


def put_composite_alarm(call: Invocation) -> dict[str, Any]:
    """An alarm on the states of others; moto keeps and shows such alarms, and cannot make them."""
    given = call.params
    actions = {name: list(given.get(name) or ()) for name in ("AlarmActions", "OKActions", "InsufficientDataActions")}
    nothing: Any = None
    enabled = given.get("ActionsEnabled")
    alarm: Any = cloudwatch_backends[call.account][call.region].put_metric_alarm(
        name=given["AlarmName"],
        description=given.get("AlarmDescription") or nothing,
        rule=given["AlarmRule"],
        alarm_actions=actions["AlarmActions"],
        ok_actions=actions["OKActions"],
        insufficient_data_actions=actions["InsufficientDataActions"],
        actions_enabled=True if enabled is None else enabled,
        tags=list(given.get("Tags") or ()),
        dimensions=[],
        **dict.fromkeys(
            (
                "namespace",
                "metric_name",
                "comparison_operator",
                "evaluation_periods",
                "period",
                "threshold",
                "statistic",
            ),
            nothing,
        ),
    )
    alarm.alarm_rule = alarm.rule
    for name, attribute in _SUPPRESSION.items():
        setattr(alarm, attribute, given.get(name))
    return {}


def tag(call: Invocation) -> dict[str, Any]:
    """Tags an alarm, a rule of insights or a metric stream; moto knows alarms alone."""
    _tagger(call).tag_resource(_tagged(call), list(call.params["Tags"]))
    return {}


def untag(call: Invocation) -> dict[str, Any]:
    _tagger(call).untag_resource_using_names(_tagged(call), list(call.params["TagKeys"]))
    return {}


def list_tags(call: Invocation) -> dict[str, Any]:
    return {"Tags": _tagger(call).list_tags_for_resource(_tagged(call))["Tags"]}


def delete_insight_rules(call: Invocation) -> dict[str, Any]:
    """Takes rules away, with their tags, which moto keeps for the next rule of the name."""
    backend = cloudwatch_backends[call.account][call.region]
    names = [str(name) for name in call.params["RuleNames"]]
    arns = [backend.insight_rules[name].rule_arn for name in names if name in backend.insight_rules]
    failures = backend.delete_insight_rules(rule_names=names)
    for arn in arns:
        backend.tagger.delete_all_tags_for_resource(arn)
    return {"Failures": failures}


def _tagged(call: Invocation) -> str:
    """The ARN of what is to be tagged. Raises ServiceError for what does not exist."""
    arn, backend = str(call.params["ResourceARN"]), cloudwatch_backends[call.account][call.region]
    kind, _, name = arn.split(":", 5)[-1].partition("/")
    if kind == "metric-stream" and metricstreams.exists(call, name):
        return arn
    if kind == "insight-rule" and name in backend.insight_rules:
        return arn
    if arn in {alarm.alarm_arn for alarm in backend.alarms.values()}:
        return arn
    raise ServiceError("ResourceNotFoundException", f"Unknown resource {arn}", 404)


def _tagger(call: Invocation) -> Any:
    return cloudwatch_backends[call.account][call.region].tagger


def put_query_definition(call: Invocation) -> dict[str, Any]:
    """Saves a query of CloudWatch Logs Insights, or changes the one whose id is given."""
    kept, given = _queries(call), call.params
    name = given.get("queryDefinitionId")
    if name is not None and name not in kept:
        raise ServiceError("ResourceNotFoundException", "The specified query definition does not exist.")
    name = name or str(uuid.uuid4())
    kept[name] = {
        "queryDefinitionId": name,
        "name": given["name"],
        "queryString": given["queryString"],
        "logGroupNames": list(given.get("logGroupNames") or ()),
        "lastModified": int(utcnow().timestamp() * 1000),
    }
    return {"queryDefinitionId": name}


def describe_query_definitions(call: Invocation) -> dict[str, Any]:
    prefix = call.params.get("queryDefinitionNamePrefix") or ""
    found = [one for one in _queries(call).values() if str(one["name"]).startswith(prefix)]
    shown, token = page(found, call.params.get("nextToken"), call.params.get("maxResults") or 1000)
    return {"queryDefinitions": list(shown), **({"nextToken": token} if token else {})}


def delete_query_definition(call: Invocation) -> dict[str, Any]:
    if _queries(call).pop(call.params["queryDefinitionId"], None) is None:
        raise ServiceError("ResourceNotFoundException", "The specified query definition does not exist.")
    return {"success": True}


def associate_key(call: Invocation) -> dict[str, Any]:
    _log_group(call).kms_key_id = call.params["kmsKeyId"]
    return {}


def disassociate_key(call: Invocation) -> dict[str, Any]:
    _log_group(call).kms_key_id = None
    return {}


def _log_group(call: Invocation) -> Any:
    found = logs_backends[call.account][call.region].groups.get(str(call.params.get("logGroupName")))
    if found is None:
        raise ServiceError("ResourceNotFoundException", "The specified log group does not exist.")
    return found


def create_store(call: Invocation) -> dict[str, Any]:
    """Makes an event data store, which collects at once unless told to wait."""
    given = {name: value for name, value in call.params.items() if value is not None}
    tags, starts = given.pop("TagsList", ()), given.pop("StartIngestion", True)
    arn = f"arn:aws:cloudtrail:{call.region}:{call.account}:eventdatastore/{uuid.uuid4()}"
    if any(one["Name"] == given["Name"] for one in _stores(call).values()):
        raise ServiceError("EventDataStoreAlreadyExistsException", "An event data store with that name exists.")
    now = utcnow()
    _stores(call)[arn] = {
        **{"AdvancedEventSelectors": _MANAGEMENT, **_STORE_DEFAULTS, **given},
        **{"EventDataStoreArn": arn, "Status": "ENABLED" if starts else "STOPPED_INGESTION"},
        **{"CreatedTimestamp": now, "UpdatedTimestamp": now},
    }
    cloudtrail_backends[call.account][call.region].add_tags(arn, list(tags))
    return {**_stores(call)[arn], "TagsList": list(tags)}


def get_store(call: Invocation) -> dict[str, Any]:
    return dict(_store(call))


def update_store(call: Invocation) -> dict[str, Any]:
    found = _store(call)
    found.update({name: value for name, value in call.params.items() if name != "EventDataStore" and value is not None})
    found["UpdatedTimestamp"] = utcnow()
    return dict(found)


def start_ingestion(call: Invocation) -> dict[str, Any]:
    return _turned(call, "ENABLED")


def stop_ingestion(call: Invocation) -> dict[str, Any]:
    return _turned(call, "STOPPED_INGESTION")


def _turned(call: Invocation, status: str) -> dict[str, Any]:
    """Starts or stops a store. Raises ServiceError for one that is as it should be already, as CloudTrail does."""
    found = _store(call)
    if found["Status"] == status:
        raise ServiceError("InvalidEventDataStoreStatusException", f"The event data store is {status}.")
    found.update(Status=status, UpdatedTimestamp=utcnow())
    return {}


def delete_store(call: Invocation) -> dict[str, Any]:
    """Deletes a store that is not protected. AWS keeps it for seven days as pending; here it is gone."""
    found = _store(call)
    if found["TerminationProtectionEnabled"]:
        raise ServiceError(
            "EventDataStoreTerminationProtectedException", "The event data store has termination protection enabled."
        )
    del _stores(call)[found["EventDataStoreArn"]]
    return {}


def list_stores(call: Invocation) -> dict[str, Any]:
    found = [{name: one[name] for name in ("EventDataStoreArn", "Name")} for one in _stores(call).values()]
    shown, token = page(found, call.params.get("NextToken"), call.params.get("MaxResults") or _MOST)
    return {"EventDataStores": list(shown), **({"NextToken": token} if token else {})}


def _store(call: Invocation) -> dict[str, Any]:
    wanted = str(call.params["EventDataStore"]).rpartition("/")[2]
    for arn, found in _stores(call).items():
        if arn.endswith(f"/{wanted}"):
            return found
    raise ServiceError("EventDataStoreNotFoundException", "The specified event data store was not found.")


def _stores(call: Invocation) -> dict[str, dict[str, Any]]:
    held: dict[str, dict[str, Any]] = cloudtrail_backends[call.account][call.region].__dict__.setdefault(_STORES, {})
    return held


def _queries(call: Invocation) -> dict[str, dict[str, Any]]:
    held: dict[str, dict[str, Any]] = logs_backends[call.account][call.region].__dict__.setdefault(_QUERIES, {})
    return held


HANDLERS: dict[tuple[str, str], Handler] = {
    ("cloudwatch", "DeleteInsightRules"): delete_insight_rules,
    ("cloudwatch", "ListTagsForResource"): list_tags,
    ("cloudwatch", "PutCompositeAlarm"): put_composite_alarm,
    ("cloudwatch", "TagResource"): tag,
    ("cloudwatch", "UntagResource"): untag,
    ("cloudtrail", "CreateEventDataStore"): create_store,
    ("cloudtrail", "DeleteEventDataStore"): delete_store,
    ("cloudtrail", "GetEventDataStore"): get_store,
    ("cloudtrail", "ListEventDataStores"): list_stores,
    ("cloudtrail", "StartEventDataStoreIngestion"): start_ingestion,
    ("cloudtrail", "StopEventDataStoreIngestion"): stop_ingestion,
    ("cloudtrail", "UpdateEventDataStore"): update_store,
    ("logs", "AssociateKmsKey"): associate_key,
    ("logs", "DeleteQueryDefinition"): delete_query_definition,
    ("logs", "DescribeQueryDefinitions"): describe_query_definitions,
    ("logs", "DisassociateKmsKey"): disassociate_key,
    ("logs", "PutQueryDefinition"): put_query_definition,
}
