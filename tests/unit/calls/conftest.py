"""The fixture every test of the call catalogue asks its questions with."""

from typing import Any

import pytest
from calls_support import CALLER, CENTRAL, REGION, Ask, SmallEstate

from featureshare.iam.calls import Call, Check, checks_for


@pytest.fixture
def ask() -> Ask:
    """Checks of a call made in the central account: `ask("s3", "GetObject", Bucket=..., Key=...)`."""

    def checks(service: str, operation: str, /, estate: SmallEstate | None = None, **params: Any) -> tuple[Check, ...]:
        call = Call(service, operation, params, CENTRAL, REGION, CALLER)
        return checks_for(call, estate or SmallEstate())

    return checks
