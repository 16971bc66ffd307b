"""What Glue has beside its catalog and moto lacks: classifiers, functions, rulesets, transforms, optimizers.

Kept as given and shown as AWS shows them; none of it runs. https://docs.aws.amazon.com/glue/latest/webapi/
"""

import copy
import uuid
from collections.abc import Mapping
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.utils import utcnow
from moto.glue.models import glue_backends
from moto.glue.utils import Action, Predicate

from featureshare.localaws.invocation import Handler, Invocation, ServiceError

_KEPT = "featureshare_kept"
_CLASSIFIERS = ("GrokClassifier", "XMLClassifier", "JsonClassifier", "CsvClassifier")
_TRIGGER = {
    "Description": "description",
    "Schedule": "schedule",
    "EventBatchingCondition": "event_batching_condition",
}
_CONNECTION = {
    "Description": "description",
    "ConnectionProperties": "connection_properties",
    "SparkProperties": "spark_properties",
    "AthenaProperties": "athena_properties",
    "PythonProperties": "python_properties",
}


def create_classifier(call: Invocation) -> dict[str, Any]:
    kind, given = _classifier(call)
    _new(call, "Classifier", given["Name"], {kind: {**given, "CreationTime": utcnow(), "Version": 1}})
    return {}


def update_classifier(call: Invocation) -> dict[str, Any]:
    """Changes what is given."""
    kind, given = _classifier(call)
    found = _found(call, "Classifier", given["Name"])
    if kind not in found:
        raise ServiceError("InvalidInputException", f"Classifier {given['Name']} is of another type.")
    found[kind] |= {**given, "LastUpdated": utcnow(), "Version": found[kind]["Version"] + 1}
    return {}


def get_classifier(call: Invocation) -> dict[str, Any]:
    return {"Classifier": _found(call, "Classifier", call.params["Name"])}


def get_classifiers(call: Invocation) -> dict[str, Any]:
    return {"Classifiers": list(_kept(call, "Classifier").values())}


def delete_classifier(call: Invocation) -> dict[str, Any]:
    return _gone(call, "Classifier", call.params["Name"])


def create_function(call: Invocation) -> dict[str, Any]:
    """A user-defined function of a database, which must exist."""
    database, given = _database(call), call.params["FunctionInput"]
    made = {**given, "DatabaseName": database, "CatalogId": call.account, "CreateTime": utcnow()}
    _new(call, "Function", (database, given["FunctionName"].lower()), made)
    return {}


def update_function(call: Invocation) -> dict[str, Any]:
    """Replaces the definition, as the API does."""
    name = _database(call), call.params["FunctionName"].lower()
    found = _found(call, "Function", name)
    kept = {key: found[key] for key in ("FunctionName", "DatabaseName", "CatalogId", "CreateTime")}
    _kept(call, "Function")[name] = {**copy.deepcopy(dict(call.params["FunctionInput"])), **kept}
    return {}


def get_function(call: Invocation) -> dict[str, Any]:
    name = call.params["DatabaseName"].lower(), call.params["FunctionName"].lower()
    return {"UserDefinedFunction": _found(call, "Function", name)}


def get_functions(call: Invocation) -> dict[str, Any]:
    database = call.params.get("DatabaseName")
    held = _kept(call, "Function").items()
    return {"UserDefinedFunctions": [one for (of, _), one in held if database in (None, of)]}


def delete_function(call: Invocation) -> dict[str, Any]:
    return _gone(call, "Function", (call.params["DatabaseName"].lower(), call.params["FunctionName"].lower()))


def create_ruleset(call: Invocation) -> dict[str, Any]:
    """A ruleset of Data Quality; its rules are kept, not read."""
    given = {key: value for key, value in call.params.items() if key not in ("Tags", "ClientToken")}
    now, name = utcnow(), call.params["Name"]
    _new(call, "Ruleset", name, {**given, "CreatedOn": now, "LastModifiedOn": now})
    if call.params.get("Tags"):
        arn = f"arn:aws:glue:{call.region}:{call.account}:dataQualityRuleset/{name}"
        _backend(call).tag_resource(arn, dict(call.params["Tags"]))
    return {"Name": name}


def update_ruleset(call: Invocation) -> dict[str, Any]:
    found = _found(call, "Ruleset", call.params["Name"])
    found |= {**{key: call.params[key] for key in ("Description", "Ruleset") if key in call.params}}
    found["LastModifiedOn"] = utcnow()
    return {key: found[key] for key in ("Name", "Description", "Ruleset") if key in found}


