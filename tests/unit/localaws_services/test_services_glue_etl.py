"""What Glue has beside its catalog, and Athena's reserved capacity: made, changed, shown, gone."""

import inspect
from typing import Any

import pytest
from moto.glue.models import glue_backends
from moto.glue.utils import Action
from services_world import CENTRAL, REGION, Call, World

from featureshare.localaws.invocation import ServiceError

# what is made, how it is named, how it is changed, and what then shows
CLASSIFIER = {"CsvClassifier": {"Name": "c", "Delimiter": ","}}
RULES = {"Name": "r", "Ruleset": "Rules = [RowCount > 1]"}
FUNCTION = {"DatabaseName": "d", "FunctionInput": {"FunctionName": "F", "ClassName": "a", "OwnerName": "o"}}
OPTIMIZER = {"CatalogId": CENTRAL, "DatabaseName": "d", "TableName": "t", "Type": "compaction"}
KINDS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any], str, Any]] = {
    "Classifier": (
        CLASSIFIER,
        {"Name": "c"},
        {"CsvClassifier": {"Name": "c", "Delimiter": ";"}},
        "Classifier.CsvClassifier.Delimiter",
        ";",
    ),
    "DataQualityRuleset": (RULES, {"Name": "r"}, {"Name": "r", "Description": "x"}, "Description", "x"),
    "UserDefinedFunction": (
        FUNCTION,
        {"DatabaseName": "d", "FunctionName": "F"},
        {"DatabaseName": "d", "FunctionName": "F", "FunctionInput": {"FunctionName": "F", "ClassName": "b"}},
        "UserDefinedFunction.ClassName",
        "b",
    ),
    "TableOptimizer": (
        {**OPTIMIZER, "TableOptimizerConfiguration": {"roleArn": "r", "enabled": True}},
        OPTIMIZER,
        {**OPTIMIZER, "TableOptimizerConfiguration": {"roleArn": "r", "enabled": False}},
        "TableOptimizer.configuration.enabled",
        False,
    ),
}


@pytest.fixture(autouse=True)
def catalog(world: World) -> None:
    backend = glue_backends[CENTRAL][REGION]
    backend.create_database("d", {"Name": "d"})
    backend.create_table("d", "t", {"Name": "t"})


@pytest.mark.parametrize("kind", KINDS)
def test_life(call: Call, kind: str) -> None:
    made, named, changed, where, wanted = KINDS[kind]
    with pytest.raises(ServiceError, match="not found") as caught:
        call("glue", f"Get{kind}", **named)
    assert caught.value.code == "EntityNotFoundException"
    call("glue", f"Create{kind}", **made)
    with pytest.raises(ServiceError, match="already exists"):
        call("glue", f"Create{kind}", **made)
    call("glue", f"Update{kind}", **changed)
    shown: Any = call("glue", f"Get{kind}", **named)
    for part in where.split("."):
        shown = shown[part]
    assert shown == wanted
    call("glue", f"Delete{kind}", **named)
    with pytest.raises(ServiceError, match="not found"):
        call("glue", f"Delete{kind}", **named)


def test_what_stands_in_no_database_is_refused(call: Call) -> None:
    with pytest.raises(ServiceError) as caught:
        call("glue", "CreateUserDefinedFunction", **{**FUNCTION, "DatabaseName": "absent"})
    assert caught.value.code == "EntityNotFoundException"


def test_a_connection_is_replaced_and_goes(call: Call) -> None:
    given = {"Name": "n", "ConnectionType": "NETWORK", "ConnectionProperties": {"A": "1"}, "Description": "x"}
    backend = glue_backends[CENTRAL][REGION]
    backend.create_connection(CENTRAL, given, {})
    update = {"Name": "n", "ConnectionType": "NETWORK", "ConnectionProperties": {"B": "2"}}
    call("glue", "UpdateConnection", Name="n", ConnectionInput=update)
    shown = backend.get_connection(CENTRAL, "n", "").as_dict()
    assert (shown["ConnectionProperties"], shown["Description"]) == ({"B": "2"}, None)
    call("glue", "DeleteConnection", ConnectionName="n")
    with pytest.raises(ServiceError, match="not found"):
        call("glue", "DeleteConnection", ConnectionName="n")


