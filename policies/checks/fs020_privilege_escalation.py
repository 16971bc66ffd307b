"""Rights with which a principal gives itself, or code that it controls, more rights."""

from featureshare.iam.catalogue import catalogue
from featureshare.scan.document import Document, Statement
from featureshare.scan.examples import ACCESS_ROLE, OWNER, SESSIONS, allow, policy
from featureshare.scan.model import Context, Finding, Kind

ID = "FS020"
SEVERITY = "CRITICAL"
TITLE = "Sharing needs no right that leads to further rights."
FIX = "Drop it; only the deploy role changes roles and policies, and only under a permissions boundary."
KINDS = ("identity", "administration")

# Create or widen a role; with iam:PermissionsBoundary demanded the result stays inside the boundary.
_BOUNDED = frozenset(
    {
        "iam:attachrolepolicy",
        "iam:attachuserpolicy",
        "iam:createrole",
        "iam:createuser",
        "iam:putrolepermissionsboundary",
        "iam:putrolepolicy",
        "iam:putuserpermissionsboundary",
        "iam:putuserpolicy",
    }
)
_CODE = (
    "cloudformation:createstack",
    "cloudformation:updatestack",
    "codebuild:createproject",
    "codebuild:updateproject",
    "datapipeline:putpipelinedefinition",
    "ec2:runinstances",
    "glue:createdevendpoint",
    "glue:createjob",
    "glue:updatedevendpoint",
    "glue:updatejob",
    "lambda:addpermission",
    "lambda:createfunction",
    "lambda:updatefunctioncode",
    "lambda:updatefunctionconfiguration",
    "sagemaker:createnotebookinstance",
    "sagemaker:createnotebookinstancelifecycleconfig",
    "sagemaker:createpresigneddomainurl",
    "sagemaker:createpresignednotebookinstanceurl",
    "sagemaker:updatenotebookinstance",
    "ssm:sendcommand",
    "ssm:startsession",
    "sts:assumerolewithsaml",
    "sts:getfederationtoken",
)
_HARMLESS = frozenset({"iam:passrole", "iam:createservicelinkedrole"})  # PassRole has a rule of its own


def _identity_writes() -> tuple[str, ...]:
    """Every action of IAM and Organizations that changes anything."""
    return tuple(
        name
        for service in ("iam", "organizations")
        for info in catalogue().actions(service)
        if info.level not in ("List", "Read") and (name := info.name.lower()) not in _HARMLESS
    )


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    candidates = tuple(_BOUNDED) if kind == "administration" else (*_identity_writes(), *_CODE)
    found = []
    for statement in document.allows:
        granted = sorted(set(statement.grants(*candidates)) - (_BOUNDED if _bounded(statement) else frozenset()))
        if granted:
            shown = ", ".join(granted[:4]) + (", ..." if len(granted) > 4 else "")
            found.append(Finding(ID, SEVERITY, f"{shown}: a way to more rights.", statement.label))
    return found


def _bounded(statement: Statement) -> bool:
    return any(
        ":policy/" in value and not value.split(":policy/")[1].startswith(("*", "?"))
        for guard in statement.binding("iam:permissionsboundary")
        for value in guard.values
    )


GOOD = [
    ("identity", policy(allow("sagemaker:PutRecord", SESSIONS))),
    (
        "administration",
        policy(
            allow(
                ["iam:CreateRole", "iam:PutRolePolicy"],
                f"arn:aws:iam::{OWNER}:role/feature-share/*",
                condition={"ArnEquals": {"iam:PermissionsBoundary": f"arn:aws:iam::{OWNER}:policy/boundary"}},
            )
        ),
    ),
]
BAD = [
    ("identity", policy(allow("iam:CreatePolicyVersion", f"arn:aws:iam::{OWNER}:policy/features"))),
    ("identity", policy(allow("iam:UpdateAssumeRolePolicy", ACCESS_ROLE))),
    ("identity", policy(allow("lambda:UpdateFunctionCode", f"arn:aws:lambda:eu-west-1:{OWNER}:function:features"))),
    ("administration", policy(allow("iam:PutRolePolicy", f"arn:aws:iam::{OWNER}:role/feature-share/*"))),
]
