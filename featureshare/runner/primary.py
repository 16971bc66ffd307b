"""The limit on what a query scans in the central account's workgroup `primary`, where a team may use it.

Each account has that workgroup and nobody can delete it, so Terraform can own it neither from birth nor to its end:
what we want of it is one number, which is looked at in every plan and put there before the rights to query are.
Source: Athena User Guide, "Use per-query and per-workgroup data usage controls".
"""

from collections.abc import Callable
from typing import Any

from featureshare.iam.calls.athena import PRIMARY
from featureshare.runner.clients import as_role, deploy_role_of
from featureshare.runner.environment import Access
from featureshare.runner.stacks import CENTRAL_TEAM, Normal, Stack

SCAN_LIMIT = 100 * 1024**3
"""Bytes that a query may scan; whoever needs more has the team's own workgroup. A smaller limit that is there stays."""

Open = Callable[[Normal, Stack, Access], Any]


def athena(normal: Normal, stack: Stack, access: Access) -> Any:
    """Athena as the central account's deploy role. Raises botocore's ClientError when AWS refuses."""
    environment = normal["environment"]
    role = deploy_role_of(normal, environment["central_account"])
    return as_role(access, role, environment["region"], stack.identity.replace("/", "-")[:64]).client("athena")


def pending(normal: Normal, stack: Stack, access: Access, client: Open = athena) -> tuple[str, ...]:
    """What there is to do to `primary` before `stack` is applied, in words; empty when nothing is."""
    if stack.kind != CENTRAL_TEAM or not normal["teams"][stack.team]["athena"]["allow_primary"]:
        return ()
    found = client(normal, stack, access).get_work_group(WorkGroup=PRIMARY)["WorkGroup"]
    limit = found.get("Configuration", {}).get("BytesScannedCutoffPerQuery")
    if limit is not None and limit <= SCAN_LIMIT:
        return ()
    was = "none" if limit is None else f"{limit:,} bytes"
    return (f"workgroup {PRIMARY}: a query may scan {SCAN_LIMIT:,} bytes (limit now: {was})",)


def put(normal: Normal, stack: Stack, access: Access, client: Open = athena) -> None:
    """Put the limit there; what else `primary` is configured with stays. Raises botocore's ClientError."""
    updates = {"BytesScannedCutoffPerQuery": SCAN_LIMIT}
    client(normal, stack, access).update_work_group(WorkGroup=PRIMARY, ConfigurationUpdates=updates)
