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


def test_a_transform_is_made_without_an_id_and_then_has_one() -> None:
    """Its role is passed to Glue when it is made, and when it changes."""
    role = ("iam:PassRole", f"arn:aws:iam::{CENTRAL}:role/matches")
    transform = f"arn:aws:glue:{REGION}:{CENTRAL}:mlTransform/tfm-1"
    given = {"Name": "m", "Role": "matches", "Tags": {"a": "b"}}
    born = f"arn:aws:glue:{REGION}:{CENTRAL}:mlTransform/*"
    assert asked("glue", "CreateMLTransform", **given) == [
        ("glue:CreateMLTransform", "*"),
        ("glue:TagResource", born),
        role,
    ]
    assert asked("glue", "UpdateMLTransform", TransformId="tfm-1", Role="matches") == [
        ("glue:UpdateMLTransform", transform),
        role,
    ]
    assert asked("glue", "GetMLTransform", TransformId="tfm-1") == [("glue:GetMLTransform", transform)]


def test_a_managed_permission_is_answered_for_by_the_caller() -> None:
    arn = "arn:aws:ram::aws:permission/AWSRAMDefaultPermissionGlueTable"
    (check,) = checks("ram", "GetPermission", permissionArn=arn)
    assert (check.resource, check.account) == (arn, CENTRAL)


def test_what_a_parameter_names_by_arn_is_that_resource() -> None:
    arn = f"arn:aws:secretsmanager:{REGION}:{OTHER}:secret:database-AbCdEf"
    (check,) = checks("secretsmanager", "GetSecretValue", SecretId=arn)
    assert (check.resource, check.account) == (arn, OTHER)
    (check,) = checks("secretsmanager", "GetSecretValue", SecretId="database")
    assert (check.resource, check.account) == (f"arn:aws:secretsmanager:{REGION}:{CENTRAL}:secret:database", CENTRAL)


def test_a_secrets_own_key_is_used_with_its_callers_rights() -> None:
    found = checks("secretsmanager", "CreateSecret", Name="database", KmsKeyId="alias/fs-online")
    assert [check.action for check in found] == ["secretsmanager:CreateSecret", "kms:GenerateDataKey", "kms:Decrypt"]
    assert found[1].context["kms:ViaService"] == f"secretsmanager.{REGION}.amazonaws.com"


@pytest.mark.parametrize(
    ("service", "operation", "params", "to"),
    [
        ("stepfunctions", "CreateStateMachine", {"name": "m", "roleArn": "{}"}, "states"),
        ("scheduler", "CreateSchedule", {"Name": "s", "Target": {"RoleArn": "{}"}}, "scheduler"),
        ("pipes", "CreatePipe", {"Name": "p", "RoleArn": "{}"}, "pipes"),
        ("firehose", "CreateDeliveryStream", {"ExtendedS3DestinationConfiguration": {"RoleARN": "{}"}}, "firehose"),
        ("ecs", "RegisterTaskDefinition", {"family": "f", "taskRoleArn": "{}"}, "ecs-tasks"),
        ("backup", "CreateBackupSelection", {"BackupPlanId": "p", "BackupSelection": {"IamRoleArn": "{}"}}, "backup"),
        ("ec2", "CreateFlowLogs", {"ResourceIds": ["vpc-1"], "DeliverLogsPermissionArn": "{}"}, "vpc-flow-logs"),
        ("sagemaker", "CreateUserProfile", {"UserSettings": {"ExecutionRole": "{}"}}, "sagemaker"),
        ("sagemaker", "UpdateDomain", {"DefaultSpaceSettings": {"ExecutionRole": "{}"}}, "sagemaker"),
    ],
)
def test_who_gives_a_service_a_role_must_be_allowed_to_pass_it(
    service: str, operation: str, params: dict[str, object], to: str
) -> None:
    role = f"arn:aws:iam::{CENTRAL}:role/runs"

    def filled(value: object) -> object:
        if isinstance(value, dict):
            return {name: filled(member) for name, member in value.items()}
        return role if value == "{}" else value

    found = checks(service, operation, **{name: filled(value) for name, value in params.items()})
    passes = [check for check in found if check.action == "iam:PassRole"]
    assert [(check.resource, check.context["iam:PassedToService"]) for check in passes] == [
        (role, f"{to}.amazonaws.com")
    ]


def test_a_schedule_lies_in_the_group_default_where_none_is_named() -> None:
    stem = f"arn:aws:scheduler:{REGION}:{CENTRAL}:schedule/"
    assert asked("scheduler", "GetSchedule", Name="s") == [("scheduler:GetSchedule", stem + "default/s")]
    assert asked("scheduler", "GetSchedule", Name="s", GroupName="g") == [("scheduler:GetSchedule", stem + "g/s")]


def test_an_alias_belongs_to_the_state_machine_it_routes_to() -> None:
    machine = f"arn:aws:states:{REGION}:{CENTRAL}:stateMachine:m"
    route = [{"stateMachineVersionArn": f"{machine}:3", "weight": 100}]
    found = asked("stepfunctions", "CreateStateMachineAlias", name="live", routingConfiguration=route)
    assert found == [("states:CreateStateMachineAlias", f"{machine}:live")]


def test_tags_at_birth_in_studio_need_the_right_to_tag() -> None:
    found = checks("sagemaker", "CreateSpace", DomainId="d-1", SpaceName="shared", Tags=TAGS)
    arn = f"arn:aws:sagemaker:{REGION}:{CENTRAL}:space/d-1/shared"
    assert [(check.action, check.resource) for check in found] == [
        ("sagemaker:CreateSpace", arn),
        ("sagemaker:AddTags", arn),
    ]
    assert found[1].context["sagemaker:TaggingAction"] == "CreateSpace"
