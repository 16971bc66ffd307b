"""S3 Tables: buckets of Iceberg tables with namespaces, upkeep, encryption, policies. No table's data is kept here.

moto knows buckets, namespaces and tables alone. Metadata is what a client says of it.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-tables.html
"""

import copy
import secrets
import uuid
from collections.abc import Mapping
from typing import Any

from moto.s3.models import s3_backends
from moto.utilities.utils import get_partition

from featureshare.iam import DocumentError, Policy
from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services.constraints import checked
from featureshare.localaws.services.paging import page
from featureshare.localaws.services.runtime import clock

_KEPT = "featureshare_table_buckets"
_MOST = 1000
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-tables-maintenance.html
_OF_BUCKETS: Mapping[str, Any] = {
    "icebergUnreferencedFileRemoval": {
        "status": "enabled",
        "settings": {"icebergUnreferencedFileRemoval": {"unreferencedDays": 3, "nonCurrentDays": 10}},
    }
}
_OF_TABLES: Mapping[str, Any] = {
    "icebergCompaction": {"status": "enabled", "settings": {"icebergCompaction": {"targetFileSizeMB": 512}}},
    "icebergSnapshotManagement": {
        "status": "enabled",
        "settings": {"icebergSnapshotManagement": {"minSnapshotsToKeep": 1, "maxSnapshotAgeHours": 120}},
    },
}


def create_bucket(call: Invocation) -> dict[str, Any]:
    name = str(call.params["name"])
    arn = f"arn:{get_partition(call.region)}:s3tables:{call.region}:{call.account}:bucket/{name}"
    if arn in _held(call):
        raise ServiceError(
            "ConflictException", "The bucket that you tried to create already exists, and you own it.", 409
        )
    _held(call)[arn] = {
        "shown": {
            "arn": arn,
            "name": name,
            "ownerAccountId": call.account,
            "createdAt": clock.now(),
            "tableBucketId": str(uuid.uuid4()),
            "type": "customer",
        },
        "encryption": call.params.get("encryptionConfiguration"),
        "maintenance": copy.deepcopy(dict(_OF_BUCKETS)),
        "policy": None,
        "namespaces": {},
        "tables": {},
        "tags": dict(call.params.get("tags") or {}),
    }
    return {"arn": arn}


def get_bucket(call: Invocation) -> dict[str, Any]:
    return dict(_bucket(call)["shown"])


def list_buckets(call: Invocation) -> dict[str, Any]:
    prefix = str(call.params.get("prefix") or "")
    found = [one["shown"] for one in _held(call).values() if one["shown"]["name"].startswith(prefix)]
    return _page(call, "tableBuckets", found, "maxBuckets")


def delete_bucket(call: Invocation) -> dict[str, Any]:
    """Takes a bucket away. Raises ServiceError while it has namespaces."""
    bucket = _bucket(call)
    if bucket["namespaces"]:
        raise ServiceError("ConflictException", "The bucket that you tried to delete is not empty.", 409)
    del _held(call)[bucket["shown"]["arn"]]
    return {}


def create_namespace(call: Invocation) -> dict[str, Any]:
    bucket, (name,) = _bucket(call), call.params["namespace"]
    if name in bucket["namespaces"]:
        raise ServiceError("ConflictException", "A namespace with an identical name already exists in the bucket.", 409)
    bucket["namespaces"][name] = {
        "namespace": [name],
        "createdAt": clock.now(),
        "createdBy": call.account,
        "ownerAccountId": call.account,
        "namespaceId": str(uuid.uuid4()),
        "tableBucketId": bucket["shown"]["tableBucketId"],
    }
    return {"tableBucketARN": bucket["shown"]["arn"], "namespace": [name]}


def get_namespace(call: Invocation) -> dict[str, Any]:
    return dict(_namespace(call))


def list_namespaces(call: Invocation) -> dict[str, Any]:
    prefix = str(call.params.get("prefix") or "")
    found = [one for name, one in _bucket(call)["namespaces"].items() if name.startswith(prefix)]
    return _page(call, "namespaces", found, "maxNamespaces")


def delete_namespace(call: Invocation) -> dict[str, Any]:
    """Takes a namespace away. Raises ServiceError while it has tables."""
    (name,) = _namespace(call)["namespace"]
    bucket = _bucket(call)
    if any(space == name for space, _ in bucket["tables"]):
        raise ServiceError("ConflictException", "The namespace that you tried to delete is not empty.", 409)
    del bucket["namespaces"][name]
    return {}


