"""Plan, apply and destroy the stacks of an environment.

Every plan is judged before any is applied. The exceptions are what can only be planned once something else is there:
what depends on a central store whose keys do not exist yet, and replicas of groups that do not (their tables name the
second in which a group was created). What comes first is then planned, judged and applied first.
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from featureshare.errors import Problem
from featureshare.runner import (
    api_groups,
    catalog_policy,
    created,
    group_steps,
    guards,
    imports,
    landing,
    primary,
    scheduler,
)
from featureshare.runner.declared import slice_of
from featureshare.runner.environment import Access
from featureshare.runner.guards import Counts
from featureshare.runner.machine import Machine
from featureshare.runner.process import Children
from featureshare.runner.report import Observer, Report, StackResult, ignore, watcher
from featureshare.runner.scheduler import Outcome, Status
from featureshare.runner.stacks import CENTRAL, REPLICA, REPLICATION, Normal, Stack, needs_of, stacks_of
from featureshare.runner.terraform import Terraform

PLANS = 2  # at once: a plan is mostly a provider starting up, which takes a core
JOBS = 4  # at once: an apply mostly waits for AWS
GROUPS = 4  # feature groups created at once in an account: SageMaker throttles more

Value = TypeVar("Value")


@dataclass(frozen=True)
class _Planned:
    """A saved plan (or, before a destroy, a state that was read) and what there is to say against it."""

    counts: Counts
    changes: bool
    problems: tuple[Problem, ...]
    groups: int = 0
    fresh: bool = False  # makes the keys of a central store
    role: str = ""  # the deploy role that the plan's documents name
    steps: tuple[group_steps.Step, ...] = ()  # what the provider cannot do
    limit: tuple[str, ...] = ()  # what `primary` lacks, in words
    kept: tuple[str, ...] = ()  # what of others stays in a policy that we own, in words
    imports: tuple[str, ...] = ()  # what becomes of the names in imports.json, in words

    @property
    def anything(self) -> bool:
        return self.changes or bool(self.steps or self.limit)


class Runner:
    """Runs Terraform on stacks of one environment; use it for one run."""

    def __init__(
        self,
        machine: Machine,
        normal: Normal,
        access: Access,
        *,
        observe: Observer = ignore,
        children: Children | None = None,
        groups: group_steps.FeatureGroups | None = None,
        discover: created.Discover = created.discover,
        athena: primary.Open = primary.athena,
        glue: catalog_policy.Open = catalog_policy.glue,
        absent: imports.Absent = imports.absent,
    ) -> None:
        self._machine, self._normal, self._access, self._observe = machine, normal, access, observe
        self._children = children or Children()
        self._groups = groups or group_steps.AwsFeatureGroups(access)
        self._stacks = {stack.name: stack for stack in stacks_of(normal)}
        self._plans = machine.workspace.state(normal["environment"]["name"]) / "plans"
        self._plans.mkdir(exist_ok=True, mode=0o700)
        self._budget = scheduler.Budget(GROUPS)
        self._seconds: dict[str, float] = {}
        self._results: dict[str, StackResult] = {}
        self._discover = discover
        self._athena, self._glue, self._absent = athena, glue, absent
        self._folder = machine.workspace.environments / normal["environment"]["name"]
        self._imports = imports.read(self._folder)
        self._left: dict[str, tuple[str, ...]] = {}
        self._more: dict[str, dict[str, str]] = {}

    def plan(self, chosen: Iterable[Stack], *, allowed: Iterable[str] = ()) -> Report:
        """Plan and judge; what depends on a central store that is not there yet waits."""
        return self._run(tuple(chosen), tuple(allowed), apply=False)

    def apply(self, chosen: Iterable[Stack], *, allowed: Iterable[str] = ()) -> Report:
        """Plan, judge, and apply exactly what was planned; nothing when any plan is refused."""
        return self._run(tuple(chosen), tuple(allowed), apply=True)

    def destroy(self, chosen: Iterable[Stack], *, allowed: Iterable[str] = ()) -> Report:
        """Destroy stacks, the central one last; asks each state first whose it is, and keeps what holds data."""
        chosen, names = tuple(chosen), tuple(allowed)
        ephemeral = bool(self._normal["environment"]["ephemeral"])
        planned = self._each(chosen, PLANS, lambda stack: self._plan_destroy(stack, names, ephemeral))
        problems = [*_problems(planned), *self._left_behind(chosen)]
        if problems:
            return self._report(chosen, planned, problems)
        going = {name: plan for name, plan in planned.items() if plan.changes}
        for name in planned.keys() - going.keys():
            if ephemeral:
                self._settle(self._stacks[name])
            self._end(name, "absent", steps=self._told(name, planned))
        stuck = sorted(name for name, result in self._results.items() if result.result == "failed")
        if CENTRAL in going and stuck:
            del going[CENTRAL]
            self._end(CENTRAL, "waiting", error=f"{', '.join(stuck)} may still need it.")
        # Each after what needs it.
        needs = {
            name: [other for other in going if name in needs_of(self._stacks[other], self._stacks.values())]
            for name in going
        }
        self._collect(self._schedule(needs, JOBS, lambda stack: self._destroy(stack, ephemeral)), going, "destroyed")
        return self._report(chosen, {}, ())

    def _run(self, chosen: tuple[Stack, ...], allowed: tuple[str, ...], *, apply: bool) -> Report:
        central = [stack for stack in chosen if stack.kind == CENTRAL]
        others = [stack for stack in chosen if stack.kind != CENTRAL]
        planned = self._each(central, PLANS, lambda stack: self._plan(stack, allowed))
        if problems := _problems(planned):
            return self._report(chosen, planned, problems)
        if not self._central_is_there(planned, others, apply=apply):
            for stack in others:
                self._end(stack.name, "waiting", error=f"needs {CENTRAL}, which is not there.")
        else:
            copying = [stack for stack in others if stack.kind in (REPLICA, REPLICATION)]
            rest = [stack for stack in others if stack not in copying]
            planned |= self._each(rest, PLANS, lambda stack: self._plan(stack, allowed))
            if problems := _problems(planned):
                return self._report(chosen, planned, problems)
            if apply and copying and any(plan.groups for plan in planned.values()):
                self._apply_all(planned)
            planned |= self._each(copying, PLANS, lambda stack: self._plan(stack, allowed))
            if problems := _problems(planned):
                return self._report(chosen, planned, problems)
            if apply:
                self._apply_all(planned)
        return self._report(chosen, planned, ())

    def _central_is_there(self, planned: Mapping[str, _Planned], others: Iterable[Stack], *, apply: bool) -> bool:
        """Can the stacks that need the central one be planned? Applies it where that is what it takes."""
        if CENTRAL in self._results:  # its plan failed
            return False
        if CENTRAL in planned:
            if not planned[CENTRAL].fresh:
                return True
            if apply:
                self._apply_all({CENTRAL: planned[CENTRAL]})
            return apply and self._results[CENTRAL].result == "applied"
        if not any(others):
            return True
        stack = self._stacks[CENTRAL]
        outcome = self._schedule({CENTRAL: ()}, 1, lambda _: self._is_there(stack))[CENTRAL]
        if outcome.error is not None:
            raise outcome.error
        return bool(outcome.result)

    # One stack

    def _open(self, stack: Stack, phase: str, total: int = 0) -> Terraform:
        def tell(detail: str, done: int) -> None:
            self._observe(stack, phase, detail, done, total)

        run = self._machine.environment(stack, self._access, self._more.get(stack.name))
        terraform = self._machine.open(run, self._children, watcher(tell))
        tell("", 0)
        self._machine.initialise(run, terraform)
        return terraform

    def _plan(self, stack: Stack, allowed: tuple[str, ...]) -> _Planned:
        names = self._imports.get(stack.name, [])
        gone = imports.gone(names, self._normal, stack, self._access, self._absent)
        self._more[stack.name] = {
            **created.variables(self._normal, stack, self._access, self._discover),
            **catalog_policy.variables(self._machine.workspace, self._normal, stack, self._access, self._glue),
            **imports.variables(gone),
        }
        changes, document = self._save_plan(stack, self._open(stack, "planning"))
        expected = slice_of(self._normal, stack.team, stack.replica)
        problems = (
            *guards.judge(document, stack, expected, allowed=allowed),
            *catalog_policy.judge(document, stack),
        )
        role = group_steps.deploy_role(_documents(document), stack.account)
        return _Planned(
            guards.counts(document),
            changes,
            problems,
            groups=guards.created_groups(document),
            fresh=stack.kind == CENTRAL and guards.creates(document, "aws_kms_alias"),
            role=role,
            steps=() if problems else self._steps(stack, role),
            limit=() if problems else primary.pending(self._normal, stack, self._access, self._athena),
            kept=catalog_policy.kept(document, stack),
            imports=imports.told(names, self._normal, stack, gone, document),
        )

    def _steps(self, stack: Stack, role: str) -> tuple[group_steps.Step, ...]:
        return steps_of(self._normal, stack, role, self._groups)

    def _save_plan(self, stack: Stack, terraform: Terraform, *, destroy: bool = False) -> tuple[bool, dict[str, Any]]:
        file = self._file(stack)
        changes = terraform.save_plan(file, destroy=destroy)
        document = terraform.show_plan(file)
        # Scan and proof read here what will be applied.
        file.with_suffix(".json").write_text(json.dumps(document), encoding="utf-8")
        return changes, document

    def _apply(self, stack: Stack, planned: _Planned) -> None:
        if planned.limit:  # it stands before anybody may query there
            self._observe(stack, "limiting primary", planned.limit[0], 0, 1)
            primary.put(self._normal, stack, self._access, self._athena)
        if planned.changes:
            total = planned.counts.add + planned.counts.change + planned.counts.destroy
            terraform = self._open(stack, "applying", total)
            with self._budget.spend(stack.account, planned.groups) as units:
                terraform.apply_plan(self._file(stack), parallelism=units if planned.groups > units else None)
        if planned.steps:
            left = self._steps(stack, planned.role)  # what was not there has come with defaults of its own
            self._observe(stack, "updating feature groups", "", 0, len(left))
            self._groups.take(stack, planned.role, left)

    def _settle(self, stack: Stack) -> None:
        """What the stack was to import has been, or is gone. Not while other stacks run: a saved plan holds Terraform
        to the files that it was made from."""
        if names := self._imports.get(stack.name):
            self._left[stack.name] = (imports.left(self._folder, stack.name, names),)

    def _plan_destroy(self, stack: Stack, allowed: tuple[str, ...], ephemeral: bool) -> _Planned:
        terraform = self._open(stack, "reading")
        state = terraform.pull_state() or {}
        problems, counts = guards.judge_state(state, stack), Counts(destroy=_managed(state))
        if counts.destroy and not problems and not ephemeral:
            _, document = self._save_plan(stack, terraform, destroy=True)
            problems = (
                *guards.judge_destruction(document, stack, allowed=allowed, ephemeral=False),
                *catalog_policy.judge(document, stack),
            )
        return _Planned(counts, counts.destroy > 0, problems)

    def _destroy(self, stack: Stack, ephemeral: bool) -> None:
        terraform = self._open(stack, "destroying")
        if ephemeral:
            # First what Terraform does not know of: its role, bucket and keys go next.
            for name in api_groups.retire(terraform.pull_state() or {}, stack, self._access):
                self._observe(stack, "destroying", f"feature group {name}, made through the API", 0, 0)
            terraform.destroy_all()
        else:
            terraform.apply_plan(self._file(stack))

    def _is_there(self, stack: Stack) -> bool:
        return _managed(self._open(stack, "reading").pull_state() or {}) > 0

    def _left_behind(self, chosen: tuple[Stack, ...]) -> list[Problem]:
        """The central stack cannot go while one stays that needs it."""
        if CENTRAL not in {stack.name for stack in chosen}:
            return []
        rest = {stack.name: () for stack in self._stacks.values() if stack not in chosen}
        outcomes = self._schedule(rest, PLANS, self._is_there)
        return [
            Problem(
                "command line",
                "--stack",
                f"{CENTRAL} cannot go while {name} is there.",
                f"destroy {name} first, or all at once.",
            )
            for name, outcome in outcomes.items()
            if outcome.result is not False  # when its state cannot be read, it may be there
        ]

    def _file(self, stack: Stack) -> Path:
        return self._plans / f"{stack.slug}.tfplan"

    # Many stacks

    def _schedule(
        self, needs: Mapping[str, Iterable[str]], jobs: int, action: Callable[[Stack], Value]
    ) -> dict[str, Outcome[Value]]:
        def timed(name: str) -> Value:
            start = time.monotonic()
            try:
                return action(self._stacks[name])
            finally:
                self._seconds[name] = self._seconds.get(name, 0.0) + time.monotonic() - start

        return scheduler.run(needs, timed, jobs=jobs, interrupt=self._children.interrupt, kill=self._children.kill)

    def _each(self, stacks: Iterable[Stack], jobs: int, action: Callable[[Stack], _Planned]) -> dict[str, _Planned]:
        """Run an action on stacks in any order: what it gave where it worked, failures into the results."""
        outcomes = self._schedule({stack.name: () for stack in stacks}, jobs, action)
        self._collect({name: outcome for name, outcome in outcomes.items() if outcome.error}, {}, "")
        return {name: outcome.result for name, outcome in outcomes.items() if outcome.result is not None}

    def _apply_all(self, planned: Mapping[str, _Planned]) -> None:
        todo = {name: plan for name, plan in planned.items() if name not in self._results}
        failed = [name for name, result in self._results.items() if result.result == "failed"]
        needs = {name: needs_of(self._stacks[name], self._stacks.values()) for name in todo}
        outcomes = self._schedule(
            {name: required for name, required in needs.items() if not set(required) & set(failed)},
            JOBS,
            lambda stack: self._apply(stack, todo[stack.name]),
        )
        self._collect(outcomes, todo, "applied")

    def _collect(self, outcomes: Mapping[str, Outcome[Any]], planned: Mapping[str, _Planned], done: str) -> None:
        for name, outcome in outcomes.items():
            counts = planned[name].counts if name in planned else Counts()
            match outcome.status:
                case Status.DONE:
                    # Elsewhere groups that a destroyed stack was yet to import are there still.
                    if done == "applied" or self._normal["environment"]["ephemeral"]:
                        self._settle(self._stacks[name])
                    result = done if planned[name].anything else "unchanged"
                    self._end(name, result, counts, steps=self._told(name, planned))
                case Status.WAITING:
                    self._end(name, "waiting", error=f"needs {', '.join(outcome.missing)}.")
                case _:
                    self._end(name, "failed", counts, self._words(name, outcome.error))

    def _words(self, name: str, error: BaseException | None) -> str:
        text = str(error) or type(error).__name__
        more = landing.advice(text, self._stacks[name].env, self._stacks[name].account)
        return f"{text}\n{more}" if more else text

    def _end(
        self, name: str, result: str, counts: Counts | None = None, error: str = "", *, steps: tuple[str, ...] = ()
    ) -> None:
        self._results[name] = StackResult(
            self._stacks[name], result, counts or Counts(), self._seconds.get(name, 0.0), error, steps
        )

    def _told(self, name: str, planned: Mapping[str, _Planned]) -> tuple[str, ...]:
        plan = planned[name]
        steps = group_steps.told(plan.steps)
        return (*plan.limit, *plan.kept, *plan.imports, *steps, *self._left.get(name, ()))

    def _report(self, chosen: Iterable[Stack], planned: Mapping[str, _Planned], problems: Iterable[Problem]) -> Report:
        for name, plan in planned.items():
            if name not in self._results:
                result = "refused" if plan.problems else "planned" if plan.anything else "unchanged"
                self._end(name, result, plan.counts, steps=self._told(name, planned))
        results = tuple(self._results[stack.name] for stack in chosen if stack.name in self._results)
        return Report(results, tuple(problems))


def steps_of(normal: Normal, stack: Stack, role: str, aws: group_steps.FeatureGroups) -> tuple[group_steps.Step, ...]:
    """What is left to do through the API for the groups of a stack. Raises botocore's ClientError."""
    groups = group_steps.groups_of(normal, stack)
    if not groups or not role:
        return ()
    there = aws.described(stack, role, groups)
    return tuple(step for name, group in groups.items() for step in group_steps.steps(name, group, there[name]))


def _documents(plan: Mapping[str, Any]) -> Mapping[str, Any]:
    outputs = plan.get("planned_values", {}).get("outputs", {})
    documents: Mapping[str, Any] = outputs.get("documents", {}).get("value") or {}
    return documents


def _problems(planned: Mapping[str, _Planned]) -> list[Problem]:
    return [problem for plan in planned.values() for problem in plan.problems]


def _managed(state: Mapping[str, Any]) -> int:
    """How many resources a state holds."""
    return sum(len(r["instances"]) for r in state.get("resources", ()) if r["mode"] == "managed")
