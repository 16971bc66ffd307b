"""A declared notebook and VPC endpoints on local AWS: applied by the deploy role's own rights, planned again empty,
changed with the grants, destroyed.

The environment is `tests/declaration/good/compute`: no organization, a central account that is a team's own. What it
names of the team's own network and keys is made here by that account's administrator, as a landing zone would.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from work_copy import ROOT, Copy, copy_work_tree

from featureshare.journeys.sessions import LocalSessions
from featureshare.journeys.strangers import LocalStrangers
from featureshare.localaws.control import LocalAWS

pytestmark = pytest.mark.timeout(600)

ENV, ACCOUNT, REGION = "compute", "111111111111", "eu-west-1"
KEY = "arn:aws:kms:eu-west-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef"


@dataclass(frozen=True)
class Applied:
    """The applied environment, its administrator's session, and the network that stood before."""

    copy: Copy
    administrator: Any
    network: dict[str, str]

    def endpoints(self) -> dict[str, dict[str, Any]]:
        """The VPC's endpoints by the service's short name, with their policies read."""
        client = self.administrator.client("ec2")
        found = client.describe_vpc_endpoints(
            Filters=[{"Name": "vpc-id", "Values": [self.network["vpc-0123456789abcdef0"]]}]
        )["VpcEndpoints"]
        return {
            one["ServiceName"].removeprefix(f"com.amazonaws.{REGION}."): one
            | {"Policy": json.loads(one["PolicyDocument"])}
            for one in found
            if one["State"] != "deleted"
        }


def _network(administrator: Any) -> dict[str, str]:
    """What the declaration's ids stand for, made: a VPC with two subnets, a group, a route table and a key."""
    ec2 = administrator.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    for name in ("EnableDnsSupport", "EnableDnsHostnames"):
        ec2.modify_vpc_attribute(VpcId=vpc, **{name: {"Value": True}})
    zones = [zone["ZoneName"] for zone in ec2.describe_availability_zones()["AvailabilityZones"]]
    made = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=zones[n]) for n in (0, 1)]
    subnets = [one["Subnet"]["SubnetId"] for one in made]
    return {
        "vpc-0123456789abcdef0": vpc,
        "subnet-0123456789abcdef0": subnets[0],
        "subnet-0123456789abcdef1": subnets[1],
        "sg-0123456789abcdef0": ec2.create_security_group(GroupName="ml", Description="ml", VpcId=vpc)["GroupId"],
        "rtb-0123456789abcdef0": ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"],
        KEY: administrator.client("kms").create_key()["KeyMetadata"]["Arn"],
    }


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    copy = copy_work_tree(tmp_path_factory.mktemp("compute"))
    folder = copy.workspace.environments / ENV
    shutil.copytree(ROOT / "tests" / "declaration" / "good" / ENV, folder)
    shutil.copy2(copy.workspace.environments / "local" / "backend.hcl", folder)
    copy.run("localaws", "up", ENV)
    try:
        localaws = LocalAWS.connect(copy.workspace.state(ENV))
        administrator = LocalStrangers(localaws, LocalSessions(localaws, REGION)).administrator(ACCOUNT)
        network = _network(administrator)
        team = folder / "teams" / "ml.yaml"
        text = team.read_text()
        for declared, made in network.items():
            assert declared in text
            text = text.replace(declared, made)
        team.write_text(text)
        copy.run("apply", ENV, "--stack", "central")
        copy.run("apply", ENV, "--stack", "team", "--team", "ml")
        yield Applied(copy, administrator, network)
    finally:
        copy.run("localaws", "down", ENV)


def _plan(applied: Applied) -> list[tuple[int, int, int]]:
    report = applied.copy.json("plan", ENV, "--stack", "team", "--team", "ml")
    return [(one["add"], one["change"], one["destroy"]) for one in report["stacks"]]


def test_the_notebook_is_closed(applied: Applied) -> None:
    client = applied.administrator.client("sagemaker")
    found = client.describe_notebook_instance(NotebookInstanceName="fs-ml")
    assert (found["DirectInternetAccess"], found["RootAccess"]) == ("Disabled", "Disabled")
    assert found["RoleArn"] == "arn:aws:iam::111111111111:role/fs/execution/ml/fs-ml-studio"
    assert found["SubnetId"] == applied.network["subnet-0123456789abcdef0"]
    assert found["KmsKeyId"]


def test_the_endpoints_admit_the_teams_roles_alone(applied: Applied) -> None:
    found = applied.endpoints()
    assert {"sagemaker.featurestore-runtime", "sts", "athena", "glue", "kms", "s3"} <= set(found)
    for service, endpoint in found.items():
        assert endpoint["VpcEndpointType"] == ("Gateway" if service == "s3" else "Interface")
        assert endpoint["PrivateDnsEnabled"] is (service != "s3")
        for statement in endpoint["Policy"]["Statement"]:
            assert statement["Effect"] == "Deny" or "Condition" in statement, service
    assert found["s3"]["RouteTableIds"] == [applied.network["rtb-0123456789abcdef0"]]
    assert len(found["sts"]["SubnetIds"]) == 2


def test_a_second_plan_is_empty(applied: Applied) -> None:
    assert _plan(applied) == [(0, 0, 0)]


def test_they_leave_a_subnet_in_place(applied: Applied) -> None:
    """One subnet less: the endpoints are changed, not made anew, with the deploy role's own rights."""
    team = applied.copy.workspace.environments / ENV / "teams" / "ml.yaml"
    text = team.read_text()
    second = applied.network["subnet-0123456789abcdef1"]
    assert text.count(f", {second}") == 1
    team.write_text(text.replace(f", {second}", ""))
    before = {service: one["VpcEndpointId"] for service, one in applied.endpoints().items()}
    applied.copy.run("apply", ENV, "--stack", "team", "--team", "ml")
    after = applied.endpoints()
    assert {service: one["VpcEndpointId"] for service, one in after.items()} == before
    assert len(after["sts"]["SubnetIds"]) == 1
    assert _plan(applied) == [(0, 0, 0)]


def test_destroy_takes_them_along(applied: Applied) -> None:
    applied.copy.run("destroy", ENV, "--stack", "team", "--team", "ml")
    client = applied.administrator.client("sagemaker")
    assert client.list_notebook_instances()["NotebookInstances"] == []
    assert applied.endpoints() == {}
