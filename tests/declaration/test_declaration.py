"""What Python makes of a declaration: the shipped one, grants, schemas, changed features, the command line."""

import json
import shutil
from pathlib import Path

import pytest
from declaration_support import HERE, REPOSITORY
from typer.testing import CliRunner

from featureshare.cli.declaration import app
from featureshare.declaration import Feature, Grant, SchemaChange, load, schema_changes, schemas
from featureshare.errors import BadInput

ENVIRONMENTS = REPOSITORY / "environments"


def test_local_is_the_five_accounts_of_the_article() -> None:
    declaration = load(ENVIRONMENTS, "local")
    assert {name: team.account for name, team in declaration.teams.items()} == {
        "personalization": "111111111111",
        "product-success": "333333333333",
        "data-curation": "444444444444",
        "core-search": "555555555555",
    }
    assert declaration.environment.central_account == "222222222222"
    assert {(grant.feature_group, grant.verb) for grant in declaration.grants() if grant.team == "core-search"} == {
        ("sessions", "read-online"),
        ("sessions", "read-offline"),
        ("reviews", "read-offline"),
        ("users", "read-online"),
        ("users", "read-offline"),
        # Beside the article's: groups that show what else a feature group can be.
        ("product-prices", "read-online"),
        ("product-prices", "read-offline"),
        ("product-vectors", "read-online"),
        ("keywords", "write"),
        ("keywords", "read-online"),
        ("keywords", "read-offline"),
    }
    assert declaration.feature_groups["keywords"].store == "team"


def test_an_owner_writes_and_the_normal_form_does_not_say_so_again() -> None:
    declaration = load(HERE / "good", "base")
    assert declaration.grants() == (
        Grant("search", "keywords", "read-offline"),
        Grant("search", "keywords", "write"),
        Grant("search", "sessions", "read-offline"),
        Grant("search", "sessions", "read-online"),
        Grant("shop", "segments", "manage"),
        Grant("shop", "segments", "write"),
        Grant("shop", "sessions", "write"),
        Grant("shop", "unshared", "write"),
    )
    assert declaration.normal()["feature_groups"]["sessions"]["shared_with"] == {
        "search": ["read-offline", "read-online"]
    }


def test_defaults_are_written_out() -> None:
    normal = load(HERE / "good", "base").normal()
    assert normal["environment"] == {
        "name": "base",
        "ephemeral": True,
        "region": "eu-west-1",
        "partition": "aws",
        "organization_id": None,
        "prefix": "fs",
        "central_account": "222222222222",
        "platform_principal": "arn:aws:iam::666666666666:role/platform",
        "permissions_boundary": None,
        "replicated": False,
        "tags": {"project": "shop"},
    }
    assert normal["teams"]["shop"]["principals"]["pipeline"] == {
        "kind": "role",
        "verbs": ["write"],
        "compute": "sagemaker",
        "role_arn": None,
        "permission_set": None,
        "user_name": None,
    }
    group = normal["feature_groups"]["keywords"]
    assert (group["classification"], group["created_by"]) == ("internal", "terraform")
    assert group["online_store"] == {"enabled": False, "storage": "standard", "ttl": None}
    assert group["offline_store"] == {"enabled": True, "format": "glue"}
    assert [group[key] for key in ("pipeline", "freshness", "purpose")] == [None, None, None]


def test_a_tag_shares_what_bears_it_and_whose_owner_says_so() -> None:
    """By hand, from the files of `rich`: web's groups are clicks (public, online only), events (offline only) and
    web--made-by-hand (no word of the owner); ml's are archive and prices (open), risk_scores-v2 and vectors (not)."""
    declaration = load(HERE / "good", "rich")
    first, second = "good/rich/environment.yaml:25", "good/rich/environment.yaml:28"
    assert dict(declaration.by_tag) == {
        Grant("ml", "events", "discover"): first,  # not clicks: its own file says discover and read-online
        Grant("ml", "events", "read-offline"): first,  # not clicks, which has no offline store
        Grant(
            "web", "prices", "read-online"
        ): second,  # not archive, which has no online store; not discover, which is ml's
    }
    shared = {name: group["shared_with"] for name, group in declaration.normal()["feature_groups"].items()}
    assert shared["events"] == {"ml": ["discover", "read-offline"]}
    assert shared["clicks"] == {"ml": ["delete", "discover", "read-online", "write"], "web": ["read-online"]}
    assert shared["prices"] == {"web": ["read-online"]}
    assert shared["archive"] == {}
    assert set(declaration.by_tag) <= set(declaration.grants())
    assert declaration.slice("web").by_tag == declaration.by_tag  # the owner of events, the reader of prices
    assert "shared_by_tag" not in declaration.json()


def test_a_new_group_is_shared_by_its_tag_and_touches_its_readers_and_its_owner(tmp_path: Path) -> None:
    shutil.copytree(ENVIRONMENTS / "local", tmp_path / "local")
    before = load(tmp_path, "local")
    file = tmp_path / "local" / "feature-groups" / "user-segments.yaml"
    text = file.read_text().replace("user-segments", "user-interests")
    (file.parent / "user-interests.yaml").write_text(text)
    after = load(tmp_path, "local")
    assert set(after.grants()) - set(before.grants()) == {
        Grant("data-curation", "user-interests", "discover"),
        Grant("data-curation", "user-interests", "manage"),
        Grant("data-curation", "user-interests", "write"),
        Grant("product-success", "user-interests", "read-offline"),
    }
    changed = {team for team in after.teams if before.slice(team).digest() != after.slice(team).digest()}
    assert changed == {"data-curation", "product-success"}


