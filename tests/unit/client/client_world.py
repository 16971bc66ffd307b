"""A team with a shared and an own feature group, as parameters and as a local AWS in this process."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import DeferredRefreshableCredentials

from featureshare.client import Client, Wire, connect
from featureshare.client.sessions import CONFIG, RefreshingSession
from featureshare.localaws.control import LocalAWS

REGION = "eu-west-1"
CENTRAL, TEAM, MANAGEMENT = "222222222222", "555555555555", "666666666666"
_LOADER = botocore.session.Session().get_component("data_loader")  # one for all: models are read once
PATH = "/fs/search/sharing"
RESULTS, STORE = "fs-search-results", "fs-offline"
VERBS = ("write", "delete", "read-online", "read-offline")
FEATURES = [["click", "String"], ["at", "String"], ["count", "Integral"], ["score", "Fractional"], ["kind", "String"]]
ROLES = {verb: f"arn:aws:iam::{CENTRAL}:role/fs/{verb}" for verb in VERBS}
JOB = f"arn:aws:iam::{TEAM}:role/fs/job"
PLATFORM = f"arn:aws:iam::{MANAGEMENT}:role/platform"


def group(name: str, *, own: bool = False) -> dict[str, Any]:
    account, bucket = (TEAM, f"{STORE}-own") if own else (CENTRAL, STORE)
    return {
        "feature_group": name,
        "arn": f"arn:aws:sagemaker:{REGION}:{account}:feature-group/{name}",
        "store": "team" if own else "central",
        "owner": "search" if own else "shop",
        "contact": "shop@example.com",
        "verbs": sorted(VERBS),
        "record_identifier": "click",
        "event_time": "at",
        "features": FEATURES,
        "expectations": {
            "count": {"required": False, "unique": False, "min": "0", "max": "10", "allowed": []},
            "kind": {"required": True, "unique": False, "min": None, "max": None, "allowed": ["view", "buy"]},
            "score": {"required": False, "unique": True, "min": None, "max": None, "allowed": []},
        }
        if name == "clicks"
        else {},
        "freshness": "1h" if name == "clicks" else None,
        "online": True,
        "offline": True,
        "database": "fs_own_features" if own else "fs_features",
        "table": name,
        "s3_uri": f"s3://{bucket}/{name}",
    }


def parameters() -> dict[str, str]:
    """What the team's stack would publish."""
    team = {
        "schema": 1,
        "team": "search",
        "environment": "local",
        "region": REGION,
        "partition": "aws",
        "account": TEAM,
        "central_account": CENTRAL,
        "access_roles": ROLES,
        "results_bucket": RESULTS,
        "shared_database": "fs_search_shared",
        "workgroups": {
            "central": {
                "name": "fs-search",
                "account": CENTRAL,
                "output": f"s3://{RESULTS}/shared/athena/",
                "owner": TEAM,
            },
            "own": {"name": "fs-search-own", "account": TEAM, "output": f"s3://{RESULTS}/own/athena/", "owner": TEAM},
        },
    }
    documents = {"team": team, "groups/clicks": group("clicks"), "groups/words": group("words")}
    documents["groups/own"] = group("own", own=True)
    return {f"{PATH}/{name}/000": json.dumps(document) for name, document in documents.items()}


def allow(*actions: str, on: str = "*") -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": on}]}
    )


def trust(principal: Mapping[str, str]) -> str:
    actions = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Principal": principal}]}
    )


@dataclass
class ClientWorld:
    """The local AWS and a clock that moves both it and its clients."""

    control: LocalAWS
    offset: timedelta = timedelta(0)
    _bases: dict[str, boto3.Session] = field(default_factory=dict)

    @property
    def wire(self) -> Wire:
        config = CONFIG.merge(Config(proxies={}, s3={"addressing_style": "path"}))
        return Wire(endpoint_url=self.control.endpoint, config=config, clock=self.now)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def later(self, seconds: float, *, here: bool = True) -> None:
        """Time passes in the local AWS and, unless its clock stands still, here."""
        self.control.advance(seconds)
        if here:
            self.offset += timedelta(seconds=seconds)

    def base(self, role: str = JOB, **options: Any) -> boto3.Session:
        """A session of the job as its service gives it: renewed by the service, as on SageMaker or Lambda."""

        def renewed() -> dict[str, str]:
            keys = self.control.session(role, "lambda.amazonaws.com", **options)
            return {
                "access_key": keys["AccessKeyId"],
                "secret_key": keys["SecretAccessKey"],
                "token": keys["SessionToken"],
                "expiry_time": keys["Expiration"],
            }

        session = botocore.session.Session()
        session.register_component("data_loader", _LOADER)
        session._credentials = DeferredRefreshableCredentials(renewed, "container-role", time_fetcher=self.now)
        return RefreshingSession(session, REGION, self.wire)

    def client(self, **options: Any) -> Client:
        return connect("search", **{"session": self.base(), "wire": self.wire, **options})

    def administrator(self, service: str, account: str = CENTRAL) -> Any:
        """A client that may do anything in an account."""
        if account not in self._bases:
            self._bases[account] = self.base(f"arn:aws:iam::{account}:role/administrator")
        return self._bases[account].client(service)

    def land_role(self, arn: str, policies: Mapping[str, str], trusts: str) -> None:
        """Make or change a role."""
        account, name = arn.split(":")[4], arn.rsplit("/", 1)[1]
        path = "/" + arn.split(":role/", 1)[1].removesuffix(name)
        made = {"account": account, "name": name, "path": path, "trust": trusts, "policies": dict(policies)}
        self.control.land({"roles": {f"{account}/{name}": {**made, "tags": {}, "boundary": None}}})


