"""What the runner does with its stacks, on a Terraform that only remembers what it was told."""

import copy
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from featureshare.errors import BadInput
from featureshare.runner import imports
from featureshare.runner.declared import slice_of
from featureshare.runner.environment import AmbientAccess
from featureshare.runner.group_steps import Described
from featureshare.runner.history import recall, remember
from featureshare.runner.machine import StackRun
from featureshare.runner.operations import Runner
from featureshare.runner.report import Report
from featureshare.runner.stacks import Stack, find, stacks_of
from featureshare.runner.terraform import TerraformFailed
from featureshare.workspace import Workspace


@dataclass
class World:
    """The accounts: which states there are, what each plan would do, what is broken, and what happened."""

    workspace: Workspace
    normal: dict[str, Any]
    there: set[str] = field(default_factory=set)
    changes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    broken: dict[tuple[str, str], str] = field(default_factory=dict)
    log: list[tuple[str, str]] = field(default_factory=list)
    parallelism: dict[str, int | None] = field(default_factory=dict)
    roles: bool = False
    variables: dict[str, dict[str, str]] = field(default_factory=dict)
    creating: int = 0
    most_creating: int = 0
    lock: Any = field(default_factory=threading.Lock)

    def environment(self, stack: Stack, access: Any, more: Any = None) -> StackRun:
        self.variables[stack.name] = dict(more or {})
        return StackRun(Path(stack.name), {}, (), Path(stack.slug))

    def open(self, run: StackRun, children: Any, on_event: Callable[[Any], None]) -> "FakeTerraform":
        return FakeTerraform(self, str(run.folder))

    def initialise(self, run: StackRun, terraform: Any) -> None:
        pass

    def did(self, what: str, name: str) -> None:
        with self.lock:
            self.log.append((what, name))
        if reason := self.broken.get((what, name)):
            raise TerraformFailed(what, reason)

    def names(self, what: str) -> list[str]:
        return [name for did, name in self.log if did == what]


class FakeTerraform:
    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name

    def save_plan(self, file: Path, *, destroy: bool = False) -> bool:
        self.world.did("plan", self.name)
        return destroy or bool(self.changes())

    def changes(self) -> list[dict[str, Any]]:
        if self.name in self.world.changes:
            return self.world.changes[self.name]
        if self.name in self.world.there:
            return []
        return [_create("aws_kms_alias" if self.name == "central" else "aws_iam_role")]

    def show_plan(self, file: Path) -> dict[str, Any]:
        kind, _, of = self.name.partition("/")
        part = (None, of) if kind == "replica" else (of or None, None)
        declared = copy.deepcopy(slice_of(self.world.normal, *part))
        return {
            "resource_changes": self.changes(),
            "planned_values": {
                "outputs": {"declaration": {"value": declared}, "documents": {"value": self.documents()}}
            },
        }

    def documents(self) -> dict[str, Any]:
        accounts = ["222222222222", *(team["account"] for team in self.world.normal["teams"].values())]
        roles = {one: {"kind": "deploy", "account": one, "arn": f"arn:aws:iam::{one}:role/deploy"} for one in accounts}
        return {"roles": roles if self.world.roles else {}}

    def apply_plan(self, file: Path, *, parallelism: int | None = None) -> None:
        groups = sum(change["type"] == "aws_sagemaker_feature_group" for change in self.changes())
        self.world.parallelism[self.name] = parallelism
        with self.world.lock:
            self.world.creating += min(groups, parallelism or groups)
            self.world.most_creating = max(self.world.most_creating, self.world.creating)
        try:
            self.world.did("apply", self.name)
            threading.Event().wait(0.02)
        finally:
            with self.world.lock:
                self.world.creating -= min(groups, parallelism or groups)
        self.world.there.add(self.name)

    def pull_state(self) -> dict[str, Any] | None:
        self.world.did("read", self.name)
        if self.name not in self.world.there:
            return None
        owner = self.world.owners.get(self.name, f"test/{self.name}")
        instances = [{"attributes": {"output": {"value": owner}}}]
        return {
            "resources": [{"mode": "managed", "type": "terraform_data", "name": "identity", "instances": instances}]
        }

    def destroy_all(self) -> None:
        self.world.did("destroy", self.name)
        self.world.there.discard(self.name)


