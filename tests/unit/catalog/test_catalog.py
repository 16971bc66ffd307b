"""The catalogue: what it says of each group, what a search finds, and that a page cannot be made to run anything."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from featureshare.catalog import Copy, Entry, FeatureEntry, entries, page, search
from featureshare.catalog.lines import grant_lines
from featureshare.declaration import load

_ENVIRONMENT = """\
name: small
ephemeral: true
region: eu-west-1
prefix: fs
central_account: "222222222222"
platform:
  principal: arn:aws:iam::666666666666:role/platform
"""
_TEAM = """\
team: {name}
account: "{account}"
contact: {name}@example.com
principals:
"""
_WRITES = "  pipeline:\n    verbs: [write]\n"
_READS = "  serving:\n    verbs: [read-online]\n  training:\n    verbs: [read-offline]\n"
_GROUP = """\
feature_group: {name}
store: {store}
owner: producer
contact: producer@example.com
{more}description: {description}
record_identifier: id
event_time: at
features:
  - {{name: id, type: String, description: Identifier of the customer.}}
  - {{name: at, type: String, description: Time of the change.}}
  - {{name: {feature}, type: Fractional, description: Value of the {feature} in euros.}}
online_store:
  enabled: {online}
offline_store:
  enabled: true
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "environments" / "small"
    for name in ("teams", "feature-groups"):
        (folder / name).mkdir(parents=True)
    (folder / "environment.yaml").write_text(_ENVIRONMENT)
    _team(folder, "producer", "111111111111", _WRITES)
    _team(folder, "consumer", "333333333333", _READS)
    shared = _GROUP.format(
        name="carts",
        store="central",
        more="pipeline: https://git.example.com/carts\n",
        description="One row per cart.",
        feature="cart_value",
        online="true",
    )
    (folder / "feature-groups" / "carts.yaml").write_text(
        shared + "shared_with:\n  consumer: [read-online, read-offline]\n"
    )
    own = _GROUP.format(
        name="scores", store="team", more="", description="One row per cart score.", feature="score", online="false"
    )
    (folder / "feature-groups" / "scores.yaml").write_text(own)
    return folder


def _team(folder: Path, name: str, account: str, principals: str) -> None:
    (folder / "teams" / f"{name}.yaml").write_text(_TEAM.format(name=name, account=account) + principals)


@pytest.fixture
def found(folder: Path) -> dict[str, Entry]:
    declaration = load(folder.parent, folder.name)
    return {entry.name: entry for entry in entries(declaration, grant_lines(folder), "environments/small")}


def test_an_entry_says_what_is_declared(found: dict[str, Entry]) -> None:
    carts = found["carts"]
    assert (carts.owner, carts.account, carts.region, carts.store) == (
        "producer",
        "222222222222",
        "eu-west-1",
        "central",
    )
    assert carts.features[0] == FeatureEntry("id", "String", "Identifier of the customer.", "record identifier")
    assert {use.team: use.verbs for use in carts.uses} == {
        "consumer": ("read-offline", "read-online"),
        "producer": ("write",),
    }
    assert found["scores"].account == "111111111111"  # a team's own store lies in the team's account
    assert (found["scores"].online, found["scores"].offline) == (None, "glue")


def test_lineage_goes_from_pipeline_to_readers(found: dict[str, Entry]) -> None:
    assert found["carts"].lineage() == {
        "pipeline": "https://git.example.com/carts",
        "written_by": ["producer/pipeline"],
        "feature_group": "carts",
        "read_by": ["consumer/serving", "consumer/training"],
        "copied_to": [],
    }
    assert found["scores"].lineage()["read_by"] == []  # nobody is granted: the owner has write and nothing else


def test_a_replica_is_shown_where_people_look(folder: Path) -> None:
    file = folder / "environment.yaml"
    file.write_text(
        file.read_text()
        + "replicas:\n  away:\n    account: '999999999999'\n    region: eu-central-1\n"
        + "    feature_groups: [carts]\n    readers: [training]\n"
    )
    shown = {one.name: one for one in entries(load(folder.parent, "small"), grant_lines(folder), "environments/small")}
    assert shown["carts"].copies == (Copy("away", "999999999999", "eu-central-1", ("training",)),)
    assert shown["carts"].lineage()["copied_to"] == ["away"]
    assert shown["scores"].copies == ()
    assert [one.name for one in search(shown.values(), "away")] == ["carts"]
    text = page("small", list(shown.values()))
    assert text.count("Copied to") == 1
    assert "<td><code>999999999999</code>, eu-central-1</td><td>training</td>" in text


