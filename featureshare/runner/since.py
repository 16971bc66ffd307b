"""Which stacks a change touches: those whose slice of the declaration, code, modules or templates differ."""

import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from featureshare.errors import BadInput, FeatureShareError, Problem
from featureshare.runner.declared import read_normal, seen_by
from featureshare.runner.stacks import CENTRAL, Normal, Stack
from featureshare.statements import FOREIGN_FILE
from featureshare.workspace import Workspace

_SOURCE = re.compile(r'^\s*source\s*=\s*"(\.\.?/[^"]*)"', re.MULTILINE)
_SHARED = ("environments/declaration/", "policies/")


def touched_since(
    workspace: Workspace, env: str, revision: str, normal: Normal, stacks: Iterable[Stack]
) -> tuple[Stack, ...]:
    """The stacks that differ between the git `revision` and the work tree, untracked files included.

    Raises BadInput when there is no such revision and FeatureShareError when the folder is not under git.
    """
    stacks = tuple(stacks)
    changed = _changed_files(workspace, revision)
    before = _normal_at(workspace, env, revision)
    uses = {kind: module_folders(workspace.root, workspace.stacks / kind) for kind in {stack.kind for stack in stacks}}
    return tuple(stack for stack in stacks if is_touched(stack, changed, uses[stack.kind], before, normal))


def is_touched(stack: Stack, changed: Iterable[str], uses: Iterable[str], before: Normal | None, after: Normal) -> bool:
    """Does a stack change with these files (paths from the root)? `before` is None when nobody can read it any more."""
    folders = (f"environments/stacks/{stack.kind}/", *_SHARED, *(f"{folder}/" for folder in uses))
    own = {"backend.hcl", *((FOREIGN_FILE,) if stack.kind == CENTRAL else ())}
    files = {f"environments/{stack.env}/{name}" for name in own}
    if any(file.startswith(folders) or file in files for file in changed):
        return True
    return before is None or seen_by(before, stack) != seen_by(after, stack)


def module_folders(root: Path, folder: Path) -> set[str]:
    """The folders, as paths from the root, of all modules that the Terraform code in `folder` uses, directly or not."""
    found: set[str] = set()
    todo = [folder]
    while todo:
        here = todo.pop()
        for file in sorted(here.glob("*.tf")):
            for source in _SOURCE.findall(file.read_text(encoding="utf-8")):
                target = (here / source).resolve()
                name = (
                    str(PurePosixPath(target.relative_to(root.resolve())))
                    if target.is_relative_to(root.resolve())
                    else ""
                )
                if name and name not in found:
                    found.add(name)
                    todo.append(target)
    return found


def _changed_files(workspace: Workspace, revision: str) -> list[str]:
    try:
        commit = _git(
            workspace, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        ).strip()
    except subprocess.CalledProcessError as error:
        if not (workspace.root / ".git").exists():
            raise FeatureShareError("--since needs a git clone.") from error
        rule = f"there is no revision {revision!r} in this clone."
        raise BadInput(
            [Problem("command line", "--since", rule, "name a branch, tag or commit, such as main.")]
        ) from None
    tracked = _git(workspace, "diff", "--name-only", "--no-renames", "-z", commit, "--")
    untracked = _git(workspace, "ls-files", "--others", "--exclude-standard", "-z")
    return [name for name in (tracked + untracked).split("\0") if name]


def _normal_at(workspace: Workspace, env: str, revision: str) -> Normal | None:
    """The declaration at `revision`; None when it was not there or not sound, so that all of it counts as changed."""
    folder = f"environments/{env}"
    names = _git(workspace, "ls-tree", "-r", "--name-only", "-z", revision, "--", folder).split("\0")
    with tempfile.TemporaryDirectory() as scratch:
        old = Workspace(Path(scratch))
        for name in filter(None, names):
            file = old.root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(_git(workspace, "show", f"{revision}:{name}"), encoding="utf-8")
        try:
            normal: Mapping[str, object] = read_normal(old, env)
        except FeatureShareError:
            return None
        return normal


def _git(workspace: Workspace, *arguments: str) -> str:
    try:
        run = subprocess.run(
            ["git", *arguments], cwd=workspace.root, capture_output=True, text=True, encoding="utf-8", check=True
        )
    except FileNotFoundError:
        raise FeatureShareError("--since needs git, which is not on the PATH.") from None
    return run.stdout
