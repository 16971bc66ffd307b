"""Documents as a careful platform engineer writes them, by kind: no rule may complain.

Written from the requirements alone, before the rules were looked at.
"""

from typing import Any

from .bad import (
    ALIAS,
    ANY_KEY,
    CATALOG,
    CONSUMER,
    GROUP,
    KEY,
    LAKE,
    ORG,
    OWN_KEY,
    OWNER,
    READER,
    REGION,
    ROOT,
    TIGHT,
    TRAINING,
    TRUSTED,
    VIA,
    may,
    trusts,
)  # fmt: skip

RESULTS = f"arn:aws:s3:::acme-athena-results-{CONSUMER}"
OWNED = {"StringEquals": {"aws:ResourceAccount": OWNER}}
VIA_S3 = {"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}}


def not_(action: Any, resource: Any, when: Any = None, **rest: Any) -> dict[str, Any]:
    """A Deny."""
    return may(action, resource, when, **rest) | {"Effect": "Deny"}


TLS = {"Bool": {"aws:SecureTransport": "false"}}

IDENTITY = {
    "online reader": [
        may(["sagemaker:GetRecord", "sagemaker:BatchGetRecord", "sagemaker:DescribeFeatureGroup"], GROUP),
        may("kms:Decrypt", ANY_KEY, ALIAS | VIA),
    ],
    "two exact groups": [may("sagemaker:GetRecord", [GROUP, GROUP.replace("sessions", "clicks")])],
    "writer": [may("sagemaker:PutRecord", GROUP), may(["kms:Decrypt", "kms:GenerateDataKey"], KEY, VIA)],
    "offline reader": [
        may(["athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults", "athena:StopQueryExecution"],
            f"arn:aws:athena:{REGION}:{OWNER}:workgroup/growth"),
        may(["glue:GetDatabase", "glue:GetTable", "glue:GetPartitions"], CATALOG),
        may("s3:GetObject", f"{LAKE}/sessions/*", OWNED),
        may("s3:ListBucket", LAKE, {"StringEquals": {"aws:ResourceAccount": OWNER}, "StringLike": {"s3:prefix": "sessions/*"}}),
        may("s3:GetBucketLocation", LAKE, OWNED),
        may("kms:Decrypt", ANY_KEY, {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/features-offline"}} | VIA_S3),
    ],
    "query results": [
        may(["s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"], f"{RESULTS}/growth/*",
            {"StringEquals": {"aws:ResourceAccount": CONSUMER}}),
        may(["s3:GetBucketLocation", "s3:ListBucket"], RESULTS, {"StringEquals": {"aws:ResourceAccount": CONSUMER}}),
    ],
    "execution role": [may(["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"], READER)],
    "manager": [
        may(["sagemaker:CreateFeatureGroup", "sagemaker:UpdateFeatureGroup", "sagemaker:DescribeFeatureGroup"], GROUP),
        may("iam:PassRole", f"arn:aws:iam::{OWNER}:role/share/offline-store/growth",
            {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}),
    ],
    "offline store role": [
        may("s3:PutObject", f"{LAKE}/sessions/*", OWNED),
        may(["s3:GetBucketAcl", "s3:GetBucketLocation"], LAKE, OWNED),
        may(["glue:GetTable", "glue:CreateTable", "glue:UpdateTable"], CATALOG),
        may("kms:GenerateDataKey", ANY_KEY, {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/features-offline"}}),
    ],
    "listing": [may(["sagemaker:ListFeatureGroups", "athena:ListWorkGroups", "s3:ListAllMyBuckets", "ec2:DescribeSubnets"], "*")],
    "denies only": [not_("*", "*", TLS), not_("iam:*", "*"), not_("s3:*", [LAKE, f"{LAKE}/*"], {"StringNotEqualsIfExists": {"aws:ResourceAccount": OWNER}})],
    "deny everything but": [may("sagemaker:GetRecord", GROUP),
                            {"Effect": "Deny", "NotAction": ["sagemaker:GetRecord", "sts:*"], "Resource": "*"}],
    "deny outside": [may("sagemaker:GetRecord", GROUP), {"Effect": "Deny", "Action": "sagemaker:*", "NotResource": GROUP}],
    "grants for resources": [may("kms:CreateGrant", KEY, ALIAS | VIA | {"Bool": {"kms:GrantIsForAWSResource": "true"}})],
    "logs": [may(["logs:CreateLogStream", "logs:PutLogEvents"], f"arn:aws:logs:{REGION}:{CONSUMER}:log-group:/aws/sagemaker/ProcessingJobs:log-stream:*")],
    "metrics": [may("cloudwatch:PutMetricData", "*", {"StringEquals": {"cloudwatch:namespace": "Features"}})],
    "parameter and secret": [may("ssm:GetParameter", f"arn:aws:ssm:{REGION}:{CONSUMER}:parameter/features/growth")],
    "results of the caller's team": [may(["s3:GetObject", "s3:PutObject"], f"{RESULTS}/${{aws:PrincipalTag/team}}/*")],
    "one statement, no list": may("sagemaker:GetRecord", GROUP),
    "image": [may("ecr:GetAuthorizationToken", "*"),
              may(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], f"arn:aws:ecr:{REGION}:{CONSUMER}:repository/train")],
    "training role of its own account": [
        may(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::acme-ml-artifacts-{CONSUMER}/training/*"),
        may(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            f"arn:aws:logs:{REGION}:{CONSUMER}:log-group:/aws/sagemaker/TrainingJobs:*"),
        may("sts:AssumeRole", READER),
    ],
    "own key via S3": [may(["kms:GenerateDataKey", "kms:Decrypt"], KEY.replace(OWNER, CONSUMER), VIA_S3)],
    "messages and events": [may("sqs:SendMessage", f"arn:aws:sqs:{REGION}:{CONSUMER}:features"), may("sns:Publish", f"arn:aws:sns:{REGION}:{CONSUMER}:features"),
        may("events:PutEvents", f"arn:aws:events:{REGION}:{CONSUMER}:event-bus/default"),
        may("states:StartExecution", f"arn:aws:states:{REGION}:{CONSUMER}:stateMachine:features"),
        may("lambda:InvokeFunction", f"arn:aws:lambda:{REGION}:{CONSUMER}:function:features:live")],
    "Athena as AWS documents it": [may("athena:GetDataCatalog", f"arn:aws:athena:{REGION}:{CONSUMER}:datacatalog/AwsDataCatalog"),
        may("glue:GetDatabase", [CATALOG[0], f"arn:aws:glue:{REGION}:{OWNER}:database/default"])],
    "identity center user's guard": [may("sagemaker:GetRecord", GROUP, {"StringEquals": {"aws:PrincipalTag/team": "growth"}})],
    "one query of a secret": [may("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{REGION}:{CONSUMER}:secret:features/api-AbCdEf")],
    "a name space of groups, tables and prefixes": [may("sagemaker:PutRecord", GROUP.replace("sessions", "growth--*")),
        may("s3:PutObject", f"{LAKE}/growth--*/*"), may("glue:CreateTable", [*CATALOG[:2], CATALOG[2].replace("sessions", "growth__*")])],
}  # fmt: skip

TRUST = {
    "root, one role, the organization": [TRUSTED],
    "root, two roles": [trusts({"AWS": ROOT}, {"ArnEquals": {"aws:PrincipalArn": [TRAINING, TRAINING + "-eu"]}})],
    "root, one role by StringEquals": [trusts({"AWS": ROOT}, {"StringEquals": {"aws:PrincipalArn": TRAINING, "aws:PrincipalOrgID": ORG}})],
    "number, one role": [trusts({"AWS": CONSUMER}, TIGHT)],
    "one role by name": [trusts({"AWS": TRAINING})],
    "one role, external id": [trusts({"AWS": TRAINING}, {"StringEquals": {"sts:ExternalId": "6d1f0b0e"}})],
    "with session tags and source identity": [trusts({"AWS": ROOT}, TIGHT, ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"])],
    "service, source account": [trusts({"Service": "sagemaker.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": OWNER},
                                "ArnLike": {"aws:SourceArn": f"arn:aws:sagemaker:{REGION}:{OWNER}:*"}})],
    "own role": [trusts({"AWS": f"arn:aws:iam::{OWNER}:role/deploy"})],
    "pipeline of one repository": [trusts({"Federated": f"arn:aws:iam::{OWNER}:oidc-provider/token.actions.githubusercontent.com"},
        {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                          "token.actions.githubusercontent.com:sub": "repo:acme/features:environment:prod"}}, "sts:AssumeRoleWithWebIdentity")],
    "with a deny": [TRUSTED, {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole",
                              "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORG}}}],
    "tag keys limited": [TRUSTED, trusts({"AWS": ROOT}, TIGHT | {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]},
                         "Null": {"aws:TagKeys": "false"}}, "sts:TagSession")],
    "permission set": [trusts({"AWS": ROOT}, {"ArnLike": {"aws:PrincipalArn":
        f"arn:aws:iam::{CONSUMER}:role/aws-reserved/sso.amazonaws.com/{REGION}/AWSReservedSSO_DataScientist_*"},
        "StringEquals": {"aws:PrincipalOrgID": ORG}})],
    "lambda": [trusts({"Service": "lambda.amazonaws.com"})],
    "EC2": [trusts({"Service": "ec2.amazonaws.com"})],
    "Glue jobs of the account": [trusts({"Service": "glue.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": CONSUMER}})],
    "state machines of the account": [trusts({"Service": "states.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": CONSUMER},
        "ArnLike": {"aws:SourceArn": f"arn:aws:states:{REGION}:{CONSUMER}:stateMachine:*"}})],
    "tasks of a cluster": [trusts({"Service": "ecs-tasks.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": CONSUMER},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:{REGION}:{CONSUMER}:*"}})],
    "one role with MFA": [trusts({"AWS": TRAINING}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}})],
    "one user": [trusts({"AWS": f"arn:aws:iam::{CONSUMER}:user/ann"}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}})],
    "own root, one role": [trusts({"AWS": f"arn:aws:iam::{OWNER}:root"}, {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{OWNER}:role/ci"}})],
    "one service account of a cluster": [trusts({"Federated": f"arn:aws:iam::{CONSUMER}:oidc-provider/oidc.eks.{REGION}.amazonaws.com/id/ABC123"},
        {"StringEquals": {f"oidc.eks.{REGION}.amazonaws.com/id/ABC123:sub": "system:serviceaccount:ml:training",
                          f"oidc.eks.{REGION}.amazonaws.com/id/ABC123:aud": "sts.amazonaws.com"}}, "sts:AssumeRoleWithWebIdentity")],
    "company log-in": [trusts({"Federated": f"arn:aws:iam::{OWNER}:saml-provider/corp"},
        {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}, "sts:AssumeRoleWithSAML")],
}  # fmt: skip

S3 = {
    "root and the role's ARN": [
        may("s3:GetObject", f"{LAKE}/sessions/*", TIGHT, to={"AWS": ROOT}),
        may("s3:ListBucket", LAKE, TIGHT | {"StringLike": {"s3:prefix": ["sessions/*"]}}, to={"AWS": ROOT}),
    ],
    "role by name": [may("s3:GetObject", f"{LAKE}/sessions/*", to={"AWS": TRAINING})],
    "star and the role's ARN": [may("s3:GetObject", f"{LAKE}/sessions/*", TIGHT, to="*")],
    "denies": [
        not_("s3:*", [LAKE, f"{LAKE}/*"], TLS, to="*"),
        not_("s3:PutObject", f"{LAKE}/*", {"StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption": "aws:kms"}}, to="*"),
        not_(["s3:GetObject*", "s3:List*"], [LAKE, f"{LAKE}/*"], {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{OWNER}:role/share/*"},
             "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}, to="*"),
    ],
    "trail": [
        may("s3:GetBucketAcl", LAKE, {"StringEquals": {"aws:SourceArn": f"arn:aws:cloudtrail:{REGION}:{OWNER}:trail/org"}},
            to={"Service": "cloudtrail.amazonaws.com"}),
        may("s3:PutObject", f"{LAKE}/AWSLogs/{OWNER}/*", {"StringEquals": {"aws:SourceArn": f"arn:aws:cloudtrail:{REGION}:{OWNER}:trail/org",
            "s3:x-amz-acl": "bucket-owner-full-control"}}, to={"Service": "cloudtrail.amazonaws.com"}),
    ],
    "access logs": [may("s3:PutObject", f"{LAKE}/logs/*", {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::acme-source"},
                        "StringEquals": {"aws:SourceAccount": OWNER}}, to={"Service": "logging.s3.amazonaws.com"})],
    "replication": [may(["s3:ReplicateObject", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner"], f"{LAKE}/sessions/*",
                        {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{CONSUMER}:role/replication"}}, to={"AWS": ROOT})],
    "own account's role": [may(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], f"{LAKE}/sessions/*",
                               to={"AWS": f"arn:aws:iam::{OWNER}:role/deploy"})],
    "own admin by condition": [may("s3:ListBucket", LAKE, {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{OWNER}:role/deploy"}},
                                   to={"AWS": f"arn:aws:iam::{OWNER}:root"})],
    "inventory": [may("s3:PutObject", f"{LAKE}/inventory/*", {"StringEquals": {"aws:SourceAccount": OWNER, "s3:x-amz-acl": "bucket-owner-full-control"},
                  "ArnLike": {"aws:SourceArn": LAKE}}, to={"Service": "s3.amazonaws.com"})],
    "deny to all but": [{"Effect": "Deny", "Principal": "*", "NotAction": "s3:GetObject", "Resource": [LAKE, f"{LAKE}/*"],
                         "Condition": {"StringNotEquals": {"aws:PrincipalAccount": OWNER}}}],
}  # fmt: skip

KMS = {
    "own account": [OWN_KEY],
    "reader via S3": [OWN_KEY, may("kms:Decrypt", "*", {"ArnEquals": {"aws:PrincipalArn": TRAINING},
                      "StringEquals": {"aws:PrincipalOrgID": ORG, "kms:ViaService": f"s3.{REGION}.amazonaws.com"}}, to={"AWS": ROOT})],
    "role by name via SageMaker": [OWN_KEY, may(["kms:Decrypt", "kms:DescribeKey"], "*", VIA, to={"AWS": TRAINING})],
    "grants for resources": [OWN_KEY, may("kms:CreateGrant", "*", VIA | {"Bool": {"kms:GrantIsForAWSResource": "true"},
                             "ArnEquals": {"aws:PrincipalArn": TRAINING}}, to={"AWS": ROOT})],
    "trail": [OWN_KEY, may("kms:GenerateDataKey", "*", {"StringEquals": {"aws:SourceArn": f"arn:aws:cloudtrail:{REGION}:{OWNER}:trail/org"},
              "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": f"arn:aws:cloudtrail:*:{OWNER}:trail/*"}},
              to={"Service": "cloudtrail.amazonaws.com"})],
    "denies": [OWN_KEY, not_("kms:*", "*", {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORG}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}, to="*")],
    "own administrator": [OWN_KEY, may(["kms:DescribeKey", "kms:EnableKeyRotation", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"], "*",
                              to={"AWS": f"arn:aws:iam::{OWNER}:role/key-admin"})],
    "log groups": [OWN_KEY, may(["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"], "*",
        {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{REGION}:{OWNER}:log-group:/features"}},
        to={"Service": f"logs.{REGION}.amazonaws.com"})],
}  # fmt: skip

GLUE = {
    "root and the role's ARN": [may(["glue:GetDatabase", "glue:GetTable", "glue:GetPartitions"], CATALOG, TIGHT, to={"AWS": ROOT})],
    "role by name": [may(["glue:GetTable", "glue:GetTables"], CATALOG, to={"AWS": TRAINING})],
    "shares of Lake Formation": [may("glue:ShareResource", [CATALOG[0], f"arn:aws:glue:{REGION}:{OWNER}:database/*",
                                     f"arn:aws:glue:{REGION}:{OWNER}:table/*/*"], to={"Service": "ram.amazonaws.com"})],
    "denies": [not_("glue:*", f"arn:aws:glue:{REGION}:{OWNER}:*", {"StringNotEquals": {"aws:PrincipalOrgID": ORG}}, to="*")],
    "own role writes": [may(["glue:CreateTable", "glue:UpdateTable"], CATALOG, to={"AWS": f"arn:aws:iam::{OWNER}:role/share/offline-store"})],
}  # fmt: skip

GOOD = {"identity": IDENTITY, "trust": TRUST, "s3": S3, "kms": KMS, "glue": GLUE}
