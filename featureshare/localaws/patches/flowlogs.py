"""moto's flow logs into S3: the destination may be a folder of the bucket, and the form of the files is kept.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html
"""

from typing import Any

from moto.ec2.models.flow_logs import FlowLogsBackend
from moto.ec2.responses.flow_logs import FlowLogs

_answer = FlowLogs.create_flow_logs
_create = FlowLogsBackend.create_flow_logs


def apply() -> None:
    def create_flow_logs(self: Any, **named: Any) -> Any:
        given = named.get("log_destination")
        if named.get("log_destination_type") != "s3" or not given:
            return _create(self, **named)
        made, failed = _create(self, **{**named, "log_destination": given.partition("/")[0]})
        for log in made:
            log.log_destination = given
        return made, failed

    def answer(self: Any) -> Any:
        answered: Any = _answer(self)
        if form := self._get_param("DestinationOptions"):
            for name in answered.result["FlowLogIds"]:
                self.ec2_backend.flow_logs[name].destination_options = form
        return answered

    FlowLogs.create_flow_logs = answer  # type: ignore[method-assign]
    FlowLogsBackend.create_flow_logs = create_flow_logs  # type: ignore[assignment, method-assign]