def test_without_the_owners_word_a_tag_shares_nothing(tmp_path: Path) -> None:
    shutil.copytree(ENVIRONMENTS / "local", tmp_path / "local")
    before = load(tmp_path, "local")
    file = tmp_path / "local" / "feature-groups" / "product-prices.yaml"  # internal, and its owner says nothing
    assert "shared_by_tag" not in file.read_text()
    environment = tmp_path / "local" / "environment.yaml"
    environment.write_text(environment.read_text() + "      data-curation: [discover]\n")
    # user-segments, which is open, is data-curation's own: the grant would serve nobody, and is refused.
    with pytest.raises(BadInput, match="user-segments: data-curation owns them"):
        load(tmp_path, "local")
    file.write_text(file.read_text() + "shared_by_tag: true\n")
    assert set(load(tmp_path, "local").grants()) - set(before.grants()) == {
        Grant("data-curation", "product-prices", "discover")
    }


def test_what_is_not_ours_has_no_compute() -> None:
    principals = load(HERE / "good", "rich").normal()["teams"]["ml"]["principals"]
    assert {name: principal["compute"] for name, principal in principals.items()} == {
        "analyst": "none",
        "old-job": "none",
        "tool": "none",
        "writer-job": "emr-serverless",
        "container": "ecs",
        "outside": "none",
    }


def test_an_unknown_team_has_no_slice() -> None:
    with pytest.raises(KeyError):
        load(HERE / "good", "base").slice("nobody")


def features(text: str) -> list[Feature]:
    kinds = {"s": "String", "i": "Integral", "f": "Fractional"}
    return [Feature(name=item[0], type=kinds[item[1]], description="x") for item in text.split()]


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("as bs", "as bs", []),
        ("as bs", "as bs ci", [("added", "c")]),
        ("as bs cs", "as cs", [("removed", "b")]),
        ("as bs", "as bi", [("retyped", "b")]),
        ("as bs", "bs as", [("reordered", "a"), ("reordered", "b")]),
        ("as bs", "as ci bs", [("reordered", "b"), ("added", "c")]),
        ("as bs cs", "bs ds", [("removed", "a"), ("removed", "c"), ("added", "d")]),
    ],
)
def test_schema_changes(old: str, new: str, changes: list[tuple[str, str]]) -> None:
    found = schema_changes(features(old), features(new))
    assert [(change.kind, change.feature) for change in found] == changes


def test_a_schema_change_says_what_was_and_what_is() -> None:
    assert schema_changes(features("as bs"), features("as bf")) == [
        SchemaChange("retyped", "b", "from String to Fractional")
    ]


def test_schemas_refuse_unknown_keys_and_know_every_key() -> None:
    for schema in schemas().values():
        definitions = [schema, *schema["$defs"].values()]
        assert all(definition.get("additionalProperties") is False for definition in definitions)
    assert "classification" in schemas()["feature-groups/*.yaml"]["properties"]
    assert schemas()["teams/*.yaml"]["properties"]["account"]["pattern"] == "^(?:[0-9]{12})$"


def test_check_sums_up() -> None:
    done = CliRunner().invoke(app, ["check", "base", "--root", str(HERE / "good")])
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "base is sound: 2 teams in 3 accounts (central included).",
        "4 feature groups, 1 of them shared.",
        "8 grants: 1 manage, 2 read-offline, 1 read-online, 4 write.",
    ]


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    shutil.copytree(HERE / "good" / "base", tmp_path / "environments" / "base")
    file = tmp_path / "environments" / "base" / "teams" / "shop.yaml"
    file.write_text(file.read_text().replace("team: shop", "teem: shop"))
    return tmp_path / "environments"


def test_check_prints_a_line_for_each_problem_and_exits_with_2(broken: Path) -> None:
    done = CliRunner().invoke(app, ["check", "base", "--root", str(broken)])
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "environments/base/teams/shop.yaml: team: team is missing. Fix: add `team:`",
        "environments/base/teams/shop.yaml: teem: unknown key (line 1). Fix: correct the spelling: team",
    ]


def test_check_prints_problems_as_json(broken: Path) -> None:
    done = CliRunner().invoke(app, ["check", "base", "--json", "--root", str(broken)])
    assert done.exit_code == 2
    problems = json.loads(done.stdout)["error"]["problems"]
    assert [(problem["file"], problem["key"]) for problem in problems] == [
        ("environments/base/teams/shop.yaml", "team"),
        ("environments/base/teams/shop.yaml", "teem"),
    ]


def test_show_prints_the_normal_form_of_a_slice() -> None:
    root = str(HERE / "good")
    done = CliRunner().invoke(app, ["show", "base", "--team", "shop", "--json", "--root", root])
    assert done.exit_code == 0
    assert json.loads(done.stdout) == load(HERE / "good", "base").slice("shop").normal()
    unknown = CliRunner().invoke(app, ["show", "base", "--team", "nobody", "--root", root])
    assert unknown.exit_code == 2
    assert "name one of: search, shop" in unknown.stderr


def test_schema_prints_one_or_all() -> None:
    assert set(json.loads(CliRunner().invoke(app, ["schema"]).stdout)) == set(schemas())
    one = CliRunner().invoke(app, ["schema", "teams/*.yaml"])
    assert json.loads(one.stdout) == schemas()["teams/*.yaml"]
    assert CliRunner().invoke(app, ["schema", "team.yaml"]).exit_code == 2


def test_problems_are_sorted_and_each_has_its_place(broken: Path) -> None:
    with pytest.raises(BadInput) as refused:
        load(broken, "base")
    assert list(refused.value.problems) == sorted(refused.value.problems)
