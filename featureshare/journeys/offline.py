"""The offline half: step 5's wait for it, step 6's queries, step 7's results in the consumer's bucket."""

import csv
import io
import time
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

from featureshare.iam.calls.athena import PRIMARY
from featureshare.journeys import athena
from featureshare.journeys.cast import Actor, Group, Workgroup
from featureshare.journeys.data import as_text, from_text, newest
from featureshare.journeys.stage import Mismatch, QueryAnswer, Stage, StepResult, attempt
from featureshare.runner.primary import SCAN_LIMIT


def await_offline(stage: Stage) -> Iterator[StepResult]:
    """Step 5, second half: the offline store holds, after a while, every row that was written."""
    seen: set[str] = set()
    for actor, groups in stage.readers("read-offline"):
        for group in groups:
            if group.offline and group.arn not in seen:
                seen.add(group.arn)
                yield attempt(
                    5,
                    actor.acts_as,
                    f"offline store of {group.name}",
                    group.s3_uri or group.account,
                    partial(_await, stage, actor, group),
                )


def _await(stage: Stage, actor: Actor, group: Group) -> str:
    workgroup = _workgroup(stage, actor, group)
    client = stage.client(actor, "athena")
    wanted = len(stage.written[group.arn])
    # Counted apart by identifier and time: a retried write appends a second row of the same event.
    event, key = athena.quoted(group.event_time), athena.quoted(group.record_identifier)
    sql = (
        f"SELECT count(*) AS events FROM (SELECT DISTINCT {key}, {event}, is_deleted "
        f"FROM {athena.table(group)} WHERE {athena.of_run(group, stage.shop.run)})"
    )
    start, found, pause = time.monotonic(), 0, 0.5
    while True:
        answer = athena.select(client, sql, workgroup, group.database or "", stage.options.query_wait)
        found = int(answer[0]["events"] or 0)
        waited = time.monotonic() - start
        if found == wanted:
            return f"{found} rows after {waited:.1f} s"
        if found > wanted or waited > stage.options.offline_wait:
            raise Mismatch(f"{found} rows after {waited:.0f} s, {wanted} were written")
        time.sleep(pause)
        pause = min(30.0, pause * 1.5)


def query(stage: Stage) -> Iterator[StepResult]:
    """Step 6: consumers query the offline store with Athena, in the account that holds it, under the access role."""
    for actor, groups in stage.readers("read-offline"):
        for group in groups:
            if group.offline:
                yield attempt(
                    6,
                    actor.acts_as,
                    f"Athena: newest values of {group.name}",
                    group.account,
                    partial(_query, stage, actor, group),
                )


def _query(stage: Stage, actor: Actor, group: Group) -> str:
    workgroup = _workgroup(stage, actor, group)
    client = stage.client(actor, "athena")
    sql = athena.newest_rows(group, athena.of_run(group, stage.shop.run))
    ran = athena.run(client, sql, workgroup, group.database or "", stage.options.query_wait)
    rows = athena.rows(client, ran.id)
    got = {str(row[group.record_identifier]): from_text(row, group.features) for row in rows}
    expected = newest(group, stage.written[group.arn])
    wrong = [key for key, row in expected.items() if got.get(key) != {name: row[name] for name, _ in group.features}]
    if wrong or len(got) != len(expected):
        raise Mismatch(
            f"{len(got)} records for {len(expected)} written, {len(wrong)} of them wrong, such as {wrong[:1]}"
        )
    stage.saw(actor, group)
    stage.answers.append(QueryAnswer(actor, group, ran.output, len(rows)))
    return f"{len(rows)} records as written, {ran.scanned:,} bytes scanned"


def query_in_primary(stage: Stage) -> Iterator[StepResult]:
    """Step 6, as other people's clients ask: a session by hand that names no workgroup, of teams that may do so."""
    for actor, groups in stage.readers("read-offline"):
        offline = [group for group in groups if group.offline and group.account == stage.cast.central_account]
        if stage.cast.teams[actor.team]["allow_primary"] and actor.access_role and offline:
            what = f"Athena without a workgroup: {offline[0].name}"
            yield attempt(6, actor.acts_as, what, offline[0].account, partial(_in_primary, stage, actor, offline[0]))


