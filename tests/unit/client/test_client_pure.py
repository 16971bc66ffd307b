"""The parts that call nothing: parameters, values, expectations, journals, profiles, session policies, hashes."""

import hashlib
import json
import re
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy
import pandas
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from botocore.credentials import ReadOnlyCredentials
from client_world import PATH, parameters

from featureshare.client import NoSharing, NotShared, SchemaMismatch, SessionPolicyTooLong
from featureshare.client.journal import Journal, JournalMismatch, key_of
from featureshare.client.manifest import Manifest, NotTheSame, RowsHash
from featureshare.client.narrowing import LIMIT, session_policy
from featureshare.client.profile import ProfileExists, process_credentials, write_profile
from featureshare.client.quality import Check
from featureshare.client.rows import check_columns, stored_batches
from featureshare.client.sessions import sts_name
from featureshare.client.sharing import Collection, Group, Sharing, parse_sharing
from featureshare.client.values import BadValue, decode, encode, record_of


@pytest.fixture(scope="module")
def sharing() -> Sharing:
    return parse_sharing(PATH, parameters())


def test_a_document_longer_than_a_parameter_is_put_together(sharing: Sharing) -> None:
    whole = parameters()
    [(name, text)] = [(name, text) for name, text in whole.items() if "/groups/clicks/" in name]
    del whole[name]
    cut = whole | {
        f"{name[:-3]}{number:03d}": text[at : at + 100] for number, at in enumerate(range(0, len(text), 100))
    }
    assert len(cut) > 10
    assert parse_sharing(PATH, cut) == sharing


def test_parameters_that_are_being_changed_are_said_to_be(sharing: Sharing) -> None:
    for spoil in ({f"{PATH}/groups/clicks/000": '{"feature_group": "cl'}, {f"{PATH}/team/000": "{}"}):
        with pytest.raises(NoSharing, match="incomplete, as while the team's stack is being applied"):
            parse_sharing(PATH, parameters() | spoil)
    newer = json.loads(parameters()[f"{PATH}/team/000"]) | {"schema": 2}
    with pytest.raises(NoSharing, match="have schema 2, and this release of featureshare reads 1"):
        parse_sharing(PATH, parameters() | {f"{PATH}/team/000": json.dumps(newer)})


def test_what_is_not_shared_names_what_is_and_whom_to_ask(sharing: Sharing) -> None:
    with pytest.raises(NotShared, match="no feature group orders is shared with search; there are: clicks, own, words"):
        sharing.group("orders", "read-online")
    with pytest.raises(NotShared, match=r"not granted manage on clicks .* Ask its owner, shop \(shop@example.com\)"):
        sharing.group("clicks", "manage")


NOON = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("feature", "value", "text"),
    [
        ("at", NOON, "2026-01-31T12:00:00Z"),
        ("at", NOON.astimezone(timezone(timedelta(hours=5))), "2026-01-31T12:00:00Z"),
        ("at", NOON.replace(microsecond=7000), "2026-01-31T12:00:00.007Z"),
        ("at", pandas.Timestamp("2026-01-31T12:00:00Z"), "2026-01-31T12:00:00Z"),
        ("at", "2026-01-31T12:00:00.123Z", "2026-01-31T12:00:00.123Z"),
        ("count", 3, "3"),
        ("count", 3.0, "3"),
        ("count", pandas.Series([2**62], dtype="int64")[0], str(2**62)),
        ("score", 1, "1.0"),
        ("score", 0.1, "0.1"),
        ("score", pandas.Series([0.5])[0], "0.5"),
        ("kind", "día 日本", "día 日本"),
    ],
)
def test_values_become_the_text_of_the_api(sharing: Sharing, feature: str, value: Any, text: str) -> None:
    row = {"click": "c", "at": NOON} | {feature: value}
    assert encode(sharing.groups["clicks"], row)[feature] == text


