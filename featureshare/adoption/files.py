"""Declarations as files: new ones written, written ones changed in place with their comments, all of it or nothing."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML


def written(declared: Mapping[str, Any], heading: str) -> str:
    """A new file's text, with a comment on top."""
    return f"# {heading}\n{_dump(declared)}"


def handed_over(text: str, owner: str) -> str:
    """The file of a group made through the API, were it Terraform's: without `created_by` and its owner's `manage`."""
    document = _yaml().load(text)
    document.pop("created_by", None)
    shared = document.get("shared_with", {})
    verbs = shared.get(owner, [])
    if "manage" in verbs:
        verbs.remove("manage")
    if owner in shared and not verbs:
        del shared[owner]
    if "shared_with" in document and not shared:
        del document["shared_with"]
    return _dump(document)


class Change:
    """Files to write, and what they held before."""

    def __init__(self, files: Mapping[Path, str]) -> None:
        self._files = dict(files)
        self._before = {path: path.read_bytes() if path.exists() else None for path in files}

    def make(self) -> None:
        for path, text in self._files.items():
            path.write_text(text, encoding="utf-8")

    def undo(self) -> None:
        for path, before in self._before.items():
            if before is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(before)


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _dump(document: Any) -> str:
    out = io.StringIO()
    _yaml().dump(document, out)
    return out.getvalue()
