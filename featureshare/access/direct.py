"""What `direct_catalog` means beside its reads: its part of a boundary, and the one policy of the central catalog."""

import json
from collections.abc import Iterator

from featureshare.access.atoms import matches
from featureshare.access.domain import boundary_actions
from featureshare.access.elements import listed
from featureshare.access.model import Model, Role
from featureshare.access.rules import Rule


def bound_rules(model: Model, role: Role) -> list[Rule]:
    """The most that an execution role is for in the central account when its team reads there without an access role.

    Nothing where it does not."""
    catalog = model.render["data_catalogs"].get(role.team)
    if catalog is None:
        return []
    reading = frozenset(action.lower() for action in boundary_actions("direct"))
    return [
        Rule(reading, "*", model.central, (), "within the boundary"),
        Rule(frozenset({"athena:getdatacatalog"}), catalog["arn"], role.account, (), "within the boundary"),
    ]


def foreign_rules(model: Model) -> Iterator[tuple[str, Rule]]:
    """What statements of others in the central catalog's policy may give, by patterns of who is given it.

    AWS asks for the catalog whatever the table, so to let somebody ask it is theirs to give, as are databases and
    tables of their own. What could mean a database of ours is not, and neither is anything to everybody.
    """
    stem = f"arn:{model.partition}:glue:{model.region}:{model.central}:"
    databases = model.render["catalogs"][model.central]["databases"]
    ours = [f"{stem}{path}" for name in databases for path in (f"database/{name}", f"table/{name}/x")]
    ours += [f"{stem}table/{one['database']}/{one['table']}" for one in model.shown if one["account"] == model.central]
    for text in model.render["catalogs"][model.central].get("foreign") or ():
        statement = json.loads(text)
        if statement["Effect"] != "Allow" or not isinstance(statement["Principal"], dict):
            continue
        actions = frozenset(str(action).lower() for action in listed(statement["Action"]))
        why = f"a statement of others, {statement['Sid']}"
        theirs = [one for one in listed(statement["Resource"]) if not any(matches(one, arn) for arn in ours)]
        for entry in listed(statement["Principal"].get("AWS", ())):
            account = entry if entry.isdigit() else entry.split(":")[4] if entry.count(":") > 4 else ""
            for resource in theirs if account else ():
                for who in ("role/*", "user/*", "root"):
                    source = f"arn:{model.partition}:iam::{account}:{who}"
                    yield source, Rule(actions, resource, model.central, (), why)
