"""moto's log groups: the class given at birth, and how a subscription spreads its events, are kept and shown; a metric
filter takes the place of one of its name."""

from typing import Any

from moto.logs.metric_filters import MetricFilters
from moto.logs.models import LogGroup, SubscriptionFilter
from moto.logs.responses import LogsResponse

_KEPT, _SPREAD = "featureshare_class", "featureshare_distribution"
_OF_DELIVERY = {"retentionInDays": 2}  # whatever it is told: a group of this class keeps nothing longer
_create = LogsResponse.create_log_group
_subscribe = LogsResponse.put_subscription_filter
_filter = SubscriptionFilter.to_json
_show = LogGroup.to_describe_dict
_add = MetricFilters.add_filter


def apply() -> None:
    def create_log_group(self: Any) -> str:
        answer = _create(self)
        group = self.logs_backend.groups[self._get_param("logGroupName")]
        group.__dict__[_KEPT] = self._get_param("logGroupClass")
        return answer

    def to_describe_dict(self: Any) -> dict[str, Any]:
        shown = {**_show(self), "logGroupClass": self.__dict__.get(_KEPT) or "STANDARD"}
        return {**shown, **(_OF_DELIVERY if shown["logGroupClass"] == "DELIVERY" else {})}

    def put_subscription_filter(self: Any) -> str:
        answer = _subscribe(self)
        group = self.logs_backend.groups[self._get_param("logGroupName")]
        kept = group.subscription_filters[self._get_param("filterName")].__dict__
        kept[_SPREAD] = self._get_param("distribution") or "ByLogStream"
        return answer

    def to_json(self: Any) -> dict[str, Any]:
        return {**_filter(self), "distribution": self.__dict__.get(_SPREAD) or "ByLogStream"}

    def add_filter(self: Any, filter_name: str, filter_pattern: str, log_group_name: str, *given: Any) -> None:
        mine = (filter_name, log_group_name)
        self.metric_filters = [one for one in self.metric_filters if (one["filterName"], one["logGroupName"]) != mine]
        _add(self, filter_name, filter_pattern, log_group_name, *given)

    MetricFilters.add_filter = add_filter  # type: ignore[assignment, method-assign]
    LogsResponse.put_subscription_filter = put_subscription_filter  # type: ignore[method-assign]
    SubscriptionFilter.to_json = to_json  # type: ignore[method-assign]
    LogsResponse.create_log_group = create_log_group  # type: ignore[method-assign]
    LogGroup.to_describe_dict = to_describe_dict  # type: ignore[method-assign]
