"""Section 5: conditions. A line says whether the condition holds; it is asked as an Allow and as a Deny."""

from typing import Any

import pytest
from iam_table import ALLOWED, EXPLICIT, IMPLICIT, USER, Row, answer, check, doc, rows

CONDITION = "reference_policies_elements_condition"
OPERATORS = "reference_policies_elements_condition_operators"
MULTI = "reference_policies_condition-single-vs-multi-valued-context-keys"
KEYS = "reference_policies_condition-keys"

ABSENT = None
YES, NO = True, False
ARN = "arn:aws:iam::111122223333:role/fs/reader/core"

LINES: list[tuple[str, str, Any, Any, bool]] = [
    # rule, operator, policy value(s), request value, holds
    # 5.1 values of one key are OR; of a negated operator none may match
    ("5.1", "StringEquals", ["a", "b"], "b", YES),
    ("5.1", "StringEquals", ["a", "b"], "c", NO),
    ("5.1", "StringNotEquals", ["a", "b"], "c", YES),
    ("5.1", "StringNotEquals", ["a", "b"], "b", NO),
    ("5.1", "ArnNotLike", ["arn:aws:iam::*:role/a", "arn:aws:iam::*:role/fs/*"], ARN, NO),
    ("5.1", "NotIpAddress", ["10.0.0.0/8", "192.0.2.0/24"], "192.0.2.1", NO),
    ("5.1", "NotIpAddress", ["10.0.0.0/8", "192.0.2.0/24"], "198.51.100.1", YES),
    # 5.3 missing keys
    *[
        ("5.3", operator, value, ABSENT, holds)
        for operator, value, holds in [
            ("StringEquals", "a", NO),
            ("StringLike", "*", NO),
            ("StringEqualsIgnoreCase", "a", NO),
            ("ArnLike", "*:*:*:*:*:*", NO),
            ("NumericLessThan", "5", NO),
            ("DateGreaterThan", "2020-01-01", NO),
            ("IpAddress", "0.0.0.0/0", NO),
            ("BinaryEquals", "QQ==", NO),
            ("Bool", "false", NO),
            ("Bool", "true", NO),
            ("StringNotEquals", "a", YES),
            ("StringNotEqualsIgnoreCase", "a", YES),
            ("StringNotLike", "*", YES),
            ("ArnNotEquals", "*:*:*:*:*:*", YES),
            ("ArnNotLike", "*:*:*:*:*:*", YES),
            ("NumericNotEquals", "5", YES),
            ("DateNotEquals", "2020-01-01", YES),
            ("NotIpAddress", "0.0.0.0/0", YES),
            ("StringEqualsIfExists", "a", YES),
            ("BoolIfExists", "true", YES),
            ("NumericLessThanIfExists", "5", YES),
            ("StringNotEqualsIfExists", "a", YES),
            ("Null", "true", YES),
            ("Null", "false", NO),
            ("Null", True, YES),
            ("ForAllValues:StringEquals", "a", YES),
            ("ForAllValues:StringNotEquals", "a", YES),
            ("ForAnyValue:StringEquals", "a", NO),
            ("ForAnyValue:StringNotEquals", "a", NO),
        ]
    ],
    # 5.3 empty values
    ("5.3", "Null", "true", "", YES),
    ("5.3", "Null", "true", (), YES),
    ("5.3", "Null", "false", "", NO),
    ("5.3", "Null", "false", "a", YES),
    ("5.3", "Null", "false", ("a",), YES),
    ("5.3", "Null", ["true", "false"], "a", YES),
    ("5.3", "ForAllValues:StringEquals", "a", "", YES),
    ("5.3", "ForAllValues:StringEquals", "a", (), YES),
    ("5.3", "ForAnyValue:StringEquals", "a", (), NO),
    ("5.3", "ForAnyValue:StringNotEquals", "a", "", NO),
    ("5.3-inferred", "StringEquals", "", "", YES),
    ("5.3-inferred", "StringNotEquals", "a", "", YES),
    ("5.3-inferred", "StringLike", "*", "", YES),
    ("5.3-inferred", "StringLike", "?*", "", NO),
    # 5.4 IfExists tests presence only
    ("5.4", "StringEqualsIfExists", "a", "b", NO),
    ("5.4", "StringEqualsIfExists", "a", "a", YES),
    ("5.4", "StringNotEqualsIfExists", "a", "a", NO),
    ("5.4", "BoolIfExists", "true", "false", NO),
    ("5.4", "NumericLessThanIfExists", "5", "x", NO),
    # 5.5 set operators
    ("5.5", "ForAllValues:StringEquals", ["a", "b"], ("a", "b"), YES),
    ("5.5", "ForAllValues:StringEquals", ["a", "b"], ("a", "c"), NO),
    ("5.5", "ForAllValues:StringEquals", ["a", "b"], "a", YES),
    ("5.5", "ForAllValues:StringLike", ["a*"], ("a", "ab"), YES),
    ("5.5", "ForAllValues:StringNotEquals", ["a", "b"], ("c", "d"), YES),
    ("5.5", "ForAllValues:StringNotEquals", ["a", "b"], ("c", "a"), NO),
    ("5.5", "ForAnyValue:StringEquals", ["a", "b"], ("c", "b"), YES),
    ("5.5", "ForAnyValue:StringEquals", ["a", "b"], ("c", "d"), NO),
    ("5.5", "ForAnyValue:StringNotEquals", ["a", "b"], ("a", "c"), YES),
    ("5.5", "ForAnyValue:StringNotEquals", ["a", "b"], ("a", "b"), NO),
    ("5.5", "ForAnyValue:ArnLike", ["arn:aws:iam::*:role/fs/*"], ("x", ARN), YES),
    ("5.5", "ForAllValues:StringEqualsIfExists", "a", ("b",), NO),
    ("5.5-inferred", "StringEquals", "a", ("b", "a"), YES),
    ("5.5-inferred", "StringEquals", "a", ("b", "c"), NO),
    ("5.5-inferred", "StringNotEquals", "a", ("b", "a"), NO),
    ("5.5-inferred", "StringNotEquals", "a", ("b", "c"), YES),
    # strings
    ("5.string", "StringEquals", "Team", "team", NO),
    ("5.string", "StringEquals", "a*", "ab", NO),
    ("5.string", "StringEquals", "a*", "a*", YES),
    ("5.string", "StringNotEquals", "a*", "ab", YES),
    ("5.string", "StringEqualsIgnoreCase", "Team", "tEAM", YES),
    ("5.string", "StringEqualsIgnoreCase", "Team", "teams", NO),
    ("5.string", "StringNotEqualsIgnoreCase", "Team", "tEAM", NO),
    ("5.string", "StringNotEqualsIgnoreCase", "Team", "teams", YES),
    ("5.string", "StringLike", "a*c", "abc", YES),
    ("5.string", "StringLike", "a*c", "a:b/c", YES),
    ("5.string", "StringLike", "a*c", "Abc", NO),
    ("5.string", "StringLike", "a?c", "abc", YES),
    ("5.string", "StringLike", "a?c", "ac", NO),
    ("5.string", "StringLike", "a", "ab", NO),
    ("5.string", "StringNotLike", "a*", "ab", NO),
    ("5.string", "StringNotLike", "a*", "ba", YES),
    ("5.string", "StringEquals", 10, "10", YES),
    ("5.string", "StringEquals", True, "true", YES),
    # ARNs
    ("5.arn", "ArnEquals", ARN, ARN, YES),
    ("5.arn", "ArnEquals", "arn:aws:iam::111122223333:role/fs/*", ARN, YES),
    ("5.arn", "ArnLike", "arn:aws:iam::*:role/fs/*/core", ARN, YES),
    ("5.arn", "ArnLike", "arn:aws:iam:*:role/fs/reader/core", ARN, NO),
    ("5.arn", "ArnLike", "arn:*:role/fs/reader/core", ARN, NO),
    ("5.arn", "ArnLike", "arn:aws:iam::*", ARN, NO),
    ("5.arn", "ArnLike", "arn:aws:iam::11112222333?:role/*", ARN, YES),
    ("5.arn", "ArnLike", "arn:aws:iam::111122223333:role/FS/*", ARN, NO),
    ("5.arn", "ArnLike", "*:*:*:*:*:*", "not an arn", NO),
    ("5.arn", "ArnNotLike", "*:*:*:*:*:*", "not an arn", YES),
    ("5.arn", "ArnNotEquals", "arn:aws:iam::111122223333:role/fs/*", ARN, NO),
    ("5.arn", "ArnNotEquals", "arn:aws:iam::111122223333:role/other/*", ARN, YES),
    (
        "5.arn",
        "ArnLike",
        "arn:aws:logs:eu-west-1:1:log-group:*",
        "arn:aws:logs:eu-west-1:1:log-group:a:log-stream:b",
        YES,
    ),
    # numbers
    ("5.numeric", "NumericEquals", "10", "10.0", YES),
    ("5.numeric", "NumericEquals", 10, "10", YES),
    ("5.numeric", "NumericEquals", 0.1, "0.1", YES),
    ("5.numeric", "NumericEquals", "10", "9", NO),
    ("5.numeric", "NumericNotEquals", "10", "9", YES),
    ("5.numeric", "NumericNotEquals", "10", "10.00", NO),
    ("5.numeric", "NumericLessThan", "10", "9", YES),
    ("5.numeric", "NumericLessThan", "10", "10", NO),
    ("5.numeric", "NumericLessThanEquals", "10", "10", YES),
    ("5.numeric", "NumericLessThanEquals", "10", "10.1", NO),
    ("5.numeric", "NumericGreaterThan", "10", "100", YES),
    ("5.numeric", "NumericGreaterThan", "9", "10", YES),
    ("5.numeric", "NumericGreaterThan", "10", "10", NO),
    ("5.numeric", "NumericGreaterThanEquals", "10", "10", YES),
    ("5.numeric", "NumericGreaterThanEquals", "10", "9.99", NO),
    ("5.numeric", "NumericEquals", "10", "ten", NO),
    ("5.numeric", "NumericLessThan", "10", "", NO),
    ("5.numeric", "NumericNotEquals", "10", "ten", YES),
    ("5.numeric", "NumericEquals", "ten", "ten", NO),
    ("5.numeric", "NumericNotEquals", "ten", "10", YES),
    ("5.numeric", "NumericLessThan", "-1", "-2", YES),
    # dates
    ("5.date", "DateEquals", "2026-11-01T12:00:00Z", "2026-11-01T13:00:00+01:00", YES),
    ("5.date", "DateEquals", "2026-11-01T12:00:00Z", "1793534400", YES),
    ("5.date", "DateEquals", "1793534400", "2026-11-01T12:00:00Z", YES),
    ("5.date", "DateEquals", "2026-11-01T12:00:00Z", "2026-11-01T12:00:01Z", NO),
    ("5.date", "DateNotEquals", "2026-11-01T12:00:00Z", "2026-11-01T12:00:00.000Z", NO),
    ("5.date", "DateNotEquals", "2026-11-01", "2026-11-02", YES),
    ("5.date", "DateLessThan", "2026-11-01T12:00:00Z", "2026-11-01T11:59:59.999Z", YES),
    ("5.date", "DateLessThan", "2026-11-01T12:00:00Z", "2026-11-01T12:00:00Z", NO),
    ("5.date", "DateLessThanEquals", "2026-11-01T12:00:00Z", "2026-11-01T12:00:00Z", YES),
    ("5.date", "DateGreaterThan", "2026-11-01", "2026-11-01T00:00:01Z", YES),
    ("5.date", "DateGreaterThan", "2026-11-01", "2026-10-31T23:59:59Z", NO),
    ("5.date", "DateGreaterThanEquals", "2026-11-01", "2026-11-01T00:00:00Z", YES),
    ("5.date", "DateGreaterThanEquals", "2026-11-02T01:00:00+02:00", "2026-11-01T22:59:59Z", NO),
    ("5.date", "DateEquals", "2026-11-0*", "2026-11-01", NO),
    ("5.date", "DateLessThan", "2026-11-01", "yesterday", NO),
    ("5.date", "DateNotEquals", "2026-11-01", "yesterday", YES),
    ("5.date", "DateEquals", "2026-13-01", "2026-13-01", NO),
    # booleans
    ("5.bool", "Bool", "true", "true", YES),
    ("5.bool", "Bool", "TRUE", "true", YES),
    ("5.bool", "Bool", True, "True", YES),
    ("5.bool", "Bool", "false", "true", NO),
    ("5.bool", "Bool", False, "false", YES),
    ("5.bool", "Bool", ["true", "false"], "false", YES),
    ("5.bool", "Bool", "true", "yes", NO),
    ("5.bool", "Bool", "true", "", NO),
    # bytes
    ("5.binary", "BinaryEquals", "QUJD", "QUJD", YES),
    ("5.binary", "BinaryEquals", "QUJD", "qujd", NO),
    ("5.binary", "BinaryEquals", "QUJD", "ABC", NO),
    ("5.binary", "BinaryEquals", "no base64!", "no base64!", NO),
    # addresses
    ("5.ip", "IpAddress", "203.0.113.0/24", "203.0.113.255", YES),
    ("5.ip", "IpAddress", "203.0.113.0/24", "203.0.114.0", NO),
    ("5.ip", "IpAddress", "203.0.113.7", "203.0.113.7", YES),
    ("5.ip", "IpAddress", "203.0.113.7", "203.0.113.8", NO),
    ("5.ip", "IpAddress", "2001:db8::/32", "2001:db8:1::1", YES),
    ("5.ip", "IpAddress", "2001:db8::/32", "2001:db9::1", NO),
    ("5.ip", "IpAddress", "0.0.0.0/0", "2001:db8::1", NO),
    ("5.ip", "IpAddress", "::/0", "203.0.113.7", NO),
    ("5.ip", "IpAddress", "::ffff:203.0.113.0/120", "203.0.113.7", NO),
    ("5.ip", "NotIpAddress", "203.0.113.0/24", "203.0.113.1", NO),
    ("5.ip", "NotIpAddress", "0.0.0.0/0", "2001:db8::1", YES),
    ("5.ip", "IpAddress", "203.0.113.0/24", "nowhere", NO),
    ("5.ip", "NotIpAddress", "203.0.113.0/24", "nowhere", YES),
    ("5.ip", "IpAddress", "203.0.113.*", "203.0.113.1", NO),
]


