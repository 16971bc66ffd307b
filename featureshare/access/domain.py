"""What the deploy role and the platform principal are for: the calls of Terraform, on names under the prefix.

The calls are those of the provider for the resources that our modules have; a name of the declaration stands for every
name under the prefix, since what will be declared tomorrow is deployed by the same role.
"""

from collections.abc import Iterator
from typing import Any

from featureshare.access.estate import DeclaredEstate
from featureshare.access.model import Model
from featureshare.access.rules import READERS, Condition, Rule
from featureshare.iam.calls import Call, checks_for
from featureshare.iam.calls.athena import PRIMARY
from featureshare.iam.calls.replication import BATCH_SERVICE, SERVICE

_BUCKET_READS = (
    *("GetBucketAccelerateConfiguration", "GetBucketAcl", "GetBucketCors", "GetBucketEncryption"),
    *("GetBucketLifecycleConfiguration", "GetBucketLogging", "GetBucketOwnershipControls", "GetBucketPolicy"),
    *("GetBucketReplication", "GetBucketRequestPayment", "GetBucketTagging", "GetBucketVersioning", "GetBucketWebsite"),
    *("GetObjectLockConfiguration", "GetPublicAccessBlock", "HeadBucket", "ListObjectsV2", "ListObjectVersions"),
)
_BUCKET_WRITES = (
    *("CreateBucket", "DeleteBucket", "DeleteBucketPolicy", "PutBucketEncryption", "PutBucketOwnershipControls"),
    *("PutBucketPolicy", "PutBucketTagging", "PutBucketVersioning", "PutPublicAccessBlock"),
    *("DeleteBucketOwnershipControls", "DeletePublicAccessBlock", "DeleteBucketEncryption", "DeleteBucketTagging"),
)
_ROLE_CALLS = (
    *("DeleteRole", "DeleteRolePolicy", "GetRole", "GetRolePolicy", "ListAttachedRolePolicies"),
    *("ListInstanceProfilesForRole", "ListRolePolicies", "TagRole", "UntagRole", "UpdateAssumeRolePolicy"),
    *("UpdateRole", "UpdateRoleDescription"),
)
_BOUNDED_CALLS = ("CreateRole", "PutRolePermissionsBoundary", "PutRolePolicy")
_POLICY_CALLS = (
    *("CreatePolicy", "CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion", "GetPolicy", "GetPolicyVersion"),
    *("ListPolicyVersions", "TagPolicy", "UntagPolicy"),
)
_KEY_CALLS = (
    *("CancelKeyDeletion", "DescribeKey", "EnableKeyRotation", "GetKeyPolicy", "GetKeyRotationStatus"),
    *("ListResourceTags", "PutKeyPolicy", "ScheduleKeyDeletion", "UntagResource", "UpdateKeyDescription"),
)
_KINDS = ("deleter", "discoverer", "manager", "reader-offline", "reader-online", "updater", "writer")


class _Domain:
    """Patterns of the names under an environment's prefix in one account and Region."""

    def __init__(self, model: Model, account: str, region: str | None = None) -> None:
        self.model, self.account, self.region = model, account, region or model.region
        self.estate = DeclaredEstate(model)
        self.iam = f"arn:{model.partition}:iam::{account}:"
        self.here = f":{self.region}:{account}:"
        self.snake = model.prefix.replace("-", "_")
        self.teams = [team for team in model.render["teams"].values() if team["account"] == account]

    def arn(self, service: str, rest: str) -> str:
        return f"arn:{self.model.partition}:{service}{self.here}{rest}"

    def rule(self, actions: tuple[str, ...], resource: str, *conditions: Condition, why: str) -> Rule:
        names = frozenset(action.lower() for action in actions)
        return Rule(names, resource, self.account, conditions, why)

    def actions(self, service: str, *operations: str, **params: Any) -> tuple[str, ...]:
        """The service's own actions of calls, whatever else those need."""
        out: dict[str, None] = {}
        for operation in operations:
            call = Call(service, operation, params, self.account, self.region, "", self.model.partition)
            for check in checks_for(call, self.estate):
                if check.action.startswith(f"{service}:"):
                    out[check.action] = None
        return tuple(out)


