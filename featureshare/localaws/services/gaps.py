"""Single operations of other services that moto drops members of or lacks, as Terraform meets them."""

import copy
import secrets
from typing import Any

from moto.cloudtrail.models import cloudtrail_backends
from moto.core.utils import unix_time
from moto.efs.models import efs_backends
from moto.events.models import events_backends
from moto.s3.models import s3_backends
from moto.sns.models import sns_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services import replicationtime

_PROTECTION, _BACKUPS = "featureshare_data_protection", "_featureshare_backups"
_OF_A_BUS = {
    "DeadLetterConfig": "dead_letter_config",
    "Description": "description",
    "KmsKeyIdentifier": "kms_key_identifier",
}


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
        replicationtime.refuse(rule)
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


def update_bus(call: Invocation) -> dict[str, Any]:
    """Replaces description, key, dead letters and logging of a bus: what the call leaves out is gone."""
    name = str(call.params.get("Name") or "default").rpartition("/")[2]
    bus = events_backends[call.account][call.region].event_buses.get(name)
    if bus is None:
        raise ServiceError("ResourceNotFoundException", f"Event bus {name} does not exist.")
    given = {member: call.params.get(member) for member in _OF_A_BUS}
    for member, attribute in _OF_A_BUS.items():
        setattr(bus, attribute, given[member])
    bus.last_modified_time = unix_time()
    return {"Arn": bus.arn, "Name": bus.name, **{member: value for member, value in given.items() if value is not None}}


def update_protection(call: Invocation) -> dict[str, Any]:
    """Whether a replication may overwrite a file system; moto shows what is kept under this name."""
    found = _file_system(call)
    kept = {"ReplicationOverwriteProtection": call.params.get("ReplicationOverwriteProtection") or "ENABLED"}
    found.__dict__["file_system_protection"] = kept
    return kept


def update_file_system(call: Invocation) -> dict[str, Any]:
    """Changes how much a file system may move."""
    found, mode, most = (
        _file_system(call),
        call.params.get("ThroughputMode"),
        call.params.get("ProvisionedThroughputInMibps"),
    )
    if mode is not None:
        found.throughput_mode = mode
    if found.throughput_mode != "provisioned":
        if most is not None:
            raise ServiceError("BadRequest", "Only a provisioned throughput has an amount.")
        found.provisioned_throughput_in_mibps = None
    elif most is not None:
        found.provisioned_throughput_in_mibps = most
    return {name: value for name, value in found.info_json().items() if value is not None}


def delete_file_system_policy(call: Invocation) -> dict[str, Any]:
    _file_system(call).file_system_policy = None
    return {}


def put_backup(call: Invocation) -> dict[str, Any]:
    """Switches the daily backups of a file system, which moto only shows as they were at its birth."""
    _file_system(call).__dict__[_BACKUPS] = dict(call.params["BackupPolicy"])
    return get_backup(call)


def get_backup(call: Invocation) -> dict[str, Any]:
    found = _file_system(call)
    kept = found.__dict__.get(_BACKUPS) or ({"Status": "ENABLED"} if found._backup else None)
    if kept is None:
        raise ServiceError("PolicyNotFound", "None", 404)
    return {"BackupPolicy": kept}


def _file_system(call: Invocation) -> Any:
    name = str(call.params["FileSystemId"])
    found = efs_backends[call.account][call.region].file_systems_by_id.get(name)
    if found is None:
        raise ServiceError("FileSystemNotFound", f"File system '{name}' does not exist.", 404)
    return found


def put_data_protection(call: Invocation) -> dict[str, Any]:
    """Keeps the data protection policy of a topic; an empty one takes it away. No message is looked into here."""
    topic = _topic(call)
    topic.__dict__[_PROTECTION] = str(call.params["DataProtectionPolicy"])
    return {}


def get_data_protection(call: Invocation) -> dict[str, Any]:
    kept = _topic(call).__dict__.get(_PROTECTION)
    return {"DataProtectionPolicy": kept} if kept else {}


def _topic(call: Invocation) -> Any:
    found = sns_backends[call.account][call.region].topics.get(str(call.params["ResourceArn"]))
    if found is None:
        raise ServiceError("NotFound", "Topic does not exist", 404)
    return found


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
    ("efs", "DeleteFileSystemPolicy"): delete_file_system_policy,
    ("efs", "DescribeBackupPolicy"): get_backup,
    ("efs", "PutBackupPolicy"): put_backup,
    ("efs", "UpdateFileSystem"): update_file_system,
    ("efs", "UpdateFileSystemProtection"): update_protection,
    ("events", "UpdateEventBus"): update_bus,
    ("sns", "GetDataProtectionPolicy"): get_data_protection,
    ("sns", "PutDataProtectionPolicy"): put_data_protection,
}
