"""Globs and ARN patterns against an oracle that enumerates, written without looking at the code under test."""

import itertools
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from featureshare.iam.patterns import ResourcePattern, compile_arn, glob
from featureshare.iam.variables import tokens

PATTERN = st.text(alphabet="ab*?:/", max_size=9)
VALUE = st.text(alphabet="ab:/", max_size=9)


@cache
def oracle(pattern: str, value: str) -> bool:
    """Matching by definition: a star is replaced by every run of the value's characters."""
    if not pattern:
        return not value
    if pattern[0] == "*":
        return any(oracle(pattern[1:], value[cut:]) for cut in range(len(value) + 1))
    return bool(value) and pattern[0] in ("?", value[0]) and oracle(pattern[1:], value[1:])


def arn_oracle(pattern: str, value: str) -> bool:
    """Six parts cut at the first five colons, each matched by itself."""
    wanted, given_ = pattern.split(":", 5), value.split(":", 5)
    if len(wanted) < 6 or len(given_) < 6 or given_[0] != "arn":
        return False
    return all(oracle(one, other) for one, other in zip(wanted, given_, strict=True))


def test_every_short_pattern_on_every_short_value() -> None:
    values = ["".join(v) for n in range(5) for v in itertools.product("ab", repeat=n)]
    for length in range(5):
        for signs in itertools.product("ab*?", repeat=length):
            match = glob("".join(signs))
            for value in values:
                assert match(value) == oracle("".join(signs), value), (signs, value)


@given(PATTERN, VALUE)
def test_globs(pattern: str, value: str) -> None:
    assert glob(pattern)(value) == oracle(pattern, value)


PART = st.text(alphabet="ab*?", max_size=4)
PLAIN = st.text(alphabet="ab", max_size=4)


@given(st.lists(PART, min_size=5, max_size=5), PATTERN, st.lists(PLAIN, min_size=4, max_size=4), VALUE)
def test_arns_part_by_part(heads: list[str], tail: str, plain: list[str], rest: str) -> None:
    pattern = ":".join([*heads, tail])
    value = ":".join(["arn", *plain, rest])
    match = compile_arn(tokens(pattern, variables=False))
    assert match is not None
    assert match(value) == arn_oracle(pattern, value)


@given(PATTERN, VALUE)
def test_any_text_as_an_arn(pattern: str, value: str) -> None:
    match = compile_arn(tokens(pattern, variables=False))
    assert (match is not None and match(f"arn:{value}")) == arn_oracle(pattern, f"arn:{value}")


@given(st.lists(PART, min_size=4, max_size=4), PATTERN, st.lists(PLAIN, min_size=4, max_size=4), VALUE)
def test_strict_implies_wide(heads: list[str], tail: str, plain: list[str], rest: str) -> None:
    pattern = ResourcePattern(":".join(["arn", *heads, tail]), variables=False)
    value = ":".join(["arn", *plain, rest])
    assert pattern.strict(value, {}) <= pattern.wide(value, {})
    assert pattern.wide(value, {}) == oracle(pattern.text, value)


@given(st.text(alphabet="ab*?", max_size=6), VALUE)
def test_a_substituted_value_is_literal(tag: str, value: str) -> None:
    pattern = ResourcePattern("arn:aws:s3:::${aws:x}", variables=True)
    resource = f"arn:aws:s3:::{value}"
    assert pattern.strict(resource, {"aws:x": tag}) == (tag == value)
    assert pattern.wide(resource, {"aws:x": tag}) == (tag == value)


def test_a_hostile_pattern_does_not_take_for_ever() -> None:
    assert glob("*a" * 40 + "*b")("a" * 4000) is False
