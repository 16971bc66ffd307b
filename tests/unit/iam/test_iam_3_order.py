"""Section 3: order of evaluation."""

import pytest
from iam_table import (
    ALLOWED,
    AS_ROLE,
    BUCKET,
    DENY_ALL,
    EVERYTHING,
    EXPLICIT,
    FEDERATED,
    IMPLICIT,
    KEY,
    NOTHING_OF_USE,
    OBJECT,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    USER,
    A,
    B,
    C,
    Row,
    answer,
    check,
    doc,
    rows,
)

from featureshare.iam import Level, Policy, Request, World, walk_through

LOGIC = "reference_policies_evaluation-logic"
ONE = "reference_policies_evaluation-logic_policy-eval-basics-single-account"
TWO = "reference_policies_evaluation-logic-cross-account"
RCP = "orgs_manage_policies_rcps"
SCP = "orgs_manage_policies_scps_evaluation"
BOUNDARY = "access_policies_boundaries"
SESSION_POLICY = "access_policies_session"
OWNERSHIP = "about-object-ownership"

GLUE_TABLE = f"arn:aws:glue:eu-west-1:{A}:table/features/clicks"
LINKED = f"arn:aws:iam::{A}:role/aws-service-role/athena.amazonaws.com/AWSServiceRoleForAthena"
OUTSIDE_ORG = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-ours"}}
ALL = (EVERYTHING,)
NONE = (NOTHING_OF_USE,)
DENY = (DENY_ALL,)


def to(*entries: str) -> dict[str, object]:
    return doc({"Principal": {"AWS": list(entries)}})


def rcp(action: str = "*", **more: object) -> dict[str, object]:
    return doc({"Effect": "Deny", "Principal": "*", "Action": action, **more})


DENY_BY_RESOURCE = doc({"Principal": "*"}, {"Effect": "Deny", "Principal": "*", "Action": "s3:Get*"})
FULL_RCP = doc({"Principal": "*"})
S3_ONLY = doc({"Action": "s3:*"})


