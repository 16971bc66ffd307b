"""Each kind of compute is admitted by its role's trust, and by nothing that is near it: side by side."""

from pathlib import Path
from typing import Any

import pytest
from scratch_clone import scratch_clone

from featureshare.iam import Policy, Request, World, decide
from featureshare.render import render
from featureshare.scan.environment import scan_render

ROOT = Path(__file__).parents[3]
ACCOUNT, OTHER = "111111111111", "333333333333"
SAGEMAKER = "arn:aws:sagemaker:eu-west-1:111111111111:"

# principal: (service, aws:SourceArn of what runs, what the trust asks for). Sources: docs/decisions/0009.
KINDS = {
    "studio": ("sagemaker.amazonaws.com", f"{SAGEMAKER}notebook-instance/n", {"account"}),
    "prep": ("sagemaker.amazonaws.com", f"{SAGEMAKER}processing-job/j", {"account", "source"}),
    "training": ("sagemaker.amazonaws.com", f"{SAGEMAKER}training-job/j", {"account", "source"}),
    "scoring": ("sagemaker.amazonaws.com", f"{SAGEMAKER}transform-job/j", {"account", "source"}),
    "serving": ("lambda.amazonaws.com", "arn:aws:lambda:eu-west-1:111111111111:function:f", {"account"}),
    "service": ("ecs-tasks.amazonaws.com", "arn:aws:ecs:eu-west-1:111111111111:task/c/t", {"account"}),
    "serverless": ("emr-serverless.amazonaws.com", "arn:aws:emr-serverless:eu-west-1:111111111111:/a/b", {"account"}),
    "machine": ("ec2.amazonaws.com", None, set()),
    "spark": ("ec2.amazonaws.com", None, set()),
}


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    root = scratch_clone(tmp_path_factory.mktemp("clone"), ROOT / "tests" / "declaration" / "good" / "compute")
    return render("compute", root)


def admits(documents: dict[str, Any], principal: str, service: str, account: str | None, source: str | None) -> bool:
    role = documents["roles"][f"{ACCOUNT}/fs-ml-{principal}"]
    context = {"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": service}
    context |= {} if account is None else {"aws:SourceAccount": account}
    context |= {} if source is None else {"aws:SourceArn": source}
    request = Request(service, "sts:AssumeRole", role["arn"], ACCOUNT, context)
    return decide(request, World(resource=Policy.parse(role["trust"], name="trust"))).allowed


@pytest.mark.parametrize("principal", KINDS)
def test_the_service_is_admitted_and_what_is_near_it_is_not(documents: dict[str, Any], principal: str) -> None:
    service, source, asked = KINDS[principal]
    assert admits(documents, principal, service, ACCOUNT, source)
    for other in {one for one, _, _ in KINDS.values()} - {service}:
        assert not admits(documents, principal, other, ACCOUNT, source), other
    assert not admits(documents, principal, "athena.amazonaws.com", ACCOUNT, source)
    # Where the service says for whom it asks, another account and no account are refused; EC2 never says.
    assert admits(documents, principal, service, OTHER, source) is ("account" not in asked)
    assert admits(documents, principal, service, None, source) is ("account" not in asked)
    if "source" in asked:
        assert source is not None
        assert not admits(documents, principal, service, ACCOUNT, f"{SAGEMAKER}notebook-instance/n")
        assert not admits(documents, principal, service, ACCOUNT, source.replace("eu-west-1", "us-east-1"))
        assert not admits(documents, principal, service, ACCOUNT, None)
        assert not admits(documents, principal, service, ACCOUNT, source.replace(ACCOUNT, OTHER))


def test_no_human_and_no_brought_role_gets_a_trust_of_ours(documents: dict[str, Any]) -> None:
    ours = {role["principal"] for role in documents["roles"].values() if role["team"] == "ml" and role["principal"]}
    assert ours == set(KINDS)
    assert set(documents["brought_roles"]) == {"ml/brought"}


def test_the_scan_finds_nothing(documents: dict[str, Any]) -> None:
    count, found = scan_render(documents, ROOT / "policies")
    assert count > 30
    assert found == ()


def test_without_an_organization_trust_names_exact_accounts_and_roles(documents: dict[str, Any]) -> None:
    trust = documents["roles"]["222222222222/fs-ml-reader-online"]["trust"]
    assert "PrincipalOrgID" not in trust
    assert "arn:aws:iam::111111111111:root" in trust
    assert "arn:aws:iam::111111111111:role/own/brought" in trust
    assert documents["environment"]["organization_id"] is None
