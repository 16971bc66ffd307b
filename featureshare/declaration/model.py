"""The declaration as typed, frozen data: which keys there are, what each may hold, and what stands when it is absent.

Rules that need more than one key or more than one file are in judge.py.
"""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, Strict
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

Verb = Literal["delete", "discover", "manage", "read-offline", "read-online", "update", "write"]
VERBS: tuple[str, ...] = ("delete", "discover", "manage", "read-offline", "read-online", "update", "write")
# What a grant by tag may give: reading. Whoever changes a group is named in its file.
TagVerb = Literal["discover", "read-offline", "read-online"]
TAG_VERBS: tuple[str, ...] = ("discover", "read-offline", "read-online")

# Kinds of role. A principal may not be called like one: <prefix>-<team>-<kind> is the name of an access role.
ROLE_KINDS = frozenset(
    {
        "writer",
        "deleter",
        "reader-online",
        "reader-offline",
        "discoverer",
        "manager",
        "updater",
        "offline-store",
        "execution",
        "deploy",
        "replication",
        "replica-reader",
    }
)


@dataclass(frozen=True)
class _Text:
    """Text that matches `pattern` as a whole; `rule` and `fix` are what the user reads when it does not."""

    pattern: str
    rule: str
    fix: str

    def check(self, value: str) -> str:
        if not re.fullmatch(self.pattern, value, re.ASCII):
            raise PydanticCustomError("rule", "{rule}", {"rule": f"{self.rule}, not {value!r}.", "fix": self.fix})
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, core_schema.str_schema(strict=True))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        description = self.rule[0].upper() + self.rule[1:] + "."
        return {"type": "string", "pattern": f"^(?:{self.pattern})$", "description": description}


