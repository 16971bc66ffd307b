"""Pages of a list; a token is the position of the next item."""

from collections.abc import Sequence
from typing import TypeVar

from featureshare.localaws.invocation import ServiceError

Item = TypeVar("Item")


def start_of(token: str | None, code: str = "ValidationException") -> int:
    """The position a token names; 0 without one. Raises ServiceError `code` for a token that is none of ours."""
    if not token:
        return 0
    if not token.isascii() or not token.isdigit():
        raise ServiceError(code, "NextToken is invalid")
    return int(token)


def page(
    items: Sequence[Item], token: str | None, size: int, code: str = "ValidationException"
) -> tuple[Sequence[Item], str | None]:
    """The page that `token` starts, at most `size` items, and the token of the next page if there is one."""
    begin = start_of(token, code)
    end = begin + size
    return items[begin:end], (str(end) if end < len(items) else None)
