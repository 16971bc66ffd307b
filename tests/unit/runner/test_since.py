import copy
import subprocess
from pathlib import Path
from typing import Any

import pytest

from featureshare.errors import BadInput
from featureshare.runner import since
from featureshare.runner.since import is_touched, module_folders, touched_since
from featureshare.runner.stacks import stacks_of
from featureshare.workspace import Workspace

USES = {"central": {"modules/central-store"}, "central-team": {"modules/central-team"}, "team": {"modules/role"}}


def _touched(normal: dict[str, Any], changed: list[str], before: dict[str, Any] | None) -> list[str]:
    return [s.name for s in stacks_of(normal) if is_touched(s, changed, USES[s.kind], before, normal)]


ALL = ["central", "central-team/consumer", "central-team/producer", "team/consumer", "team/loner", "team/producer"]


@pytest.mark.parametrize(
    ("file", "kinds"),
    [
        ("environments/stacks/team/main.tf", {"team"}),
        ("environments/stacks/central/main.tf", {"central"}),
        ("environments/stacks/central-team/main.tf", {"central-team"}),
        ("environments/declaration/read.tf", {"central", "central-team", "team"}),
        ("environments/test/backend.hcl", {"central", "central-team", "team"}),
        ("environments/other/backend.hcl", set()),
        ("environments/test/catalog-statements.json", {"central"}),
        ("environments/other/catalog-statements.json", set()),
        ("policies/identity/write.json.tftpl", {"central", "central-team", "team"}),
        ("modules/central-team/main.tf", {"central-team"}),
        ("modules/role/main.tf", {"team"}),
        ("modules/elsewhere/main.tf", set()),
        ("README.md", set()),
    ],
)
def test_code_touches_the_stacks_that_use_it(normal: dict[str, Any], file: str, kinds: set[str]) -> None:
    assert _touched(normal, [file], normal) == [s.name for s in stacks_of(normal) if s.kind in kinds]


def test_a_direct_catalog_touches_the_central_stack_and_so_do_the_grants_behind_it(normal: dict[str, Any]) -> None:
    before = copy.deepcopy(normal)
    normal["teams"]["consumer"] |= {"direct_catalog": True, "principals": {"job": {"verbs": ["read-offline"]}}}
    assert _touched(normal, [], before) == ["central", "central-team/consumer", "team/consumer"]
    before = copy.deepcopy(normal)
    normal["feature_groups"]["clicks"]["shared_with"]["consumer"] = ["read-offline"]
    assert "central" in _touched(normal, [], before)
    before = copy.deepcopy(normal)
    normal["teams"]["consumer"]["principals"]["other"] = {"verbs": ["read-online"]}
    assert "central" not in _touched(normal, [], before)
    before = copy.deepcopy(normal)
    normal["teams"]["loner"]["results"] = "central"
    assert _touched(normal, [], before) == ["central", "team/loner"]


def test_a_declaration_touches_the_stacks_whose_slice_it_changes(normal: dict[str, Any]) -> None:
    before = copy.deepcopy(normal)
    normal["feature_groups"]["notes"]["record_identifier"] = "note"
    assert _touched(normal, ["environments/test/feature-groups/notes.yaml"], before) == ["team/loner"]
    before = copy.deepcopy(normal)
    normal["feature_groups"]["clicks"]["shared_with"]["consumer"] = ["read-offline"]
    both = ["central-team/consumer", "central-team/producer", "team/consumer", "team/producer"]
    assert _touched(normal, [], before) == both
    before = copy.deepcopy(normal)
    normal["environment"]["region"] = "eu-central-1"
    assert _touched(normal, [], before) == ALL
    assert _touched(normal, [], None) == ALL
    assert _touched(normal, [], normal) == []
    # One more reader is nothing to those who read already.
    before = copy.deepcopy(normal)
    normal["feature_groups"]["clicks"]["shared_with"]["loner"] = ["read-online"]
    owner_and_new = ["central-team/loner", "central-team/producer", "team/loner", "team/producer"]
    assert _touched(normal, [], before) == owner_and_new


def test_modules_are_found_through_modules(tmp_path: Path) -> None:
    def write(folder: str, *sources: str) -> Path:
        (tmp_path / folder).mkdir(parents=True)
        lines = [f'module "m{n}" {{\n  source = "{source}"\n}}' for n, source in enumerate(sources)]
        (tmp_path / folder / "main.tf").write_text("\n".join(lines))
        return tmp_path / folder

    stack = write("environments/stacks/team", "../../declaration", "../../../modules/a", "hashicorp/x/aws")
    write("environments/declaration")
    write("modules/a", "../b")
    write("modules/b", "../a")
    assert module_folders(tmp_path, stack) == {"environments/declaration", "modules/a", "modules/b"}


def test_git_tells_what_changed_untracked_files_included(
    workspace: Workspace, normal: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=T", "-c", "user.email=t@example.com"]
        subprocess.run(["git", *identity, *arguments], cwd=workspace.root, check=True, capture_output=True)

    for kind in ("central", "central-team", "team"):
        (workspace.stacks / kind).mkdir()
        (workspace.stacks / kind / "main.tf").write_text('module "d" {\n  source = "../../declaration"\n}')
    declared = workspace.environments / "test" / "environment.yaml"
    declared.parent.mkdir()
    declared.write_text("region: before\n")
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "First")

    def read(where: Workspace, env: str) -> dict[str, Any]:
        result = copy.deepcopy(normal)
        result["environment"]["region"] = (where.environments / env / "environment.yaml").read_text()
        return result

    monkeypatch.setattr(since, "read_normal", read)

    def touched() -> list[str]:
        now = read(workspace, "test")
        return [stack.name for stack in touched_since(workspace, "test", "HEAD", now, stacks_of(now))]

    assert touched() == []
    (workspace.stacks / "central" / "new file.tf").touch()
    assert touched() == ["central"]
    (workspace.stacks / "team" / "main.tf").write_text("")
    assert touched() == ["central", "team/consumer", "team/loner", "team/producer"]
    declared.write_text("region: after\n")
    assert touched() == ALL
    with pytest.raises(BadInput, match="no revision 'nonsense'"):
        touched_since(workspace, "test", "nonsense", normal, stacks_of(normal))
