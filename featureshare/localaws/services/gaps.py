"""Single operations of other services that moto drops members of or lacks, as Terraform meets them."""

import copy
import secrets
from typing import Any

from moto.cloudtrail.models import cloudtrail_backends
from moto.s3.models import s3_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError


def put_bucket_replication(call: Invocation) -> dict[str, Any]:
    """Keeps the configuration as given; moto forgets filters, encryption, metrics and delete markers."""
    bucket = _bucket(call)
    if not bucket.is_versioned:
        raise ServiceError(
            "InvalidRequest", "Versioning must be 'Enabled' on the bucket to apply a replication configuration"
        )
    given = copy.deepcopy(dict(call.params["ReplicationConfiguration"]))
    rules = given.get("Rules") or []
    for rule in rules:
        rule.setdefault("ID", secrets.token_hex(15))
        if "Filter" in rule:
            rule.setdefault("Priority", 0)
    names = [rule["ID"] for rule in rules]
    if len(set(names)) != len(names):
        raise ServiceError("InvalidArgument", "Rule Ids must be unique")
    priorities = [rule["Priority"] for rule in rules if "Priority" in rule]
    if len(set(priorities)) != len(priorities):
        raise ServiceError("InvalidArgument", "Found duplicate priority in the rules")
    bucket.replication = {"Role": given.get("Role"), "Rule": rules}
    return {}


def get_bucket_replication(call: Invocation) -> dict[str, Any]:
    found = getattr(_bucket(call), "replication", None)
    if not found:
        raise ServiceError("ReplicationConfigurationNotFoundError", "The replication configuration was not found", 404)
    return {"ReplicationConfiguration": {"Role": found["Role"], "Rules": found["Rule"]}}


def get_bucket_notification_configuration(call: Invocation) -> dict[str, Any]:
    """What moto answers, and EventBridgeConfiguration, which it keeps but does not show."""
    config = _bucket(call).notification_configuration
    if config is None:
        return {}
    shown: dict[str, Any] = {}
    for member, arn, items in (
        ("TopicConfigurations", "TopicArn", config.topic),
        ("QueueConfigurations", "QueueArn", config.queue),
        ("LambdaFunctionConfigurations", "LambdaFunctionArn", config.cloud_function),
    ):
        if items:
            shown[member] = [_notification(item, arn) for item in items]
    if config.event_bridge is not None:
        shown["EventBridgeConfiguration"] = {}
    return shown


def describe_trails(call: Invocation) -> dict[str, Any]:
    """Trails, filtered by name or ARN, which moto ignores."""
    wanted = call.params.get("trailNameList")
    shadows = call.params.get("includeShadowTrails")
    trails = cloudtrail_backends[call.account][call.region].describe_trails(True if shadows is None else shadows)
    shown = [trail.description(include_region=True) for trail in trails]
    return {"trailList": [trail for trail in shown if not wanted or {trail["Name"], trail["TrailARN"]} & set(wanted)]}


def _bucket(call: Invocation) -> Any:
    name = call.params["Bucket"]
    found = s3_backends.bucket_accounts.get(name)
    if found is None:
        raise ServiceError("NoSuchBucket", "The specified bucket does not exist", 404)
    return s3_backends[found[1]][found[0]].get_bucket(name)


def _notification(item: Any, arn: str) -> dict[str, Any]:
    shown: dict[str, Any] = {"Id": item.id, arn: item.arn, "Events": item.events}
    if item.filters:
        shown["Filter"] = {"Key": {"FilterRules": item.filters["S3Key"]["FilterRule"]}}
    return shown


HANDLERS: dict[tuple[str, str], Handler] = {
    ("s3", "PutBucketReplication"): put_bucket_replication,
    ("s3", "GetBucketReplication"): get_bucket_replication,
    ("s3", "GetBucketNotificationConfiguration"): get_bucket_notification_configuration,
    ("cloudtrail", "DescribeTrails"): describe_trails,
}
