"""From what is found to what is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from featureshare.adoption.declare import declaration_of, differences
from featureshare.adoption.files import Change, handed_over, written
from featureshare.adoption.found import Found
from featureshare.declaration import load
from featureshare.errors import BadInput, Problem
from featureshare.runner import imports
from featureshare.runner.stacks import CENTRAL_TEAM, Stack

DECLARED, IMPORTED = "declared", "handed over"


@dataclass(frozen=True)
class Adoption:
    """What was done with one group, in which file; `tags` are those that the next apply will set or change."""

    feature_group: str
    done: str
    file: str
    stack: str
    tags: tuple[str, ...] = ()


def adopt(
    environments: Path,
    render: Mapping[str, Any],
    found: Iterable[tuple[Stack, Found]],
    *,
    check: bool = False,
) -> tuple[list[Adoption], list[str]]:
    """Write what makes `found` part of the declaration; returns that, and the names that no declaration may take.

    With `check` nothing stays written. Raises BadInput, with nothing written, when a group exists otherwise than it is
    declared, or the declaration would not be sound any more.
    """
    env = str(render["environment"]["name"])
    folder = environments / env
    groups = {(one["account"], one["name"]): one for one in render["feature_groups"].values()}
    files, importing = dict[Path, str](), dict[str, list[str]]()
    imports.read(folder)
    adoptions: list[Adoption] = []
    strangers: list[str] = []
    problems: list[Problem] = []
    for stack, one in found:
        group, path = groups.get((stack.account, one.name)), folder / "feature-groups" / f"{one.name}.yaml"
        shown = f"environments/{env}/feature-groups/{one.name}.yaml"
        if group is None:
            # A name space lies in the central store, whose stack of the team it concerns.
            owner = _space(render, one.name)
            if owner is None or path.exists():
                strangers.append(one.name)
            elif (stack.kind, stack.team) == (CENTRAL_TEAM, owner):
                contact = render["name_spaces"][f"{stack.account}/{owner}--*"]["contact"]
                files[path] = written(declaration_of(one, owner, contact), f"Found in the name space of {owner}.")
                adoptions.append(Adoption(one.name, DECLARED, shown, stack.name))
        elif group["created_by"] == "api" and "--" not in one.name and _is_of(group, stack):
            wrong = list(differences(group, one))
            fix = "declare what is there, or make the group again as it is declared"
            problems += [Problem(shown, key, f"{words}.", fix) for key, words in wrong]
            files[path] = handed_over(path.read_text(encoding="utf-8"), group["owner"])
            importing.setdefault(stack.name, []).append(one.name)
            adoptions.append(Adoption(one.name, IMPORTED, shown, stack.name, _tags(render, stack, group, one)))
    if problems:
        raise BadInput(problems)
    _write(environments, env, files, {} if check else importing, check=check)
    return adoptions, sorted(set(strangers))


def _is_of(group: Mapping[str, Any], stack: Stack) -> bool:
    return (group["store"], group["owner"]) == ("central" if stack.kind == CENTRAL_TEAM else "team", stack.team)


def _space(render: Mapping[str, Any], name: str) -> str | None:
    """The team in whose name space a group lies."""
    return next((one["owner"] for one in render["name_spaces"].values() if name.startswith(f"{one['owner']}--")), None)


def _tags(render: Mapping[str, Any], stack: Stack, group: Mapping[str, Any], found: Found) -> tuple[str, ...]:
    """Keys of the tags that Terraform gives the group and that it has not."""
    wanted = dict(render["environment"]["tags"]) | {"feature-share": stack.env, "stack": stack.identity}
    wanted |= {key: group[key] for key in ("classification", "contact", "owner")}
    return tuple(sorted(key for key, value in wanted.items() if found.tags.get(key) != value))


def _write(
    environments: Path, env: str, files: Mapping[Path, str], importing: Mapping[str, list[str]], *, check: bool
) -> None:
    """Write the files and read the whole declaration again; nothing stays when it is refused.

    What is to be imported is noted first: a name does nothing as long as its group is declared as it was, but a group
    declared as Terraform's without its name would be made a second time.
    """
    noted = imports.add(environments / env, importing) if importing else {}
    change = Change(files)
    change.make()
    try:
        load(environments, env)
    except BadInput:
        change.undo()
        for stack, names in noted.items():
            imports.drop(environments / env, stack, names)
        raise
    if check:
        change.undo()
