"""Section 4: KMS, STS, PassRole, RAM."""

from .build import (
    CALLER,
    FOREIGN_KEY,
    FOREIGN_ROLE,
    FOREIGN_TARGET,
    FULL,
    KEY,
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
)

ALL = [FULL]
NOTHING = doc(allow("ec2:DescribeRegions"))
ROOT_KEY = doc(allow("kms:*", to={"AWS": ROOT}))
FOREIGN_ROOT_KEY = doc(allow("kms:*", to={"AWS": f"arn:aws:iam::{OWNER}:root"}))
DECRYPT = [doc(allow("kms:Decrypt", KEY))]
ALIAS = f"arn:aws:kms:eu-west-1:{CALLER}:alias/lake"


def key(name, result, action="kms:Decrypt", arn=KEY, **rest):
    """A KMS case."""
    return case(name, result, action, arn, **rest)


def outside(name, result, action="kms:Decrypt", to=None, **rest):
    """The same of a key of another account that admits the caller's account."""
    return case(name, result, action, FOREIGN_KEY, policy=doc(allow("kms:*", to=to or {"AWS": CALLER})), **rest)


KMS = [
    key("no key policy", I, identity=ALL),
    key("key policy for others", I, identity=ALL, policy=doc(allow("kms:*", to={"AWS": USER}))),
    key("key policy for others, identity denies", E, identity=[doc(deny("kms:*"))], policy=doc(allow("kms:*", to={"AWS": USER}))),
    key("root statement and identity", A, identity=DECRYPT, policy=ROOT_KEY),
    key("root statement alone", I, policy=ROOT_KEY),
    key("root statement, root user", A, by=ROOT, policy=ROOT_KEY),
    key("named role alone", A, policy=doc(allow("kms:Decrypt", to={"AWS": ROLE}))),
    key("named user alone", A, by=USER, policy=doc(allow("kms:Decrypt", to={"AWS": USER}))),
    key("named role, another action", I, action="kms:Encrypt", policy=doc(allow("kms:Decrypt", to={"AWS": ROLE}))),
    key("named role, identity denies", E, identity=[doc(deny("kms:Decrypt"))], policy=doc(allow("kms:Decrypt", to={"AWS": ROLE}))),
    key("named role, boundary misses", I, boundary=[NOTHING], policy=doc(allow("kms:Decrypt", to={"AWS": ROLE}))),
    key("root user of an account the key does not name", I, by=ROOT, policy=doc(allow("kms:*", to={"AWS": USER}))),
    key("identity on the alias only", I, identity=[doc(allow("kms:Decrypt", ALIAS))], policy=ROOT_KEY),
    key("identity by alias condition", A, policy=ROOT_KEY, ctx={"kms:ResourceAliases": ["alias/lake"]},
        identity=[doc(allow("kms:Decrypt", f"arn:aws:kms:eu-west-1:{CALLER}:key/*",
                            {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/lake"}}))]),
    key("identity by alias condition, other alias", I, policy=ROOT_KEY, ctx={"kms:ResourceAliases": ["alias/other"]},
        identity=[doc(allow("kms:Decrypt", f"arn:aws:kms:eu-west-1:{CALLER}:key/*",
                            {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/lake"}}))]),
    key("identity by alias condition, key without alias", I, policy=ROOT_KEY,
        identity=[doc(allow("kms:Decrypt", "*", {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/lake"}}))]),
    key("via service met", A, ctx={"kms:ViaService": "s3.eu-west-1.amazonaws.com"}, identity=DECRYPT,
        policy=doc(allow("kms:*", when={"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}, to={"AWS": ROOT}))),
    key("via service absent", I, identity=DECRYPT,
        policy=doc(allow("kms:*", when={"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}, to={"AWS": ROOT}))),
    key("CallerAccount by star", A, ctx={"kms:CallerAccount": CALLER},
        policy=doc(allow("kms:Decrypt", when={"StringEquals": {"kms:CallerAccount": CALLER}}, to="*"))),
    key("CreateGrant for resources only, met", A, action="kms:CreateGrant", ctx={"kms:GrantIsForAWSResource": "true"},
        policy=doc(allow("kms:CreateGrant", when={"Bool": {"kms:GrantIsForAWSResource": "true"}}, to={"AWS": ROLE}))),
    key("CreateGrant for resources only, absent", I, action="kms:CreateGrant",
        policy=doc(allow("kms:CreateGrant", when={"Bool": {"kms:GrantIsForAWSResource": "true"}}, to={"AWS": ROLE}))),
    key("service principal in the key policy", A, by="cloudtrail.amazonaws.com", action="kms:GenerateDataKey",
        policy=doc(allow("kms:GenerateDataKey*", to={"Service": "cloudtrail.amazonaws.com"}))),
    key("key policy Deny", E, identity=ALL, policy=doc(allow("kms:*", to={"AWS": ROOT}), deny("kms:Decrypt", to={"AWS": ROLE}))),
    outside("cross-account decrypt", A, identity=ALL),
    outside("cross-account without identity", I),
    outside("cross-account role named without identity", I, to={"AWS": ROLE}),
    outside("cross-account session named without identity", I, to={"AWS": SESSION}),
    outside("cross-account star without identity", I, to="*"),
    key("cross-account, key admits its own account only", I, arn=FOREIGN_KEY, identity=ALL, policy=FOREIGN_ROOT_KEY),
    key("cross-account, no key policy", I, arn=FOREIGN_KEY, identity=ALL),
    key("cross-account, identity names the alias", I, arn=FOREIGN_KEY,
        identity=[doc(allow("kms:Decrypt", f"arn:aws:kms:eu-west-1:{OWNER}:alias/lake"))], policy=doc(allow("kms:*", to={"AWS": CALLER}))),
    *[outside(f"cross-account {action} is possible", A, f"kms:{action}", identity=ALL) for action in (
        "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "GenerateDataKeyPair", "ReEncryptFrom", "ReEncryptTo",
        "Sign", "Verify", "GenerateMac", "VerifyMac", "DeriveSharedSecret", "CreateGrant", "DescribeKey",
        "GetKeyRotationStatus", "GetPublicKey", "ListGrants", "RetireGrant", "RevokeGrant")],
    *[outside(f"cross-account {action} is not", I, f"kms:{action}", identity=ALL) for action in (
        "PutKeyPolicy", "GetKeyPolicy", "ScheduleKeyDeletion", "DisableKey", "EnableKeyRotation", "UpdateKeyDescription",
        "TagResource", "ListKeyPolicies", "CancelKeyDeletion", "ImportKeyMaterial", "CreateAlias", "ReplicateKey")],
    outside("cross-account possible in another case", A, "kms:decrypt", identity=ALL),
    outside("cross-account PutKeyPolicy by the root user", I, "kms:PutKeyPolicy", by=ROOT),
    outside("cross-account PutKeyPolicy with an explicit deny", E, "kms:PutKeyPolicy", identity=[doc(deny("kms:*"))]),
]  # fmt: skip

ASSUME = [doc(allow("sts:AssumeRole", "*"))]
BOTH = ["sts:AssumeRole", "sts:TagSession"]


def assume(name, result, policy, arn=TARGET, action="sts:AssumeRole", **rest):
    """An AssumeRole case."""
    return case(name, result, action, arn, policy=policy, **rest)


STS = [
    assume("role named in the account", A, trust({"AWS": ROLE})),
    assume("user named in the account", A, trust({"AWS": USER}), by=USER),
    assume("root named, identity allows", A, trust({"AWS": ROOT}), identity=ASSUME),
    assume("root named, no identity", I, trust({"AWS": ROOT})),
    assume("number named, no identity", I, trust({"AWS": CALLER})),
    assume("identity without trust", I, None, identity=ALL),
    assume("identity, trust for others", I, trust({"AWS": FOREIGN_ROLE}), identity=ALL),
    assume("trust for a service", I, trust({"Service": "sagemaker.amazonaws.com"}), identity=ALL),
    assume("service assumes", A, trust({"Service": "sagemaker.amazonaws.com"}), by="sagemaker.amazonaws.com"),
    assume("another service", I, trust({"Service": "sagemaker.amazonaws.com"}), by="lambda.amazonaws.com"),
    assume("role with a wildcard in the trust", I, trust({"AWS": f"arn:aws:iam::{CALLER}:role/team/*"}), identity=ALL),
    assume("root user of the account needs the trust", I, trust({"AWS": ROLE}), by=ROOT),
    assume("identity denies", E, trust({"AWS": ROLE}), identity=[doc(deny("sts:*"))]),
    assume("trust denies", E, doc(allow("sts:AssumeRole", None, to={"AWS": ROLE}), deny("sts:AssumeRole", None, to={"AWS": ROOT}))),
    assume("boundary of the caller misses", I, trust({"AWS": ROLE}), boundary=[NOTHING]),
    assume("session policy of the caller misses", I, trust({"AWS": ROLE}), session=NOTHING),
    assume("the caller's SCP", E, trust({"AWS": ROLE}), scps=[level("root", doc(allow(), deny("sts:AssumeRole")))]),
    assume("other account, both", A, trust({"AWS": CALLER}), FOREIGN_TARGET, identity=ASSUME),
    assume("other account, role named, no identity", I, trust({"AWS": ROLE}), FOREIGN_TARGET),
    assume("other account, session named, no identity", I, trust({"AWS": SESSION}), FOREIGN_TARGET),
    assume("other account, trust of its own root", I, trust({"AWS": f"arn:aws:iam::{OWNER}:root"}), FOREIGN_TARGET, identity=ASSUME),
    assume("other account, identity names the role without its path", I, trust({"AWS": CALLER}), FOREIGN_TARGET,
           identity=[doc(allow("sts:AssumeRole", f"arn:aws:iam::{OWNER}:role/reader"))]),
    assume("other account, identity names the role", A, trust({"AWS": CALLER}), FOREIGN_TARGET,
           identity=[doc(allow("sts:AssumeRole", FOREIGN_TARGET))]),
    assume("other account, PrincipalArn condition met", A, trust({"AWS": CALLER}, {"ArnEquals": {"aws:PrincipalArn": ROLE}}),
           FOREIGN_TARGET, identity=ASSUME),
    assume("other account, PrincipalArn of another role", I,
           trust({"AWS": CALLER}, {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{CALLER}:role/team/other"}}), FOREIGN_TARGET,
           identity=ASSUME),
    assume("other account, PrincipalArn absent", I, trust({"AWS": CALLER}, {"ArnEquals": {"aws:PrincipalArn": ROLE}}),
           FOREIGN_TARGET, identity=ASSUME, who=None),
    assume("organization absent", I, trust({"AWS": CALLER}, {"StringEquals": {"aws:PrincipalOrgID": "o-a1"}}), FOREIGN_TARGET,
           identity=ASSUME),
    assume("external id met", A, trust({"AWS": CALLER}, {"StringEquals": {"sts:ExternalId": "e-1"}}), FOREIGN_TARGET,
           identity=ASSUME, ctx={"sts:ExternalId": "e-1"}),
    assume("external id in another case", I, trust({"AWS": CALLER}, {"StringEquals": {"sts:ExternalId": "e-1"}}), FOREIGN_TARGET,
           identity=ASSUME, ctx={"sts:ExternalId": "E-1"}),
    assume("external id absent", I, trust({"AWS": CALLER}, {"StringEquals": {"sts:ExternalId": "e-1"}}), FOREIGN_TARGET,
           identity=ASSUME),
    assume("external id IfExists absent", A, trust({"AWS": CALLER}, {"StringEqualsIfExists": {"sts:ExternalId": "e-1"}}),
           FOREIGN_TARGET, identity=ASSUME),
    assume("session name met", A, trust({"AWS": ROLE}, {"StringLike": {"sts:RoleSessionName": "${aws:username}-*"}}), by=USER,
           ctx={"sts:RoleSessionName": "ann-1", "aws:username": "ann"}) | {"resource_policy":
           trust({"AWS": USER}, {"StringLike": {"sts:RoleSessionName": "${aws:username}-*"}})},
    assume("star as trust inside the account", A, trust("*")),
    assume("star as trust from outside without identity", I, trust("*"), FOREIGN_TARGET),
    assume("star as trust from outside with identity", A, trust("*"), FOREIGN_TARGET, identity=ASSUME),
    assume("TagSession not trusted", I, trust({"AWS": ROLE}), action="sts:TagSession"),
    assume("TagSession trusted", A, trust({"AWS": ROLE}, action=BOTH), action="sts:TagSession"),
    assume("TagSession from outside without identity", I, trust({"AWS": CALLER}, action=BOTH), FOREIGN_TARGET,
           action="sts:TagSession", identity=ASSUME),
    assume("TagSession from outside with both", A, trust({"AWS": CALLER}, action=BOTH), FOREIGN_TARGET,
           action="sts:TagSession", identity=[doc(allow(BOTH))]),
    assume("TagSession with a required tag", A,
           trust({"AWS": ROLE}, {"StringEquals": {"aws:RequestTag/team": "growth"}}, "sts:TagSession"),
           action="sts:TagSession", ctx={"aws:RequestTag/team": "growth", "aws:TagKeys": ["team"]}),
    assume("TagSession with a required tag absent", I,
           trust({"AWS": ROLE}, {"StringEquals": {"aws:RequestTag/team": "growth"}}, "sts:TagSession"), action="sts:TagSession"),
    assume("TagSession with a key too many", I,
           trust({"AWS": ROLE}, {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}, "sts:TagSession"),
           action="sts:TagSession", ctx={"aws:TagKeys": ["team", "admin"]}),
    assume("transitive keys limited", I,
           trust({"AWS": ROLE}, {"ForAllValues:StringEquals": {"sts:TransitiveTagKeys": ["team"]}}, "sts:TagSession"),
           action="sts:TagSession", ctx={"sts:TransitiveTagKeys": ["cost"]}),
    assume("SetSourceIdentity not trusted", I, trust({"AWS": ROLE}, action=BOTH), action="sts:SetSourceIdentity"),
    assume("SetSourceIdentity trusted by value", A,
           trust({"AWS": ROLE}, {"StringLike": {"sts:SourceIdentity": "*@example.com"}}, "sts:SetSourceIdentity"),
           action="sts:SetSourceIdentity", ctx={"sts:SourceIdentity": "ann@example.com"}),
    assume("SetSourceIdentity trusted by another value", I,
           trust({"AWS": ROLE}, {"StringLike": {"sts:SourceIdentity": "*@example.com"}}, "sts:SetSourceIdentity"),
           action="sts:SetSourceIdentity", ctx={"sts:SourceIdentity": "ann@example.org"}),
    assume("SetSourceIdentity from outside denied by the caller", E, trust({"AWS": CALLER}, action="sts:SetSourceIdentity"),
           FOREIGN_TARGET, action="sts:SetSourceIdentity", identity=[doc(allow(), deny("sts:SetSourceIdentity"))]),
    assume("trust of sts:* covers TagSession", A, trust({"AWS": ROLE}, action="sts:*"), action="sts:TagSession"),
    assume("another action in the trust", I, trust({"AWS": ROLE}, action="sts:AssumeRoleWithSAML")),
    case("PassRole in the account", A, "iam:PassRole", TARGET, identity=[doc(allow("iam:PassRole", TARGET,
         {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}))], ctx={"iam:PassedToService": "sagemaker.amazonaws.com"}),
    case("PassRole to another service", I, "iam:PassRole", TARGET, identity=[doc(allow("iam:PassRole", TARGET,
         {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}))], ctx={"iam:PassedToService": "lambda.amazonaws.com"}),
    case("PassRole of another account's role", I, "iam:PassRole", FOREIGN_TARGET, identity=ALL),
    case("PassRole of another account's role, even if its trust says so", I, "iam:PassRole", FOREIGN_TARGET, identity=ALL,
         policy=trust({"AWS": CALLER}, action="iam:PassRole")),
]  # fmt: skip

SHARED = f"arn:aws:sagemaker:eu-west-1:{OWNER}:feature-group/clicks"


def share(when=None, to=None):
    """The managed permission of a share as a document."""
    return doc(allow(["sagemaker:DescribeFeatureGroup", "sagemaker:GetRecord"], SHARED, when, to=to or {"AWS": CALLER}))


RAM = [
    case("share and identity", A, "sagemaker:GetRecord", SHARED, identity=ALL, policy=share()),
    case("share without identity", I, "sagemaker:GetRecord", SHARED, policy=share()),
    case("share of reading does not write", I, "sagemaker:PutRecord", SHARED, identity=ALL, policy=share()),
    case("share with another account", I, "sagemaker:GetRecord", SHARED, identity=ALL, policy=share(to={"AWS": OUTSIDER})),
    case("share with the organization", A, "sagemaker:GetRecord", SHARED, identity=ALL, ctx={"aws:PrincipalOrgID": "o-a1"},
         policy=share({"StringEquals": {"aws:PrincipalOrgID": "o-a1"}}, "*")),
    case("share with the organization, outsider", I, "sagemaker:GetRecord", SHARED, identity=ALL,
         policy=share({"StringEquals": {"aws:PrincipalOrgID": "o-a1"}}, "*")),
    case("share with a unit", A, "sagemaker:GetRecord", SHARED, identity=ALL, ctx={"aws:PrincipalOrgPaths": ["o-a1/r-1/ou-1/ou-2/"]},
         policy=share({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-a1/r-1/ou-1/*"]}}, "*")),
    case("share with another unit", I, "sagemaker:GetRecord", SHARED, identity=ALL, ctx={"aws:PrincipalOrgPaths": ["o-a1/r-1/ou-9/"]},
         policy=share({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-a1/r-1/ou-1/*"]}}, "*")),
    case("share with one role, another role", I, "sagemaker:GetRecord", SHARED, identity=ALL, policy=share(to={"AWS": USER})),
    case("share, boundary misses", I, "sagemaker:GetRecord", SHARED, identity=ALL, boundary=[NOTHING], policy=share(to={"AWS": ROLE})),
]  # fmt: skip

CASES = number("kms", KMS) + number("sts", STS) + number("ram", RAM)
