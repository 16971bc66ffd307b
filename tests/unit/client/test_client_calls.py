"""connect, records and ingestion against a local AWS: what works, what is denied, what happens when time passes."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from botocore.exceptions import ClientError
from client_world import JOB, PATH, REGION, ROLES, TEAM, ClientWorld, allow, trust

from featureshare.client import (
    Client,
    Denied,
    IngestStopped,
    NoSharing,
    NotShared,
    Progress,
    QualityFailed,
    Refused,
    SchemaMismatch,
    connect,
)
from featureshare.client import online as records
from featureshare.client.connection import RUNTIME


@pytest.fixture(scope="module")
def fs(world: ClientWorld) -> Client:
    return world.client()


def rows(world: ClientWorld, count: int, run: str, identifiers: int = 7) -> list[dict[str, Any]]:
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


def test_connect_finds_everything_by_the_team_alone(world: ClientWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    got = world.client()
    assert sorted(got.groups) == ["clicks", "own", "words"]
    assert got.groups["clicks"].features["count"] == "Integral"
    monkeypatch.setenv("FEATURESHARE_PREFIX", "other")
    with pytest.raises(NoSharing, match="no parameters under /other/search/sharing: no such team here"):
        world.client()
    assert world.client(prefix="fs").groups == got.groups


def test_who_may_not_read_the_parameters_is_told_whose_they_are(world: ClientWorld) -> None:
    with pytest.raises(NoSharing, match=f"parameters under {PATH} may not be read.*execution roles of search"):
        connect("search", session=world.base(JOB + "-untold"), wire=world.wire)


def test_records_keep_their_types(world: ClientWorld, fs: Client) -> None:
    now = world.now().replace(microsecond=0)
    fs.online.put("clicks", {"click": "t-1", "at": now, "count": 3, "score": 0.1, "kind": None})
    got = fs.online.get("clicks", "t-1")
    assert got == {"click": "t-1", "at": now.strftime("%Y-%m-%dT%H:%M:%SZ"), "count": 3, "score": 0.1}
    assert fs.online.get("clicks", "t-1", ["count"]) == {"count": 3}
    fs.online.delete("clicks", "t-1", now + timedelta(seconds=1))
    assert fs.online.get("clicks", "t-1") is None
    with pytest.raises(Refused, match="count is Integral"):
        fs.online.put("clicks", {"click": "t-1", "at": now, "count": "3"})


def test_the_own_store_is_used_as_the_role_itself(world: ClientWorld, fs: Client) -> None:
    fs.online.put("own", {"click": "o", "at": world.now().replace(microsecond=0)})
    assert fs.online.get("own", "o") is not None
    entry = [one for one in world.control.log() if one["call"].endswith("GetRecord")][-1]
    assert (entry["account"], "job" in entry["principal"]) == (TEAM, True)


def test_a_batch_is_split_and_every_key_is_accounted_for(world: ClientWorld, fs: Client) -> None:
    fs.ingest("words", rows(world, 150, "b", 150))
    before = len(world.control.log())
    asked = {"words": [f"b-{n}" for n in range(205)] + ["b-0"], "own": ["nobody"]}
    got = fs.online.batch_get(asked, {"words": ["count"]})
    assert set(got.records) == {("words", f"b-{n}") for n in range(150)}
    assert set(got.missing) == {("words", f"b-{n}") for n in range(150, 205)} | {("own", "nobody")}
    assert got.errors == {}
    assert got.of("words")["b-12"] == {"count": 1}
    calls = [one for one in world.control.log()[before:] if one["call"].endswith("BatchGetRecord")]
    assert len(calls) == 4  # 205 identifiers in three calls, the own store's in one


class Answers:
    """Stands for a client whose answers are written down: what local AWS never does, throttling and partial errors."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), []

    def batch_get_record(self, Identifiers: list[Mapping[str, Any]]) -> Any:  # noqa: N803, the API's name
        self.asked.append([one for block in Identifiers for one in block["RecordIdentifiersValueAsString"]])
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            raise ClientError({"Error": {"Code": answer, "Message": "slow down"}}, "BatchGetRecord")
        return answer


