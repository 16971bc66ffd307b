"""Statements that share a policy with others: those that each team has in one, and those that are not ours."""

import re

FOREIGN_FILE = "catalog-statements.json"
"""Beside environment.yaml: what others have put into the policy of the central account's Glue catalog."""

OWN_IN_CATALOG = "ReadTablesDirectly"
"""How the Sids of our statements in that policy begin (policies/resource/direct-catalog)."""

_OF_TEAM = re.compile(r"(?<=Directly)[A-Z]\w*$")


def own_sid(sid: str) -> str:
    """The Sid as its template has it. Of statements that every team has in one policy it ends in the team's name, since
    Sids are unique there."""
    return _OF_TEAM.sub("", sid)
