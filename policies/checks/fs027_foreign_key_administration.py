"""Another account may use a key; who may rewrite its policy or schedule its deletion owns the data."""

from featureshare.scan.document import Document
from featureshare.scan.examples import CONSUMER, OWNER, TRAINING, allow, policy, root
from featureshare.scan.model import Context, Finding, Kind
from featureshare.scan.vocabulary import KEY_ADMINISTRATION, foreign, home, sounds_like_reader

ID = "FS027"
SEVERITY = "CRITICAL"
TITLE = "A key is administered from its own account, and not by readers."
FIX = "Give other accounts kms:Decrypt and kms:DescribeKey at most."
KINDS = ("kms",)


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    account = home(document, kind, context)
    found = []
    for statement in document.allows:
        granted = statement.grants(*KEY_ADMINISTRATION)
        if not granted:
            continue
        readers = [p for p in statement.principals if p.kind in ("role", "user") and sounds_like_reader(p.name)]
        for principal in (*foreign(statement.principals, account), *readers):
            message = f"{principal.value} may {granted[0]} and {len(granted) - 1} more."
            found.append(Finding(ID, SEVERITY, message, statement.label))
    return list(dict.fromkeys(found))


GOOD = [
    (
        "kms",
        policy(
            allow("kms:*", "*", principal={"AWS": root(OWNER)}),
            allow(["kms:Decrypt", "kms:DescribeKey"], "*", principal={"AWS": TRAINING}),
        ),
    )
]
BAD = [
    ("kms", policy(allow("kms:*", "*", principal={"AWS": [root(OWNER), root(CONSUMER)]}))),
    ("kms", policy(allow(["kms:Decrypt", "kms:PutKeyPolicy"], "*", principal={"AWS": TRAINING}))),
]