def _create(kind: str, number: int = 0) -> dict[str, Any]:
    return _change(kind, ["create"], number)


def _change(kind: str, actions: list[str], number: int = 0) -> dict[str, Any]:
    change = {"actions": actions, "before": None}
    return {"address": f"{kind}.this[{number}]", "mode": "managed", "type": kind, "change": change}


@pytest.fixture
def world(workspace: Workspace, normal: dict[str, Any]) -> World:
    return World(workspace, normal)


def _runner(world: World, **options: Any) -> Runner:
    return Runner(world, world.normal, AmbientAccess({}), **options)  # type: ignore[arg-type]


def _results(report: Report) -> dict[str, str]:
    return {result.stack.name: result.result for result in report.results}


ALL = ["central", "central-team/consumer", "central-team/producer", "team/consumer", "team/loner", "team/producer"]
OTHERS = ALL[1:]


def test_a_new_environment_has_its_central_store_before_anything_else_is_planned(world: World) -> None:
    report = _runner(world).apply(stacks_of(world.normal))
    assert report.ok
    assert _results(report) == dict.fromkeys(ALL, "applied")
    assert world.log[:2] == [("plan", "central"), ("apply", "central")]
    assert sorted(world.names("apply")) == ALL


def test_planning_a_new_environment_shows_what_waits(world: World) -> None:
    report = _runner(world).plan(stacks_of(world.normal))
    assert _results(report) == {"central": "planned"} | dict.fromkeys(OTHERS, "waiting")
    assert world.names("plan") == ["central"]
    assert "needs central, which is not there." in report.results[1].error


def test_every_plan_is_made_before_the_first_is_applied(world: World) -> None:
    world.there = {"central"}
    world.changes["central"] = [_change("aws_s3_bucket", ["update"])]
    report = _runner(world).apply(stacks_of(world.normal))
    assert report.ok
    assert [what for what, _ in world.log] == ["plan"] * 6 + ["apply"] * 6
    assert world.log[6] == ("apply", "central")


def test_nothing_is_applied_when_one_plan_is_refused_and_all_refusals_are_told(world: World) -> None:
    world.there = set(ALL)
    world.changes["team/loner"] = [_change("aws_s3_bucket", ["delete"])]
    world.changes["central-team/producer"] = [_change("aws_sagemaker_feature_group", ["delete", "create"])]
    world.changes["team/producer"] = [_create("aws_iam_role")]
    report = _runner(world).apply(stacks_of(world.normal))
    assert world.names("apply") == []
    assert {problem.key.partition(":")[0] for problem in report.problems} == {"team/loner", "central-team/producer"}
    results = _results(report)
    assert (results["team/loner"], results["team/producer"], results["central"]) == ("refused", "planned", "unchanged")
    allowed = ["aws_s3_bucket.this[0]", "aws_sagemaker_feature_group.this[0]"]
    assert _runner(world).apply(stacks_of(world.normal), allowed=allowed).ok


def test_what_does_not_change_is_not_applied(world: World) -> None:
    world.there = set(ALL)
    report = _runner(world).apply(stacks_of(world.normal))
    assert _results(report) == dict.fromkeys(ALL, "unchanged")
    assert world.names("apply") == []


def test_a_failing_stack_stops_nothing_else_and_shows_its_own_error(world: World) -> None:
    world.broken = {("plan", "team/consumer"): "no such thing.", ("apply", "team/loner"): "denied."}
    report = _runner(world).apply(stacks_of(world.normal))
    assert not report.ok
    failed = {result.stack.name: result.error for result in report.results if result.result == "failed"}
    assert failed == {"team/consumer": "no such thing.", "team/loner": "denied."}
    assert _results(report)["team/producer"] == "applied"