AccountId = Annotated[str, _Text(r"[0-9]{12}", "an account id is 12 digits in quotes", 'write it as "111122223333"')]
Bool = Annotated[bool, Strict()]
Contact = Annotated[
    str,
    _Text(
        r"[\w .:/=+@-]{1,256}",
        "a contact is 1 to 256 letters, digits, spaces or _ . : / = + - @ (it becomes a tag)",
        "write a mailing list or a link",
    ),
]
Description = Annotated[str, _Text(r".{1,128}", "a description is one line of 1 to 128 characters", "shorten it")]
FeatureDescription = Annotated[
    str, _Text(r".{1,255}", "a feature's description is one line of 1 to 255 characters", "shorten it")
]
FeatureName = Annotated[
    str,
    _Text(
        r"[a-zA-Z0-9]([_-]*[a-zA-Z0-9]){0,63}",
        "a feature's name is 1 to 64 letters, digits, hyphens and underscores, a letter or digit first and last",
        "rename it",
    ),
]
Freshness = Annotated[
    str, _Text(r"[1-9][0-9]*[smhd]", "freshness is a number with s, m, h or d", "write for example 15m")
]
GroupName = Annotated[
    str,
    _Text(
        r"(?=.{1,64}$)([a-z][a-z0-9]*(-[a-z0-9]+)*--[a-z0-9]+|[a-z][a-z0-9]*)([_-][a-z0-9]+)*",
        "a feature group's name is up to 64 lower-case letters, digits, single hyphens or underscores, a letter first, "
        "and <team>-- before it in that team's name space",
        "rename the file and the key, in lower case",
    ),
]
Link = Annotated[
    str, _Text(r"https://\S+", "a pipeline is an https:// link", "link to the code or job that fills the group")
]
Name = Annotated[
    str,
    _Text(
        r"[a-z][a-z0-9]*(-[a-z0-9]+)*",
        "a name is lower-case letters, digits and single hyphens, a letter first",
        "rename it, in lower case",
    ),
]
OrganizationId = Annotated[
    str, _Text(r"o-[a-z0-9]{10,32}", "an organization id is o- and 10 to 32 letters or digits", "look it up")
]
Policy = Annotated[
    str,
    _Text(
        r"([\w+=,.@-]+/)*[\w+=,.@-]{1,128}",
        "a permissions boundary is the name of a managed policy that every account has, with its path if any",
        "write the name, without the ARN (which would name one account)",
    ),
]
PlatformPrincipal = Annotated[
    str,
    _Text(
        r"arn:aws(-[a-z]+)*:iam::[0-9]{12}:(role|user)/[\w+=,.@/-]+",
        "the platform principal is the ARN of one role or user; a whole account would let its administrators decide "
        "who deploys",
        "name the role that applies, as arn:aws:iam::111122223333:role/platform",
    ),
]
PrincipalName = Annotated[
    str,
    _Text(
        r"(?=.{1,16}$)[a-z][a-z0-9]*(-[a-z0-9]+)*",
        "a principal's name is at most 16 lower-case letters, digits and single hyphens, a letter first",
        "rename it",
    ),
]
Region = Annotated[str, _Text(r"[a-z]{2}(-[a-z]+)+-[0-9]", "a Region looks like eu-west-1", "write the Region's code")]
ReplicaReader = Annotated[
    str,
    _Text(
        r"(?=.{1,16}$)[a-z][a-z0-9]*(-[a-z0-9]+)*|arn:aws(-[a-z]+)*:iam::[0-9]{12}:role/[\w+=,.@/-]+",
        "a replica's reader is a name (at most 16 lower-case letters, digits and single hyphens) of a role to make, or "
        "the ARN of one role that is there",
        "write a name, or the ARN of a role in the replica's account",
    ),
]
RoleArn = Annotated[
    str,
    _Text(
        r"arn:aws(-[a-z]+)*:iam::[0-9]{12}:role/[\w+=,.@/-]+",
        "role_arn is the ARN of one IAM role; a whole account or a pattern would let others decide who it is",
        "name the role, as arn:aws:iam::111122223333:role/serving",
    ),
]
TagKey = Annotated[
    str,
    _Text(
        r"(?!aws:)[\w .:/=+@-]{1,128}",
        "a tag's key is 1 to 128 letters, digits, spaces or _ . : / = + - @ and does not begin with aws:",
        "rename it",
    ),
]
TagValue = Annotated[
    str,
    _Text(
        r"[\w .:/=+@-]{0,256}", "a tag's value is at most 256 letters, digits, spaces or _ . : / = + - @", "change it"
    ),
]
IamName = Annotated[
    str, _Text(r"[\w+=,.@-]{1,64}", "a name in IAM is 1 to 64 letters, digits or _ + = , . @ -", "copy it from IAM")
]
PermissionSetName = Annotated[
    str, _Text(r"[\w+=,.@-]{1,32}", "a permission set's name is 1 to 32 letters, digits or _ + = , . @ -", "copy it")
]
Number = Annotated[
    str,
    _Text(
        r"-?[0-9]{1,15}(\.[0-9]{1,9})?",
        "a bound is a decimal number in quotes",
        'write it as "0" or "-1.5"',
    ),
]
AllowedValue = Annotated[
    str,
    _Text(
        r"[ -~]{1,64}",
        "an allowed value is 1 to 64 printable ASCII characters (teams get it in a Systems Manager parameter)",
        "shorten it, or leave the list out",
    ),
]
ParameterText = Annotated[
    str,
    _Text(
        r"[\w .:/=+@-]{1,255}",
        "a parameter's key and value are 1 to 255 letters, digits, spaces or _ . : / = + - @",
        "change it",
    ),
]
InstanceType = Annotated[
    str, _Text(r"ml\.[a-z0-9-]+\.[a-z0-9]+", "an instance type looks like ml.t3.medium", "copy it from SageMaker")
]
KeyArn = Annotated[
    str,
    _Text(
        r"arn:aws(-[a-z]+)*:kms:[a-z0-9-]+:[0-9]{12}:key/(mrk-)?[0-9a-f-]{32,36}",
        "volume_key is the ARN of one KMS key",
        "copy the key's ARN, not its alias",
    ),
]


