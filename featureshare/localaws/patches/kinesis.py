"""moto's streams: tags given with a new stream are kept."""

from typing import Any

from moto.kinesis.responses import KinesisResponse

_create = KinesisResponse.create_stream


def apply() -> None:
    def create_stream(self: Any) -> Any:
        answer = _create(self)
        self.kinesis_backend.add_tags_to_stream(None, self._get_param("StreamName"), self._get_param("Tags") or {})
        return answer

    KinesisResponse.create_stream = create_stream  # type: ignore[method-assign]
