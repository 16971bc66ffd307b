"""moto's tables: the most that a table on demand may use is kept and shown, such a table has no capacity, and a stream
that was switched off can be switched on again, with another view.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ProvisionedThroughputDescription.html
"""

from typing import Any

from moto.dynamodb.exceptions import StreamAlreadyEnabledException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

_MOST = "featureshare_on_demand"
_answers = {name: getattr(DynamoHandler, name) for name in ("create_table", "update_table")}
_describe = Table.describe
_NOTHING = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}


def apply() -> None:
    def answering(original: Any) -> Any:
        def answer(self: Any) -> Any:
            answered = original(self)
            table = self.dynamodb_backend.get_table(self.body["TableName"])
            if given := self.body.get("OnDemandThroughput"):
                table.__dict__[_MOST] = given
            if self.body.get("BillingMode") == "PAY_PER_REQUEST":
                table.throughput = dict(_NOTHING)
                for index in table.global_indexes:
                    index.throughput = dict(_NOTHING)
            return answered

        return answer

    def describe(self: Any, *given: Any, **named: Any) -> dict[str, Any]:
        shown = _describe(self, *given, **named)
        if most := self.__dict__.get(_MOST):
            next(iter(shown.values()))["OnDemandThroughput"] = most
        return shown

    def streams(self: Any, table: Any, given: dict[str, Any]) -> None:
        on = (table.stream_specification or {}).get("StreamEnabled")
        if on and (given.get("StreamEnabled") or given.get("StreamViewType")):
            raise StreamAlreadyEnabledException
        table.set_stream_specification(given)

    DynamoDBBackend.update_table_streams = streams  # type: ignore[method-assign]
    for name, original in _answers.items():
        setattr(DynamoHandler, name, answering(original))
    Table.describe = describe  # type: ignore[method-assign]