def deploy_rules(model: Model, account: str) -> list[Rule]:
    """What the deploy role of an account may do: with roles always, with what stands in the account besides."""
    domain = _Domain(model, account)
    stores = [store for store in model.render["stores"].values() if store["account"] == account]
    rules = [*_iam(domain, with_store=bool(stores))]
    with_storage = bool(stores) or any(one["results_bucket"] for one in domain.teams)
    for region in _regions(model, account, home=with_storage):
        there = _Domain(model, account, region)
        rules += [*_storage(there), *_catalog(there), *_replica(there)]
    for region in _regions(model, account, home=bool(domain.teams)):
        rules += _parameters(_Domain(model, account, region))
    for region in _regions(model, account, home=bool(stores)):
        rules += _keys(_Domain(model, account, region))
    if stores:
        rules += _groups(domain, stores)
    if account == model.central and model.environment["replicated"]:
        rules += _replication(domain)
    if account == model.central and any(team["allow_primary"] for team in model.render["teams"].values()):
        limit = domain.actions("athena", "GetWorkGroup", "UpdateWorkGroup", WorkGroup=PRIMARY)
        rules.append(domain.rule(limit, domain.arn("athena", f"workgroup/{PRIMARY}"), why="the limit of primary"))
    return [*rules, *_notebooks(domain), *_endpoints(domain), *_direct(domain)]


def _regions(model: Model, account: str, *, home: bool) -> list[str]:
    """Where an account holds something: in the environment's Region, if `home`, and where it has replicas."""
    replicas = [one["region"] for one in model.render["replicas"].values() if one["account"] == account]
    return list(dict.fromkeys([*((model.region,) if home else ()), *replicas]))


def _notebooks(domain: _Domain) -> Iterator[Rule]:
    """Notebook instances that are declared, each in its place, with its key and role."""
    why = "notebooks of the environment"
    for one in domain.model.render["notebooks"].values():
        if one["account"] != domain.account:
            continue
        where = Condition("sagemaker:DirectInternetAccess", ("Disabled",))
        root = Condition("sagemaker:RootAccess", ("Disabled",))
        key = Condition("sagemaker:VolumeKmsKeyArn", (one["volume_key"],))
        yield domain.rule(("sagemaker:CreateNotebookInstance",), one["arn"], where, root, key, why=why)
        actions = tuple(f"sagemaker:{name}NotebookInstance" for name in ("Delete", "Describe", "Start", "Stop"))
        actions += ("sagemaker:AddTags", "sagemaker:DeleteTags", "sagemaker:ListTags")
        yield domain.rule(actions, one["arn"], why=why)
        passed = Condition("iam:PassedToService", ("sagemaker.amazonaws.com",))
        yield domain.rule(("iam:PassRole",), one["role_arn"], passed, why=why)
        via = Condition("kms:ViaService", (f"sagemaker.{domain.region}.amazonaws.com",))
        yield domain.rule(("kms:CreateGrant", "kms:DescribeKey"), one["volume_key"], via, why=why)
        places = ["network-interface/*", f"subnet/{one['subnet_id']}"]
        for place in (*places, *(f"security-group/{group}" for group in one["security_group_ids"])):
            yield domain.rule(("ec2:CreateNetworkInterface",), domain.arn("ec2", place), why=why)
        looks = ("ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs")
        yield domain.rule(looks, "*", why=why)


def _endpoints(domain: _Domain) -> Iterator[Rule]:
    """VPC endpoints that are declared: born with the environment's tag, in their network."""
    model, why = domain.model, "endpoints of the environment"
    for one in model.render["endpoints"].values():
        if one["account"] != domain.account:
            continue
        born = Condition("aws:RequestTag/feature-share", (model.name,))
        ours = Condition("aws:ResourceTag/feature-share", (model.name,))
        at_birth = Condition("ec2:CreateAction", ("CreateVpcEndpoint",))
        anyone = domain.arn("ec2", "vpc-endpoint/*")
        yield domain.rule(("ec2:CreateVpcEndpoint",), anyone, born, why=why)
        yield domain.rule(("ec2:CreateTags",), anyone, born, at_birth, why=why)
        yield domain.rule(("ec2:DeleteVpcEndpoints", "ec2:ModifyVpcEndpoint"), anyone, ours, why=why)
        places = [f"vpc/{one['vpc_id']}"]
        for kind, ids in (("subnet", "subnet_ids"), ("security-group", "security_group_ids")):
            places += [f"{kind}/{name}" for name in one[ids]]
        places += [f"route-table/{name}" for name in one["route_table_ids"]]
        for place in places:
            yield domain.rule(("ec2:CreateVpcEndpoint", "ec2:ModifyVpcEndpoint"), domain.arn("ec2", place), why=why)
        looks = ("NetworkInterfaces", "PrefixLists", "SecurityGroups", "VpcEndpoints")
        yield domain.rule(tuple(f"ec2:Describe{what}" for what in looks), "*", why=why)


