"""Every IAM document, name and feature group of an environment, as Terraform renders them from the declaration.

`environments/stacks/render` is provider-free, so that this takes well under a second and needs no AWS account. What
reads documents (proof, scan, local AWS, journeys) reads them here and never builds a name or a policy of its own.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock

from featureshare import toolchain
from featureshare.errors import BadInput, FeatureShareError, Problem
from featureshare.runner.environment import child_environment
from featureshare.runner.process import Children
from featureshare.runner.terraform import Terraform, TerraformFailed
from featureshare.workspace import Workspace

_KEPT = 20  # renders kept of an environment: going back and forth between branches stays fast

# In a template: a hole, a hole as it must be, and `$${`, which is the text `${` (an IAM variable).
_OPENED = re.compile(r"(?<!\$)\$\{[^}]*\}?|%\{[^}]*\}?")
_HOLE = re.compile(r"\$\{jsonencode\(\w+\)\}")

Render = dict[str, Any]
"""Keys: environment, names, roles, managed_policies, buckets, keys, catalogs, organization, feature_groups, workgroups,
teams. IAM documents in it are JSON strings, byte for byte as they will be applied."""


def render(env: str, root: Path | None = None, team: str | None = None, children: Children | None = None) -> Render:
    """The documents of an environment, or of the slice of one of its teams; from a cache when nothing has changed.

    `root` is the clone (default: the one around the current folder). Raises BadInput when there is no such
    environment or a template has a hole of another form, and FeatureShareError, with Terraform's words, when the
    declaration or a template does not render.
    """
    workspace = Workspace(root.resolve()) if root is not None else Workspace.find()
    workspace.declaration_folder(env)
    folder = workspace.state(env) / "render"
    folder.mkdir(parents=True, exist_ok=True)
    cached = folder / f"{_fingerprint(workspace, env, team)}.json"
    if (documents := _read(cached)) is not None:
        return documents
    # Terraform's data folder is shared by all renders of the environment.
    with FileLock(folder / ".lock"):
        if (documents := _read(cached)) is not None:
            return documents
        if problems := list(_ill_holes(workspace)):
            raise BadInput(problems)
        documents = _run(workspace, env, team, children)
        with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".new", delete=False, encoding="utf-8") as scratch:
            scratch.write(json.dumps(documents))  # whole: `json.dump` goes piece by piece, in Python
        Path(scratch.name).replace(cached)
        _forget(folder)
    return documents


def _run(workspace: Workspace, env: str, team: str | None, children: Children | None) -> Render:
    data = workspace.state(env) / "tfdata" / "render"
    data.mkdir(parents=True, exist_ok=True)
    variables = {"TF_DATA_DIR": str(data), "TF_VAR_environment": env, "TF_CLI_CONFIG_FILE": os.devnull}
    variables["GOGC"] = "200"  # a fifth less time for 500 teams, for 0.4 GB
    if team is not None:
        variables["TF_VAR_team"] = team
    environment = child_environment(os.environ, access=None, region=None, registry=False, extra=variables)
    stack = workspace.stacks / "render"
    if not stack.is_dir():
        raise FeatureShareError(f"There is no {workspace.relative(stack)}.")
    binary = toolchain.find_terraform(os.environ).path
    terraform = Terraform(stack, environment, binary=binary, children=children)
    with tempfile.TemporaryDirectory() as scratch:
        # Module sources are relative paths: what `init` finds changes only with the render stack's own files.
        stamp, wanted = data / "initialised", _digest(workspace.root, _tf_files(workspace))
        try:
            if not stamp.is_file() or stamp.read_text() != wanted:
                terraform.initialise()
                stamp.write_text(wanted)
            outputs = terraform.apply_for_outputs(Path(scratch) / "terraform.tfstate")
        except TerraformFailed as error:
            raise FeatureShareError(f"The declaration of {env} does not render: {error}") from error
    if not isinstance(documents := outputs.get("documents"), dict):
        raise FeatureShareError(f"{workspace.relative(stack)} has no output `documents`.")
    return documents


def _ill_holes(workspace: Workspace) -> Iterator[Problem]:
    """What no template may hold: Terraform would only say that some name is missing (docs/decisions/0015)."""
    for file in sorted((workspace.root / "policies").glob("*/*.json.tftpl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            for opened in _OPENED.findall(line):
                if not _HOLE.fullmatch(opened):
                    rule = f"a hole is a name and nothing else, `${{jsonencode(name)}}`: {opened} is not."
                    fix = "work the value out where modules/access-policies fills the template, and name it here."
                    yield Problem(workspace.relative(file), f"line {number}", rule, fix)


def _tf_files(workspace: Workspace) -> Iterator[Path]:
    yield from (workspace.stacks / "render").glob("*.tf")
    yield from (workspace.environments / "declaration").glob("*.tf")
    yield from (workspace.root / "modules" / "access-policies").glob("*.tf")


def _inputs(workspace: Workspace, env: str) -> Iterator[Path]:
    """The files that a render depends on; all that is below these folders, but what Terraform puts there."""
    yield from _tf_files(workspace)
    for folder in (workspace.environments / env, workspace.environments / "declaration", workspace.root / "policies"):
        yield from (file for file in folder.rglob("*") if file.is_file() and ".terraform" not in file.parts)


def _fingerprint(workspace: Workspace, env: str, team: str | None) -> str:
    digest = _digest(workspace.root, _inputs(workspace, env))
    return hashlib.sha256(json.dumps([env, team, digest]).encode()).hexdigest()[:32]


def _digest(root: Path, files: Iterator[Path]) -> str:
    digest = hashlib.sha256()
    for file in sorted(set(files)):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(root)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _read(file: Path) -> Render | None:
    try:
        documents = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return documents if isinstance(documents, dict) else None


def _forget(folder: Path) -> None:
    files = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files[_KEPT:]:
        file.unlink(missing_ok=True)


def forget(env: str, root: Path | None = None) -> None:
    """Drop the cached renders of an environment."""
    workspace = Workspace(root.resolve()) if root is not None else Workspace.find()
    shutil.rmtree(workspace.state(env) / "render", ignore_errors=True)
