"""When a lifecycle rule may move and expire objects.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleExpiration.html
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from featureshare.localaws.invocation import ServiceError

_AFTER_30_DAYS = ("STANDARD_IA", "ONEZONE_IA")
_WHOLE_DAY = (0, 0, 0, 0)


def check_times(rule: Mapping[str, Any]) -> None:
    """Raises ServiceError InvalidArgument for a rule whose times S3 does not take."""
    _check_infrequent(rule.get("Transitions") or (), "Transition", "Days")
    _check_infrequent(rule.get("NoncurrentVersionTransitions") or (), "NoncurrentVersionTransition", "NoncurrentDays")
    for date in _dates(rule):
        if (date.hour, date.minute, date.second, date.microsecond) != _WHOLE_DAY:
            raise ServiceError("InvalidArgument", "'Date' must be at midnight GMT")
    expires = (rule.get("Expiration") or {}).get("Days")
    moves = [one["Days"] for one in rule.get("Transitions") or () if one.get("Days") is not None]
    if expires is not None and moves and int(expires) <= max(map(int, moves)):
        raise ServiceError(
            "InvalidArgument",
            f"'Days' in the Expiration action for filter '({_filter(rule)})' must be greater than 'Days' in the "
            "Transition action",
        )


def _check_infrequent(transitions: Any, action: str, member: str) -> None:
    for one in transitions:
        if one.get("StorageClass") in _AFTER_30_DAYS and one.get(member) is not None and int(one[member]) < 30:
            raise ServiceError(
                "InvalidArgument",
                f"'{member}' in {action} action must be greater than or equal to 30 for storageClass "
                f"'{one['StorageClass']}'",
            )


def _dates(rule: Mapping[str, Any]) -> Iterator[datetime]:
    for part in (rule.get("Expiration") or {}, *(rule.get("Transitions") or ())):
        date = part.get("Date")
        if isinstance(date, str):
            date = datetime.fromisoformat(date.replace("Z", "+00:00"))
        if isinstance(date, datetime):
            yield date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)


def _filter(rule: Mapping[str, Any]) -> str:
    found = rule.get("Filter") or {}
    return f"prefix={found.get('Prefix') or (found.get('And') or {}).get('Prefix') or rule.get('Prefix') or ''}"
