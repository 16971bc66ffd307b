"""The workgroup `primary` on what was applied: its limit stands, comes back when somebody removes it, and stays."""

from typing import Any

import pytest

from featureshare.journeys.sessions import LocalSessions
from featureshare.runner.clients import Clients, as_role
from featureshare.runner.machine import LocalAccess
from featureshare.runner.primary import SCAN_LIMIT

pytestmark = pytest.mark.timeout(600)

STACK = "central-team/core-search"


def deployer(applied: Any) -> Clients:
    """The central account's deploy role, which the platform takes."""
    platform = applied.render["landing_zone"]["platform"]["arn"]
    access = LocalAccess(applied.localaws.endpoint, lambda: applied.localaws.session(platform))
    role = "arn:aws:iam::222222222222:role/fs/deploy/fs-deploy"
    return as_role(access, role, "eu-west-1", "looking-at-primary")


def configuration(applied: Any) -> dict[str, Any]:
    found = deployer(applied).client("athena").get_work_group(WorkGroup="primary")["WorkGroup"]
    return dict(found["Configuration"])


def test_the_runner_put_the_limit_there_for_the_team_that_says_so(applied_local: Any) -> None:
    assert configuration(applied_local)["BytesScannedCutoffPerQuery"] == SCAN_LIMIT == 107_374_182_400
    teams = {team for team, facts in applied_local.render["teams"].items() if facts["allow_primary"]}
    assert teams == {"core-search"}


def test_a_limit_that_somebody_removes_is_planned_and_comes_back(applied_local: Any) -> None:
    before = configuration(applied_local)
    athena = deployer(applied_local).client("athena")
    athena.update_work_group(WorkGroup="primary", ConfigurationUpdates={"RemoveBytesScannedCutoffPerQuery": True})
    assert "BytesScannedCutoffPerQuery" not in configuration(applied_local)
    planned = {one["stack"]: one for one in applied_local.copy.json("plan", "local", "--team", "core-search")["stacks"]}
    assert planned[STACK]["steps"] == ["workgroup primary: a query may scan 107,374,182,400 bytes (limit now: none)"]
    assert [name for name, one in planned.items() if one["result"] != "unchanged"] == [STACK]
    applied = {
        one["stack"]: one for one in applied_local.copy.json("apply", "local", "--team", "core-search")["stacks"]
    }
    assert applied[STACK]["result"] == "applied"
    assert configuration(applied_local) == before


def test_the_right_to_it_goes_no_further(applied_local: Any) -> None:
    """Who may query there cannot lift the limit."""
    sessions = LocalSessions(applied_local.localaws, "eu-west-1")
    role = applied_local.render["teams"]["core-search"]["execution_roles"]["training"]
    reader = applied_local.render["teams"]["core-search"]["access_roles"]["read-offline"]
    taken = sessions.session(role["arn"], role["compute"]).client("sts")
    keys = taken.assume_role(RoleArn=reader, RoleSessionName="lifting")["Credentials"]
    athena = sessions.derive(keys).client("athena")
    with pytest.raises(athena.exceptions.ClientError, match="not authorized to perform: athena:UpdateWorkGroup"):
        athena.update_work_group(WorkGroup="primary", ConfigurationUpdates={"RemoveBytesScannedCutoffPerQuery": True})
    assert configuration(applied_local)["BytesScannedCutoffPerQuery"] == SCAN_LIMIT
