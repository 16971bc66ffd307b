"""The vocabulary of the call catalogue: a call, the checks AWS makes for it, and the facts the checks depend on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from featureshare.errors import FeatureShareError

ContextValue = str | tuple[str, ...]


@dataclass(frozen=True)
class Call:
    """An API call as its caller makes it.

    `service` and `operation` are botocore's names, `params` the members of the input shape; `account` is the caller's
    account (where the call lands unless a parameter names another), `principal_arn` the role or user ARN behind it.
    An operation that starts with `_` is no API call but work a service does on the way (`athena:_RunQuery`,
    `sagemaker:_WriteOffline`); its params are described where its entry is.
    """

    service: str
    operation: str
    params: Mapping[str, Any]
    account: str
    region: str
    principal_arn: str
    partition: str = "aws"


@dataclass(frozen=True)
class Check:
    """One authorization that AWS makes for a call.

    `account` owns `resource`. `as_role` is None for the caller itself, or the ARN of a service role in whose name the
    service acts. `context` holds the request-specific condition keys; who calls, when and from where is added by the
    evaluator. `via` lists the services between the caller and the resource that AWS documents for aws:CalledVia,
    outermost first; a request that a service makes with its caller's rights has `aws:ViaAWSService` in its context
    whether or not that service is one of them. `new` says that the call is about to create the resource, so that it
    can have no policy of its own yet (a key above all: without it, a key's policy must allow). `source` says where
    AWS documents the check.
    """

    action: str
    resource: str
    account: str
    context: Mapping[str, ContextValue] = field(default_factory=dict)
    as_role: str | None = None
    via: tuple[str, ...] = ()
    wildcard_only: bool = False
    source: str = ""
    new: bool = False


@dataclass(frozen=True)
class FeatureGroupFacts:
    """A feature group that exists: its ARN, tags, keys (ARNs), offline role, S3 URI and Glue table."""

    arn: str
    account: str
    tags: Mapping[str, str]
    online_enabled: bool
    offline_enabled: bool
    online_key: str | None
    offline_key: str | None
    role_arn: str | None
    s3_uri: str | None
    database: str | None
    table: str | None


@dataclass(frozen=True)
class BucketFacts:
    """A bucket that exists: owner account, Region, default SSE-KMS key (ARN) if any."""

    name: str
    account: str
    region: str
    default_key: str | None
    bucket_key: bool
    tags: Mapping[str, str]


@dataclass(frozen=True)
class KeyFacts:
    """A KMS key that exists; `aliases` are names like `alias/fs-online`."""

    arn: str
    account: str
    aliases: tuple[str, ...]
    tags: Mapping[str, str]
    aws_managed: bool = False


@dataclass(frozen=True)
class RoleFacts:
    """An IAM role that exists; `arn` with its path, `boundary` the ARN of its permissions boundary if it has one."""

    arn: str
    account: str
    tags: Mapping[str, str]
    max_session_duration: int
    boundary: str | None = None


@dataclass(frozen=True)
class WorkgroupFacts:
    """An Athena workgroup that exists: where it writes and whether that binds the client."""

    arn: str
    output_location: str | None
    enforced: bool
    expected_owner: str | None
    key: str | None
    tags: Mapping[str, str]


@dataclass(frozen=True)
class TableFacts:
    """A Glue table that exists and the S3 location of its data."""

    arn: str
    database: str
    location: str | None
    partitioned: bool


@dataclass(frozen=True)
class QueryFacts:
    """An Athena query execution: its workgroup's name and the S3 URI of its result."""

    workgroup: str
    output_location: str | None


class Estate(Protocol):
    """Read-only facts about what exists; None where a thing does not.

    `key` takes a key id, a key ARN, an alias name or an alias ARN. `role` takes a role's ARN with or without its path:
    an account's role names are unique whatever the path, and most calls know the name alone. `query` also answers for
    the id of a named query (its workgroup, no output location). `data_catalog` gives the account whose Glue catalog a
    registered data catalog means, `secret` the ARN of a secret by its name or ARN, the last
    characters left out or not. `tags` is empty for what has none or does not exist.
    """

    def feature_group(self, account: str, name: str) -> FeatureGroupFacts | None: ...
    def bucket(self, name: str) -> BucketFacts | None: ...
    def object_key(self, bucket: str, key: str, version: str | None = None) -> str | None: ...
    def key(self, account: str, key: str) -> KeyFacts | None: ...
    def tags(self, arn: str) -> Mapping[str, str]: ...
    def role(self, arn: str) -> RoleFacts | None: ...
    def workgroup(self, account: str, name: str) -> WorkgroupFacts | None: ...
    def table(self, account: str, database: str, name: str) -> TableFacts | None: ...
    def query(self, account: str, query_id: str) -> QueryFacts | None: ...
    def data_catalog(self, account: str, name: str) -> str | None: ...
    def secret(self, account: str, name: str) -> str | None: ...


class Unmapped(FeatureShareError):
    """No entry says what this call needs. It is denied and named, never allowed."""

    def __init__(self, service: str, operation: str) -> None:
        super().__init__(f"no entry for {service}:{operation} in featureshare/iam/calls")
        self.service = service
        self.operation = operation