def get_ruleset(call: Invocation) -> dict[str, Any]:
    return dict(_found(call, "Ruleset", call.params["Name"]))


def delete_ruleset(call: Invocation) -> dict[str, Any]:
    return _gone(call, "Ruleset", call.params["Name"])


def create_transform(call: Invocation) -> dict[str, Any]:
    """A machine learning transform over tables, which must exist; it has no labels, so it is not ready."""
    given = {key: value for key, value in call.params.items() if key != "Tags"}
    tables = given["InputRecordTables"]
    columns = [column for table in tables for column in _columns(call, table)]
    now, made = utcnow(), f"tfm-{uuid.uuid4().hex}{uuid.uuid4().hex[:8]}"
    state = {"TransformId": made, "Status": "NOT_READY", "Schema": columns, "LabelCount": 0}
    _new(call, "MLTransform", made, {**given, **state, "CreatedOn": now, "LastModifiedOn": now})
    if call.params.get("Tags"):
        arn = f"arn:aws:glue:{call.region}:{call.account}:mlTransform/{made}"
        _backend(call).tag_resource(arn, dict(call.params["Tags"]))
    return {"TransformId": made}


def update_transform(call: Invocation) -> dict[str, Any]:
    """Changes what is given."""
    found = _found(call, "MLTransform", call.params["TransformId"])
    found |= {**copy.deepcopy(dict(call.params)), "LastModifiedOn": utcnow()}
    return {"TransformId": found["TransformId"]}


def get_transform(call: Invocation) -> dict[str, Any]:
    return dict(_found(call, "MLTransform", call.params["TransformId"]))


def delete_transform(call: Invocation) -> dict[str, Any]:
    _gone(call, "MLTransform", call.params["TransformId"])
    return {"TransformId": call.params["TransformId"]}


def create_optimizer(call: Invocation) -> dict[str, Any]:
    """An optimizer of a table, which must exist; one of each type."""
    table = call.params["DatabaseName"], call.params["TableName"]
    _moto(lambda: _backend(call).get_table(*table))
    _new(call, "Optimizer", _optimizer(call), dict(call.params["TableOptimizerConfiguration"]))
    return {}


def update_optimizer(call: Invocation) -> dict[str, Any]:
    _found(call, "Optimizer", _optimizer(call))
    _kept(call, "Optimizer")[_optimizer(call)] = copy.deepcopy(dict(call.params["TableOptimizerConfiguration"]))
    return {}


def get_optimizer(call: Invocation) -> dict[str, Any]:
    shown = {key: call.params[key] for key in ("DatabaseName", "TableName")}
    found = _found(call, "Optimizer", _optimizer(call))
    optimizer = {"type": call.params["Type"], "configuration": found}
    return {"CatalogId": call.params.get("CatalogId") or call.account, **shown, "TableOptimizer": optimizer}


def delete_optimizer(call: Invocation) -> dict[str, Any]:
    return _gone(call, "Optimizer", _optimizer(call))


def update_connection(call: Invocation) -> dict[str, Any]:
    """Replaces the definition of one of moto's connections."""
    given = copy.deepcopy(dict(call.params["ConnectionInput"]))
    connection = _connection(call, call.params["Name"])
    connection.connection_input = {**given, "Name": connection.name}
    for member, attribute in _CONNECTION.items():
        setattr(connection, attribute, given.get(member, None if member == "Description" else {}))
    connection.updated_time = utcnow()
    return {}


def delete_connection(call: Invocation) -> dict[str, Any]:
    _connection(call, call.params["ConnectionName"])
    del _backend(call).connections[call.params["ConnectionName"]]
    return {}


def update_trigger(call: Invocation) -> dict[str, Any]:
    """Replaces the definition, as the API does: what the update does not give is gone.

    https://docs.aws.amazon.com/glue/latest/webapi/API_TriggerUpdate.html
    """
    name, update = call.params["Name"], call.params["TriggerUpdate"]
    trigger = _moto(lambda: _backend(call).get_trigger(name))
    for member, attribute in _TRIGGER.items():
        setattr(trigger, attribute, update.get(member))
    trigger.actions = [Action(one) for one in update.get("Actions") or ()]
    trigger.predicate = Predicate(update["Predicate"]) if update.get("Predicate") else None
    return {"Trigger": trigger.as_dict()}


