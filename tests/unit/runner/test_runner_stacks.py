import copy
from typing import Any

import pytest

from featureshare.errors import BadInput
from featureshare.runner.declared import seen_by, slice_of
from featureshare.runner.stacks import choose, find, needs_of, stacks_of


def test_stacks_of_an_environment_central_first_each_in_its_account(normal: dict[str, Any]) -> None:
    found = [(stack.name, stack.account, stack.needs) for stack in stacks_of(normal)]
    assert found == [
        ("central", "222222222222", ()),
        ("central-team/consumer", "222222222222", ("central",)),
        ("central-team/producer", "222222222222", ("central",)),
        ("team/consumer", "555555555555", ("central",)),
        ("team/loner", "333333333333", ("central",)),
        ("team/producer", "111111111111", ("central",)),
    ]


def test_a_team_without_part_in_the_central_store_has_no_central_stack(normal: dict[str, Any]) -> None:
    normal["feature_groups"]["clicks"]["shared_with"] = {}
    assert "central-team/consumer" not in {stack.name for stack in stacks_of(normal)}
    normal["feature_groups"]["notes"]["store"] = "central"
    assert "central-team/loner" in {stack.name for stack in stacks_of(normal)}


def test_identity_key_and_file_name(normal: dict[str, Any]) -> None:
    stack = find(stacks_of(normal), "central-team", "producer")
    assert (stack.identity, stack.key, stack.slug) == (
        "test/central-team/producer",
        "test/central-team/producer.tfstate",
        "central-team-producer",
    )
    assert find(stacks_of(normal), "central", None).key == "test/central.tfstate"


def test_choosing_by_team_and_kind(normal: dict[str, Any]) -> None:
    stacks = stacks_of(normal)
    assert [s.name for s in choose(stacks, teams=["consumer"])] == ["central-team/consumer", "team/consumer"]
    assert [s.name for s in choose(stacks, teams=["consumer"], kinds=["team"])] == ["team/consumer"]
    assert choose(stacks) == stacks


def test_names_that_mean_nothing_are_all_told_at_once(normal: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as caught:
        choose(stacks_of(normal), teams=["nobody", "consumer"], kinds=["centre"])
    assert [(problem.key, problem.rule) for problem in caught.value.problems] == [
        ("--stack", "there is no stack 'centre'."),
        ("--team", "there is no team 'nobody'."),
    ]
    with pytest.raises(BadInput, match="team loner"):
        find(stacks_of(normal), "central-team", "loner")


def test_slice_is_the_team_and_the_groups_it_owns_or_is_granted(normal: dict[str, Any]) -> None:
    part = slice_of(normal, "consumer")
    assert (set(part["teams"]), set(part["feature_groups"])) == ({"consumer"}, {"clicks"})
    assert set(slice_of(normal, "producer")["feature_groups"]) == {"clicks"}
    assert slice_of(normal, None) == normal


def test_the_central_stack_is_made_of_the_environment_alone(normal: dict[str, Any]) -> None:
    central = find(stacks_of(normal), "central", None)
    before = copy.deepcopy(seen_by(normal, central))
    normal["teams"]["newcomer"] = {"account": "777777777777"}
    assert seen_by(normal, central) == before
    normal["environment"]["region"] = "eu-central-1"
    assert seen_by(normal, central) != before


def _copied(normal: dict[str, Any]) -> dict[str, Any]:
    normal["replicas"] = {
        "lab": {"account": "999999999999", "region": "eu-north-1", "feature_groups": ["clicks"]},
        "attic": {"account": "222222222222", "region": "eu-west-1", "feature_groups": ["clicks"]},
    }
    return normal


def test_replicas_come_before_what_fills_them(normal: dict[str, Any]) -> None:
    stacks = stacks_of(_copied(normal))
    last = [(stack.name, stack.account, stack.region, needs_of(stack, stacks)) for stack in stacks[-3:]]
    assert last == [
        ("replica/attic", "222222222222", "eu-west-1", ("central",)),
        ("replica/lab", "999999999999", "eu-north-1", ("central",)),
        ("replication", "222222222222", "eu-west-1", ("central", "replica/attic", "replica/lab")),
    ]
    lab = find(stacks, "replica", "lab")
    assert (lab.identity, lab.key, lab.slug) == ("test/replica/lab", "test/replica/lab.tfstate", "replica-lab")


def test_the_slice_of_a_replica_is_itself_and_the_groups_it_copies(normal: dict[str, Any]) -> None:
    part = slice_of(_copied(normal), None, "lab")
    assert (set(part["teams"]), set(part["feature_groups"]), set(part["replicas"])) == (set(), {"clicks"}, {"lab"})
    assert slice_of(normal, "producer")["replicas"] == {}


def test_what_a_replica_changes(normal: dict[str, Any]) -> None:
    before = _copied(copy.deepcopy(normal))
    after = copy.deepcopy(before)
    after["replicas"]["lab"]["feature_groups"] = ["clicks", "notes"]
    changed = [stack.name for stack in stacks_of(after) if seen_by(before, stack) != seen_by(after, stack)]
    assert changed == ["replica/lab", "replication"]
    first = [stack.name for stack in stacks_of(before) if seen_by(normal, stack) != seen_by(before, stack)]
    assert first == ["replica/attic", "replica/lab", "replication"]
