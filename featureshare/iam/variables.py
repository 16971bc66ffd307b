"""Text with wildcards and policy variables, split into tokens.

Source: IAM User Guide, "IAM policy elements: Variables and tags" (reference_policies_variables).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from featureshare.iam.model import ContextValue

# Keys that AWS documents as multivalued: a policy variable cannot use them even when one value is present.
MULTIVALUED = frozenset(
    {
        "aws:calledvia",
        "aws:principalorgpaths",
        "aws:principalservicenameslist",
        "aws:tagkeys",
        "kms:encryptioncontextkeys",
        "kms:grantoperations",
        "kms:resourcealiases",
        "sts:transitivetagkeys",
    }
)


class BadVariableError(ValueError):
    """A `${` that does not start a policy variable."""


@dataclass(frozen=True)
class Variable:
    """`${key}` or `${key, 'default'}`; `key` in lower case."""

    key: str
    default: str | None

    def value(self, context: Mapping[str, ContextValue]) -> str | None:
        """The text it stands for, or None where it has no value."""
        found = context.get(self.key)
        if found is None:
            return self.default
        if type(found) is str and self.key not in MULTIVALUED:
            return found
        return None  # a multivalued key cannot be used, and it is not absent either, so no default


class _Wildcard:
    def __init__(self, sign: str) -> None:
        self.sign = sign

    def __repr__(self) -> str:
        return self.sign


ANY = _Wildcard("*")  # any run of characters, the empty one included
ONE = _Wildcard("?")  # exactly one character
Token = str | Variable | _Wildcard

_VARIABLE = re.compile(r"\$\{(?:([*?$])|\s*([^{},'*?$]+?)\s*(?:,\s*'([^']*)'\s*)?)\}")
_WILD = re.compile(r"([*?])")


def tokens(text: str, *, variables: bool, wildcards: bool = True) -> tuple[Token, ...]:
    """Split `text` into literal runs, wildcards and variables.

    `variables` is true for documents of version 2012-10-17. Raises BadVariableError where `${` opens no variable.
    """
    out: list[Token] = []
    at = 0
    while variables:
        start = text.find("${", at)
        if start < 0:
            break
        found = _VARIABLE.match(text, start)
        if found is None:
            raise BadVariableError(f"`{text[start:]}` is not a policy variable")
        _split(text[at:start], wildcards, out)
        sign, key, default = found.groups()
        out.append(sign if sign else Variable(key.lower(), default))
        at = found.end()
    _split(text[at:], wildcards, out)
    return _joined(out)


def _split(text: str, wildcards: bool, out: list[Token]) -> None:
    if not wildcards:
        out.append(text)
        return
    for piece in _WILD.split(text):
        out.append(ANY if piece == "*" else ONE if piece == "?" else piece)


def _joined(items: list[Token]) -> tuple[Token, ...]:
    out: list[Token] = []
    for item in items:
        if item == "":
            continue
        last = out[-1] if out else None
        if isinstance(item, str) and isinstance(last, str):
            out[-1] = last + item
        elif not (item is ANY and last is ANY):
            out.append(item)
    return tuple(out)


def substitute(items: tuple[Token, ...], context: Mapping[str, ContextValue]) -> tuple[Token, ...] | None:
    """The tokens with every variable replaced by literal text, or None where one has no value."""
    out: list[Token] = []
    for item in items:
        if isinstance(item, Variable):
            value = item.value(context)
            if value is None:
                return None
            out.append(value)
        else:
            out.append(item)
    return _joined(out)


def variables_of(items: tuple[Token, ...]) -> tuple[Variable, ...]:
    """The variables among the tokens."""
    return tuple(item for item in items if isinstance(item, Variable))