@pytest.mark.parametrize(
    ("feature", "value", "words"),
    [
        ("at", NOON.replace(tzinfo=None), "has no time zone"),
        ("at", NOON.replace(microsecond=7), "finer than the milliseconds"),
        ("at", "2026-01-31 12:00", "not a time such as"),
        ("at", "2026-02-31T12:00:00Z", "is no time"),
        ("at", None, "at has no value"),
        ("click", "", "click has no value"),
        ("click", "x" * 2049, "more than 2048 bytes"),
        ("count", 3.5, "no whole number"),
        ("count", "3", "no whole number"),
        ("count", True, "no whole number"),
        ("count", 2**63, "more than 64 bits"),
        ("count", 2.0**60, "no whole number"),
        ("score", float("inf"), "no store takes"),
        ("score", "0.5", "no number"),
        ("kind", 3, "kind is String, and 3 is int"),
        ("kind", "x" * 400_000, "more than the 358400"),
        ("other", 1, "clicks has no feature other"),
    ],
)
def test_values_of_another_type_are_refused_with_the_reason(
    sharing: Sharing, feature: str, value: Any, words: str
) -> None:
    with pytest.raises(BadValue, match=words):
        encode(sharing.groups["clicks"], {"click": "c", "at": NOON} | {feature: value})


@pytest.mark.parametrize(
    ("feature", "value", "texts"),
    [
        ("score", [0.5, 1], ["0.5", "1.0"]),
        ("score", numpy.array([0.25, 2.0]), ["0.25", "2.0"]),
        ("count", (3, 2, 3), ["3", "2", "3"]),
        ("kind", {"red", "blue"}, ["blue", "red"]),
    ],
    ids=["list", "array", "tuple", "set"],
)
def test_collections_go_as_lists_of_texts_and_come_back(
    sharing: Sharing, feature: str, value: Any, texts: list[str]
) -> None:
    group = sharing.groups["clicks"]
    record = record_of(encode(group, {"click": "c", "at": NOON, feature: value}))
    assert record[-1] == {"FeatureName": feature, "ValueAsStringList": texts}
    assert decode(group, record)[feature] == (sorted(value) if isinstance(value, set) else list(value))


@pytest.mark.parametrize(
    ("feature", "value", "words"),
    [
        ("score", [0.5, "x"], "no number"),
        ("count", [1, None], "an element without a value"),
        ("kind", [["nested"]], "is list"),
        ("click", ["c"], "is list"),
        ("kind", ["x" * 200_000, "y" * 200_000], "more than the 358400"),
    ],
)
def test_a_collection_is_refused_for_its_elements(sharing: Sharing, feature: str, value: Any, words: str) -> None:
    with pytest.raises(BadValue, match=words):
        encode(sharing.groups["clicks"], {"click": "c", "at": NOON} | {feature: value})


def vectors() -> Group:
    """A group in memory, as a stack publishes it."""
    found = parameters()
    name = f"{PATH}/groups/clicks/000"
    document = json.loads(found[name])
    document["features"] = [*document["features"], ["near", "Fractional"], ["tags", "String"], ["last", "Integral"]]
    document["collections"] = {
        "near": {"kind": "vector", "dimension": 3},
        "tags": {"kind": "set", "dimension": None},
        "last": {"kind": "list", "dimension": None},
    }
    return parse_sharing(PATH, {**found, name: json.dumps(document)}).groups["clicks"]


def test_each_collection_takes_what_it_is_declared_for_and_comes_back_in_its_type() -> None:
    group = vectors()
    assert group.collections == {
        "near": Collection("vector", 3),
        "tags": Collection("set"),
        "last": Collection("list"),
    }
    row = {"click": "c", "at": NOON, "near": numpy.array([1, 0.5, 2.0]), "tags": {"b", "a"}, "last": [3, 1, 3]}
    record = record_of(encode(group, {**row, "kind": "one"}))
    assert {one["FeatureName"]: one["ValueAsStringList"] for one in record if "ValueAsStringList" in one} == {
        "near": ["1.0", "0.5", "2.0"],
        "tags": ["a", "b"],
        "last": ["3", "1", "3"],
    }
    got = decode(group, record)
    assert {name: got[name] for name in ("near", "tags", "last", "kind")} == {
        "near": [1.0, 0.5, 2.0],
        "tags": ["a", "b"],
        "last": [3, 1, 3],
        "kind": "one",
    }
    assert [type(one) for one in (got["near"][0], got["tags"][0], got["last"][0])] == [float, str, int]


