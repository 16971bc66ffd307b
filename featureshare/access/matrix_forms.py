"""The access matrix as people and programs read it: tables, Markdown, CSV."""

import csv
import io

from featureshare.access.copies import copies, readers
from featureshare.access.matrix import YES, Cell, Matrix
from featureshare.access.purposes import VERBS

Rows = list[list[str]]

_ONLINE = ("write", "update", "delete", "read-online")
_OFFLINE = ("read-offline",)
_COLUMNS = {"online": _ONLINE, "offline": _OFFLINE, "other": tuple(sorted(set(VERBS) - {*_ONLINE, *_OFFLINE}))}


def table(matrix: Matrix) -> Rows:
    """A row for each team and what it reaches, a column for each verb; the first row is the heading."""
    teams = matrix.model.render["teams"]
    rows = [["team", "feature group", *VERBS]]
    for team, group in sorted({key[:2] for key in matrix.cells if key[0] in teams}):
        cells = [matrix.cells.get((team, group, verb)) for verb in VERBS]
        rows.append([team, group, *(cell.shown if cell else "" for cell in cells)])
    return rows


def replicas(matrix: Matrix) -> Rows:
    """A row for each reader of a replica and each group that is copied there, or that it reaches without that.

    What the reader may do online, offline and else, in words: of the copy, or by verb of the group itself. The first
    row is the heading; there is no other row where there is no replica.
    """
    known = list(copies(matrix.model))
    rows = [["replica", "reader", "feature group", *_COLUMNS]]
    for replica, reader in sorted(readers(matrix.model).values()):
        mine = [cell for cell in matrix.rows() if cell.team == f"{replica}/{reader}"]
        groups = {copy.group for copy in known if copy.replica == replica} | {_group(cell) for cell in mine}
        for group in sorted(groups):
            said = [
                ", ".join(_said(cell, replica) for cell in mine if _group(cell) == group and cell.verb in verbs)
                for verbs in _COLUMNS.values()
            ]
            rows.append([replica, reader, group, *(one or "none" for one in said)])
    return rows


def _group(cell: Cell) -> str:
    return cell.group if cell.copy is None else cell.copy[0]


def _said(cell: Cell, replica: str) -> str:
    part = "" if cell.access == YES else "part of "
    if cell.copy is None:
        return f"{part}{cell.verb} of the group itself"
    return f"{part}its copy" if cell.copy[1] == replica else f"{part}the copy of {cell.copy[1]}"


def markdown(matrix: Matrix) -> str:
    """The tables in Markdown, with a line for each path below them."""
    lines = [*_markdown(table(matrix))]
    if len(of_replicas := replicas(matrix)) > 1:
        lines += ["", *_markdown(of_replicas)]
    paths = [[cell.team, cell.group, cell.verb, " -> ".join(path)] for cell in matrix.rows() for path in cell.paths]
    lines += ["", *_markdown([["team", "feature group", "verb", "path"], *paths])]
    return "\n".join(lines) + "\n"


def _markdown(rows: Rows) -> list[str]:
    heading, *others = ["| " + " | ".join(row) + " |" for row in rows]
    return [heading, "|" + "---|" * len(rows[0]), *others]


def as_csv(matrix: Matrix) -> str:
    """A line for each cell and path."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["team", "feature_group", "verb", "access", "path", "missing"])
    for cell in matrix.rows():
        for path in cell.paths:
            missing = " ".join(cell.missing)
            writer.writerow([cell.team, cell.group, cell.verb, cell.access, " -> ".join(path), missing])
    return out.getvalue()
