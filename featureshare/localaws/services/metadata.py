"""Feature metadata (description and parameters of a feature) and Search over groups and features."""

import operator
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from moto.core.exceptions import ServiceException
from moto.sagemaker.models import sagemaker_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services.constraints import check_input
from featureshare.localaws.services.featuregroups import configuration, summary
from featureshare.localaws.services.paging import page
from featureshare.localaws.services.runtime import clock
from featureshare.localaws.services.state import FeatureGroup, Metadata, groups, require

MAX_PARAMETERS = 25
CATALOG = "DefaultFeatureGroupCatalog"
Document = dict[str, Any]


def update_feature_metadata(call: Invocation) -> dict[str, Any]:
    params = call.params
    check_input("sagemaker", "UpdateFeatureMetadata", params)
    group = _with_feature(call)
    with group.lock:
        current = _metadata(group, params["FeatureName"])
        additions = {item["Key"]: item["Value"] for item in params.get("ParameterAdditions") or ()}
        parameters = {**current.parameters, **additions}
        for key in params.get("ParameterRemovals") or ():
            parameters.pop(key, None)
        if len(parameters) > MAX_PARAMETERS:
            raise ServiceError("ValidationException", f"A feature can have at most {MAX_PARAMETERS} parameters")
        description = params.get("Description")
        group.metadata[params["FeatureName"]] = Metadata(
            current.description if description is None else description, parameters, current.created, clock.now()
        )
    return {}


def describe_feature_metadata(call: Invocation) -> dict[str, Any]:
    check_input("sagemaker", "DescribeFeatureMetadata", call.params)
    return _described(_with_feature(call), call.params["FeatureName"])


def search(call: Invocation) -> dict[str, Any]:
    params = call.params
    kind = params.get("Resource")
    if kind not in ("FeatureGroup", "FeatureMetadata"):
        return _search_moto(call)
    check_input("sagemaker", "Search", params)
    found: list[tuple[Document, dict[str, str]]] = []
    for group in groups(call.account, call.region).all():
        if kind == "FeatureGroup":
            found.append((_group_document(group), group.tags))
        else:
            found.extend((_described(group, name), {}) for name in group.features)
    kept = [(document, tags) for document, tags in found if _holds(params.get("SearchExpression"), document, tags)]
    sort_by = params.get("SortBy") or ("FeatureGroupName" if kind == "FeatureGroup" else "FeatureName")
    kept.sort(
        key=lambda pair: str(_property(pair[0], pair[1], sort_by) or ""), reverse=params.get("SortOrder") != "Ascending"
    )
    shown, token = page(kept, params.get("NextToken"), params.get("MaxResults") or 10)
    return {"Results": [{kind: document} for document, _ in shown], **({"NextToken": token} if token else {})}


def list_resource_catalogs(call: Invocation) -> dict[str, Any]:
    """The one catalog of feature groups an account has, which shares can name once it was listed."""
    check_input("sagemaker", "ListResourceCatalogs", call.params)
    caller = call.caller.arn
    partition = caller.split(":")[1] if caller.startswith("arn:") else "aws"
    entry = {
        "ResourceCatalogArn": f"arn:{partition}:sagemaker:{call.region}:{call.account}:sagemaker-catalog/{CATALOG}",
        "ResourceCatalogName": CATALOG,
        "Description": "The catalog of the feature groups of this account",
        "CreationTime": clock.now(),
    }
    return {"ResourceCatalogs": [entry] if (call.params.get("NameContains") or "") in CATALOG else []}


def _search_moto(call: Invocation) -> dict[str, Any]:
    backend = sagemaker_backends[call.account][call.region]
    try:
        found: dict[str, Any] = backend.search(
            resource=call.params.get("Resource"), search_expression=call.params.get("SearchExpression")
        )
    except ServiceException as error:
        raise ServiceError(error.code, error.message) from None
    return {name: value for name, value in found.items() if value is not None}


def _with_feature(call: Invocation) -> FeatureGroup:
    group = require(call.params["FeatureGroupName"], call.account, call.region)
    if call.params["FeatureName"] not in group.features:
        raise ServiceError(
            "ResourceNotFound",
            f"Resource Not Found: feature {call.params['FeatureName']} does not exist in FeatureGroup {group.name}",
        )
    return group


