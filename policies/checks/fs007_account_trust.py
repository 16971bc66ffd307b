"""Root, or a bare account id, in a trust policy is every principal of that account, today's and tomorrow's."""

from featureshare.scan.document import Document, Statement
from featureshare.scan.examples import CONSUMER, ORG, TRAINING, policy, root, trust
from featureshare.scan.model import Context, Finding, Kind
from featureshare.scan.principals import Principal
from featureshare.scan.vocabulary import home, narrowed

ID = "FS007"
SEVERITY = "HIGH"
TITLE = "A trust of a whole account is narrowed to the roles that are meant."
FIX = "Add ArnEquals aws:PrincipalArn with the exact role ARNs, or make those roles the principal."
KINDS = ("trust",)


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    account = home(document, kind, context)
    return [
        Finding(ID, SEVERITY, f"{principal.value} lets in every principal of {principal.account}.", statement.label)
        for statement in document.allows
        for principal in statement.principals
        if principal.kind == "account" and not narrowed(statement) and not _own_people(statement, principal, account)
    ]


def _own_people(statement: Statement, principal: Principal, account: str) -> bool:
    """Persons of the role's own account who signed in with a second factor."""
    factor = [guard for guard in statement.binding("aws:multifactorauthpresent") if guard.operator == "bool"]
    return principal.account == account and any(guard.values == ("true",) for guard in factor)


GOOD = [
    ("trust", trust({"AWS": TRAINING})),
    (
        "trust",
        trust(
            {"AWS": root(CONSUMER)},
            {"ArnEquals": {"aws:PrincipalArn": TRAINING}, "StringEquals": {"aws:PrincipalOrgID": ORG}},
        ),
    ),
]
BAD = [
    ("trust", trust({"AWS": root(CONSUMER)})),
    ("trust", trust({"AWS": CONSUMER}, {"StringEquals": {"aws:PrincipalOrgID": ORG}})),
    (
        "trust",
        policy(
            *trust({"AWS": TRAINING})["Statement"],
            *trust({"AWS": root(CONSUMER)}, {"StringEquals": {"sts:RoleSessionName": "training"}})["Statement"],
        ),
    ),
]
