"""Sections 4.3 to 4.5: durations, chaining, session tags, source identity (STS API "AssumeRole", id_session-tags)."""

from collections.abc import Callable
from typing import Any

import pytest

from featureshare.iam.sts import (
    SessionState,
    StsRefusalError,
    assume,
    check_session_policies,
    duration,
    principal_tags,
)

USER = SessionState()
CHAIN = SessionState({"team": "core", "job": "7"}, frozenset({"team"}), "ann")


@pytest.mark.parametrize(
    ("requested", "longest", "chained", "lasts"),
    [
        (None, 3600, False, 3600),
        (None, 43200, True, 3600),
        (900, 3600, False, 900),
        (3600, 3600, True, 3600),
        (43200, 43200, False, 43200),
        (7200, 7200, False, 7200),
    ],
)
def test_durations_that_hold(requested: int | None, longest: int, chained: bool, lasts: int) -> None:
    assert duration(requested, longest, chained=chained) == lasts


@pytest.mark.parametrize(
    ("requested", "longest", "chained", "says"),
    [
        (899, 3600, False, "between 900 and 43200"),
        (43201, 43200, False, "between 900 and 43200"),
        (3601, 3600, False, "exceeds the MaxSessionDuration"),
        (3601, 43200, True, "1 hour session limit"),
        (900, 3599, False, "MaxSessionDuration is"),
        (900, 43201, False, "MaxSessionDuration is"),
    ],
)
def test_durations_that_fail(requested: int, longest: int, chained: bool, says: str) -> None:
    with pytest.raises(StsRefusalError, match=says):
        duration(requested, longest, chained=chained)


def test_transitive_tags_and_source_identity_pass_along() -> None:
    second = assume(CHAIN, tags={"run": "1"})
    assert second == SessionState({"team": "core", "run": "1"}, frozenset({"team"}), "ann")
    third = assume(second, source_identity="ann")
    assert third == SessionState({"team": "core"}, frozenset({"team"}), "ann")


def test_a_tag_that_is_not_transitive_does_not_pass() -> None:
    first = assume(USER, tags={"team": "core", "job": "7"}, transitive=["TEAM"])
    assert first.transitive == {"team"}
    assert assume(first).tags == {"team": "core"}


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: assume(CHAIN, tags={"Team": "other"}), "conflicts with a transitive tag key"),
        (lambda: assume(USER, tags={"a": "1", "A": "2"}), "Duplicate tag keys"),
        (lambda: assume(USER, tags={"a": "1"}, transitive=["b"]), "must be included in the requested tags"),
        (lambda: assume(CHAIN, source_identity="eve"), "cannot change"),
        (lambda: assume(USER, source_identity="a b"), "SourceIdentity"),
        (lambda: assume(USER, tags={str(n): "" for n in range(51)}), "at most 50"),
        (lambda: check_session_policies(None, [str(n) for n in range(11)]), "At most 10"),
        (lambda: check_session_policies("x" * 2049, []), "2,048"),
    ],
)
def test_calls_that_fail(call: Callable[[], Any], says: str) -> None:
    with pytest.raises(StsRefusalError, match=says):
        call()


def test_session_tags_override_role_tags_without_case() -> None:
    assert principal_tags({"Team": "core", "env": "local"}, {"team": "other"}) == {"env": "local", "team": "other"}
    assert principal_tags({"Team": "core"}, {}) == {"Team": "core"}
