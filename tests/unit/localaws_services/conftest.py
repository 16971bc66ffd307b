"""Fixtures: a fresh world of services over moto's backends, and callers of it."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from moto.core.base_backend import BackendDict
from moto.iam.models import iam_backends
from moto.s3.models import s3_backends
from services_world import BUCKET, CENTRAL, CONSUMER, FEATURES, KEY, REGION, RESULTS, ROLE, Call, World, record

from featureshare.localaws import patches, services
from featureshare.localaws.invocation import Caller, Invocation


@pytest.fixture(scope="session", autouse=True)
def _patched() -> None:
    """Every test here meets moto as local AWS has it, alone or among others."""
    patches.apply()


@pytest.fixture
def world() -> Iterator[World]:
    BackendDict.reset()
    world = World()
    services.configure(
        create_delay=0.0,
        update_delay=0.0,
        delete_delay=0.0,
        flush_delay=60.0,
        retry_delay=0.0,
        concurrent_creations=4,
        creation_patience=10.0,
        query_threads=2,
    )
    services.start(world.authorize, world)
    services.clock.reset()
    for bucket, account in ((BUCKET, CENTRAL), (RESULTS, CONSUMER)):
        s3_backends[account]["aws"].create_bucket(bucket, REGION)
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}}]}
    iam_backends[CENTRAL]["aws"].create_role(
        "fs-offline-store", json.dumps(trust), "/fs/offline-store/", None, "", {}, "3600"
    )
    yield world
    services.stop()
    services.clock.reset()
    BackendDict.reset()


@pytest.fixture
def call(world: World) -> Call:
    """call("sagemaker", "DescribeFeatureGroup", FeatureGroupName=...) -> output members."""

    def invoke(service: str, operation: str, account: str = CENTRAL, **params: Any) -> dict[str, Any]:
        caller = Caller(
            arn=f"arn:aws:sts::{account}:assumed-role/fs-reader/session",
            account=account,
            kind="session",
            role_arn=f"arn:aws:iam::{account}:role/fs-reader",
        )
        invocation = Invocation(service, operation, params, account, REGION, caller, world.authorize)
        return dict(services.HANDLERS[(service, operation)](invocation))

    return invoke


@pytest.fixture
def create(call: Call) -> Callable[..., dict[str, Any]]:
    """Creates a feature group with an online and an offline store; keyword arguments override (None takes out)."""

    def create_group(name: str = "sessions", **overrides: Any) -> dict[str, Any]:
        params: dict[str, Any] = {
            "FeatureGroupName": name,
            "RecordIdentifierFeatureName": "session_id",
            "EventTimeFeatureName": "event_time",
            "FeatureDefinitions": FEATURES,
            "RoleArn": ROLE,
            "OnlineStoreConfig": {"EnableOnlineStore": True},
            "OfflineStoreConfig": {
                "S3StorageConfig": {"S3Uri": f"s3://{BUCKET}/{name}/", "KmsKeyId": KEY},
                "DataCatalogConfig": {
                    "Catalog": "AwsDataCatalog",
                    "Database": "fs_features",
                    "TableName": name.replace("-", "_"),
                },
            },
        }
        params.update(overrides)
        return call(
            "sagemaker", "CreateFeatureGroup", **{key: value for key, value in params.items() if value is not None}
        )

    return create_group


@pytest.fixture
def put(call: Call) -> Callable[..., dict[str, Any]]:
    """put("s1", clicks=3, at="2026-01-02T03:04:05Z") into the group `sessions`."""

    def put_record(
        identifier: str, at: str, group: str = "sessions", options: Mapping[str, Any] | None = None, **values: Any
    ) -> dict[str, Any]:
        return call(
            "sagemaker-featurestore-runtime",
            "PutRecord",
            FeatureGroupName=group,
            Record=record(session_id=identifier, event_time=at, **values),
            **(options or {}),
        )

    return put_record
