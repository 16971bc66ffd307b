"""Which template a statement comes from, so that a finding leads to the file to mend."""

import functools
import re
from collections.abc import Iterable
from pathlib import Path

from featureshare.scan.model import Kind
from featureshare.statements import own_sid

_FOLDERS: dict[Kind, str] = {
    "identity": "identity",
    "administration": "identity",
    "boundary": "identity",
    "trust": "trust",
    "s3": "resource",
    "kms": "resource",
    "glue": "resource",
    "organization": "organization",
}


@functools.cache
def _sids(policies: Path) -> dict[str, frozenset[str]]:
    """Template (relative to the repository) -> Sids of its statements."""
    return {
        file.relative_to(policies.parent).as_posix(): frozenset(
            re.findall(r'"Sid"\s*:\s*"(\w+)"', file.read_text(encoding="utf-8"))
        )
        for file in sorted(policies.glob("*/*.tftpl"))
    }


def template_of(policies: Path, kind: Kind, document: Iterable[str], statement: str) -> str:
    """The template that `statement` of a document with these Sids was rendered from; empty when there is none."""
    sids, wanted = {own_sid(one) for one in document}, own_sid(statement)
    fitting = [
        (len(own), name)
        for name, own in _sids(policies).items()
        if name.split("/")[1] == _FOLDERS.get(kind) and (wanted in own or not statement) and own <= sids
    ]
    return max(fitting)[1] if fitting else ""
