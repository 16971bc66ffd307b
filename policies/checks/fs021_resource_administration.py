"""Who may rewrite the policy of a bucket, key or catalog decides who reads the data."""

from featureshare.scan.document import Document
from featureshare.scan.examples import BUCKET, KEY, SESSIONS, TRAINING, allow, policy
from featureshare.scan.model import Context, Finding, Kind
from featureshare.scan.vocabulary import KEY_ADMINISTRATION, foreign, home

ID = "FS021"
SEVERITY = "HIGH"
TITLE = "Sharing changes no resource policy, key, share or data-lake permission."
FIX = "Leave administration to the deploy role."
KINDS = ("identity", "s3", "glue")

_ADMINISTRATION = (
    *KEY_ADMINISTRATION,
    "glue:deleteresourcepolicy",
    "glue:putresourcepolicy",
    "lakeformation:addlftagstoresource",
    "lakeformation:batchgrantpermissions",
    "lakeformation:deregisterresource",
    "lakeformation:grantpermissions",
    "lakeformation:putdatalakesettings",
    "lakeformation:registerresource",
    "ram:acceptresourceshareinvitation",
    "ram:associateresourceshare",
    "ram:associateresourcesharepermission",
    "ram:createresourceshare",
    "ram:enablesharingwithawsorganization",
    "ram:updateresourceshare",
    "s3:bypassgovernanceretention",
    "s3:deletebucket",
    "s3:deletebucketpolicy",
    "s3:putaccesspointpolicy",
    "s3:putaccountpublicaccessblock",
    "s3:putbucketownershipcontrols",
    "s3:putbucketpolicy",
    "s3:putbucketpublicaccessblock",
    "s3:putbucketversioning",
    "s3:putencryptionconfiguration",
    "s3:putlifecycleconfiguration",
    "s3:putreplicationconfiguration",
    "sagemaker:deleteresourcepolicy",
    "sagemaker:putmodelpackagegrouppolicy",
    "sagemaker:putresourcepolicy",
)


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    account = home(document, kind, context)
    found = []
    for statement in document.allows:
        if kind != "identity" and not foreign(statement.principals, account):
            continue
        if granted := statement.grants(*_ADMINISTRATION):
            shown = ", ".join(granted[:4]) + (", ..." if len(granted) > 4 else "")
            found.append(Finding(ID, SEVERITY, f"{shown}: administration of what is shared.", statement.label))
    return found


GOOD = [("identity", policy(allow("sagemaker:GetRecord", SESSIONS), allow("kms:Decrypt", KEY)))]
BAD = [
    ("identity", policy(allow("s3:PutBucketPolicy", BUCKET))),
    ("identity", policy(allow("kms:PutKeyPolicy", KEY))),
    ("identity", policy(allow("lakeformation:GrantPermissions", "*"))),
    ("s3", policy(allow("s3:DeleteBucketPolicy", BUCKET, principal={"AWS": TRAINING}))),
]
