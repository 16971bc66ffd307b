"""Who may pass a role to a service has that role's rights, at whichever service it chooses."""

from featureshare.scan.conditions import has_wildcard
from featureshare.scan.document import Document
from featureshare.scan.examples import OWNER, STORE_ROLE, TO_SAGEMAKER, allow, policy
from featureshare.scan.model import Context, Finding, Kind
from featureshare.scan.principals import names_few

ID = "FS019"
SEVERITY = "HIGH"
TITLE = "iam:PassRole names one role and one service."
FIX = "Name the offline store role and add StringEquals iam:PassedToService sagemaker.amazonaws.com."
KINDS = ("identity", "boundary", "administration")


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    found = []
    for statement in document.allows:
        if not statement.grants("iam:passrole"):
            continue
        # The deploy role and a boundary speak of the roles under one path, a grant of one role.
        loose = [arn for arn in statement.resources if has_wildcard(arn) and (kind == "identity" or not names_few(arn))]
        if loose or not statement.resources:
            shown = ", ".join(loose) or "no named role"
            found.append(Finding(ID, SEVERITY, f"iam:PassRole on {shown}.", statement.label))
        if not statement.pins("iam:passedtoservice"):
            found.append(Finding(ID, SEVERITY, "iam:PassRole to any service.", statement.label))
    return found


GOOD = [("identity", policy(allow("iam:PassRole", STORE_ROLE, condition=TO_SAGEMAKER)))]
BAD = [
    ("identity", policy(allow("iam:PassRole", STORE_ROLE))),
    ("identity", policy(allow("iam:PassRole", f"arn:aws:iam::{OWNER}:role/*", condition=TO_SAGEMAKER))),
    ("identity", policy(allow("IAM:passrole", "*", condition=TO_SAGEMAKER))),
]
