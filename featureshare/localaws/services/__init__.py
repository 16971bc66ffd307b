"""The AWS services that moto lacks or only pretends: Feature Store, its offline store, and Athena queries.

`HANDLERS` answers what is listed here; everything else goes to moto. `start` connects the services to the gateway.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from types import ModuleType

from featureshare.iam.calls import Estate, FeatureGroupFacts, QueryFacts
from featureshare.localaws import patches
from featureshare.localaws.invocation import Handler
from featureshare.localaws.services import (
    accessgrants,
    accesspoints,
    acls,
    analyzers,
    athena,
    athena_capacity,
    athena_store,
    athena_workgroups,
    backups,
    batchjobs,
    buckets,
    buildprojects,
    deliveries,
    featuregroups,
    functions,
    gaps,
    glue_bench,
    glue_etl,
    glue_tables,
    hosting,
    identity,
    images,
    keymaterial,
    keystores,
    labelling,
    lake_settings,
    lakeformation,
    logrules,
    metadata,
    metricstreams,
    neighbours,
    objectlambda,
    offline,
    records,
    regionalbuses,
    replication,
    runtime,
    scaling,
    shares,
    spending,
    studio,
    tablebuckets,
    tables,
    tags,
    userpools,
    watching,
    workflows,
)
from featureshare.localaws.services.runtime import Authorize, Settings, clock, configure, settings
from featureshare.localaws.services.state import find


def _answered(modules: Iterable[ModuleType]) -> dict[tuple[str, str], Handler]:
    """The handlers of all modules. Raises ValueError where two answer the same operation: one of them would be dead."""
    found: dict[tuple[str, str], Handler] = {}
    for module in modules:
        if twice := found.keys() & module.HANDLERS.keys():
            raise ValueError(f"{module.__name__} answers what another module answers: {sorted(twice)}")
        found |= module.HANDLERS
    return found


HANDLERS = _answered(
    (
        accessgrants,
        accesspoints,
        acls,
        analyzers,
        athena,
        athena_capacity,
        athena_workgroups,
        backups,
        batchjobs,
        buckets,
        buildprojects,
        deliveries,
        featuregroups,
        functions,
        gaps,
        glue_bench,
        glue_etl,
        glue_tables,
        hosting,
        identity,
        images,
        keymaterial,
        keystores,
        labelling,
        lake_settings,
        lakeformation,
        logrules,
        metadata,
        metricstreams,
        neighbours,
        objectlambda,
        records,
        regionalbuses,
        scaling,
        shares,
        spending,
        studio,
        tablebuckets,
        tables,
        tags,
        userpools,
        watching,
        workflows,
    )
)
"""(botocore service, operation) -> handler."""


def start(authorize: Authorize, estate: Estate, now: Callable[[], datetime] | None = None) -> None:
    """Starts the background work.

    `authorize` evaluates checks, each as the role it names, and raises ServiceError; `estate` says what exists; `now`
    is the time that TTL and creation follow, wall time by default. Raises FeatureShareError for another moto.
    """
    patches.apply()
    runtime.connect(authorize, estate)
    clock.follow(now)
    offline.writer.start()
    replication.replicator.start()
    athena.start()


def stop(flush: bool = False) -> None:
    """Ends the background work, leaving no thread; `flush` writes the buffered records first, else they are dropped."""
    athena.stop()
    if flush:
        offline.writer.flush()
    offline.writer.stop()
    replication.replicator.stop()
    batchjobs.clear()
    runtime.connect(None, None)
    clock.follow(None)


def query_facts(account: str, region: str, query_id: str) -> QueryFacts | None:
    """Workgroup and result object of an Athena query execution; None when it does not exist."""
    return athena.query_facts(account, region, query_id)


def data_catalog_account(account: str, region: str, name: str) -> str | None:
    """The account whose Glue catalog a registered Athena data catalog means; None for the account's own."""
    return athena_store.data_catalogs(account, region).get(name.lower())


def feature_group_facts(account: str, region: str, name: str) -> FeatureGroupFacts | None:
    """What is known of a feature group, by name or ARN; None when it does not exist."""
    group = find(name, account, region)
    if group is None:
        return None
    online, offline_config = group.online or {}, group.offline or {}
    storage_config = offline_config.get("S3StorageConfig") or {}
    names = group.catalog or {}
    return FeatureGroupFacts(
        arn=group.arn,
        account=group.account,
        tags=dict(group.tags),
        online_enabled=group.online_enabled,
        offline_enabled=group.offline_enabled,
        online_key=(online.get("SecurityConfig") or {}).get("KmsKeyId"),
        offline_key=storage_config.get("KmsKeyId"),
        role_arn=group.role_arn,
        s3_uri=storage_config.get("S3Uri"),
        database=names.get("Database"),
        table=names.get("TableName"),
    )


__all__ = [
    "HANDLERS",
    "Settings",
    "clock",
    "configure",
    "data_catalog_account",
    "feature_group_facts",
    "query_facts",
    "settings",
    "start",
    "stop",
]
