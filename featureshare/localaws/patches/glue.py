"""moto's Glue jobs: a job made without an execution class shows none, as Terraform expects of AWS."""

from typing import Any

from moto.glue.models import FakeJob

_original = FakeJob.__init__


def apply() -> None:
    def init(self: Any, *args: Any, **given: Any) -> None:
        _original(self, *args, **given)
        self.execution_class = given.get("execution_class")

    FakeJob.__init__ = init  # type: ignore[method-assign]
