import copy
from typing import Any

import pytest

from featureshare.runner import guards
from featureshare.runner.declared import slice_of
from featureshare.runner.guards import Counts, differences, judge, judge_state
from featureshare.runner.stacks import Stack, find, stacks_of


@pytest.fixture
def stack(normal: dict[str, Any]) -> Stack:
    return find(stacks_of(normal), "central-team", "producer")


def _change(kind: str, actions: list[str], *, before: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "address": f"module.central_team.{kind}.this",
        "mode": "managed",
        "type": kind,
        "change": {"actions": actions, "before": before, "after": None, **more},
    }


def _plan(
    normal: dict[str, Any], *changes: dict[str, Any], owner: str = "test/central-team/producer"
) -> dict[str, Any]:
    identity = {"address": "terraform_data.identity", "values": {"output": owner}}
    return {
        "resource_changes": list(changes),
        "planned_values": {"outputs": {"declaration": {"value": copy.deepcopy(slice_of(normal, "producer"))}}},
        "prior_state": {"values": {"root_module": {"resources": [identity]}}},
    }


def _judge(plan: dict[str, Any], stack: Stack, normal: dict[str, Any], **options: Any) -> list[tuple[str, str, str]]:
    found = judge(plan, stack, slice_of(normal, "producer"), **options)
    assert all(problem.fix for problem in found)
    return [(problem.file, problem.key, problem.rule) for problem in found]


_GROUP = {
    "feature_group_name": "clicks",
    "record_identifier_feature_name": "id",
    "event_time_feature_name": "event_time",
    "feature_definition": [
        {"feature_name": "id", "feature_type": "String"},
        {"feature_name": "event_time", "feature_type": "String"},
    ],
}


def test_a_plan_that_only_adds_is_let_through(normal: dict[str, Any], stack: Stack) -> None:
    plan = _plan(normal, _change("aws_sagemaker_feature_group", ["create"]), _change("aws_iam_role", ["delete"]))
    assert _judge(plan, stack, normal) == []
    assert guards.counts(plan) == Counts(add=1, destroy=1)
    assert guards.created_groups(plan) == 1
    assert not guards.creates(plan, "aws_kms_alias")


@pytest.mark.parametrize("kind", sorted(guards.PROTECTED))
@pytest.mark.parametrize(("actions", "word"), [(["delete"], "destroy"), (["delete", "create"], "replace")])
def test_what_holds_data_is_neither_destroyed_nor_replaced(
    normal: dict[str, Any], stack: Stack, kind: str, actions: list[str], word: str
) -> None:
    plan = _plan(normal, _change(kind, actions, before=_GROUP, replace_paths=[["bucket"]]))
    [(file, key, rule)] = _judge(plan, stack, normal)
    assert f"the plan would {word} it, and it holds data (changed: bucket)" in rule
    assert key == f"central-team/producer: module.central_team.{kind}.this"
    of_a_group = kind == "aws_sagemaker_feature_group"
    assert file == ("environments/test/feature-groups/clicks.yaml" if of_a_group else "environments/test")


def test_a_named_address_may_go_and_only_that(normal: dict[str, Any], stack: Stack) -> None:
    bucket, key = _change("aws_s3_bucket", ["delete"]), _change("aws_kms_key", ["delete"])
    plan = _plan(normal, bucket, key)
    assert len(_judge(plan, stack, normal)) == 2
    [(_, where, _)] = _judge(plan, stack, normal, allowed=[bucket["address"]])
    assert key["address"] in where


def test_an_ephemeral_environment_may_lose_everything(normal: dict[str, Any], stack: Stack) -> None:
    normal["environment"]["ephemeral"] = True
    assert _judge(_plan(normal, _change("aws_s3_bucket", ["delete"])), stack, normal) == []


def test_both_readers_must_have_read_the_same(normal: dict[str, Any], stack: Stack) -> None:
    plan = _plan(normal)
    declared = plan["planned_values"]["outputs"]["declaration"]["value"]
    declared["teams"]["producer"]["account"] = 111111111111
    declared["feature_groups"]["clicks"]["shared_with"] = {"consumer": ["read-online", "write"]}
    declared["feature_groups"]["extra"] = {}
    assert [(key, rule) for _, key, rule in _judge(plan, stack, normal)] == [
        ("central-team/producer: feature_groups.clicks.shared_with.consumer",
         "Terraform reads ['read-online', 'write'] where Python reads ['read-online']."),
        ("central-team/producer: feature_groups.extra", "Terraform reads {} where Python reads nothing."),
        ("central-team/producer: teams.producer.account",
         "Terraform reads 111111111111 where Python reads '111111111111'."),
    ]  # fmt: skip


def test_a_plan_that_does_not_tell_its_declaration_is_refused(normal: dict[str, Any], stack: Stack) -> None:
    plan = _plan(normal)
    del plan["planned_values"]["outputs"]["declaration"]
    assert [key for _, key, _ in _judge(plan, stack, normal)] == ["output.declaration"]


