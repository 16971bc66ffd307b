"""Events of S3 that moto does not send: a bucket's notification configuration, and where it says they go.

Queues and topics get an event when their policy lets S3 send to them for that bucket; functions and EventBridge do not.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

import json
import logging
import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from moto.s3.models import s3_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from featureshare.iam.calls import Call
from featureshare.localaws.invocation import ServiceError
from featureshare.localaws.services.runtime import authorize, required

log = logging.getLogger(__name__)

_VERSION = "2.2"  # the first with replicationEventData


def find_bucket(name: str) -> Any:
    """moto's bucket, whoever owns it; None when there is none."""
    owner = s3_backends.bucket_accounts.get(name)
    return None if owner is None else s3_backends[owner[1]][owner[0]].buckets.get(name)


def timestamp(seconds: float) -> str:
    """A time as events show it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def send(name: str, event: str, stored: Any, now: float, more: Mapping[str, Any]) -> None:
    """Send `event` (`s3:...`) about an object of the bucket `name` to every destination that asks for it; `more` are
    further members of the record. What cannot be delivered is noted and dropped, as S3 does."""
    bucket = find_bucket(name)
    for item in _destinations(bucket, event, stored.name):
        body = json.dumps({"Records": [{**_record(bucket, event, stored, now, item.id), **more}]})
        try:
            _deliver(bucket, item.arn, body)
        except ServiceError as error:
            log.warning("%s of %s was not delivered to %s: %s", event, name, item.arn, error.message)
        except Exception:
            # Whatever moto says of a destination that is gone: nobody waits for this event.
            log.exception("%s of %s was not delivered to %s", event, name, item.arn)


def _destinations(bucket: Any, event: str, key: str) -> Iterator[Any]:
    config = getattr(bucket, "notification_configuration", None)
    if config is not None:
        yield from (item for item in (*config.topic, *config.queue) if item.matches(event, key))


def _deliver(bucket: Any, arn: str, body: str) -> None:
    _, _, service, region, account, name = arn.split(":", 5)
    params = {"Bucket": bucket.name, "Destination": arn}
    authorize(required(Call("s3", "_Notify", params, bucket.account_id, bucket.region_name, "", bucket.partition)))
    if service == "sqs":
        sqs_backends[account][region].send_message(queue_name=name, message_body=body)
    else:
        sns_backends[account][region].publish(arn=arn, message=body, subject="Amazon S3 Notification")


def _record(bucket: Any, event: str, stored: Any, now: float, configuration: str) -> dict[str, Any]:
    return {
        "eventVersion": _VERSION,
        "eventSource": "aws:s3",
        "awsRegion": bucket.region_name,
        "eventTime": timestamp(now),
        "eventName": event.removeprefix("s3:"),
        "userIdentity": {"principalId": "s3.amazonaws.com"},
        "requestParameters": {"sourceIPAddress": "s3.amazonaws.com"},
        "responseElements": {"x-amz-request-id": secrets.token_hex(8).upper(), "x-amz-id-2": secrets.token_hex(24)},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": configuration,
            "bucket": {
                "name": bucket.name,
                "ownerIdentity": {"principalId": bucket.account_id},
                "arn": bucket.arn,
            },
            "object": {
                "key": quote_plus(stored.name, safe="/"),
                "size": stored.size,
                "eTag": stored.etag.strip('"'),
                "versionId": str(stored.version_id),
                "sequencer": f"{int(now * 1000):018X}",
            },
        },
    }
