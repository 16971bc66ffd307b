"""S3 replication: what S3 does as the replication role, live or for a batch job, and the calls that start a job.

`_Replicate`, `_ReplicateDelete` and `_TakeJob` are no API calls but that work. Params: `Role`; `Bucket` and `Key` of
the source; `Destination`, a bucket; `ReplicaKey`, the key for the replica (ARN or alias ARN). `_Notify` sends an event
of `Bucket` to `Destination`, the ARN of a queue or topic.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
"""

from collections.abc import Iterator

from featureshare.iam.calls.keys import key_check
from featureshare.iam.calls.model import Check
from featureshare.iam.calls.objects import Sender, bucket_arn, encryption_check, object_check
from featureshare.iam.calls.registry import SAR, Context, Scope, Table, account_of, as_text, entries, on, passed

_PAGE = SAR + "list_amazons3.html"
_LIVE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html"
_KMS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html"
_BATCH = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-batch-replication-policies.html"

_NOTIFY = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html"

SERVICE = "s3.amazonaws.com"
BATCH_SERVICE = "batchoperations.s3.amazonaws.com"


def trust_check(scope: Scope, service: str) -> Check:
    """The service taking the role; live replication says which bucket it does it for, a batch job which account."""
    role, bucket = scope.text("Role"), scope.text("Bucket")
    facts = scope.estate.bucket(bucket)
    account = facts.account if facts else scope.call.account
    context: Context = {"aws:SourceAccount": account}
    if service == SERVICE:
        context["aws:SourceArn"] = bucket_arn(scope, bucket)
    return Check("sts:AssumeRole", role, account_of(role, account), context, as_role=service, source=_LIVE)


def _source(scope: Scope) -> Iterator[Check]:
    """Reading rules and versions at the source."""
    sender, bucket, key = Sender(as_role=scope.text("Role")), scope.text("Bucket"), scope.text("Key")
    yield object_check(scope, "s3:GetReplicationConfiguration", bucket, None, sender=sender)
    yield object_check(scope, "s3:ListBucket", bucket, None, sender=sender)
    for action in ("s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl"):
        yield object_check(scope, action, bucket, key, sender=sender)
    kms_key = scope.estate.object_key(bucket, key, scope.get("VersionId"))
    if kms_key:
        yield encryption_check(scope, "kms:Decrypt", kms_key, bucket, key, sender=sender, source=_KMS)


def _replicate(scope: Scope) -> Iterator[Check]:
    """A version's replica: written under the replica key, whose bucket key S3 checks before it uses it."""
    yield from _source(scope)
    role, target = scope.text("Role"), scope.text("Destination")
    yield object_check(scope, "s3:ReplicateObject", target, scope.text("Key"), sender=Sender(as_role=role))
    if scope.get("ReplicaKey"):
        facts = scope.estate.bucket(target)
        region = facts.region if facts else scope.call.region
        whole = facts is None or facts.bucket_key
        named = bucket_arn(scope, target, None if whole else scope.text("Key"))
        for action in ("kms:Encrypt", "kms:Decrypt") if whole else ("kms:Encrypt",):
            yield key_check(
                scope,
                action,
                scope.text("ReplicaKey"),
                via="s3",
                context={
                    "kms:ViaService": f"s3.{region}.amazonaws.com",
                    "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
                },
                encryption_context={"aws:s3:arn": named},
                as_role=role,
                source=_KMS,
            )


def _live(scope: Scope) -> Iterator[Check]:
    yield trust_check(scope, SERVICE)
    yield from _replicate(scope)


def _delete(scope: Scope) -> Iterator[Check]:
    """A delete marker's copy."""
    sender = Sender(as_role=scope.text("Role"))
    yield trust_check(scope, SERVICE)
    yield object_check(scope, "s3:GetReplicationConfiguration", scope.text("Bucket"), None, sender=sender)
    yield object_check(scope, "s3:ReplicateDelete", scope.text("Destination"), scope.text("Key"), sender=sender)


def _take_job(scope: Scope) -> Iterator[Check]:
    """What a batch replication job does with one object before replication takes over: its manifest is S3's own."""
    sender, bucket = Sender(as_role=scope.text("Role")), scope.text("Bucket")
    yield trust_check(scope, BATCH_SERVICE)
    for action in ("s3:GetReplicationConfiguration", "s3:PutInventoryConfiguration"):
        yield object_check(scope, action, bucket, None, sender=sender)
    yield object_check(scope, "s3:InitiateReplication", bucket, scope.text("Key"), sender=sender)


def _create_job(scope: Scope) -> Iterator[Check]:
    """s3:CreateJob knows no resource; the operation of the job is a key."""
    keys: Context = {"s3:ResourceAccount": scope.call.account}
    operation = scope.get("Operation")
    if isinstance(operation, dict) and operation:
        keys["s3:RequestJobOperation"] = next(iter(operation))
    if scope.get("Priority") is not None:
        keys["s3:RequestJobPriority"] = as_text(scope.get("Priority"))
    yield Check("s3:CreateJob", "*", scope.call.account, keys)
    yield passed(scope, scope.text("RoleArn"), BATCH_SERVICE)


def _notify(scope: Scope) -> Iterator[Check]:
    """S3 itself sends, and says for which bucket: the destination's policy decides."""
    bucket, destination = scope.text("Bucket"), scope.text("Destination")
    facts = scope.estate.bucket(bucket)
    account = facts.account if facts else scope.call.account
    context: Context = {"aws:SourceAccount": account, "aws:SourceArn": bucket_arn(scope, bucket)}
    action = "sqs:SendMessage" if ":sqs:" in destination else "sns:Publish"
    yield Check(action, destination, account_of(destination, account), context, as_role=SERVICE, source=_NOTIFY)


TABLE: Table = {
    **entries(_NOTIFY, {"_Notify": _notify}),
    **entries(_LIVE, {"_Replicate": _live, "_ReplicateDelete": _delete}),
    **entries(_BATCH, {"_TakeJob": _take_job}),
}

CONTROL: Table = {
    **entries(_BATCH, {"CreateJob": _create_job}),
    **entries(_PAGE, {"DescribeJob": on("s3:DescribeJob", "arn:{partition}:s3:{region}:{account}:job/{JobId}")}),
}
