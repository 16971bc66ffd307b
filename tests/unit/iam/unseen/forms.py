"""Documents in every form the rules admit, and in forms they do not: those never allow."""

from typing import Any

from .build import (
    CALLER,
    FULL,
    KEY,
    OBJECT,
    OUTSIDER,
    OWNER,
    ROLE,
    ROOT,
    SESSION,
    TARGET,
    USER,
    A,
    E,
    I,
    allow,
    case,
    deny,
    doc,
    level,
    number,
    trust,
)  # fmt: skip

READ = doc(allow("s3:GetObject"))
NOTHING = doc(allow("ec2:DescribeRegions"))

FORMS = [
    case("session policies as a list: an Allow in any", A, identity=[FULL], session=[NOTHING, READ]),
    case("session policies as a list: in none", I, identity=[FULL], session=[NOTHING, NOTHING]),
    case("session policies as a list: a Deny in any", E, identity=[FULL], session=[READ, doc(deny("s3:*"))]),
    case("an empty list of session policies", I, identity=[FULL], session=[]),
    case("statement object in a bucket policy", A,
         policy={"Version": "2012-10-17", "Statement": allow("s3:GetObject", to={"AWS": ROLE})}),
    case("document id and Sid", A, identity=[{"Id": "x", "Version": "2012-10-17", "Statement": [allow("s3:*", Sid="One1")]}]),
    case("bare star principal in a Deny", E, identity=[FULL], policy=doc(deny("s3:*", to="*"))),
    case("principal of several kinds", A, policy=doc(allow("s3:*", to={"Service": "x.amazonaws.com", "AWS": [ROLE]}))),
    case("number of the account in a list", A, identity=[READ], account=OWNER, policy=doc(allow("s3:*", to={"AWS": [OUTSIDER, CALLER]}))),
    case("number of the account as Deny", E, identity=[READ], policy=doc(deny("s3:*", to={"AWS": [CALLER]}))),
    case("no documents, null policy, no levels", I),
    case("one identity document given as an object", A) | {"identity_policies": READ},
    case("context value as a number", A, identity=[doc(allow(when={"NumericEquals": {"s3:max-keys": "5"}}))], ctx={"s3:max-keys": 5}),
    case("context value as a boolean", A, identity=[doc(allow(when={"Bool": {"aws:SecureTransport": "true"}}))],
         ctx={"aws:SecureTransport": True}),
    case("condition value as a list of one", A, identity=[doc(allow(when={"Bool": {"aws:SecureTransport": ["true"]}}))],
         ctx={"aws:SecureTransport": "true"}),
    case("action and resource lists of one", A, identity=[doc(allow(["s3:GetObject"], [OBJECT]))]),
    case("levels without a name", A, identity=[READ], scps=[{"policies": [FULL]}]),
    case("two policies at a level are an or", A, identity=[READ], scps=[level("root", NOTHING, READ)]),
    case("a Deny in one of them", E, identity=[READ], scps=[level("root", FULL, doc(deny("s3:Get*")))]),
]  # fmt: skip

