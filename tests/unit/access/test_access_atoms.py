"""One witness for every set of patterns that some value matches: checked against every short string."""

import itertools

import pytest

from featureshare.access.atoms import Undecidable, account_witnesses, matches, segments, witnesses


def vectors(patterns, values):
    return {tuple(matches(pattern, value) for pattern in patterns) for value in values}


@pytest.mark.parametrize(
    "patterns",
    [
        ["ab", "a*"],
        ["a*", "*b", "ab"],
        ["a?", "?b", "*"],
        ["a*b", "a*", "*a*"],
        ["", "a", "b", "?"],
        ["a/*", "a*", "a/b"],
        ["*a*b*", "b*a", "?*"],
    ],
)
def test_witnesses_meet_every_set_that_short_strings_meet(patterns):
    short = ("".join(letters) for size in range(6) for letters in itertools.product("ab/c", repeat=size))
    assert vectors(patterns, short) <= vectors(patterns, witnesses(patterns))


def test_a_witness_is_a_name_where_a_pattern_leaves_room():
    assert "key/" not in witnesses(["key/*"])
    assert any(one.startswith("key/") for one in witnesses(["key/*"]))


def test_an_exact_name_and_its_extension_are_told_apart():
    found = witnesses(["feature-group/sessions", "feature-group/sessions*"])
    assert "feature-group/sessions" in found
    assert any(one.startswith("feature-group/sessions") and one != "feature-group/sessions" for one in found)


def test_too_many_sets_are_undecidable():
    with pytest.raises(Undecidable):
        witnesses([f"*{first}*{second}*" for first in "abcdefgh" for second in "abcdefgh"])


def test_segments_of_short_patterns_stand_for_anything():
    assert segments("*") == ("*",) * 6
    assert segments("arn:aws:s3:::b/k:v") == ("arn", "aws", "s3", "", "", "b/k:v")
    assert segments("arn:aws:s3") == ("arn", "aws", "*", "*", "*", "*")


def test_accounts_are_twelve_digits():
    found = account_witnesses(["2222*", "11111111111?", "*"], ["333333333333"])
    assert all(len(account) == 12 and account.isdigit() for account in found)
    assert any(account.startswith("2222") for account in found)
    assert any(account.startswith("11111111111") for account in found)