def _in_primary(stage: Stage, actor: Actor, group: Group) -> str:
    client = stage.client(actor, "athena")
    configuration = client.get_work_group(WorkGroup=PRIMARY)["WorkGroup"]["Configuration"]
    limit = configuration.get("BytesScannedCutoffPerQuery")
    if not limit or limit > SCAN_LIMIT:
        raise Mismatch(f"a query in {PRIMARY} may scan {'anything' if not limit else f'{limit:,} bytes'}")
    sql = athena.newest_rows(group, athena.of_run(group, stage.shop.run))
    output = _workgroup(stage, actor, group).output_location
    ran = athena.run_in_primary(client, sql, group.database or "", output, stage.options.query_wait)
    where = client.get_query_execution(QueryExecutionId=ran.id)["QueryExecution"]["WorkGroup"]
    if where != PRIMARY or not ran.output.startswith(output):
        raise Mismatch(f"it ran in {where}, its result lies at {ran.output}")
    found = athena.rows(client, ran.id)
    expected = newest(group, stage.written[group.arn])
    if {str(row[group.record_identifier]) for row in found} != set(expected):
        raise Mismatch(f"{len(found)} records, {len(expected)} were written")
    return f"{len(found)} records as written, at most {limit:,} bytes scanned"


def results(stage: Stage) -> Iterator[StepResult]:
    """Step 7: each result is a CSV in the consumer's own bucket, read there as its own execution role.

    Results that a team leaves in the central account are read back there, under the access role that made them.
    """
    for answer in stage.answers:
        yield attempt(
            7,
            answer.actor.acts_as if _in_central(stage, answer) else answer.actor.role_arn,
            f"GetObject: result of {answer.group.name}",
            answer.output,
            partial(_result, stage, answer),
        )


def _result(stage: Stage, answer: QueryAnswer) -> str:
    workgroup = _workgroup(stage, answer.actor, answer.group)
    if not answer.output.startswith(workgroup.output_location):
        raise Mismatch(f"the result lies at {answer.output}, not under {workgroup.output_location}")
    place, in_central = urlsplit(answer.output), _in_central(stage, answer)
    bucket = stage.cast.teams[answer.actor.team]["results_bucket"] or stage.cast.render["names"]["results_bucket"]
    if place.netloc != bucket:
        raise Mismatch(f"{place.netloc} is not the results bucket of {answer.actor.team}")
    if in_central and not place.path.startswith(f"/{answer.actor.account}/"):
        raise Mismatch(f"{answer.output} does not lie under the account id {answer.actor.account}")
    client = stage.client(answer.actor, "s3") if in_central else stage.own_client(answer.actor, "s3")
    got = client.get_object(Bucket=place.netloc, Key=place.path.lstrip("/"), ExpectedBucketOwner=workgroup.owner)
    rows = list(csv.DictReader(io.StringIO(got["Body"].read().decode())))
    if len(rows) != answer.rows:
        raise Mismatch(f"{len(rows)} rows in the file, the query gave {answer.rows}")
    names = {as_text(row[answer.group.record_identifier]) for row in rows}
    if names != set(newest(answer.group, stage.written[answer.group.arn])):
        raise Mismatch("the file holds other records than were written")
    return f"{len(rows)} rows, {got['ContentLength']:,} bytes"


def _in_central(stage: Stage, answer: QueryAnswer) -> bool:
    return stage.cast.teams[answer.actor.team]["results_bucket"] is None


def _workgroup(stage: Stage, actor: Actor, group: Group) -> Workgroup:
    workgroup = stage.cast.workgroup(actor.team, group.account)
    if workgroup is None:
        raise Mismatch(f"{actor.team} has no workgroup in {group.account}")
    return workgroup
