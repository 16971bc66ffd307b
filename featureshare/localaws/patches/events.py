"""moto's buses and rules: tags are found by ARN, since a rule may be called like a bus or like another bus's rule; an
archive may be told to keep events forever again; a connection tells the key of its secret."""

from typing import Any

from moto.events.exceptions import ResourceNotFoundException
from moto.events.models import Archive, Connection, EventsBackend
from moto.events.responses import EventsHandler

_KEY = "kms_key_identifier"

_change = Archive.update
_connect = EventsHandler.create_connection
_reconnect = EventsHandler.update_connection
_connection = Connection.describe


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

    def connect(self: Any) -> Any:
        answer = _connect(self)
        _keep_key(self)
        return answer

    def reconnect(self: Any) -> Any:
        answer = _reconnect(self)
        _keep_key(self)
        return answer

    def connection(self: Any) -> dict[str, Any]:
        key = getattr(self, _KEY, None)
        return {**_connection(self), **({"KmsKeyIdentifier": key} if key else {})}

    EventsHandler.create_connection = connect  # type: ignore[method-assign]
    EventsHandler.update_connection = reconnect  # type: ignore[method-assign]
    Connection.describe = connection  # type: ignore[method-assign]
    EventsBackend.list_tags_for_resource = list_tags  # type: ignore[method-assign]
    EventsBackend.tag_resource = tag  # type: ignore[method-assign]
    EventsBackend.untag_resource = untag  # type: ignore[method-assign]
    Archive.update = update  # type: ignore[method-assign]


def _keep_key(handler: Any) -> None:
    """Keeps the key that a call names; an empty one is the service's own again."""
    key = handler._get_param("KmsKeyIdentifier")
    if key is not None:
        setattr(handler.events_backend.connections[handler._get_param("Name")], _KEY, key)


def _known(backend: Any, arn: str) -> str:
    for bus in backend.event_buses.values():
        if arn in {bus.arn, *(rule.arn for rule in bus.rules.values())}:
            return arn
    name = arn.rpartition("/")[2]
    raise ResourceNotFoundException(f"Rule {name} does not exist on EventBus default.")