@pytest.mark.parametrize(
    ("feature", "value", "words"),
    [
        ("near", 0.5, "near is a vector of Fractional, and 0.5 is no list, set or array"),
        ("tags", "a", "tags is a set of String, and 'a' is no list"),
        ("last", {"a": 1}, "last is a list of Integral, and {'a': 1} is no list"),
        ("near", numpy.ones((3, 3)), "near is a vector of Fractional"),
        ("near", [0.5, 1.0], "near is a vector of 3, and 2 elements were given"),
        ("near", [0.5, 1.0, 2.0, 3.0], "near is a vector of 3, and 4 elements were given"),
        ("near", [0.5, 1.0, "x"], "an element of near is Fractional, and 'x' is no number"),
        ("near", [0.5, 1.0, float("inf")], "an element of near is inf"),
        ("near", [0.5, 1.0, float("nan")], "near has an element without a value"),
        ("tags", ["a", 3], "an element of tags is String, and 3 is int"),
        ("last", [1, 2.5], "an element of last is Integral, and 2.5 is no whole number"),
        ("kind", ["buy", "view"], "kind is String, one value, and a collection of 2 was given"),
        ("count", [1], "count is Integral, one value, and a collection of 1 was given"),
    ],
)
def test_what_a_collection_or_a_single_value_does_not_take(feature: str, value: Any, words: str) -> None:
    with pytest.raises(BadValue, match=re.escape(words)):
        encode(vectors(), {"click": "c", "at": NOON} | {feature: value})


def test_a_collection_may_have_no_value() -> None:
    row = {"click": "c", "at": NOON}
    assert encode(vectors(), {**row, "near": None, "tags": set(), "last": [], "kind": None}) == encode(vectors(), row)


def test_what_is_missing_is_left_out_and_types_come_back(sharing: Sharing) -> None:
    group = sharing.groups["clicks"]
    row = {"click": "c", "at": NOON, "count": float("nan"), "score": None, "kind": pandas.NA}
    assert encode(group, row) == {"click": "c", "at": "2026-01-31T12:00:00Z"}
    assert encode(group, row | {"kind": [], "score": set()}) == encode(group, row)
    texts = {"click": "7", "count": "7", "score": "7"}
    record = [{"FeatureName": name, "ValueAsString": text} for name, text in texts.items()]
    got = decode(group, record)
    assert got == {"click": "7", "count": 7, "score": 7.0}
    assert [type(value) for value in got.values()] == [str, int, float]


def test_columns_that_do_not_fit_are_named(sharing: Sharing) -> None:
    with pytest.raises(SchemaMismatch, match=r"no features of it: cuont; not there: at\)\. Its features: click, at"):
        check_columns(sharing.groups["clicks"], ["click", "cuont"])


def test_expectations_are_counted_with_examples(sharing: Sharing) -> None:
    check = Check(sharing.groups["clicks"])
    base = {"at": "2026-01-31T12:00:00Z", "kind": "buy", "count": "1", "score": "0.5"}
    for identifier, row in {
        "fine": {"score": "0.1"},
        "no-kind": {"kind": None, "score": "0.2"},
        "odd": {"kind": "steal", "score": "0.3"},
        "low": {"count": "-1", "score": "0.4"},
        "high": {"count": "11"},
        "same": {},
    }.items():
        check.row({name: text for name, text in ({"click": identifier} | base | row).items() if text is not None})
    check.row({"click": "same"} | base)  # the same identifier again is no second holder of the value
    found = {str(one) for one in check.violations(NOON + timedelta(hours=2))}
    assert found == {
        "count: max 10 fails in 1 rows, such as high",
        "count: min 0 fails in 1 rows, such as low",
        "kind: allowed view, buy fails in 1 rows, such as odd",
        "kind: required fails in 1 rows, such as no-kind",
        "score: unique fails in 2 rows, such as same",
        "at: freshness 1h fails in 1 rows, such as the newest row is 7200 s old",
    }
    assert not any(one.feature == "at" for one in check.violations(NOON + timedelta(minutes=59)))


