"""Section 5: every operator with the key met, unmet, missing, empty, multivalued; on an Allow and on a Deny."""

from .build import CALLER, A, E, I, allow, case, deny, doc, number

K = "aws:RequestTag/team"


def on_allow(name, result, when, ctx=None, version="2012-10-17"):
    """An Allow of everything under this condition: A or I."""
    return case(f"{name} (allow)", result, identity=[doc(allow(when=when), version=version)], ctx=ctx)


def on_deny(name, fires, when, ctx=None):
    """Everything allowed, a Deny under this condition."""
    return case(f"{name} (deny)", E if fires else A, identity=[doc(allow(), deny(when=when))], ctx=ctx)


def both(name, true, when, ctx=None):
    """The condition is true or not, on an Allow and on a Deny."""
    return [on_allow(name, A if true else I, when, ctx), on_deny(name, true, when, ctx)]


def table(rows):
    """Rows (name, operator, key, policy value, request value or None, truth), both effects each."""
    made = []
    for name, operator, key, wanted, seen, true in rows:
        made += both(f"{operator}: {name}", true, {operator: {key: wanted}}, None if seen is None else {key: seen})
    return made


STRINGS = table([
    ("equal", "StringEquals", K, "a", "a", True),
    ("another case", "StringEquals", K, "a", "A", False),
    ("star is literal", "StringEquals", K, "a*", "ab", False),
    ("star is literal and equal", "StringEquals", K, "a*", "a*", True),
    ("missing", "StringEquals", K, "a", None, False),
    ("missing against empty", "StringEquals", K, "", None, False),
    ("empty against empty", "StringEquals", K, "", "", True),
    ("second of two values", "StringEquals", K, ["a", "b"], "b", True),
    ("prefix", "StringEquals", K, "a", "ab", False),
    ("equal", "StringNotEquals", K, "a", "a", False),
    ("other", "StringNotEquals", K, "a", "b", True),
    ("missing", "StringNotEquals", K, "a", None, True),
    ("one of the values", "StringNotEquals", K, ["a", "b"], "b", False),
    ("none of the values", "StringNotEquals", K, ["a", "b"], "c", True),
    ("another case", "StringNotEquals", K, "a", "A", True),
    ("another case", "StringEqualsIgnoreCase", K, "TeAm", "tEaM", True),
    ("missing", "StringEqualsIgnoreCase", K, "TeAm", None, False),
    ("star is literal", "StringEqualsIgnoreCase", K, "T*", "team", False),
    ("another case", "StringNotEqualsIgnoreCase", K, "TEAM", "team", False),
    ("other", "StringNotEqualsIgnoreCase", K, "TEAM", "teams", True),
    ("missing", "StringNotEqualsIgnoreCase", K, "TEAM", None, True),
    ("star", "StringLike", K, "a*", "abc", True),
    ("star over colons and slashes", "StringLike", K, "arn:*z", "arn:a:b/c:d/z", True),
    ("question mark", "StringLike", K, "a?c", "abc", True),
    ("question mark is one", "StringLike", K, "a?", "a", False),
    ("another case", "StringLike", K, "A*", "abc", False),
    ("whole value", "StringLike", K, "b", "abc", False),
    ("star against empty", "StringLike", K, "*", "", True),
    ("star against missing", "StringLike", K, "*", None, False),
    ("a dot is a dot", "StringLike", K, "a.c", "abc", False),
    ("brackets are text", "StringLike", K, "[ab]*", "abc", False),
    ("line breaks are characters", "StringLike", K, "a*c", "a\nc", True),
    ("met", "StringNotLike", K, "a*", "abc", False),
    ("unmet", "StringNotLike", K, "a*", "xbc", True),
    ("missing", "StringNotLike", K, "*", None, True),
    ("star against present", "StringNotLike", K, "*", "x", False),
    ("missing", "StringEqualsIfExists", K, "a", None, True),
    ("equal", "StringEqualsIfExists", K, "a", "a", True),
    ("other", "StringEqualsIfExists", K, "a", "b", False),
    ("empty", "StringEqualsIfExists", K, "a", "", False),
    ("missing", "StringNotEqualsIfExists", K, "a", None, True),
    ("equal", "StringNotEqualsIfExists", K, "a", "a", False),
    ("missing", "StringLikeIfExists", K, "a*", None, True),
    ("unmet", "StringLikeIfExists", K, "a*", "b", False),
    ("missing", "StringNotLikeIfExists", K, "a*", None, True),
    ("met", "StringNotLikeIfExists", K, "a*", "ab", False),
    ("missing", "StringEqualsIgnoreCaseIfExists", K, "A", None, True),
    ("missing", "StringNotEqualsIgnoreCaseIfExists", K, "A", None, True),
])  # fmt: skip

