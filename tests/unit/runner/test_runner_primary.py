"""The limit of the workgroup `primary`: what is pending, what is put there, and what stays."""

import copy
from typing import Any

import pytest

from featureshare.runner import primary
from featureshare.runner.environment import AmbientAccess
from featureshare.runner.stacks import Stack, stacks_of


class Athena:
    """One workgroup and the updates that it was sent."""

    def __init__(self, limit: int | None) -> None:
        self.configuration: dict[str, Any] = {"EnforceWorkGroupConfiguration": False}
        if limit is not None:
            self.configuration["BytesScannedCutoffPerQuery"] = limit
        self.updates: list[dict[str, Any]] = []

    def get_work_group(self, WorkGroup: str) -> dict[str, Any]:  # noqa: N803, boto3's names
        assert WorkGroup == "primary"
        return {"WorkGroup": {"Name": WorkGroup, "Configuration": self.configuration}}

    def update_work_group(self, WorkGroup: str, ConfigurationUpdates: dict[str, Any]) -> None:  # noqa: N803
        assert WorkGroup == "primary"
        self.updates.append(ConfigurationUpdates)
        self.configuration |= ConfigurationUpdates

    def __call__(self, *_: Any) -> "Athena":
        return self


@pytest.fixture
def allowing(normal: dict[str, Any]) -> dict[str, Any]:
    allowing = copy.deepcopy(normal)
    allowing["teams"]["consumer"]["athena"]["allow_primary"] = True
    return allowing


def stack(normal: dict[str, Any], name: str) -> Stack:
    return next(one for one in stacks_of(normal) if one.name == name)


@pytest.mark.parametrize(("limit", "said"), [(None, "limit now: none"), (2**40, "limit now: 1,099,511,627,776 bytes")])
def test_a_limit_that_is_not_there_or_larger_is_put_there_once(
    allowing: dict[str, Any], limit: int | None, said: str
) -> None:
    athena, access = Athena(limit), AmbientAccess({})
    of = stack(allowing, "central-team/consumer")
    (step,) = primary.pending(allowing, of, access, athena)
    assert step == f"workgroup primary: a query may scan 107,374,182,400 bytes ({said})"
    assert athena.updates == []
    primary.put(allowing, of, access, athena)
    # Nothing else of a workgroup that is not ours is touched.
    assert athena.updates == [{"BytesScannedCutoffPerQuery": 100 * 1024**3}]
    assert primary.pending(allowing, of, access, athena) == ()


def test_a_smaller_limit_stays(allowing: dict[str, Any]) -> None:
    of = stack(allowing, "central-team/consumer")
    assert primary.pending(allowing, of, AmbientAccess({}), Athena(10_000_000)) == ()


@pytest.mark.parametrize("name", ["central", "central-team/producer", "team/consumer"])
def test_nobody_looks_for_stacks_that_give_no_right_to_it(allowing: dict[str, Any], name: str) -> None:
    def asked(*_: Any) -> Any:
        raise AssertionError("asked AWS")

    assert primary.pending(allowing, stack(allowing, name), AmbientAccess({}), asked) == ()
