"""Which calls must be denied: made from the render, for whatever teams, groups and grants it declares."""

from collections.abc import Callable, Iterator

from featureshare.journeys.denials import Probe
from featureshare.journeys.probes import buckets, callers, direct, features, managers, replicas, restricted
from featureshare.journeys.probes.table import Row
from featureshare.journeys.stage import Stage
from featureshare.journeys.strangers import Strangers

CATEGORIES: dict[str, Callable[[Stage, Strangers | None], Iterator[Row]]] = {
    "a producer writes another's group": features.producer_writes_anothers_group,
    "a writer deletes": features.writer_deletes,
    "an updater oversteps": features.updater_oversteps,
    "a consumer writes": features.consumer_writes,
    "a reader of one group reads another": features.reader_of_one_group_reads_another,
    "a job reads another's files": features.job_reads_anothers_files,
    "another team's own store": features.another_teams_own_store,
    "an execution role skips its access role": features.execution_role_skips_its_access_role,
    "another team's parameters": features.another_teams_parameters,
    "a restricted group leaves its account": restricted.leaves_its_account,
    "a table that is not granted, directly": direct.not_granted,
    "another role or team, directly": direct.others,
    "writing to a direct catalog": direct.writing,
    "a serving role reads offline": features.serving_role_reads_offline,
    "other people's Athena clients": features.athena_of_other_clients,
    "a manager creates an undeclared group": features.manager_creates_an_undeclared_group,
    "a manager bends a creation": managers.manager_bends_a_creation,
    "a manager oversteps": managers.manager_oversteps,
    "the name space of another team": managers.name_space_of_another_team,
    "a key is used directly": features.key_is_used_directly,
    "a stranger of the same account": callers.stranger_of_the_same_account,
    "an undeclared account": callers.undeclared_account,
    "the offline bucket directly": buckets.offline_bucket,
    "another team's results bucket": buckets.another_teams_results,
    "a replica's reader elsewhere": replicas.reader_of_a_replica_elsewhere,
    "a group that is not replicated": replicas.group_that_is_not_copied,
    "a replica's parameters": replicas.replicas_parameters,
    "a replica directly": replicas.replica_directly,
    "another team's results in the central account": buckets.central_results,
    "buckets without TLS": buckets.plain_http,
    "a bucket elsewhere": buckets.bucket_elsewhere,
    "the organization's guard": callers.organization_guard,
    "expired credentials": callers.expired_credentials,
    "a forged signature": callers.forged_signature,
    "an unsigned request": callers.unsigned_request,
}


def all_probes(stage: Stage, strangers: Strangers | None) -> Iterator[Probe]:
    """Every probe for this environment, in the order of CATEGORIES; `strangers` is None on real AWS."""
    for category, make in CATEGORIES.items():
        for probe in make(stage, strangers):
            yield Probe(category, *probe)
