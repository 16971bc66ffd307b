"""Who plays which part: grants, access roles and a team's own store, as the render has them."""

import pytest
from journeys_render import CENTRAL, CONSUMER, ROLE, render

from featureshare.journeys.cast import Cast


def part(team: str, verb: str, name: str) -> tuple[str, str | None] | None:
    cast = Cast(render())
    group = next(group for group in cast.groups if group.name == name)
    actor = cast.actor(team, verb, group)
    return (actor.principal, actor.access_role) if actor else None


@pytest.mark.parametrize(
    ("team", "verb", "group", "expected"),
    [
        ("curation", "write", "users", ("pipeline", ROLE.format(CENTRAL, "writer"))),
        ("curation", "manage", "segments", ("pipeline", ROLE.format(CENTRAL, "manager"))),
        ("curation", "manage", "users", None),
        ("curation", "read-online", "users", None),
        ("search", "read-online", "users", ("serving", ROLE.format(CENTRAL, "reader-online"))),
        ("search", "read-online", "segments", None),
        ("search", "write", "users", None),
        ("search", "write", "searches", ("pipeline", None)),
        ("search", "read-offline", "searches", ("training", None)),
    ],
)
def test_actors(team: str, verb: str, group: str, expected: tuple[str, str | None] | None) -> None:
    assert part(team, verb, group) == expected


def test_of_several_readers_each_reads_its_own_groups() -> None:
    """Offline grants that are spread: the second role reads `more`, and is no reader of `users`."""
    first, second = ROLE.format(CENTRAL, "reader-offline"), ROLE.format(CENTRAL, "reader-offline-2")
    given = render()
    users = given["feature_groups"][f"{CENTRAL}/users"]
    given["feature_groups"][f"{CENTRAL}/more"] = {**users, "name": "more"}
    team = given["teams"]["search"]
    team["spread_readers"] = {"users": first, "more": second}
    team["execution_roles"]["training"]["assumes"].append(second)
    cast = Cast(given)
    groups = {group.name: group for group in cast.groups}
    assert ("search", "read-offline", second) in set(cast.access_roles())
    readers = {actor.access_role: actor for actor in cast.assuming() if actor.verb == "read-offline"}
    assert set(readers) == {first, second}
    for name, role in team["spread_readers"].items():
        actor = cast.actor("search", "read-offline", groups[name])
        assert actor is not None
        assert actor.access_role == role
        assert [cast.serves(reader, groups[name]) for reader in (readers[first], readers[second])] == [
            role == first,
            role == second,
        ]


def test_people_are_nobody_to_run_as() -> None:
    assert "people" not in {principal for _, principal, _ in Cast(render()).principals()}


def test_a_team_has_a_workgroup_in_each_account() -> None:
    cast = Cast(render())
    central, own = cast.workgroup("search", CENTRAL), cast.workgroup("search", CONSUMER)
    assert central
    assert own
    assert (central.name, own.name) == ("wg", "wg-own")
    assert cast.workgroup("curation", CENTRAL) is None


def test_outside_ephemeral_environments_only_canaries_are_written() -> None:
    rendered = render(ephemeral=False)
    rendered["feature_groups"][f"{CENTRAL}/users"]["purpose"] = "canary"
    cast = Cast(rendered)
    assert [group.name for group in cast.groups if cast.may_write(group)] == ["users"]