def _network_id(kind: str) -> _Text:
    return _Text(rf"{kind}-[0-9a-f]{{8,17}}", f"an id of this kind looks like {kind}-0123456789abcdef0", "copy it")


TtlValue = Annotated[int, Strict(), Field(ge=1)]
Dimension = Annotated[int, Strict(), Field(ge=1, le=8192)]
CapacityUnits = Annotated[int, Strict(), Field(ge=1, le=40_000)]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Platform(_Frozen):
    """Who may assume the deploy roles."""

    principal: PlatformPrincipal


class Replica(_Frozen):
    """A copy of the offline stores of some groups, in an account or Region of its own, with readers of its own.

    `region` is the environment's by default. `delete_markers` is false by default: DeleteRecord writes a row, which is
    replicated like any other, so that a marker only ever means that an object was removed by hand.
    """

    account: AccountId
    region: Region | None = None
    feature_groups: Annotated[list[GroupName], Field(min_length=1)]
    replication_time_control: Bool = False
    delete_markers: Bool = False
    readers: Annotated[list[ReplicaReader], Field(min_length=1)]


class TagMatch(_Frozen):
    """Tags that a feature group bears, all of which it must have: those that its own file sets."""

    classification: Literal["public", "internal", "confidential"] | None = None
    owner: Name | None = None


class TagGrant(_Frozen):
    """A grant by tag: every group of the central store that bears `tags`, and whose owner says `shared_by_tag: true`,
    is shared with these teams, for reading."""

    tags: TagMatch
    shared_with: Annotated[dict[Name, Annotated[list[TagVerb], Field(min_length=1)]], Field(min_length=1)]


class Environment(_Frozen):
    """environment.yaml: what holds for every account of one environment."""

    name: Name
    ephemeral: Bool
    region: Region
    partition: Literal["aws", "aws-cn", "aws-us-gov"] = "aws"
    organization_id: OrganizationId | None = None
    prefix: Name
    central_account: AccountId
    platform: Platform
    permissions_boundary: Policy | None = None
    tags: dict[TagKey, TagValue] = {}
    replicas: dict[Name, Replica] = {}
    shared_by_tag: list[TagGrant] = []


Compute = Literal[
    "sagemaker",
    "sagemaker-processing",
    "sagemaker-training",
    "sagemaker-transform",
    "lambda",
    "ecs",
    "ec2",
    "emr",
    "emr-serverless",
    "none",
]


class Principal(_Frozen):
    """A principal of a team and the verbs that it uses.

    `compute` says which service runs as it: `sagemaker` anything of SageMaker (notebooks, Studio, endpoints, every
    kind of job), the finer kinds jobs of that kind alone.
    """

    verbs: Annotated[list[Verb], Field(min_length=1)]
    kind: Literal["role", "user", "sso"] = "role"
    compute: Compute | None = None
    role_arn: RoleArn | None = None
    permission_set: PermissionSetName | None = None
    user_name: IamName | None = None

    @property
    def runs_on(self) -> str:
        """The compute kind with its default: sagemaker for a role of ours, none for what is not ours."""
        return self.compute or ("sagemaker" if self.kind == "role" and self.role_arn is None else "none")


class Notebook(_Frozen):
    """A notebook instance that runs as a principal of the team, in a subnet that is there; encrypted, without direct
    internet and root. `volume_key` is the ARN of a key of the team's account and Region."""

    principal: PrincipalName
    instance_type: InstanceType
    subnet_id: Annotated[str, _network_id("subnet")]
    security_group_ids: Annotated[list[Annotated[str, _network_id("sg")]], Field(min_length=1, max_length=5)]
    volume_key: KeyArn


