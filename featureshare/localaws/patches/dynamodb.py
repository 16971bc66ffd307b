"""moto's tables: the most that a table on demand may use is kept and shown, such a table has no capacity, and a stream
that was switched off can be switched on again, with another view; class, encryption and attributes follow an update.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ProvisionedThroughputDescription.html
"""

from typing import Any

from moto.dynamodb.exceptions import StreamAlreadyEnabledException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

_MOST, _CLASS = "featureshare_on_demand", "featureshare_class"
_answers = {name: getattr(DynamoHandler, name) for name in ("create_table", "update_table")}
_describe = Table.describe
_NOTHING = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}


def _prune(table: Any) -> None:
    """An attribute that no key has any more, since its index went, is no attribute of the table."""
    schemas = [table.schema, *(index.schema for index in (*table.global_indexes, *table.indexes))]
    used = {key["AttributeName"] for schema in schemas for key in schema}
    table.attr = [one for one in table.attr if one["AttributeName"] in used]


def apply() -> None:
    def answering(original: Any) -> Any:
        def answer(self: Any) -> Any:
            answered = original(self)
            table = self.dynamodb_backend.get_table(self.body["TableName"])
            if given := self.body.get("OnDemandThroughput"):
                table.__dict__[_MOST] = given
            if given := self.body.get("TableClass"):
                table.__dict__[_CLASS] = given
            if (given := self.body.get("SSESpecification")) and table.sse_specification is not None:
                table.sse_specification = {**table.sse_specification, **given}
            _prune(table)
            if self.body.get("BillingMode") == "PAY_PER_REQUEST":
                table.throughput = dict(_NOTHING)
                for index in table.global_indexes:
                    index.throughput = dict(_NOTHING)
            return answered

        return answer

    def describe(self: Any, *given: Any, **named: Any) -> dict[str, Any]:
        shown = _describe(self, *given, **named)
        (members,) = shown.values()
        if most := self.__dict__.get(_MOST):
            members["OnDemandThroughput"] = most
        if kept := self.__dict__.get(_CLASS):
            members["TableClassSummary"] = {"TableClass": kept}
        return shown

    def streams(self: Any, table: Any, given: dict[str, Any]) -> None:
        on = (table.stream_specification or {}).get("StreamEnabled")
        if on and (given.get("StreamEnabled") or given.get("StreamViewType")):
            raise StreamAlreadyEnabledException
        table.set_stream_specification(given)

    DynamoDBBackend.update_table_streams = streams  # type: ignore[assignment, method-assign]
    for name, original in _answers.items():
        setattr(DynamoHandler, name, answering(original))
    Table.describe = describe  # type: ignore[method-assign]
