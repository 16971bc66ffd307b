"""What a plan says of documents that fill up."""

from typing import Any

from featureshare.runner.fill import fill_notes, resource_notes


def role(form: str = "by name", policies: int = 100, trust: int = 100) -> dict[str, Any]:
    return {
        "form": form,
        "policies": {"used": policies, "allowed": 10240},
        "trust": {"used": trust, "allowed": 2048},
    }


def test_what_has_room_says_nothing() -> None:
    assert fill_notes({"1/a": role(), "1/b": role(policies=8192, trust=1638)}) == []


def test_the_switch_and_what_is_near_a_limit_are_told_with_what_to_do() -> None:
    notes = fill_notes({"1/b": role(policies=9216), "1/a": role(form="by set"), "1/c": role(trust=2000)})
    assert [note.split(":")[0].split(" ")[0] for note in notes] == ["1/a", "1/b", "1/c"]
    assert "by reader set" in notes[0]
    assert "9,216 of 10,240 characters (90%)" in notes[1]
    assert "split the team" in notes[1]
    assert "L-C07B4B0D" in notes[2]


def test_policies_on_resources_are_told_in_bytes_when_they_are_near_their_limit() -> None:
    near, far = {"used": 9000, "allowed": 10240}, {"used": 8192, "allowed": 10240}
    (note,) = resource_notes({"222222222222/catalog": near, "fs-offline": far})
    assert note.startswith("222222222222/catalog: ")
    assert "9,000 of 10,240 bytes (87%)" in note
    assert "direct_catalog" in note


def test_a_role_that_holds_a_part_is_told_with_how_full_it_is() -> None:
    (note,) = fill_notes({"1/a": role(form="spread", policies=9216)})
    assert note.startswith("1/a is one of several roles")
    assert "9,216 of 10,240 characters (90%)" in note