def test_a_deploy_role_that_lacks_a_right_is_named_with_the_remedy(world: World) -> None:
    team = world.normal["teams"]["loner"]
    session = f"arn:aws:sts::{team['account']}:assumed-role/fs-deploy/terraform"
    denied = f"AccessDenied: User: {session} is not authorized to perform: s3:CreateBucket"
    world.broken = {("apply", "team/loner"): denied, ("apply", "team/consumer"): "AccessDenied for somebody else."}
    report = _runner(world).apply(stacks_of(world.normal))
    errors = {result.stack.name: result.error for result in report.results if result.result == "failed"}
    assert errors["team/consumer"] == "AccessDenied for somebody else."
    assert errors["team/loner"].startswith(denied)
    assert f"`featureshare render test --json` lists under roles as {team['account']}/fs-deploy" in errors["team/loner"]
    assert not report.settled


class Groups:
    """Feature groups of which one thing is left to do, in the producer's part of the central account."""

    def __init__(self) -> None:
        self.left, self.taken = True, list[str]()

    def described(self, stack: Stack, role: str, groups: Any) -> dict[str, Described | None]:
        assert role == f"arn:aws:iam::{stack.account}:role/deploy"
        found: dict[str, Described | None] = {}
        for name, group in groups.items():
            metadata = {feature["name"]: (feature["description"], {}) for feature in group["features"]}
            found[name] = Described(tuple(metadata), "Standard" if self.left else "Standard_V2", metadata)
        return found

    def take(self, stack: Stack, role: str, steps: Any) -> None:
        self.taken += [f"{stack.name} {step}" for step in steps]
        self.left = False


def test_what_terraform_cannot_do_is_planned_done_once_and_told(world: World) -> None:
    world.there = set(ALL)
    world.normal["feature_groups"]["clicks"]["online_store"]["storage"] = "standard-v2"
    world.roles = True
    groups = Groups()
    words = "clicks: storage from standard to standard-v2 (there is no way back)"
    planned = _runner(world, groups=groups).plan(stacks_of(world.normal))
    told = {result.stack.name: (result.result, result.steps) for result in planned.results}
    assert told["central-team/producer"] == ("planned", (words,))
    assert told["central-team/consumer"] == ("unchanged", ())
    assert groups.taken == []
    applied = _runner(world, groups=groups).apply(stacks_of(world.normal))
    assert _results(applied)["central-team/producer"] == "applied"
    assert groups.taken == [f"central-team/producer {words}"]
    assert world.names("apply") == []  # Terraform had nothing to do
    again = _runner(world, groups=groups).apply(stacks_of(world.normal))
    assert _results(again) == dict.fromkeys(ALL, "unchanged")


@pytest.mark.parametrize("step", ["plan", "apply"])
def test_without_its_central_store_everything_else_waits(world: World, step: str) -> None:
    world.broken = {(step, "central"): "no rights."}
    report = _runner(world).apply(stacks_of(world.normal))
    assert _results(report) == {"central": "failed"} | dict.fromkeys(OTHERS, "waiting")
    assert not report.ok


def test_a_central_store_that_fails_to_change_holds_up_what_needs_it(world: World) -> None:
    world.there = {"central"}
    world.changes["central"] = [_change("aws_s3_bucket", ["update"])]
    world.broken = {("apply", "central"): "no rights."}
    report = _runner(world).apply(stacks_of(world.normal))
    assert _results(report) == {"central": "failed"} | dict.fromkeys(OTHERS, "waiting")


def test_one_team_alone_asks_whether_the_central_store_is_there(world: World) -> None:
    mine = [stack for stack in stacks_of(world.normal) if stack.team == "consumer"]
    report = _runner(world).apply(mine)
    assert _results(report) == dict.fromkeys(["central-team/consumer", "team/consumer"], "waiting")
    world.there.add("central")
    assert _results(_runner(world).apply(mine)) == dict.fromkeys(["central-team/consumer", "team/consumer"], "applied")
    assert "central" not in world.names("plan")


def test_no_more_than_four_groups_are_created_at_once_in_an_account(world: World) -> None:
    world.there = {"central"}
    for name, number in (("central-team/consumer", 3), ("central-team/producer", 9)):
        world.changes[name] = [_create("aws_sagemaker_feature_group", n) for n in range(number)]
    _runner(world).apply([stack for stack in stacks_of(world.normal) if stack.kind == "central-team"])
    assert world.parallelism == {"central-team/consumer": None, "central-team/producer": 4}
    assert world.most_creating == 4


