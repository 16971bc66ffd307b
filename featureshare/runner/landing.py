"""The landing zone and a run: the deploy roles' documents follow the declaration, and stand before what needs them."""

import re

from featureshare.render import render
from featureshare.workspace import Workspace

_DENIED = re.compile(r"AccessDenied|is not authorized to perform|UnauthorizedOperation")

_ROLE = re.compile(r":assumed-role/([\w-]+-deploy)/")


def refresh(workspace: Workspace, env: str, *, keep: bool) -> None:
    """Play the landing zone of the declaration as it is now into the local AWS of `env`.

    With `keep`, before a run, roles keep what they had: a team that no longer reads still has a bucket to be removed.
    Without, after an apply of all stacks, they have what the declaration gives. On AWS the platform team does this.
    """
    # Imported here: real environments need nothing of local AWS, whose packages may not be installed.
    from featureshare.localaws.control import LocalAWS
    from featureshare.localaws.zone import landing_zone

    document = landing_zone(render(env, workspace.root))
    LocalAWS.connect(workspace.state(env)).land(document | {"keep": keep})


def advice(error: str, env: str, account: str) -> str:
    """What to add to Terraform's words when it was the deploy role that lacked a right; empty when it was not."""
    role = _ROLE.search(error)
    if not _DENIED.search(error) or role is None:
        return ""
    return (
        f"The deploy role of {account} lacks this right. What it may do follows the declaration (a team that begins to "
        f"read, or to keep a store of its own, needs more): install the documents that `featureshare render {env} "
        f"--json` lists under roles as {account}/{role[1]}, then run this again."
    )