@pytest.mark.parametrize(
    ("operator", "values", "given", "holds"),
    [pytest.param(*line[1:], id=f"{line[0]}-{line[1]}-{line[2]}-{line[3]}-{OPERATORS}") for line in LINES],
)
def test_rule(operator: str, values: Any, given: Any, holds: bool) -> None:
    condition = {"Condition": {operator: {"fs:key": values}}}
    context = {} if given is ABSENT else {"FS:Key": given}
    as_allow = Row("5", OPERATORS, "", ALLOWED if holds else IMPLICIT, identity=(doc(condition),), context=context)
    check(as_allow)
    denying = doc({}, {"Effect": "Deny", **condition})
    check(Row("5", OPERATORS, "", EXPLICIT if holds else ALLOWED, identity=(denying,), context=context))


def when(**operators: Any) -> tuple[Any, ...]:
    return (doc({"Condition": operators}),)


def deny_when(operator: str, key: str, value: Any) -> tuple[Any, ...]:
    return (doc({}, {"Effect": "Deny", "Condition": {operator: {key: value}}}),)


ORG = "aws:PrincipalOrgID"


@rows(
    Row(
        "5.1",
        CONDITION,
        "operators are AND",
        ALLOWED,
        identity=when(StringEquals={"a:x": "1"}, Bool={"a:y": "true"}),
        context={"a:x": "1", "a:y": "true"},
    ),
    Row(
        "5.1",
        CONDITION,
        "one operator fails",
        IMPLICIT,
        identity=when(StringEquals={"a:x": "1"}, Bool={"a:y": "true"}),
        context={"a:x": "1", "a:y": "false"},
    ),
    Row(
        "5.1",
        CONDITION,
        "keys are AND",
        ALLOWED,
        identity=when(StringEquals={"a:x": "1", "a:y": "2"}),
        context={"a:x": "1", "a:y": "2"},
    ),
    Row(
        "5.1",
        CONDITION,
        "one key fails",
        IMPLICIT,
        identity=when(StringEquals={"a:x": "1", "a:y": "2"}),
        context={"a:x": "1", "a:y": "1"},
    ),
    Row("5.1", CONDITION, "no condition at all", ALLOWED, identity=(doc({"Condition": {}}),)),
    Row(
        "5.2",
        CONDITION,
        "key without case",
        ALLOWED,
        identity=when(StringEquals={"AWS:resourceTAG/Team": "a"}),
        context={"aws:ResourceTag/team": "a"},
    ),
    Row(
        "5.2",
        CONDITION,
        "value with case",
        IMPLICIT,
        identity=when(StringEquals={"aws:ResourceTag/team": "A"}),
        context={"aws:ResourceTag/team": "a"},
    ),
    Row(
        "5.2",
        CONDITION,
        "another tag",
        IMPLICIT,
        identity=when(StringEquals={"aws:ResourceTag/team": "a"}),
        context={"aws:ResourceTag/teams": "a"},
    ),
    Row(
        "5.2-inferred",
        CONDITION,
        "tags differing in case only: the worse one",
        IMPLICIT,
        identity=when(StringEquals={"aws:ResourceTag/team": "a"}),
        context={"aws:ResourceTag/team": "a", "aws:ResourceTag/Team": "b"},
    ),
    Row(
        "5.2-inferred",
        CONDITION,
        "tags differing in case only and a Deny",
        EXPLICIT,
        identity=deny_when("StringEquals", "aws:ResourceTag/team", "b"),
        context={"aws:ResourceTag/team": "a", "aws:ResourceTag/Team": "b"},
    ),
    Row(
        "5.4",
        CONDITION,
        "Deny StringNotEquals fires on a missing key",
        EXPLICIT,
        identity=deny_when("StringNotEquals", ORG, "o-a"),
    ),
    Row(
        "5.4",
        CONDITION,
        "so does StringNotEqualsIfExists",
        EXPLICIT,
        identity=deny_when("StringNotEqualsIfExists", ORG, "o-a"),
    ),
    Row("5.4", CONDITION, "Deny StringEquals does not", ALLOWED, identity=deny_when("StringEquals", ORG, "o-a")),
    Row(
        "5.4",
        CONDITION,
        "Deny on the right value does not fire",
        ALLOWED,
        identity=deny_when("StringNotEquals", ORG, "o-a"),
        context={ORG: "o-a"},
    ),
    Row(
        "5.5",
        MULTI,
        "ForAllValues alone admits a missing key",
        ALLOWED,
        identity=when(**{"ForAllValues:StringEquals": {"aws:TagKeys": "team"}}),
    ),
    Row(
        "5.5",
        MULTI,
        "with Null it does not",
        IMPLICIT,
        identity=when(**{"ForAllValues:StringEquals": {"aws:TagKeys": "team"}, "Null": {"aws:TagKeys": "false"}}),
    ),
    Row(
        "5.5",
        MULTI,
        "with Null and the key",
        ALLOWED,
        identity=when(**{"ForAllValues:StringEquals": {"aws:TagKeys": "team"}, "Null": {"aws:TagKeys": "false"}}),
        context={"aws:TagKeys": ("team",)},
    ),
    Row(
        "5.6",
        KEYS,
        "no source address through an endpoint",
        IMPLICIT,
        identity=when(IpAddress={"aws:SourceIp": "0.0.0.0/0"}),
    ),
    Row(
        "5.6",
        KEYS,
        "Deny by NotIpAddress fires through an endpoint",
        EXPLICIT,
        identity=deny_when("NotIpAddress", "aws:SourceIp", "10.0.0.0/8"),
    ),
    Row(
        "5.6",
        KEYS,
        "no MFA key with long-term keys",
        ALLOWED,
        identity=deny_when("Bool", "aws:MultiFactorAuthPresent", "false"),
    ),
    Row(
        "5.6",
        KEYS,
        "BoolIfExists catches its absence",
        EXPLICIT,
        identity=deny_when("BoolIfExists", "aws:MultiFactorAuthPresent", "false"),
    ),
    Row("5.6", KEYS, "principal ARN is not inferred", IMPLICIT, identity=when(ArnEquals={"aws:PrincipalArn": USER})),
    Row(
        "5.6",
        KEYS,
        "principal account is not inferred",
        IMPLICIT,
        identity=when(StringEquals={"aws:PrincipalAccount": "111122223333"}),
    ),
)
def test_documents(row: Row) -> None:
    check(row)