def test_plans_are_kept_for_scan_and_proof(world: World) -> None:
    _runner(world).apply(stacks_of(world.normal))
    folder = world.workspace.state("test") / "plans"
    assert sorted(file.stem for file in folder.glob("*.json")) == sorted(name.replace("/", "-") for name in ALL)
    assert json.loads((folder / "central.json").read_text())["resource_changes"][0]["type"] == "aws_kms_alias"


def test_destroy_takes_the_central_store_last_and_skips_what_is_not_there(world: World) -> None:
    world.normal["environment"]["ephemeral"] = True
    world.there = {"central", "central-team/consumer", "team/loner"}
    report = _runner(world).destroy(stacks_of(world.normal))
    assert report.ok
    assert world.names("destroy")[-1] == "central"
    gone = [name for name, result in _results(report).items() if result == "destroyed"]
    assert gone == ["central", "central-team/consumer", "team/loner"]
    assert _results(report)["team/producer"] == "absent"
    assert world.there == set()


def test_destroy_refuses_a_state_that_belongs_to_another_stack(world: World) -> None:
    world.normal["environment"]["ephemeral"] = True
    world.there = {"team/consumer", "team/loner"}
    world.owners["team/consumer"] = "test/team/loner"
    report = _runner(world).destroy(stacks_of(world.normal))
    assert [problem.key for problem in report.problems] == ["test/team/consumer"]
    assert world.names("destroy") == []


def test_the_central_store_stays_while_a_stack_needs_it(world: World) -> None:
    world.normal["environment"]["ephemeral"] = True
    world.there = {"central", "team/loner"}
    central = [stack for stack in stacks_of(world.normal) if stack.kind == "central"]
    report = _runner(world).destroy(central)
    assert [problem.rule for problem in report.problems] == ["central cannot go while team/loner is there."]
    assert world.names("destroy") == []


def test_the_central_store_waits_when_another_stack_cannot_be_destroyed(world: World) -> None:
    world.normal["environment"]["ephemeral"] = True
    world.there = set(ALL)
    world.broken = {("destroy", "team/loner"): "still used."}
    report = _runner(world).destroy(stacks_of(world.normal))
    assert (_results(report)["team/loner"], _results(report)["central"]) == ("failed", "waiting")
    assert world.there == {"central", "team/loner"}
    world.broken = {("read", "team/loner"): "no rights."}
    again = _runner(world).destroy(stacks_of(world.normal))
    assert (_results(again)["team/loner"], _results(again)["central"]) == ("failed", "waiting")


def test_outside_ephemeral_environments_destroy_keeps_what_holds_data(world: World) -> None:
    world.there = {"team/loner"}
    world.changes["team/loner"] = [_change("aws_s3_bucket", ["delete"])]
    loner = [stack for stack in stacks_of(world.normal) if stack.name == "team/loner"]
    report = _runner(world).destroy(loner)
    assert _results(report) == {"team/loner": "refused"}
    assert world.names("destroy") + world.names("apply") == []
    report = _runner(world).destroy(loner, allowed=["aws_s3_bucket.this[0]"])
    assert _results(report) == {"team/loner": "destroyed"}
    assert world.names("apply") == ["team/loner"]  # the plan that was judged, and no other


def test_the_observer_is_told_of_each_phase(world: World) -> None:
    told: list[tuple[str, str]] = []
    _runner(world, observe=lambda stack, phase, *_: told.append((stack.name, phase))).apply(stacks_of(world.normal))
    assert [phase for name, phase in told if name == "central"] == ["planning", "applying"]


def test_last_runs_are_remembered(world: World, tmp_path: Path) -> None:
    remember(tmp_path, _runner(world).apply(stacks_of(world.normal)))
    world.broken = {("plan", "team/loner"): "no such thing."}
    remember(tmp_path, _runner(world).plan([s for s in stacks_of(world.normal) if s.team == "loner"]))
    runs = recall(tmp_path)
    assert (runs["central"]["result"], runs["team/loner"]["error"]) == ("applied", "no such thing.")
    assert recall(tmp_path / "nowhere") == {}


