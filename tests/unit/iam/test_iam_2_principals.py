"""Section 2: principals. Bucket policies in the caller's own account unless a row says otherwise."""

from iam_table import (
    ALLOWED,
    AS_ROLE,
    EVERYTHING,
    EXPLICIT,
    FEDERATED,
    IMPLICIT,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    USER,
    A,
    B,
    Row,
    answer,
    check,
    doc,
    rows,
    trust,
)

PRINCIPAL = "reference_policies_elements_principal"
NOT_PRINCIPAL = "reference_policies_elements_notprincipal"
NARROW = (doc({"Action": "ec2:*"}),)
PROVIDER = f"arn:aws:iam::{A}:oidc-provider/token.example.com"


def to(principal: object, **more: object) -> dict[str, object]:
    return doc({"Principal": principal, **more})


def aws(*entries: str) -> dict[str, object]:
    return to({"AWS": list(entries)})


def deny_others(*entries: str) -> dict[str, object]:
    return doc({"Principal": "*"}, {"Effect": "Deny", "NotPrincipal": {"AWS": list(entries)}})


def deny(entry: object) -> dict[str, object]:
    return doc({"Principal": "*"}, {"Effect": "Deny", "Principal": entry})


@rows(
    Row("2.1", PRINCIPAL, "user by ARN", ALLOWED, policy=aws(USER)),
    Row("2.1", PRINCIPAL, "another user", IMPLICIT, policy=aws(USER + "e")),
    Row("2.1", PRINCIPAL, "user on another path", IMPLICIT, policy=aws(f"arn:aws:iam::{A}:user/ann")),
    Row("2.1", PRINCIPAL, "user name is with case", IMPLICIT, policy=aws(f"arn:aws:iam::{A}:user/data/Ann")),
    Row("2.1", PRINCIPAL, "role of the same name is no user", IMPLICIT, policy=aws(f"arn:aws:iam::{A}:role/data/ann")),
    Row("2.1", PRINCIPAL, "federated user", ALLOWED, principal=FEDERATED, policy=aws(FEDERATED)),
    Row("2.1", PRINCIPAL, "another federated user", IMPLICIT, principal=FEDERATED, policy=aws(FEDERATED + "by")),
    Row("2.1", PRINCIPAL, "account root", ALLOWED, principal=ROOT, policy=aws(ROOT)),
    Row("2.1", PRINCIPAL, "service", ALLOWED, principal=SERVICE, policy=to({"Service": SERVICE})),
    Row("2.1", PRINCIPAL, "another service", IMPLICIT, principal=SERVICE, policy=to({"Service": "glue.amazonaws.com"})),
    Row("2.1", PRINCIPAL, "service is no account", IMPLICIT, principal=SERVICE, policy=aws(A)),
    Row("2.1", PRINCIPAL, "anonymous by star", ALLOWED, principal="anonymous", policy=to("*")),
    Row("2.1", PRINCIPAL, "anonymous by AWS star", ALLOWED, principal="anonymous", policy=aws("*")),
    Row("2.1", PRINCIPAL, "anonymous is no account", IMPLICIT, principal="anonymous", policy=aws(A, ROOT)),
    Row("2.1", PRINCIPAL, "no such kind", IMPLICIT, principal=f"arn:aws:iam::{A}:group/g", policy=to("*")),
    Row("2.2", PRINCIPAL, "role with its path", ALLOWED, principal=SESSION, context=AS_ROLE, policy=aws(ROLE)),
    Row(
        "2.2",
        PRINCIPAL,
        "role without its path when the path is known",
        IMPLICIT,
        principal=SESSION,
        context=AS_ROLE,
        policy=aws(f"arn:aws:iam::{A}:role/reader"),
    ),
    Row(
        "2.2",
        PRINCIPAL,
        "role on another path",
        IMPLICIT,
        principal=SESSION,
        context=AS_ROLE,
        policy=aws(f"arn:aws:iam::{A}:role/teams/other/reader"),
    ),
    Row("2.2", PRINCIPAL, "by account and name when unknown", ALLOWED, principal=SESSION, policy=aws(ROLE)),
    Row(
        "2.2",
        PRINCIPAL,
        "another name when unknown",
        IMPLICIT,
        principal=SESSION,
        policy=aws(f"arn:aws:iam::{A}:role/teams/search/reader2"),
    ),
    Row(
        "2.2",
        PRINCIPAL,
        "same name in another account",
        IMPLICIT,
        principal=SESSION,
        policy=aws(f"arn:aws:iam::{B}:role/teams/search/reader"),
    ),
    Row("2.2", PRINCIPAL, "session ARN has no path", ALLOWED, principal=SESSION, context=AS_ROLE, policy=aws(SESSION)),
    Row(
        "2.2",
        PRINCIPAL,
        "another session of the role",
        IMPLICIT,
        principal=SESSION,
        context=AS_ROLE,
        policy=aws(SESSION + "2"),
    ),
    Row(
        "2.2",
        PRINCIPAL,
        "principal ARN of another role is not believed",
        IMPLICIT,
        principal=SESSION,
        context={"aws:PrincipalArn": f"arn:aws:iam::{A}:role/admin"},
        policy=aws(f"arn:aws:iam::{A}:role/admin"),
    ),
    Row("2.3", PRINCIPAL, "star", ALLOWED, policy=to("*")),
    Row("2.3", PRINCIPAL, "star among others", ALLOWED, policy=aws("*", B)),
    Row("2.3", PRINCIPAL, "star reaches services", ALLOWED, principal=SERVICE, policy=to("*")),
    Row("2.3", PRINCIPAL, "star denies services", EXPLICIT, principal=SERVICE, policy=deny("*")),
    Row("2.3", PRINCIPAL, "account is not a grant", IMPLICIT, principal=SESSION, policy=aws(A)),
    Row("2.3", PRINCIPAL, "account denies a session", EXPLICIT, principal=SESSION, policy=deny({"AWS": A})),
    Row("2.3", PRINCIPAL, "root denies a user", EXPLICIT, policy=deny({"AWS": ROOT})),
    Row("2.3", PRINCIPAL, "root denies the root user", EXPLICIT, principal=ROOT, policy=deny({"AWS": ROOT})),
    Row("2.3", PRINCIPAL, "another account denies nobody here", ALLOWED, policy=deny({"AWS": B})),
    Row("2.3", PRINCIPAL, "session wildcard is literal", IMPLICIT, principal=SESSION, policy=aws(SESSION[:-3] + "*")),
    Row(
        "2.3",
        PRINCIPAL,
        "role wildcard is literal",
        IMPLICIT,
        principal=SESSION,
        policy=aws(f"arn:aws:iam::{A}:role/*"),
    ),
    Row(
        "2.3",
        PRINCIPAL,
        "role wildcard denies nobody",
        ALLOWED,
        principal=SESSION,
        policy=deny({"AWS": f"arn:aws:iam::{A}:role/*"}),
    ),
    Row("2.3", PRINCIPAL, "unique id is nobody", IMPLICIT, principal=SESSION, policy=aws("AROAEXAMPLEEXAMPLE123")),
    Row("2.3", PRINCIPAL, "unique id denies nobody", ALLOWED, policy=deny({"AWS": "AIDAEXAMPLEEXAMPLE123"})),
    Row(
        "2.3",
        PRINCIPAL,
        "service name is no federated one",
        IMPLICIT,
        principal=PROVIDER,
        policy=to({"Service": SERVICE}),
    ),
    Row("2.3", PRINCIPAL, "canonical user", IMPLICIT, policy=to({"CanonicalUser": "79a59df900b949e5"})),
    Row(
        "2.3",
        PRINCIPAL,
        "federated",
        ALLOWED,
        principal=PROVIDER,
        action="sts:AssumeRoleWithWebIdentity",
        resource=ROLE,
        policy=trust({"Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": PROVIDER}}),
    ),
    Row(
        "2.3",
        PRINCIPAL,
        "another provider",
        IMPLICIT,
        principal=PROVIDER,
        action="sts:AssumeRoleWithWebIdentity",
        resource=ROLE,
        policy=trust({"Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": PROVIDER + ".org"}}),
    ),
    Row("2.3", PRINCIPAL, "illegal in identity policies", IMPLICIT, identity=(to("*"),)),
    Row(
        "2.4",
        PRINCIPAL,
        "star with principal ARN ignores boundary and session policy",
        ALLOWED,
        principal=SESSION,
        context=AS_ROLE,
        policy=to("*", Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}}),
        boundary=NARROW,
        session=NARROW,
    ),
    Row(
        "2.4",
        PRINCIPAL,
        "unless they deny explicitly",
        EXPLICIT,
        principal=SESSION,
        context=AS_ROLE,
        policy=to("*", Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}}),
        session=(doc({"Effect": "Deny", "Action": "s3:*"}),),
    ),
    Row(
        "2.4",
        PRINCIPAL,
        "the condition tests the role not the session",
        IMPLICIT,
        principal=SESSION,
        context=AS_ROLE,
        policy=to("*", Condition={"ArnEquals": {"aws:PrincipalArn": SESSION}}),
    ),
    Row(
        "2.4",
        PRINCIPAL,
        "an outsider needs an identity policy",
        IMPLICIT,
        principal=SESSION,
        context=AS_ROLE,
        owner=B,
        policy=to("*", Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}}),
    ),
    Row(
        "2.4",
        PRINCIPAL,
        "an outsider with an identity policy",
        ALLOWED,
        principal=SESSION,
        context=AS_ROLE,
        owner=B,
        identity=(EVERYTHING,),
        policy=to("*", Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}}),
    ),
    Row("2.5", NOT_PRINCIPAL, "listed user is spared", ALLOWED, policy=deny_others(USER, ROOT)),
    Row("2.5", NOT_PRINCIPAL, "others are hit", EXPLICIT, policy=deny_others(USER + "e", ROOT)),
    Row("2.5", NOT_PRINCIPAL, "the account alone spares no user", EXPLICIT, policy=deny_others(ROOT)),
    Row("2.5", NOT_PRINCIPAL, "the account spares its root", ALLOWED, principal=ROOT, policy=deny_others(A)),
    Row(
        "2.5",
        NOT_PRINCIPAL,
        "session with session and role listed",
        ALLOWED,
        principal=SESSION,
        context=AS_ROLE,
        policy=deny_others(SESSION, ROLE, ROOT),
    ),
    Row(
        "2.5",
        NOT_PRINCIPAL,
        "session with its role alone listed",
        EXPLICIT,
        principal=SESSION,
        context=AS_ROLE,
        policy=deny_others(ROLE, ROOT),
    ),
    Row(
        "2.5",
        NOT_PRINCIPAL,
        "session with itself alone listed",
        EXPLICIT,
        principal=SESSION,
        context=AS_ROLE,
        policy=deny_others(SESSION, ROOT),
    ),
    Row(
        "2.5", NOT_PRINCIPAL, "a bare role with its ARN listed", ALLOWED, principal=ROLE, policy=deny_others(ROLE, ROOT)
    ),
    Row(
        "2.5",
        NOT_PRINCIPAL,
        "a listed user with a boundary is hit",
        EXPLICIT,
        policy=deny_others(USER, ROOT),
        boundary=(EVERYTHING,),
    ),
    Row(
        "2.5",
        NOT_PRINCIPAL,
        "a listed session with a boundary is hit",
        EXPLICIT,
        principal=SESSION,
        context=AS_ROLE,
        policy=deny_others(SESSION, ROLE, ROOT),
        boundary=(EVERYTHING,),
    ),
    Row("2.5", NOT_PRINCIPAL, "anonymous is hit", EXPLICIT, principal="anonymous", policy=deny_others(ROOT)),
    Row("2.5", NOT_PRINCIPAL, "services are hit", EXPLICIT, principal=SERVICE, policy=deny_others(ROOT)),
    Row(
        "2.5",
        NOT_PRINCIPAL,
        "a listed service is spared",
        ALLOWED,
        principal=SERVICE,
        policy=doc({"Principal": "*"}, {"Effect": "Deny", "NotPrincipal": {"Service": SERVICE}}),
    ),
    Row("2.5", NOT_PRINCIPAL, "with Allow grants the others", ALLOWED, policy=doc({"NotPrincipal": {"AWS": B}})),
    Row(
        "2.5",
        NOT_PRINCIPAL,
        "with Allow grants anonymous",
        ALLOWED,
        principal="anonymous",
        policy=doc({"NotPrincipal": {"AWS": USER}}),
    ),
    Row("2.5", NOT_PRINCIPAL, "with Allow not the listed one", IMPLICIT, policy=doc({"NotPrincipal": {"AWS": USER}})),
    Row(
        "2.5",
        NOT_PRINCIPAL,
        "illegal in a trust policy",
        IMPLICIT,
        action="sts:AssumeRole",
        resource=ROLE,
        policy=trust({"NotPrincipal": {"AWS": B}}),
        identity=(EVERYTHING,),
    ),
    Row("2.5", NOT_PRINCIPAL, "illegal in an identity policy", IMPLICIT, identity=(doc({"NotPrincipal": {"AWS": B}}),)),
)
def test_rule(row: Row) -> None:
    check(row)


def test_what_names_nobody_is_a_finding() -> None:
    for entry in (f"arn:aws:iam::{A}:role/*", "AROAEXAMPLEEXAMPLE123", "nobody"):
        row = Row("2.3", PRINCIPAL, entry, IMPLICIT, policy=aws(entry))
        assert [(f.kind, f.rule) for f in answer(row).findings] == [("lint", "2.3")]
    granted = answer(Row("2.5", NOT_PRINCIPAL, "", ALLOWED, policy=doc({"NotPrincipal": {"AWS": B}})))
    assert [(f.kind, f.rule) for f in granted.findings] == [("lint", "2.5")]
    spared = answer(Row("2.5", NOT_PRINCIPAL, "", ALLOWED, policy=deny_others(USER)))
    assert [(f.kind, f.rule) for f in spared.findings] == [("lint", "2.5")]
