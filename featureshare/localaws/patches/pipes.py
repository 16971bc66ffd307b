"""moto's pipes: an update leaves what it cannot say (where reading starts), and takes an empty part for none.

https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_UpdatePipeSourceParameters.html
"""

from collections.abc import Mapping
from typing import Any

from moto.pipes.models import EventBridgePipesBackend

_FIXED = (
    "AdditionalBootstrapServers",
    "ConsumerGroupID",
    "QueueName",
    "StartingPosition",
    "StartingPositionTimestamp",
    "TopicName",
    "VirtualHost",
)
_update = EventBridgePipesBackend.update_pipe


def apply() -> None:
    def update_pipe(self: Any, name: str, **named: Any) -> Any:
        found = self.pipes.get(name)
        if found is not None and named.get("source_parameters") is not None:
            named["source_parameters"] = _changed(found.source_parameters or {}, named["source_parameters"])
        return _update(self, name, **named)

    EventBridgePipesBackend.update_pipe = update_pipe  # type: ignore[assignment, method-assign]


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    made = {member: value for member, value in old.items() if member.endswith("Parameters")}
    for member, value in new.items():
        if value:
            fixed = {name: one for name, one in old.get(member, {}).items() if name in _FIXED}
            made[member] = {**fixed, **{name: one for name, one in value.items() if one not in (None, {})}}
    return made