def _direct(domain: _Domain) -> Iterator[Rule]:
    """Data catalogs of teams that mean the central one, and the one policy of the central catalog."""
    model = domain.model
    for one in model.render["data_catalogs"].values():
        if one["account"] == domain.account:
            tags = [{"Key": "a", "Value": "b"}]
            actions = domain.actions("athena", "CreateDataCatalog", Name=one["name"], Tags=tags)
            actions += domain.actions("athena", "DeleteDataCatalog", "GetDataCatalog", "UpdateDataCatalog", Name="x")
            actions += domain.actions("athena", "ListTagsForResource", "TagResource", "UntagResource", ResourceARN="x")
            yield domain.rule(actions, one["arn"], why="data catalogs of the environment")
    if domain.account == model.central and model.catalogs.get(model.central) is not None:
        actions = domain.actions("glue", "DeleteResourcePolicy", "GetResourcePolicy", "PutResourcePolicy")
        yield domain.rule(actions, domain.arn("glue", "catalog"), why="the policy of the central catalog")


def _replica(domain: _Domain) -> Iterator[Rule]:
    """Tables of the replicas in an account and Region."""
    actions = ("glue:CreateTable", "glue:GetDatabase", "glue:GetPartitionIndexes", "glue:GetTable", "glue:UpdateTable")
    for replica in domain.model.render["replicas"].values():
        if (replica["account"], replica["region"]) == (domain.account, domain.region):
            database = replica["database"]
            for path in ("catalog", f"database/{database}", f"table/{database}/*"):
                yield domain.rule(actions, domain.arn("glue", path), why="tables of a replica")


def _replication(domain: _Domain) -> Iterator[Rule]:
    """The rules of the offline bucket, and jobs that copy what was there before them."""
    model, why = domain.model, "replication of the offline store"
    bucket = f"arn:{model.partition}:s3:::{model.render['names']['offline_bucket']}"
    yield domain.rule(("s3:PutReplicationConfiguration",), bucket, why=why)
    role = f"{domain.iam}role/{model.prefix}/replication/{model.prefix}-replication"
    for service in (SERVICE, BATCH_SERVICE):
        yield domain.rule(("iam:PassRole",), role, Condition("iam:PassedToService", (service,)), why=why)
    yield domain.rule(("s3:CreateJob",), "*", Condition("s3:RequestJobOperation", ("S3ReplicateObject",)), why=why)
    yield domain.rule(("s3:DescribeJob",), domain.arn("s3", "job/*"), why=why)


def _iam(domain: _Domain, *, with_store: bool) -> Iterator[Rule]:
    model, why = domain.model, "roles of the environment"
    kinds = [*(["execution"] if domain.teams else []), *(["offline-store"] if with_store else [])]
    if domain.account == model.central:
        kinds += [*_KINDS, *(("replication",) if model.environment["replicated"] else ())]
    if any(replica["account"] == domain.account for replica in model.render["replicas"].values()):
        kinds.append("replica-reader")
    ours = f"{domain.iam}policy/{model.prefix}/boundary/*"
    bounded = Condition("iam:PermissionsBoundary", (model.brought_boundary(domain.account) or ours,))
    for kind in kinds:
        pattern = f"{domain.iam}role/{model.prefix}/{kind}/*"
        yield domain.rule(tuple(f"iam:{name}" for name in _ROLE_CALLS), pattern, why=why)
        yield domain.rule(tuple(f"iam:{name}" for name in _BOUNDED_CALLS), pattern, bounded, why=why)
    yield domain.rule(tuple(f"iam:{name}" for name in _POLICY_CALLS), ours, why="boundaries")
    if with_store:
        passed = Condition("iam:PassedToService", ("sagemaker.amazonaws.com",))
        yield domain.rule(("iam:PassRole",), f"{domain.iam}role/{model.prefix}/offline-store/*", passed, why=why)


def _storage(domain: _Domain) -> Iterator[Rule]:
    model = domain.model
    bucket = f"arn:{model.partition}:s3:::{model.prefix}-*-{domain.account}-{domain.region}"
    actions = domain.actions("s3", *_BUCKET_READS, *_BUCKET_WRITES, Bucket=f"{model.prefix}-offline", Key="*")
    # Of a bucket that is not there yet nobody is the owner.
    yield Rule(frozenset({"s3:createbucket"}), bucket, None, (), "buckets of the environment")
    yield domain.rule(actions, bucket, why="buckets of the environment")
    yield domain.rule(("s3:DeleteObject", "s3:DeleteObjectVersion"), f"{bucket}/*", why="emptying buckets")


