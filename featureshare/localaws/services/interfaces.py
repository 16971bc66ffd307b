"""The network interface that a service puts into somebody's subnet, and takes away again.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html
"""

from collections.abc import Sequence

from moto.core.exceptions import ServiceException
from moto.ec2.models import ec2_backends


def place(account: str, region: str, subnet: str | None, groups: Sequence[str], purpose: str) -> str | None:
    """The id of a new interface in `subnet` with the security groups; None where no such subnet is known."""
    backend = ec2_backends[account][region]
    found = next((zone[subnet] for zone in backend.subnets.values() if subnet in zone), None)
    if found is None:
        return None
    made = backend.create_network_interface(found, "", group_ids=list(groups), description=purpose)
    return str(made.id)


def remove(account: str, region: str, interface: str | None) -> None:
    """Takes an interface away; nothing where it is gone already."""
    if interface:
        try:
            ec2_backends[account][region].delete_network_interface(interface)
        except ServiceException:
            return
