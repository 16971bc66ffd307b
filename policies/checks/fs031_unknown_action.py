"""A misspelt action grants nothing today and whatever AWS calls by that name tomorrow."""

from featureshare.iam.catalogue import catalogue
from featureshare.scan.conditions import has_wildcard
from featureshare.scan.document import Document
from featureshare.scan.examples import SESSIONS, allow, policy
from featureshare.scan.model import Context, Finding, Kind
from featureshare.scan.vocabulary import expand

ID = "FS031"
SEVERITY = "LOW"
TITLE = "Every action exists."
FIX = "Look the name up in AWS's Service Authorization Reference."
KINDS = ("identity", "trust", "s3", "kms", "glue", "boundary", "administration", "organization")

# Documented for resource policies of Lake Formation, absent from the Service Authorization Reference.
_UNLISTED = frozenset({"glue:shareresource"})


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    services = catalogue().services()
    return [
        Finding(ID, SEVERITY, f"{action!r} is no action of its service.", statement.label)
        for statement in document.allows
        for action in statement.actions
        if action.partition(":")[0] in services and action not in _UNLISTED and not _exists(action)
    ]


def _exists(action: str) -> bool:
    return bool(expand(action)) if has_wildcard(action) else catalogue().find(action) is not None


GOOD = [("identity", policy(allow(["sagemaker:GetRecord", "SAGEMAKER:batchgetrecord"], SESSIONS)))]
BAD = [("identity", policy(allow(["sagemaker:GetRecord", "sagemaker:GetRecords"], SESSIONS)))]
