"""A declared notebook instance on local AWS: applied by the deploy role's own rights, planned again empty, destroyed.

The environment is `tests/declaration/good/compute`: no organization, a central account that is a team's own.
"""

import shutil
from collections.abc import Iterator

import pytest
from work_copy import ROOT, Copy, copy_work_tree

from featureshare.journeys.sessions import LocalSessions
from featureshare.journeys.strangers import LocalStrangers
from featureshare.localaws.control import LocalAWS

pytestmark = pytest.mark.timeout(600)

ENV, ACCOUNT, REGION = "compute", "111111111111", "eu-west-1"
DECLARED_KEY = "arn:aws:kms:eu-west-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef"


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Copy, LocalStrangers]]:
    copy = copy_work_tree(tmp_path_factory.mktemp("compute"))
    folder = copy.workspace.environments / ENV
    shutil.copytree(ROOT / "tests" / "declaration" / "good" / ENV, folder)
    shutil.copy2(copy.workspace.environments / "local" / "backend.hcl", folder)
    copy.run("localaws", "up", ENV)
    try:
        localaws = LocalAWS.connect(copy.workspace.state(ENV))
        strangers = LocalStrangers(localaws, LocalSessions(localaws, REGION))
        # The key of the volume is the team's own, made by its administrator.
        made = strangers.administrator(ACCOUNT).client("kms").create_key()["KeyMetadata"]["Arn"]
        team = folder / "teams" / "ml.yaml"
        text = team.read_text()
        assert text.count(DECLARED_KEY) == 1
        before, _, _ = text.replace(DECLARED_KEY, made).partition("vpc_endpoints:")
        team.write_text(before)
        copy.run("apply", ENV, "--stack", "central")
        copy.run("apply", ENV, "--stack", "team", "--team", "ml")
        yield copy, strangers
    finally:
        copy.run("localaws", "down", ENV)


def test_the_notebook_is_closed(applied: tuple[Copy, LocalStrangers]) -> None:
    _, strangers = applied
    client = strangers.administrator(ACCOUNT).client("sagemaker")
    found = client.describe_notebook_instance(NotebookInstanceName="fs-ml")
    assert (found["DirectInternetAccess"], found["RootAccess"]) == ("Disabled", "Disabled")
    assert found["RoleArn"] == "arn:aws:iam::111111111111:role/fs/execution/ml/fs-ml-studio"
    assert found["SubnetId"] == "subnet-0123456789abcdef0"
    assert found["KmsKeyId"]


def test_a_second_plan_is_empty(applied: tuple[Copy, LocalStrangers]) -> None:
    report = applied[0].json("plan", ENV, "--stack", "team", "--team", "ml")
    assert [(one["add"], one["change"], one["destroy"]) for one in report["stacks"]] == [(0, 0, 0)]


def test_destroy_takes_it_along(applied: tuple[Copy, LocalStrangers]) -> None:
    copy, strangers = applied
    copy.run("destroy", ENV, "--stack", "team", "--team", "ml")
    client = strangers.administrator(ACCOUNT).client("sagemaker")
    assert client.list_notebook_instances()["NotebookInstances"] == []
