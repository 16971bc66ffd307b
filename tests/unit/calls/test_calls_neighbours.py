"""Networks, topics, queues, shares: what Terraform of others asks for beside a feature store."""

import pytest
from calls_support import CALLER, CENTRAL, OTHER, REGION, SmallEstate

from featureshare.iam.calls import Call, Check, checks_for

EC2 = f"arn:aws:ec2:{REGION}:{CENTRAL}:"
TAGS = [{"Key": "team", "Value": "search"}]


def asked(service: str, operation: str, **params: object) -> list[tuple[str, str]]:
    return [(check.action, check.resource) for check in checks(service, operation, **params)]


def checks(service: str, operation: str, **params: object) -> tuple[Check, ...]:
    return checks_for(Call(service, operation, params, CENTRAL, REGION, CALLER), SmallEstate())


def test_a_subnet_needs_its_vpc_and_the_right_to_tag() -> None:
    specification = [{"ResourceType": "subnet", "Tags": TAGS}]
    found = checks("ec2", "CreateSubnet", VpcId="vpc-1", TagSpecifications=specification)
    assert [(check.action, check.resource) for check in found] == [
        ("ec2:CreateSubnet", EC2 + "subnet/*"),
        ("ec2:CreateSubnet", EC2 + "vpc/vpc-1"),
        ("ec2:CreateTags", EC2 + "subnet/*"),
    ]
    assert found[0].context["aws:RequestTag/team"] == "search"
    assert found[1].context == {}
    assert found[2].context["ec2:CreateAction"] == "CreateSubnet"


def test_an_endpoint_needs_everything_it_is_put_on() -> None:
    found = asked("ec2", "CreateVpcEndpoint", VpcId="vpc-1", SubnetIds=["subnet-1", "subnet-2"])
    assert [resource.removeprefix(EC2) for _, resource in found] == [
        "vpc-endpoint/*",
        "vpc/vpc-1",
        "subnet/subnet-1",
        "subnet/subnet-2",
    ]


def test_tags_are_asked_for_on_each_resource() -> None:
    found = checks("ec2", "DeleteTags", Resources=["sg-1", "vpce-2"], Tags=TAGS)
    assert [check.resource for check in found] == [EC2 + "security-group/sg-1", EC2 + "vpc-endpoint/vpce-2"]
    assert found[0].context == {"aws:TagKeys": ("team",)}


@pytest.mark.parametrize("account", [CENTRAL, OTHER])
def test_a_queue_belongs_to_the_account_in_its_url(account: str) -> None:
    (check,) = checks("sqs", "SendMessage", QueueUrl=f"http://127.0.0.1:4566/{account}/events")
    assert (check.resource, check.account) == (f"arn:aws:sqs:{REGION}:{account}:events", account)


def test_a_subscription_is_its_topics() -> None:
    topic = f"arn:aws:sns:{REGION}:{CENTRAL}:events"
    assert asked("sns", "Unsubscribe", SubscriptionArn=f"{topic}:1-2") == [("sns:Unsubscribe", topic)]


def test_entries_go_to_their_buses() -> None:
    bus = f"arn:aws:events:{REGION}:{OTHER}:event-bus/central"
    found = checks("events", "PutEvents", Entries=[{"Source": "me"}, {"EventBusName": bus}])
    assert {(check.resource, check.account) for check in found} == {
        (f"arn:aws:events:{REGION}:{CENTRAL}:event-bus/default", CENTRAL),
        (bus, OTHER),
    }


def test_a_provider_is_named_by_its_url() -> None:
    found = asked("iam", "CreateOpenIDConnectProvider", Url="https://token.example.com/x", Tags=TAGS)
    arn = f"arn:aws:iam::{CENTRAL}:oidc-provider/token.example.com/x"
    assert found == [("iam:CreateOpenIDConnectProvider", arn), ("iam:TagOpenIDConnectProvider", arn)]


def test_a_crawler_passes_its_role() -> None:
    found = asked("glue", "CreateCrawler", Name="c", Role="crawls")
    assert found == [("glue:CreateCrawler", "*"), ("iam:PassRole", f"arn:aws:iam::{CENTRAL}:role/crawls")]


def test_a_managed_permission_is_answered_for_by_the_caller() -> None:
    arn = "arn:aws:ram::aws:permission/AWSRAMDefaultPermissionGlueTable"
    (check,) = checks("ram", "GetPermission", permissionArn=arn)
    assert (check.resource, check.account) == (arn, CENTRAL)
