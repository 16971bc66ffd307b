"""Where access follows tags, whoever may set or remove tags gives himself access."""

from featureshare.scan.document import Document, Statement
from featureshare.scan.examples import OWNER, REGION, SESSIONS, allow, policy
from featureshare.scan.model import Context, Finding, Kind
from featureshare.scan.vocabulary import ONLINE_READS, TAG_KEYS

ID = "FS024"
SEVERITY = "HIGH"
TITLE = "Tags of feature groups are set at creation and by nobody who reads or writes records."
FIX = "Grant AddTags with StringEquals sagemaker:TaggingAction CreateFeatureGroup, and no DeleteTags."
KINDS = ("identity",)

_CREATES = ("sagemaker:createfeaturegroup", "sagemaker:updatefeaturegroup")
_DATA = (*ONLINE_READS, "sagemaker:putrecord", "sagemaker:batchwriterecord", "sagemaker:deleterecord")


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    by_tag = any(guard.key.startswith(TAG_KEYS) for statement in document.allows for guard in statement.guards)
    object_tags = any(
        guard.key.startswith("s3:existingobjecttag/") for statement in document.allows for guard in statement.guards
    )
    manager = any(s.grants(*_CREATES) for s in document.allows) and not any(s.grants(*_DATA) for s in document.allows)
    found = []
    for statement in document.allows:
        granted = list(statement.grants("sagemaker:addtags", "sagemaker:deletetags"))
        if granted and not _at_birth(statement, granted) and (by_tag or not manager):
            found.append(Finding(ID, SEVERITY, f"{', '.join(granted)}: may retag groups.", statement.label))
        if object_tags and (tags := statement.grants("s3:putobjecttagging", "s3:deleteobjecttagging")):
            found.append(Finding(ID, SEVERITY, f"{', '.join(tags)}: may retag objects.", statement.label))
    return found


def _at_birth(statement: Statement, granted: list[str]) -> bool:
    return granted == ["sagemaker:addtags"] and statement.pins("sagemaker:taggingaction")


GOOD = [
    (
        "identity",
        policy(
            allow("sagemaker:CreateFeatureGroup", SESSIONS),
            allow(
                "sagemaker:AddTags",
                SESSIONS,
                condition={"StringEquals": {"sagemaker:TaggingAction": "CreateFeatureGroup"}},
            ),
        ),
    )
]
_BY_TAG = allow(
    "sagemaker:GetRecord",
    f"arn:aws:sagemaker:{REGION}:{OWNER}:feature-group/*",
    condition={"StringEquals": {"aws:ResourceTag/domain": "search"}},
)
BAD = [
    ("identity", policy(_BY_TAG, allow("sagemaker:AddTags", SESSIONS))),
    ("identity", policy(allow(["sagemaker:GetRecord", "sagemaker:DeleteTags"], SESSIONS))),
]
