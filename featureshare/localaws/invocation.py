"""The seam between the gateway, which knows who calls and what they may do, and the services, which do it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from featureshare.iam.calls import Check


@dataclass(frozen=True)
class Caller:
    """An authenticated principal.

    `arn` is the request principal (session ARN for a role session); `role_arn` the role behind a session, with its
    path; `account` twelve digits. `tags` are the principal tags in force, `source_identity` and `expires` belong to
    sessions only. Services compare nothing here: they ask `Invocation.authorize`.
    """

    arn: str
    account: str
    kind: str  # "session" | "user" | "root" | "service" | "anonymous"
    role_arn: str | None = None
    user_id: str = ""
    access_key: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    source_identity: str | None = None
    expires: datetime | None = None


@dataclass(frozen=True)
class Invocation:
    """One authorized API call on its way to a service.

    `service` and `operation` are botocore's names, `params` the members of the operation's input shape, parsed;
    `account` and `region` say where it lands. `authorize` evaluates further checks that show only while the call runs
    (the tables of a query, the offline write): as the caller, or as the role a check names. It raises
    `ServiceError("AccessDeniedException", ...)` and writes the decision log.
    """

    service: str
    operation: str
    params: Mapping[str, Any]
    account: str
    region: str
    caller: Caller
    authorize: Callable[[Sequence[Check]], None]
    request_id: str = ""


class ServiceError(Exception):
    """An error as AWS words it: `code` as in the service model, HTTP `status`, a message for people."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


Handler = Callable[[Invocation], Mapping[str, Any]]
"""Answers an invocation with the members of the operation's output shape; raises ServiceError."""
