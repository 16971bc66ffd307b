"""moto's buses and rules: tags are found by ARN, since a rule may be called like a bus or like another bus's rule; an
archive may be told to keep events forever again."""

from typing import Any

from moto.events.exceptions import ResourceNotFoundException
from moto.events.models import Archive, EventsBackend

_change = Archive.update


def apply() -> None:
    def list_tags(self: Any, arn: str) -> dict[str, list[dict[str, str]]]:
        return self.tagger.list_tags_for_resource(_known(self, arn))  # type: ignore[no-any-return]

    def tag(self: Any, arn: str, tags: dict[str, str]) -> None:
        self.tagger.tag_resource(_known(self, arn), self.tagger.convert_dict_to_tags_input(tags))

    def untag(self: Any, arn: str, tag_keys: list[str]) -> None:
        self.tagger.untag_resource_using_names(_known(self, arn), tag_keys)

    def update(self: Any, description: Any, event_pattern: Any, retention: Any) -> None:
        _change(self, description, event_pattern, retention)
        if retention is not None:
            self.retention = retention
        if description is not None:
            self.description = description

    EventsBackend.list_tags_for_resource = list_tags  # type: ignore[method-assign]
    EventsBackend.tag_resource = tag  # type: ignore[method-assign]
    EventsBackend.untag_resource = untag  # type: ignore[method-assign]
    Archive.update = update  # type: ignore[method-assign]


def _known(backend: Any, arn: str) -> str:
    for bus in backend.event_buses.values():
        if arn in {bus.arn, *(rule.arn for rule in bus.rules.values())}:
            return arn
    name = arn.rpartition("/")[2]
    raise ResourceNotFoundException(f"Rule {name} does not exist on EventBus default.")
