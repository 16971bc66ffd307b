"""`imports.json` beside environment.yaml: which groups a stack imports with its next apply, by the stack's name.

`featureshare adopt` writes it and the stacks' import blocks read it. It is an order for one apply: what has been
carried out, or can be no more, leaves the file. A file that git knows is never written, since an apply leaves the clone
as it found it; a name that stays in one does no harm, for a group that Terraform has is not imported again and one that
is not there is left out.
"""

import json
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from filelock import FileLock

from featureshare.errors import BadInput, Problem
from featureshare.runner.clients import as_role, deploy_role_of
from featureshare.runner.environment import Access
from featureshare.runner.group_steps import groups_of
from featureshare.runner.guards import FEATURE_GROUP
from featureshare.runner.stacks import Normal, Stack
from featureshare.workspace import STATE

IMPORTS = "imports.json"

Absent = Callable[[Normal, Stack, Access, Iterable[str]], frozenset[str]]


def read(folder: Path) -> dict[str, list[str]]:
    """Names of groups by stack, from the folder of an environment. Raises BadInput when the file is no such thing."""
    file = folder / IMPORTS
    try:
        found = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        return {str(stack): [str(name) for name in names] for stack, names in found.items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        rule = f"cannot be read as names of groups by stack ({error})."
        raise BadInput([Problem(shown(folder), "", rule, "delete it and adopt again")]) from None


def add(folder: Path, names: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Note these names; gives those that were not noted yet. Raises BadInput when the file is none."""
    with _lock(folder):
        before = read(folder)
        new = {stack: sorted(set(some) - set(before.get(stack, ()))) for stack, some in names.items()}
        _write(folder, {name: [*before.get(name, ()), *new.get(name, ())] for name in {*before, *new}})
    return new


def drop(folder: Path, stack: str, names: Iterable[str]) -> None:
    """Take names of a stack out; the file goes with its last one. Raises OSError when it cannot be written."""
    with _lock(folder):
        left = read(folder)
        left[stack] = [name for name in left.get(stack, ()) if name not in set(names)]
        _write(folder, left)


def _write(folder: Path, names: Mapping[str, list[str]]) -> None:
    """Whole or not at all: whoever reads meanwhile finds the file as it was or as it is."""
    file, kept = folder / IMPORTS, {stack: sorted(some) for stack, some in sorted(names.items()) if some}
    if not kept:
        file.unlink(missing_ok=True)
        return
    scratch = folder / f"{IMPORTS}.new"
    try:
        scratch.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
        scratch.replace(file)
    finally:
        scratch.unlink(missing_ok=True)


def _lock(folder: Path) -> FileLock:
    locks = folder.parent.parent / STATE / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    return FileLock(locks / f"imports-{folder.name}.lock")


def in_git(folder: Path) -> bool:
    """Does git know the file? Not where there is no git."""
    try:
        run = subprocess.run(
            ["git", "ls-files", "--error-unmatch", "--", IMPORTS], cwd=folder, capture_output=True, check=False
        )
    except OSError:
        return False
    return run.returncode == 0


def shown(folder: Path) -> str:
    """The file as messages name it."""
    return f"environments/{folder.name}/{IMPORTS}"


def absent(normal: Normal, stack: Stack, access: Access, names: Iterable[str]) -> frozenset[str]:
    """Those of `names` that the stack's account has no group of; asked of SageMaker as its deploy role.

    Raises botocore's ClientError when AWS refuses.
    """
    role, session = deploy_role_of(normal, stack.account), stack.identity.replace("/", "-")[:64]
    client = as_role(access, role, stack.region, session).client("sagemaker")
    gone = set()
    for name in names:
        try:
            client.describe_feature_group(FeatureGroupName=name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFound":
                raise
            gone.add(name)
    return frozenset(gone)


def gone(names: Iterable[str], normal: Normal, stack: Stack, access: Access, ask: Absent = absent) -> frozenset[str]:
    """Those of `names` that the stack would import and that are not there. Nobody is asked about none."""
    mine = groups_of(normal, stack)
    asked = [name for name in names if name in mine]
    return ask(normal, stack, access, asked) if asked else frozenset()


def variables(gone: Iterable[str]) -> dict[str, str]:
    """The Terraform variable that leaves groups out of the import which are not there; none when all are."""
    names = sorted(gone)
    return {"TF_VAR_not_imported": json.dumps(names)} if names else {}


def told(
    names: Iterable[str], normal: Normal, stack: Stack, gone: Iterable[str], plan: Mapping[str, Any]
) -> tuple[str, ...]:
    """What a plan (as JSON) of a stack does with names that it was to import, of which some are `gone`; a line each."""
    mine = groups_of(normal, stack)
    importing = {
        change["change"]["importing"].get("id")
        for change in plan.get("resource_changes", ())
        if change.get("type") == FEATURE_GROUP and change["change"].get("importing")
    }
    lines = []
    for name in names:
        if name in importing:
            what = "imported"
        elif name not in mine:
            what = "not imported: it is not declared as a group that this stack makes"
        elif name in gone:
            what = "not imported: there is no such group any more, so it is made"
        else:
            what = "Terraform has it already"
        lines.append(f"{name}: {what}")
    return tuple(lines)


def left(folder: Path, stack: str, names: Iterable[str]) -> str:
    """Take names of a stack out of the file, unless git knows it; what became of them, in words."""
    names = tuple(names)
    which = f"{', '.join(names)} of {stack}"
    if in_git(folder):
        return f"{shown(folder)} is in git and stays as it is; {which} may go with the next commit"
    try:
        drop(folder, stack, names)
    except OSError as error:
        return f"{shown(folder)} cannot be written ({error.strerror}); {which} may go"
    return f"{which} left {shown(folder)}" + ("" if (folder / IMPORTS).exists() else ", and the file went with it")
