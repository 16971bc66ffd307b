"""moto's ECS services: one that says nothing of it does not rebalance its tasks over zones, and shows so."""

from typing import Any

from moto.ecs.models import Service

_original = Service.__init__


def apply() -> None:
    def init(self: Any, *args: Any, **given: Any) -> None:
        _original(self, *args, **given)
        self.availability_zone_rebalancing = "DISABLED"

    Service.__init__ = init  # type: ignore[method-assign]
