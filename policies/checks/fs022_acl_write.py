"""An ACL is a grant that no policy review sees; SageMaker's offline store writer is the one that must send a header."""

from featureshare.scan.document import Document, Statement
from featureshare.scan.examples import BUCKET, OWNER, RESULTS, TRAINING, allow, policy
from featureshare.scan.model import Context, Finding, Kind
from featureshare.scan.vocabulary import OBJECT_READS, ONLINE_READS, foreign, home, reads_only_manifests

ID = "FS022"
SEVERITY = "HIGH"
TITLE = "Nobody writes ACLs but the offline store role, and only on objects."
FIX = "Drop the action: with BucketOwnerEnforced no ACL is needed."
KINDS = ("identity", "s3", "boundary")

_BUCKET_ACLS = ("s3:putbucketacl", "s3:putobjectversionacl")
_OBJECT_ACL = "s3:putobjectacl"


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    account = home(document, kind, context)
    found = []
    for statement in document.allows:
        if kind == "s3" and not foreign(statement.principals, account):
            continue
        granted = list(statement.grants(*_BUCKET_ACLS))
        if kind != "boundary" and statement.grants(_OBJECT_ACL) and not _writer(statement, document, kind):
            granted.append(_OBJECT_ACL)
        if granted:
            found.append(Finding(ID, SEVERITY, f"{', '.join(granted)}: grants past every policy.", statement.label))
    return found


def _writer(statement: Statement, document: Document, kind: Kind) -> bool:
    owner = [guard.values for guard in statement.binding("s3:x-amz-acl")]
    if owner and all(values == ("bucket-owner-full-control",) for values in owner):
        return True
    # The set that CreateFeatureGroup asks of its RoleArn: put, its ACL header, and the look at the bucket's ACL.
    reads = [
        one for one in document.allows if one.grants(*OBJECT_READS, *ONLINE_READS) and not reads_only_manifests(one)
    ]
    checks = any(one.grants("s3:getbucketacl") for one in document.allows)
    return kind == "identity" and bool(statement.grants("s3:putobject")) and checks and not reads


GOOD = [
    (
        "identity",
        policy(allow("s3:GetBucketAcl", BUCKET), allow(["s3:PutObject", "s3:PutObjectAcl"], f"{BUCKET}/sessions/*")),
    ),
    ("identity", policy(allow(["s3:GetObject", "s3:PutObject"], f"{RESULTS}/*"))),
]
BAD = [
    ("identity", policy(allow(["s3:GetObject", "s3:PutObject", "s3:PutObjectAcl"], f"{RESULTS}/*"))),
    ("identity", policy(allow("s3:PutBucketAcl", f"arn:aws:s3:::features-{OWNER}"))),
    ("s3", policy(allow(["s3:PutObject", "s3:PutObjectAcl"], f"{BUCKET}/*", principal={"AWS": TRAINING}))),
]