@rows(
    # 3.1 explicit deny, from any document of either account
    Row("3.1", LOGIC, "in the identity policy", EXPLICIT, identity=(EVERYTHING, DENY_ALL)),
    Row("3.1", LOGIC, "in the resource policy", EXPLICIT, identity=ALL, policy=DENY_BY_RESOURCE),
    Row("3.1", LOGIC, "in the boundary", EXPLICIT, identity=ALL, boundary=(EVERYTHING, DENY_ALL)),
    Row(
        "3.1", LOGIC, "in the session policy", EXPLICIT, principal=SESSION, identity=ALL, session=(EVERYTHING, DENY_ALL)
    ),
    Row("3.1", LOGIC, "in an SCP", EXPLICIT, identity=ALL, scps=((EVERYTHING, DENY_ALL),)),
    Row("3.1", LOGIC, "in an RCP", EXPLICIT, identity=ALL, rcps=((rcp(),),)),
    Row("3.1", LOGIC, "against a direct grant", EXPLICIT, identity=DENY, policy=to(USER)),
    Row("3.1", LOGIC, "against the root user", EXPLICIT, principal=ROOT, policy=DENY_BY_RESOURCE),
    Row("3.1", LOGIC, "and nothing allows", EXPLICIT, identity=DENY),
    Row("3.1", LOGIC, "by the owner across accounts", EXPLICIT, owner=B, identity=ALL, policy=DENY_BY_RESOURCE),
    Row("3.1", LOGIC, "by the caller across accounts", EXPLICIT, owner=B, identity=(*ALL, *DENY), policy=to(USER)),
    Row(
        "3.1",
        LOGIC,
        "of another action does nothing",
        ALLOWED,
        identity=(*ALL, doc({"Effect": "Deny", "Action": "iam:*"})),
    ),
    # 3.2 RCPs
    Row("3.2", RCP, "denies at the root level", EXPLICIT, identity=ALL, rcps=((rcp("s3:*"),), (FULL_RCP,))),
    Row("3.2", RCP, "denies at the account level", EXPLICIT, identity=ALL, rcps=((FULL_RCP,), (rcp("s3:*"),))),
    Row("3.2", RCP, "an empty level still has full access", ALLOWED, identity=ALL, rcps=((), (FULL_RCP,))),
    Row("3.2", RCP, "another action", ALLOWED, identity=ALL, rcps=((rcp("s3:Put*"),),)),
    Row("3.2", RCP, "an Allow in one grants nothing", IMPLICIT, rcps=((FULL_RCP,),)),
    Row(
        "3.2",
        RCP,
        "outsider is denied",
        EXPLICIT,
        owner=B,
        identity=ALL,
        policy=to(USER),
        rcps=((rcp("s3:*", Condition=OUTSIDE_ORG),),),
        context={"aws:PrincipalOrgID": "o-other"},
    ),
    Row(
        "3.2",
        RCP,
        "insider is not",
        ALLOWED,
        owner=B,
        identity=ALL,
        policy=to(USER),
        rcps=((rcp("s3:*", Condition=OUTSIDE_ORG),),),
        context={"aws:PrincipalOrgID": "o-ours"},
    ),
    Row(
        "3.2",
        RCP,
        "service principals are subject",
        EXPLICIT,
        principal=SERVICE,
        policy=doc({"Principal": "*"}),
        rcps=((rcp(),),),
    ),
    Row("3.2", RCP, "root users are subject", EXPLICIT, principal=ROOT, rcps=((rcp(),),)),
    Row(
        "3.2",
        RCP,
        "glue is not supported",
        ALLOWED,
        action="glue:GetTable",
        resource=GLUE_TABLE,
        identity=ALL,
        rcps=((rcp(),),),
    ),
    Row(
        "3.2",
        RCP,
        "sagemaker is not supported",
        ALLOWED,
        action="sagemaker:GetRecord",
        resource=f"arn:aws:sagemaker:eu-west-1:{A}:feature-group/clicks",
        identity=ALL,
        rcps=((rcp(),),),
    ),
    Row(
        "3.2",
        RCP,
        "kms is supported",
        EXPLICIT,
        action="kms:Decrypt",
        resource=KEY,
        identity=ALL,
        policy=to(ROOT),
        rcps=((rcp(),),),
    ),
    Row(
        "3.2",
        RCP,
        "sqs is supported",
        EXPLICIT,
        action="sqs:SendMessage",
        resource=f"arn:aws:sqs:eu-west-1:{A}:q",
        identity=ALL,
        rcps=((rcp(),),),
    ),
    Row(
        "3.2",
        RCP,
        "the management account's resources are exempt",
        ALLOWED,
        identity=ALL,
        rcps=((rcp(),),),
        facts={"management_account": A},
    ),
    Row(
        "3.2",
        RCP,
        "AWS managed keys are exempt",
        ALLOWED,
        action="kms:Decrypt",
        resource=KEY,
        policy=to(USER),
        rcps=((rcp(),),),
        facts={"aws_managed_key": True},
    ),
    Row(
        "3.2",
        RCP,
        "AWS managed keys are known by their alias",
        ALLOWED,
        action="kms:Decrypt",
        resource=KEY,
        policy=to(USER),
        rcps=((rcp(),),),
        context={"kms:ResourceAliases": ("alias/aws/s3",)},
    ),
    Row(
        "3.2",
        RCP,
        "an alias that only looks like it",
        EXPLICIT,
        action="kms:Decrypt",
        resource=KEY,
        policy=to(USER),
        rcps=((rcp(),),),
        context={"kms:ResourceAliases": ("alias/awsome",)},
    ),
    Row(
        "3.2",
        RCP,
        "RetireGrant is exempt",
        ALLOWED,
        action="kms:RetireGrant",
        resource=KEY,
        policy=to(USER),
        rcps=((rcp(),),),
    ),
    Row(
        "3.2",
        RCP,
        "RevokeGrant is not",
        EXPLICIT,
        action="kms:RevokeGrant",
        resource=KEY,
        policy=to(USER),
        rcps=((rcp(),),),
    ),
    Row(
        "3.2-inferred",
        RCP,
        "service-linked roles are exempt",
        ALLOWED,
        principal=LINKED,
        identity=ALL,
        rcps=((rcp(),),),
    ),
    # 3.3 SCPs
    Row("3.3", SCP, "every level allows", ALLOWED, identity=ALL, scps=(ALL, ALL, (S3_ONLY,))),
    Row("3.3", SCP, "one level has no Allow", IMPLICIT, identity=ALL, scps=(ALL, NONE, ALL)),
    Row("3.3", SCP, "one level is empty", IMPLICIT, identity=ALL, scps=(ALL, (), ALL)),
    Row("3.3", SCP, "levels do not add up", IMPLICIT, identity=ALL, scps=((S3_ONLY,), NONE)),
    Row("3.3", SCP, "any document of a level is enough", ALLOWED, identity=ALL, scps=((NOTHING_OF_USE, S3_ONLY),)),
    Row("3.3", SCP, "none in force", ALLOWED, identity=ALL),
    Row("3.3", SCP, "grants nothing", IMPLICIT, scps=(ALL,)),
    Row("3.3", SCP, "a direct grant does not pass it", IMPLICIT, policy=to(USER), scps=(NONE,)),
    Row("3.3", SCP, "a member's root user is subject", IMPLICIT, principal=ROOT, scps=(NONE,)),
    Row("3.3", SCP, "federated users are subject", IMPLICIT, principal=FEDERATED, policy=to(FEDERATED), scps=(NONE,)),
    Row(
        "3.3",
        SCP,
        "the management account is exempt",
        ALLOWED,
        identity=ALL,
        scps=(DENY,),
        facts={"management_account": A},
    ),
    Row("3.3", SCP, "service-linked roles are exempt", ALLOWED, principal=LINKED, identity=ALL, scps=(DENY,)),
    Row(
        "3.3",
        SCP,
        "service-linked sessions are exempt",
        ALLOWED,
        principal=f"arn:aws:sts::{A}:assumed-role/AWSServiceRoleForAthena/s",
        context={"aws:PrincipalArn": LINKED},
        identity=ALL,
        scps=(DENY,),
    ),
    Row(
        "3.3",
        SCP,
        "a role that only sounds service-linked is not",
        EXPLICIT,
        principal=f"arn:aws:iam::{A}:role/AWSServiceRoleForAthena",
        identity=ALL,
        scps=(DENY,),
    ),
    Row(
        "3.3",
        SCP,
        "nor one whose path only starts alike",
        EXPLICIT,
        principal=f"arn:aws:iam::{A}:role/aws-service-role-x/athena.amazonaws.com/AWSServiceRoleForAthena",
        identity=ALL,
        scps=(DENY,),
    ),
    Row("3.3", SCP, "services have no SCP", ALLOWED, principal=SERVICE, policy=doc({"Principal": "*"}), scps=(DENY,)),
    Row("3.3", SCP, "apply to calls across accounts", IMPLICIT, owner=B, identity=ALL, policy=to(USER), scps=(NONE,)),
    # 3.4 resource policy by strength, in one account
    Row("3.4", ONE, "user named", ALLOWED, policy=to(USER), boundary=NONE),
    Row(
        "3.4", BOUNDARY, "session named, boundary silent", ALLOWED, principal=SESSION, policy=to(SESSION), boundary=NONE
    ),
    Row(
        "3.4",
        SESSION_POLICY,
        "session named, session policy silent",
        ALLOWED,
        principal=SESSION,
        policy=to(SESSION),
        session=NONE,
    ),
    Row(
        "3.4", SESSION_POLICY, "federated user named", ALLOWED, principal=FEDERATED, policy=to(FEDERATED), session=NONE
    ),
    Row("3.4", ONE, "session named, boundary denies", EXPLICIT, principal=SESSION, policy=to(SESSION), boundary=DENY),
    Row(
        "3.4", ONE, "role named needs no identity policy", ALLOWED, principal=SESSION, context=AS_ROLE, policy=to(ROLE)
    ),
    Row(
        "3.4",
        BOUNDARY,
        "role named, boundary silent",
        IMPLICIT,
        principal=SESSION,
        context=AS_ROLE,
        policy=to(ROLE),
        boundary=NONE,
    ),
    Row(
        "3.4",
        SESSION_POLICY,
        "role named, session policy silent",
        IMPLICIT,
        principal=SESSION,
        context=AS_ROLE,
        policy=to(ROLE),
        session=NONE,
    ),
    Row(
        "3.4",
        BOUNDARY,
        "role named, boundary and session policy allow",
        ALLOWED,
        principal=SESSION,
        context=AS_ROLE,
        policy=to(ROLE),
        boundary=ALL,
        session=ALL,
    ),
    Row(
        "3.4",
        ONE,
        "role and session named: the stronger counts",
        ALLOWED,
        principal=SESSION,
        context=AS_ROLE,
        policy=to(ROLE, SESSION),
        session=NONE,
    ),
    Row("3.4", ONE, "account named delegates only", IMPLICIT, principal=SESSION, policy=to(A)),
    Row("3.4", ONE, "account named with identity policy", ALLOWED, principal=SESSION, policy=to(A), identity=ALL),
    Row("3.4", ONE, "account named does not lift the boundary", IMPLICIT, policy=to(A), identity=ALL, boundary=NONE),
    # 3.5 to 3.7
    Row("3.5", ONE, "identity policy alone", ALLOWED, identity=ALL),
    Row("3.5", ONE, "nothing allows", IMPLICIT),
    Row("3.5", ONE, "only another action is allowed", IMPLICIT, identity=NONE),
    Row("3.5", ONE, "the root user needs none", ALLOWED, principal=ROOT),
    Row("3.6", BOUNDARY, "boundary allows", ALLOWED, identity=ALL, boundary=(S3_ONLY,)),
    Row("3.6", BOUNDARY, "boundary silent", IMPLICIT, identity=ALL, boundary=NONE),
    Row("3.6", BOUNDARY, "boundary grants nothing", IMPLICIT, boundary=ALL),
    Row("3.6", BOUNDARY, "an empty boundary denies all", IMPLICIT, identity=ALL, boundary=()),
    Row("3.7", SESSION_POLICY, "session policy allows", ALLOWED, principal=SESSION, identity=ALL, session=(S3_ONLY,)),
    Row("3.7", SESSION_POLICY, "session policy silent", IMPLICIT, principal=SESSION, identity=ALL, session=NONE),
    Row("3.7", SESSION_POLICY, "session policy never grants", IMPLICIT, principal=SESSION, session=ALL),
    Row(
        "3.7",
        SESSION_POLICY,
        "nor what the boundary withholds",
        IMPLICIT,
        principal=SESSION,
        identity=ALL,
        session=ALL,
        boundary=NONE,
    ),
    # across accounts
    Row("3.8", TWO, "both sides", ALLOWED, owner=B, identity=ALL, policy=to(USER)),
    Row("3.8", TWO, "both sides by account", ALLOWED, owner=B, identity=ALL, policy=to(A)),
    Row("3.8", TWO, "identity side only", IMPLICIT, owner=B, identity=ALL),
    Row("3.8", TWO, "resource side only", IMPLICIT, owner=B, policy=to(USER)),
    Row("3.8", TWO, "session named but no identity policy", IMPLICIT, principal=SESSION, owner=B, policy=to(SESSION)),
    Row("3.8", TWO, "resource policy names a third account", IMPLICIT, owner=B, identity=ALL, policy=to(C)),
    Row(
        "3.8",
        TWO,
        "identity policy names another bucket",
        IMPLICIT,
        owner=B,
        identity=(doc({"Resource": BUCKET + "2/*"}),),
        policy=to(A),
    ),
    Row(
        "3.8",
        TWO,
        "identity policy names it by a glob",
        ALLOWED,
        owner=B,
        identity=(doc({"Resource": "arn:aws:s3:::f*"}),),
        policy=to(A),
    ),
    Row("3.8", TWO, "boundary silent, user named", IMPLICIT, owner=B, identity=ALL, policy=to(USER), boundary=NONE),
    Row(
        "3.8",
        TWO,
        "session policy silent, session named",
        IMPLICIT,
        principal=SESSION,
        owner=B,
        identity=ALL,
        policy=to(SESSION),
        session=NONE,
    ),
    Row("3.8", TWO, "root user of the caller's account", ALLOWED, principal=ROOT, owner=B, policy=to(A)),
    Row("3.8", TWO, "root user without resource policy", IMPLICIT, principal=ROOT, owner=B),
    Row(
        "3.8",
        TWO,
        "glue catalog policy and identity",
        ALLOWED,
        action="glue:GetTable",
        resource=GLUE_TABLE,
        owner=B,
        identity=ALL,
        policy=to(A),
    ),
    # services, anonymous, ownership
    Row(
        "3.9",
        LOGIC,
        "service by the resource policy alone",
        ALLOWED,
        principal=SERVICE,
        policy=doc({"Principal": {"Service": SERVICE}}),
    ),
    Row("3.9", LOGIC, "service has no identity policy", IMPLICIT, principal=SERVICE, identity=ALL),
    Row("3.9", LOGIC, "anonymous on S3", ALLOWED, principal="anonymous", policy=doc({"Principal": "*"})),
    Row("3.9", LOGIC, "anonymous has no identity policy", IMPLICIT, principal="anonymous", identity=ALL),
    Row(
        "3.9",
        LOGIC,
        "anonymous on KMS",
        IMPLICIT,
        principal="anonymous",
        action="kms:Decrypt",
        resource=KEY,
        policy=doc({"Principal": "*"}),
    ),
    Row(
        "3.9",
        LOGIC,
        "anonymous on Glue",
        IMPLICIT,
        principal="anonymous",
        action="glue:GetTable",
        resource=GLUE_TABLE,
        policy=doc({"Principal": "*"}),
    ),
    Row(
        "3.10",
        OWNERSHIP,
        "bucket policy does not cover another's object",
        IMPLICIT,
        policy=to(USER),
        identity=ALL,
        facts={"object_owner": C},
    ),
    Row("3.10", OWNERSHIP, "the writer reads its own", ALLOWED, owner=B, identity=ALL, facts={"object_owner": A}),
    Row(
        "3.10",
        OWNERSHIP,
        "unless the bucket owner denies",
        EXPLICIT,
        owner=B,
        identity=ALL,
        policy=DENY_BY_RESOURCE,
        facts={"object_owner": A},
    ),
    Row(
        "3.10",
        OWNERSHIP,
        "writing stays the bucket owner's",
        ALLOWED,
        action="s3:PutObject",
        policy=to(USER),
        facts={"object_owner": C},
    ),
    Row("3.10", OWNERSHIP, "the bucket owner's own object", ALLOWED, policy=to(USER), facts={"object_owner": A}),
)
def test_rule(row: Row) -> None:
    check(row)


