"""Words for the good and the bad example that stand in every rule; accounts are those of EXAMPLE_CONTEXT."""

from typing import Any

from featureshare.scan.model import EXAMPLE_CONTEXT

OWNER, CONSUMER, UNRELATED = (
    EXAMPLE_CONTEXT.owner_account,
    EXAMPLE_CONTEXT.consumer_account,
    EXAMPLE_CONTEXT.unrelated_account,
)
ORG, REGION = EXAMPLE_CONTEXT.org_id, EXAMPLE_CONTEXT.region
SESSIONS = f"arn:aws:sagemaker:{REGION}:{OWNER}:feature-group/sessions"
BUCKET = f"arn:aws:s3:::features-{OWNER}-{REGION}"
RESULTS = f"arn:aws:s3:::query-results-{CONSUMER}-{REGION}"
KEYS = f"arn:aws:kms:{REGION}:{OWNER}:key/*"
KEY = f"arn:aws:kms:{REGION}:{OWNER}:key/1b1c2d3e-0000-4000-8000-000000000001"
GLUE = f"arn:aws:glue:{REGION}:{OWNER}"
TRAINING = f"arn:aws:iam::{CONSUMER}:role/feature-share/training"
ACCESS_ROLE = f"arn:aws:iam::{OWNER}:role/feature-share/reader-offline"
STORE_ROLE = f"arn:aws:iam::{OWNER}:role/feature-share/offline-store"
VIA_SAGEMAKER = {"StringEquals": {"kms:ViaService": f"sagemaker.{REGION}.amazonaws.com"}}
TO_SAGEMAKER = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}


def root(account: str) -> str:
    """The ARN that stands for every principal of an account."""
    return f"arn:aws:iam::{account}:root"


def policy(*statements: dict[str, Any], version: str | None = "2012-10-17") -> dict[str, Any]:
    """A document of these statements."""
    return {**({"Version": version} if version else {}), "Statement": list(statements)}


def allow(
    action: str | list[str],
    resource: str | list[str] | None = None,
    *,
    principal: Any = None,
    condition: dict[str, Any] | None = None,
    sid: str | None = None,
) -> dict[str, Any]:
    """An Allow statement; what is None is left out."""
    elements = {"Sid": sid, "Principal": principal, "Action": action, "Resource": resource, "Condition": condition}
    return {"Effect": "Allow"} | {name: value for name, value in elements.items() if value is not None}


def trust(principal: Any, condition: dict[str, Any] | None = None, action: str = "sts:AssumeRole") -> dict[str, Any]:
    """A trust policy of one statement."""
    return policy(allow(action, principal=principal, condition=condition))
