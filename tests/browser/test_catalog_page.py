"""The catalogue's page as somebody uses it, in Chromium."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from featureshare.catalog import entries, page
from featureshare.catalog.lines import grant_lines
from featureshare.declaration import load

_ENVIRONMENTS = Path(__file__).parents[2] / "environments"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = entries(load(_ENVIRONMENTS, "local"), grant_lines(_ENVIRONMENTS / "local"), "environments/local")
    file = tmp_path_factory.mktemp("page") / "catalog.html"
    file.write_text(page("local", found))
    return file


@pytest.fixture
def shown(file: Path) -> Iterator[Page]:
    binary = next(filter(None, map(shutil.which, _BROWSERS)), None)
    assert binary, f"no browser on the PATH: install one of {', '.join(_BROWSERS)}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=binary, args=["--no-sandbox", "--disable-background-networking", "--disable-quic"]
        )
        tab = browser.new_page()
        complaints: list[str] = []
        tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        requests: list[str] = []
        tab.on("request", lambda request: requests.append(request.url))
        tab.goto(file.as_uri())
        yield tab
        browser.close()
        assert complaints == []
        assert [url for url in requests if not url.startswith("file:")] == []


def test_search_and_filters_narrow_the_list(shown: Page) -> None:
    cards = shown.locator("article:visible")
    every = cards.count()
    assert every >= 5
    shown.get_by_label("Search groups, features, owners").fill("cart value")
    expect(cards).to_have_count(1)
    expect(shown.get_by_role("status")).to_have_text(f"1 of {every} feature groups")
    expect(cards.get_by_role("heading", name="sessions")).to_be_visible()
    shown.get_by_label("Owner", exact=True).select_option("data-curation")
    expect(cards).to_have_count(0)
    shown.get_by_label("Search groups, features, owners").fill("")
    assert cards.count() >= 2
    shown.get_by_label("Classification").select_option("confidential")
    expect(cards.get_by_role("heading", name="users")).to_be_visible()


def test_a_group_opens_by_click_key_and_link(shown: Page, file: Path) -> None:
    ask = shown.locator("#sessions").get_by_text("Open a pull request")
    expect(ask).to_be_hidden()
    shown.get_by_role("heading", name="sessions").click()
    expect(ask).to_be_visible()
    expect(shown.locator("#sessions").get_by_text("environments/local/feature-groups/sessions.yaml")).to_be_visible()
    shown.locator("#users summary").press("Enter")
    expect(shown.locator("#users").get_by_text("lifetime_value")).to_be_visible()
    shown.goto(f"{file.as_uri()}#reviews")
    expect(shown.locator("#reviews").get_by_text("average_rating")).to_be_visible()


def test_nothing_is_wider_than_a_phone(shown: Page) -> None:
    shown.set_viewport_size({"width": 375, "height": 800})
    for card in shown.locator("summary").all():
        card.click()
    assert shown.evaluate("document.documentElement.scrollWidth") <= 375