def test_reasons_name_layer_document_sid_and_the_value_seen() -> None:
    guard = doc(
        {"Principal": {"AWS": A}},
        {
            "Sid": "OnlyOurs",
            "Effect": "Deny",
            "Principal": "*",
            "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-ours"}},
        },
    )
    row = Row(
        "3.1", LOGIC, "", EXPLICIT, owner=B, identity=ALL, policy=guard, context={"aws:PrincipalOrgID": "o-other"}
    )
    (reason,) = answer(row).reasons
    assert (reason.layer, reason.document, reason.sid) == ("resource", "resource", "OnlyOurs")
    assert "StringNotEquals aws:PrincipalOrgID 'o-ours': aws:PrincipalOrgID is 'o-other'" in reason.text


def test_an_implicit_denial_names_the_condition_that_failed() -> None:
    policy = doc({"Sid": "Tagged", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "core"}}})
    row = Row("3.5", LOGIC, "", IMPLICIT, identity=(policy,), resource=OBJECT)
    summary, near = answer(row).reasons
    assert (summary.layer, near.layer, near.sid) == ("identity", "identity", "Tagged")
    assert near.text == "condition not met: StringEquals aws:PrincipalTag/team 'core': aws:PrincipalTag/team is absent"


def test_every_layer_that_is_missing_is_named() -> None:
    row = Row("3", LOGIC, "", IMPLICIT, owner=B, boundary=NONE, session=NONE, scps=(ALL, NONE))
    named = [(reason.layer, reason.document) for reason in answer(row).reasons]
    assert named == [("scp", "level-1"), ("resource", ""), ("identity", ""), ("boundary", ""), ("session", "")]


