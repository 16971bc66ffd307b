"""The access matrix: team x feature group x verb, read off the documents and not off the declaration.

A reader of a replica stands beside the teams, and the replica's copy of a group beside the groups, so that every
session is tried on everything: on what it is not for as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from featureshare.access.closure import Closure, Reach
from featureshare.access.copies import copies
from featureshare.access.model import Actor, Model
from featureshare.access.near import CORE, Near, in_replicas, in_stores
from featureshare.access.purposes import VERBS, Need
from featureshare.iam import decide
from featureshare.iam.calls import Check
from featureshare.iam.context import called_via

YES, PARTLY = "yes", "partly"


@dataclass(frozen=True)
class Cell:
    """What a team, or a reader of a replica, can do to a group or the copy of one.

    `access` is `yes` (every call of the verb works) or `partly` (`missing` do not). `paths` are the ways there, each a
    principal and the roles it becomes, or the data catalog by which it reads without one; `direct` says that there is
    such a way. `copy` has the group and the replica of a copy, of which `group` is the name.
    """

    team: str
    group: str
    verb: str
    access: str
    paths: tuple[tuple[str, ...], ...]
    missing: tuple[str, ...] = ()
    direct: bool = False
    copy: tuple[str, str] | None = None

    @property
    def shown(self) -> str:
        """The access in a word or two."""
        return f"{self.access}, directly too" if self.direct else self.access

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "team": self.team,
            "feature_group": self.group,
            "copy": None if self.copy is None else dict(zip(("feature_group", "replica"), self.copy, strict=True)),
            "verb": self.verb,
            "access": self.access,
            "paths": [list(path) for path in self.paths],
            "missing": list(self.missing),
            "direct": self.direct,
        }


class Matrix:
    """Cells by (team, group, verb), of copies by (reader, copy, verb) too; a cell that is not there is no access."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._closure = Closure(model)
        self._purposes = self._closure.purposes
        self._workgroups: dict[tuple[str, str], Mapping[str, Any]] = {}
        for one in model.render["workgroups"].values():
            key = (one["team"], "team" if one["stack"] == "team" else "central")
            self._workgroups[key] = one
        self._needs: dict[tuple[Any, ...], tuple[Need, ...]] = {}
        self._near = {verb: Near(model, verb, in_stores(model, verb, self._purposes)) for verb in VERBS}
        self._copies = {copy.name: copy for copy in copies(model)}
        self._near_copies = Near(model, "read-offline", in_replicas(model, self._purposes))
        self.cells: dict[tuple[str, str, str], Cell] = {}
        for reach in self._closure.reaches():
            self._fill(reach)
            for place in self._near_copies.of(reach.actor):
                copy = self._copies[place["name"]]
                needs = copy.needs(self._purposes)
                self._judge(reach, copy.name, "read-offline", needs, "", (copy.group, copy.replica))

    def _fill(self, reach: Reach) -> None:
        for verb, near in self._near.items():
            for group in near.of(reach.actor):
                if verb != "update" or self._updates(reach, group):
                    self._judge(
                        reach, group["name"], verb, self._verb(verb, group, reach), self._catalog(verb, group, reach)
                    )

    def _updates(self, reach: Reach, group: Mapping[str, Any]) -> bool:
        """Whether updates are worth a cell: the store has them, and the way there writes no whole records."""
        written = self.cells.get((reach.holder, group["name"], "write"))
        return group["online_store"]["storage"] != "standard" and (written is None or _path(reach) not in written.paths)

    def _catalog(self, verb: str, group: Mapping[str, Any], reach: Reach) -> str:
        """The data catalog by which somebody reads a shared group offline as itself; empty where there is none."""
        known = self.model.render["data_catalogs"].get(reach.team)
        direct = verb == "read-offline" and group["store"] == "central" and not reach.path and known is not None
        return str(known["name"]) if direct else ""

    def _verb(self, verb: str, group: Mapping[str, Any], reach: Reach) -> tuple[Need, ...]:
        account = reach.actor.account
        if verb == "update":
            return self._purposes.verb(verb, group, account, None, reach.team)
        if verb == "read-offline":
            # Hardly ever asked for twice, and large.
            own = self._workgroups.get((reach.team, "team"))
            if own is not None and (catalog := self._catalog(verb, group, reach)):
                return self._purposes.direct(group, account, own, catalog)
            workgroup = self._workgroups.get((reach.team, "central" if group["store"] == "central" else "team"))
            return self._purposes.verb(verb, group, account, workgroup)
        found = self._needs.get((verb, group["arn"], account))
        if found is None:
            found = self._needs[verb, group["arn"], account] = self._purposes.verb(verb, group, account, None)
        return found

    def _judge(
        self,
        reach: Reach,
        group: str,
        verb: str,
        needs: tuple[Need, ...],
        catalog: str,
        copy: tuple[str, str] | None = None,
    ) -> None:
        working: list[Need] = []
        failing: list[Need] = []
        for _, found in groupby(needs, key=lambda need: id(need.call)):
            one = list(found)
            (working if all(self._allowed(reach.actor, need.check) for need in one) else failing).append(one[0])
        if not any(need.call.operation in CORE[verb] for need in working):
            return
        path = (*_path(reach), catalog) if catalog else _path(reach)
        missing = tuple(dict.fromkeys(str(need) for need in failing))
        key = (reach.holder, group, verb)
        before = self.cells.get(key)
        if before is None or (before.access == PARTLY and not missing):
            self.cells[key] = Cell(*key, PARTLY if missing else YES, (path,), missing, bool(catalog), copy)
        elif before.access == (PARTLY if missing else YES):
            self.cells[key] = replace(before, paths=(*before.paths, path), direct=before.direct or bool(catalog))

    def _allowed(self, actor: Actor, check: Check) -> bool:
        model = self.model
        if check.as_role is not None:
            role = model.roles.get(check.as_role)
            if role is None:
                return False
            actor = self._closure.actors[role.arn]
        context = model.context(actor, check.resource, check.account, check.action)
        context |= {**called_via(check.via), **check.context}
        world = model.world(actor, check.action, check.resource, check.account)
        request = model.request(actor, check.action, check.resource, check.account, context, check.wildcard_only)
        return decide(request, world).allowed

    def rows(self) -> list[Cell]:
        """All cells, sorted by team, group and verb."""
        return [self.cells[key] for key in sorted(self.cells)]

    def granted(self) -> set[tuple[str, str, str]]:
        """The keys of the cells where every call works."""
        return {key for key, cell in self.cells.items() if cell.access == YES}


def _path(reach: Reach) -> tuple[str, ...]:
    return (f"{reach.team}/{reach.principal}", *(arn.rsplit("/", 1)[-1] for arn in reach.path))