def test_a_condition_without_values_never_helps() -> None:
    """Access Analyzer calls it an empty array condition; what a negated operator makes of it is not documented."""
    for operator in ("StringEquals", "StringNotEquals", "ForAllValues:StringNotEquals", "ForAnyValue:StringNotEquals"):
        row = Row("5.1", CONDITION, "", IMPLICIT, identity=when(**{operator: {"a:x": []}}), context={"a:x": "1"})
        check(row)
    check(Row("5.1", CONDITION, "", EXPLICIT, identity=deny_when("StringNotEquals", "a:x", []), context={"a:x": "1"}))


@pytest.mark.parametrize("given", [{}, {"a:x": ()}, {"a:x": ""}])
def test_for_any_value_if_exists_without_a_value_never_helps(given: dict[str, Any]) -> None:
    """One rule (5.5) makes it false, another (5.3) true; on AWS an Allow was seen not to apply."""
    name = "ForAnyValue:StringEqualsIfExists"
    check(Row("5.5", MULTI, "", IMPLICIT, identity=when(**{name: {"a:x": "a"}}), context=given))
    check(Row("5.5", MULTI, "", EXPLICIT, identity=deny_when(name, "a:x", "a"), context=given))
    row = Row("5.5", MULTI, "", IMPLICIT, identity=when(**{name: {"a:x": "a"}}), context=given)
    assert ("inferred", "5.3") in {(finding.kind, finding.rule) for finding in answer(row).findings}


@pytest.mark.parametrize(
    ("operator", "given", "rule"),
    [("StringEquals", ("a", "b"), "5.5"), ("StringEquals", "", "5.3"), ("StringNotEquals", ("a", "b"), "5.5")],
)
def test_inferred_rules_are_findings(operator: str, given: Any, rule: str) -> None:
    row = Row("5", CONDITION, "", ALLOWED, identity=when(**{operator: {"a:x": "a"}}), context={"a:x": given})
    assert ("inferred", rule) in {(finding.kind, finding.rule) for finding in answer(row).findings}