def test_an_allow_names_the_statements_that_allowed() -> None:
    policy = doc({"Sid": "Readers", "Principal": {"AWS": A}})
    row = Row("3", LOGIC, "", ALLOWED, owner=B, identity=ALL, policy=policy)
    assert [(reason.layer, reason.sid) for reason in answer(row).reasons] == [
        ("resource", "Readers"),
        ("identity", "Statement[0]"),
    ]


@pytest.mark.parametrize(
    ("row", "finding"),
    [
        (Row("", RCP, "", ALLOWED, principal=LINKED, identity=ALL, rcps=((rcp(),),)), ("inferred", "3.2")),
        (
            Row("", RCP, "", ALLOWED, action="glue:X", resource=GLUE_TABLE, identity=ALL, rcps=((rcp(),),)),
            ("lint", "3.2"),
        ),
        (Row("", SESSION_POLICY, "", ALLOWED, principal=FEDERATED, identity=ALL), ("not-decided", "3.7")),
        (Row("", OWNERSHIP, "", IMPLICIT, policy=to(USER), facts={"object_owner": C}), ("not-decided", "3")),
        (Row("", LOGIC, "", IMPLICIT, principal="nobody"), ("unsupported", "2.1")),
        (Row("", LOGIC, "", IMPLICIT, action="s3:Get*", identity=ALL), ("unsupported", "2.1")),
    ],
)
def test_findings(row: Row, finding: tuple[str, str]) -> None:
    check(row)
    assert finding in {(item.kind, item.rule) for item in answer(row).findings}


def test_walk_through_tells_every_layer_and_what_was_not_applied() -> None:
    policy = Policy.parse(doc({"Sid": "Readers", "Principal": {"AWS": A}}), name="bucket")
    level = Level("root", (Policy.parse(DENY_ALL, name="fence"),))
    world = World(resource=policy, rcps=(level,), management_account=B)
    told = walk_through(Request(USER, "s3:GetObject", OBJECT, B), world)
    assert "rule       across accounts" in told
    assert "ALLOW Readers: allows s3:GetObject" in told
    assert "identity: no allow" in told
    assert "not applied: RCPs" in told
    assert "ImplicitlyDenied\n  identity: no statement allows s3:GetObject" in told
    assert walk_through(Request("nobody", "s3:GetObject", OBJECT, B), world).startswith("ImplicitlyDenied")
