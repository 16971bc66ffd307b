"""Every option that a declaration has, at once, on local AWS: applied, planned again empty, destroyed without a trace.

The environment is `tests/declaration/good/every`. A target of its own (`make options`): it takes minutes.
"""

import shutil
from collections.abc import Iterator

import pytest
from work_copy import ROOT, Copy, copy_work_tree

from featureshare.localaws.control import LocalAWS

pytestmark = pytest.mark.timeout(1800)

ENV = "every"


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


def test_destroy_leaves_nothing(copy: Copy) -> None:
    assert results(copy, "destroy") == {"destroyed"}
    assert LocalAWS.connect(copy.workspace.state(ENV)).inventory() == {}