def test_a_trigger_is_overwritten_by_its_update(call: Call) -> None:
    """TriggerUpdate: "This object updates the previous trigger definition by overwriting it completely." """
    backend = glue_backends[CENTRAL][REGION]
    backend.create_trigger(
        "t", "", "SCHEDULED", "cron(0 1 * * ? *)", None, [Action({"JobName": "a"})], "x", False, {}, {}
    )
    update = {"Schedule": "cron(0 2 * * ? *)", "Actions": [{"JobName": "b"}]}
    shown = call("glue", "UpdateTrigger", Name="t", TriggerUpdate=update)["Trigger"]
    assert (shown["Schedule"], "Description" in shown) == ("cron(0 2 * * ? *)", False)
    assert [action["JobName"] for action in shown["Actions"]] == ["b"]


def test_a_registry_is_described_anew(call: Call) -> None:
    backend = glue_backends[CENTRAL][REGION]
    arn = backend.create_registry("r", "x", {})["RegistryArn"]
    call("glue", "UpdateRegistry", RegistryId={"RegistryArn": arn}, Description="y")
    assert backend.get_registry({"RegistryName": "r"})["Description"] == "y"


def test_a_crawler_keeps_how_it_asks_lake_formation(call: Call) -> None:
    lake = {"UseLakeFormationCredentials": False}
    targets = {"S3Targets": [{"Path": "s3://b/p"}]}
    call("glue", "CreateCrawler", Name="c", Role="r", Targets=targets, LakeFormationConfiguration=lake)
    shown = glue_backends[CENTRAL][REGION].get_crawler("c").as_dict()
    assert (shown["LakeFormationConfiguration"], shown["Targets"]) == (lake, targets)
    call("glue", "UpdateCrawler", Name="c", LakeFormationConfiguration={"UseLakeFormationCredentials": True})
    changed = glue_backends[CENTRAL][REGION].get_crawler("c").as_dict()
    assert changed["LakeFormationConfiguration"] == {"UseLakeFormationCredentials": True}


def test_a_crawler_shows_what_it_does_where_it_is_not_told(call: Call) -> None:
    call("glue", "CreateCrawler", Name="c", Role="arn:aws:iam::111111111111:role/team/search", Targets={})
    shown = glue_backends[CENTRAL][REGION].get_crawler("c").as_dict()
    assert shown["Role"] == "team/search"
    assert shown["RecrawlPolicy"] == {"RecrawlBehavior": "CRAWL_EVERYTHING"}
    assert shown["LineageConfiguration"] == {"CrawlerLineageSettings": "DISABLE"}
    policy = {"UpdateBehavior": "UPDATE_IN_DATABASE", "DeleteBehavior": "DEPRECATE_IN_DATABASE"}
    assert shown["SchemaChangePolicy"] == policy
    call("glue", "UpdateCrawler", Name="c", Role="plain", SchemaChangePolicy={"DeleteBehavior": "LOG"})
    changed = glue_backends[CENTRAL][REGION].get_crawler("c").as_dict()
    assert (changed["Role"], changed["SchemaChangePolicy"]) == ("plain", {**policy, "DeleteBehavior": "LOG"})


def test_reserved_capacity(call: Call) -> None:
    with pytest.raises(ServiceError, match="at least 24"):
        call("athena", "CreateCapacityReservation", Name="c", TargetDpus=4)
    call("athena", "CreateCapacityReservation", Name="c", TargetDpus=24)
    call("athena", "UpdateCapacityReservation", Name="c", TargetDpus=48)
    shown = call("athena", "GetCapacityReservation", Name="c")["CapacityReservation"]
    assert (shown["Status"], shown["TargetDpus"], shown["AllocatedDpus"]) == ("ACTIVE", 48, 48)
    with pytest.raises(ServiceError, match="CANCELLED"):
        call("athena", "DeleteCapacityReservation", Name="c")
    call("athena", "CancelCapacityReservation", Name="c")
    call("athena", "DeleteCapacityReservation", Name="c")
    assert call("athena", "ListCapacityReservations") == {"CapacityReservations": []}


