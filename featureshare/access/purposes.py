"""What each role is for: the calls that its purpose makes, and the checks AWS makes for them.

The verbs of the declaration become calls here, `featureshare.iam.calls` turns calls into checks, and the contract is
made of those checks. No policy is read.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from featureshare.access.estate import DeclaredEstate
from featureshare.access.model import Model
from featureshare.iam.calls import Call, Check, checks_for
from featureshare.iam.calls.athena import PRIMARY

Group = Mapping[str, Any]
NAME_SPACE = "--*"
"""What follows a team's name in the pattern of the groups that it makes by itself."""

# What a group of the central store may be; restricted data stays in its team's account.
_CENTRAL_CLASSES = ("confidential", "internal", "public")
VERBS = ("write", "update", "delete", "read-online", "read-offline", "discover", "manage")
KIND_OF_VERB = {
    "delete": "deleter",
    "discover": "discoverer",
    "manage": "manager",
    "read-offline": "reader-offline",
    "read-online": "reader-online",
    "update": "updater",
    "write": "writer",
}


@dataclass(frozen=True)
class Need:
    """One check of one call that a purpose makes. `core` says that the verb is not there without it."""

    call: Call
    check: Check
    core: bool = True

    def __str__(self) -> str:
        return f"{self.call.service}:{self.call.operation}"