def test_a_truth_value_is_not_a_number() -> None:
    assert list(differences({"a": True}, {"a": 1})) == [("a", True, 1)]
    assert list(differences({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]})) == []


def test_state_of_another_stack_is_refused(normal: dict[str, Any], stack: Stack) -> None:
    [(_, key, rule)] = _judge(_plan(normal, owner="test/central-team/consumer"), stack, normal)
    assert key == "test/central-team/producer"
    assert rule == "this state belongs to test/central-team/consumer, not to test/central-team/producer."


def _state(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"resources": [{"mode": "managed", **resource} for resource in resources]}


def test_a_destroy_asks_the_state_whose_it_is(stack: Stack) -> None:
    def identity(output: Any) -> dict[str, Any]:
        return {"type": "terraform_data", "name": "identity", "instances": [{"attributes": {"output": output}}]}

    assert judge_state(_state(identity({"value": stack.identity, "type": "string"})), stack) == ()
    assert judge_state(_state(identity(stack.identity)), stack) == ()
    assert judge_state(_state(), stack) == ()
    assert "belongs to test/team/loner" in judge_state(_state(identity("test/team/loner")), stack)[0].rule
    nameless = {"type": "aws_s3_bucket", "name": "this", "instances": [{}]}
    assert "belongs to nobody known" in judge_state(_state(nameless), stack)[0].rule


def _features(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"feature_name": name, "feature_type": kind} for name, kind in pairs]


@pytest.mark.parametrize(
    ("there", "words"),
    [
        (_features(("id", "Integral"), ("event_time", "String")), "id retyped"),
        (_features(("event_time", "String"), ("id", "String")), "reordered"),
        (_features(("id", "String"), ("event_time", "String"), ("old", "String")), "old removed"),
    ],
)
def test_a_changed_schema_is_an_error_even_where_terraform_sees_no_change(
    normal: dict[str, Any], stack: Stack, there: list[dict[str, str]], words: str
) -> None:
    normal["environment"]["ephemeral"] = True
    change = _change("aws_sagemaker_feature_group", ["no-op"], before={**_GROUP, "feature_definition": there})
    [(file, key, rule)] = _judge(_plan(normal, change), stack, normal)
    assert (file, key) == ("environments/test/feature-groups/clicks.yaml", "features")
    assert words in rule


def test_features_that_are_added_at_the_end_are_no_problem(normal: dict[str, Any], stack: Stack) -> None:
    change = _change(
        "aws_sagemaker_feature_group", ["no-op"], before={**_GROUP, "feature_definition": _features(("id", "String"))}
    )
    assert _judge(_plan(normal, change), stack, normal) == []


def test_a_collection_is_part_of_a_feature(normal: dict[str, Any], stack: Stack) -> None:
    vector = {"collection_type": "Vector", "collection_config": [{"vector_config": [{"dimension": 3}]}]}
    there = _features(("id", "String"), ("event_time", "String"), ("v", "Fractional"))
    there[2] |= vector
    declared = {"name": "v", "type": "Fractional", "description": "", "collection": "vector", "dimension": 3}
    normal["feature_groups"]["clicks"]["features"].append(declared)
    change = _change("aws_sagemaker_feature_group", ["no-op"], before={**_GROUP, "feature_definition": there})
    assert _judge(_plan(normal, change), stack, normal) == []
    declared["dimension"] = 4
    [(_, _, rule)] = _judge(_plan(normal, change), stack, normal)
    assert "v retyped (from Fractional vector 3 to Fractional vector 4)" in rule


@pytest.mark.parametrize(
    ("there", "declared", "sound"),
    [
        (None, "standard", True),
        ("Standard", "standard-v2", True),
        ("Standard_V2", "standard-v2", True),
        ("Standard_V2", "standard", False),
        ("InMemory", "in-memory", True),
        ("InMemory", "standard", False),
        (None, "in-memory", False),
    ],
)
def test_a_storage_type_changes_one_way_only(
    normal: dict[str, Any], stack: Stack, there: str | None, declared: str, sound: bool
) -> None:
    normal["feature_groups"]["clicks"]["online_store"]["storage"] = declared
    before = {**_GROUP, "online_store_config": [{"storage_type": there}]}
    found = _judge(_plan(normal, _change("aws_sagemaker_feature_group", ["no-op"], before=before)), stack, normal)
    assert [key for _, key, _ in found] == ([] if sound else ["online_store.storage"])


def test_a_changed_record_identifier_or_event_time_is_told_by_its_key(normal: dict[str, Any], stack: Stack) -> None:
    before = {**_GROUP, "record_identifier_feature_name": "event_time", "event_time_feature_name": "id"}
    plan = _plan(normal, _change("aws_sagemaker_feature_group", ["no-op"], before=before))
    assert [key for _, key, _ in _judge(plan, stack, normal)] == ["record_identifier", "event_time"]
    plan = _plan(normal, _change("aws_sagemaker_feature_group", ["no-op"], before=_GROUP))
    assert _judge(plan, stack, normal) == []
