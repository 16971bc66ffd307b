"""Atoms: for patterns over one dimension, one witness for every way of matching them.

Two values that match the same patterns cannot be told apart by any document, so one witness of each set stands for
all (section 8 of our reference on IAM semantics). ARNs are cut at their first five colons and each part is treated
alone, which keeps the automata short.
"""

import functools
from collections.abc import Iterable, Iterator, Sequence

from featureshare.errors import FeatureShareError
from featureshare.iam.patterns import Match, glob

_MOST_STATES = 20_000
_FRESH = "x0z9qwkjv"


class Undecidable(FeatureShareError):
    """The patterns tell apart more values than can be listed; the proof says so instead of passing."""


def is_glob(text: str) -> bool:
    """Whether a pattern stands for more than itself."""
    return "*" in text or "?" in text


def matches(pattern: str, value: str) -> bool:
    """Whether a value matches a pattern with `*` and `?`."""
    return pattern == "*" or (_glob(pattern)(value) if is_glob(pattern) else pattern == value)


@functools.lru_cache(maxsize=65_536)
def _glob(pattern: str) -> Match:
    return glob(pattern)


def witnesses(patterns: Iterable[str], *, floor: int = 1) -> tuple[str, ...]:
    """One value for every set of patterns that some value matches exactly: the literals, and shortest others.

    A value that ends in a free run is at least `floor` characters longer than it must be, so that it is a name and
    no empty one. Raises Undecidable when there are too many sets.
    """
    return _witnesses(tuple(sorted(set(patterns))), floor)


@functools.lru_cache(maxsize=16_384)
def _witnesses(patterns: tuple[str, ...], floor: int) -> tuple[str, ...]:
    exact = [pattern for pattern in patterns if not is_glob(pattern)]
    globs = [pattern for pattern in patterns if is_glob(pattern)]
    taken = set(exact)
    out = dict.fromkeys(exact)
    fresh = _fresh_letter(patterns)
    for value in _of_globs(tuple(globs), fresh):
        longer = _longer(value, globs, fresh, floor, taken)
        out[longer if longer is not None else value] = None
    return tuple(out)


def _fresh_letter(patterns: Sequence[str]) -> str:
    used = set("".join(patterns))
    return next((letter for letter in _FRESH if letter not in used), "x")


def _longer(value: str, globs: Sequence[str], fresh: str, floor: int, taken: set[str]) -> str | None:
    """`value`, longer by a free run where the globs leave room, and none of the literals; None if there is no such."""
    wanted = [matches(glob, value) for glob in globs]
    tails = [value + fresh * more for more in (floor, floor + 1, floor + 2)]
    inside = [value[:at] + fresh * more + value[at:] for more in (1, 2) for at in range(len(value))]
    other = [value[:at] + fresh + value[at + 1 :] for at in range(len(value))]
    for candidate in (*tails, *(() if value not in taken else (*inside, *other))):
        if candidate not in taken and [matches(glob, candidate) for glob in globs] == wanted:
            return candidate
    return value if value not in taken else None


State = tuple[frozenset[int], ...]


def _of_globs(globs: tuple[str, ...], fresh: str) -> Iterator[str]:
    """A shortest value for each set of globs, by walking the product of their automata."""
    start: State = tuple(_closed(glob, {0}) for glob in globs)
    seen: dict[State, str] = {start: ""}
    answers: dict[tuple[bool, ...], str] = {}
    queue = [start]
    for state in queue:
        text = seen[state]
        accepted = tuple(len(glob) in positions for glob, positions in zip(globs, state, strict=True))
        answers.setdefault(accepted, text)
        letters = {
            glob[at]
            for glob, positions in zip(globs, state, strict=True)
            for at in positions
            if at < len(glob) and glob[at] not in "*?"
        }
        for letter in (*sorted(letters), fresh):
            following = tuple(_step(glob, positions, letter) for glob, positions in zip(globs, state, strict=True))
            if following not in seen:
                seen[following] = text + letter
                queue.append(following)
                if len(queue) > _MOST_STATES:
                    raise Undecidable(
                        f"{len(globs)} patterns tell apart more values than can be listed: {globs[0]}, ..."
                    )
    yield from answers.values()


def _closed(glob: str, positions: Iterable[int]) -> frozenset[int]:
    out = set(positions)
    todo = list(out)
    while todo:
        at = todo.pop()
        if at < len(glob) and glob[at] == "*" and at + 1 not in out:
            out.add(at + 1)
            todo.append(at + 1)
    return frozenset(out)


@functools.lru_cache(maxsize=65_536)
def _step(glob: str, positions: frozenset[int], letter: str) -> frozenset[int]:
    following = set()
    for at in positions:
        if at < len(glob):
            if glob[at] == "*":
                following.add(at)
            elif glob[at] == "?" or glob[at] == letter:
                following.add(at + 1)
    return _closed(glob, following)


def segments(pattern: str) -> tuple[str, ...]:
    """An ARN pattern in six parts. One with fewer, `*` above all, stands for anything in those it does not reach."""
    parts = pattern.split(":", 5)
    if len(parts) == 6:
        return tuple(parts)
    return (*parts[:-1], *["*"] * (7 - len(parts))) if len(parts) < 6 else tuple(parts)


FRESH_ACCOUNT = "999999999999"


def account_witnesses(patterns: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """Account ids for a part of an ARN: those known, one that nobody has, and what wildcards let through."""
    out = dict.fromkeys([*known, FRESH_ACCOUNT])
    for pattern in patterns:
        if pattern.isdigit():
            out[pattern] = None
        elif is_glob(pattern) and pattern != "*":
            for digit in "09":
                bare = pattern.replace("?", digit)
                missing = 12 - len(bare.replace("*", ""))
                out[bare.replace("*", digit * max(missing, 0), 1).replace("*", "")] = None
    return tuple(account for account in out if account == "" or (account.isdigit() and len(account) == 12))
