"""Every option that a declaration has, at once, on local AWS: applied, planned again empty, replicas used in another
Region and by a role that was there before, destroyed without a trace.

The environment is `tests/declaration/good/every`. A target of its own (`make options`): it takes minutes.
"""

import shutil
from collections.abc import Iterator

import pytest
from work_copy import ROOT, Copy, copy_work_tree

from featureshare.journeys import article, lag, offline, replicas, steps
from featureshare.journeys.denials import DecisionLog, Probe, try_all
from featureshare.journeys.probes import CATEGORIES
from featureshare.journeys.sessions import LocalSessions
from featureshare.journeys.stage import Options
from featureshare.journeys.strangers import LocalStrangers
from featureshare.localaws.control import LocalAWS

pytestmark = pytest.mark.timeout(1800)

ENV, FAR = "every", "far-away"


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


def test_a_data_set_is_built_again_in_another_region(copy: Copy) -> None:
    """By every reader of every replica, from the manifest, with the same hash: also of what S3 has not copied yet."""
    render, localaws = copy.json("render", ENV), LocalAWS.connect(copy.workspace.state(ENV))
    region, declared = render["environment"]["region"], render["replicas"]
    copied = {name for replica in declared.values() for name in replica["groups"]}
    groups = {key: group for key, group in render["feature_groups"].items() if group["name"] in copied}
    sessions = LocalSessions(localaws, region)
    stage = article.stage({**render, "feature_groups": groups}, sessions, Options(events=120))
    parts = (replicas.find, steps.write, offline.await_offline, replicas.query, replicas.rebuild, lag.behind)
    results = [result for part in parts for result in part(stage)]
    assert [f"{one.what}, {one.who}: {one.detail}" for one in results if not one.ok] == []
    built = {
        (one.who, one.what.partition(",")[0].rpartition(" ")[2]) for one in results if "client.rebuild" in one.what
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
    whole, strangers = article.stage(render, sessions), LocalStrangers(localaws, sessions)
    denials = [
        Probe(name, *row) for name in CATEGORIES if "replica" in name for row in CATEGORIES[name](whole, strangers)
    ]
    wrong = [one for one in try_all(denials, DecisionLog(localaws)) if not one.ok]
    assert [f"{one.what} on {one.where}, {one.who}: {one.got}; {one.reason}" for one in wrong] == []
    assert any(declared[FAR]["bucket"] in probe.where for probe in denials)


def test_destroy_leaves_nothing(copy: Copy) -> None:
    assert results(copy, "destroy") == {"destroyed"}
    assert LocalAWS.connect(copy.workspace.state(ENV)).inventory() == {}
