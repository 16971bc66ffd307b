"""Offline grants that are spread over two access roles: each group is read as the role that serves it."""

import json
from dataclasses import replace
from typing import Any

import pandas
import pytest
from botocore.exceptions import ClientError
from client_world import CENTRAL, JOB, PATH, REGION, RESULTS, STORE, TEAM, ClientWorld, parameters, rows, trust

from featureshare.client import Client, Denied, NotShared
from featureshare.client.sharing import parse_sharing

READERS = {"clicks": f"arn:aws:iam::{CENTRAL}:role/fs/reader", "words": f"arn:aws:iam::{CENTRAL}:role/fs/reader-2"}
APART = "/apart/search/sharing"


def spread(**changed: Any) -> dict[str, str]:
    """The team's parameters when its offline grants are spread, under a prefix of their own."""
    out = {}
    for name, text in parameters().items():
        document = json.loads(text)
        if reader := READERS.get(document.get("feature_group", "")):
            document["access_roles"] = {"read-offline": reader}
        if name == f"{PATH}/team/000":
            document |= changed | {"access_roles": {**document["access_roles"], "read-offline": READERS["clicks"]}}
        out[name.replace(PATH, APART)] = json.dumps(document)
    return out


def reads(group: str) -> str:
    """A reader's policy: the objects of one group, and the team's results."""
    objects = [f"arn:aws:s3:::{STORE}/{group}/*", f"arn:aws:s3:::{RESULTS}", f"arn:aws:s3:::{RESULTS}/*"]
    statements = [
        {"Effect": "Allow", "Action": "s3:*", "Resource": objects},
        {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": f"arn:aws:s3:::{STORE}"},
        {"Effect": "Allow", "Action": ["athena:*", "glue:*"], "Resource": "*"},
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@pytest.fixture(scope="module")
def fs(world: ClientWorld) -> Client:
    for group, role in READERS.items():
        world.land_role(role, {"reads": reads(group)}, trust({"AWS": JOB}))
    ssm = world.administrator("ssm", TEAM)
    for name, value in spread().items():
        ssm.put_parameter(Name=name, Value=value, Type="String")
    client = world.client(prefix="apart")
    for group in READERS:
        for row in rows(world, 14, group):
            client.online.put(group, row | {"click": row["click"].replace(group, "e")})
    world.control.flush()
    return client


def test_a_data_set_brings_together_what_two_roles_read(world: ClientWorld, fs: Client) -> None:
    spine = pandas.DataFrame(
        {"click": [f"e-{number}" for number in range(7)], "at": [world.now().replace(microsecond=0)] * 7}
    )
    dataset = fs.dataset(spine, ["clicks.count", "words.count"], event_time="at")
    assert dataset.sql.count("UNLOAD") == 3  # each role brings its group, and one query joins them
    got = dataset.to_pandas()
    # The newest event of e-<n> is the second of two, 7 rows later.
    wanted = [(number + 7) % 11 for number in range(7)]
    assert got["clicks_count"].tolist() == got["words_count"].tolist() == wanted
    assert {group: len(found["objects"]) > 0 for group, found in dataset.manifest.groups.items()} == {
        "clicks": True,
        "words": True,
    }


def test_groups_of_one_role_are_still_read_by_one_query(world: ClientWorld, fs: Client) -> None:
    spine = pandas.DataFrame({"click": ["e-1"], "at": [world.now().replace(microsecond=0)]})
    for group in READERS:
        dataset = fs.dataset(spine, [f"{group}.count"], event_time="at")
        assert dataset.sql.count("UNLOAD") == 1
        assert dataset.to_pandas()[f"{group}_count"].tolist() == [8]


def test_each_role_reads_its_own_group_and_not_the_others(fs: Client) -> None:
    for group, role in READERS.items():
        session = fs.session("read-offline", group)
        assert f"assumed-role/{role.rpartition('/')[2]}/" in session.client("sts").get_caller_identity()["Arn"]
        s3 = session.client("s3")
        for other in READERS:
            key = s3.list_objects_v2(Bucket=STORE, Prefix=f"{other}/")["Contents"][0]["Key"]
            if other == group:
                assert s3.get_object(Bucket=STORE, Key=key)["Body"].read()
            else:
                with pytest.raises(ClientError, match="AccessDenied"):
                    s3.get_object(Bucket=STORE, Key=key)


def test_whoever_is_denied_is_told_that_roles_were_spread_anew_since_they_connected(
    world: ClientWorld, fs: Client
) -> None:
    before = world.client(prefix="apart")
    words = before.groups["words"]
    gone = replace(words, access_roles={"read-offline": f"{READERS['words']}-that-was"})
    before.connection.sharing = replace(before.connection.sharing, groups={**before.groups, "words": gone})
    with pytest.raises(
        Denied, match=r"with read-offline among its verbs. What is shared with search has changed.*again"
    ):
        before.dataset("words", ["words.count"]).to_pandas()
    assert len(fs.dataset("words", ["words.count"]).to_pandas()) > 0


def test_a_session_that_no_group_chooses_is_refused_with_roles_and_groups(world: ClientWorld, fs: Client) -> None:
    with pytest.raises(NotShared, match=r"spread over 2 access roles.*reader for clicks; reader-2 for words.*name one"):
        fs.session("read-offline")
    assert fs.session("read-offline", "words") is fs.session("read-offline", "words")
    assert fs.session("read-online") is fs.session("read-online", "words")
    narrowed = world.client(prefix="apart", groups=["words"])
    assert "/reader-2/" in narrowed.session("read-offline").client("sts").get_caller_identity()["Arn"]
    with pytest.raises(NotShared, match="spread over 2 access roles"):
        world.client(prefix="apart", groups=["clicks", "words"]).session("read-offline")


def test_without_a_database_of_its_own_a_team_is_told_what_no_role_reads(world: ClientWorld, fs: Client) -> None:
    fs.connection.sharing, before = parse_sharing(APART, spread(shared_database=None)), fs.connection.sharing
    try:
        with pytest.raises(
            NotShared, match=r"no access role of search reads all.*reader for clicks; reader-2 for words"
        ):
            fs.dataset(pandas.DataFrame({"click": ["e-1"]}), ["clicks.count", "words.count"])
    finally:
        fs.connection.sharing = before


def test_credentials_are_of_the_role_of_the_named_group(
    world: ClientWorld, fs: Client, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
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
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    asked = ["credentials", "search", "--verb", "read-offline", "--prefix", "apart"]
    assert credentials.run(asked) == 1
    assert "--group" in capsys.readouterr().err
    assert credentials.run([*asked, "--group", "words"]) == 0
    got = json.loads(capsys.readouterr().out)
    client = world.base().client(
        "sts",
        aws_access_key_id=got["AccessKeyId"],
        aws_secret_access_key=got["SecretAccessKey"],
        aws_session_token=got["SessionToken"],
    )
    assert "assumed-role/reader-2/" in client.get_caller_identity()["Arn"]