def found(*ids: str, errors: Mapping[str, str] | None = None, unprocessed: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "Records": [
            {
                "FeatureGroupName": "clicks",
                "RecordIdentifierValueAsString": one,
                "Record": [{"FeatureName": "click", "ValueAsString": one}],
            }
            for one in ids
        ],
        "Errors": [
            {"FeatureGroupName": "clicks", "RecordIdentifierValueAsString": one, "ErrorCode": code, "ErrorMessage": "m"}
            for one, code in (errors or {}).items()
        ],
        "UnprocessedIdentifiers": [{"FeatureGroupName": "clicks", "RecordIdentifiersValueAsString": list(unprocessed)}]
        if unprocessed
        else [],
    }


def test_throttling_and_what_was_not_processed_is_asked_for_again(fs: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    answers = Answers(
        "ThrottlingException",
        found("a", errors={"b": "AccessForbidden", "c": "InternalFailure"}, unprocessed=("d",)),
        found("c", "d"),
    )
    online = records.Online(fs.connection, sleep=pauses.append)
    monkeypatch.setattr(online, "_client", lambda *_: answers)
    got = online.batch_get({"clicks": ["a", "b", "c", "d", "e"]})
    assert answers.asked == [["a", "b", "c", "d", "e"], ["a", "b", "c", "d", "e"], ["c", "d"]]
    assert sorted(got.of("clicks")) == ["a", "c", "d"]
    assert got.errors == {("clicks", "b"): "AccessForbidden: m"}
    assert got.missing == (("clicks", "e"),)
    assert len(pauses) == 2


def test_what_stays_unanswered_is_an_error_by_key(fs: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = Answers(*[found(unprocessed=("a",))] * records.ATTEMPTS)
    online = records.Online(fs.connection, sleep=lambda _: None)
    monkeypatch.setattr(online, "_client", lambda *_: answers)
    got = online.batch_get({"clicks": ["a"]})
    assert got.errors == {("clicks", "a"): f"not processed by the service (after {records.ATTEMPTS} attempts)"}
    assert got.missing == ()


def test_a_narrowed_session_reaches_only_what_was_named(world: ClientWorld) -> None:
    narrow = world.client(groups=["clicks"])
    assert list(narrow.groups) == ["clicks"]
    assert narrow.online.get("clicks", "nobody") is None
    with pytest.raises(NotShared, match="words is not among the groups that this connection is narrowed to"):
        narrow.online.get("words", "nobody")
    raw = narrow.session("read-online").client(RUNTIME)
    with pytest.raises(ClientError, match="no session policy allows the sagemaker:GetRecord"):
        raw.get_record(FeatureGroupName="words", RecordIdentifierValueAsString="nobody")
    with pytest.raises(NotShared, match="own lies in search's own store"):
        world.client(groups=["own"])
    with pytest.raises(NotShared, match="no feature group clocks"):
        world.client(groups=["clocks"])


def test_sessions_are_named_after_who_runs_and_carry_a_source_identity(world: ClientWorld) -> None:
    sts = world.client().session("read-online").client("sts")
    assert sts.get_caller_identity()["Arn"].endswith(":assumed-role/read-online/search.job.local")
    [entry] = [one for one in world.control.log() if one["call"] == "sts:AssumeRole"][-1:]
    asked = {check["action"] for check in entry["checks"]}
    assert "sts:SetSourceIdentity" in asked


def test_a_session_that_carries_an_identity_keeps_it(world: ClientWorld) -> None:
    carried = world.client(session=world.base(source_identity="alice"))
    assert carried.online.get("clicks", "nobody") is None
    taken = [one for one in world.control.log() if one["call"] == "sts:AssumeRole"][-2:]
    assert [one["result"] for one in taken] == ["Denied", "Allowed"]


def test_a_principal_that_does_not_declare_the_verb_is_told_so(world: ClientWorld) -> None:
    world.land_role(ROLES["delete"], {"verb": allow("sagemaker:DeleteRecord")}, trust({"AWS": JOB + "-untold"}))
    fs = world.client()
    with pytest.raises(
        Denied, match=r"sts:AssumeRole on .*role/fs/delete was denied to .*job.*with delete among"
    ) as caught:
        fs.online.delete("clicks", "x", world.now().replace(microsecond=0))
    assert (caught.value.action, caught.value.resource) == ("sts:AssumeRole", ROLES["delete"])
    assert "featureshare access explain" in str(caught.value)
    world.land_role(ROLES["delete"], {"verb": allow("sagemaker:DeleteRecord")}, trust({"AWS": JOB}))


def test_clients_outlive_the_hour(world: ClientWorld) -> None:
    fs = world.client()
    client = fs.connection.client(RUNTIME, "read-online")
    client.get_record(FeatureGroupName="clicks", RecordIdentifierValueAsString="x")
    before = fs.session("read-online").get_credentials().access_key
    stale = world.client().session("read-online").get_credentials().get_frozen_credentials()
    world.later(3601)
    expired = world.base().client(
        RUNTIME,
        aws_access_key_id=stale.access_key,
        aws_secret_access_key=stale.secret_key,
        aws_session_token=stale.token,
    )
    with pytest.raises(ClientError, match="ExpiredToken"):
        expired.get_record(FeatureGroupName="clicks", RecordIdentifierValueAsString="x")
    client.get_record(FeatureGroupName="clicks", RecordIdentifierValueAsString="x")
    assert fs.session("read-online").get_credentials().access_key != before


@pytest.fixture
def frame(world: ClientWorld, request: pytest.FixtureRequest) -> pandas.DataFrame:
    return pandas.DataFrame(rows(world, 120, request.node.name[-20:]))


@pytest.fixture
def in_the_middle(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """in_the_middle(what): `what` happens once, before the fortieth record of an ingestion is written."""
    module = sys.modules["featureshare.client.ingest"]  # the package has a function of that name
    real, lock, calls = module.put_record, threading.Lock(), iter(range(1, 10_000))

    def arrange(what: Callable[[], None]) -> None:
        def put(*arguments: Any) -> None:
            with lock:  # nobody writes while it happens
                if next(calls) == 40:
                    what()
            real(*arguments)

        monkeypatch.setattr(module, "put_record", put)

    return arrange


@pytest.mark.parametrize("here", [True, False], ids=["clock-tells", "service-tells"])
def test_an_ingestion_outlives_its_credentials(
    world: ClientWorld, frame: pandas.DataFrame, here: bool, in_the_middle: Callable[[Callable[[], None]], None]
) -> None:
    """Once with a clock that knows, once with one that stands still, so that only the service says it."""
    fs, before = world.client(), len(world.control.log())

    def pass_an_hour() -> None:
        world.later(3601, here=here)
        if not here:
            fs.connection.base.get_credentials()._frozen_credentials = None  # the service renews its own

    in_the_middle(pass_an_hour)
    report = fs.ingest("words", frame, threads=2)
    if not here:
        world.offset += timedelta(seconds=3601)
    assert (report.written, report.left, report.rejected) == (120, 0, [])
    entries = world.control.log()[before:]
    taken = [one for one in entries if one["call"] == "sts:AssumeRole" and "assumed-role/job" in one["principal"]]
    assert [one["result"] for one in taken] == ["Allowed", "Allowed"]
    puts = [one["result"] for one in entries if one["call"].endswith("PutRecord")]
    assert puts.count("Allowed") == 120


def test_progress_is_told_and_its_failure_ends_the_work(world: ClientWorld, frame: pandas.DataFrame) -> None:
    told: list[Progress] = []
    report = world.client().ingest("words", frame, progress=told.append)
    assert (told[-1].written, told[-1].rows) == (120, 120)
    assert told[-1].rate > 0
    assert report.written == 120

    def fail(_: Progress) -> None:
        raise ZeroDivisionError("of the caller")

    with pytest.raises(IngestStopped, match="of the caller") as caught:
        world.client().ingest("words", frame, progress=fail)
    assert caught.value.report.written + caught.value.report.left == 120


@pytest.mark.parametrize("raised", [KeyboardInterrupt, ValueError])
def test_an_exception_of_the_callers_progress_ends_the_work_with_its_account(
    world: ClientWorld, frame: pandas.DataFrame, raised: type[BaseException]
) -> None:
    def stop(done: Progress) -> None:
        raise raised("enough")

    with pytest.raises(IngestStopped, match="interrupted" if raised is KeyboardInterrupt else "enough") as stopped:
        world.client().ingest("words", frame, progress=stop, threads=2)
    assert 0 < stopped.value.report.written < 120
    assert stopped.value.report.written + stopped.value.report.left == 120


def test_order_is_kept_for_each_identifier(world: ClientWorld, frame: pandas.DataFrame) -> None:
    shuffled = frame.sample(frac=1, random_state=3)
    before = len(world.control.log())
    assert world.client().ingest("words", shuffled, threads=8).written == 120
    newest = frame.sort_values("at").groupby("click").last()
    got = world.client().online.batch_get({"words": list(newest.index)}).of("words")
    assert {key: record["count"] for key, record in got.items()} == newest["count"].to_dict()
    assert len([one for one in world.control.log()[before:] if one["call"].endswith("PutRecord")]) == 120


def test_rejected_rows_are_named_and_the_rest_is_written(world: ClientWorld, frame: pandas.DataFrame) -> None:
    data = frame.astype({"count": object})
    data.loc[3, "count"] = "many"
    data.loc[5, "click"] = None
    report = world.client().ingest("words", data)
    assert [(one.row, one.reason) for one in report.rejected] == [
        (3, "count is Integral, and 'many' is no whole number"),
        (5, "click has no value"),
    ]
    assert (report.rows, report.written, report.left) == (120, 118, 0)
    assert "118 of 120 rows written, 2 rejected" in str(report)
    with pytest.raises(SchemaMismatch, match="no features of it: cuont"):
        world.client().ingest("words", frame.rename(columns={"count": "cuont"}))


def test_expectations_warn_or_fail(world: ClientWorld, frame: pandas.DataFrame) -> None:
    frame.loc[7, "kind"] = "steal"
    before = len(world.control.log())
    with pytest.raises(QualityFailed, match="so nothing was written") as caught:
        world.client().ingest("clicks", frame, quality="fail")
    assert caught.value.report.left == 120
    assert not [one for one in world.control.log()[before:] if one["call"].endswith("PutRecord")]
    report = world.client().ingest("clicks", frame)
    assert report.written == 120
    assert {one.feature for one in report.violations} >= {"kind"}


def test_a_revoked_grant_stops_with_an_exact_account_and_the_journal_resumes(
    world: ClientWorld,
    frame: pandas.DataFrame,
    tmp_path: Path,
    in_the_middle: Callable[[Callable[[], None]], None],
) -> None:
    role, journal = ROLES["write"], tmp_path / "journal"

    def revoke() -> None:
        world.land_role(role, {"verb": allow("sagemaker:DescribeFeatureGroup")}, trust({"AWS": JOB}))

    in_the_middle(revoke)
    before = len(world.control.log())
    with pytest.raises(IngestStopped, match=r"sagemaker:PutRecord on .*words was denied to .*write") as caught:
        world.client().ingest("words", frame, journal=journal, threads=2)
    report = caught.value.report
    puts = [one for one in world.control.log()[before:] if one["call"].endswith("PutRecord")]
    assert report.written == sum(one["result"] == "Allowed" for one in puts)
    assert 0 < report.written < 120
    assert report.left == 120 - report.written
    assert isinstance(caught.value.__cause__, Denied)
    world.land_role(role, {"verb": allow("sagemaker:PutRecord")}, trust({"AWS": JOB}))
    rest = world.client().ingest("words", frame.sample(frac=1, random_state=1), journal=journal)
    assert (rest.resumed, rest.written, rest.left) == (report.written, report.left, 0)


def test_a_killed_process_is_resumed(world: ClientWorld, tmp_path: Path) -> None:
    """Killed outright in the middle: the journal knows all that was confirmed, and the next run does the rest."""
    journal, data = tmp_path / "journal", rows(world, 400, "killed", 40)
    for row in data:
        row["at"] = row["at"].strftime("%Y-%m-%dT%H:%M:%SZ")
    (tmp_path / "rows.json").write_text(json.dumps(data))
    program = (
        "import json, sys; sys.path.insert(0, sys.argv[1])\n"
        "from client_world import ClientWorld\n"
        "from featureshare.localaws.control import LocalAWS\n"
        "fs = ClientWorld(LocalAWS(sys.argv[2], sys.argv[3])).client()\n"
        "fs.ingest('words', json.load(open(sys.argv[4])), journal=sys.argv[5], threads=2)\n"
    )
    arguments = [str(Path(__file__).parent), world.control.endpoint, world.control.token]
    arguments += [str(tmp_path / "rows.json"), str(journal)]
    before = len(world.control.log())
    with subprocess.Popen([sys.executable, "-c", program, *arguments]) as process:
        while not journal.exists() or journal.read_bytes().count(b"\n") < 51:  # the first line names the group
            assert process.poll() is None, "it ended before it could be killed"
            time.sleep(0.01)
        process.kill()
    written = [one for one in world.control.log()[before:] if one["call"].endswith("PutRecord")]
    report = world.client().ingest("words", data, journal=journal)
    assert 50 <= report.resumed < 400
    assert report.resumed <= len(written) <= report.resumed + 2  # at most one on its way for each thread
    assert (report.resumed + report.written, report.left) == (400, 0)
    newest = {row["click"]: row["count"] for row in data}
    got = world.client().online.batch_get({"words": list(newest)}).of("words")
    assert {key: record["count"] for key, record in got.items()} == newest


def test_parquet_is_read_in_pieces(world: ClientWorld, frame: pandas.DataFrame, tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), tmp_path / "rows.parquet", row_group_size=50)
    assert world.client().ingest("words", tmp_path / "rows.parquet").written == 120
    with pytest.raises(SchemaMismatch, match="there is no file or folder"):
        world.client().ingest("words", tmp_path / "nowhere.parquet")


def test_throttling_is_waited_out(world: ClientWorld, frame: pandas.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["featureshare.client.ingest"]  # the package has a function of that name
    fs, real, pauses, refusals = world.client(), module.put_record, [], iter(["ThrottlingException"] * 5)

    def sometimes(*arguments: Any) -> None:
        code = next(refusals, None)
        if code:
            raise ClientError({"Error": {"Code": code, "Message": "Rate exceeded"}}, "PutRecord")
        real(*arguments)

    monkeypatch.setattr(module, "put_record", sometimes)
    report = module.ingest(fs.connection, "words", frame, sleep=pauses.append)
    assert (report.written, len(pauses)) == (120, 5)


def test_credentials_for_every_sdk(
    world: ClientWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from featureshare.cli import credentials

    keys = world.control.session(JOB, "lambda.amazonaws.com")
    for name, value in {
        "AWS_ENDPOINT_URL": world.control.endpoint,
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_PROFILE": "search-read-online",  # the profile that would call this command: it must not call itself
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    assert credentials.run(["credentials", "search", "--verb", "read-online"]) == 0
    got = json.loads(capsys.readouterr().out)
    assert sorted(got) == ["AccessKeyId", "Expiration", "SecretAccessKey", "SessionToken", "Version"]
    assert got["Version"] == 1
    client = world.base().client(
        "sts",
        aws_access_key_id=got["AccessKeyId"],
        aws_secret_access_key=got["SecretAccessKey"],
        aws_session_token=got["SessionToken"],
    )
    assert "assumed-role/read-online/" in client.get_caller_identity()["Arn"]
    assert credentials.run(["profile", "search", "--verb", "read-online", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["changed"]
    assert "-m featureshare credentials search --verb read-online" in (tmp_path / "config").read_text()
    assert credentials.run(["credentials", "search", "--verb", "manage"]) == 1
    assert "no access role for manage" in capsys.readouterr().err