def update_registry(call: Invocation) -> dict[str, Any]:
    """Changes a schema registry's description."""
    wanted = call.params["RegistryId"]
    name = wanted.get("RegistryName") or str(wanted.get("RegistryArn", "")).rpartition("/")[2]
    registry = _backend(call).registries.get(name)
    if registry is None:
        raise ServiceError("EntityNotFoundException", f"Registry is not found. RegistryName: {name}")
    registry.description, registry.updated_time = call.params["Description"], utcnow()
    return {"RegistryName": registry.name, "RegistryArn": registry.registry_arn}


def _classifier(call: Invocation) -> tuple[str, dict[str, Any]]:
    """The one kind of classifier a call is about, and its definition."""
    given = [kind for kind in _CLASSIFIERS if call.params.get(kind)]
    if len(given) != 1:
        raise ServiceError("InvalidInputException", "Exactly one type of classifier must be specified.")
    return given[0], copy.deepcopy(dict(call.params[given[0]]))


def _database(call: Invocation) -> str:
    name = str(call.params["DatabaseName"]).lower()
    _moto(lambda: _backend(call).get_database(name))
    return name


def _columns(call: Invocation, table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The columns of a table as a transform tells them."""
    found = _moto(lambda: _backend(call).get_table(table["DatabaseName"], table["TableName"]))
    held = (found.as_dict().get("StorageDescriptor") or {}).get("Columns") or ()
    return [{"Name": column["Name"], "DataType": column.get("Type", "string")} for column in held]


def _optimizer(call: Invocation) -> tuple[str, ...]:
    return tuple(str(call.params[key]).lower() for key in ("DatabaseName", "TableName", "Type"))


def _connection(call: Invocation, name: str) -> Any:
    found = _backend(call).connections.get(name)
    if found is None:
        raise ServiceError("EntityNotFoundException", f"Connection {name} not found.")
    return found


def _new(call: Invocation, kind: str, name: Any, thing: Mapping[str, Any]) -> None:
    held = _kept(call, kind)
    if name in held:
        raise ServiceError("AlreadyExistsException", f"{kind} {_worded(name)} already exists.")
    held[name] = copy.deepcopy(dict(thing))


def _found(call: Invocation, kind: str, name: Any) -> dict[str, Any]:
    found: dict[str, Any] | None = _kept(call, kind).get(name)
    if found is None:
        raise ServiceError("EntityNotFoundException", f"{kind} {_worded(name)} not found.")
    return found


def _gone(call: Invocation, kind: str, name: Any) -> dict[str, Any]:
    _found(call, kind, name)
    del _kept(call, kind)[name]
    return {}


def _worded(name: Any) -> str:
    return name if isinstance(name, str) else ".".join(name)


def _kept(call: Invocation, kind: str) -> dict[Any, Any]:
    """What is kept here of one kind, on moto's backend, with which it goes."""
    held: dict[str, dict[Any, Any]] = _backend(call).__dict__.setdefault(_KEPT, {})
    return held.setdefault(kind, {})


def _backend(call: Invocation) -> Any:
    return glue_backends[call.account][call.region]


def _moto(read: Any) -> Any:
    """What moto answers. Raises ServiceError in Glue's words."""
    try:
        return read()
    except JsonRESTError as error:
        raise ServiceError(error.error_type, error.message) from None


HANDLERS: dict[tuple[str, str], Handler] = {
    ("glue", name): handler
    for name, handler in {
        "CreateMLTransform": create_transform,
        "UpdateMLTransform": update_transform,
        "GetMLTransform": get_transform,
        "DeleteMLTransform": delete_transform,
        "CreateClassifier": create_classifier,
        "UpdateClassifier": update_classifier,
        "GetClassifier": get_classifier,
        "GetClassifiers": get_classifiers,
        "DeleteClassifier": delete_classifier,
        "CreateUserDefinedFunction": create_function,
        "UpdateUserDefinedFunction": update_function,
        "GetUserDefinedFunction": get_function,
        "GetUserDefinedFunctions": get_functions,
        "DeleteUserDefinedFunction": delete_function,
        "CreateDataQualityRuleset": create_ruleset,
        "UpdateDataQualityRuleset": update_ruleset,
        "GetDataQualityRuleset": get_ruleset,
        "DeleteDataQualityRuleset": delete_ruleset,
        "CreateTableOptimizer": create_optimizer,
        "UpdateTableOptimizer": update_optimizer,
        "GetTableOptimizer": get_optimizer,
        "DeleteTableOptimizer": delete_optimizer,
        "UpdateConnection": update_connection,
        "DeleteConnection": delete_connection,
        "UpdateTrigger": update_trigger,
        "UpdateRegistry": update_registry,
    }.items()
}