def _keys(domain: _Domain) -> Iterator[Rule]:
    model, key = domain.model, domain.arn("kms", "key/*")
    born = Condition("aws:RequestTag/feature-share", (model.name,))
    ours = Condition("aws:ResourceTag/feature-share", (model.name,))
    yield domain.rule(("kms:CreateKey",), "*", born, why="keys of the environment")
    # Tags at birth: no ARN is known yet, so the right reaches every key of the account (residual `deploy-tags-keys`).
    anywhere = f"arn:*:kms:*:{domain.account}:key/*"
    yield domain.rule(("kms:TagResource",), anywhere, born, why="keys of the environment")
    yield domain.rule(tuple(f"kms:{name}" for name in _KEY_CALLS), key, ours, why="keys of the environment")
    aliases = ("kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias")
    yield domain.rule(aliases, key, ours, why="aliases of the environment")
    yield domain.rule(aliases, domain.arn("kms", f"alias/{model.prefix}-*"), why="aliases of the environment")
    yield domain.rule(("kms:ListAliases",), "*", why="reading aliases")


def _catalog(domain: _Domain) -> Iterator[Rule]:
    model, snake = domain.model, domain.snake
    actions = domain.actions("glue", "CreateDatabase", DatabaseInput={"Name": "x"}, Tags={"a": "b"})
    actions += domain.actions("glue", "DeleteDatabase", "GetDatabase", "UpdateDatabase", Name="x")
    actions += domain.actions("glue", "GetTags", "TagResource", "UntagResource", ResourceArn="x")
    actions += domain.actions("glue", "DeleteTable", DatabaseName="x", Name="y")
    actions += domain.actions("glue", "GetTables", DatabaseName="x")
    paths = ["catalog", f"database/{snake}_*", f"table/{snake}_*/*"]
    if domain.account == model.central:
        # Athena asks for `default`, so the central stack sees to it; deleting it deletes what is in it.
        paths += ["database/default", "table/default/*", "userDefinedFunction/default/*"]
    for path in paths:
        yield domain.rule(actions, domain.arn("glue", path), why="catalog of the environment")
    yield domain.rule(actions, domain.arn("glue", f"userDefinedFunction/{snake}_*/*"), why="catalog of the environment")
    groups = domain.actions("athena", "CreateWorkGroup", Name="x", Tags=[{"Key": "a", "Value": "b"}])
    groups += domain.actions("athena", "DeleteWorkGroup", "GetWorkGroup", "UpdateWorkGroup", WorkGroup="x")
    groups += domain.actions("athena", "ListTagsForResource", "TagResource", "UntagResource", ResourceARN="x")
    workgroup = domain.arn("athena", f"workgroup/{model.prefix}-*")
    yield domain.rule(groups, workgroup, why="workgroups of the environment")


def _parameters(domain: _Domain) -> Iterator[Rule]:
    """What teams, and readers of replicas, are told in parameters of their own account."""
    why, name = "what teams are told", f"/{domain.model.prefix}/x/sharing/team"
    actions = domain.actions("ssm", "PutParameter", Name=name, Tags=[{"Key": "a", "Value": "b"}])
    actions += domain.actions("ssm", "DeleteParameter", "GetParameter", Name=name)
    actions += domain.actions("ssm", "ListTagsForResource", "RemoveTagsFromResource", ResourceId=name)
    yield domain.rule(actions, domain.arn("ssm", f"parameter/{domain.model.prefix}/*/sharing/*"), why=why)
    yield domain.rule(("ssm:DescribeParameters",), "*", why=why)


def _groups(domain: _Domain, stores: list[dict[str, Any]]) -> Iterator[Rule]:
    """Feature groups of a store: any name, since names have no prefix; keys through SageMaker alone."""
    model, why = domain.model, "feature groups of the environment"
    actions = tuple(
        f"sagemaker:{name}"
        for name in (
            *("AddTags", "CreateFeatureGroup", "DeleteFeatureGroup", "DeleteTags", "DescribeFeatureGroup", "ListTags"),
            *("DescribeFeatureMetadata", "UpdateFeatureGroup", "UpdateFeatureMetadata"),
        )
    )
    yield domain.rule(actions, domain.arn("sagemaker", "feature-group/*"), why=why)
    # The guard keeps these from everybody else.
    readers = Condition("aws:TagKeys", (f"{READERS}0",))
    yield domain.rule(
        actions[:2] + actions[3:4], domain.arn("sagemaker", "feature-group/*"), readers, why="tags that say who reads"
    )
    yield domain.rule(("sagemaker:ListFeatureGroups",), "*", why="finding groups to adopt")
    tables = ("glue:CreateTable", "glue:GetDatabase", "glue:GetTable")
    yield domain.rule(tables, domain.arn("glue", "catalog"), why=why)
    via = Condition("kms:ViaService", (f"sagemaker.{model.region}.amazonaws.com",))
    for store in stores:
        database = store["database"]
        yield domain.rule(tables, domain.arn("glue", f"database/{database}"), why=why)
        yield domain.rule(tables, domain.arn("glue", f"table/{database}/*"), why=why)
        online = model.key_arn(domain.account, store["online_alias"])
        offline = model.key_arn(domain.account, store["offline_alias"])
        create = {"FeatureGroupName": "x", "OnlineStoreConfig": {"SecurityConfig": {"KmsKeyId": online}}}
        call = Call("sagemaker", "CreateFeatureGroup", create, domain.account, model.region, "", model.partition)
        needed = tuple(c.action for c in checks_for(call, domain.estate) if c.resource == online)
        yield domain.rule(needed, online, via, why=why)
        yield domain.rule(("kms:CreateGrant", "kms:DescribeKey"), offline, via, why=why)