def _copied(world: World) -> None:
    replica = {"account": "999999999999", "region": "eu-west-1", "feature_groups": ["clicks"]}
    world.normal["replicas"] = {"lab": replica}


def test_tables_of_a_replica_wait_for_groups_that_are_made_in_the_same_run(world: World) -> None:
    _copied(world)
    world.there.add("central")
    world.changes["central-team/producer"] = [_create("aws_sagemaker_feature_group")]
    runner = _runner(world, discover=lambda normal, stack, access: {"clicks": 1700000000})
    report = runner.apply(stacks_of(world.normal))
    assert report.ok
    steps = [step for step in world.log if step[1] in ("central-team/producer", "replica/lab", "replication")]
    assert steps[:2] == [("plan", "central-team/producer"), ("apply", "central-team/producer")]
    assert set(steps[2:4]) == {("plan", "replica/lab"), ("plan", "replication")}
    assert steps[4:] == [("apply", "replica/lab"), ("apply", "replication")]
    assert world.variables["replica/lab"] == {"TF_VAR_created": '{"clicks": 1700000000}'}
    assert world.variables["replication"] == {}


def test_where_no_group_is_made_every_plan_is_judged_before_any_is_applied(world: World) -> None:
    _copied(world)
    world.there |= {"central", "central-team/producer"}
    world.changes["replica/lab"] = [_change("aws_s3_bucket", ["delete"])]
    report = _runner(world, discover=lambda *_: {}).apply(stacks_of(world.normal))
    assert [problem.key for problem in report.problems] == ["replica/lab: aws_s3_bucket.this[0]"]
    assert world.names("apply") == []


def test_what_fills_a_replica_goes_before_it(world: World) -> None:
    _copied(world)
    world.normal["environment"]["ephemeral"] = True
    world.there |= {stack.name for stack in stacks_of(world.normal)}
    assert _runner(world).destroy(stacks_of(world.normal)).ok
    order = world.names("destroy")
    assert order.index("replication") < order.index("replica/lab") < order.index("central")


class _Primary:
    """Athena that notes in the world's log when a limit is put on `primary`."""

    def __init__(self, world: World) -> None:
        self.world, self.limit = world, dict[str, int]()

    def __call__(self, _normal: Any, stack: Stack, _access: Any) -> "_Primary":
        self.stack = stack
        return self

    def get_work_group(self, **_: str) -> dict[str, Any]:
        return {"WorkGroup": {"Configuration": self.limit}}

    def update_work_group(self, WorkGroup: str, ConfigurationUpdates: dict[str, int]) -> None:  # noqa: N803
        self.world.did("limit", self.stack.name)
        self.limit = ConfigurationUpdates


def test_the_limit_of_primary_is_planned_and_put_before_the_rights_and_then_settled(world: World) -> None:
    world.there = set(ALL)
    world.normal["teams"]["consumer"]["athena"]["allow_primary"] = True
    athena, chosen = _Primary(world), stacks_of(world.normal)
    of = "central-team/consumer"
    planned = {result.stack.name: result for result in _runner(world, athena=athena).plan(chosen).results}
    assert (planned[of].result, len(planned[of].steps)) == ("planned", 1)
    assert "primary" in planned[of].record()["steps"][0]
    assert world.names("limit") == []
    applied = _runner(world, athena=athena).apply(chosen)
    assert _results(applied) == dict.fromkeys(ALL, "unchanged") | {of: "applied"}
    assert [did for did in world.log if did[0] in ("limit", "apply")] == [("limit", of)]
    again = _runner(world, athena=athena).apply(chosen)
    assert (_results(again), world.names("limit")) == (dict.fromkeys(ALL, "unchanged"), [of])


def test_without_its_limit_nobody_gets_at_primary(world: World) -> None:
    world.there = set(ALL)
    world.normal["teams"]["consumer"]["athena"]["allow_primary"] = True
    world.broken = {("limit", "central-team/consumer"): "denied."}
    report = _runner(world, athena=_Primary(world)).apply(stacks_of(world.normal))
    assert {one.stack.name: one.error for one in report.results if one.result == "failed"} == {
        "central-team/consumer": "denied."
    }
    assert world.names("apply") == []


