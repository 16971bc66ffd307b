"""State machines, provisioned concurrency, saved queries and CloudTrail Lake: what moto lacks of them."""

import json
from typing import Any

import pytest
from moto.emrserverless.models import emrserverless_backends
from moto.stepfunctions.models import stepfunctions_backends
from services_world import CENTRAL, REGION, ROLE, Call

from featureshare.localaws.invocation import ServiceError


def refused(call: Call, service: str, operation: str, **params: Any) -> str:
    with pytest.raises(ServiceError) as caught:
        call(service, operation, **params)
    return caught.value.code


@pytest.mark.parametrize(
    ("definition", "code"),
    [
        (json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}), None),
        ("{", "INVALID_JSON_DESCRIPTION"),
        ("[]", "SCHEMA_VALIDATION_FAILED"),
        (json.dumps({"StartAt": "A", "States": {}}), "SCHEMA_VALIDATION_FAILED"),
        (json.dumps({"StartAt": "B", "States": {"A": {"Type": "Pass"}}}), "MISSING_TRANSITION_TARGET"),
    ],
)
def test_definitions_are_read(call: Call, definition: str, code: str | None) -> None:
    found = call("stepfunctions", "ValidateStateMachineDefinition", definition=definition)
    assert (found["result"], [one["code"] for one in found["diagnostics"]]) == (
        ("OK", []) if code is None else ("FAIL", [code])
    )


def test_versions_of_a_state_machine(call: Call) -> None:
    backend = stepfunctions_backends[CENTRAL][REGION]
    machine = backend.create_state_machine("m", json.dumps({"StartAt": "A", "States": {"A": {}}}), ROLE)
    for number in (1, 2):
        made = call("stepfunctions", "PublishStateMachineVersion", stateMachineArn=machine.arn)
        assert made["stateMachineVersionArn"] == f"{machine.arn}:{number}"

    def listed() -> list[str]:
        found = call("stepfunctions", "ListStateMachineVersions", stateMachineArn=machine.arn)["stateMachineVersions"]
        return [one["stateMachineVersionArn"].rpartition(":")[2] for one in found]

    assert listed() == ["2", "1"]
    route = [{"stateMachineVersionArn": f"{machine.arn}:2", "weight": 100}]
    backend.create_state_machine_alias("live", route, None)
    version = {"stateMachineVersionArn": f"{machine.arn}:2"}
    assert refused(call, "stepfunctions", "DeleteStateMachineVersion", **version) == "ConflictException"
    call("stepfunctions", "DeleteStateMachineVersion", stateMachineVersionArn=f"{machine.arn}:1")
    assert listed() == ["2"]
    gone = {"stateMachineArn": machine.arn + "x"}
    assert refused(call, "stepfunctions", "ListStateMachineVersions", **gone) == "StateMachineDoesNotExist"


def test_tags_of_a_spark_application(call: Call) -> None:
    backend = emrserverless_backends[CENTRAL][REGION]
    made: Any = backend.create_application("spark", "emr-7.1.0", "spark", "", "", "", {"team": "search"}, "", "", None)
    assert made.state == "CREATED"  # it waits to be started, and can be deleted
    arn = {"resourceArn": made.arn}
    call("emr-serverless", "TagResource", **arn, tags={"stage": "test"})
    call("emr-serverless", "UntagResource", **arn, tagKeys=["team"])
    assert call("emr-serverless", "ListTagsForResource", **arn) == {"tags": {"stage": "test"}}
    gone = {"resourceArn": made.arn + "x"}
    assert refused(call, "emr-serverless", "ListTagsForResource", **gone) == "ResourceNotFoundException"


def test_provisioned_concurrency(call: Call) -> None:
    where = {"FunctionName": "serve", "Qualifier": "live"}
    missing = "ProvisionedConcurrencyConfigNotFoundException"
    assert refused(call, "lambda", "GetProvisionedConcurrencyConfig", **where) == missing
    call("lambda", "PutProvisionedConcurrencyConfig", **where, ProvisionedConcurrentExecutions=2)
    found = call("lambda", "GetProvisionedConcurrencyConfig", **where)
    assert (found["Status"], found["AllocatedProvisionedConcurrentExecutions"]) == ("READY", 2)
    call("lambda", "DeleteProvisionedConcurrencyConfig", **where)
    assert refused(call, "lambda", "GetProvisionedConcurrencyConfig", **where) == missing


def test_saved_queries(call: Call) -> None:
    name = call("logs", "PutQueryDefinition", name="team/slow", queryString="fields a")["queryDefinitionId"]
    call("logs", "PutQueryDefinition", name="team/slower", queryString="fields b", queryDefinitionId=name)
    (found,) = call("logs", "DescribeQueryDefinitions", queryDefinitionNamePrefix="team/")["queryDefinitions"]
    assert (found["queryDefinitionId"], found["name"], found["queryString"]) == (name, "team/slower", "fields b")
    assert call("logs", "DescribeQueryDefinitions", queryDefinitionNamePrefix="x")["queryDefinitions"] == []
    assert call("logs", "DeleteQueryDefinition", queryDefinitionId=name) == {"success": True}
    again = {"queryDefinitionId": name}
    assert refused(call, "logs", "DeleteQueryDefinition", **again) == "ResourceNotFoundException"
    assert (
        refused(call, "logs", "PutQueryDefinition", **again, name="n", queryString="q") == "ResourceNotFoundException"
    )


def test_event_data_store(call: Call) -> None:
    made = call("cloudtrail", "CreateEventDataStore", Name="features", RetentionPeriod=30, TagsList=[])
    assert (made["Status"], made["RetentionPeriod"], made["MultiRegionEnabled"]) == ("ENABLED", 30, True)
    arn = {"EventDataStore": made["EventDataStoreArn"]}
    assert (
        refused(call, "cloudtrail", "CreateEventDataStore", Name="features") == "EventDataStoreAlreadyExistsException"
    )
    protected = "EventDataStoreTerminationProtectedException"
    assert refused(call, "cloudtrail", "DeleteEventDataStore", **arn) == protected
    call("cloudtrail", "UpdateEventDataStore", **arn, TerminationProtectionEnabled=False)
    assert [one["Name"] for one in call("cloudtrail", "ListEventDataStores")["EventDataStores"]] == ["features"]
    call("cloudtrail", "StopEventDataStoreIngestion", **arn)
    assert call("cloudtrail", "GetEventDataStore", **arn)["Status"] == "STOPPED_INGESTION"
    again = "InvalidEventDataStoreStatusException"
    assert refused(call, "cloudtrail", "StopEventDataStoreIngestion", **arn) == again
    call("cloudtrail", "StartEventDataStoreIngestion", **arn)
    assert call("cloudtrail", "GetEventDataStore", **arn)["Status"] == "ENABLED"
    call("cloudtrail", "DeleteEventDataStore", **arn)
    assert refused(call, "cloudtrail", "GetEventDataStore", **arn) == "EventDataStoreNotFoundException"
