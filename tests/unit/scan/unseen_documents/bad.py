"""Documents that a reviewer must be warned of, by kind: what each gives away, and its statements.

Written from the requirements alone, before the rules were looked at.
"""

from typing import Any

OWNER, CONSUMER, UNRELATED = "210987654321", "345678901234", "999988887777"
ORG, REGION = "o-x7k2p9q4m1", "eu-central-1"
GROUP = f"arn:aws:sagemaker:{REGION}:{OWNER}:feature-group/sessions"
LAKE = "arn:aws:s3:::acme-offline-store"
TABLE = f"arn:aws:glue:{REGION}:{OWNER}:table/features/sessions"
CATALOG = [f"arn:aws:glue:{REGION}:{OWNER}:catalog", f"arn:aws:glue:{REGION}:{OWNER}:database/features", TABLE]
KEY = f"arn:aws:kms:{REGION}:{OWNER}:key/5f6b2a1c-9d3e-4b7a-8c21-0e4d5a6b7c8d"
READER = f"arn:aws:iam::{OWNER}:role/share/reader"
TRAINING = f"arn:aws:iam::{CONSUMER}:role/ml/training"
ROOT = f"arn:aws:iam::{CONSUMER}:root"
TIGHT = {"ArnEquals": {"aws:PrincipalArn": TRAINING}, "StringEquals": {"aws:PrincipalOrgID": ORG}}


def may(action: Any, resource: Any = None, when: Any = None, **rest: Any) -> dict[str, Any]:
    """An Allow; ``to`` is its Principal."""
    made: dict[str, Any] = {"Effect": "Allow"}
    if "to" in rest:
        made["Principal"] = rest.pop("to")
    if action is not None:
        made["Action"] = action
    if resource is not None:
        made["Resource"] = resource
    if when is not None:
        made["Condition"] = when
    return made | rest


def trusts(to: Any, when: Any = None, action: Any = "sts:AssumeRole", **rest: Any) -> dict[str, Any]:
    """The Allow of a trust policy."""
    return may(action, None, when, to=to, **rest)


READS = may(["sagemaker:GetRecord", "sagemaker:BatchGetRecord"], GROUP)
TRUSTED = trusts({"AWS": ROOT}, TIGHT)
OWN_KEY = may("kms:*", "*", to={"AWS": f"arn:aws:iam::{OWNER}:root"})
VIA = {"StringEquals": {"kms:ViaService": f"sagemaker.{REGION}.amazonaws.com"}}
ALIAS = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/features-online"}}
ANY_KEY = f"arn:aws:kms:{REGION}:{OWNER}:key/*"