def test_following_the_advice_makes_a_declaration_that_grants(folder: Path, found: dict[str, Entry]) -> None:
    ask = found["carts"].ask
    assert ask.possible
    assert ask.line is not None
    file = folder.parents[1] / ask.file
    lines = file.read_text().splitlines()
    lines[ask.line : ask.line] = ask.add.replace("YOUR-TEAM", "newcomer").splitlines()
    file.write_text("\n".join(lines) + "\n")
    _team(folder, "newcomer", "444444444444", _READS)
    shared = load(folder.parent, folder.name).feature_groups["carts"].shared_with
    assert shared == {team: ["read-online", "read-offline"] for team in ("consumer", "newcomer")}


def test_a_group_that_is_shared_with_nobody_yet_gets_the_key_too(folder: Path) -> None:
    file = folder / "feature-groups" / "carts.yaml"
    file.write_text(file.read_text().partition("shared_with:")[0])
    (folder / "teams" / "consumer.yaml").unlink()
    first, _ = entries(load(folder.parent, "small"), grant_lines(folder), "environments/small")
    assert first.ask.add == "shared_with:\n  YOUR-TEAM: [read-online, read-offline]"
    assert first.ask.line == len(file.read_text().splitlines())


def test_what_a_tag_shares_says_which_line_does(folder: Path) -> None:
    file, environment = folder / "feature-groups" / "carts.yaml", folder / "environment.yaml"
    file.write_text(file.read_text().replace("  consumer: [read-online, read-offline]", "  consumer: [read-offline]"))
    file.write_text(file.read_text() + "shared_by_tag: true\n")
    lines = len(environment.read_text().splitlines())
    entry = "shared_by_tag:\n  - tags: {owner: producer}\n    shared_with: {consumer: [read-online, read-offline]}\n"
    environment.write_text(environment.read_text() + entry)
    first, _ = entries(load(folder.parent, "small"), grant_lines(folder), "environments/small")
    consumer = next(use for use in first.uses if use.team == "consumer")
    assert consumer.verbs == ("read-offline", "read-online")
    assert consumer.by_tag == {"read-online": f"environments/small/environment.yaml:{lines + 2}"}
    assert f"read-online by tag, environments/small/environment.yaml:{lines + 2}" in page("small", (first,))


def test_a_group_that_only_a_tag_shares_gets_the_key_too(folder: Path) -> None:
    file, environment = folder / "feature-groups" / "carts.yaml", folder / "environment.yaml"
    file.write_text(file.read_text().partition("shared_with:")[0] + "shared_by_tag: true\n")
    entry = "shared_by_tag:\n  - tags: {owner: producer}\n    shared_with: {consumer: [read-online, read-offline]}\n"
    environment.write_text(environment.read_text() + entry)
    first, _ = entries(load(folder.parent, "small"), grant_lines(folder), "environments/small")
    assert first.lineage()["read_by"] == ["consumer/serving", "consumer/training"]
    assert first.ask.add.startswith("shared_with:\n")


def test_what_cannot_be_shared_says_why(found: dict[str, Entry]) -> None:
    assert not found["scores"].ask.possible
    assert "producer's own store" in found["scores"].ask.why_not


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("", ["carts", "scores"]),
        ("CART", ["carts", "scores"]),  # in the name first, in a description after
        ("cart euros", ["carts", "scores"]),
        ("cart_value", ["carts"]),
        ("cart nowhere", []),
    ],
)
def test_search_wants_every_word(found: dict[str, Entry], words: str, names: list[str]) -> None:
    assert [entry.name for entry in search(found.values(), words)] == names


class _Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_text_of_a_declaration_stays_text(found: dict[str, Entry]) -> None:
    hostile = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
    carts = replace(found["carts"], description=hostile, contact=hostile)
    tags = _Tags(page("small", [carts])).seen
    assert not [tag for tag, _ in tags if tag == "img"]
    assert len([tag for tag, _ in tags if tag == "script"]) == 1
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]


def test_the_page_admits_its_own_style_and_script_only(found: dict[str, Entry]) -> None:
    html = page("small", list(found.values()))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    for kind in ("style", "script"):
        (text,) = re.findall(rf"<{kind}>(.*?)</{kind}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy[1]
    assert "default-src 'none'" in policy[1]
    links = [attributes["href"] for _, attributes in _Tags(html).seen if "href" in attributes]
    assert links == ["https://git.example.com/carts"]
    assert html == page("small", list(found.values()))
