"""The guide's table of other people's clients is the one that `make clients` runs."""

import re
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

from work_copy import ROOT

CLIENTS = {
    "AWS CLI": "cli",
    "SageMaker SDK v2": "sdk2",
    "SageMaker SDK v3": "sdk3",
    "awswrangler, pandas": "wrangler",
    "PyAthena": "pyathena",
    "s3fs, pyarrow, Polars": "files",
    "AWS SDK for JavaScript v3": "js",
}


def expected() -> Any:
    spec = spec_from_file_location("clients_expected", ROOT / "tests" / "clients" / "expected.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_says_of_each_flow_what_comes_of_it() -> None:
    table = expected()
    section = (
        (ROOT / "docs" / "client.md").read_text().partition("## Other people's clients\n")[2].partition("\n## ")[0]
    )
    shown: dict[tuple[str, str], dict[str, str]] = {}
    for client, verb, works, refused in re.findall(r"^\| ([^|]+) \| ([\w-]+) \| ([^|]+) \| ([^|]+) \|$", section, re.M):
        if client in CLIENTS:
            found = dict.fromkeys(re.findall(r"`([^`]+)`", works), "works")
            found |= dict(re.findall(r"`([^`]+)`: `([^`]+)`", refused))
            found |= dict.fromkeys(re.findall(r"`([^`]+)`: the SDK's own fault", refused), "fails")
            shown[CLIENTS[client], verb] = found
    assert shown == {
        key: {
            flow: "works" if outcome == table.WORKS else getattr(outcome, "action", "fails")
            for flow, outcome in flows.items()
        }
        for key, flows in table.TABLE.items()
    }


def test_the_session_it_shows_is_the_one_that_is_run() -> None:
    guide, flows = (ROOT / "docs" / "client.md").read_text(), (ROOT / "tests/clients/flows_sdk2.py").read_text()
    shown = guide.partition("session = sagemaker.Session(\n")[2].partition("\n)\n")[0]
    run = flows.partition("session = sagemaker.Session(\n")[2].partition("\n)\n")[0]
    assert re.sub(r'default_bucket=".*"', 'default_bucket=FACTS["bucket"]', shown) == run
