"""Reading the values that conditions compare: numbers, instants, booleans, addresses, bytes.

Every reader returns None for text it cannot read. Source: IAM User Guide, "Condition operators"
(reference_policies_elements_condition_operators).
"""

import base64
import binascii
import ipaddress
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DATE = re.compile(
    r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2})"
    r"(?:[Tt]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?([Zz]|[+-][0-9]{2}:?[0-9]{2})?)?)?"
)
_YEAR = re.compile(r"[0-9]{4}")
_CIDR = re.compile(r"[0-9A-Fa-f:.]+(?:/[0-9]{1,3})?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def number(text: str) -> Decimal | None:
    """An integer or decimal; no exponents."""
    return Decimal(text) if len(text) <= 100 and _NUMBER.fullmatch(text) else None


def instant(text: str) -> Decimal | None:
    """Seconds since 1970-01-01T00:00:00Z, from ISO 8601 (UTC where no offset is given) or from epoch seconds.

    Four digits are a year, as in the W3C profile of ISO 8601 that AWS names.
    """
    if _YEAR.fullmatch(text):
        text = f"{text}-01"
    found = _DATE.fullmatch(text)
    if found is None:
        return number(text)
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        moment = datetime(
            int(year), int(month), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC
        )
        if zone and zone not in "Zz":
            digits = zone[1:].replace(":", "")
            if int(digits[2:]) > 59:
                return None
            offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
            moment -= offset if zone[0] == "+" else -offset
    except (ValueError, OverflowError):
        return None
    since = moment - _EPOCH
    return Decimal(since.days * 86400 + since.seconds) + (Decimal(f"0.{fraction}") if fraction else 0)


def boolean(text: str) -> bool | None:
    """`true` or `false`, without case."""
    return {"true": True, "false": False}.get(text.lower())


@lru_cache(maxsize=4096)
def address(text: str) -> Address | None:
    """An IPv4 or IPv6 address."""
    try:
        return ipaddress.ip_address(text) if "%" not in text else None
    except ValueError:
        return None


def network(text: str) -> Network | None:
    """A CIDR block; without a prefix, one address."""
    if not _CIDR.fullmatch(text):
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def binary(text: str) -> bytes | None:
    """The bytes that base64 text stands for."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
