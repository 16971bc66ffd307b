"""moto's tables: the most that a table on demand may use is kept and shown."""

from typing import Any

from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

_MOST = "featureshare_on_demand"
_answers = {name: getattr(DynamoHandler, name) for name in ("create_table", "update_table")}
_describe = Table.describe


def apply() -> None:
    def answering(original: Any) -> Any:
        def answer(self: Any) -> Any:
            answered = original(self)
            if given := self.body.get("OnDemandThroughput"):
                self.dynamodb_backend.get_table(self.body["TableName"]).__dict__[_MOST] = given
            return answered

        return answer

    def describe(self: Any, *given: Any, **named: Any) -> dict[str, Any]:
        shown = _describe(self, *given, **named)
        if most := self.__dict__.get(_MOST):
            next(iter(shown.values()))["OnDemandThroughput"] = most
        return shown

    for name, original in _answers.items():
        setattr(DynamoHandler, name, answering(original))
    Table.describe = describe  # type: ignore[method-assign]
