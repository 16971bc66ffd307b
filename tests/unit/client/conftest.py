"""One local AWS for all tests of the client's calls."""

import json
from collections.abc import Iterator

import pytest
from client_world import (
    CENTRAL,
    FEATURES,
    JOB,
    MANAGEMENT,
    PLATFORM,
    REGION,
    RESULTS,
    ROLES,
    STORE,
    TEAM,
    ClientWorld,
    allow,
    parameters,
    trust,
)

from featureshare.localaws.control import LocalAWS
from featureshare.localaws.gateway import emulator
from featureshare.localaws.server import run

_ACTIONS = {
    "write": ["sagemaker:PutRecord"],
    "delete": ["sagemaker:DeleteRecord"],
    "read-online": ["sagemaker:GetRecord", "sagemaker:BatchGetRecord"],
    "read-offline": ["athena:*", "glue:*", "s3:*"],
}
SERVICE = {"Service": "lambda.amazonaws.com"}


@pytest.fixture(scope="package")
def world() -> Iterator[ClientWorld]:
    emulator.reset()
    running = run(region=REGION)
    control = LocalAWS(running.endpoint, running.token)
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
    made = ClientWorld(running, control)
    for account in (CENTRAL, TEAM):
        made.land_role(f"arn:aws:iam::{account}:role/administrator", {"all": allow("*")}, trust(SERVICE))
        offline = trust({"Service": "sagemaker.amazonaws.com"})
        made.land_role(f"arn:aws:iam::{account}:role/offline-store", {"all": allow("s3:*", "kms:*")}, offline)
    made.land_role(JOB, {"all": allow("*")}, trust(SERVICE))
    made.land_role(JOB + "-untold", {"all": allow("sts:*")}, trust(SERVICE))
    for verb, role in ROLES.items():
        made.land_role(role, {"verb": allow(*_ACTIONS[verb])}, trust({"AWS": JOB}))
    _stores(made)
    yield made
    running.close()
    emulator.reset()


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
                "ResultConfiguration": {"OutputLocation": f"s3://{RESULTS}/athena/"},
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
