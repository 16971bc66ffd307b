"""What can go wrong for a data team, each with who, what and the next thing to do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from featureshare.errors import FeatureShareError

_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "AccessForbidden", "UnauthorizedOperation", "403"})


class NoSharing(FeatureShareError):
    """What is shared with the team cannot be read: no parameters, no right to them, or no credentials."""


class NotShared(FeatureShareError):
    """The declaration does not let the team do this; nothing was called."""


class Denied(FeatureShareError):
    """AWS refused a call in an environment. `action` and `resource` are IAM's, `role` is the ARN of the role used."""

    def __init__(self, environment: str, action: str, resource: str, role: str, hint: str, reason: str) -> None:
        super().__init__(
            f"{action} on {resource} was denied to {role}: {reason} {hint}".rstrip()
            + f" The platform team sees why: featureshare access explain {environment} --principal {role} "
            f"--action {action} --resource {resource}"
        )
        self.action = action
        self.resource = resource
        self.role = role


class Refused(FeatureShareError):
    """The service did not take the input; the message is the service's."""


class SessionPolicyTooLong(FeatureShareError):
    """The groups that were named do not fit a session policy."""


def is_denied(error: ClientError) -> bool:
    """Whether AWS refused for want of rights: SageMaker, S3 and STS each say it in their own code."""
    return code_of(error) in _DENIED


def code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def denials(environment: str, action: str, resource: str, role: str, hint: Callable[[], str]) -> Iterator[Any]:
    """Turns a refusal inside into Denied; other errors pass. `hint` is asked for when there is one."""
    try:
        yield
    except ClientError as error:
        if not is_denied(error):
            raise
        reason = str(error.response["Error"].get("Message", ""))
        raise Denied(environment, action, resource, role, hint(), reason.rstrip(".") + ".") from error
