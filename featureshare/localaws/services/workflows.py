"""What moto lacks of where pipelines run: versions of state machines, functions kept warm, tags of EMR applications."""

import json
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.core.utils import utcnow
from moto.emrserverless.models import emrserverless_backends
from moto.stepfunctions.models import stepfunctions_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError

_CONCURRENCY = "featureshare-concurrency"


def validate_definition(call: Invocation) -> dict[str, Any]:
    """Whether a definition is JSON, with states of which one is the first. No more of the language is read.

    https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
    """
    fault = _fault(str(call.params["definition"]))
    if fault is None:
        return {"result": "OK", "diagnostics": []}
    code, message = fault
    return {"result": "FAIL", "diagnostics": [{"severity": "ERROR", "code": code, "message": message}]}


def _fault(definition: str) -> tuple[str, str] | None:
    try:
        read = json.loads(definition)
    except ValueError as error:
        return "INVALID_JSON_DESCRIPTION", f"Invalid JSON: {error}"
    states = read.get("States") if isinstance(read, dict) else None
    if not isinstance(states, dict) or not states:
        return "SCHEMA_VALIDATION_FAILED", "States is required and holds at least one state"
    if read.get("StartAt") not in states:
        return "MISSING_TRANSITION_TARGET", f"StartAt names no state: {read.get('StartAt')}"
    return None


def publish_version(call: Invocation) -> dict[str, Any]:
    machine = _machine(call)
    machine.publish(call.params.get("description"))
    return {"stateMachineVersionArn": machine.latest_version.arn, "creationDate": utcnow()}


def list_versions(call: Invocation) -> dict[str, Any]:
    """The versions of a state machine, the newest first."""
    versions = sorted(_machine(call).versions.values(), key=lambda one: int(one.version), reverse=True)
    return {
        "stateMachineVersions": [
            {"stateMachineVersionArn": one.arn, "creationDate": one.creation_date} for one in versions
        ]
    }


def delete_version(call: Invocation) -> dict[str, Any]:
    """Deletes a version, unless an alias routes to it."""
    arn = str(call.params["stateMachineVersionArn"])
    machine_arn, _, number = arn.rpartition(":")
    for machine in stepfunctions_backends[call.account][call.region].state_machines:
        if machine.arn != machine_arn:
            continue
        if any(arn in json.dumps(alias.routing_configuration) for alias in machine.aliases.values()):
            raise ServiceError("ConflictException", f"Version {number} is still referenced by an alias")
        machine.versions.pop(int(number) if number.isdigit() else 0, None)
    return {}


def _machine(call: Invocation) -> Any:
    arn = str(call.params["stateMachineArn"])
    for machine in stepfunctions_backends[call.account][call.region].state_machines:
        if machine.arn == arn:
            return machine
    raise ServiceError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")


def put_concurrency(call: Invocation) -> dict[str, Any]:
    asked = int(call.params["ProvisionedConcurrentExecutions"])
    made = {
        "RequestedProvisionedConcurrentExecutions": asked,
        "AvailableProvisionedConcurrentExecutions": asked,
        "AllocatedProvisionedConcurrentExecutions": asked,
        "Status": "READY",
        "LastModified": utcnow().strftime("%Y-%m-%dT%H:%M:%S+0000"),
    }
    _concurrency(call)[_qualified(call)] = made
    return made


def get_concurrency(call: Invocation) -> dict[str, Any]:
    found: dict[str, Any] | None = _concurrency(call).get(_qualified(call))
    if found is None:
        raise ServiceError(
            "ProvisionedConcurrencyConfigNotFoundException",
            "No Provisioned Concurrency Config found for this function",
            404,
        )
    return found


def delete_concurrency(call: Invocation) -> dict[str, Any]:
    _concurrency(call).pop(_qualified(call), None)
    return {}


def _qualified(call: Invocation) -> tuple[str, str]:
    return str(call.params["FunctionName"]).rpartition(":")[2], str(call.params["Qualifier"])


def _concurrency(call: Invocation) -> dict[Any, Any]:
    held: dict[Any, Any] = lambda_backends[call.account][call.region].__dict__.setdefault(_CONCURRENCY, {})
    return held


def list_application_tags(call: Invocation) -> dict[str, Any]:
    return {"tags": dict(_application(call).tags)}


def tag_application(call: Invocation) -> dict[str, Any]:
    found = _application(call)
    found.tags = {**found.tags, **call.params["tags"]}
    return {}


def untag_application(call: Invocation) -> dict[str, Any]:
    found = _application(call)
    found.tags = {key: value for key, value in found.tags.items() if key not in call.params["tagKeys"]}
    return {}


def _application(call: Invocation) -> Any:
    arn = str(call.params["resourceArn"])
    for found in emrserverless_backends[call.account][call.region].applications.values():
        if found.arn == arn:
            return found
    raise ServiceError("ResourceNotFoundException", f"Resource {arn} does not exist", 404)


HANDLERS: dict[tuple[str, str], Handler] = {
    ("emr-serverless", "ListTagsForResource"): list_application_tags,
    ("emr-serverless", "TagResource"): tag_application,
    ("emr-serverless", "UntagResource"): untag_application,
    ("stepfunctions", "ValidateStateMachineDefinition"): validate_definition,
    ("stepfunctions", "PublishStateMachineVersion"): publish_version,
    ("stepfunctions", "ListStateMachineVersions"): list_versions,
    ("stepfunctions", "DeleteStateMachineVersion"): delete_version,
    ("lambda", "PutProvisionedConcurrencyConfig"): put_concurrency,
    ("lambda", "GetProvisionedConcurrencyConfig"): get_concurrency,
    ("lambda", "DeleteProvisionedConcurrencyConfig"): delete_concurrency,
}