def _metadata(group: FeatureGroup, name: str) -> Metadata:
    return group.metadata.get(name) or Metadata(None, {}, group.created, group.created)


def _described(group: FeatureGroup, name: str) -> Document:
    metadata = _metadata(group, name)
    shown: Document = {
        "FeatureGroupArn": group.arn,
        "FeatureGroupName": group.name,
        "FeatureName": name,
        "FeatureType": group.features[name].type,
        "CreationTime": metadata.created,
        "LastModifiedTime": metadata.modified,
        "Parameters": [{"Key": key, "Value": value} for key, value in metadata.parameters.items()],
    }
    if metadata.description is not None:
        shown["Description"] = metadata.description
    return shown


def _group_document(group: FeatureGroup) -> Document:
    return {
        **summary(group),
        **configuration(group),
        "RecordIdentifierFeatureName": group.record_identifier,
        "EventTimeFeatureName": group.event_time,
        "FeatureDefinitions": [feature.describe() for feature in group.features.values()],
        "LastModifiedTime": group.modified or group.created,
        "Tags": [{"Key": key, "Value": value} for key, value in group.tags.items()],
    }


def _holds(expression: Mapping[str, Any] | None, document: Document, tags: Mapping[str, str]) -> bool:
    """Whether a SearchExpression matches. Raises ServiceError for what is not supported."""
    if not expression:
        return True
    if expression.get("NestedFilters"):
        raise ServiceError("ValidationException", "NestedFilters are not supported for feature groups and features")
    results = [_filter(item, document, tags) for item in expression.get("Filters") or ()]
    results += [_holds(item, document, tags) for item in expression.get("SubExpressions") or ()]
    return any(results) if expression.get("Operator") == "Or" and results else all(results)


def _filter(item: Mapping[str, Any], document: Document, tags: Mapping[str, str]) -> bool:
    actual = _property(document, tags, item["Name"])
    name, expected = item.get("Operator") or "Equals", item.get("Value")
    if name == "Exists":
        return actual is not None
    if name == "NotExists":
        return actual is None
    if expected is None:
        raise ServiceError("ValidationException", f"The operator {name} needs a Value")
    if name == "NotEquals":
        return actual is None or _text(actual) != expected
    if actual is None:
        return False
    if name == "Contains":
        return str(expected) in _text(actual)
    if name == "In":
        return _text(actual) in [part.strip() for part in expected.split(",")]
    if name == "Equals":
        return _text(actual) == str(expected)
    return _ordered(name, actual, expected)


_ORDER = {
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}


def _ordered(name: str, actual: Any, expected: str) -> bool:
    if not isinstance(actual, datetime):
        raise ServiceError("ValidationException", f"The operator {name} is not supported for text properties")
    try:
        moment = datetime.fromisoformat(expected)
    except ValueError:
        raise ServiceError("ValidationException", f"'{expected}' is no ISO 8601 date-time") from None
    return bool(_ORDER[name](actual, moment if moment.tzinfo else moment.replace(tzinfo=actual.tzinfo)))


def _property(document: Document, tags: Mapping[str, str], name: str) -> Any:
    if name.startswith("Tags."):
        return tags.get(name.removeprefix("Tags."))
    if name.startswith("Parameters."):
        wanted = name.removeprefix("Parameters.")
        return next((item["Value"] for item in document.get("Parameters", ()) if item["Key"] == wanted), None)
    if name == "AllParameters":
        return [f"{item['Key']}:{item['Value']}" for item in document.get("Parameters", ())]
    if name.startswith("FeatureDefinitions."):
        member = name.removeprefix("FeatureDefinitions.")
        return [item.get(member) for item in document.get("FeatureDefinitions", ())]
    value: Any = document
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        return ",".join(str(item) for item in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


HANDLERS: dict[tuple[str, str], Handler] = {
    ("sagemaker", "UpdateFeatureMetadata"): update_feature_metadata,
    ("sagemaker", "DescribeFeatureMetadata"): describe_feature_metadata,
    ("sagemaker", "Search"): search,
    ("sagemaker", "ListResourceCatalogs"): list_resource_catalogs,
}
