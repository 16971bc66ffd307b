"""When feature groups were created: the last part of the folder that SageMaker writes their offline stores to.

Replication keeps keys, so the tables of a replica need it; nobody knows it before a group is there.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from featureshare.runner.clients import as_role, deploy_role_of
from featureshare.runner.environment import Access
from featureshare.runner.stacks import REPLICA, Normal, Stack

Discover = Callable[[Normal, Stack, Access], Mapping[str, int]]

_FOLDER = re.compile(r"/offline-store/(?P<name>[^/]+)-(?P<created>\d{10})/data/?$")


def discover(normal: Normal, stack: Stack, access: Access) -> dict[str, int]:
    """Seconds since 1970 by name, of the groups that a replica's stack copies and that are there; asked of SageMaker as
    the central account's deploy role. Raises botocore's ClientError when AWS refuses."""
    environment = normal["environment"]
    role = deploy_role_of(normal, environment["central_account"])
    client = as_role(access, role, environment["region"], stack.identity.replace("/", "-")[:64]).client("sagemaker")
    found = {}
    for name in normal["replicas"][stack.replica]["feature_groups"]:
        try:
            second = created_of(client.describe_feature_group(FeatureGroupName=name))
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFound":
                raise
            continue
        if second is not None:
            found[name] = second
    return found


def created_of(described: Mapping[str, Any]) -> int | None:
    """The second in the folder of a described group's offline store; None when it has none."""
    storage = (described.get("OfflineStoreConfig") or {}).get("S3StorageConfig") or {}
    match = _FOLDER.search(str(storage.get("ResolvedOutputS3Uri")))
    return int(match["created"]) if match else None


def variables(normal: Normal, stack: Stack, access: Access, ask: Discover = discover) -> dict[str, str]:
    """Environment variables that tell a stack's Terraform what only AWS knows; none for stacks other than replicas."""
    if stack.kind != REPLICA:
        return {}
    return {"TF_VAR_created": json.dumps(dict(sorted(ask(normal, stack, access).items())))}
