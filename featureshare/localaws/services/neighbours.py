"""Operations of Glue, Athena and KMS that moto lacks, as Terraform meets them."""

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.utils import utcnow
from moto.glue.models import glue_backends
from moto.kms.models import kms_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.patches.glue import JOB_MEMBERS
from featureshare.localaws.patches.kms import EXPIRY
from featureshare.localaws.services import athena_workgroups

_KEPT = "featureshare"
_YEAR = 365  # days: the period of a key whose owner names none

# members of an update -> attributes of moto's crawler and job
_CRAWLER = {
    "Role": "role",
    "DatabaseName": "database_name",
    "Description": "description",
    "Targets": "targets",
    "Schedule": "schedule",
    "Classifiers": "classifiers",
    "TablePrefix": "table_prefix",
    "SchemaChangePolicy": "schema_change_policy",
    "RecrawlPolicy": "recrawl_policy",
    "LineageConfiguration": "lineage_configuration",
    "LakeFormationConfiguration": "lake_formation_configuration",
    "Configuration": "configuration",
    "CrawlerSecurityConfiguration": "crawler_security_configuration",
}
# what Glue adds to each of these where a crawler is not told. https://docs.aws.amazon.com/glue/latest/webapi/API_Crawler.html
_OF_A_CRAWLER = {
    "SchemaChangePolicy": {"UpdateBehavior": "UPDATE_IN_DATABASE", "DeleteBehavior": "DEPRECATE_IN_DATABASE"},
    "RecrawlPolicy": {"RecrawlBehavior": "CRAWL_EVERYTHING"},
    "LineageConfiguration": {"CrawlerLineageSettings": "DISABLE"},
}
_JOB = {
    "Description": "description",
    "LogUri": "log_uri",
    "Role": "role",
    "ExecutionProperty": "execution_property",
    "Command": "command",
    "DefaultArguments": "default_arguments",
    "NonOverridableArguments": "non_overridable_arguments",
    "Connections": "connections",
    "MaxRetries": "max_retries",
    "AllocatedCapacity": "allocated_capacity",
    "Timeout": "timeout",
    "MaxCapacity": "max_capacity",
    "WorkerType": "worker_type",
    "NumberOfWorkers": "number_of_workers",
    "SecurityConfiguration": "security_configuration",
    "NotificationProperty": "notification_property",
    "GlueVersion": "glue_version",
    "CodeGenConfigurationNodes": "code_gen_configuration_nodes",
    "ExecutionClass": "execution_class",
    "SourceControlDetails": "source_control_details",
}


def create_crawler(call: Invocation) -> dict[str, Any]:
    """A crawler with all that it is given; moto forgets how it asks Lake Formation."""
    members = {attribute: _of_a_crawler(name, call.params.get(name)) for name, attribute in _CRAWLER.items()}
    of_lake = members.pop("lake_formation_configuration")
    name, tags = call.params["Name"], call.params.get("Tags") or {}
    _glue(call, lambda backend: backend.create_crawler(name=name, tags=tags, **members))
    setattr(_glue(call, lambda backend: backend.get_crawler(name)), "lake_formation_configuration", of_lake)  # noqa: B010
    return {}


def update_crawler(call: Invocation) -> dict[str, Any]:
    """Changes what is given."""
    crawler = _glue(call, lambda backend: backend.get_crawler(call.params["Name"]))
    for name, attribute in _CRAWLER.items():
        if name in call.params:
            setattr(crawler, attribute, _of_a_crawler(name, call.params[name]))
    crawler.version += 1
    crawler.last_updated = utcnow()
    return {}


def _of_a_crawler(name: str, given: Any) -> Any:
    if name == "Role" and given:  # Glue shows a role's path and name, also of one that it was given as an ARN
        return given.partition(":role/")[2] or given
    return {**_OF_A_CRAWLER[name], **(given or {})} if name in _OF_A_CRAWLER else given


def update_job(call: Invocation) -> dict[str, Any]:
    """Replaces the whole definition, as the API does: what the update does not give is back at its default."""
    name, update = call.params["JobName"], call.params["JobUpdate"]
    job = _glue(call, lambda backend: backend.get_job(name))
    defaults: dict[str, Any] = {"execution_property": {}, "default_arguments": {}}
    for member, attribute in (_JOB | JOB_MEMBERS).items():
        setattr(job, attribute, update.get(member, defaults.get(attribute)))
    job.last_modified_on = utcnow()
    return {"JobName": name}


def batch_get_named_query(call: Invocation) -> dict[str, Any]:
    """Named queries by id; one that is not there is reported beside those that are."""
    found, missing = [], []
    for name in call.params["NamedQueryIds"]:
        try:
            one = replace(call, params={"NamedQueryId": name})
            found.append(athena_workgroups.get_named_query(one)["NamedQuery"])
        except ServiceError as error:
            missing.append({"NamedQueryId": name, "ErrorCode": error.code, "ErrorMessage": error.message})
    return {"NamedQueries": found, "UnprocessedNamedQueryIds": missing}


def batch_get_prepared_statement(call: Invocation) -> dict[str, Any]:
    found, missing = [], []
    for name in call.params["PreparedStatementNames"]:
        try:
            one = replace(call, params={"StatementName": name, "WorkGroup": call.params["WorkGroup"]})
            found.append(athena_workgroups.get_prepared_statement(one)["PreparedStatement"])
        except ServiceError as error:
            missing.append({"StatementName": name, "ErrorCode": error.code, "ErrorMessage": error.message})
    return {"PreparedStatements": found, "UnprocessedPreparedStatementNames": missing}


