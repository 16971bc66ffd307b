"""The central catalog as a data catalog of a team's own Athena: shared and local features joined in one query, no copy.

Nobody takes an access role, so what is read is read as the team's execution role, and the central account's trail shows
that role (design section 5; aws-facts.md section 3.4).
"""

from collections.abc import Iterator
from functools import partial

from featureshare.journeys import athena
from featureshare.journeys.cast import Group
from featureshare.journeys.combine import Combination, combinations, train_on
from featureshare.journeys.stage import Mismatch, Stage, StepResult, attempt


def join(stage: Stage) -> Iterator[StepResult]:
    """Where a team has such a catalog, the training set of its local groups, equal to the one that was materialised."""
    for found in combinations(stage):
        catalog = stage.cast.render["data_catalogs"].get(found.local.owner)
        if catalog is None or found.local_reader.role_arn not in catalog["readers"]:
            continue
        yield attempt(
            7,
            found.local_reader.role_arn,
            f"training set directly: {found.local.name} with {', '.join(one.group.name for one in found.joins)}",
            found.local.account,
            partial(_join, stage, found, catalog["name"], frozenset(catalog["groups"])),
        )


def table(group: Group, catalog: str) -> str:
    """The group's table as a query names it through a data catalog."""
    return f"{athena.quoted(catalog)}.{athena.table(group)}"


def _join(stage: Stage, found: Combination, catalog: str, groups: frozenset[str]) -> str:
    if missing := [one.group.name for one in found.joins if one.group.name not in groups]:
        raise Mismatch(f"{catalog} does not hold {', '.join(missing)}")
    # Only this run's rows, as the materialised tables hold them.
    tables = {
        one.group.arn: f"(SELECT * FROM {table(one.group, catalog)} WHERE {athena.of_run(one.group, stage.shop.run)})"
        for one in found.joins
    }
    for one in found.joins:
        stage.saw(one.reader, one.group)
    return train_on(stage, found, tables, f"one query in its account through {catalog}, without an access role")
