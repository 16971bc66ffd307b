"""The article's seven steps and the calls that must be denied, on the applied local environment, in one run."""

import re
from pathlib import Path
from typing import Any

import pytest

from featureshare.journeys.article import TITLES
from featureshare.journeys.probes import CATEGORIES
from featureshare.journeys.report import Report
from featureshare.journeys.stage import Options
from featureshare.journeys.verify import verify

pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize("step", sorted(TITLES))
def test_step_passes_for_everybody_declared(run: Report, step: int) -> None:
    results = [result for result in run.steps if result.step == step]
    assert results
    assert [f"{result.what}, {result.who}: {result.detail}" for result in results if not result.ok] == []


@pytest.mark.parametrize("category", sorted(CATEGORIES))
def test_calls_are_denied_for_the_reason_given(run: Report, category: str) -> None:
    results = [result for result in run.denials if result.category == category]
    assert results
    wrong = [result for result in results if not result.ok]
    assert [f"{one.what} on {one.where}, {one.who}: {one.got}; {one.reason}" for one in wrong] == []


def test_the_readme_shows_the_counts_of_this_run(run: Report) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    denied = f"{sum(one.ok for one in run.denials)} of {len(run.denials)}"
    assert f"7 of 7 steps passed, {denied} calls denied that must be" in readme
    for category in CATEGORIES:
        if shown := re.search(rf"^{re.escape(category)}  +(\d+) of (\d+)", readme, re.MULTILINE):
            assert int(shown[2]) == sum(one.category == category for one in run.denials), category


def test_every_declared_verb_is_used(run: Report) -> None:
    """A verb that no step uses would be a grant that nothing shows to work."""
    idle = [(cell.team, cell.group, verb) for cell in run.access for verb in cell.declared if verb not in cell.observed]
    assert idle == []


def test_a_tag_shares_what_bears_it_and_nothing_else(run: Report) -> None:
    """product-success reads user-segments by a tag: another class, and no word of the owner, stay denied to it."""
    reader = "fs-product-success-reader-offline"
    read = {one.what for one in run.steps if one.ok and one.step == 6 and one.who.endswith(reader)}
    denied = {one.what for one in run.denials if one.ok and one.who.endswith(reader)}
    assert "Athena: newest values of user-segments" in read
    for group in ("users", "sessions", "product-prices"):
        assert {f"Athena: {group}", f"GetObject of {group}", f"GetTable {group}"} <= denied, group


def test_producers_a_consumer_a_replica_and_the_central_account_took_part(run: Report, applied_local: Any) -> None:
    accounts = {team["account"] for team in applied_local.render["teams"].values()}
    central = applied_local.render["environment"]["central_account"]
    whos = {result.who.split(":")[4] for result in run.steps if result.who.startswith("arn:")}
    assert len(accounts) >= 4
    assert whos == accounts | {central} | {one["account"] for one in applied_local.render["replicas"].values()}


def test_thousands_of_events_were_written(run: Report, events: int) -> None:
    puts = [re.match(r"(\d+) events", result.detail) for result in run.steps if result.what.startswith("PutRecord")]
    assert sum(int(found[1]) for found in puts if found) >= events


def test_the_training_set_joins_shared_features_to_local_ones(run: Report, applied_local: Any) -> None:
    local = [group for group in applied_local.render["feature_groups"].values() if group["store"] == "team"]
    names = {feature["name"] for group in local for feature in group["features"]}
    columns = set(run.training_set[0])
    assert run.training_rows > 0
    assert names & columns
    assert columns - names
    assert all(None not in row.values() for row in run.training_set)


def test_a_second_run_finds_what_it_needs_and_passes_too(run: Report, applied_local: Any) -> None:
    again = verify(applied_local.render, localaws=applied_local.localaws, options=Options(seed=2, events=120), last=7)
    assert [result for result in again.steps if not result.ok] == []


def test_no_shipped_grant_is_unneeded_and_the_journeys_exercise_most(run: Report, applied_local: Any) -> None:
    """Asked of the decision log of this very run: what it used, what only a documented requirement keeps."""
    found = applied_local.copy.json("access", "minimal", "local")
    assert found["unneeded"] == []
    assert found["exercised"] > 200


def test_what_the_journeys_did_judges_mutants(run: Report, applied_local: Any) -> None:
    """The very calls of this run, put to changed documents: a bucket policy's Denies and its one door."""
    bucket = applied_local.render["teams"]["core-search"]["results_bucket"]
    found = applied_local.copy.json("access", "mutants", "local", "--only", f"bucket {bucket}")
    assert found["survivors"] == []
    assert found["logged_calls"] > 1000
    operators = found["operators"]
    assert operators["drop a Deny"]["calls"] >= 3
    assert operators["drop a value"]["calls"] > 0
