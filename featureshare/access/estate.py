"""What will exist when the documents are applied: the facts that the call catalogue asks for, read from a model."""

from collections.abc import Mapping
from typing import Any

from featureshare.access.model import Model
from featureshare.iam.calls import (
    BucketFacts,
    FeatureGroupFacts,
    KeyFacts,
    QueryFacts,
    RoleFacts,
    TableFacts,
    WorkgroupFacts,
)
from featureshare.iam.calls.athena import PRIMARY


class DeclaredEstate:
    """Implements `featureshare.iam.calls.Estate`. A query's id is the name of its workgroup.

    `typical` stands in for the feature group of its name.
    """

    def __init__(self, model: Model, typical: Mapping[str, Any] | None = None) -> None:
        self._model = model
        render = model.render
        self._groups = {(one["account"], one["name"]): one for one in model.shown}
        if typical is not None:
            self._groups[typical["account"], typical["name"]] = typical
        self._workgroups = {(one["account"], one["name"]): one for one in render["workgroups"].values()}
        self._tables = {(one["account"], one["database"], one["table"]): one for one in model.shown}
        self._replicas = {
            (one["account"], one["database"], group["table"]): (
                one["region"],
                f"s3://{one['bucket']}/{group['prefix']}",
            )
            for one in render["replicas"].values()
            for group in one["groups"].values()
        }
        regions = {
            one[part]: one["region"] for one in render["replicas"].values() for part in ("bucket", "results_bucket")
        }
        self._regions: Mapping[str, str] = regions
        self._roles = {(role.account, role.name): role for role in model.roles.values()}

    def feature_group(self, account: str, name: str) -> FeatureGroupFacts | None:
        group = self._groups.get((account, name.rpartition("/")[2]))
        if group is None:
            return None
        return FeatureGroupFacts(
            arn=group["arn"],
            account=account,
            tags=group["tags"],
            online_enabled=group["online_store"]["enabled"],
            offline_enabled=group["offline_store"]["enabled"],
            online_key=self._model.key_arn(account, group["online_alias"]) if group["with_key"] else None,
            offline_key=self._model.key_arn(account, group["offline_alias"]),
            role_arn=group["offline_role_arn"],
            s3_uri=group["s3_uri"],
            database=group["database"],
            table=group["table"],
        )

    def bucket(self, name: str) -> BucketFacts | None:
        bucket = self._model.buckets.get(name)
        if bucket is None:
            if name == self._model.state_bucket:
                return BucketFacts(name, self._model.platform_account, self._model.region, None, False, {})
            return None
        alias = self._model.render["buckets"][name]["key_alias"]
        region = self._regions.get(name, self._model.region)
        key = self._model.key_arn(bucket.account, alias, region) if alias else None
        return BucketFacts(name, bucket.account, region, key, key is not None, {})

    def object_key(self, bucket: str, key: str, version: str | None = None) -> str | None:
        facts = self.bucket(bucket)
        return facts.default_key if facts else None

    def key(self, account: str, key: str) -> KeyFacts | None:
        arn = self._model.key_arn(account, key) if key.startswith("alias/") else key
        if ":alias/" in key:
            region, _, alias = key.split(":", 3)[3].partition(f":{account}:")
            arn = self._model.key_arn(account, alias, region)
        found = self._model.keys.get(arn)
        if found is None:
            return None
        return KeyFacts(arn, found.account, (found.name,), {"feature-share": self._model.name})

    def tags(self, arn: str) -> Mapping[str, str]:
        if arn in self._model.keys:
            return {"feature-share": self._model.name}
        return self._model.group_tags(arn)

    def role(self, arn: str) -> RoleFacts | None:
        parts = arn.split(":", 5)
        role = self._roles.get((parts[4], arn.rsplit("/", 1)[-1])) if len(parts) == 6 else None
        return None if role is None else RoleFacts(role.arn, role.account, {}, 3600, role.boundary)

    def workgroup(self, account: str, name: str) -> WorkgroupFacts | None:
        one = self._workgroups.get((account, name))
        if one is None:
            return None
        return WorkgroupFacts(one["arn"], one["output_location"], True, one["owner_account"], None, {})

    def table(self, account: str, database: str, name: str) -> TableFacts | None:
        if copy := self._replicas.get((account, database, name)):
            region, location = copy
            arn = f"arn:{self._model.partition}:glue:{region}:{account}:table/{database}/{name}"
            return TableFacts(arn, database, location, True)
        group = self._tables.get((account, database, name))
        if group is None:
            return None
        arn = f"arn:{self._model.partition}:glue:{self._model.region}:{account}:table/{database}/{name}"
        return TableFacts(arn, database, group["s3_uri"] + "/", True)

    def data_catalog(self, account: str, name: str) -> str | None:
        known = {(one["account"], one["name"]) for one in self._model.render.get("data_catalogs", {}).values()}
        return self._model.central if (account, name) in known else None

    def secret(self, account: str, name: str) -> str | None:
        return None  # nothing of ours keeps one

    def query(self, account: str, query_id: str) -> QueryFacts | None:
        one = self._workgroups.get((account, query_id))
        if one is None and query_id == PRIMARY:  # every account has that workgroup; where results go is the client's
            return QueryFacts(query_id, None)
        return None if one is None else QueryFacts(query_id, one["output_location"] + "result.csv")
