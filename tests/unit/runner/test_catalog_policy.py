"""The policy of the central catalog: what is there already is imported, and what others wrote is never lost."""

import copy
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from featureshare.runner import catalog_policy
from featureshare.runner.environment import AmbientAccess
from featureshare.runner.stacks import Stack, stacks_of
from featureshare.workspace import Workspace

OURS = {"Sid": "ReadTablesDirectlySearch", "Effect": "Allow", "Action": ["glue:GetTable"], "Resource": ["t"]}
THEIRS = {"Sid": "Analytics", "Effect": "Allow", "Action": ["glue:GetTable", "glue:GetDatabase"], "Resource": "legacy"}
NAMELESS = {"Effect": "Allow", "Action": "glue:GetTable", "Resource": "old"}


class Glue:
    """A catalog with a policy, without one, or one that may not be looked at."""

    def __init__(self, code: str = "", answer: dict[str, Any] | None = None) -> None:
        self.code, self.asked = code, 0
        self.answer = {"PolicyInJson": "{}"} if answer is None else answer

    def get_resource_policy(self) -> dict[str, Any]:
        self.asked += 1
        if self.code:
            raise ClientError({"Error": {"Code": self.code, "Message": "no"}}, "GetResourcePolicy")
        return self.answer

    def __call__(self, *_: Any) -> "Glue":
        return self


@pytest.fixture
def direct(normal: dict[str, Any]) -> dict[str, Any]:
    direct = copy.deepcopy(normal)
    direct["teams"]["consumer"]["direct_catalog"] = True
    return direct


def stack(normal: dict[str, Any], name: str = "central") -> Stack:
    return next(one for one in stacks_of(normal) if one.name == name)


def plan(before: list[dict[str, Any]] | None, after: list[dict[str, Any]] | None) -> dict[str, Any]:
    def values(statements: list[dict[str, Any]] | None) -> dict[str, str] | None:
        return None if statements is None else {"policy": json.dumps({"Statement": statements})}

    change = {"actions": ["update"], "before": values(before), "after": values(after)}
    kind = "aws_glue_resource_policy"
    return {"resource_changes": [{"mode": "managed", "type": kind, "address": f"m.{kind}.this[0]", "change": change}]}


def test_a_policy_that_is_there_is_told_to_the_central_stack_alone(
    direct: dict[str, Any], normal: dict[str, Any], workspace: Workspace
) -> None:
    glue, access = Glue(), AmbientAccess({})
    told = catalog_policy.variables(workspace, direct, stack(direct), access, glue)
    assert told == {"TF_VAR_catalog_policy_exists": "true"}
    assert not catalog_policy.variables(workspace, direct, stack(direct, "team/consumer"), access, glue)
    assert glue.asked == 1
    # Where we have nothing to put there it is nobody's business, and the deploy role has no right to look.
    assert not catalog_policy.variables(workspace, normal, stack(normal), access, glue)
    assert glue.asked == 1
    assert not catalog_policy.variables(workspace, direct, stack(direct), access, Glue("EntityNotFoundException"))
    assert not catalog_policy.variables(workspace, direct, stack(direct), access, Glue(answer={}))
    with pytest.raises(ClientError):
        catalog_policy.variables(workspace, direct, stack(direct), access, Glue("AccessDeniedException"))


def test_declared_statements_of_others_are_reason_to_look(normal: dict[str, Any], workspace: Workspace) -> None:
    folder = workspace.environments / "test"
    folder.mkdir()
    (folder / "catalog-statements.json").write_text("[]")
    assert catalog_policy.variables(workspace, normal, stack(normal), AmbientAccess({}), Glue())


def test_a_statement_of_others_that_would_go_is_refused_by_its_name(normal: dict[str, Any]) -> None:
    (problem,) = catalog_policy.judge(plan([THEIRS, OURS], [OURS]), stack(normal))
    assert "the statement Analytics" in problem.rule
    assert "take out" in problem.rule
    assert json.dumps(THEIRS, sort_keys=True) in problem.rule
    assert problem.file == "environments/test/catalog-statements.json"
    assert "copy it into the list" in problem.fix
    # The whole policy goes, as when the last team leaves or the stack is destroyed.
    assert len(list(catalog_policy.judge(plan([THEIRS, NAMELESS, OURS], None), stack(normal)))) == 2


def test_a_changed_one_and_one_without_a_name_are_refused_too(normal: dict[str, Any]) -> None:
    changed = {**THEIRS, "Resource": "other"}
    (problem,) = catalog_policy.judge(plan([THEIRS], [changed, OURS]), stack(normal))
    assert "would change" in problem.rule
    (problem,) = catalog_policy.judge(plan([NAMELESS], [OURS]), stack(normal))
    assert "a statement without a Sid" in problem.rule
    assert "with a Sid" in problem.fix


def test_what_stays_is_kept_however_it_is_written_and_told(normal: dict[str, Any]) -> None:
    again = {**THEIRS, "Resource": ["legacy"], "Action": ["glue:GetDatabase", "glue:GetTable"]}
    kept = plan([THEIRS], [again, OURS])
    assert not list(catalog_policy.judge(kept, stack(normal)))
    assert catalog_policy.kept(kept, stack(normal)) == (
        "the Glue catalog's policy in 222222222222 keeps what is not ours: Analytics",
    )


def test_what_is_ours_comes_and_goes(normal: dict[str, Any]) -> None:
    for before, after in (([OURS], None), (None, [OURS]), ([OURS], [{**OURS, "Resource": ["u"]}])):
        assert not list(catalog_policy.judge(plan(before, after), stack(normal)))
        assert not catalog_policy.kept(plan(before, after), stack(normal))
