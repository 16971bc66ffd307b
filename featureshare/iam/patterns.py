"""Glob matching of actions, resources and ARNs, compiled once.

Sources: IAM User Guide, "Resource" (reference_policies_elements_resource), "Action"
(reference_policies_elements_action) and "ARN condition operators" (reference_policies_elements_condition_operators).
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from featureshare.iam.model import ContextValue
from featureshare.iam.variables import ANY, ONE, Token, Variable, substitute, tokens, variables_of

Context = Mapping[str, ContextValue]
Match = Callable[[str], bool]


@lru_cache(maxsize=16384)
def _regex(source: str) -> Match:
    compiled = re.compile(source, re.DOTALL)
    return lambda value: compiled.fullmatch(value) is not None


def compile_glob(items: tuple[Token, ...]) -> Match:
    """A matcher over whole strings for tokens without variables."""
    if ANY not in items and ONE not in items:
        text = "".join(item for item in items if isinstance(item, str))
        return lambda value: value == text
    if items == (ANY,):
        return lambda value: True
    if len(items) == 2 and items[1] is ANY and isinstance(items[0], str):
        prefix = items[0]
        return lambda value: value.startswith(prefix)
    # Every run between two stars is taken at its leftmost place and never given back (an atomic group): right for
    # globs, because the runs have fixed lengths, and it keeps hostile patterns from backtracking exponentially.
    runs: list[str] = [""]
    for item in items:
        if item is ANY:
            runs.append("")
        else:
            runs[-1] += "." if item is ONE else re.escape(str(item))
    if len(runs) == 1:
        return _regex(runs[0])
    middle = "".join(f"(?>.*?{run})" for run in runs[1:-1] if run)
    return _regex(f"{runs[0]}{middle}.*{runs[-1]}")


def glob(pattern: str) -> Match:
    """A matcher for text in which only `*` and `?` are special."""
    return compile_glob(tokens(pattern, variables=False))


def split_arn(items: tuple[Token, ...]) -> tuple[tuple[Token, ...], ...] | None:
    """Tokens of an ARN pattern cut at the first five colons, or None where there are fewer."""
    parts: list[list[Token]] = [[]]
    for item in items:
        if not isinstance(item, str):
            parts[-1].append(item)
            continue
        while len(parts) < 6 and ":" in item:
            head, _, item = item.partition(":")
            if head:
                parts[-1].append(head)
            parts.append([])
        if item:
            parts[-1].append(item)
    return tuple(tuple(part) for part in parts) if len(parts) == 6 else None


def is_arn(value: str) -> bool:
    """Whether a value has the six parts of an ARN."""
    return value.startswith("arn:") and value.count(":") >= 5


def compile_arn(items: tuple[Token, ...]) -> Match | None:
    """A matcher of ARNs part by part, for tokens without variables; None where the pattern has fewer than six parts."""
    parts = split_arn(items)
    if parts is None:
        return None
    heads = parts[:5]
    if not any(item is ANY or item is ONE for part in heads for item in part):
        # Literal heads hold the colons in place, so the whole string gives the same answer.
        whole = compile_glob(items)
        return lambda value: is_arn(value) and whole(value)
    matchers = tuple(compile_glob(part) for part in parts)

    def match(value: str) -> bool:
        if not is_arn(value):
            return False
        return all(matcher(part) for matcher, part in zip(matchers, value.split(":", 5), strict=True))

    return match


class ResourcePattern:
    """One entry of `Resource` or `NotResource`.

    `wide` is the permissive reading (the whole string as one glob), `strict` the documented one (part by part). They
    differ only where AWS documents nothing; a caller takes the one that is worse for its effect.
    """

    def __init__(self, text: str, *, variables: bool) -> None:
        self.text = text
        self.lints: list[str] = []
        self.star = text != "" and set(text) == {"*"}
        cut = _after_fifth_colon(text)
        # Variables stand only after the fifth colon; elsewhere `${...}` is literal text.
        if variables and cut is not None:
            self.tokens = _merge(tokens(text[:cut], variables=False), tokens(text[cut:], variables=True))
        else:
            self.tokens = tokens(text, variables=False)
        self.variables = variables_of(self.tokens)
        self.short = cut is None and not self.star
        if self.short:
            self.lints.append(f"resource pattern {text!r} has fewer than six parts")
        parts = text.split(":", 5)
        if not self.short and not self.star and ("*" in parts[2] or "?" in parts[2]):
            self.lints.append(f"resource pattern {text!r} has a wildcard in its service part")
        if variables and "${" in (text if cut is None else text[:cut]):
            self.lints.append(f"resource pattern {text!r} has a variable before the fifth colon: literal text")
        self._wide: Match | None = None
        self._strict: Match | None = None
        if not self.variables:
            self._wide = compile_glob(self.tokens)
            self._strict = compile_arn(self.tokens) if not self.star else self._wide

    def wide(self, resource: str, context: Context) -> bool:
        """Whether it matches under the permissive reading."""
        if resource == "*":
            return self.star
        if self._wide is not None:
            return self._wide(resource)
        items = substitute(self.tokens, context)
        return items is not None and compile_glob(items)(resource)

    def strict(self, resource: str, context: Context) -> bool:
        """Whether it matches under the documented reading."""
        if resource == "*":
            return self.star
        if not self.variables:
            return self._strict is not None and self._strict(resource)
        items = substitute(self.tokens, context)
        if items is None:
            return False
        match = compile_arn(items)
        return match is not None and match(resource)


def odd_values(variables: tuple[Variable, ...], context: Context) -> list[str]:
    """What of the variables' values AWS documents nothing exact about."""
    values = [value for variable in variables if (value := variable.value(context)) is not None]
    out: list[str] = []
    if any("*" in value or "?" in value for value in values):
        out.append("holds a wildcard sign, taken literally")
    if any(context.get(variable.key) == "" for variable in variables):
        out.append("is empty; it is put in as such, and no default stands in for it")
    return out


def _after_fifth_colon(text: str) -> int | None:
    at = -1
    for _ in range(5):
        at = text.find(":", at + 1)
        if at < 0:
            return None
    return at + 1


def _merge(head: tuple[Token, ...], tail: tuple[Token, ...]) -> tuple[Token, ...]:
    if head and tail and isinstance(head[-1], str) and isinstance(tail[0], str):
        return (*head[:-1], head[-1] + tail[0], *tail[1:])
    return head + tail


class ActionSet:
    """The entries of `Action` or `NotAction`, compared without case."""

    def __init__(self, patterns: tuple[str, ...], *, negated: bool) -> None:
        self.patterns = patterns
        self.negated = negated
        lowered = [pattern.lower() for pattern in patterns]
        self._exact = frozenset(p for p in lowered if "*" not in p and "?" not in p)
        self._globs = tuple(glob(p) for p in lowered if "*" in p or "?" in p)

    def matches(self, action: str) -> bool:
        """Whether the statement is about `action`, which is in lower case."""
        found = action in self._exact or any(match(action) for match in self._globs)
        return found != self.negated