# Groups that are handed over: their names are an order for one apply.

ORDERED = {"central-team/producer": ["clicks"], "team/loner": ["notes"]}


def _ordered(world: World, ephemeral: bool = False) -> Path:
    world.normal["environment"]["ephemeral"] = ephemeral
    folder = world.workspace.environments / "test"
    folder.mkdir()
    imports.add(folder, ORDERED)
    return folder


def _none_absent(*_: Any) -> frozenset[str]:
    return frozenset()


def _lines(report: Report) -> dict[str, tuple[str, ...]]:
    return {result.stack.name: result.steps for result in report.results if result.steps}


def test_only_stacks_that_were_applied_lose_the_names_they_imported(world: World) -> None:
    folder = _ordered(world)
    world.there.update(ALL)
    importing = {"actions": ["no-op"], "importing": {"id": "clicks"}, "before": None}
    world.changes["central-team/producer"] = [
        {"address": "a", "mode": "managed", "type": "aws_sagemaker_feature_group", "change": importing}
    ]
    world.changes["team/loner"] = [_change("aws_iam_role", ["update"])]
    world.broken["apply", "team/loner"] = "no."
    stacks = stacks_of(world.normal)
    planned = _runner(world, absent=_none_absent).plan(stacks)
    assert _lines(planned) == {
        "central-team/producer": ("clicks: imported",),
        "team/loner": ("notes: Terraform has it already",),
    }
    assert imports.read(folder) == ORDERED
    report = _runner(world, absent=_none_absent).apply(stacks)
    assert _results(report)["team/loner"] == "failed"
    assert _lines(report) == {
        "central-team/producer": (
            "clicks: imported",
            "clicks of central-team/producer left environments/test/imports.json",
        )
    }
    assert imports.read(folder) == {"team/loner": ["notes"]}
    del world.broken["apply", "team/loner"]
    report = _runner(world, absent=_none_absent).apply(stacks)
    assert _lines(report)["team/loner"][-1].endswith("and the file went with it")
    assert not (folder / "imports.json").exists()


def test_a_name_whose_group_is_not_there_is_left_out_of_the_import(world: World) -> None:
    folder = _ordered(world)
    world.there.update(ALL)

    def absent(*_: Any) -> frozenset[str]:
        return frozenset({"clicks"})

    stack = find(stacks_of(world.normal), "central-team", "producer")
    report = _runner(world, absent=absent).apply([stack])
    assert world.variables[stack.name] == {"TF_VAR_not_imported": '["clicks"]'}
    assert _lines(report)[stack.name][0] == "clicks: not imported: there is no such group any more, so it is made"
    assert imports.read(folder) == {"team/loner": ["notes"]}


def test_nothing_runs_on_an_imports_file_that_is_none(world: World) -> None:
    folder = _ordered(world)
    (folder / "imports.json").write_text("[1]")
    with pytest.raises(BadInput, match="names of groups by stack"):
        _runner(world)
    assert world.log == []


@pytest.mark.parametrize("ephemeral", [True, False])
def test_what_is_destroyed_with_its_groups_imports_none_later(world: World, ephemeral: bool) -> None:
    folder = _ordered(world, ephemeral)
    world.there.add("team/loner")  # the other stack is not there
    report = _runner(world).destroy(stacks_of(world.normal))
    assert _results(report)["team/loner"] == "destroyed"
    # Where only what Terraform has is destroyed, a group that was yet to be imported is there still.
    assert imports.read(folder) == ({} if ephemeral else ORDERED)
    assert set(_lines(report)) == (set(ORDERED) if ephemeral else set())


def test_a_stack_that_could_not_be_destroyed_keeps_its_names(world: World) -> None:
    folder = _ordered(world, ephemeral=True)
    world.there.update(ALL)
    world.broken["destroy", "team/loner"] = "no."
    _runner(world).destroy(stacks_of(world.normal))
    assert imports.read(folder) == {"team/loner": ["notes"]}