def test_a_session_policy_names_exactly_the_groups(sharing: Sharing) -> None:
    clicks, words = sharing.groups["clicks"], sharing.groups["words"]
    policy = json.loads(session_policy(sharing, "read-online", [clicks]))
    assert policy["Statement"][0] == {
        "Effect": "Allow",
        "Action": ["sagemaker:GetRecord", "sagemaker:BatchGetRecord", "sagemaker:DescribeFeatureGroup"],
        "Resource": [clicks.arn],
    }
    offline = session_policy(sharing, "read-offline", [clicks])
    assert "table/fs_features/clicks" in offline
    assert "/clicks/*" in offline
    assert "words" not in offline
    assert len(offline) <= LIMIT
    with pytest.raises(SessionPolicyTooLong, match=r"on 60 groups has \d+ characters, 2048 are allowed"):
        session_policy(sharing, "read-online", [clicks, words] * 30)


def test_a_journal_survives_a_cut_and_belongs_to_one_group(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    keys = [key_of({"click": str(number)}) for number in range(3)]
    journal = Journal(file, "arn:a")
    for key in keys[:2]:
        journal.confirm(key)
    journal.close()
    file.write_bytes(file.read_bytes()[:-5])  # the process died while it wrote
    again = Journal(file, "arn:a")
    assert [again.has(key) for key in keys] == [True, False, False]
    again.confirm(keys[2])
    again.close()
    third = Journal(file, "arn:a")
    assert [third.has(key) for key in keys] == [True, False, True]
    third.close()
    with pytest.raises(JournalMismatch, match="is the journal of an ingestion into arn:a, not arn:b"):
        Journal(file, "arn:b")
    (tmp_path / "other").write_text("mine\n")
    with pytest.raises(JournalMismatch, match="is no journal"):
        Journal(tmp_path / "other", "arn:a")
    assert (tmp_path / "other").read_text() == "mine\n"


def test_the_expiry_of_credentials_is_one_that_every_sdk_reads() -> None:
    """Whole seconds, UTC, Z: Java's ISO_INSTANT takes no offset before Java 12; never later than the credentials."""
    expires = datetime(2026, 11, 30, 18, 28, 19, 999_999, tzinfo=timezone(timedelta(hours=2)))
    assert process_credentials(ReadOnlyCredentials("ASIA", "secret", "token"), expires) == {
        "Version": 1,
        "AccessKeyId": "ASIA",
        "SecretAccessKey": "secret",
        "SessionToken": "token",
        "Expiration": "2026-11-30T16:28:19Z",
    }


def test_a_profile_is_added_and_nothing_else_changes(tmp_path: Path) -> None:
    file = tmp_path / "config"
    mine = "# mine\n[default]\ns3 =\n  addressing_style = path"
    file.write_text(mine)
    file.chmod(0o600)
    written = write_profile(file, "search", "featureshare credentials search", "eu-west-1")
    assert file.read_text() == (
        f"{mine}\n\n[profile search]\ncredential_process = featureshare credentials search\nregion = eu-west-1\n"
    )
    assert written.changed
    assert written.backup is not None
    assert written.backup.read_text() == mine
    assert file.stat().st_mode & 0o777 == 0o600
    assert not write_profile(file, "search", "featureshare credentials search", "eu-west-1").changed
    before = file.read_text()
    with pytest.raises(ProfileExists, match="has another profile search"):
        write_profile(file, "search", "something else", "eu-west-1")
    file.write_text("[default\nregion = eu-west-1\n")
    with pytest.raises(ProfileExists, match="cannot be read"):
        write_profile(file, "other", "x", "eu-west-1")
    assert file.read_text() == "[default\nregion = eu-west-1\n"
    assert before.count("[profile search]") == 1
    fresh = tmp_path / "new" / "config"
    assert write_profile(fresh, "search", "x", "eu-west-1").backup is None
    assert fresh.read_text().startswith("[profile search]")


@pytest.mark.parametrize(
    ("text", "name"), [("a.b c/ü", "a.b-c--"), ("x", "x-"), ("", "--"), ("n" * 80, "n" * 64), ("j+d@x.y", "j+d@x.y")]
)
def test_session_names_are_what_sts_takes(text: str, name: str) -> None:
    assert sts_name(text) == name


def batch(**columns: list[Any]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict(columns)


def digest(*batches: pa.RecordBatch) -> str:
    found = RowsHash()
    for one in batches:
        found.add(one)
    return found.digest()


def test_the_hash_is_of_rows_in_any_order_and_of_nothing_less() -> None:
    rows = batch(a=["x", None, "y"], b=[1, 2, 3], c=[0.1, 0.2, None])
    assert digest(rows) == digest(rows.slice(2), rows.slice(0, 2))
    assert digest(rows) == digest(rows.select(["c", "a", "b"]))
    for other in (
        batch(a=["x", "", "y"], b=[1, 2, 3], c=[0.1, 0.2, None]),
        batch(a=["x", None, "y"], b=[1, 2, 3], c=[0.1, None, 0.2]),
        batch(a=["x", None, "y"], b=[1, 2, 4], c=[0.1, 0.2, None]),
        rows.slice(0, 2),
    ):
        assert digest(other) != digest(rows)
    assert digest(batch(a=["x:1:y"], b=["z"])) != digest(batch(a=["x"], b=["y:1:z"]))
    assert digest(rows, rows) != digest(rows)


def test_the_hash_is_the_sum_of_the_rows_own_hashes() -> None:
    """Manifests of years ago have it: by its definition, over numbers of 128 bits whose halves carry."""
    names = [f"name-{number}" for number in range(999)] + [None]
    rows = [f"{len(str(n))}:{n}:-:" if name is None else f"{len(str(n))}:{n}:{len(name)}:{name}"
            for n, name in enumerate(names)]  # fmt: skip
    total = sum(int.from_bytes(hashlib.blake2b(row.encode(), digest_size=16).digest(), "big") for row in rows)
    assert total >= 1 << 128
    assert digest(batch(name=names, n=list(range(1000)))) == f"rows-blake2b-128:{total % (1 << 128):032x}"


def test_a_file_is_never_held_whole(tmp_path: Path) -> None:
    count, group = 1_000_000, 20_000
    numbers = pa.array(range(count))
    pq.write_table(pa.table({"n": numbers}), tmp_path / "f.parquet", row_group_size=group, use_dictionary=False)
    before, read, most = pa.total_allocated_bytes(), 0, 0
    for found in stored_batches(tmp_path / "f.parquet", group):
        read += found.num_rows
        if read == 10 * group:
            time.sleep(0.2)  # whoever reads ahead does it now
        most = max(most, pa.total_allocated_bytes() - before)
    assert read == count
    assert most < numbers.nbytes / 4


def test_a_manifest_is_a_file_that_comes_back(tmp_path: Path) -> None:
    manifest = Manifest(
        "search", "local", NOON.isoformat(), {"kind": "group", "name": "clicks"}, "at", ("clicks.count",), {}, ("S",),
        {"clicks": {"schema_version": "x", "objects": []}}, ("a",), 1, "h",
    )  # fmt: skip
    manifest.save(tmp_path / "m.json")
    assert Manifest.load(tmp_path / "m.json") == manifest
    (tmp_path / "m.json").write_text("{}")
    with pytest.raises(NotTheSame, match="is no manifest of a data set"):
        Manifest.load(tmp_path / "m.json")