SRC = "aws:SourceArn"
TOPIC = f"arn:aws:sns:eu-west-1:{CALLER}:jobs"
ARNS = table([
    ("equal", "ArnEquals", SRC, TOPIC, TOPIC, True),
    ("globs too", "ArnEquals", SRC, f"arn:aws:sns:*:{CALLER}:jo*", TOPIC, True),
    ("star does not cross parts", "ArnEquals", SRC, "arn:aws:sns:*:jobs", TOPIC, False),
    ("star does not cross parts", "ArnLike", SRC, "arn:aws:*", TOPIC, False),
    ("star alone has too few parts", "ArnLike", SRC, "*", TOPIC, False),
    ("six stars", "ArnLike", SRC, "arn:*:*:*:*:*", TOPIC, True),
    ("sixth part takes colons", "ArnLike", SRC, "arn:aws:sns:*:*:jobs*", TOPIC + ":sub:1", True),
    ("account part whole", "ArnLike", SRC, "arn:aws:sns:*:1111*:jobs", TOPIC, True),
    ("account differs", "ArnLike", SRC, "arn:aws:sns:*:444455556666:jobs", TOPIC, False),
    ("with case", "ArnLike", SRC, f"arn:aws:sns:*:{CALLER}:JOBS", TOPIC, False),
    ("no ARN in the request", "ArnLike", SRC, "arn:*:*:*:*:*", "jobs", False),
    ("missing", "ArnLike", SRC, "arn:*:*:*:*:*", None, False),
    ("missing", "ArnEquals", SRC, TOPIC, None, False),
    ("equal", "ArnNotEquals", SRC, TOPIC, TOPIC, False),
    ("other", "ArnNotEquals", SRC, TOPIC, TOPIC + "2", True),
    ("missing", "ArnNotEquals", SRC, TOPIC, None, True),
    ("globs", "ArnNotLike", SRC, "arn:aws:sns:*:*:*", TOPIC, False),
    ("no ARN in the request", "ArnNotLike", SRC, "arn:*:*:*:*:*", "jobs", True),
    ("none of two", "ArnNotLike", SRC, ["arn:aws:sqs:*:*:*", "arn:aws:sns:*:*:jobs"], TOPIC, False),
    ("missing", "ArnLikeIfExists", SRC, TOPIC, None, True),
    ("other", "ArnEqualsIfExists", SRC, TOPIC, TOPIC + "2", False),
    ("missing", "ArnNotLikeIfExists", SRC, TOPIC, None, True),
    ("met", "ArnNotEqualsIfExists", SRC, TOPIC, TOPIC, False),
])  # fmt: skip

N = "s3:max-keys"
NUMBERS = table([
    ("equal", "NumericEquals", N, "10", "10", True),
    ("equal in another writing", "NumericEquals", N, "10", "10.0", True),
    ("a JSON number", "NumericEquals", N, 10, "10", True),
    ("other", "NumericEquals", N, "10", "11", False),
    ("unparsable", "NumericEquals", N, "10", "ten", False),
    ("missing", "NumericEquals", N, "10", None, False),
    ("equal", "NumericNotEquals", N, "10", "10.00", False),
    ("other", "NumericNotEquals", N, "10", "9", True),
    ("unparsable", "NumericNotEquals", N, "10", "ten", True),
    ("missing", "NumericNotEquals", N, "10", None, True),
    ("below", "NumericLessThan", N, "10", "9.99", True),
    ("at", "NumericLessThan", N, "10", "10", False),
    ("not by text", "NumericLessThan", N, "10", "9", True),
    ("missing", "NumericLessThan", N, "10", None, False),
    ("unparsable", "NumericLessThan", N, "10", "", False),
    ("at", "NumericLessThanEquals", N, "10", "10", True),
    ("above", "NumericLessThanEquals", N, "10", "10.01", False),
    ("above", "NumericGreaterThan", N, "10", "100", True),
    ("at", "NumericGreaterThan", N, "10", "10", False),
    ("negative", "NumericGreaterThan", N, "-5", "-4", True),
    ("at", "NumericGreaterThanEquals", N, "10", "10", True),
    ("missing", "NumericGreaterThanEquals", N, "10", None, False),
    ("missing", "NumericLessThanEqualsIfExists", N, "10", None, True),
    ("above", "NumericLessThanEqualsIfExists", N, "10", "11", False),
    ("missing", "NumericNotEqualsIfExists", N, "10", None, True),
])  # fmt: skip