IDENTITY = {
    "everything": [may("*", "*")],
    "everything in one Region": [may("*", "*", {"StringEquals": {"aws:RequestedRegion": REGION}})],
    "service wildcard": [may("sagemaker:*", GROUP)],
    "partial action wildcard": [may("sagemaker:Get*", GROUP)],
    "question mark in an action": [may("s3:Get?bject", f"{LAKE}/sessions/*")],
    "wildcard inside an action": [may("sagemaker:*Record", GROUP)],
    "wildcard in the service": [may("sage*:GetRecord", GROUP)],
    "action wildcard in capitals": [may("SAGEMAKER:GET*", GROUP)],
    "any resource": [may("sagemaker:GetRecord", "*")],
    "any bucket": [may("s3:GetObject", "arn:aws:s3:::*")],
    "any bucket of a prefix": [may("s3:GetObject", "arn:aws:s3:::acme-*/sessions/*")],
    "any group": [may("sagemaker:GetRecord", f"arn:aws:sagemaker:{REGION}:{OWNER}:feature-group/*")],
    "a prefix of groups": [may("sagemaker:GetRecord", GROUP + "*")],
    "a question mark of groups": [may("sagemaker:GetRecord", GROUP + "-v?")],
    "any account": [may("sagemaker:GetRecord", f"arn:aws:sagemaker:{REGION}:*:feature-group/sessions")],
    "any Region": [may("sagemaker:GetRecord", f"arn:aws:sagemaker:*:{OWNER}:feature-group/sessions")],
    "question marks in the account": [may("sagemaker:GetRecord", GROUP.replace(OWNER, "2109876543??"))],
    "any partition": [may("sagemaker:GetRecord", GROUP.replace("arn:aws:", "arn:*:"))],
    "any table": [may("glue:GetTable", f"arn:aws:glue:{REGION}:{OWNER}:table/*/*")],
    "any workgroup": [may("athena:StartQueryExecution", f"arn:aws:athena:{REGION}:{OWNER}:workgroup/*")],
    "NotAction": [may(None, GROUP, NotAction=["sagemaker:DeleteFeatureGroup"])],
    "NotResource": [may("sagemaker:GetRecord", None, NotResource=GROUP)],
    "object reads by wildcard": [may("s3:GetObject*", f"{LAKE}/sessions/*")],
    "the second statement": [READS, may("s3:*", "*")],
    "a statement without a list": may("s3:*", "*"),
    "pass any role": [may("iam:PassRole", "*", {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}})],
    "pass any role of a path": [may("iam:passrole", f"arn:aws:iam::{OWNER}:role/share/*",
                                    {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}})],
    "pass a role to any service": [may("iam:PassRole", f"arn:aws:iam::{OWNER}:role/offline-store")],
    "pass a role to any service, by IfExists": [may("iam:PassRole", f"arn:aws:iam::{OWNER}:role/offline-store",
        {"StringEqualsIfExists": {"iam:PassedToService": "sagemaker.amazonaws.com"}})],
    "pass a role to any service, by StringLike": [may("iam:PassRole", f"arn:aws:iam::{OWNER}:role/offline-store",
        {"StringLike": {"iam:PassedToService": "*"}})],
    "pass a role to all but one service": [may("iam:PassRole", f"arn:aws:iam::{OWNER}:role/offline-store",
        {"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}})],
    "attach a policy": [READS, may("iam:AttachRolePolicy", READER)],
    "attach full access": [may("iam:AttachRolePolicy", READER,
        {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"}})],
    "write a role's policy": [may("iam:PutRolePolicy", READER)],
    "new version of a policy": [may(["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"],
                                    f"arn:aws:iam::{OWNER}:policy/reader")],
    "rewrite a trust": [may("iam:UpdateAssumeRolePolicy", READER)],
    "keys for a user": [may("iam:CreateAccessKey", f"arn:aws:iam::{OWNER}:user/ci")],
    "log in as a user": [may(["iam:CreateLoginProfile", "iam:UpdateLoginProfile"], f"arn:aws:iam::{OWNER}:user/ci")],
    "drop a boundary": [may("iam:DeleteRolePermissionsBoundary", READER)],
    "join a group": [may("iam:AddUserToGroup", f"arn:aws:iam::{OWNER}:group/admins")],
    "assume any role": [may("sts:AssumeRole", "*")],
    "assume any role of the owner": [may("sts:AssumeRole", f"arn:aws:iam::{OWNER}:role/*")],
    "assume roles of a prefix": [may("sts:AssumeRole", READER + "*")],
    "assume a role of a stranger": [may("sts:AssumeRole", f"arn:aws:iam::{UNRELATED}:role/reader")],
    "object ACL": [may(["s3:PutObject", "s3:PutObjectAcl"], f"{LAKE}/sessions/*")],
    "bucket ACL": [may("s3:PutBucketAcl", LAKE)],
    "object version ACL in lower case": [may("s3:putobjectversionacl", f"{LAKE}/sessions/*")],
    "bucket policy": [may("s3:PutBucketPolicy", LAKE)],
    "catalog policy": [may("glue:PutResourcePolicy", f"arn:aws:glue:{REGION}:{OWNER}:catalog")],
    "key policy": [may("kms:PutKeyPolicy", KEY)],
    "reader that writes records": [may(["sagemaker:GetRecord", "sagemaker:BatchGetRecord", "sagemaker:PutRecord"], GROUP, Sid="ReadRecords")],
    "reader that deletes records": [READS | {"Sid": "ReadRecords"}, may("sagemaker:DeleteRecord", GROUP, Sid="ReadMore")],
    "reader that deletes groups": [READS, may("sagemaker:DeleteFeatureGroup", GROUP)],
    "reader that writes the offline store": [may(["s3:GetObject", "s3:PutObject"], f"{LAKE}/sessions/*"),
                                             may(["glue:GetTable", "glue:GetDatabase"], CATALOG)],
    "reader that deletes the offline store": [may(["s3:GetObject", "s3:DeleteObject"], f"{LAKE}/sessions/*")],
    "reader that rewrites the catalog": [may(["glue:GetTable", "glue:UpdateTable"], CATALOG)],
    "decrypt with any key": [may("kms:Decrypt", "*")],
    "decrypt with any key of the owner": [may("kms:Decrypt", ANY_KEY)],
    "alias by ForAllValues": [may("kms:Decrypt", ANY_KEY, {"ForAllValues:StringEquals": {"kms:ResourceAliases": "alias/features-online"}})],
    "alias by StringLike star": [may("kms:Decrypt", ANY_KEY, {"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/*"}})],
    "alias by IfExists": [may("kms:Decrypt", ANY_KEY, {"ForAnyValue:StringEqualsIfExists": {"kms:ResourceAliases": "alias/features-online"}})],
    "alias negated": [may("kms:Decrypt", ANY_KEY, {"ForAnyValue:StringNotEquals": {"kms:ResourceAliases": "alias/payroll"}})],
    "via any service": [may("kms:Decrypt", ANY_KEY, {"StringLike": {"kms:ViaService": "*"}})],
    "via a service, if it exists": [may("kms:Decrypt", ANY_KEY, {"StringEqualsIfExists": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}})],
    "via any but a service": [may("kms:Decrypt", ANY_KEY, {"StringNotEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}})],
    "grants for anybody": [may("kms:CreateGrant", KEY, ALIAS)],
    "grants for resources, if it exists": [may("kms:CreateGrant", KEY, ALIAS | {"BoolIfExists": {"kms:GrantIsForAWSResource": "true"}})],
    "grants not for resources": [may("kms:CreateGrant", KEY, ALIAS | {"Bool": {"kms:GrantIsForAWSResource": "false"}})],
    "kms by wildcard": [may("kms:*crypt", KEY, ALIAS)],
    "full access to S3": [may(["s3:*", "s3-object-lambda:*"], "*", Sid="AmazonS3FullAccess")],
    "lake administration": [may("lakeformation:PutDataLakeSettings", "*")],
    "an empty variable as a wildcard": [may("s3:GetObject", "arn:aws:s3:::${aws:PrincipalTag/bucket}*/*")],
    "one of two actions is a wildcard": [may(["sagemaker:GetRecord", "sagemaker:*"], GROUP)],
    "one of two resources is a star": [may("sagemaker:GetRecord", [GROUP, "*"])],
    "an open tab of somebody's notebook": [may("sagemaker:CreatePresignedNotebookInstanceUrl",
        f"arn:aws:sagemaker:{REGION}:{OWNER}:notebook-instance/admin")],
    "code of a function": [may("lambda:UpdateFunctionCode", f"arn:aws:lambda:{REGION}:{OWNER}:function:admin")],
    "replication to anywhere": [may("s3:PutReplicationConfiguration", LAKE)],
    "public access block": [may("s3:PutBucketPublicAccessBlock", LAKE)],
    "ownership controls": [may("s3:PutBucketOwnershipControls", LAKE)],
    "bucket policy gone": [may("s3:DeleteBucketPolicy", LAKE)],
    "lake permissions": [may("lakeformation:GrantPermissions", "*")],
    "shares": [may(["ram:CreateResourceShare", "ram:AssociateResourceShare"], "*")],
    "end of a key": [may(["kms:ScheduleKeyDeletion", "kms:DisableKey"], KEY)],
    "another key under the alias": [may("kms:UpdateAlias", [KEY, f"arn:aws:kms:{REGION}:{OWNER}:alias/features-online"])],
    "another catalog account": [may("glue:GetTable", TABLE.replace(OWNER, UNRELATED))],
    "a star inside a path of tables": [may("glue:GetTable", TABLE.replace("sessions", "*"))],
    "two levels of stars": [may("s3:GetObject", f"{LAKE}*/sessions/*")],
    "grants limited by operations only": [may("kms:CreateGrant", KEY, {"ForAllValues:StringEquals": {"kms:GrantOperations": ["Decrypt"]}})],
    "via a service of any Region": [may("kms:Decrypt", ANY_KEY, {"StringLike": {"kms:ViaService": "*.amazonaws.com"}})],
    "boundary of a role": [may("iam:PutRolePermissionsBoundary", READER)],
    "new roles": [may(["iam:CreateRole", "iam:AttachRolePolicy"], f"arn:aws:iam::{OWNER}:role/share/*")],
    "reader that queries and rewrites": [may(["athena:StartQueryExecution", "athena:GetQueryResults"],
        f"arn:aws:athena:{REGION}:{OWNER}:workgroup/growth"), may(["glue:GetTable", "glue:UpdateTable"], CATALOG),
        may("s3:GetObject", f"{LAKE}/sessions/*")],
    "tables of a single underscore": [may("glue:GetTable", [*CATALOG[:2], TABLE.replace("sessions", "growth_*")])],
    "prefixes of a single dash": [may("s3:GetObject", f"{LAKE}/growth-*/*")],
    "every name space": [may("s3:GetObject", f"{LAKE}/*--*/*")],
    "name spaces that do not end at a slash": [may("s3:GetObject", f"{LAKE}/growth--*")],
}  # fmt: skip

TRUST = {
    "anybody": [trusts("*")],
    "anybody in AWS": [trusts({"AWS": "*"})],
    "anybody in a list": [trusts({"AWS": [TRAINING, "*"]})],
    "an account": [trusts({"AWS": ROOT})],
    "an account by number": [trusts({"AWS": CONSUMER})],
    "an account by number in a list": [trusts({"AWS": [CONSUMER]}, {"Bool": {"aws:SecureTransport": "true"}})],
    "a stranger": [trusts({"AWS": f"arn:aws:iam::{UNRELATED}:root"}, {"StringEquals": {"sts:ExternalId": "f3c1"}})],
    "a stranger's role": [trusts({"AWS": f"arn:aws:iam::{UNRELATED}:role/etl"})],
    "external id of a star": [trusts({"AWS": ROOT}, {"StringLike": {"sts:ExternalId": "*"}})],
    "external id of a prefix": [trusts({"AWS": ROOT}, {"StringLike": {"sts:ExternalId": "acme-*"}})],
    "external id if it exists": [trusts({"AWS": ROOT}, {"StringEqualsIfExists": {"sts:ExternalId": "f3c1"}})],
    "external id negated": [trusts({"AWS": ROOT}, {"StringNotEquals": {"sts:ExternalId": "f3c1"}})],
    "organization of a star": [trusts("*", {"StringLike": {"aws:PrincipalOrgID": "o-*"}})],
    "organization if it exists": [trusts("*", {"StringEqualsIfExists": {"aws:PrincipalOrgID": ORG}})],
    "all of the organization": [trusts("*", {"StringEquals": {"aws:PrincipalOrgID": ORG}})],
    "another organization": [trusts({"AWS": ROOT}, {"StringEquals": {"aws:PrincipalOrgID": "o-zzzzzzzzzz"}})],
    "any role of the account": [trusts({"AWS": ROOT}, {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{CONSUMER}:role/*"}})],
    "any principal by StringLike": [trusts({"AWS": ROOT}, {"StringLike": {"aws:PrincipalArn": "*"}})],
    "ArnEquals that globs": [trusts({"AWS": ROOT}, {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{CONSUMER}:role/m?/*"}})],
    "all but one role": [trusts({"AWS": ROOT}, {"ArnNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::{CONSUMER}:role/intern"}})],
    "principal if it exists": [trusts({"AWS": ROOT}, {"ArnEqualsIfExists": {"aws:PrincipalArn": TRAINING}})],
    "principal by ForAllValues": [trusts({"AWS": ROOT}, {"ForAllValues:ArnEquals": {"aws:PrincipalArn": TRAINING}})],
    "principal present": [trusts({"AWS": ROOT}, {"Null": {"aws:PrincipalArn": "false"}})],
    "session name only": [trusts({"AWS": ROOT}, {"StringLike": {"sts:RoleSessionName": "training-*"}})],
    "any address": [trusts({"AWS": ROOT}, {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})],
    "paths by ForAllValues": [trusts("*", {"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": [f"{ORG}/*"]}})],
    "tight, then loose": [TRUSTED, trusts({"AWS": ROOT}, action="sts:TagSession"), trusts({"AWS": ROOT})],
    "NotPrincipal": [{"Effect": "Allow", "NotPrincipal": {"AWS": f"arn:aws:iam::{UNRELATED}:root"}, "Action": "sts:AssumeRole"}],
    "sts by wildcard": [trusts({"AWS": TRAINING}, action="sts:*")],
    "sts by capitals": [trusts({"AWS": TRAINING}, action="STS:Assume*")],
    "federation for any repository": [trusts({"Federated": f"arn:aws:iam::{OWNER}:oidc-provider/token.actions.githubusercontent.com"},
        {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}, "sts:AssumeRoleWithWebIdentity")],
    "values of two lists": [trusts({"AWS": ROOT}, {"ArnLike": {"aws:PrincipalArn": [TRAINING, "arn:aws:iam::*:role/*"]}})],
    "the organization of whoever asks": [trusts("*", {"StringEquals": {"aws:PrincipalOrgID": "${aws:PrincipalOrgID}"}})],
    "every principal by prefix": [trusts({"AWS": ROOT}, {"StringLike": {"aws:PrincipalArn": f"arn:aws:iam::{CONSUMER}:*"}})],
    "an account by condition": [trusts("*", {"StringEquals": {"aws:PrincipalAccount": CONSUMER}})],
    "the owner's whole account": [trusts({"AWS": f"arn:aws:iam::{OWNER}:root"})],
    "an operator that is none": [trusts({"AWS": ROOT}, {"StringMatch": {"aws:PrincipalArn": TRAINING}})],
    "external id of an empty list": [trusts({"AWS": ROOT}, {"StringEquals": {"sts:ExternalId": []}})],
    "an empty condition": [trusts({"AWS": ROOT}, {})],
    "outside of organizations": [trusts("*", {"Null": {"aws:PrincipalOrgID": "true"}})],
    "a glob as principal": [trusts({"AWS": f"arn:aws:iam::{CONSUMER}:role/*"})],
    "MFA only": [trusts({"AWS": ROOT}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}})],
    "MFA if it exists": [trusts({"AWS": ROOT}, {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}})],
    "one of two values is a star": [trusts({"AWS": ROOT}, {"StringLike": {"sts:ExternalId": ["f3c1", "*"]}})],
    "federation of any subject": [trusts({"Federated": f"arn:aws:iam::{OWNER}:oidc-provider/token.actions.githubusercontent.com"},
        {"StringLike": {"token.actions.githubusercontent.com:sub": "*"}}, "sts:AssumeRoleWithWebIdentity")],
    "federation of every repository of the company": [trusts(
        {"Federated": f"arn:aws:iam::{OWNER}:oidc-provider/token.actions.githubusercontent.com"},
        {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
         "StringLike": {"token.actions.githubusercontent.com:sub": "repo:acme/*"}}, "sts:AssumeRoleWithWebIdentity")],
}  # fmt: skip

S3 = {
    "anybody reads": [may("s3:GetObject", f"{LAKE}/*", to="*")],
    "an account does all": [may("s3:*", [LAKE, f"{LAKE}/*"], to={"AWS": ROOT})],
    "an account reads": [may("s3:GetObject", f"{LAKE}/*", to={"AWS": CONSUMER})],
    "a stranger reads": [may("s3:GetObject", f"{LAKE}/sessions/*", to={"AWS": f"arn:aws:iam::{UNRELATED}:root"})],
    "a stranger in a list": [may("s3:GetObject", f"{LAKE}/sessions/*", to={"AWS": [TRAINING, UNRELATED]})],
    "any organization": [may("s3:GetObject", f"{LAKE}/*", {"StringLike": {"aws:PrincipalOrgID": "*"}}, to="*")],
    "organization if it exists": [may("s3:GetObject", f"{LAKE}/*", {"StringEqualsIfExists": {"aws:PrincipalOrgID": ORG}}, to="*")],
    "all but one account": [may("s3:GetObject", f"{LAKE}/*", {"StringNotEquals": {"aws:PrincipalAccount": UNRELATED}}, to="*")],
    "any address": [may("s3:GetObject", f"{LAKE}/*", {"IpAddress": {"aws:SourceIp": ["0.0.0.0/0", "::/0"]}}, to="*")],
    "a referer": [may("s3:GetObject", f"{LAKE}/*", {"StringLike": {"aws:Referer": "https://acme.example/*"}}, to={"AWS": "*"})],
    "NotPrincipal": [{"Effect": "Allow", "NotPrincipal": {"AWS": UNRELATED}, "Action": "s3:GetObject", "Resource": f"{LAKE}/*"}],
    "NotAction": [may(None, f"{LAKE}/*", NotAction="s3:DeleteObject", to={"AWS": TRAINING})],
    "actions by wildcard": [may("s3:Get*", f"{LAKE}/sessions/*", to={"AWS": TRAINING})],
    "ACL of objects": [may(["s3:PutObject", "s3:PutObjectAcl"], f"{LAKE}/sessions/*", TIGHT, to={"AWS": ROOT})],
    "policy of the bucket": [may("s3:PutBucketPolicy", LAKE, TIGHT, to={"AWS": ROOT})],
    "tight, then anybody lists": [may("s3:GetObject", f"{LAKE}/sessions/*", TIGHT, to={"AWS": ROOT}), may("s3:ListBucket", LAKE, to="*")],
    "reader deletes": [may(["s3:GetObject", "s3:DeleteObject"], f"{LAKE}/sessions/*", TIGHT, to={"AWS": ROOT})],
    "principal by IfExists": [may("s3:GetObject", f"{LAKE}/*", {"ArnLikeIfExists": {"aws:PrincipalArn": TRAINING}}, to={"AWS": ROOT})],
    "any service": [may("s3:GetObject", f"{LAKE}/*", {"Bool": {"aws:PrincipalIsAWSService": "true"}}, to="*")],
    "whatever passes a service": [may("s3:GetObject", f"{LAKE}/*", {"Bool": {"aws:ViaAWSService": "true"}}, to="*")],
    "a whole account by condition": [may("s3:GetObject", f"{LAKE}/*", {"StringEquals": {"aws:PrincipalAccount": CONSUMER}}, to="*")],
    "an account over TLS": [may("s3:GetObject", f"{LAKE}/*", {"Bool": {"aws:SecureTransport": "true"}}, to={"AWS": ROOT})],
    "any role of an account": [may("s3:GetObject", f"{LAKE}/*", {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{CONSUMER}:role/*"}}, to="*")],
    "anybody without a list": may("s3:GetObject", f"{LAKE}/*", to="*"),
}  # fmt: skip

KMS = {
    "anybody": [may("kms:*", "*", to="*")],
    "anybody decrypts": [OWN_KEY, may("kms:Decrypt", "*", to={"AWS": "*"})],
    "an account does all": [OWN_KEY, may("kms:*", "*", to={"AWS": ROOT})],
    "an account decrypts": [OWN_KEY, may(["kms:Decrypt", "kms:DescribeKey"], "*", to={"AWS": CONSUMER})],
    "a stranger via a service": [OWN_KEY, may("kms:Decrypt", "*", VIA, to={"AWS": UNRELATED})],
    "any caller's account": [OWN_KEY, may("kms:Decrypt", "*", {"StringLike": {"kms:CallerAccount": "*"}}, to="*")],
    "via any service": [OWN_KEY, may("kms:Decrypt", "*", {"StringLike": {"kms:ViaService": "*"}}, to={"AWS": ROOT})],
    "via a service if it exists": [OWN_KEY, may("kms:Decrypt", "*", {"StringEqualsIfExists": VIA["StringEquals"]}, to={"AWS": ROOT})],
    "grants": [OWN_KEY, may(["kms:CreateGrant", "kms:ListGrants"], "*", {"ArnEquals": {"aws:PrincipalArn": TRAINING}}, to={"AWS": ROOT})],
    "grants by BoolIfExists": [OWN_KEY, may("kms:CreateGrant", "*", TIGHT | {"BoolIfExists": {"kms:GrantIsForAWSResource": "true"}}, to={"AWS": ROOT})],
    "NotPrincipal": [OWN_KEY, {"Effect": "Allow", "NotPrincipal": {"AWS": UNRELATED}, "Action": "kms:Decrypt", "Resource": "*"}],
    "key policy to a consumer": [OWN_KEY, may("kms:PutKeyPolicy", "*", TIGHT, to={"AWS": ROOT})],
    "actions by wildcard": [OWN_KEY, may("kms:*crypt*", "*", TIGHT | {"StringLike": VIA["StringEquals"]}, to={"AWS": ROOT})],
    "an account by alias": [OWN_KEY, may("kms:Decrypt", "*", ALIAS, to={"AWS": ROOT})],
    "an account via a service": [OWN_KEY, may("kms:Decrypt", "*", {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}, to="*")],
    "grants by operations": [OWN_KEY, may("kms:CreateGrant", "*", TIGHT | {"ForAllValues:StringEquals": {"kms:GrantOperations": ["Decrypt"]}}, to={"AWS": ROOT})],
    "grants in capitals": [OWN_KEY, may("KMS:CREATEGRANT", "*", TIGHT, to={"AWS": ROOT})],
    "every caller of the organization": [OWN_KEY, may("kms:Decrypt", "*", {"StringEquals": {"aws:PrincipalOrgID": ORG}}, to={"AWS": "*"})],
}  # fmt: skip

GLUE = {
    "anybody": [may("glue:GetTable", CATALOG, to="*")],
    "an account does all": [may("glue:*", f"arn:aws:glue:{REGION}:{OWNER}:*", to={"AWS": ROOT})],
    "an account reads": [may(["glue:GetTable", "glue:GetDatabase"], CATALOG, to={"AWS": CONSUMER})],
    "a stranger reads": [may("glue:GetTable", CATALOG, to={"AWS": f"arn:aws:iam::{UNRELATED}:role/etl"})],
    "any organization": [may("glue:GetTable", CATALOG, {"StringLike": {"aws:PrincipalOrgID": "o-*"}}, to="*")],
    "organization if it exists": [may("glue:GetTable", CATALOG, {"StringEqualsIfExists": {"aws:PrincipalOrgID": ORG}}, to="*")],
    "reader rewrites": [may(["glue:GetTable", "glue:UpdateTable", "glue:DeleteTable"], CATALOG, TIGHT, to={"AWS": ROOT})],
    "every table": [may("glue:GetTable", [*CATALOG[:2], f"arn:aws:glue:{REGION}:{OWNER}:table/*/*"], TIGHT, to={"AWS": ROOT})],
    "actions by wildcard": [may("glue:Get*", CATALOG, TIGHT, to={"AWS": ROOT})],
    "the policy itself": [may("glue:PutResourcePolicy", CATALOG[0], TIGHT, to={"AWS": ROOT})],
    "NotResource": [may("glue:GetTable", None, TIGHT, NotResource=TABLE, to={"AWS": ROOT})],
    "any Region": [may("glue:GetTable", TABLE.replace(REGION, "*"), TIGHT, to={"AWS": ROOT})],
    "every caller of the organization": [may("glue:GetTable", CATALOG, {"StringEquals": {"aws:PrincipalOrgID": ORG}}, to="*")],
    "a prefix of tables": [may("glue:GetTable", [*CATALOG[:2], TABLE + "*"], TIGHT, to={"AWS": ROOT})],
}  # fmt: skip

BAD = {"identity": IDENTITY, "trust": TRUST, "s3": S3, "kms": KMS, "glue": GLUE}