# Each of these stands where it would have decided the case; a reader that drops what it cannot read would allow.
ILL_FORMED: dict[str, Any] = {
    "no statement": {"Version": "2012-10-17"},
    "statement is text": {"Version": "2012-10-17", "Statement": "Deny"},
    "statement is a number in a list": {"Version": "2012-10-17", "Statement": [7]},
    "no effect": {"Version": "2012-10-17", "Statement": [{"Action": "*", "Resource": "*"}]},
    "effect in lower case": {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "deny", "Action": "*", "Resource": "*"}],
    },
    "unknown effect": {"Version": "2012-10-17", "Statement": [{"Effect": "Block", "Action": "*", "Resource": "*"}]},
    "no action": doc(deny(None)),
    "action and NotAction": doc(deny("s3:*") | {"NotAction": "iam:*"}),
    "resource and NotResource": doc(deny("s3:*") | {"NotResource": "arn:aws:s3:::x"}),
    "action is a number": doc(deny(5)),
    "action is null": {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": None, "Resource": "*"}]},
    "misspelt element": doc({"Effect": "Deny", "Actions": "s3:*", "Resource": "*"}),
    "misspelt condition element": doc(deny("s3:*") | {"Conditions": {"Bool": {"aws:SecureTransport": "false"}}}),
    "unknown version": doc(deny("s3:*"), version="2020-01-01"),
    "unknown operator": doc(deny("s3:*", when={"StringMatches": {"aws:RequestTag/x": "y"}})),
    "operator in another case": doc(deny("s3:*", when={"stringequals ": {"aws:RequestTag/x": "y"}})),
    "unknown set operator": doc(deny("s3:*", when={"ForSomeValues:StringEquals": {"aws:TagKeys": "y"}})),
    "IfExists on Null": doc(deny("s3:*", when={"NullIfExists": {"aws:TagKeys": "true"}})),
    "condition is a list": doc(deny("s3:*", when=[{"Bool": {"aws:SecureTransport": "false"}}])),
    "operator holds text": doc(deny("s3:*", when={"Bool": "aws:SecureTransport"})),
    "condition value is an object": doc(deny("s3:*", when={"StringEquals": {"aws:RequestTag/x": {"y": "z"}}})),
    "document is a list": [deny("s3:*")],
    "document is a number": 7,
}

# An unknown operator on the Allow itself, and other things that would open by being skipped.
NEVER = [
    case("unknown operator on an Allow", I, identity=[doc(allow(when={"StringMatches": {"aws:RequestTag/x": "y"}}))]),
    case("operator in lower case on an Allow, unmet", I, identity=[doc(allow(when={"stringequals": {"aws:RequestTag/x": "y"}}))]),
    case("principal in an identity policy", I, identity=[doc(allow(to="*"))]),
    case("no principal in a bucket policy", I, policy=doc(allow("s3:GetObject"))),
    case("principal and NotPrincipal", I, policy=doc(allow("s3:GetObject", to="*") | {"NotPrincipal": {"AWS": USER}})),
    case("NotPrincipal in a trust policy", I, "sts:AssumeRole", TARGET,
         policy=doc({"Effect": "Allow", "NotPrincipal": {"AWS": USER}, "Action": "sts:AssumeRole"})),
    case("empty principal", I, policy=doc(allow("s3:GetObject", to={}))),
    case("unknown kind of principal", I, policy=doc(allow("s3:GetObject", to={"Everyone": "*"}))),
    case("principal of text", I, policy=doc(allow("s3:GetObject", to=ROLE))),
    case("eleven digits", I, policy=doc(allow("s3:GetObject", to={"AWS": CALLER[:-1]})), identity=[]),
    case("star among the letters of an ARN", I, policy=doc(allow("s3:GetObject", to={"AWS": ROLE[:-1] + "*"}))),
    case("star as a service", I, by="sagemaker.amazonaws.com", policy=doc(allow("s3:GetObject", to={"Service": "*.amazonaws.com"}))),
    case("root in capitals", I, policy=doc(allow("kms:*", to={"AWS": f"arn:aws:iam::{CALLER}:ROOT"})), action="kms:Decrypt", resource=KEY,
         identity=[FULL]),
    case("trust of a session that is a prefix", I, "sts:AssumeRole", TARGET, policy=trust({"AWS": SESSION[:-1]})),
    case("root of a neighbour", I, "kms:Decrypt", KEY, identity=[FULL], policy=doc(allow("kms:*", to={"AWS": ROOT.replace(CALLER, OUTSIDER)}))),
]  # fmt: skip

CASES = number("form", FORMS)
DENIED = number("never", NEVER) + number(
    "ill-formed",
    [
        made
        for name, bad in ILL_FORMED.items()
        for made in (
            case(f"{name}: identity", I, identity=[FULL, bad]),
            case(f"{name}: bucket", I, identity=[FULL], policy=bad),
            case(f"{name}: boundary", I, identity=[FULL], boundary=[FULL, bad]),
            case(f"{name}: session policy", I, identity=[FULL], session=[FULL, bad]),
            case(f"{name}: SCP", I, identity=[FULL], scps=[level("root", FULL, bad)]),
            case(f"{name}: RCP", I, identity=[FULL], rcps=[level("root", bad)]),
        )
    ],
)