class VpcEndpoints(_Frozen):
    """Endpoints in a VPC of the team, through which only what is shared with the team is reached."""

    vpc_id: Annotated[str, _network_id("vpc")]
    subnet_ids: Annotated[list[Annotated[str, _network_id("subnet")]], Field(min_length=1)]
    security_group_ids: Annotated[list[Annotated[str, _network_id("sg")]], Field(min_length=1)]
    route_table_ids: Annotated[list[Annotated[str, _network_id("rtb")]], Field(min_length=1)]


class Athena(_Frozen):
    """How a team queries. `allow_primary`: sessions of its reader-offline role may query in the central account's
    workgroup `primary`, for clients that name no other; the runner puts a limit on what a query there scans."""

    allow_primary: Bool = False


class Team(_Frozen):
    """teams/<team>.yaml: a team, its account and who in it uses which verb."""

    team: Name
    account: AccountId
    contact: Contact
    namespace: Bool = False
    results: Literal["team", "central"] = "team"
    direct_catalog: Bool = False
    athena: Athena = Athena()
    principals: Annotated[dict[PrincipalName, Principal], Field(min_length=1)]
    notebook: Notebook | None = None
    vpc_endpoints: VpcEndpoints | None = None


class Feature(_Frozen):
    """One feature. The order of features is part of a group's identity.

    `collection` makes it a list, a set or a vector of values of its type; a vector has `dimension` numbers.
    `parameters` are the feature's metadata beside its description.
    """

    name: FeatureName
    type: Literal["String", "Integral", "Fractional"]
    description: FeatureDescription
    collection: Literal["list", "set", "vector"] | None = None
    dimension: Dimension | None = None
    parameters: Annotated[dict[ParameterText, ParameterText], Field(max_length=25)] = {}


class Ttl(_Frozen):
    """How long a record stays in the online store after its event time."""

    value: TtlValue
    unit: Literal["Seconds", "Minutes", "Hours", "Days", "Weeks"]


class OnlineStore(_Frozen):
    """The online store: the latest record of each identifier.

    `standard-v2` can change single features of a record (UpdateRecord), as `in-memory` can.
    """

    enabled: Bool
    storage: Literal["standard", "standard-v2", "in-memory"] = "standard"
    ttl: Ttl | None = None


class OfflineStore(_Frozen):
    """The offline store: every record ever written, in S3."""

    enabled: Bool
    format: Literal["glue", "iceberg"] = "glue"


class Throughput(_Frozen):
    """Capacity that is paid for in advance, in units a second; without it a group is served on demand."""

    read: CapacityUnits | None = None
    write: CapacityUnits


class Expectation(_Frozen):
    """What values of one feature must be like; checked by whoever writes with `quality`, and on what is stored.

    `unique` means that no two record identifiers have the same value.
    """

    required: Bool = False
    unique: Bool = False
    min: Number | None = None
    max: Number | None = None
    allowed: Annotated[list[AllowedValue], Field(min_length=1, max_length=50)] = []


class FeatureGroup(_Frozen):
    """feature-groups/<group>.yaml: one feature group, its owner and with whom it is shared.

    `shared_by_tag` is the owner's consent to what `shared_by_tag` of environment.yaml grants.
    """

    feature_group: GroupName
    store: Literal["central", "team"]
    owner: Name
    contact: Contact
    pipeline: Link | None = None
    description: Description
    record_identifier: FeatureName
    event_time: FeatureName
    features: Annotated[list[Feature], Field(min_length=2, max_length=2500)]
    online_store: OnlineStore
    offline_store: OfflineStore
    throughput: Throughput | None = None
    classification: Literal["public", "internal", "confidential", "restricted"] = "internal"
    freshness: Freshness | None = None
    expectations: dict[FeatureName, Expectation] = {}
    purpose: Literal["canary"] | None = None
    created_by: Literal["terraform", "api"] = "terraform"
    shared_by_tag: Bool = False
    shared_with: dict[Name, Annotated[list[Verb], Field(min_length=1)]] = {}
    updates: dict[Name, Annotated[list[FeatureName], Field(min_length=1, max_length=100)]] = {}
