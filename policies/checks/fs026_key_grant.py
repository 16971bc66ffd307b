"""A KMS grant is a permission outside every policy: only a service may make one on its caller's behalf."""

from featureshare.scan.document import Document, Statement
from featureshare.scan.examples import ACCESS_ROLE, KEY, OWNER, VIA_SAGEMAKER, allow, policy, root
from featureshare.scan.model import Context, Finding, Kind
from featureshare.scan.vocabulary import home, is_home_administrator

ID = "FS026"
SEVERITY = "HIGH"
TITLE = "Grants on keys are made and revoked through a service only."
FIX = "Add Bool kms:GrantIsForAWSResource true, or StringEquals kms:ViaService."
KINDS = ("identity", "kms", "administration")


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    account = home(document, kind, context) if kind == "kms" else ""
    found = []
    for statement in document.allows:
        granted = statement.grants("kms:creategrant", "kms:revokegrant")
        if granted and not _through_service(statement) and not _own(statement, account):
            found.append(Finding(ID, SEVERITY, f"{', '.join(granted)} called directly.", statement.label))
    return found


def _through_service(statement: Statement) -> bool:
    resource = any(guard.values == ("true",) for guard in statement.binding("kms:grantisforawsresource"))
    return resource or statement.pins("kms:viaservice", "kms:granteeprincipal")


def _own(statement: Statement, account: str) -> bool:
    """The key's own account as a whole (IAM decides there), or its administrators by the console's patterns."""
    if not account or not statement.principals:
        return False
    if all(p.kind == "account" and p.account == account for p in statement.principals) and not statement.guards:
        return True
    console = {"kms:create*", "kms:revoke*"} & set(statement.actions)
    return bool(console) and all(is_home_administrator(p, account) for p in statement.principals)


GOOD = [
    ("identity", policy(allow("kms:CreateGrant", KEY, condition={"Bool": {"kms:GrantIsForAWSResource": "true"}}))),
    ("identity", policy(allow(["kms:CreateGrant", "kms:RevokeGrant"], KEY, condition=VIA_SAGEMAKER))),
    ("kms", policy(allow("kms:*", "*", principal={"AWS": root(OWNER)}))),
]
BAD = [
    ("identity", policy(allow("kms:CreateGrant", KEY))),
    ("kms", policy(allow(["kms:Decrypt", "kms:CreateGrant"], "*", principal={"AWS": ACCESS_ROLE}))),
]
