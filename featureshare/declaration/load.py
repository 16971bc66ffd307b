"""From a folder of YAML files to a Declaration, or to everything that is wrong with it, all at once."""

import difflib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from featureshare.declaration.document import Document, KeyPath, read_document
from featureshare.declaration.drafts import Drafts
from featureshare.declaration.foreign import judge_foreign
from featureshare.declaration.judge import judge, judge_use
from featureshare.declaration.model import (
    Environment,
    Feature,
    FeatureGroup,
    OfflineStore,
    OnlineStore,
    Platform,
    Principal,
    Replica,
    TagGrant,
    TagMatch,
    Team,
    Ttl,
)
from featureshare.declaration.normal import Declaration
from featureshare.declaration.tags import resolve
from featureshare.errors import BadInput, Problem

# Every key of every kind of mapping, to suggest one for a misspelt key.
_KEYS = frozenset(
    key
    for model in (
        Environment,
        Replica,
        TagGrant,
        TagMatch,
        Platform,
        Team,
        Principal,
        FeatureGroup,
        Feature,
        OnlineStore,
        Ttl,
        OfflineStore,
    )
    for key in model.model_fields
)

# What decides which groups a tag covers: where one of these is wrong, it is too early to say which grant serves nobody.
_TAGGED = ("classification", "store", "online_store", "offline_store", "shared_by_tag")

_M = TypeVar("_M", bound=BaseModel)


def load(root: Path, environment: str) -> Declaration:
    """Read and judge `environment`, a folder of `root` (the repository's `environments`).

    Raises BadInput with every problem found; files are named as seen from the parent of `root`.
    """
    folder = root / environment
    shown = f"{root.resolve().name}/{environment}"
    if not (folder / "environment.yaml").is_file():
        known = ", ".join(sorted(path.parent.name for path in root.glob("*/environment.yaml")))
        rule = f"there is no environment {environment}."
        raise BadInput([Problem(f"{shown}/environment.yaml", "", rule, f"name one of: {known}" if known else "add it")])

    problems = _Problems()
    problems.add(_stray_files(folder, shown))
    problems.add(judge_foreign(folder, shown))
    document = _read(folder, shown, "environment.yaml", problems)
    teams = _read_folder(folder, shown, "teams", problems)
    groups = _read_folder(folder, shown, "feature-groups", problems)

    drafts = Drafts(
        environment,
        document,
        frozenset(teams),
        {name: team for name, team in teams.items() if team},
        {name: group for name, group in groups.items() if group},
        frozenset(groups),
    )
    problems.add(judge(drafts))
    whole = _model(Environment, document, problems)
    team_models = {name: _model(Team, team, problems) for name, team in teams.items()}
    group_models = {name: _model(FeatureGroup, group, problems) for name, group in groups.items()}
    if not problems.touch(
        "", "principals", "shared_with", "owner", *(_TAGGED if "shared_by_tag" in drafts.settings else ())
    ):
        problems.add(judge_use(drafts))

    if problems.found or whole is None:
        raise BadInput(problems.found)
    resolved, by_tag = resolve(drafts, {name: group for name, group in group_models.items() if group})
    return Declaration(
        whole,
        MappingProxyType({name: team for name, team in team_models.items() if team}),
        MappingProxyType(resolved),
        MappingProxyType(whole.replicas),
        MappingProxyType(by_tag),
    )


class _Problems:
    """Problems so far. Of several at one key the first stands: later rules judge what earlier ones have refused."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, problems: Iterable[Problem]) -> None:
        known = {(problem.file, problem.key) for problem in self.found}
        for problem in problems:
            if (problem.file, problem.key) not in known:
                self.found.append(problem)
                known.add((problem.file, problem.key))

    def touch(self, *keys: str) -> bool:
        """Whether a problem is at one of these keys of any file, or under it ("" for a file as a whole)."""
        return any(problem.key.split(".")[0].split("[")[0] in keys for problem in self.found)


def _stray_files(folder: Path, shown: str) -> Iterator[Problem]:
    for path in sorted(folder.rglob("*")):
        file = path.relative_to(folder)
        if path.suffix.lower() not in (".yaml", ".yml") or path.is_dir():
            continue
        if path.suffix != ".yaml":
            yield Problem(f"{shown}/{file}", "", "only files that end with .yaml are read.", "rename it to .yaml")
        elif str(file) != "environment.yaml" and (
            len(file.parts) != 2 or file.parts[0] not in ("teams", "feature-groups")
        ):
            rule = "nothing reads a file in this place."
            yield Problem(f"{shown}/{file}", "", rule, "move it to teams/ or feature-groups/, or delete it")


def _read(folder: Path, shown: str, file: str, problems: _Problems) -> Document | None:
    document, wrong = read_document(folder / file, f"{shown}/{file}")
    problems.add(wrong)
    return document


def _read_folder(folder: Path, shown: str, name: str, problems: _Problems) -> dict[str, Document | None]:
    return {
        path.stem: _read(folder, shown, f"{name}/{path.name}", problems)
        for path in sorted((folder / name).glob("*.yaml"))
    }


def _model(kind: type[_M], document: Document | None, problems: _Problems) -> _M | None:
    if document is None:
        return None
    try:
        return kind.model_validate(document.value)
    except ValidationError as error:
        problems.add(_problem(document, detail) for detail in error.errors(include_url=False))
        return None


def _problem(document: Document, detail: ErrorDetails) -> Problem:
    path: KeyPath = tuple(part for part in detail["loc"] if part != "[key]")
    rule, fix = _words(detail, str(path[-1]) if path else "")
    return document.problem(path, rule, fix)


def _words(detail: ErrorDetails, key: str) -> tuple[str, str]:
    """What to tell a user about an error of pydantic's: the rule and the fix."""
    context: dict[str, Any] = detail.get("ctx", {})
    value = detail["input"]
    match detail["type"]:
        case "rule":
            return context["rule"], context["fix"]
        case "missing":
            return f"{key} is missing.", f"add `{key}:`"
        case "extra_forbidden":
            near = difflib.get_close_matches(key, sorted(_KEYS - {key}), n=1)
            return "unknown key.", f"correct the spelling: {near[0]}" if near else "leave it out"
        case "string_type" if isinstance(value, int) and not isinstance(value, bool):
            return f"must be text, and {value} without quotes is a number.", f'write "{value}"'
        case "string_type":
            return f"must be text, not {_kind(value)}.", "write text, in quotes if in doubt"
        case "literal_error":
            words = re.findall(r"'([^']+)'", context["expected"])
            near = difflib.get_close_matches(str(value), words, n=1, cutoff=0.5) or ["one of them"]
            return f"must be one of {', '.join(words)}, not {value}.", f"write {near[0]}"
        case "bool_type":
            return f"must be true or false, not {_kind(value)}.", "write true or false, without quotes"
        case "int_type":
            return f"must be a whole number, not {_kind(value)}.", "write digits, without quotes"
        case "greater_than_equal":
            return f"must be {context['ge']} or more.", "write a larger number"
        case "list_type":
            return f"must be a list, not {_kind(value)}.", "write [a, b] or one `- a` a line"
        case "too_short":
            return f"needs {context['min_length']} entries or more.", "add what is missing"
        case "too_long":
            return f"has more than {context['max_length']} entries.", "remove some"
        case _:
            return f"must be a mapping of keys to values, not {_kind(value)}.", "write `key: value` lines under it"


def _kind(value: Any) -> str:
    names = {bool: "true or false", int: "a number", str: "text", list: "a list", dict: "a mapping"}
    return names.get(type(value), "that")
