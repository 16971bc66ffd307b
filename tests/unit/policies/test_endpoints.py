"""Endpoint policies let the team's roles reach what is shared with the team, side by side with what they hold back."""

import json
from pathlib import Path
from typing import Any

import pytest
from scratch_clone import scratch_clone

from featureshare.access.model import ADMINISTRATOR, delegating
from featureshare.iam import Level, Policy, Request, World, decide
from featureshare.render import render

ROOT = Path(__file__).parents[3]
TEAM, CENTRAL, OTHER = "111111111111", "222222222222", "333333333333"
READER = f"arn:aws:iam::{CENTRAL}:role/fs/reader-online/ml/fs-ml-reader-online"
OFFLINE = f"arn:aws:iam::{CENTRAL}:role/fs/reader-offline/ml/fs-ml-reader-offline"
SERVING = f"arn:aws:iam::{TEAM}:role/fs/execution/ml/fs-ml-serving"
SHOP = f"arn:aws:iam::{CENTRAL}:role/fs/reader-online/shop/fs-shop-reader-online"
INTRUDER = f"arn:aws:iam::{OTHER}:role/intruder"
GROUPS = f"arn:aws:sagemaker:eu-west-1:{CENTRAL}:feature-group"
BUCKET = f"arn:aws:s3:::fs-offline-{CENTRAL}-eu-west-1"
TABLE = f"arn:aws:glue:eu-west-1:{CENTRAL}:table/fs_features"
RUNTIME = "sagemaker.featurestore-runtime"

# service, action, who and what is let through, then the twins that are not: (who, what).
CASES = {
    "records": (RUNTIME, "sagemaker:GetRecord", (READER, f"{GROUPS}/sessions"), [
        (READER, f"{GROUPS}/drafts"), (READER, f"{GROUPS}/sessions-v2"), (SHOP, f"{GROUPS}/sessions"),
        (INTRUDER, f"{GROUPS}/sessions"), (READER, f"arn:aws:sagemaker:eu-west-1:{OTHER}:feature-group/sessions"),
    ]),
    "descriptions": ("sagemaker.api", "sagemaker:DescribeFeatureGroup", (READER, f"{GROUPS}/sessions"), [
        (READER, f"{GROUPS}/drafts"), (INTRUDER, f"{GROUPS}/sessions"),
    ]),
    "roles": ("sts", "sts:AssumeRole", (SERVING, READER), [(SERVING, SHOP), (INTRUDER, READER)]),
    "objects": ("s3", "s3:GetObject", (OFFLINE, f"{BUCKET}/sessions/data/x"), [
        (OFFLINE, f"{BUCKET}/drafts/data/x"), (OFFLINE, "arn:aws:s3:::elsewhere/x"),
        (INTRUDER, f"{BUCKET}/sessions/data/x"),
    ]),
    "results": ("s3", "s3:PutObject", (OFFLINE, f"arn:aws:s3:::fs-ml-results-{TEAM}-eu-west-1/athena/x"), [
        (OFFLINE, f"{BUCKET}/sessions/data/x"), (OFFLINE, "arn:aws:s3:::elsewhere/x"),
    ]),
    "tables": ("glue", "glue:GetTable", (OFFLINE, f"{TABLE}/sessions"), [
        (OFFLINE, f"{TABLE}/drafts"), (INTRUDER, f"{TABLE}/sessions"),
    ]),
    "queries": ("athena", "athena:StartQueryExecution", (
        OFFLINE, f"arn:aws:athena:eu-west-1:{CENTRAL}:workgroup/fs-ml"), [
        (OFFLINE, f"arn:aws:athena:eu-west-1:{CENTRAL}:workgroup/fs-shop"),
        (OFFLINE, f"arn:aws:athena:eu-west-1:{CENTRAL}:workgroup/primary"),
    ]),
}  # fmt: skip


@pytest.fixture(scope="module")
def endpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    root = scratch_clone(tmp_path_factory.mktemp("clone"), ROOT / "tests" / "declaration" / "good" / "compute")
    found: dict[str, Any] = render("compute", root)["endpoints"]
    return found


def through(endpoints: dict[str, Any], service: str, action: str, who: str, what: str, **context: Any) -> bool:
    """Whether an endpoint's policy lets a request through, everything else allowing it.

    It is a ceiling like a service control policy, with a principal: everybody, as its conditions narrow it.
    """
    document = json.loads(endpoints["ml"]["policies"][service]["policy"])
    assert all(statement.pop("Principal") == {"AWS": "*"} for statement in document["Statement"])
    account = who.split(":")[4]
    arn = f"arn:aws:sts::{account}:assumed-role/{who.rsplit('/', 1)[-1]}/session"
    keys = {"aws:PrincipalArn": who, "aws:PrincipalAccount": account, **context}
    world = World(
        identity=(ADMINISTRATOR,),
        resource=delegating(account, trust=action.startswith("sts:")),
        scps=(Level("endpoint", (Policy.parse(document, name="endpoint"),)),),
    )
    return decide(Request(arn, action, what, what.split(":")[4] or CENTRAL, keys), world).allowed


@pytest.mark.parametrize("case", CASES)
def test_what_is_shared_passes_and_its_twins_do_not(endpoints: dict[str, Any], case: str) -> None:
    service, action, (who, what), twins = CASES[case]
    assert through(endpoints, service, action, who, what)
    for other, place in twins:
        assert not through(endpoints, service, action, other, place), (other, place)


def test_keys_go_by_alias(endpoints: dict[str, Any]) -> None:
    key = f"arn:aws:kms:eu-west-1:{CENTRAL}:key/01234567-89ab-cdef-0123-456789abcdef"
    aliases = ("alias/fs-online",)
    assert through(endpoints, "kms", "kms:Decrypt", READER, key, **{"kms:ResourceAliases": aliases})
    assert not through(endpoints, "kms", "kms:Decrypt", READER, key, **{"kms:ResourceAliases": ("alias/other",)})
    assert not through(endpoints, "kms", "kms:Decrypt", INTRUDER, key, **{"kms:ResourceAliases": aliases})
    assert not through(endpoints, "kms", "kms:ScheduleKeyDeletion", READER, key, **{"kms:ResourceAliases": aliases})


def test_there_is_an_endpoint_for_each_service_and_s3_is_a_gateway(endpoints: dict[str, Any]) -> None:
    policies = endpoints["ml"]["policies"]
    assert set(policies) == {"athena", "glue", "kms", "s3", "sagemaker.api", RUNTIME, "sts"}
    assert [name for name, one in policies.items() if one["type"] == "Gateway"] == ["s3"]
    assert all(one["service"] == f"com.amazonaws.eu-west-1.{name}" for name, one in policies.items())
    assert set(endpoints) == {"ml"}
    for one in policies.values():
        assert all(statement["Effect"] == "Allow" for statement in json.loads(one["policy"])["Statement"])
