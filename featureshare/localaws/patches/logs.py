"""moto's log groups: the class given at birth is kept and shown."""

from typing import Any

from moto.logs.models import LogGroup
from moto.logs.responses import LogsResponse

_KEPT = "featureshare_class"
_create = LogsResponse.create_log_group
_show = LogGroup.to_describe_dict


def apply() -> None:
    def create_log_group(self: Any) -> str:
        answer = _create(self)
        group = self.logs_backend.groups[self._get_param("logGroupName")]
        group.__dict__[_KEPT] = self._get_param("logGroupClass")
        return answer

    def to_describe_dict(self: Any) -> dict[str, Any]:
        return {**_show(self), "logGroupClass": self.__dict__.get(_KEPT) or "STANDARD"}

    LogsResponse.create_log_group = create_log_group  # type: ignore[method-assign]
    LogGroup.to_describe_dict = to_describe_dict  # type: ignore[method-assign]