def platform_rules(model: Model) -> list[Rule]:
    """What the platform principal may do besides becoming deploy roles: keep this environment's state."""
    bucket = f"arn:{model.partition}:s3:::{model.state_bucket}"
    owner, why = model.platform_account, "Terraform state"
    objects = frozenset({"s3:deleteobject", "s3:getobject", "s3:putobject"})
    return [
        Rule(frozenset({"s3:listbucket"}), bucket, owner, (), why),
        Rule(objects, f"{bucket}/{model.name}/*", owner, (), why),
    ]


_QUERYING = (
    *("athena:GetQueryExecution", "athena:GetQueryResults", "athena:GetWorkGroup", "athena:StartQueryExecution"),
    *("athena:StopQueryExecution", "glue:BatchGetPartition", "glue:CreateTable", "glue:GetDatabase"),
    *(
        "glue:GetPartition",
        "glue:GetPartitions",
        "glue:GetTable",
        "glue:UpdateTable",
        "kms:Decrypt",
        "kms:GenerateDataKey",
    ),
    *("s3:AbortMultipartUpload", "s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"),
    *("s3:ListBucketMultipartUploads", "s3:ListMultipartUploadParts", "s3:PutObject", "s3:PutObjectAcl"),
    *("sagemaker:BatchGetRecord", "sagemaker:DeleteRecord", "sagemaker:DescribeFeatureGroup"),
    *("sagemaker:DescribeFeatureMetadata", "sagemaker:GetRecord", "sagemaker:ListFeatureGroups"),
    *("sagemaker:ListTags", "sagemaker:PutRecord"),
)
_MANAGING = (
    *("kms:CreateGrant", "kms:DescribeKey", "kms:Encrypt", "kms:ListAliases", "kms:ListGrants", "kms:ReEncryptFrom"),
    *("kms:ReEncryptTo", "kms:RetireGrant", "kms:RevokeGrant", "sagemaker:AddTags", "sagemaker:CreateFeatureGroup"),
    *("sagemaker:DeleteFeatureGroup", "sagemaker:UpdateFeatureGroup", "sagemaker:UpdateFeatureMetadata"),
)


_READING_REPLICAS = (
    *("athena:GetQueryExecution", "athena:GetQueryResults", "athena:GetWorkGroup", "athena:StartQueryExecution"),
    *("athena:StopQueryExecution", "glue:BatchGetPartition", "glue:GetDatabase", "glue:GetPartition"),
    *("glue:GetPartitions", "glue:GetTable", "kms:Decrypt", "s3:AbortMultipartUpload", "s3:GetBucketLocation"),
    *("s3:GetObject", "s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:ListMultipartUploadParts", "s3:PutObject"),
)
_READING_DIRECTLY = (
    *("glue:BatchGetPartition", "glue:GetDatabase", "glue:GetPartition", "glue:GetPartitions", "glue:GetTable"),
    *("kms:Decrypt", "s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"),
)
_REPLICATING = (
    *("kms:Decrypt", "kms:Encrypt", "s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication"),
    *("s3:GetReplicationConfiguration", "s3:InitiateReplication", "s3:ListBucket", "s3:PutInventoryConfiguration"),
    *("s3:ReplicateDelete", "s3:ReplicateObject"),
)


def boundary_actions(wide: str) -> tuple[str, ...]:
    """The most that roles of a family are for: access and offline store roles, execution roles, those of replicas."""
    return {
        "access": (*_QUERYING, *_MANAGING),
        "execution": (*_QUERYING, "glue:DeleteTable"),
        "direct": _READING_DIRECTLY,
        "replica-reader": _READING_REPLICAS,
        "replication": _REPLICATING,
    }[wide]
