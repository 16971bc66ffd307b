"""Athena's capacity reservations, whole: moto cannot cancel or delete one, nor say in which state it is.

https://docs.aws.amazon.com/athena/latest/APIReference/API_CapacityReservation.html
"""

from typing import Any

from moto.athena.models import athena_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services.runtime import clock

_KEPT = "featureshare_reservations"
_LEAST = 24  # data processing units


def create(call: Invocation) -> dict[str, Any]:
    """A reservation, active at once."""
    name, held = call.params["Name"], _held(call)
    if name in held:
        raise ServiceError("InvalidRequestException", f"Capacity reservation {name} already exists")
    units = _units(call)
    now = clock.now()
    held[name] = {
        "Name": name,
        "Status": "ACTIVE",
        "TargetDpus": units,
        "AllocatedDpus": units,
        "CreationTime": now,
        "LastSuccessfulAllocationTime": now,
    }
    # moto's own has the ARN and the tags.
    backend = athena_backends[call.account][call.region]
    backend.create_capacity_reservation(name, units, list(call.params.get("Tags") or ()))
    return {}


def get(call: Invocation) -> dict[str, Any]:
    return {"CapacityReservation": _found(call)}


def listing(call: Invocation) -> dict[str, Any]:
    return {"CapacityReservations": list(_held(call).values())}


def update(call: Invocation) -> dict[str, Any]:
    found = _found(call)
    found["TargetDpus"] = found["AllocatedDpus"] = _units(call)
    return {}


def cancel(call: Invocation) -> dict[str, Any]:
    _found(call).update(Status="CANCELLED", AllocatedDpus=0)
    return {}


def delete(call: Invocation) -> dict[str, Any]:
    """Takes away a reservation that has been cancelled."""
    if _found(call)["Status"] != "CANCELLED":
        raise ServiceError("InvalidRequestException", "Capacity reservation must be in CANCELLED state to be deleted")
    del _held(call)[call.params["Name"]]
    athena_backends[call.account][call.region].capacity_reservations.pop(call.params["Name"], None)
    return {}


def _units(call: Invocation) -> int:
    units = int(call.params["TargetDpus"])
    if units < _LEAST:
        raise ServiceError("InvalidRequestException", f"TargetDpus must be at least {_LEAST}")
    return units


def _found(call: Invocation) -> dict[str, Any]:
    found: dict[str, Any] | None = _held(call).get(call.params["Name"])
    if found is None:
        raise ServiceError("InvalidRequestException", f"Capacity reservation {call.params['Name']} is not found")
    return found


def _held(call: Invocation) -> dict[str, Any]:
    """Reservations by name, on moto's backend, with which they go."""
    held: dict[str, Any] = athena_backends[call.account][call.region].__dict__.setdefault(_KEPT, {})
    return held


HANDLERS: dict[tuple[str, str], Handler] = {
    ("athena", f"{name}CapacityReservation"): handler
    for name, handler in (
        ("Create", create),
        ("Get", get),
        ("Update", update),
        ("Cancel", cancel),
        ("Delete", delete),
    )
}
HANDLERS["athena", "ListCapacityReservations"] = listing
