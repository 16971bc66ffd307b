"""Section 1: documents and matching."""

import pytest
from iam_table import ALLOWED, BUCKET, DENY_ALL, EXPLICIT, IMPLICIT, OBJECT, A, Row, answer, check, doc, rows

from featureshare.iam import IllFormed, Policy, Unsupported

ACTION = "reference_policies_elements_action"
NOT_ACTION = "reference_policies_elements_notaction"
RESOURCE = "reference_policies_elements_resource"
NOT_RESOURCE = "reference_policies_elements_notresource"
VERSION = "reference_policies_elements_version"
LOGIC = "reference_policies_evaluation-logic"
LIST = "s3:ListAllMyBuckets"
TLS = {"Bool": {"aws:SecureTransport": "false"}}
QUEUE = f"arn:aws:sqs:eu-west-1:{A}:orders"


def one(**element: object) -> tuple[dict[str, object], ...]:
    return (doc(element),)


def allow_then_deny(**element: object) -> tuple[dict[str, object], ...]:
    return (doc({}, {"Effect": "Deny", **element}),)


@rows(
    Row("1.1", LOGIC, "all four match", ALLOWED, identity=one(Action="s3:GetObject", Resource=OBJECT)),
    Row("1.1", LOGIC, "action differs", IMPLICIT, identity=one(Action="s3:PutObject", Resource=OBJECT)),
    Row("1.1", LOGIC, "resource differs", IMPLICIT, identity=one(Action="s3:GetObject", Resource=OBJECT + "x")),
    Row("1.1", LOGIC, "allow with unmet condition", IMPLICIT, identity=one(Condition=TLS)),
    Row("1.1", LOGIC, "deny with unmet condition", ALLOWED, identity=allow_then_deny(Condition=TLS)),
    Row(
        "1.1",
        LOGIC,
        "deny with met condition",
        EXPLICIT,
        identity=allow_then_deny(Condition=TLS),
        context={"aws:SecureTransport": "false"},
    ),
    Row("1.2", ACTION, "name in other case", ALLOWED, identity=one(Action="S3:getOBJECT")),
    Row("1.2", ACTION, "star inside", ALLOWED, identity=one(Action="s3:Get*ct")),
    Row("1.2", ACTION, "question mark is one character", ALLOWED, identity=one(Action="s3:GetObjec?")),
    Row("1.2", ACTION, "question mark is not none", IMPLICIT, identity=one(Action="s3:GetObject?")),
    Row("1.2", ACTION, "star alone", ALLOWED, identity=one(Action="*")),
    Row("1.2", ACTION, "prefix of a longer name", IMPLICIT, identity=one(Action="s3:GetObjec")),
    Row("1.2", ACTION, "longer name", IMPLICIT, identity=one(Action="s3:GetObjectTagging")),
    Row("1.2", ACTION, "other service", IMPLICIT, identity=one(Action="s3express:*")),
    Row("1.2", NOT_ACTION, "every other action of every service", ALLOWED, identity=one(NotAction="iam:*")),
    Row("1.2", NOT_ACTION, "the excepted one in other case", IMPLICIT, identity=one(NotAction="s3:GETobject")),
    Row("1.2", NOT_ACTION, "deny all but", EXPLICIT, identity=allow_then_deny(NotAction=["iam:*", "s3:Put*"])),
    Row("1.2", NOT_ACTION, "deny all but this", ALLOWED, identity=allow_then_deny(NotAction=["iam:*", "s3:*"])),
    Row("1.3", RESOURCE, "with case", IMPLICIT, identity=one(Resource=OBJECT.replace("features", "Features"))),
    Row("1.3", RESOURCE, "star crosses slashes", ALLOWED, identity=one(Resource=f"{BUCKET}/*.parquet")),
    Row("1.3", RESOURCE, "star matches nothing at all", ALLOWED, identity=one(Resource=OBJECT + "*")),
    Row("1.3", RESOURCE, "question mark", ALLOWED, identity=one(Resource=f"{BUCKET}/sessions/part-?.parquet")),
    Row(
        "1.3", RESOURCE, "question mark is not two", IMPLICIT, identity=one(Resource=f"{BUCKET}/sessions/part?.parquet")
    ),
    Row("1.3", RESOURCE, "the bucket is not its objects", IMPLICIT, identity=one(Resource=BUCKET)),
    Row(
        "1.3",
        RESOURCE,
        "star crosses colons in the sixth part",
        ALLOWED,
        action="logs:PutLogEvents",
        resource=f"arn:aws:logs:eu-west-1:{A}:log-group:fs:log-stream:one",
        identity=one(Resource=f"arn:aws:logs:eu-west-1:{A}:log-group:*:one"),
    ),
    Row(
        "1.3",
        RESOURCE,
        "wildcards in Region and account parts",
        ALLOWED,
        action="sqs:SendMessage",
        resource=QUEUE,
        identity=one(Resource="arn:aws:sqs:*:1111????3333:orders"),
    ),
    Row(
        "1.3",
        RESOURCE,
        "another Region",
        IMPLICIT,
        action="sqs:SendMessage",
        resource=QUEUE,
        identity=one(Resource=f"arn:aws:sqs:us-*:{A}:orders"),
    ),
    Row(
        "1.3-inferred",
        RESOURCE,
        "short pattern counts in an Allow",
        ALLOWED,
        action="sqs:SendMessage",
        resource=QUEUE,
        identity=one(Resource="arn:aws:sqs:*:orders"),
    ),
    Row(
        "1.3-inferred",
        RESOURCE,
        "short pattern does not count in a Deny",
        ALLOWED,
        action="sqs:SendMessage",
        resource=QUEUE,
        identity=allow_then_deny(Resource="arn:aws:sqs:*:orders"),
    ),
    Row(
        "1.3-inferred",
        RESOURCE,
        "star over a colon counts in an Allow",
        ALLOWED,
        action="sqs:SendMessage",
        resource="arn:aws:sqs:eu-west-1:1:a:orders",
        identity=one(Resource="arn:aws:sqs:*:a:orders"),
        owner=A,
    ),
    Row(
        "1.3-inferred",
        RESOURCE,
        "star over a colon does not count in a Deny",
        ALLOWED,
        action="sqs:SendMessage",
        resource="arn:aws:sqs:eu-west-1:1:a:orders",
        identity=allow_then_deny(Resource="arn:aws:sqs:*:a:orders"),
    ),
    Row("1.3", NOT_RESOURCE, "no pattern matches", ALLOWED, identity=one(NotResource=[BUCKET, "arn:aws:s3:::x/*"])),
    Row("1.3", NOT_RESOURCE, "one pattern matches", IMPLICIT, identity=one(NotResource=[BUCKET, f"{BUCKET}/*"])),
    Row(
        "1.3", NOT_RESOURCE, "deny elsewhere spares this", ALLOWED, identity=allow_then_deny(NotResource=f"{BUCKET}/*")
    ),
    Row("1.3", NOT_RESOURCE, "deny elsewhere hits this", EXPLICIT, identity=allow_then_deny(NotResource=BUCKET)),
    Row("1.4", RESOURCE, "star for no resource", ALLOWED, action=LIST, resource="*", identity=one(Resource="*")),
    Row("1.4", RESOURCE, "an ARN allows nothing", IMPLICIT, action=LIST, resource="*", identity=one(Resource=BUCKET)),
    Row(
        "1.4",
        RESOURCE,
        "an ARN pattern allows nothing either",
        IMPLICIT,
        action=LIST,
        resource="*",
        identity=one(Resource="arn:aws:s3:::*"),
    ),
    Row(
        "1.4",
        RESOURCE,
        "an ARN denies nothing",
        ALLOWED,
        action=LIST,
        resource="*",
        identity=allow_then_deny(Resource="arn:aws:s3:::*"),
    ),
    Row(
        "1.4",
        RESOURCE,
        "the flag alone makes it one",
        IMPLICIT,
        action=LIST,
        resource=BUCKET,
        wildcard_only=True,
        identity=one(Resource="arn:aws:s3:::*"),
    ),
    Row("1.4", RESOURCE, "one sign is not star", IMPLICIT, action=LIST, resource="*", identity=one(Resource="?")),
    Row("1.4-inferred", NOT_RESOURCE, "an ARN", ALLOWED, action=LIST, resource="*", identity=one(NotResource=BUCKET)),
    Row(
        "1.4-inferred",
        NOT_RESOURCE,
        "an ARN under Deny",
        EXPLICIT,
        action=LIST,
        resource="*",
        identity=allow_then_deny(NotResource=BUCKET),
    ),
    Row("1.5", ACTION, "unknown action by its name", ALLOWED, action="s3:Frob", identity=one(Action="s3:Frob")),
    Row("1.5", ACTION, "unknown action by a glob", ALLOWED, action="s3:Frob", identity=one(Action="s3:*")),
    Row("1.5", ACTION, "unknown action not named", IMPLICIT, action="s3:Frob", identity=one(Action="s3:Get*")),
    Row("1.6", LOGIC, "lists are OR", ALLOWED, identity=one(Action=["s3:X", "s3:GetObject"], Resource=["*", BUCKET])),
    Row("1.6", LOGIC, "none of the list", IMPLICIT, identity=one(Action=["s3:X", "s3:Y"], Resource=["*"])),
    Row(
        "1.6",
        LOGIC,
        "statement as an object",
        ALLOWED,
        identity=({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}},),
    ),
    Row(
        "1.7",
        VERSION,
        "variable in the current version",
        ALLOWED,
        identity=one(Resource=BUCKET + "/${aws:PrincipalTag/area}/*"),
        context={"aws:PrincipalTag/area": "sessions"},
    ),
    Row(
        "1.7",
        VERSION,
        "literal text without a version",
        IMPLICIT,
        identity=(doc({"Resource": BUCKET + "/${aws:PrincipalTag/area}/*"}, version=None),),
        context={"aws:PrincipalTag/area": "sessions"},
    ),
    Row(
        "1.7",
        VERSION,
        "literal text matches itself in 2008-10-17",
        ALLOWED,
        resource=BUCKET + "/${aws:username}",
        identity=(doc({"Resource": BUCKET + "/${aws:username}"}, version="2008-10-17"),),
        context={"aws:username": "ann"},
    ),
    Row(
        "1.7",
        VERSION,
        "condition value is literal in 2008-10-17",
        IMPLICIT,
        identity=(doc({"Condition": {"StringEquals": {"aws:a": "${aws:username}"}}}, version="2008-10-17"),),
        context={"aws:username": "ann", "aws:a": "ann"},
    ),
)
def test_rule(row: Row) -> None:
    check(row)


