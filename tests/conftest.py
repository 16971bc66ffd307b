"""One applied environment a test run: apply tests, journeys, plans and docs share it.

Everything runs in a copy of the work tree, so a run beside a kept demo disturbs neither, and "leaves the work tree
clean" can be asked of the copy.
"""

import functools
import gc
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from work_copy import ROOT, Copy, copy_work_tree

from featureshare.localaws.control import LocalAWS

# Cheap first; what destroys the shared environment last.
ORDER = ("unit", "declaration", "scan", "access", "plan", "apply", "journeys", "docs")
# For several processes: what the shared environment needs, which is the longest piece of work, then long files before
# the many short ones that fill what is left.
ORDER_SHARED_OUT = ("access", "plan", "apply", "journeys", "docs", "scan", "declaration", "unit")


def pytest_configure(config: pytest.Config) -> None:
    gc.disable()  # nothing of what collection makes is garbage; see pytest_collection_finish
    config.addinivalue_line("markers", "last: runs after everything else, since it destroys the shared environment")
    # A test can never reach a real account: whatever it does not set itself leads nowhere.
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_EC2_METADATA_DISABLED="true")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    shared_out = "PYTEST_XDIST_WORKER" in os.environ
    order = ORDER_SHARED_OUT if shared_out else ORDER

    def rank(item: pytest.Item) -> tuple[bool, bool, int]:
        parts = Path(item.path).relative_to(ROOT).parts
        folder = parts[1] if len(parts) > 2 else ""
        last = item.get_closest_marker("last") is not None
        later = shared_out and not _needs_applied_local(item.path)
        return last, later, order.index(folder) if folder in order else len(order)

    items.sort(key=rank)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """`--dist loadfile`, but all files that need the one applied environment are one piece of work, for one process.

    Marks of pytest-xdist would say it test by test, but with pytest 9.2 its `loadgroup` does not see them (its issue
    1386).
    """
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByEnvironment(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = str(super()._split_scope(nodeid))
            return "applied_local" if _needs_applied_local(ROOT / file) else file

    config.option.loadscopereorder = False  # as collected, not by the number of tests
    return ByEnvironment(config, log)


@functools.cache
def _needs_applied_local(file: Path) -> bool:
    return "applied_local" in file.read_text()


def pytest_collection_finish() -> None:
    """Tests and all that they import stay to the end, so the garbage collector need not go through them time and again:
    that took a sixth of the time of unit tests."""
    gc.enable()
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skip is a failure: what is not tried is not shown."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@dataclass(frozen=True)
class Applied:
    """The environment `local`, applied to a local AWS of its own."""

    copy: Copy
    localaws: LocalAWS
    render: dict[str, Any]
    report: dict[str, Any]
    seconds: float


@pytest.fixture(scope="session")
def work_copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return copy_work_tree(tmp_path_factory.mktemp("clone"))


@pytest.fixture(scope="session")
def applied_local(work_copy: Copy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    """Local AWS with `local` applied once; it ends with the run, whatever failed."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        # Nobody else in this run: see pytest_xdist_make_scheduler.
        (tmp_path_factory.getbasetemp().parent / "applied_local").touch(exist_ok=False)
    work_copy.run("localaws", "up", "local")
    try:
        start = time.monotonic()
        report = work_copy.json("apply", "local")
        yield Applied(
            work_copy,
            LocalAWS.connect(work_copy.workspace.state("local")),
            work_copy.json("render", "local"),
            report,
            time.monotonic() - start,
        )
    finally:
        work_copy.run("localaws", "down", "local")
