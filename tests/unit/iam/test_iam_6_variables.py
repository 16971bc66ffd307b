"""Section 6: policy variables, version 2012-10-17."""

from typing import Any

import pytest
from iam_table import ALLOWED, BUCKET, EXPLICIT, IMPLICIT, Row, answer, check, doc, rows

PAGE = "reference_policies_variables"
TEAM = "${aws:PrincipalTag/team}"
CORE = {"aws:PrincipalTag/team": "core"}
OBJECT = BUCKET + "/core/x"


def on(*resources: str) -> tuple[Any, ...]:
    return (doc({"Resource": list(resources)}),)


def off(*resources: str) -> tuple[Any, ...]:
    return (doc({"NotResource": list(resources)}),)


def when(operator: str, value: Any) -> tuple[Any, ...]:
    return (doc({"Condition": {operator: {"a:x": value}}}),)


def deny_when(operator: str, value: Any) -> tuple[Any, ...]:
    return (doc({}, {"Effect": "Deny", "Condition": {operator: {"a:x": value}}}),)


@rows(
    # 6.1 places
    Row("6.1", PAGE, "in Resource", ALLOWED, resource=OBJECT, identity=on(f"{BUCKET}/{TEAM}/*"), context=CORE),
    Row(
        "6.1",
        PAGE,
        "in Resource of another team",
        IMPLICIT,
        resource=OBJECT,
        identity=on(f"{BUCKET}/{TEAM}/*"),
        context={"aws:PrincipalTag/team": "cor"},
    ),
    Row(
        "6.1",
        PAGE,
        "key without case",
        ALLOWED,
        resource=OBJECT,
        identity=on(BUCKET + "/${AWS:principaltag/TEAM}/*"),
        context=CORE,
    ),
    Row(
        "6.1",
        PAGE,
        "before the fifth colon it is literal",
        IMPLICIT,
        resource="arn:aws:sqs:eu-west-1:1:q",
        action="sqs:SendMessage",
        identity=on("arn:aws:sqs:${aws:RequestedRegion}:1:q"),
        context={"aws:RequestedRegion": "eu-west-1"},
    ),
    Row("6.1", PAGE, "in NotResource", IMPLICIT, resource=OBJECT, identity=off(f"{BUCKET}/{TEAM}/*"), context=CORE),
    Row("6.1", PAGE, "in StringEquals", ALLOWED, identity=when("StringEquals", TEAM), context={**CORE, "a:x": "core"}),
    Row(
        "6.1",
        PAGE,
        "in StringEquals with another value",
        IMPLICIT,
        identity=when("StringEquals", TEAM),
        context={**CORE, "a:x": "cor"},
    ),
    Row(
        "6.1",
        PAGE,
        "in StringEqualsIgnoreCase",
        ALLOWED,
        identity=when("StringEqualsIgnoreCase", TEAM),
        context={**CORE, "a:x": "CORE"},
    ),
    Row(
        "6.1",
        PAGE,
        "in StringLike",
        ALLOWED,
        identity=when("StringLike", TEAM + "-*"),
        context={**CORE, "a:x": "core-1"},
    ),
    Row(
        "6.1",
        PAGE,
        "in StringNotEquals",
        IMPLICIT,
        identity=when("StringNotEquals", TEAM),
        context={**CORE, "a:x": "core"},
    ),
    Row(
        "6.1",
        PAGE,
        "in ArnLike",
        ALLOWED,
        identity=when("ArnLike", f"arn:aws:iam::*:role/{TEAM}/*"),
        context={**CORE, "a:x": "arn:aws:iam::1:role/core/r"},
    ),
    Row(
        "6.1",
        PAGE,
        "in the account part of ArnEquals",
        ALLOWED,
        identity=when("ArnEquals", "arn:aws:iam::${aws:PrincipalAccount}:role/r"),
        context={"aws:PrincipalAccount": "1", "a:x": "arn:aws:iam::1:role/r"},
    ),
    Row(
        "6.1",
        PAGE,
        "a whole ARN",
        ALLOWED,
        identity=when("ArnEquals", "${aws:PrincipalArn}"),
        context={"aws:PrincipalArn": "arn:aws:iam::1:role/r", "a:x": "arn:aws:iam::1:role/r"},
    ),
    Row(
        "6.1",
        PAGE,
        "not in Action",
        IMPLICIT,
        identity=(doc({"Action": "s3:${aws:PrincipalTag/team}"}),),
        context={"aws:PrincipalTag/team": "GetObject"},
    ),
    Row(
        "6.1",
        PAGE,
        "not in Principal",
        IMPLICIT,
        policy=doc({"Principal": {"AWS": "arn:aws:iam::111122223333:user/${aws:x}"}}),
        context={"aws:x": "data/ann"},
    ),
    Row(
        "6.1",
        PAGE,
        "not in Numeric",
        IMPLICIT,
        identity=when("NumericEquals", "${a:n}"),
        context={"a:n": "1", "a:x": "1"},
    ),
    Row("6.1", PAGE, "not in Date", IMPLICIT, identity=when("DateEquals", "${a:n}"), context={"a:n": "1", "a:x": "1"}),
    Row(
        "6.1",
        PAGE,
        "not in IpAddress",
        IMPLICIT,
        identity=when("IpAddress", "${a:n}"),
        context={"a:n": "10.0.0.1", "a:x": "10.0.0.1"},
    ),
    Row(
        "6.1",
        PAGE,
        "not in BinaryEquals",
        IMPLICIT,
        identity=when("BinaryEquals", "${a:n}"),
        context={"a:n": "QQ==", "a:x": "QQ=="},
    ),
    Row(
        "6.1",
        PAGE,
        "multivalued key cannot be used",
        IMPLICIT,
        identity=when("StringEquals", "${a:many}"),
        context={"a:many": ("b", "c"), "a:x": "b"},
    ),
    Row(
        "6.1",
        PAGE,
        "nor falls back to a default",
        IMPLICIT,
        identity=when("StringEquals", "${a:many, 'b'}"),
        context={"a:many": ("b", "c"), "a:x": "b"},
    ),
    Row(
        "6.1",
        PAGE,
        "nor one that AWS documents as multivalued",
        IMPLICIT,
        identity=when("StringEquals", "${aws:TagKeys}"),
        context={"aws:TagKeys": "b", "a:x": "b"},
    ),
    # 6.2 defaults, literal signs, literal substitution
    Row(
        "6.2",
        PAGE,
        "default when absent",
        ALLOWED,
        identity=when("StringEquals", "${aws:PrincipalTag/team, 'all'}"),
        context={"a:x": "all"},
    ),
    Row(
        "6.2",
        PAGE,
        "no default when present",
        IMPLICIT,
        identity=when("StringEquals", "${aws:PrincipalTag/team, 'all'}"),
        context={**CORE, "a:x": "all"},
    ),
    Row(
        "6.2",
        PAGE,
        "default without blank",
        ALLOWED,
        resource=BUCKET + "/all/x",
        identity=on(BUCKET + "/${aws:PrincipalTag/team,'all'}/*"),
    ),
    Row(
        "6.2",
        PAGE,
        "default is literal",
        IMPLICIT,
        resource=OBJECT,
        identity=on(BUCKET + "/${aws:PrincipalTag/team, '*'}/x"),
    ),
    Row(
        "6.2",
        PAGE,
        "empty default",
        ALLOWED,
        resource=BUCKET + "/x",
        identity=on(BUCKET + "/${aws:PrincipalTag/team, ''}x"),
    ),
    Row("6.2", PAGE, "star sign", ALLOWED, resource=BUCKET + "/*", identity=on(BUCKET + "/${*}")),
    Row("6.2", PAGE, "star sign is no wildcard", IMPLICIT, resource=OBJECT, identity=on(BUCKET + "/${*}")),
    Row(
        "6.2",
        PAGE,
        "question mark sign is no wildcard",
        IMPLICIT,
        identity=when("StringLike", "a${?}"),
        context={"a:x": "ab"},
    ),
    Row("6.2", PAGE, "question mark sign", ALLOWED, identity=when("StringLike", "a${?}"), context={"a:x": "a?"}),
    Row(
        "6.2",
        PAGE,
        "dollar sign",
        ALLOWED,
        identity=when("StringEquals", "${$}{aws:x}"),
        context={"a:x": "${aws:x}", "aws:x": "y"},
    ),
    Row(
        "6.2-inferred",
        PAGE,
        "a tag of star does not widen Resource",
        IMPLICIT,
        resource=OBJECT,
        identity=on(f"{BUCKET}/{TEAM}/x"),
        context={"aws:PrincipalTag/team": "*"},
    ),
    Row(
        "6.2-inferred",
        PAGE,
        "a tag of star does not widen StringLike",
        IMPLICIT,
        identity=when("StringLike", TEAM),
        context={"aws:PrincipalTag/team": "*", "a:x": "core"},
    ),
    Row(
        "6.2-inferred",
        PAGE,
        "a tag of star matches itself",
        ALLOWED,
        identity=when("StringLike", TEAM),
        context={"aws:PrincipalTag/team": "*", "a:x": "*"},
    ),
    Row(
        "6.2-inferred",
        PAGE,
        "a tag of star does not widen ArnLike",
        IMPLICIT,
        identity=when("ArnLike", f"arn:aws:iam::1:role/{TEAM}"),
        context={"aws:PrincipalTag/team": "*", "a:x": "arn:aws:iam::1:role/r"},
    ),
    Row(
        "6.2",
        PAGE,
        "a value is not read for variables again",
        IMPLICIT,
        identity=when("StringEquals", TEAM),
        context={"aws:PrincipalTag/team": "${a:x}", "a:x": "core"},
    ),
    # 6.3 no value, no default
    Row(
        "6.3",
        PAGE,
        "Allow with StringEquals has no effect",
        IMPLICIT,
        identity=when("StringEquals", TEAM),
        context={"a:x": "core"},
    ),
    Row(
        "6.3",
        PAGE,
        "nor does an empty value match it",
        IMPLICIT,
        identity=when("StringEquals", TEAM),
        context={"a:x": ""},
    ),
    Row("6.3", PAGE, "nor its own text", IMPLICIT, identity=when("StringEquals", TEAM), context={"a:x": TEAM}),
    Row(
        "6.3",
        PAGE,
        "Deny with StringNotEquals fires",
        EXPLICIT,
        identity=deny_when("StringNotEquals", TEAM),
        context={"a:x": "core"},
    ),
    Row(
        "6.3",
        PAGE,
        "Deny with StringNotLike fires",
        EXPLICIT,
        identity=deny_when("StringNotLike", TEAM + "*"),
        context={"a:x": "core"},
    ),
    Row(
        "6.3",
        PAGE,
        "Deny with ArnNotEquals fires",
        EXPLICIT,
        identity=deny_when("ArnNotEquals", f"arn:aws:iam::1:role/{TEAM}"),
        context={"a:x": "arn:aws:iam::1:role/r"},
    ),
    Row(
        "6.3",
        PAGE,
        "Deny with StringEquals does not",
        ALLOWED,
        identity=deny_when("StringEquals", TEAM),
        context={"a:x": "core"},
    ),
    Row(
        "6.3",
        PAGE,
        "Deny with StringNotEquals and the value does not",
        ALLOWED,
        identity=deny_when("StringNotEquals", TEAM),
        context={**CORE, "a:x": "core"},
    ),
    Row("6.3", PAGE, "a Resource entry matches nothing", IMPLICIT, resource=OBJECT, identity=on(f"{BUCKET}/{TEAM}*")),
    Row(
        "6.3",
        PAGE,
        "the entries beside it still do",
        ALLOWED,
        resource=OBJECT,
        identity=on(f"{BUCKET}/{TEAM}", f"{BUCKET}/core/*"),
    ),
    Row(
        "6.3",
        PAGE,
        "NotResource holding only it applies to all",
        ALLOWED,
        resource=OBJECT,
        identity=off(f"{BUCKET}/{TEAM}/*"),
    ),
    Row(
        "6.3",
        PAGE,
        "and denies all",
        EXPLICIT,
        resource=OBJECT,
        identity=(doc({}, {"Effect": "Deny", "NotResource": f"{BUCKET}/{TEAM}/*"}),),
    ),
    Row(
        "6.3",
        PAGE,
        "with the value it spares its own",
        ALLOWED,
        resource=OBJECT,
        identity=(doc({}, {"Effect": "Deny", "NotResource": f"{BUCKET}/{TEAM}/*"}),),
        context=CORE,
    ),
)
def test_rule(row: Row) -> None:
    check(row)


@pytest.mark.parametrize(
    ("row", "finding"),
    [
        (
            Row("", PAGE, "", IMPLICIT, identity=on(f"{BUCKET}/{TEAM}/x"), context={"aws:PrincipalTag/team": "*"}),
            ("inferred", "6.2"),
        ),
        (
            Row("", PAGE, "", IMPLICIT, identity=when("Bool", "${a:n}"), context={"a:n": "true", "a:x": "true"}),
            ("lint", "6.1"),
        ),
        (
            Row("", PAGE, "", IMPLICIT, identity=when("StringEquals", "${a:m}"), context={"a:m": ("b",), "a:x": "b"}),
            ("inferred", "6.1"),
        ),
    ],
)
def test_findings(row: Row, finding: tuple[str, str]) -> None:
    check(row)
    assert finding in {(item.kind, item.rule) for item in answer(row).findings}