_ACTIONS = {
    "write": ["sagemaker:PutRecord", "sagemaker:DescribeFeatureGroup"],
    "delete": ["sagemaker:DeleteRecord"],
    "read-online": ["sagemaker:GetRecord", "sagemaker:BatchGetRecord"],
    "read-offline": ["athena:*", "glue:*", "s3:*"],
}
SERVICE = {"Service": "lambda.amazonaws.com"}


def furnished(control: LocalAWS) -> ClientWorld:
    """An empty local AWS with the team's accounts, roles, stores and parameters in it."""
    control.settings(services={"create_delay": 0.0, "flush_delay": 60.0})
    control.land(
        {
            "management_account": MANAGEMENT,
            "organization_id": "o-featureshar",
            "region": REGION,
            "accounts": {CENTRAL: "central", TEAM: "search"},
            "platform_role": PLATFORM,
            "roles": {
                "platform": {
                    "account": MANAGEMENT,
                    "name": "platform",
                    "trust": trust({"AWS": MANAGEMENT}),
                    "policies": {},
                }
            },
        }
    )
    made = ClientWorld(control)
    for account in (CENTRAL, TEAM):
        made.land_role(f"arn:aws:iam::{account}:role/administrator", {"all": allow("*")}, trust(SERVICE))
        offline = trust({"Service": "sagemaker.amazonaws.com"})
        made.land_role(f"arn:aws:iam::{account}:role/offline-store", {"all": allow("s3:*", "kms:*")}, offline)
    made.land_role(JOB, {"all": allow("*")}, trust(SERVICE))
    made.land_role(JOB + "-untold", {"all": allow("sts:*")}, trust(SERVICE))
    for verb, role in ROLES.items():
        made.land_role(role, {"verb": allow(*_ACTIONS[verb])}, trust({"AWS": JOB}))
    _stores(made)
    return made


def _stores(made: ClientWorld) -> None:
    """Buckets, databases, workgroups, groups and the parameters, as the stacks would make them."""
    for account, bucket in ((CENTRAL, STORE), (TEAM, f"{STORE}-own"), (TEAM, RESULTS)):
        s3 = made.administrator("s3", account)
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    reader = {"Effect": "Allow", "Principal": {"AWS": CENTRAL}, "Action": "s3:*"}
    document = {
        "Version": "2012-10-17",
        "Statement": [reader | {"Resource": f"arn:aws:s3:::{RESULTS}{end}"} for end in ("", "/*")],
    }
    made.administrator("s3", TEAM).put_bucket_policy(Bucket=RESULTS, Policy=json.dumps(document))
    for account, names in (
        (CENTRAL, ("fs_features", "default")),
        (TEAM, ("fs_own_features", "fs_search_shared", "default")),
    ):
        glue = made.administrator("glue", account)
        for name in names:
            glue.create_database(DatabaseInput={"Name": name})
        made.administrator("athena", account).create_work_group(
            Name="fs-search" if account == CENTRAL else "fs-search-own",
            Configuration={
                "ResultConfiguration": {
                    "OutputLocation": f"s3://{RESULTS}/{'shared' if account == CENTRAL else 'own'}/athena/"
                },
                "EnforceWorkGroupConfiguration": True,
            },
        )
    for account, name in ((CENTRAL, "clicks"), (CENTRAL, "words"), (TEAM, "own")):
        bucket, database = (STORE, "fs_features") if account == CENTRAL else (f"{STORE}-own", "fs_own_features")
        made.administrator("sagemaker", account).create_feature_group(
            FeatureGroupName=name,
            RecordIdentifierFeatureName="click",
            EventTimeFeatureName="at",
            FeatureDefinitions=[{"FeatureName": feature, "FeatureType": kind} for feature, kind in FEATURES],
            RoleArn=f"arn:aws:iam::{account}:role/offline-store",
            OnlineStoreConfig={"EnableOnlineStore": True},
            OfflineStoreConfig={
                "S3StorageConfig": {"S3Uri": f"s3://{bucket}/{name}"},
                "DataCatalogConfig": {"Catalog": "AwsDataCatalog", "Database": database, "TableName": name},
            },
        )
    ssm = made.administrator("ssm", TEAM)
    for name, value in parameters().items():
        ssm.put_parameter(Name=name, Value=value, Type="String")


def rows(world: ClientWorld, count: int, run: str, identifiers: int = 7) -> list[dict[str, Any]]:
    """Rows of a group, a second apart, whose identifiers carry the name of the run."""
    start = world.now().replace(microsecond=0) - timedelta(minutes=count)
    return [
        {
            "click": f"{run}-{n % identifiers}",
            "at": start + timedelta(seconds=n),
            "count": n % 11,
            "score": n / 7,
            "kind": "buy",
        }
        for n in range(count)
    ]