T = "aws:CurrentTime"
DATES = table([
    ("same instant", "DateEquals", T, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", True),
    ("same instant in epoch seconds", "DateEquals", T, "1767225600", "2026-01-01T00:00:00Z", True),
    ("same instant in another zone", "DateEquals", T, "2026-01-01T01:00:00+01:00", "2026-01-01T00:00:00Z", True),
    ("other", "DateEquals", T, "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", False),
    ("missing", "DateEquals", T, "2026-01-01T00:00:00Z", None, False),
    ("no wildcard", "DateEquals", T, "2026-*", "2026-01-01T00:00:00Z", False),
    ("same", "DateNotEquals", T, "2026-01-01T00:00:00Z", "1767225600", False),
    ("missing", "DateNotEquals", T, "2026-01-01T00:00:00Z", None, True),
    ("before", "DateLessThan", T, "2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z", True),
    ("at", "DateLessThan", T, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", False),
    ("at", "DateLessThanEquals", T, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", True),
    ("after", "DateGreaterThan", T, "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", True),
    ("not by text", "DateGreaterThan", T, "2026-01-01T00:00:00Z", "2025-12-31T23:00:00-05:00", True),
    ("at", "DateGreaterThanEquals", T, "2026-01-01T00:00:00Z", "1767225600", True),
    ("missing", "DateGreaterThan", T, "2026-01-01T00:00:00Z", None, False),
    ("missing", "DateLessThanIfExists", T, "2026-01-01T00:00:00Z", None, True),
    ("unparsable", "DateLessThan", T, "2026-01-01T00:00:00Z", "tomorrow", False),
])  # fmt: skip

TLS = "aws:SecureTransport"
IP = "aws:SourceIp"
BLOB = "example:blob"
OTHERS = table([
    ("true", "Bool", TLS, "true", "true", True),
    ("without case", "Bool", TLS, "True", "TRUE", True),
    ("JSON boolean", "Bool", TLS, True, "true", True),
    ("JSON false", "Bool", TLS, False, "false", True),
    ("other", "Bool", TLS, "true", "false", False),
    ("missing against false", "Bool", TLS, "false", None, False),
    ("missing against true", "Bool", TLS, "true", None, False),
    ("no boolean", "Bool", TLS, "false", "no", False),
    ("missing", "BoolIfExists", TLS, "true", None, True),
    ("other", "BoolIfExists", TLS, "true", "false", False),
    ("MFA missing", "BoolIfExists", "aws:MultiFactorAuthPresent", "false", None, True),
    ("same bytes", "BinaryEquals", BLOB, "QmluYXJ5", "QmluYXJ5", True),
    ("other bytes", "BinaryEquals", BLOB, "QmluYXJ5", "QmluYXJ6", False),
    ("case of base64 counts", "BinaryEquals", BLOB, "QmluYXJ5", "qmluyxj5", False),
    ("missing", "BinaryEquals", BLOB, "QmluYXJ5", None, False),
    ("missing", "BinaryEqualsIfExists", BLOB, "QmluYXJ5", None, True),
    ("in the block", "IpAddress", IP, "10.1.0.0/16", "10.1.255.255", True),
    ("outside the block", "IpAddress", IP, "10.1.0.0/16", "10.2.0.0", False),
    ("one address", "IpAddress", IP, "10.1.0.1", "10.1.0.1", True),
    ("one address, another", "IpAddress", IP, "10.1.0.1", "10.1.0.10", False),
    ("everything of a family", "IpAddress", IP, "0.0.0.0/0", "203.0.113.9", True),
    ("families never match", "IpAddress", IP, "0.0.0.0/0", "2001:db8::1", False),
    ("families never match, the other way", "IpAddress", IP, "::/0", "10.0.0.1", False),
    ("version 6 block", "IpAddress", IP, "2001:db8::/32", "2001:db8:ffff::1", True),
    ("version 6 in another writing", "IpAddress", IP, "2001:db8::1", "2001:0db8:0:0:0:0:0:1", True),
    ("missing", "IpAddress", IP, "0.0.0.0/0", None, False),
    ("second block", "IpAddress", IP, ["10.0.0.0/8", "192.0.2.0/24"], "192.0.2.7", True),
    ("no address", "IpAddress", IP, "0.0.0.0/0", "AWS Internal", False),
    ("in the block", "NotIpAddress", IP, "10.1.0.0/16", "10.1.2.3", False),
    ("outside", "NotIpAddress", IP, "10.1.0.0/16", "10.2.2.3", True),
    ("in one of two", "NotIpAddress", IP, ["10.1.0.0/16", "192.0.2.0/24"], "192.0.2.3", False),
    ("other family", "NotIpAddress", IP, "0.0.0.0/0", "2001:db8::1", True),
    ("missing", "NotIpAddress", IP, "10.1.0.0/16", None, True),
    ("missing", "IpAddressIfExists", IP, "10.1.0.0/16", None, True),
    ("missing", "NotIpAddressIfExists", IP, "10.1.0.0/16", None, True),
    ("outside", "IpAddressIfExists", IP, "10.1.0.0/16", "10.2.0.1", False),
    ("missing is null", "Null", K, "true", None, True),
    ("missing is not present", "Null", K, "false", None, False),
    ("present is not null", "Null", K, "true", "a", False),
    ("present", "Null", K, "false", "a", True),
    ("JSON boolean", "Null", K, True, None, True),
    ("empty text counts as null", "Null", K, "true", "", True),
    ("empty list counts as null", "Null", K, "true", [], True),
    ("empty text is not present", "Null", K, "false", "", False),
])  # fmt: skip

TAGS = "aws:TagKeys"
SETS = table([
    ("all in", "ForAllValues:StringEquals", TAGS, ["a", "b"], ["a", "b"], True),
    ("a subset", "ForAllValues:StringEquals", TAGS, ["a", "b"], ["a"], True),
    ("one out", "ForAllValues:StringEquals", TAGS, ["a", "b"], ["a", "c"], False),
    ("missing", "ForAllValues:StringEquals", TAGS, ["a"], None, True),
    ("empty list", "ForAllValues:StringEquals", TAGS, ["a"], [], True),
    ("empty text", "ForAllValues:StringEquals", TAGS, ["a"], "", True),
    ("single value in", "ForAllValues:StringEquals", TAGS, "a", "a", True),
    ("single value out", "ForAllValues:StringEquals", TAGS, "a", "b", False),
    ("with case", "ForAllValues:StringEquals", TAGS, ["a"], ["A"], False),
    ("globs", "ForAllValues:StringLike", TAGS, ["a*"], ["ab", "ac"], True),
    ("globs, one out", "ForAllValues:StringLike", TAGS, ["a*"], ["ab", "bc"], False),
    ("none equal", "ForAllValues:StringNotEquals", TAGS, ["a", "b"], ["c", "d"], True),
    ("one equal", "ForAllValues:StringNotEquals", TAGS, ["a", "b"], ["c", "b"], False),
    ("missing", "ForAllValues:StringNotEquals", TAGS, ["a"], None, True),
    ("none like", "ForAllValues:StringNotLike", TAGS, ["a*"], ["b", "c"], True),
    ("one like", "ForAllValues:StringNotLike", TAGS, ["a*"], ["b", "ab"], False),
    ("without case", "ForAllValues:StringEqualsIgnoreCase", TAGS, ["TEAM"], ["team", "Team"], True),
    ("all ARNs", "ForAllValues:ArnLike", "aws:PrincipalArns", ["arn:aws:iam::*:role/x*"],
     ["arn:aws:iam::1:role/xa", "arn:aws:iam::2:role/xb"], True),
    ("one in", "ForAnyValue:StringEquals", TAGS, ["a", "b"], ["c", "b"], True),
    ("none in", "ForAnyValue:StringEquals", TAGS, ["a", "b"], ["c", "d"], False),
    ("missing", "ForAnyValue:StringEquals", TAGS, ["a"], None, False),
    ("empty list", "ForAnyValue:StringEquals", TAGS, ["a"], [], False),
    ("empty text", "ForAnyValue:StringLike", TAGS, ["*"], "", False),
    ("one like", "ForAnyValue:StringLike", "kms:ResourceAliases", ["alias/lake-*"], ["alias/x", "alias/lake-1"], True),
    ("one differs from all", "ForAnyValue:StringNotEquals", TAGS, ["a", "b"], ["a", "c"], True),
    ("all equal one", "ForAnyValue:StringNotEquals", TAGS, ["a", "b"], ["a", "b"], False),
    ("missing, negated", "ForAnyValue:StringNotEquals", TAGS, ["a"], None, False),
    ("empty, negated", "ForAnyValue:StringNotLike", TAGS, ["a*"], [], False),
    ("path of the organization", "ForAnyValue:StringLike", "aws:PrincipalOrgPaths", ["o-a/r-b/ou-c/*"],
     ["o-a/r-b/ou-c/ou-d/"], True),
    ("single value", "ForAnyValue:StringEquals", TAGS, "a", "a", True),
    ("several values under a plain operator: one equal", "StringEquals", TAGS, "a", ["b", "a"], True),
    ("several values under a plain operator: none equal", "StringEquals", TAGS, "a", ["b", "c"], False),
    ("several values under a plain operator: one equal", "StringNotEquals", TAGS, "a", ["b", "a"], False),
    ("several values under a plain operator: none equal", "StringNotEquals", TAGS, "a", ["b", "c"], True),
])  # fmt: skip

SHAPES = [
    *both("two operators are an and, both met", True,
          {"StringEquals": {K: "a"}, "Bool": {TLS: "true"}}, {K: "a", TLS: "true"}),
    *both("two operators are an and, one unmet", False,
          {"StringEquals": {K: "a"}, "Bool": {TLS: "true"}}, {K: "a", TLS: "false"}),
    *both("two keys are an and", False, {"StringEquals": {K: "a", "aws:RequestTag/env": "p"}}, {K: "a"}),
    *both("key name without case", True, {"StringEquals": {"AWS:requesttag/TEAM": "a"}}, {K: "a"}),
    *both("empty condition", True, {}, {}),
    *both("operator with plain and IfExists forms of one key, missing", False,
          {"StringEquals": {K: "a"}, "StringLikeIfExists": {K: "a*"}}),
    *both("set operator paired with Null, missing", False,
          {"ForAllValues:StringEquals": {TAGS: ["a"]}, "Null": {TAGS: "false"}}),
    *both("set operator paired with Null, met", True,
          {"ForAllValues:StringEquals": {TAGS: ["a"]}, "Null": {TAGS: "false"}}, {TAGS: ["a"]}),
    *both("set operator paired with Null, empty list", False,
          {"ForAllValues:StringEquals": {TAGS: ["a"]}, "Null": {TAGS: "false"}}, {TAGS: []}),
    *both("PrincipalTag missing", False, {"StringEquals": {"aws:PrincipalTag/team": ""}}),
    *both("organization missing", True, {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}),
    *both("VPC endpoint without address", True, {"NotIpAddress": {IP: "10.0.0.0/8"}}, {"aws:SourceVpce": "vpce-1"}),
]  # fmt: skip

CASES = (
    number("string", STRINGS)
    + number("arn", ARNS)
    + number("number", NUMBERS)
    + number("date", DATES)
    + number("plain", OTHERS)
    + number("set", SETS)
    + number("shape", SHAPES)
)
