"""moto's alarms: a metric of a query says which account it is of."""

from typing import Any

from moto.cloudwatch.responses import CloudWatchResponse

_put = CloudWatchResponse.put_metric_alarm


def apply() -> None:
    def put(self: Any) -> Any:
        answer = _put(self)
        alarm = self.cloudwatch_backend.alarms.get(self._get_param("AlarmName"))
        accounts = {one.get("Id"): one.get("AccountId") for one in self._get_param("Metrics", []) or ()}
        for query in (alarm.metric_data_queries or ()) if alarm else ():
            query.account_id = accounts.get(query.id)
        return answer

    CloudWatchResponse.put_metric_alarm = put  # type: ignore[method-assign]
