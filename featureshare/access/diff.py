"""What a change does to access: cells of the matrix and requests that it adds and takes away."""

import io
import os
import subprocess
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from featureshare.access.atoms import Undecidable
from featureshare.access.compare import Comparison, Difference, scopes
from featureshare.access.contract import Contract
from featureshare.access.copies import copies
from featureshare.access.matrix import Matrix
from featureshare.access.model import Model
from featureshare.errors import FeatureShareError

_FOLDERS = ("environments", "modules", "policies")
Cell = tuple[str, str, str]


@dataclass
class AccessDiff:
    """`added` and `removed` are keys of matrix cells, `gained` and `lost` requests; `changed` counts the
    documents whose words differ, `approvers` the teams whose data becomes newly reachable."""

    added: list[Cell] = field(default_factory=list)
    removed: list[Cell] = field(default_factory=list)
    gained: list[Difference] = field(default_factory=list)
    lost: list[Difference] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    approvers: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)

    @property
    def new_access(self) -> bool:
        """Whether anything becomes reachable that was not, or could not be told."""
        return bool(self.added or self.gained or self.undecided)

    @property
    def wording_only(self) -> bool:
        """Whether documents changed and access did not."""
        return bool(self.changed) and not (self.new_access or self.removed or self.lost)

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "added": [_cell(one) for one in self.added],
            "removed": [_cell(one) for one in self.removed],
            "gained": [_request(one) for one in self.gained],
            "lost": [_request(one) for one in self.lost],
            "changed_documents": self.changed,
            "wording_only": self.wording_only,
            "approvers": self.approvers,
            "undecided": self.undecided,
        }


def compare(old: Mapping[str, Any], new: Mapping[str, Any], normal: Mapping[str, Any]) -> AccessDiff:
    """Compare two renders of an environment; `normal` is the newer declaration."""
    before, after = Model(old), Model(new)
    out = AccessDiff()
    earlier, later = Matrix(before).cells, Matrix(after).cells
    out.added, out.removed = sorted(later.keys() - earlier.keys()), sorted(earlier.keys() - later.keys())
    comparison = Comparison(before, after, Contract(normal, after))
    texts, others = dict(scopes(before)), dict(scopes(after))
    for scope in dict.fromkeys((*texts, *others)):
        if texts.get(scope) == others.get(scope):
            continue
        out.changed.append(f"{scope.kind} {scope.key}".strip())
        try:
            for one in comparison.of(scope):
                (out.gained if one.gained else out.lost).append(one)
        except Undecidable as error:
            out.undecided.append(str(error))
    out.approvers = sorted({owner for owner in _owners(out, after) if owner})
    return out


def _owners(diff: AccessDiff, model: Model) -> Iterable[str]:
    """Teams that own what becomes reachable; `platform` for what belongs to no team."""
    owners = {one["name"]: one["owner"] for one in model.shown} | {one.name: one.owner for one in copies(model)}
    for _, group, _ in diff.added:
        yield owners[group]
    for one in diff.gained:
        yield owner_of(model, one.resource)


def owner_of(model: Model, resource: str) -> str:
    """The team whose data a resource is part of: a group, its table, its prefix, a copy of them, a results bucket.

    What is no team's is `platform`'s."""
    for group in model.render["feature_groups"].values():
        prefix = group["s3_uri"].removeprefix("s3://")
        table = f":table/{group['database']}/{group['table']}"
        if resource == group["arn"] or resource.startswith(f"arn:{model.partition}:s3:::{prefix}/"):
            return str(group["owner"])
        if resource.endswith(table):
            return str(group["owner"])
    for one in copies(model):
        if one.holds(resource):
            return one.owner
    bucket = model.buckets.get(resource.split(":", 5)[-1].partition("/")[0])
    role = model.roles.get(resource)
    return (bucket.team if bucket else role.team if role else None) or "platform"


def _cell(cell: Cell) -> dict[str, str]:
    return dict(zip(("team", "feature_group", "verb"), cell, strict=True))


def _request(one: Difference) -> dict[str, Any]:
    return {
        "principal": one.actor.source,
        "action": one.action,
        "resource": one.resource,
        "owner": one.owner,
        "context": {key: list(value) if isinstance(value, tuple) else value for key, value in one.context.items()},
        "statements": [
            {"layer": reason.layer, "document": reason.document, "sid": reason.sid} for reason in one.decision.reasons
        ],
    }


def markdown(diff: AccessDiff, base: str) -> str:
    """A comment for a pull request."""
    lines = [f"### Access compared with `{base}`", ""]
    if not diff.changed and not diff.added and not diff.removed:
        return "\n".join([*lines, "No document changes.", ""])
    if diff.wording_only:
        return "\n".join([*lines, f"{len(diff.changed)} documents change their wording; nobody's access changes.", ""])
    for title, cells in (("New access", diff.added), ("Access taken away", diff.removed)):
        if cells:
            lines += [f"**{title}**", "", "| team | feature group | verb |", "|---|---|---|"]
            lines += [f"| {team} | {group} | {verb} |" for team, group, verb in cells] + [""]
    for title, requests in (("Requests newly allowed", diff.gained), ("Requests no longer allowed", diff.lost)):
        if requests:
            lines += [f"**{title}**", "", "| who | action | resource |", "|---|---|---|"]
            rows = dict.fromkeys(f"| `{one.actor}` | `{one.action}` | `{one.resource}` |" for one in requests)
            lines += [*list(rows)[:40], *([f"| and {len(rows) - 40} more | | |"] if len(rows) > 40 else []), ""]
    for text in diff.undecided:
        lines += [f"Not decided: {text}", ""]
    if diff.approvers:
        lines += [f"Approval needed from: {', '.join(diff.approvers)}.", ""]
    return "\n".join(lines)


def checked_out(root: Path, revision: str, folder: Path) -> Path:
    """The declaration, modules and policies of a revision, put into `folder`. Raises FeatureShareError."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    command = ["git", "-C", str(root), "archive", "--format=tar", revision, "--", *_FOLDERS]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    if done.returncode:
        raise FeatureShareError(f"git knows no {revision} here: {done.stderr.decode(errors='replace').strip()}")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder
