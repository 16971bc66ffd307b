"""The rules of policies/checks/: loaded, checked to be whole, and applied to a document."""

import importlib.util
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, cast, get_args

from featureshare.errors import FeatureShareError
from featureshare.scan.document import Document
from featureshare.scan.model import RESOURCE_KINDS, Context, Example, Finding, Kind, Severity

_FILE = re.compile(r"fs(\d{3})_[a-z0-9_]+\.py")
_SEVERITIES = get_args(Severity)
_KINDS = get_args(Kind)


class BrokenRules(FeatureShareError):
    """The rules cannot all be loaded or one failed; a scan without them would say nothing."""


@dataclass(frozen=True)
class Rule:
    """One file of policies/checks/."""

    id: str
    severity: Severity
    title: str
    fix: str
    kinds: tuple[Kind, ...]
    good: tuple[Example, ...]
    bad: tuple[Example, ...]
    module: ModuleType

    def findings(self, document: Document, kind: Kind, context: Context) -> list[Finding]:
        """What the rule finds; raises BrokenRules, naming the rule, when its code fails."""
        try:
            return list(self.module.findings(document, kind, context))
        except Exception as error:
            raise BrokenRules(f"Rule {self.id} failed on a {kind} document: {error!r}.") from error


def load_rules(folder: Path) -> tuple[Rule, ...]:
    """Every rule of the folder, by id.

    Raises BrokenRules when there is none, when one does not load or lacks a part, when two share an id, and when the
    folder holds code or configuration that is no rule (checkov would skip it without a word).
    """
    if not folder.is_dir():
        raise BrokenRules(f"There is no folder of rules {folder}.")
    rules = []
    for file in sorted(folder.iterdir()):
        match = _FILE.fullmatch(file.name)
        if match:
            rules.append(_load(file, f"FS{match.group(1)}"))
        elif file.suffix in (".py", ".yaml", ".yml"):
            raise BrokenRules(f"{file} is no rule: rules are named fsNNN_<what>.py.")
    if not rules:
        raise BrokenRules(f"{folder} holds no rule.")
    ids = [rule.id for rule in rules]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise BrokenRules(f"Rules share an id: {', '.join(twice)}.")
    return tuple(rules)


def _load(file: Path, expected: str) -> Rule:
    spec = importlib.util.spec_from_file_location(f"featureshare_rule_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise BrokenRules(f"{file} cannot be loaded.")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise BrokenRules(f"{file} does not load: {error!r}.") from error
    try:
        rule = Rule(
            id=module.ID,
            severity=module.SEVERITY,
            title=module.TITLE,
            fix=module.FIX,
            kinds=tuple(module.KINDS),
            good=tuple(module.GOOD),
            bad=tuple(module.BAD),
            module=module,
        )
    except AttributeError as error:
        raise BrokenRules(f"{file} is incomplete: {error}.") from error
    if (
        rule.id != expected
        or rule.severity not in _SEVERITIES
        or not set(rule.kinds) <= set(_KINDS)
        or not (rule.kinds and rule.good and rule.bad and rule.title and rule.fix)
        or not callable(getattr(module, "findings", None))
    ):
        raise BrokenRules(f"{file} must have id {expected}, a severity, kinds, title, fix, good and bad examples.")
    return rule


def parse(source: str | Mapping[str, Any], kind: Kind) -> Document:
    """A document of this kind; raises NotJson for text that is no JSON."""
    if kind == "attachment":
        raw = cast(Mapping[str, Any], source)
        return Document("", (), (), raw)
    return Document.parse(source, with_principals=kind == "trust" or kind in RESOURCE_KINDS)


def judge(document: Document, kind: Kind, context: Context, rules: Iterable[Rule]) -> list[Finding]:
    """The findings of every rule that knows the kind, in order of rule and statement."""
    return [
        finding
        for rule in rules
        if kind in rule.kinds
        for finding in dict.fromkeys(rule.findings(document, kind, context))
    ]
