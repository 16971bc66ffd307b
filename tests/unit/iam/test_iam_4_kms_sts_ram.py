"""Section 4: KMS, STS, RAM, PassRole."""

import pytest
from iam_table import (
    ALLOWED,
    AS_ROLE,
    DENY_ALL,
    EVERYTHING,
    EXPLICIT,
    FEDERATED,
    IMPLICIT,
    KEY,
    NOTHING_OF_USE,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    TARGET,
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

from featureshare.iam.grants import grant_policy

KMS = "kms-key-policies"
KMS_OTHERS = "kms-key-policy-modifying-external-accounts"
KMS_ALIAS = "kms-alias-access"
GRANTS = "kms-grants"
ASSUME = "API_AssumeRole"
TAGS = "id_session-tags"
SOURCE = "id_credentials_temp_control-access_monitor"
RAM = "ram-getting-started-sharing"
PASS = "id_roles_use_passrole"
ALL = (EVERYTHING,)
NONE = (NOTHING_OF_USE,)
FEATURES = f"arn:aws:sagemaker:eu-west-1:{B}:feature-group/clicks"


def key(**more: object) -> dict[str, object]:
    return {"action": "kms:Decrypt", "resource": KEY, **more}


def role(**more: object) -> dict[str, object]:
    return {"action": "sts:AssumeRole", "resource": TARGET, **more}


def to(*entries: str, **more: object) -> dict[str, object]:
    return doc({"Principal": {"AWS": list(entries)}, **more})


def trusts(*entries: str, **more: object) -> dict[str, object]:
    return trust({"Principal": {"AWS": list(entries)}, **more})


EXTERNAL = {"StringEquals": {"sts:ExternalId": "77"}}
OUR_ORG = {"StringEquals": {"aws:PrincipalOrgID": "o-ours"}}
RAM_SHARE = doc({"Principal": {"AWS": A}, "Action": ["sagemaker:GetRecord", "sagemaker:DescribeFeatureGroup"]})
RAM_ORG = doc({"Principal": "*", "Action": "sagemaker:GetRecord", "Condition": OUR_ORG})


@rows(
    Row("4.1", KMS, "identity policy without key policy", IMPLICIT, **key(identity=ALL)),
    Row("4.1", KMS, "identity policy and root statement", ALLOWED, **key(identity=ALL, policy=to(ROOT))),
    Row("4.1", KMS, "root statement without identity policy", IMPLICIT, **key(policy=to(ROOT))),
    Row("4.1", KMS, "identity policy, key policy of others", IMPLICIT, **key(identity=ALL, policy=to(USER + "e"))),
    Row("4.1", KMS, "named without identity policy", ALLOWED, **key(policy=to(USER))),
    Row("4.1", KMS, "named, identity policy denies", EXPLICIT, **key(policy=to(USER), identity=(DENY_ALL,))),
    Row(
        "4.1",
        KMS,
        "role named, boundary silent",
        IMPLICIT,
        **key(principal=SESSION, context=AS_ROLE, policy=to(ROLE), boundary=NONE),
    ),
    Row("4.1", KMS, "role named", ALLOWED, **key(principal=SESSION, context=AS_ROLE, policy=to(ROLE))),
    Row("4.1", KMS, "the account's root user is not above it", IMPLICIT, **key(principal=ROOT, policy=to(USER))),
    Row("4.1", KMS, "the account's root user through root", ALLOWED, **key(principal=ROOT, policy=to(ROOT))),
    Row(
        "4.1",
        KMS,
        "statement without Resource has no effect",
        IMPLICIT,
        **key(policy=to(USER) | {"Statement": {"Effect": "Allow", "Principal": {"AWS": USER}, "Action": "kms:*"}}),
    ),
    Row("4.1", KMS, "no key is involved in ListKeys", ALLOWED, action="kms:ListKeys", resource="*", identity=ALL),
    Row("4.1", KMS_OTHERS, "both sides", ALLOWED, **key(owner=B, identity=ALL, policy=to(A))),
    Row("4.1", KMS_OTHERS, "key policy only", IMPLICIT, **key(owner=B, policy=to(USER))),
    Row("4.1", KMS_OTHERS, "identity policy only", IMPLICIT, **key(owner=B, identity=ALL)),
    Row(
        "4.1",
        KMS_OTHERS,
        "identity policy names the alias",
        IMPLICIT,
        **key(owner=B, policy=to(A), identity=(doc({"Resource": f"arn:aws:kms:eu-west-1:{B}:alias/fs"}),)),
    ),
    Row(
        "4.1",
        KMS_OTHERS,
        "GenerateDataKey",
        ALLOWED,
        **key(action="kms:GenerateDataKey", owner=B, identity=ALL, policy=to(A)),
    ),
    Row(
        "4.1",
        KMS_OTHERS,
        "ReEncryptFrom",
        ALLOWED,
        **key(action="kms:ReEncryptFrom", owner=B, identity=ALL, policy=to(A)),
    ),
    Row(
        "4.1", KMS_OTHERS, "CreateGrant", ALLOWED, **key(action="kms:CreateGrant", owner=B, identity=ALL, policy=to(A))
    ),
    Row(
        "4.1",
        KMS_OTHERS,
        "DescribeKey in other case",
        ALLOWED,
        **key(action="KMS:describekey", owner=B, identity=ALL, policy=to(A)),
    ),
    Row(
        "4.1",
        KMS_OTHERS,
        "PutKeyPolicy",
        IMPLICIT,
        **key(action="kms:PutKeyPolicy", owner=B, identity=ALL, policy=to(A)),
    ),
    Row(
        "4.1",
        KMS_OTHERS,
        "ScheduleKeyDeletion",
        IMPLICIT,
        **key(action="kms:ScheduleKeyDeletion", owner=B, identity=ALL, policy=to(A)),
    ),
    Row("4.1", KMS_OTHERS, "PutKeyPolicy at home", ALLOWED, **key(action="kms:PutKeyPolicy", policy=to(USER))),
    Row(
        "4.1",
        KMS_ALIAS,
        "an alias ARN does not cover the key",
        IMPLICIT,
        **key(identity=(doc({"Resource": f"arn:aws:kms:eu-west-1:{A}:alias/fs"}),), policy=to(ROOT)),
    ),
    Row(
        "4.1",
        KMS_ALIAS,
        "the alias itself needs an identity policy",
        ALLOWED,
        action="kms:UpdateAlias",
        resource=f"arn:aws:kms:eu-west-1:{A}:alias/fs",
        identity=ALL,
    ),
    Row(
        "4.1",
        KMS_ALIAS,
        "and a key policy does not replace it",
        IMPLICIT,
        action="kms:UpdateAlias",
        resource=f"arn:aws:kms:eu-west-1:{A}:alias/fs",
        policy=to(USER),
    ),
    Row(
        "4.1",
        GRANTS,
        "a grant allows",
        ALLOWED,
        **key(principal=SESSION, context=AS_ROLE, policy=to(B), facts={"grants": (grant_policy(ROLE, ["Decrypt"]),)}),
    ),
    Row(
        "4.1",
        GRANTS,
        "a grant of another operation",
        IMPLICIT,
        **key(principal=SESSION, context=AS_ROLE, policy=to(B), facts={"grants": (grant_policy(ROLE, ["Encrypt"]),)}),
    ),
    Row(
        "4.1",
        GRANTS,
        "the key policy still denies",
        EXPLICIT,
        **key(
            principal=SESSION,
            context=AS_ROLE,
            policy=doc({"Effect": "Deny", "Principal": "*"}),
            facts={"grants": (grant_policy(ROLE, ["Decrypt"]),)},
        ),
    ),
    Row(
        "4.1",
        GRANTS,
        "another encryption context",
        IMPLICIT,
        **key(
            principal=SERVICE,
            policy=to(A),
            context={"kms:EncryptionContext:aws:s3:arn": "b", "kms:EncryptionContextKeys": ("aws:s3:arn",)},
            facts={"grants": (grant_policy(SERVICE, ["Decrypt"], equals={"aws:s3:arn": "a"}),)},
        ),
    ),
    # 4.2 AssumeRole
    Row("4.2", ASSUME, "user named", ALLOWED, **role(policy=trusts(USER))),
    Row("4.2", ASSUME, "role named", ALLOWED, **role(principal=SESSION, context=AS_ROLE, policy=trusts(ROLE))),
    Row("4.2", ASSUME, "root named without identity policy", IMPLICIT, **role(policy=trusts(ROOT))),
    Row("4.2", ASSUME, "root named with identity policy", ALLOWED, **role(policy=trusts(ROOT), identity=ALL)),
    Row("4.2", ASSUME, "identity policy without trust", IMPLICIT, **role(identity=ALL, policy=trusts(USER + "e"))),
    Row("4.2", ASSUME, "no trust policy", IMPLICIT, **role(identity=ALL)),
    Row("4.2", ASSUME, "another account, both sides", ALLOWED, **role(owner=B, policy=trusts(USER), identity=ALL)),
    Row("4.2", ASSUME, "another account, trust only", IMPLICIT, **role(owner=B, policy=trusts(USER))),
    Row("4.2", ASSUME, "another account, identity only", IMPLICIT, **role(owner=B, identity=ALL, policy=trusts(B))),
    Row("4.2", ASSUME, "the identity side denies", EXPLICIT, **role(policy=trusts(USER), identity=(DENY_ALL,))),
    Row(
        "4.2",
        ASSUME,
        "the trust side denies",
        EXPLICIT,
        **role(policy=trust({"Principal": "*"}, {"Effect": "Deny", "Principal": {"AWS": A}}), identity=ALL),
    ),
    Row("4.2", ASSUME, "the caller's SCP is silent", IMPLICIT, **role(policy=trusts(USER), scps=(NONE,))),
    Row(
        "4.2",
        ASSUME,
        "the caller's boundary is silent, root named",
        IMPLICIT,
        **role(policy=trusts(ROOT), identity=ALL, boundary=NONE),
    ),
    Row(
        "4.2",
        ASSUME,
        "the caller's session policy is silent, role named",
        IMPLICIT,
        **role(principal=SESSION, context=AS_ROLE, policy=trusts(ROLE), session=NONE),
    ),
    Row(
        "4.2",
        ASSUME,
        "RCP of the role's account",
        EXPLICIT,
        **role(policy=trusts(USER), rcps=((doc({"Effect": "Deny", "Principal": "*", "Action": "sts:*"}),),)),
    ),
    Row(
        "4.2",
        ASSUME,
        "service named",
        ALLOWED,
        **role(principal=SERVICE, policy=trust({"Principal": {"Service": SERVICE}})),
    ),
    Row(
        "4.2",
        ASSUME,
        "another service named",
        IMPLICIT,
        **role(principal=SERVICE, policy=trust({"Principal": {"Service": "glue.amazonaws.com"}})),
    ),
    Row("4.2", ASSUME, "root user cannot assume roles", IMPLICIT, **role(principal=ROOT, policy=trusts(ROOT))),
    Row(
        "4.2", ASSUME, "federated users cannot either", IMPLICIT, **role(principal=FEDERATED, policy=trusts(FEDERATED))
    ),
    Row("4.2", ASSUME, "a trust policy with Resource is ill-formed", IMPLICIT, **role(policy=to(USER))),
    # 4.3 further actions of the call
    Row("4.3", TAGS, "TagSession not trusted", IMPLICIT, **role(action="sts:TagSession", policy=trusts(USER))),
    Row(
        "4.3",
        TAGS,
        "TagSession trusted",
        ALLOWED,
        **role(action="sts:TagSession", policy=trusts(USER, Action=["sts:AssumeRole", "sts:TagSession"])),
    ),
    Row(
        "4.3",
        TAGS,
        "TagSession across accounts, trust only",
        IMPLICIT,
        **role(
            action="sts:TagSession",
            owner=B,
            policy=trusts(USER, Action="sts:TagSession"),
            identity=(doc({"Action": "sts:AssumeRole"}),),
        ),
    ),
    Row(
        "4.3",
        TAGS,
        "tag value not admitted",
        IMPLICIT,
        **role(
            action="sts:TagSession",
            policy=trusts(USER, Action="sts:TagSession", Condition={"StringEquals": {"aws:RequestTag/team": "core"}}),
            context={"aws:RequestTag/team": "other", "aws:TagKeys": ("team",)},
        ),
    ),
    Row(
        "4.3",
        TAGS,
        "transitive keys admitted",
        ALLOWED,
        **role(
            action="sts:TagSession",
            policy=trusts(
                USER,
                Action="sts:TagSession",
                Condition={"ForAllValues:StringEquals": {"sts:TransitiveTagKeys": ["team"]}},
            ),
            context={"sts:TransitiveTagKeys": ("team",)},
        ),
    ),
    Row(
        "4.3",
        SOURCE,
        "SetSourceIdentity not trusted",
        IMPLICIT,
        **role(action="sts:SetSourceIdentity", policy=trusts(USER)),
    ),
    Row(
        "4.3",
        SOURCE,
        "source identity admitted",
        ALLOWED,
        **role(
            action="sts:SetSourceIdentity",
            policy=trusts(USER, Action="sts:SetSourceIdentity", Condition={"StringLike": {"sts:SourceIdentity": "a*"}}),
            context={"sts:SourceIdentity": "ann"},
        ),
    ),
    Row(
        "4.3",
        ASSUME,
        "external id missing",
        IMPLICIT,
        **role(owner=B, policy=trusts(A, Condition=EXTERNAL), identity=ALL),
    ),
    Row(
        "4.3",
        ASSUME,
        "external id wrong",
        IMPLICIT,
        **role(owner=B, policy=trusts(A, Condition=EXTERNAL), identity=ALL, context={"sts:ExternalId": "7"}),
    ),
    Row(
        "4.3",
        ASSUME,
        "external id right",
        ALLOWED,
        **role(owner=B, policy=trusts(A, Condition=EXTERNAL), identity=ALL, context={"sts:ExternalId": "77"}),
    ),
    # 4.6 RAM
    Row(
        "4.6",
        RAM,
        "share and identity policy",
        ALLOWED,
        action="sagemaker:GetRecord",
        resource=FEATURES,
        owner=B,
        policy=RAM_SHARE,
        identity=ALL,
    ),
    Row(
        "4.6", RAM, "share alone", IMPLICIT, action="sagemaker:GetRecord", resource=FEATURES, owner=B, policy=RAM_SHARE
    ),
    Row(
        "4.6",
        RAM,
        "an action the permission lacks",
        IMPLICIT,
        action="sagemaker:PutRecord",
        resource=FEATURES,
        owner=B,
        policy=RAM_SHARE,
        identity=ALL,
    ),
    Row(
        "4.6",
        RAM,
        "share with the organization",
        ALLOWED,
        action="sagemaker:GetRecord",
        resource=FEATURES,
        owner=B,
        policy=RAM_ORG,
        identity=ALL,
        context={"aws:PrincipalOrgID": "o-ours"},
    ),
    Row(
        "4.6",
        RAM,
        "another organization",
        IMPLICIT,
        action="sagemaker:GetRecord",
        resource=FEATURES,
        owner=B,
        policy=RAM_ORG,
        identity=ALL,
        context={"aws:PrincipalOrgID": "o-other"},
    ),
    Row(
        "4.6",
        RAM,
        "no organization",
        IMPLICIT,
        action="sagemaker:GetRecord",
        resource=FEATURES,
        owner=B,
        policy=RAM_ORG,
        identity=ALL,
    ),
    Row(
        "4.6",
        RAM,
        "data plane switched off",
        IMPLICIT,
        action="sagemaker:GetRecord",
        resource=FEATURES,
        owner=B,
        policy=RAM_SHARE,
        identity=ALL,
        facts={"ram_data_plane": False},
    ),
    Row(
        "4.6",
        RAM,
        "control plane stays",
        ALLOWED,
        action="sagemaker:DescribeFeatureGroup",
        resource=FEATURES,
        owner=B,
        policy=RAM_SHARE,
        identity=ALL,
        facts={"ram_data_plane": False},
    ),
    # 4.7 PassRole
    Row(
        "4.7",
        PASS,
        "own role to the service",
        ALLOWED,
        action="iam:PassRole",
        resource=TARGET,
        identity=(doc({"Action": "iam:PassRole", "Condition": {"StringEquals": {"iam:PassedToService": SERVICE}}}),),
        context={"iam:PassedToService": SERVICE},
    ),
    Row(
        "4.7",
        PASS,
        "to another service",
        IMPLICIT,
        action="iam:PassRole",
        resource=TARGET,
        identity=(doc({"Action": "iam:PassRole", "Condition": {"StringEquals": {"iam:PassedToService": SERVICE}}}),),
        context={"iam:PassedToService": "glue.amazonaws.com"},
    ),
    Row(
        "4.7",
        PASS,
        "a role of another account",
        IMPLICIT,
        action="iam:PassRole",
        resource=TARGET,
        owner=B,
        identity=ALL,
        policy=doc({"Principal": "*"}),
    ),
    Row(
        "4.7",
        PASS,
        "its trust policy grants nothing",
        IMPLICIT,
        action="iam:PassRole",
        resource=TARGET,
        policy=trusts(USER, Action="iam:*"),
    ),
)
def test_rule(row: Row) -> None:
    check(row)


@pytest.mark.parametrize(
    ("row", "finding"),
    [
        (Row("4.1", GRANTS, "", IMPLICIT, **key(identity=ALL)), ("not-decided", "4.1")),
        (
            Row("4.7", PASS, "", IMPLICIT, action="iam:PassRole", resource=TARGET, owner=B, identity=ALL),
            ("lint", "4.7"),
        ),
    ],
)
def test_findings(row: Row, finding: tuple[str, str]) -> None:
    assert finding in {(item.kind, item.rule) for item in answer(row).findings}
