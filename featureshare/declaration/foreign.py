"""The file of statements that others have put into the policy of the central account's Glue catalog.

Terraform reads it (environments/declaration/foreign.tf) and puts them into the one document that the catalog has; here
it is judged by the same rules. It belongs to no slice.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from featureshare.errors import Problem
from featureshare.statements import FOREIGN_FILE, OWN_IN_CATALOG

_KEYS = ("Effect", "Principal", "Action", "Resource")


def judge_foreign(folder: Path, shown: str) -> Iterator[Problem]:
    """Everything that is wrong with the file in an environment's folder; nothing where there is none."""
    path, where = folder / FOREIGN_FILE, f"{shown}/{FOREIGN_FILE}"
    if not path.is_file():
        return
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        found = None
    if not isinstance(found, list):
        fix = "copy the list under Statement of the policy that stands there"
        yield Problem(where, "", "must be a JSON list of statements.", fix)
        return
    seen: set[str] = set()
    for index, statement in enumerate(found):
        sid = statement.get("Sid") if isinstance(statement, dict) else None
        named = isinstance(sid, str) and sid.isascii() and sid.isalnum() and not sid.startswith(OWN_IN_CATALOG)
        if not named or not all(key in statement for key in _KEYS):
            yield Problem(
                where,
                f"[{index}]",
                f"a statement has a Sid of letters and digits (none that begins with {OWN_IN_CATALOG}: those are "
                "ours), Effect, Principal, Action and Resource.",
                "give it a Sid in the policy that stands there, and copy it again",
            )
        elif sid in seen:
            yield Problem(where, sid, "is there twice.", "keep one of the two")
        seen.add(str(sid))
