"""moto's log groups: the class given at birth, and how a subscription spreads its events, are kept and shown."""

from typing import Any

from moto.logs.models import LogGroup, SubscriptionFilter
from moto.logs.responses import LogsResponse

_KEPT, _SPREAD = "featureshare_class", "featureshare_distribution"
_create = LogsResponse.create_log_group
_subscribe = LogsResponse.put_subscription_filter
_filter = SubscriptionFilter.to_json
_show = LogGroup.to_describe_dict


def apply() -> None:
    def create_log_group(self: Any) -> str:
        answer = _create(self)
        group = self.logs_backend.groups[self._get_param("logGroupName")]
        group.__dict__[_KEPT] = self._get_param("logGroupClass")
        return answer

    def to_describe_dict(self: Any) -> dict[str, Any]:
        return {**_show(self), "logGroupClass": self.__dict__.get(_KEPT) or "STANDARD"}

    def put_subscription_filter(self: Any) -> str:
        answer = _subscribe(self)
        group = self.logs_backend.groups[self._get_param("logGroupName")]
        kept = group.subscription_filters[self._get_param("filterName")].__dict__
        kept[_SPREAD] = self._get_param("distribution") or "ByLogStream"
        return answer

    def to_json(self: Any) -> dict[str, Any]:
        return {**_filter(self), "distribution": self.__dict__.get(_SPREAD) or "ByLogStream"}

    LogsResponse.put_subscription_filter = put_subscription_filter  # type: ignore[method-assign]
    SubscriptionFilter.to_json = to_json  # type: ignore[method-assign]
    LogsResponse.create_log_group = create_log_group  # type: ignore[method-assign]
    LogGroup.to_describe_dict = to_describe_dict  # type: ignore[method-assign]
