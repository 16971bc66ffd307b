"""Loose policy documents: an index that says what they are, and the findings of our rules for each.

INDEX: {"context": {"owner_account", "consumer_account", "unrelated_account", "org_id", "region"},
"policies": [{"file", "kind"}]}, files relative to the index.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from featureshare.errors import BadInput, Problem
from featureshare.scan.document import NotJson
from featureshare.scan.model import LOOSE_KINDS, Context, Finding, Kind
from featureshare.scan.rules import Rule, judge, parse

_CONTEXT = ("owner_account", "consumer_account", "unrelated_account", "org_id", "region")


@dataclass(frozen=True)
class Scanned:
    """One document, as the index names it, with what was found."""

    file: str
    findings: tuple[Finding, ...]

    def plain(self) -> dict[str, Any]:
        """The document's entry in the JSON output."""
        return {
            "file": self.file,
            "findings": [
                {
                    "rule": finding.rule,
                    "severity": finding.severity,
                    "message": finding.message,
                    "statement": finding.statement,
                }
                for finding in self.findings
            ],
        }


def scan_documents(index: Path, rules: Iterable[Rule]) -> tuple[Scanned, ...]:
    """Judge every document of an index, in its order.

    Raises BadInput with every problem at once: an index or a document that is missing or no JSON, an unknown kind, an
    incomplete context, no document at all. What was not read is never reported as clean.
    """
    rules = tuple(rules)
    content = _read(index, str(index))
    problems: list[Problem] = []
    context = _context(content, str(index), problems)
    entries = content.get("policies") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not entries:
        rule, fix = "the index lists no document.", 'list at least one {"file", "kind"}.'
        problems.append(Problem(str(index), "policies", rule, fix))
        entries = []
    scanned = []
    for number, entry in enumerate(entries):
        try:
            scanned.append(_scan(entry, f"policies[{number}]", index, context, rules))
        except BadInput as error:
            problems += error.problems
    if problems:
        raise BadInput(problems)
    return tuple(scanned)


def _scan(entry: Any, key: str, index: Path, context: Context, rules: tuple[Rule, ...]) -> Scanned:
    if not isinstance(entry, dict) or not isinstance(entry.get("file"), str) or not entry["file"]:
        raise _bad(str(index), key, "an entry needs a file and a kind.", 'write {"file": "...", "kind": "identity"}.')
    name, kind = entry["file"], entry.get("kind")
    if kind not in LOOSE_KINDS:
        raise _bad(str(index), f"{key}.kind", f"{kind!r} is no kind.", f"use one of: {', '.join(LOOSE_KINDS)}.")
    text = _text(index.parent / name, name)
    try:
        document = parse(text, cast(Kind, kind))
    except NotJson as error:
        raise _bad(name, "", f"the document is no JSON: {error}.", "write the policy as JSON.") from None
    return Scanned(name, tuple(judge(document, cast(Kind, kind), context, rules)))


def _context(content: Any, index: str, problems: list[Problem]) -> Context:
    given = content.get("context") if isinstance(content, dict) else None
    if not isinstance(given, dict):
        problems.append(Problem(index, "context", "the index has no context.", f"give {', '.join(_CONTEXT)}."))
        return Context("")
    values = {}
    for name in _CONTEXT:
        value = given.get(name)
        if value is None and name in ("org_id", "region", "unrelated_account"):
            value = ""
        account = name.endswith("_account")
        if (
            not isinstance(value, str)
            or (account and value and not re.fullmatch(r"\d{12}", value))
            or (name in ("owner_account", "consumer_account") and not value)
        ):
            expected = "a string of twelve digits" if account else "a string"
            problems.append(Problem(index, f"context.{name}", f"{value!r} is not {expected}.", f"write {expected}."))
            value = ""
        values[name] = value
    return Context(**values)  # type: ignore[arg-type]


def _read(path: Path, name: str) -> Any:
    try:
        return json.loads(_text(path, name))
    except ValueError as error:
        raise _bad(name, "", f"the file is no JSON: {error}.", "write it as JSON.") from None


def _text(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise _bad(name, "", f"the file cannot be read: {error.strerror or error}.", "check the path.") from None
    except UnicodeDecodeError:
        raise _bad(name, "", "the file is no UTF-8 text.", "save it as UTF-8.") from None


def _bad(file: str, key: str, rule: str, fix: str) -> BadInput:
    return BadInput([Problem(file, key, rule, fix)])