def test_things_show_what_they_were_made_with(world: World) -> None:
    backend = glue_backends[CENTRAL][REGION]
    arn = backend.create_registry("r", None, {"team": "search"})["RegistryArn"]
    assert backend.get_tags(arn) == {"team": "search"}
    backend.create_connection(CENTRAL, {"Name": "n", "ConnectionType": "NETWORK"}, {})
    assert backend.get_connection(CENTRAL, "n", "").as_dict()["ConnectionType"] == "NETWORK"
    for kind, state in (("ON_DEMAND", "CREATED"), ("SCHEDULED", "ACTIVATED")):
        backend.create_trigger(kind, "", kind, "", None, [Action({"JobName": "a"})], "", False, {}, {})
        backend.start_trigger(kind)
        assert backend.get_trigger(kind).as_dict()["State"] == state
    for given in (None, "FLEX"):
        names = list(inspect.signature(backend.create_job).parameters)
        backend.create_job(**{**dict.fromkeys(names), "name": "j", "role": "r", "tags": {}, "execution_class": given})
        assert backend.get_job("j").as_dict()["ExecutionClass"] == given


@pytest.mark.parametrize(
    ("given", "version", "timeout"),
    [
        ({}, None, 480),
        ({"max_capacity": 10.0}, "0.9", 2880),
        ({"glue_version": "4.0"}, "4.0", 2880),
        ({"glue_version": "5.0"}, "5.0", 480),
        ({"glue_version": "auto"}, "auto", 480),
        ({"glue_version": "5.0", "timeout": 7, "execution_property": {"MaxConcurrentRuns": 3}}, "5.0", 7),
        ({"glue_version": "4.0", "command": {"Name": "gluestreaming"}}, "4.0", None),
    ],
)
def test_a_job_shows_the_limits_that_it_is_given(
    world: World, given: dict[str, Any], version: str | None, timeout: int | None
) -> None:
    backend = glue_backends[CENTRAL][REGION]
    names = list(inspect.signature(backend.create_job).parameters)
    arguments: dict[str, Any] = {**dict.fromkeys(names), "name": "j", "role": "r", "tags": {}, **given}
    backend.create_job(**arguments)
    shown = backend.get_job("j").as_dict()
    assert (shown["GlueVersion"], shown["Timeout"]) == (version, timeout)
    assert shown["ExecutionProperty"] == given.get("execution_property", {"MaxConcurrentRuns": 1})


def test_a_transform_lives_under_the_id_that_glue_gives_it(call: Call) -> None:
    tables = [{"DatabaseName": "d", "TableName": "t"}]
    parameters = {"TransformType": "FIND_MATCHES", "FindMatchesParameters": {"PrimaryKeyColumnName": "id"}}
    given = {"Name": "m", "Role": "r", "InputRecordTables": tables, "Parameters": parameters}
    absent = {**given, "InputRecordTables": [{"DatabaseName": "d", "TableName": "absent"}]}
    with pytest.raises(ServiceError) as caught:
        call("glue", "CreateMLTransform", **absent)
    assert caught.value.code == "EntityNotFoundException"
    made = call("glue", "CreateMLTransform", **given)["TransformId"]
    call("glue", "UpdateMLTransform", TransformId=made, NumberOfWorkers=5)
    shown = call("glue", "GetMLTransform", TransformId=made)
    assert (shown["Name"], shown["Status"], shown["NumberOfWorkers"]) == ("m", "NOT_READY", 5)
    call("glue", "DeleteMLTransform", TransformId=made)
    with pytest.raises(ServiceError, match="not found"):
        call("glue", "GetMLTransform", TransformId=made)
