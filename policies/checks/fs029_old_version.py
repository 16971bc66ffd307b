"""Before 2012-10-17 a policy variable is plain text: the guard compares with the characters `${aws:...}`."""

from featureshare.scan.document import Document
from featureshare.scan.examples import OWNER, REGION, SESSIONS, allow, policy
from featureshare.scan.model import Context, Finding, Kind

ID = "FS029"
SEVERITY = "MEDIUM"
TITLE = "A document with variables says Version 2012-10-17."
FIX = 'Write "Version": "2012-10-17".'
KINDS = ("identity", "trust", "s3", "kms", "glue", "boundary", "administration", "organization")


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    if document.version in ("", "2008-10-17") and "${" in document.text:
        return [Finding(ID, SEVERITY, f"Version {document.version or 'absent'}: variables are plain text.", "")]
    if document.version not in ("", "2008-10-17", "2012-10-17"):
        return [Finding(ID, SEVERITY, f"{document.version!r} is no version of the policy language.", "")]
    return []


_OWN = f"arn:aws:sagemaker:{REGION}:{OWNER}:feature-group/${{aws:PrincipalTag/team}}"
GOOD = [("identity", policy(allow("sagemaker:GetRecord", _OWN)))]
BAD = [
    ("identity", policy(allow("sagemaker:GetRecord", _OWN), version="2008-10-17")),
    ("identity", policy(allow("sagemaker:GetRecord", _OWN), version=None)),
    ("identity", policy(allow("sagemaker:GetRecord", SESSIONS), version="2012-10-18")),
]