def create_table(call: Invocation) -> dict[str, Any]:
    """A table of a namespace. Its encryption is that of its bucket unless it has one of its own."""
    (space,) = _namespace(call)["namespace"]
    bucket, name = _bucket(call), str(call.params["name"])
    if (space, name) in bucket["tables"]:
        raise ServiceError("ConflictException", "A table with an identical name already exists in the namespace.", 409)
    now, token = clock.now(), secrets.token_hex(10)
    arn = f"{bucket['shown']['arn']}/table/{uuid.uuid4()}"
    bucket["tables"][space, name] = {
        "shown": {
            "name": name,
            "type": "customer",
            "tableARN": arn,
            "namespace": [space],
            "namespaceId": bucket["namespaces"][space]["namespaceId"],
            "versionToken": token,
            "warehouseLocation": f"s3://{uuid.uuid4()}--table-s3",
            "createdAt": now,
            "createdBy": call.account,
            "modifiedAt": now,
            "modifiedBy": call.account,
            "ownerAccountId": call.account,
            "format": call.params["format"],
            "tableBucketId": bucket["shown"]["tableBucketId"],
        },
        "encryption": call.params.get("encryptionConfiguration") or bucket["encryption"],
        "maintenance": copy.deepcopy(dict(_OF_TABLES)),
        "policy": None,
        "tags": dict(call.params.get("tags") or {}),
    }
    return {"tableARN": arn, "versionToken": token}


def get_table(call: Invocation) -> dict[str, Any]:
    """A table by its ARN, or by bucket, namespace and name."""
    if arn := call.params.get("tableArn"):
        for bucket in _held(call).values():
            for table in bucket["tables"].values():
                if table["shown"]["tableARN"] == arn:
                    return dict(table["shown"])
        raise _unknown("table")
    return dict(_table(call)["shown"])


def list_tables(call: Invocation) -> dict[str, Any]:
    prefix, space = str(call.params.get("prefix") or ""), call.params.get("namespace")
    found = [
        one["shown"]
        for (owner, name), one in _bucket(call)["tables"].items()
        if name.startswith(prefix) and space in (None, owner)
    ]
    return _page(call, "tables", found, "maxTables")


def rename_table(call: Invocation) -> dict[str, Any]:
    """Gives a table another name, or moves it to another namespace. Raises ServiceError for a stale version."""
    table, bucket = _table(call), _bucket(call)
    _fresh(call, table)
    (old,) = table["shown"]["namespace"]
    space = str(call.params.get("newNamespaceName") or old)
    name = str(call.params.get("newName") or table["shown"]["name"])
    if space not in bucket["namespaces"]:
        raise _unknown("namespace")
    if (space, name) in bucket["tables"]:
        raise ServiceError("ConflictException", "A table with an identical name already exists in the namespace.", 409)
    del bucket["tables"][old, table["shown"]["name"]]
    bucket["tables"][space, name] = table
    changed = {"name": name, "namespace": [space], "modifiedAt": clock.now()}
    table["shown"].update(changed)
    return {}


def delete_table(call: Invocation) -> dict[str, Any]:
    table = _table(call)
    _fresh(call, table)
    (space,) = table["shown"]["namespace"]
    del _bucket(call)["tables"][space, table["shown"]["name"]]
    return {}


def get_metadata(call: Invocation) -> dict[str, Any]:
    shown = _table(call)["shown"]
    members = ("versionToken", "metadataLocation", "warehouseLocation")
    return {member: shown[member] for member in members if member in shown}


def update_metadata(call: Invocation) -> dict[str, Any]:
    """Says where the table's metadata is. Raises ServiceError for another place than its own, or a stale version."""
    table, place = _table(call), str(call.params["metadataLocation"])
    _fresh(call, table)
    if not place.startswith(table["shown"]["warehouseLocation"] + "/"):
        raise ServiceError("BadRequestException", "The specified metadata location is not valid.")
    table["shown"] |= {"metadataLocation": place, "versionToken": secrets.token_hex(10), "modifiedAt": clock.now()}
    members = ("name", "tableARN", "namespace", "versionToken", "metadataLocation")
    return {member: table["shown"][member] for member in members}


def put_maintenance(call: Invocation) -> dict[str, Any]:
    """Changes one kind of upkeep, of a table where the call names one, else of the bucket."""
    given = {member: value for member, value in call.params["value"].items() if value is not None}
    kept = _subject(call)["maintenance"]
    kept[str(call.params["type"])] = {**kept.get(str(call.params["type"]), {}), **copy.deepcopy(given)}
    return {}


def get_bucket_maintenance(call: Invocation) -> dict[str, Any]:
    bucket = _bucket(call)
    return {"tableBucketARN": bucket["shown"]["arn"], "configuration": copy.deepcopy(bucket["maintenance"])}


def get_table_maintenance(call: Invocation) -> dict[str, Any]:
    table = _table(call)
    return {"tableARN": table["shown"]["tableARN"], "configuration": copy.deepcopy(table["maintenance"])}


def put_encryption(call: Invocation) -> dict[str, Any]:
    _bucket(call)["encryption"] = dict(call.params["encryptionConfiguration"])
    return {}


