"""EventBridge's global endpoints: one name for two buses of a name in two Regions. No event fails over here."""

import secrets
from typing import Any

from moto.core.utils import utcnow
from moto.events.models import events_backends
from moto.utilities.utils import get_partition

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services.paging import page

_KEPT = "featureshare_endpoints"
_GIVEN = ("Name", "Description", "RoutingConfig", "EventBuses", "RoleArn")


def create(call: Invocation) -> dict[str, Any]:
    """An endpoint over two buses. Raises ServiceError for buses that do not go together."""
    held, name = _held(call), str(call.params["Name"])
    if name in held:
        raise ServiceError("ResourceAlreadyExistsException", f"Endpoint {name} already exists.")
    _check(call)
    now = utcnow()
    identity = f"{secrets.token_hex(5)}.{secrets.token_hex(2)[:3]}"
    held[name] = {
        **{member: call.params[member] for member in _GIVEN if call.params.get(member) is not None},
        "ReplicationConfig": call.params.get("ReplicationConfig") or {"State": "ENABLED"},
        "Arn": f"arn:{get_partition(call.region)}:events:{call.region}:{call.account}:endpoint/{name}",
        "EndpointId": identity,
        "EndpointUrl": f"https://{identity}.endpoint.events.amazonaws.com",
        "State": "ACTIVE",
        "CreationTime": now,
        "LastModifiedTime": now,
    }
    return dict(held[name])


def update(call: Invocation) -> dict[str, Any]:
    """Changes what is given; without copies to the other Region there is no role for them."""
    found = _found(call)
    _check(call, found)
    members = (*_GIVEN, "ReplicationConfig")
    found.update({member: call.params[member] for member in members if call.params.get(member) is not None})
    found["LastModifiedTime"] = utcnow()
    return dict(found)


def describe(call: Invocation) -> dict[str, Any]:
    return dict(_found(call))


def delete(call: Invocation) -> dict[str, Any]:
    del _held(call)[_found(call)["Name"]]
    return {}


def listing(call: Invocation) -> dict[str, Any]:
    prefix = str(call.params.get("NamePrefix") or "")
    found = [one for name, one in sorted(_held(call).items()) if name.startswith(prefix)]
    shown, token = page(found, call.params.get("NextToken"), call.params.get("MaxResults") or 100)
    return {"Endpoints": list(shown), **({"NextToken": token} if token else {})}


def _check(call: Invocation, old: dict[str, Any] | None = None) -> None:
    """Two buses of one name in two Regions, and a role where events are copied from one to the other.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-global-endpoints.html
    """
    given = {**(old or {}), **{member: value for member, value in call.params.items() if value is not None}}
    buses = [str(bus.get("EventBusArn")) for bus in given.get("EventBuses") or ()]
    if len(buses) != 2 or len({bus.rpartition("/")[2] for bus in buses}) != 1:
        raise ServiceError("ValidationException", "An endpoint needs two event buses of the same name.")
    if len({bus.split(":")[3] for bus in buses}) != 2:
        raise ServiceError("ValidationException", "The event buses of an endpoint must lie in two Regions.")
    for bus in buses:
        _, _, _, region, account, resource = bus.split(":", 5)
        if resource.rpartition("/")[2] not in events_backends[account][region].event_buses:
            raise ServiceError("ResourceNotFoundException", f"Event bus {bus} does not exist.")
    copied = (given.get("ReplicationConfig") or {}).get("State", "ENABLED") == "ENABLED"
    if copied and not given.get("RoleArn"):
        raise ServiceError("ValidationException", "Replication needs a RoleArn.")


def _found(call: Invocation) -> dict[str, Any]:
    name = str(call.params["Name"])
    found: dict[str, Any] | None = _held(call).get(name)
    if found is None:
        raise ServiceError("ResourceNotFoundException", f"Endpoint {name} does not exist.")
    return found


def _held(call: Invocation) -> dict[str, Any]:
    held: dict[str, Any] = events_backends[call.account][call.region].__dict__.setdefault(_KEPT, {})
    return held


HANDLERS: dict[tuple[str, str], Handler] = {
    ("events", "CreateEndpoint"): create,
    ("events", "DeleteEndpoint"): delete,
    ("events", "DescribeEndpoint"): describe,
    ("events", "ListEndpoints"): listing,
    ("events", "UpdateEndpoint"): update,
}
