"""Where a call lands: the account that owns what it is about, whoever calls."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from featureshare.iam.calls import Check
from featureshare.localaws.gateway.estate import MotoEstate
from featureshare.localaws.gateway.protocol import ParsedCall
from featureshare.localaws.invocation import ServiceError

_ARN_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "kms": ("KeyId", "TargetKeyId"),
    "sagemaker": ("FeatureGroupName", "ResourceArn"),
    "sagemaker-featurestore-runtime": ("FeatureGroupName",),
    "glue": ("ResourceArn",),
    "events": ("EventBusName",),
    "kinesis": ("StreamARN", "ResourceARN"),
    "lambda": ("FunctionName",),
    "secretsmanager": ("SecretId",),
    "s3tables": ("tableBucketARN", "tableArn"),
    "sns": ("TopicArn", "TargetArn", "ResourceArn"),
}
_READS = ("Get", "List", "Describe", "Head", "Simulate", "Generate")


def account_in(arn: Any) -> str | None:
    """The account field of an ARN; None for anything else."""
    parts = str(arn).split(":", 5)
    return parts[4] if len(parts) == 6 and parts[0] == "arn" and parts[4].isdigit() else None


def landing_account(call: ParsedCall, caller_account: str, estate: MotoEstate) -> str:
    """The account whose backend answers `call`.

    A bucket's owner, the account in a resource's ARN or a queue's URL, that of a Glue catalog or a registry; else the
    caller's.
    """
    params = call.params
    if call.service == "s3" and params.get("Bucket") and call.operation != "CreateBucket":
        facts = estate.bucket(str(params["Bucket"]))
        return caller_account if facts is None else facts.account
    for name in _ARN_PARAMETERS.get(call.service, ()):
        owner = account_in(params.get(name))
        if owner:
            return owner
    if call.service == "sqs":
        owner = urlsplit(str(params.get("QueueUrl") or "")).path.strip("/").partition("/")[0]
        return owner if owner.isdigit() else caller_account
    if call.service == "ecr" and params.get("registryId"):
        return str(params["registryId"])
    if call.service in ("glue", "lakeformation"):
        catalog = str(params.get("CatalogId") or "")
        if catalog.isdigit() and len(catalog) == 12:
            return catalog
    return caller_account


def check_asked(caller_account: str, lands_in: str, checks: Iterable[Check]) -> None:
    """Another account answers only a call that was decided there. Raises ServiceError AccessDenied."""
    if lands_in != caller_account and all(check.account != lands_in for check in checks):
        raise ServiceError("AccessDenied", f"local AWS knows nothing to ask account {lands_in} for this call", 403)


def check_expected_owner(call: ParsedCall, estate: MotoEstate) -> None:
    """S3 refuses a request that expects another owner of the bucket. Raises ServiceError AccessDenied.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
    """
    if call.service != "s3":
        return
    pairs = [(call.params.get("Bucket"), call.params.get("ExpectedBucketOwner"))]
    source = call.params.get("CopySource")
    if isinstance(source, str):
        pairs.append((source.lstrip("/").split("/", 1)[0], call.params.get("ExpectedSourceBucketOwner")))
    for bucket, expected in pairs:
        facts = estate.bucket(str(bucket)) if bucket and expected else None
        if facts is not None and facts.account != expected:
            raise ServiceError("AccessDenied", "Access Denied", 403)


def changes_policies(call: ParsedCall) -> bool:
    """Whether a call may change identity policies, principals or the organization."""
    return call.service in ("iam", "organizations") and not call.operation.startswith(_READS)