def test_inferred_rules_are_findings() -> None:
    short = Row(
        "1.3", RESOURCE, "", ALLOWED, action="sqs:X", resource=QUEUE, identity=one(Resource="arn:aws:sqs:*:orders")
    )
    assert {(f.kind, f.rule) for f in answer(short).findings} == {("inferred", "1.3")}
    none = Row("1.4", RESOURCE, "", ALLOWED, action=LIST, resource="*", identity=one(NotResource=BUCKET))
    assert [(f.kind, f.rule) for f in answer(none).findings] == [("inferred", "1.4")]
    plain = Row("1.3", RESOURCE, "", ALLOWED, identity=one(Resource=f"{BUCKET}/*"))
    assert answer(plain).findings == ()


STATEMENT = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("{", "not JSON"),
        ("[]", "a policy document is a JSON object"),
        ('{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}', "Version stands twice"),
        ({"Version": "2012-10-17"}, "Statement is required"),
        ({"Version": "2020-01-01", "Statement": STATEMENT}, "Version"),
        ({"Statement": STATEMENT, "Extra": 1}, "Extra is no policy element"),
        ({"Statement": ["x"]}, "a statement is an object"),
        ({"Statement": {**STATEMENT, "Effect": "allow"}}, "Effect is Allow or Deny"),
        ({"Statement": {**STATEMENT, "Actions": "*"}}, "Actions is no policy element"),
        ({"Statement": {**STATEMENT, "NotAction": "s3:*"}}, "exclude each other"),
        ({"Statement": {**STATEMENT, "NotResource": "*"}}, "exclude each other"),
        ({"Statement": {"Effect": "Allow", "Resource": "*"}}, "Action or NotAction is required"),
        ({"Statement": {**STATEMENT, "Action": []}}, "non-empty"),
        ({"Statement": {**STATEMENT, "Action": "s3"}}, "is not `*` or `service:Name`"),
        ({"Statement": {**STATEMENT, "Resource": 1}}, "non-empty"),
        ({"Statement": {**STATEMENT, "Principal": "arn:aws:iam::111122223333:root"}}, '"*" or an object'),
        ({"Statement": {**STATEMENT, "Principal": {"Aws": "*"}}}, "Aws is not a kind of principal"),
        ({"Statement": {**STATEMENT, "Principal": "*", "NotPrincipal": "*"}}, "exclude each other"),
        ({"Statement": {**STATEMENT, "Condition": []}}, "an object of operators"),
        ({"Statement": {**STATEMENT, "Condition": {"StringEquals": "x"}}}, "an object of condition keys"),
        ({"Statement": {**STATEMENT, "Condition": {"StringEquals": {"a:b": None}}}}, "string, number or boolean"),
        ({"Statement": {**STATEMENT, "Condition": {"Null": {"a:b": "maybe"}}}}, "Null takes true or false"),
        (
            {"Version": "2012-10-17", "Statement": {**STATEMENT, "Condition": {"StringLike": {"a:b": "${aws:x"}}}},
            "is not a policy variable",
        ),
    ],
)
def test_ill_formed_documents_are_refused(document: object, says: str) -> None:
    with pytest.raises(IllFormed, match=says.replace("*", r"\*")):
        Policy.parse(document, name="d")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name", ["StringEqual", "NullIfExists", "ForAllValues:Null", "ForSome:StringEquals", "stringequals"]
)
def test_unknown_operators_are_unsupported(name: str) -> None:
    document = {"Statement": {**STATEMENT, "Condition": {name: {"a:b": "true"}}}}
    with pytest.raises(Unsupported):
        Policy.parse(document, name="d")


def test_a_repeated_condition_operator_is_refused() -> None:
    text = (
        '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":'
        '{"StringEquals":{"a:b":"1"},"StringEquals":{"a:c":"1"}}}}'
    )
    with pytest.raises(IllFormed, match="StringEquals stands twice"):
        Policy.parse(text)


@rows(
    Row("1", RESOURCE, "identity policy without Resource", IMPLICIT, identity=(doc({"Resource": None}), doc({}))),
    Row("1", RESOURCE, "identity policy with Principal", IMPLICIT, identity=(doc({}), doc({"Principal": "*"}))),
    Row(
        "1", RESOURCE, "boundary with Principal", IMPLICIT, identity=one(), boundary=(doc({}), doc({"Principal": "*"}))
    ),
    Row("1", RESOURCE, "resource policy without Principal", IMPLICIT, identity=one(), policy=doc({})),
    Row("1", RESOURCE, "an explicit deny still shows", EXPLICIT, identity=(doc({"Principal": "*"}), DENY_ALL)),
)
def test_a_document_in_the_wrong_place_allows_nothing(row: Row) -> None:
    check(row)
    if row.expected == IMPLICIT:
        assert "ill-formed" in {finding.kind for finding in answer(row).findings}
