"""`feature-group/sessions-*` also opens `sessions-v2-payments`. A name is exact, or a folder that ends in `/*`."""

from featureshare.scan.document import Document
from featureshare.scan.examples import BUCKET, GLUE, OWNER, REGION, SESSIONS, allow, policy
from featureshare.scan.model import Context, Finding, Kind
from featureshare.scan.patterns import name_problem

ID = "FS004"
SEVERITY = "HIGH"
TITLE = "A resource is named, not matched by a pattern."
FIX = "Name each group, table, role or workgroup; for objects end the prefix with /*."
KINDS = ("identity", "s3", "kms", "glue")


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    found = []
    for statement in document.allows:
        if statement.actions == ("glue:shareresource",):
            continue  # what Lake Formation asks for, granted to AWS RAM and shared table by table there
        for arn in statement.resources:
            if problem := name_problem(arn, statement):
                found.append(Finding(ID, SEVERITY, f"{problem}.", statement.label))
    return found


GOOD = [
    ("identity", policy(allow("s3:GetObject", f"{BUCKET}/sessions/*"))),
    ("identity", policy(allow("s3:GetObject", f"{BUCKET}/offline-store/sessions-??????????/*"))),
    ("identity", policy(allow("glue:GetTable", [f"{GLUE}:catalog", f"{GLUE}:table/features/sessions"]))),
    (
        "identity",
        policy(
            allow(
                "sagemaker:GetRecord",
                f"arn:aws:sagemaker:{REGION}:{OWNER}:feature-group/*",
                condition={"StringEquals": {"aws:ResourceTag/readers": "core-search"}},
            )
        ),
    ),
]
BAD = [
    ("identity", policy(allow("sagemaker:GetRecord", f"{SESSIONS}-*"))),
    ("identity", policy(allow("sagemaker:GetRecord", f"arn:aws:sagemaker:{REGION}:{OWNER}:feature-group/*"))),
    ("identity", policy(allow("s3:GetObject", f"{BUCKET}/sess*"))),
    ("identity", policy(allow("s3:GetObject", "arn:aws:s3:::features-*/sessions/*"))),
    ("identity", policy(allow("glue:GetTable", f"{GLUE}:table/sagemaker_featurestore/sessions_*"))),
    ("identity", policy(allow("sts:AssumeRole", f"arn:aws:iam::{OWNER}:role/reader-*"))),
]
