"""Where a bucket's events may go: S3 takes a destination that exists and whose policy lets S3 send to it.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html. A configuration that
does not wait for the destination's policy is refused by S3 at the first apply.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from featureshare.iam.calls import Check
from featureshare.localaws.gateway.emulator import backend
from featureshare.localaws.gateway.estate import MotoEstate
from featureshare.localaws.gateway.protocol import ParsedCall
from featureshare.localaws.invocation import ServiceError

_SENDER = "s3.amazonaws.com"
_KINDS: Mapping[str, tuple[str, str]] = {
    "QueueConfigurations": ("QueueArn", "sqs:SendMessage"),
    "TopicConfigurations": ("TopicArn", "sns:Publish"),
    "LambdaFunctionConfigurations": ("LambdaFunctionArn", "lambda:InvokeFunction"),
}
_PAGE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html"


def verify(call: ParsedCall, estate: MotoEstate, allowed: Callable[[Check], bool]) -> None:
    """Raises ServiceError InvalidArgument for a destination of a bucket's events that cannot be one."""
    if (call.service, call.operation) != ("s3", "PutBucketNotificationConfiguration"):
        return
    if call.params.get("SkipDestinationValidation"):
        return
    bucket = estate.raw_bucket(str(call.params.get("Bucket")))
    if bucket is None:
        return
    context = {"aws:SourceAccount": bucket.account_id, "aws:SourceArn": bucket.arn}
    for arn, action in _destinations(call.params.get("NotificationConfiguration") or {}):
        account = arn.split(":")[4]
        check = Check(action, arn, account, context, as_role=_SENDER, source=_PAGE)
        if not (_exists(arn) and allowed(check)):
            raise ServiceError("InvalidArgument", f"Unable to validate the following destination configurations: {arn}")


def _destinations(configuration: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for kind, (member, action) in _KINDS.items():
        for one in configuration.get(kind) or ():
            arn = str(one.get(member))
            if len(arn.split(":", 5)) != 6:
                raise ServiceError("InvalidArgument", "The ARN could not be parsed")
            yield arn, action


def _exists(arn: str) -> bool:
    _, _, service, region, account, name = arn.split(":", 5)
    if service not in ("sqs", "sns", "lambda"):
        return False
    store = backend(service, account, region)
    if service == "sqs":
        return name in store.queues
    if service == "sns":
        return arn in store.topics
    function = ":".join(arn.split(":")[:7])
    return any(one.function_arn == function for one in store.list_functions())
