"""A condition on the whole internet is no condition; two halves of it are the whole."""

import ipaddress

from featureshare.scan.document import Document
from featureshare.scan.examples import SESSIONS, allow, policy
from featureshare.scan.model import Context, Finding, Kind

ID = "FS015"
SEVERITY = "HIGH"
TITLE = "aws:SourceIp names networks, not the internet."
FIX = "Name your networks; a private range of /8 is the widest that says anything."
KINDS = ("identity", "trust", "s3", "kms", "glue", "administration")


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    return [
        Finding(ID, SEVERITY, f"{guard.key} {value} is (much of) the internet.", statement.label)
        for statement in document.allows
        for guard in statement.guards
        if guard.operator == "ipaddress"
        for value in guard.values
        if _wide(value)
    ]


def _wide(value: str) -> bool:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return True  # no network at all: never matches, and certainly not what was meant
    return network.prefixlen < (8 if network.version == 4 else 16)


GOOD = [
    (
        "identity",
        policy(allow("sagemaker:GetRecord", SESSIONS, condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})),
    )
]
BAD = [
    (
        "identity",
        policy(allow("sagemaker:GetRecord", SESSIONS, condition={"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})),
    ),
    (
        "identity",
        policy(
            allow(
                "sagemaker:GetRecord", SESSIONS, condition={"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}
            )
        ),
    ),
]
