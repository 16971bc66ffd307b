"""moto's alarms: a metric of a query says which account it is of, and any statistic of CloudWatch may be watched.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
"""

import re
from typing import Any

from moto.cloudwatch.exceptions import InvalidParameterValue
from moto.cloudwatch.models import CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse

_PERCENT = r"(?:100|\d{1,2}(?:\.\d{1,10})?)"
_BOUND = r"\d+(?:\.\d+)?%?"
_EXTENDED = re.compile(
    rf"(?:p|tm|wm|tc|ts){_PERCENT}|IQM|(?:PR|TM|WM|TC|TS)\((?:{_BOUND}:(?:{_BOUND})?|:{_BOUND})\)", re.IGNORECASE
)
_put = CloudWatchResponse.put_metric_alarm
_add = CloudWatchBackend.put_metric_alarm


def apply() -> None:
    def put(self: Any) -> Any:
        answer = _put(self)
        alarm = self.cloudwatch_backend.alarms.get(self._get_param("AlarmName"))
        accounts = {one.get("Id"): one.get("AccountId") for one in self._get_param("Metrics", []) or ()}
        for query in (alarm.metric_data_queries or ()) if alarm else ():
            query.account_id = accounts.get(query.id)
        return answer

    def add(self: Any, *args: Any, extended_statistic: str | None = None, **given: Any) -> Any:
        if extended_statistic and not _EXTENDED.fullmatch(extended_statistic):
            raise InvalidParameterValue(
                f"The value {extended_statistic} for parameter ExtendedStatistic is not supported."
            )
        alarm = _add(self, *args, **given)
        alarm.extended_statistic = extended_statistic
        return alarm

    CloudWatchBackend.put_metric_alarm = add  # type: ignore[method-assign]
    CloudWatchResponse.put_metric_alarm = put  # type: ignore[method-assign]
