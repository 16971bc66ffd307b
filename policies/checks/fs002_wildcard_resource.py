"""`Resource: "*"` means every account's resources wherever a policy on the other side agrees."""

from featureshare.scan.document import Document, Statement
from featureshare.scan.examples import KEY, SESSIONS, allow, policy
from featureshare.scan.model import Context, Finding, Kind
from featureshare.scan.vocabulary import TAG_KEYS, is_wildcard_only

ID = "FS002"
SEVERITY = "HIGH"
TITLE = 'Resource "*" stands only with actions that know no resource.'
FIX = "Name the ARNs; put actions without resource-level permissions in a statement of their own."
KINDS = ("identity", "s3", "glue", "administration")

_ACCOUNT_KEYS = ("aws:resourceaccount", "s3:resourceaccount", "kms:calleraccount")


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    found = []
    for statement in document.allows:
        if not any(set(resource) <= {"*"} and resource for resource in statement.resources):
            continue
        limited = [action for action in statement.actions if not is_wildcard_only(action)]
        if limited and not _picked_otherwise(statement, limited):
            names = ", ".join(limited[:4]) + (", ..." if len(limited) > 4 else "")
            found.append(Finding(ID, SEVERITY, f'{names} on Resource "*".', statement.label))
    return found


def _picked_otherwise(statement: Statement, limited: list[str]) -> bool:
    if limited == ["kms:tagresource"] and statement.grants("kms:createkey"):
        return statement.pins("aws:requesttag/")  # tags at birth: the key has no id before
    chosen = statement.pins("kms:resourcealiases", *TAG_KEYS)
    return chosen and statement.pins(*_ACCOUNT_KEYS)


GOOD = [
    ("identity", policy(allow(["sagemaker:ListFeatureGroups", "sts:GetCallerIdentity"], "*"))),
    ("identity", policy(allow("sagemaker:GetRecord", SESSIONS), allow("kms:Decrypt", KEY))),
]
BAD = [
    ("identity", policy(allow("sagemaker:GetRecord", "*"))),
    ("identity", policy(allow(["sagemaker:ListFeatureGroups", "sagemaker:DescribeFeatureGroup"], ["*"]))),
]