def enable_key_rotation(call: Invocation) -> dict[str, Any]:
    """Turns rotation on, with the period given, or the one there was, or a year."""
    key = _symmetric_key(call)
    days = call.params.get("RotationPeriodInDays")
    if days is not None and not 90 <= int(days) <= 2560:
        raise ServiceError(
            "ValidationException",
            f"1 validation error detected: Value '{days}' at 'rotationPeriodInDays' failed to satisfy constraint: "
            "Member must be between 90 and 2560",
        )
    key.key_rotation_status = True
    if days is not None or not hasattr(key, _KEPT):
        setattr(key, _KEPT, int(days or _YEAR))
    return {}


def get_key_rotation_status(call: Invocation) -> dict[str, Any]:
    key = _key(call)
    if not key.key_rotation_status:
        return {"KeyId": key.arn, "KeyRotationEnabled": False}
    days = getattr(key, _KEPT, _YEAR)
    made = datetime.fromtimestamp(key.creation_date, UTC)
    return {
        "KeyId": key.arn,
        "KeyRotationEnabled": True,
        "RotationPeriodInDays": days,
        "NextRotationDate": made + timedelta(days=days),
    }


def replicate_key(call: Invocation) -> dict[str, Any]:
    """A replica of a multi-Region key, with policy, description, tags, aliases and grants of its own.

    moto copies all of them. Imported material is not replicated: the same has to be imported again. https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html
    """
    key, region = _key(call), str(call.params["ReplicaRegion"])
    if not key.multi_region or key.multi_region_configuration["PrimaryKey"]["Region"] != key.region:
        raise ServiceError("UnsupportedOperationException", f"{key.arn} is not a multi-region primary key.")
    there = kms_backends[key.account_id][region]
    if key.id in there.keys:
        raise ServiceError("AlreadyExistsException", f"Key {key.id} already exists in region {region}.")
    replica = copy.copy(key)
    replica.region, replica.arn = region, key.arn.replace(f":{key.region}:", f":{region}:")
    replica.grants, replica.aliases = {}, {}
    replica.policy = str(call.params.get("Policy") or replica.generate_default_policy())
    replica.description = str(call.params.get("Description") or "")
    replica.key_state, replica.enabled = "Enabled", True
    if key.origin == "EXTERNAL":
        replica.key_state, replica.enabled = "PendingImport", False
        replica.__dict__[EXPIRY] = {}
    key.multi_region_configuration["ReplicaKeys"].append({"Arn": replica.arn, "Region": region})
    # The list of replicas is one for all of them.
    replica.multi_region_configuration = {**key.multi_region_configuration, "MultiRegionKeyType": "REPLICA"}
    there.keys[key.id] = replica
    tags = list(call.params.get("Tags") or ())
    there.tagger.tag_resource(key.id, tags)
    return {
        "ReplicaKeyMetadata": replica.to_dict()["KeyMetadata"],
        "ReplicaPolicy": replica.policy,
        "ReplicaTags": tags,
    }


def put_key_policy(call: Invocation) -> dict[str, Any]:
    """Replaces a key's one policy, `default`; moto wants its name, which KMS takes as said when it is left out."""
    key = _key(call)
    _check_policy_name(call)
    key.policy = str(call.params["Policy"])
    return {}


def get_key_policy(call: Invocation) -> dict[str, Any]:
    key = _key(call)
    _check_policy_name(call)
    return {"Policy": key.policy or key.generate_default_policy(), "PolicyName": "default"}


def _check_policy_name(call: Invocation) -> None:
    if call.params.get("PolicyName") not in (None, "default"):
        raise ServiceError("NotFoundException", "No such policy exists")


def _symmetric_key(call: Invocation) -> Any:
    key = _key(call)
    if key.key_spec != "SYMMETRIC_DEFAULT" or key.origin == "EXTERNAL":
        raise ServiceError("UnsupportedOperationException", f"{key.arn} does not support automatic key rotation.")
    if key.key_state == "Disabled":
        raise ServiceError("DisabledException", f"{key.arn} is disabled.")
    if key.key_state == "PendingDeletion":
        raise ServiceError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    return key


def _key(call: Invocation) -> Any:
    """A key by id or ARN. Raises ServiceError NotFoundException, for an alias too, as KMS does here."""
    name = str(call.params["KeyId"])
    found = kms_backends[call.account][call.region].keys.get(name.rpartition("key/")[2])
    if found is None:
        prefix = "" if name.startswith("arn:") else f"arn:aws:kms:{call.region}:{call.account}:key/"
        raise ServiceError("NotFoundException", f"Key '{prefix}{name}' does not exist")
    return found


def _glue(call: Invocation, read: Callable[[Any], Any]) -> Any:
    """What moto's Glue reads. Raises ServiceError in Glue's words."""
    try:
        return read(glue_backends[call.account][call.region])
    except JsonRESTError as error:
        raise ServiceError(error.error_type, error.message) from None


HANDLERS: dict[tuple[str, str], Handler] = {
    ("glue", "CreateCrawler"): create_crawler,
    ("glue", "UpdateCrawler"): update_crawler,
    ("glue", "UpdateJob"): update_job,
    ("athena", "BatchGetNamedQuery"): batch_get_named_query,
    ("athena", "BatchGetPreparedStatement"): batch_get_prepared_statement,
    ("kms", "EnableKeyRotation"): enable_key_rotation,
    ("kms", "ReplicateKey"): replicate_key,
    ("kms", "PutKeyPolicy"): put_key_policy,
    ("kms", "GetKeyPolicy"): get_key_policy,
    ("kms", "GetKeyRotationStatus"): get_key_rotation_status,
}
