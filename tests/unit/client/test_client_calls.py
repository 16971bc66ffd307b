"""connect and records against a local AWS: what works, what is denied, what happens when time passes."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from client_world import JOB, PATH, REGION, ROLES, TEAM, ClientWorld, allow, rows, trust

from featureshare.client import (
    Client,
    Denied,
    NoSharing,
    NotShared,
    Refused,
    connect,
)
from featureshare.client import online as records
from featureshare.client.connection import RUNTIME


@pytest.fixture(scope="module")
def fs(world: ClientWorld) -> Client:
    return world.client()


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
    assert "featureshare access explain local --principal" in str(caught.value)
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
    monkeypatch.delenv("AWS_PROFILE")
    got = json.loads(capsys.readouterr().out)
    assert sorted(got) == ["AccessKeyId", "Expiration", "SecretAccessKey", "SessionToken", "Version"]
    assert got["Version"] == 1
    assert datetime.strptime(got["Expiration"], "%Y-%m-%dT%H:%M:%SZ")
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
