"""Every option that a declaration has, at once, on local AWS: applied, planned again empty, verified with all journeys
and denials (replicas in another Region and by a role that was there before), destroyed without a trace.

The environment is `tests/declaration/good/every`. A target of its own (`make options`): it takes minutes.
"""

import json
import shutil
from collections.abc import Iterator

import pytest
from work_copy import ROOT, Copy, copy_work_tree

from featureshare.localaws.control import LocalAWS

pytestmark = pytest.mark.timeout(1800)

ENV, FAR = "every", "far-away"
_BY_PEOPLE = ("delete", "discover", "read-offline")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    copy = copy_work_tree(tmp_path_factory.mktemp(ENV))
    folder = copy.workspace.environments / ENV
    shutil.copytree(ROOT / "tests" / "declaration" / "good" / ENV, folder)
    backend = (copy.workspace.environments / "local" / "backend.hcl").read_text()
    (folder / "backend.hcl").write_text(backend.replace('"fs-state', '"acme-fs-state'))
    copy.run("localaws", "up", ENV)
    yield copy
    copy.run("localaws", "down", ENV)


def results(copy: Copy, verb: str) -> set[str]:
    report = copy.json(verb, ENV)
    assert {one["stack"].partition("/")[0] for one in report["stacks"]} == {
        "central",
        "central-team",
        "replica",
        "replication",
        "team",
    }
    return {one["result"] for one in report["stacks"]}


def test_everything_is_applied(copy: Copy) -> None:
    assert results(copy, "apply") == {"applied"}


def test_a_second_plan_is_empty(copy: Copy) -> None:
    assert results(copy, "plan") == {"unchanged"}


def test_every_journey_passes(copy: Copy) -> None:
    """With every denial; a data set is built again by every reader of every replica, one of them in another Region."""
    report = json.loads(copy.run("verify", ENV, "--json", check=False).stdout)
    failed = [one for one in report["steps"] if not one["ok"] and not one["skipped"]]
    wrong = [f"{one['what']}, {one['who']}: {one['detail']}" for one in failed]
    wrong += [f"{one['what']}, {one['who']}: {one['reason']}" for one in report["denials"] if not one["ok"]]
    assert wrong == []
    # Only who signs in by himself is left out, and nothing that is denied.
    assert {one["what"] for one in report["steps"] if one["skipped"]} == {f"ml may {verb}" for verb in _BY_PEOPLE}
    render, localaws = copy.json("render", ENV), LocalAWS.connect(copy.workspace.state(ENV))
    region, declared = render["environment"]["region"], render["replicas"]
    built = {
        (one["who"], one["what"].partition(",")[0].rpartition(" ")[2])
        for one in report["steps"]
        if "client.rebuild" in one["what"]
    }
    assert built == {(role, name) for name, replica in declared.items() for role in replica["readers"].values()}
    assert declared[FAR]["region"] != region
    (reader,) = declared[FAR]["readers"].values()
    asked = [one for one in localaws.log() if (one["role_arn"], one["call"]) == (reader, "athena:StartQueryExecution")]
    workgroups = {
        check["resource"] for one in asked for check in one["checks"] if check["action"].startswith("athena:")
    }
    assert {arn.split(":")[3] for arn in workgroups} == {declared[FAR]["region"]}
    # And what must be denied about replicas is, to those of another Region as well.
    assert any(declared[FAR]["bucket"] in one["where"] for one in report["denials"])


def test_destroy_leaves_nothing(copy: Copy) -> None:
    assert results(copy, "destroy") == {"destroyed"}
    assert LocalAWS.connect(copy.workspace.state(ENV)).inventory() == {}
