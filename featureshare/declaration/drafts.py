"""The declaration as written, before it is known to be sound: what judge.py looks at.

The accessors never fail: what is absent or of another kind counts as empty, since the model reports that.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from featureshare.declaration.document import Document


def text(value: Any, *path: str) -> str:
    """The text at `path`, or ""."""
    found = _at(value, path)
    return found if isinstance(found, str) else ""


def table(value: Any, *path: str) -> dict[str, Any]:
    """The mapping at `path`, or {}."""
    found = _at(value, path)
    return found if isinstance(found, dict) else {}


def items(value: Any, *path: str) -> list[Any]:
    """The list at `path`, or []."""
    found = _at(value, path)
    return found if isinstance(found, list) else []


def says(value: Any, *path: str) -> Any:
    """Whatever is at `path`, or None."""
    return _at(value, path)


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value


@dataclass(frozen=True)
class Drafts:
    """The documents of an environment by the stem of their files; those that cannot be read are left out.

    `folder` is the name of the environment's folder; `team_names` and `group_names` are all that have a file, readable
    or not.
    """

    folder: str
    environment: Document | None
    team_names: frozenset[str]
    teams: Mapping[str, Document]
    groups: Mapping[str, Document]
    group_names: frozenset[str] = frozenset()

    @property
    def settings(self) -> dict[str, Any]:
        """What environment.yaml says."""
        return self.environment.value if self.environment else {}

    def uses(self, team: str) -> set[str]:
        """Verbs that some principal of `team` uses."""
        document = self.teams.get(team)
        if document is None:
            return set()
        principals = table(document.value, "principals")
        return {verb for name in principals for verb in items(principals, name, "verbs") if isinstance(verb, str)}

    def tagged(self, tags: Mapping[str, Any]) -> list[str]:
        """Groups that bear all of these tags and may be shared by them: where the owner says so, in the central store,
        and never what is restricted."""
        return [
            name
            for name, document in self.groups.items()
            if tags
            and says(document.value, "shared_by_tag") is True
            and text(document.value, "store") == "central"
            and text(document.value, "classification") != "restricted"
            and all(_tag(document.value, key) == value for key, value in tags.items())
        ]

    def by_tag(self) -> Iterator[tuple[int, str, str, str]]:
        """Every (entry of shared_by_tag, team, group, verb) that a tag gives: no team its own groups, and nobody a
        store that a group does not have."""
        for index, grant in enumerate(items(self.settings, "shared_by_tag")):
            for name in self.tagged(table(grant, "tags")):
                group = self.groups[name].value
                for team in table(grant, "shared_with"):
                    for verb in items(grant, "shared_with", team):
                        store = {"read-online": "online_store", "read-offline": "offline_store"}.get(str(verb))
                        if team != text(group, "owner") and (store is None or says(group, store, "enabled") is True):
                            yield index, team, name, str(verb)

    def grants(self) -> Iterator[tuple[str, str, str]]:
        """Every (team, group, verb) that is granted, by name or by tag, an owner's write included."""
        for name, document in self.groups.items():
            yield text(document.value, "owner"), name, "write"
            shared = table(document.value, "shared_with")
            for team in shared:
                for verb in items(shared, team):
                    if isinstance(verb, str):
                        yield team, name, verb
        for _, team, name, verb in self.by_tag():
            yield team, name, verb


def _tag(group: Any, key: str) -> str:
    return text(group, key) or ("internal" if key == "classification" else "")
