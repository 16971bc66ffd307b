"""Search has no resources: it shows the description of groups whose Describe is denied."""

from featureshare.scan.document import Document
from featureshare.scan.examples import SESSIONS, allow, policy
from featureshare.scan.model import Context, Finding, Kind

ID = "FS028"
SEVERITY = "MEDIUM"
TITLE = "sagemaker:Search is not granted without a visibility condition."
FIX = "Grant ListFeatureGroups, and DescribeFeatureGroup on named groups."
KINDS = ("identity", "boundary", "administration")


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    return [
        Finding(ID, SEVERITY, f"{', '.join(granted)} sees every group of the account.", statement.label)
        for statement in document.allows
        if (granted := statement.grants("sagemaker:search", "sagemaker:getsearchsuggestions"))
        and not any(statement.binding("sagemaker:searchvisibilitycondition/"))
    ]


GOOD = [
    ("identity", policy(allow("sagemaker:ListFeatureGroups", "*"), allow("sagemaker:DescribeFeatureGroup", SESSIONS)))
]
BAD = [("identity", policy(allow(["sagemaker:ListFeatureGroups", "sagemaker:Search"], "*")))]