class Purposes:
    """Calls of each purpose on one environment's names; `typical` stands in for the group of its name."""

    def __init__(self, model: Model, typical: Group | None = None, region: str | None = None) -> None:
        self.model = model
        self.estate = DeclaredEstate(model, typical)
        self.region = region or model.region

    def in_region(self, region: str) -> "Purposes":
        """The same calls, made in a Region."""
        return self if region == self.region else Purposes(self.model, region=region)

    def _call(self, account: str, service: str, operation: str, /, **params: Any) -> Call:
        return Call(service, operation, params, account, self.region, "", self.model.partition)

    def needs(self, calls: Iterable[Call], core: bool = True) -> tuple[Need, ...]:
        """The checks of calls, those made as another role included."""
        return tuple(Need(call, check, core) for call in calls for check in checks_for(call, self.estate))

    # verbs -----------------------------------------------------------------------------------------------------------
    def verb(
        self, verb: str, group: Group, account: str, workgroup: Mapping[str, Any] | None, team: str = ""
    ) -> tuple[Need, ...]:
        """What using `verb` on `group` needs, from a session of `account`.

        Reading offline runs in `workgroup`; an update is of the features that `team` is granted, of all where it is
        granted none.
        """
        if verb == "update":
            return self.needs(self._update(group, account, team))
        make = getattr(self, "_" + verb.replace("-", "_"))
        return self.needs(make(group, account, workgroup))

    def _update(self, group: Group, account: str, team: str) -> Iterator[Call]:
        names = (group.get("updates") or {}).get(team) or [feature["name"] for feature in group.get("features", ())]
        changes = [{"FeatureName": name, "ValueAsString": "x"} for name in names]
        runtime = "sagemaker-featurestore-runtime"
        yield self._call(account, runtime, "UpdateRecord", FeatureGroupName=group["arn"], Features=changes)
        yield self._call(account, "sagemaker", "DescribeFeatureGroup", FeatureGroupName=group["arn"])

    def _write(self, group: Group, account: str, _: Any) -> Iterator[Call]:
        runtime = "sagemaker-featurestore-runtime"
        yield self._call(account, runtime, "PutRecord", FeatureGroupName=group["arn"], Record=[])
        yield self._call(account, "sagemaker", "DescribeFeatureGroup", FeatureGroupName=group["arn"])

    def _delete(self, group: Group, account: str, _: Any) -> Iterator[Call]:
        runtime = "sagemaker-featurestore-runtime"
        yield self._call(account, runtime, "DeleteRecord", FeatureGroupName=group["arn"])
        yield self._call(account, "sagemaker", "DescribeFeatureGroup", FeatureGroupName=group["arn"])

    def _read_online(self, group: Group, account: str, _: Any) -> Iterator[Call]:
        runtime = "sagemaker-featurestore-runtime"
        yield self._call(account, runtime, "GetRecord", FeatureGroupName=group["arn"])
        yield self._call(account, runtime, "BatchGetRecord", Identifiers=[{"FeatureGroupName": group["arn"]}])
        yield self._call(account, "sagemaker", "DescribeFeatureGroup", FeatureGroupName=group["arn"])

    def _discover(self, group: Group, account: str, _: Any) -> Iterator[Call]:
        yield self._call(account, "sagemaker", "ListFeatureGroups")
        yield self._call(account, "sagemaker", "DescribeFeatureGroup", FeatureGroupName=group["arn"])
        yield self._call(account, "sagemaker", "DescribeFeatureMetadata", FeatureGroupName=group["arn"])
        yield self._call(account, "sagemaker", "ListTags", ResourceArn=group["arn"])

    def _read_offline(self, group: Group, account: str, workgroup: Mapping[str, Any] | None) -> Iterator[Call]:
        yield from self._reading(group, account)
        if "arn" in group:  # a replica is a table and no group
            yield self._call(account, "sagemaker", "DescribeFeatureGroup", FeatureGroupName=group["arn"])
        if workgroup is not None:
            yield from self._querying(group, account, workgroup)

    def _reading(self, group: Group, account: str) -> Iterator[Call]:
        """Spark and pandas: the catalog and the objects, without Athena."""
        bucket = group["s3_uri"].removeprefix("s3://").partition("/")[0]
        folder = group["s3_uri"].removeprefix("s3://").partition("/")[2] + "/"
        owner, table = group["account"], {"DatabaseName": group["database"], "CatalogId": group["account"]}
        yield self._call(account, "s3", "GetBucketLocation", Bucket=bucket)
        yield self._call(account, "s3", "ListObjectsV2", Bucket=bucket, Prefix=folder)
        yield self._call(account, "s3", "GetObject", Bucket=bucket, Key=f"{folder}*")
        yield self._call(account, "glue", "GetDatabase", Name=group["database"], CatalogId=owner)
        yield self._call(account, "glue", "GetTable", **table, Name=group["table"])
        for operation in ("GetPartition", "GetPartitions", "BatchGetPartition"):
            yield self._call(account, "glue", operation, **table, TableName=group["table"])

    def _querying(self, group: Group, account: str, workgroup: Mapping[str, Any]) -> Iterator[Call]:
        name = workgroup["name"]
        yield self._call(account, "athena", "GetWorkGroup", WorkGroup=name)
        yield self._call(account, "athena", "StartQueryExecution", WorkGroup=name)
        table = {"database": group["database"], "table": group["table"], "account": group["account"]}
        location = workgroup["output_location"]
        yield self._call(account, "athena", "_RunQuery", workgroup=name, tables=[table], output_location=location)
        for operation in ("GetQueryExecution", "GetQueryResults", "StopQueryExecution"):
            yield self._call(account, "athena", operation, QueryExecutionId=name)

    def direct(self, group: Group, account: str, workgroup: Mapping[str, Any], data_catalog: str) -> tuple[Need, ...]:
        """Reading a shared group from the team's own account: its files and tables as they lie, and one query, in the
        team's own workgroup, that names the central catalog by a data catalog."""
        name, location = workgroup["name"], workgroup["output_location"]
        table = {"database": group["database"], "table": group["table"], "account": group["account"]}
        query: dict[str, Any] = {"workgroup": name, "tables": [table], "output_location": location}
        calls = [
            *self._reading(group, account),
            self._call(account, "athena", "GetDataCatalog", Name=data_catalog),
            self._call(
                account,
                "athena",
                "StartQueryExecution",
                WorkGroup=name,
                QueryExecutionContext={"Catalog": data_catalog},
            ),
            self._call(account, "athena", "_RunQuery", **query, catalogs=[data_catalog]),
        ]
        return self.needs(calls)

    def primary(self, account: str) -> tuple[Need, ...]:
        """Queries of clients that name no workgroup; what they read and where results go is the verb's already."""
        calls = [
            self._call(account, "athena", operation, WorkGroup=PRIMARY)
            for operation in ("GetWorkGroup", "StartQueryExecution")
        ]
        calls += [
            self._call(account, "athena", operation, QueryExecutionId=PRIMARY)
            for operation in ("GetQueryExecution", "GetQueryResults", "StopQueryExecution")
        ]
        return self.needs(calls)

    def results(self, bucket: str, account: str, folder: str = "") -> tuple[Need, ...]:
        """Working with results of queries: everything in the team's own results bucket, or folder, but deletion."""
        calls = [
            self._call(account, "s3", "GetBucketLocation", Bucket=bucket),
            self._call(account, "s3", "ListObjectsV2", Bucket=bucket, **({"Prefix": folder} if folder else {})),
            self._call(account, "s3", "ListMultipartUploads", Bucket=bucket),
        ]
        for operation in ("PutObject", "GetObject", "AbortMultipartUpload", "ListParts"):
            calls.append(self._call(account, "s3", operation, Bucket=bucket, Key=f"{folder}*"))
        return self.needs(calls)

    def combine(self, workgroup: Mapping[str, Any], database: str, account: str) -> tuple[Need, ...]:
        """The combined pattern: materialised tables in a database of the team's own, queried in its own workgroup."""
        name, location = workgroup["name"], workgroup["output_location"]
        glue: dict[str, Any] = {"DatabaseName": database, "CatalogId": account}
        calls = [
            self._call(account, "athena", "GetWorkGroup", WorkGroup=name),
            self._call(account, "athena", "StartQueryExecution", WorkGroup=name),
            self._call(account, "athena", "_RunQuery", workgroup=name, databases=[database], output_location=location),
            self._call(account, "glue", "CreateTable", **glue, TableInput={"Name": "*"}),
            self._call(account, "glue", "DeleteTable", **glue, Name="*"),
            self._call(account, "glue", "GetTable", **glue, Name="*"),
            self._call(account, "glue", "GetDatabase", Name=database, CatalogId=account),
        ]
        calls += [
            self._call(account, "athena", operation, QueryExecutionId=name)
            for operation in ("GetQueryExecution", "GetQueryResults", "StopQueryExecution")
        ]
        return self.needs(calls)

    def sharing(self, path: str, account: str) -> tuple[Need, ...]:
        """Reading what a team, or a replica's reader, is told of what it has, in its own account."""
        return self.needs([self._call(account, "ssm", "GetParametersByPath", Path=path, Recursive=True)])

    def _creations(self, group: Group, account: str) -> Iterator[Call]:
        """CreateFeatureGroup; in a name space the team chooses the class of what it makes."""
        for one in _CENTRAL_CLASSES if group["classification"] is None else (group["classification"],):
            yield self._creation(group, account, one)

    def _creation(self, group: Group, account: str, classification: str) -> Call:
        model = self.model
        key = model.key_arn(group["account"], group["online_alias"])
        store: dict[str, Any] = {"EnableOnlineStore": True}
        if group["with_key"]:
            store["SecurityConfig"] = {"KmsKeyId": key}
        storage = {"S3Uri": group["s3_uri"], "KmsKeyId": model.key_arn(group["account"], group["offline_alias"])}
        return self._call(
            account,
            "sagemaker",
            "CreateFeatureGroup",
            FeatureGroupName=group["name"],
            RoleArn=group["offline_role_arn"],
            Tags=[
                {"Key": "classification", "Value": classification},
                {"Key": "owner", "Value": group["owner"]},
            ],
            OnlineStoreConfig=store,
            OfflineStoreConfig={
                "S3StorageConfig": storage,
                "DataCatalogConfig": {"Database": group["database"], "TableName": group["table"]},
            },
        )

    def _manage(self, group: Group, account: str, _: Any) -> Iterator[Call]:
        yield from self._creations(group, account)
        for operation in (
            *("DescribeFeatureGroup", "DescribeFeatureMetadata", "UpdateFeatureGroup", "UpdateFeatureMetadata"),
            "DeleteFeatureGroup",
        ):
            yield self._call(account, "sagemaker", operation, FeatureGroupName=group["arn"])
        yield self._call(account, "sagemaker", "ListTags", ResourceArn=group["arn"])

    # roles without a verb --------------------------------------------------------------------------------------------
    def offline_store(self, group: Group) -> tuple[Need, ...]:
        """What SageMaker does as the offline store role of a group: write its objects, and be checked at creation."""
        bucket, _, folder = group["s3_uri"].removeprefix("s3://").partition("/")
        write = self._call(
            group["account"],
            "sagemaker",
            "_WriteOffline",
            account=group["account"],
            feature_group=group["name"],
            bucket=bucket,
            key=f"{folder}/*",
            format=group["offline_store"]["format"],
        )
        needs = self.needs([write, *self._creations(group, group["account"])])
        return tuple(need for need in needs if need.check.as_role is not None)

    def replicate(self, role: str, source: str, rule: Mapping[str, Any]) -> tuple[Need, ...]:
        """What S3 does as the replication role under a rule, live and for a batch job."""
        account, key = self.model.central, f"{rule['prefix']}*"
        target = rule["bucket"].rpartition(":")[2]
        work: dict[str, Any] = {"Role": role, "Bucket": source, "Key": key, "Destination": target}
        calls = [self._call(account, "s3", "_Replicate", **work, ReplicaKey=rule["key"])]
        calls.append(self._call(account, "s3", "_TakeJob", **work))
        if rule["delete_markers"]:
            calls.append(self._call(account, "s3", "_ReplicateDelete", **work))
        return self.needs(calls)

    def assume(self, role_arn: str, account: str) -> tuple[Need, ...]:
        """Becoming a role, with and without a source identity and session tags."""
        plain = self._call(account, "sts", "AssumeRole", RoleArn=role_arn, RoleSessionName="session")
        carried = self._call(
            account,
            "sts",
            "AssumeRole",
            RoleArn=role_arn,
            RoleSessionName="session",
            SourceIdentity="someone",
            Tags=[{"Key": "project", "Value": "ranking"}],
        )
        return self.needs([plain]) + self.needs([carried], core=False)