def get_encryption(call: Invocation) -> dict[str, Any]:
    """The encryption that a table or a bucket was given. The default is none of a bucket; a table tells it."""
    given = _subject(call)["encryption"]
    if given is None and call.params.get("name"):
        given = {"sseAlgorithm": "AES256"}
    if given is None:
        raise _unknown("encryption configuration")
    return {"encryptionConfiguration": dict(given)}


def delete_encryption(call: Invocation) -> dict[str, Any]:
    _bucket(call)["encryption"] = None
    return {}


def put_policy(call: Invocation) -> dict[str, Any]:
    """Keeps a policy of a table, or of the bucket. Raises ServiceError for a broken one."""
    text = str(call.params["resourcePolicy"])
    try:
        Policy.parse(text, name="table policy")
    except DocumentError as error:
        raise ServiceError("BadRequestException", f"This policy is not valid: {error}") from error
    _subject(call)["policy"] = text
    return {}


def get_policy(call: Invocation) -> dict[str, Any]:
    text = _subject(call)["policy"]
    if text is None:
        raise _unknown("policy")
    return {"resourcePolicy": text}


def delete_policy(call: Invocation) -> dict[str, Any]:
    _subject(call)["policy"] = None
    return {}


def _subject(call: Invocation) -> dict[str, Any]:
    """The table that a call names, else the bucket."""
    return _table(call) if call.params.get("name") else _bucket(call)


def _bucket(call: Invocation) -> dict[str, Any]:
    found: dict[str, Any] | None = _held(call).get(str(call.params["tableBucketARN"]))
    if found is None:
        raise _unknown("bucket")
    return found


def _namespace(call: Invocation) -> dict[str, Any]:
    found: dict[str, Any] | None = _bucket(call)["namespaces"].get(str(call.params["namespace"]))
    if found is None:
        raise _unknown("namespace")
    return found


def _table(call: Invocation) -> dict[str, Any]:
    key = (str(call.params["namespace"]), str(call.params["name"]))
    found: dict[str, Any] | None = _bucket(call)["tables"].get(key)
    if found is None:
        raise _unknown("table")
    return found


def _fresh(call: Invocation, table: Mapping[str, Any]) -> None:
    token = call.params.get("versionToken")
    if token is not None and token != table["shown"]["versionToken"]:
        raise ServiceError("ConflictException", "Provided version token does not match the table version token.", 409)


def _unknown(what: str) -> ServiceError:
    return ServiceError("NotFoundException", f"The specified {what} does not exist.", 404)


def _page(call: Invocation, member: str, found: list[Any], size: str) -> dict[str, Any]:
    token, most = call.params.get("continuationToken"), call.params.get(size) or _MOST
    shown, further = page(found, token, most, "BadRequestException")
    return {member: list(shown), **({"continuationToken": further} if further else {})}


def _held(call: Invocation) -> dict[str, Any]:
    """Table buckets of an account and Region by ARN, on moto's backend of S3 (that of S3 Tables knows few Regions)."""
    backend = s3_backends[call.account][get_partition(call.region)]
    held: dict[str, Any] = backend.__dict__.setdefault(_KEPT, {}).setdefault(call.region, {})
    return held


HANDLERS: dict[tuple[str, str], Handler] = checked(
    {
        ("s3tables", name): handler
        for name, handler in {
            "CreateNamespace": create_namespace,
            "CreateTable": create_table,
            "CreateTableBucket": create_bucket,
            "DeleteNamespace": delete_namespace,
            "DeleteTable": delete_table,
            "DeleteTableBucket": delete_bucket,
            "DeleteTableBucketEncryption": delete_encryption,
            "DeleteTableBucketPolicy": delete_policy,
            "DeleteTablePolicy": delete_policy,
            "GetNamespace": get_namespace,
            "GetTable": get_table,
            "GetTableBucket": get_bucket,
            "GetTableBucketEncryption": get_encryption,
            "GetTableBucketMaintenanceConfiguration": get_bucket_maintenance,
            "GetTableBucketPolicy": get_policy,
            "GetTableEncryption": get_encryption,
            "GetTableMaintenanceConfiguration": get_table_maintenance,
            "GetTableMetadataLocation": get_metadata,
            "GetTablePolicy": get_policy,
            "ListNamespaces": list_namespaces,
            "ListTableBuckets": list_buckets,
            "ListTables": list_tables,
            "PutTableBucketEncryption": put_encryption,
            "PutTableBucketMaintenanceConfiguration": put_maintenance,
            "PutTableBucketPolicy": put_policy,
            "PutTableMaintenanceConfiguration": put_maintenance,
            "PutTablePolicy": put_policy,
            "RenameTable": rename_table,
            "UpdateTableMetadataLocation": update_metadata,
        }.items()
    },
    "BadRequestException",
)
