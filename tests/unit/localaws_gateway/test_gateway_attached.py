"""Policies on resources beside the store: what they deny is denied inside the account, what they allow works across."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from gateway_support import OTHER, OWNER, REGION, Aws, allow, document, refusal, statement

ANYTHING = allow(
    *("sqs:*", "sns:*", "secretsmanager:*", "kinesis:*", "events:*", "lambda:*", "ecr:*", "backup:*", "sagemaker:*")
)
Setting = Callable[[Any, str], None]


def _queue(client: Any, name: str) -> tuple[str, str, str, dict[str, Any], Setting]:
    url = client.create_queue(QueueName=name)["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{OWNER}:{name}"

    def put(owner: Any, text: str) -> None:
        owner.set_queue_attributes(QueueUrl=url, Attributes={"Policy": text})

    return arn, "sqs:SendMessage", "send_message", {"QueueUrl": url, "MessageBody": "x"}, put


def _topic(client: Any, name: str) -> tuple[str, str, str, dict[str, Any], Setting]:
    arn = client.create_topic(Name=name)["TopicArn"]

    def put(owner: Any, text: str) -> None:
        owner.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=text)

    return arn, "sns:Publish", "publish", {"TopicArn": arn, "Message": "x"}, put


def _secret(client: Any, name: str) -> tuple[str, str, str, dict[str, Any], Setting]:
    arn = client.create_secret(Name=name, SecretString="x")["ARN"]

    def put(owner: Any, text: str) -> None:
        owner.put_resource_policy(SecretId=arn, ResourcePolicy=text)

    return arn, "secretsmanager:GetSecretValue", "get_secret_value", {"SecretId": arn}, put


def _stream(client: Any, name: str) -> tuple[str, str, str, dict[str, Any], Setting]:
    client.create_stream(StreamName=name, ShardCount=1)
    arn = f"arn:aws:kinesis:{REGION}:{OWNER}:stream/{name}"

    def put(owner: Any, text: str) -> None:
        owner.put_resource_policy(ResourceARN=arn, Policy=text)

    return arn, "kinesis:DescribeStreamSummary", "describe_stream_summary", {"StreamName": name}, put


def _repository(client: Any, name: str) -> tuple[str, str, str, dict[str, Any], Setting]:
    arn = client.create_repository(repositoryName=name)["repository"]["repositoryArn"]

    def put(owner: Any, text: str) -> None:
        owner.set_repository_policy(repositoryName=name, policyText=text)

    return arn, "ecr:ListImages", "list_images", {"repositoryName": name}, put


def _vault(client: Any, name: str) -> tuple[str, str, str, dict[str, Any], Setting]:
    arn = client.create_backup_vault(BackupVaultName=name)["BackupVaultArn"]

    def put(owner: Any, text: str) -> None:
        owner.put_backup_vault_access_policy(BackupVaultName=name, Policy=text)

    return arn, "backup:DescribeBackupVault", "describe_backup_vault", {"BackupVaultName": name}, put


def _packages(client: Any, name: str) -> tuple[str, str, str, dict[str, Any], Setting]:
    arn = client.create_model_package_group(ModelPackageGroupName=name)["ModelPackageGroupArn"]

    def put(owner: Any, text: str) -> None:
        owner.put_model_package_group_policy(ModelPackageGroupName=name, ResourcePolicy=text)

    action = "sagemaker:DescribeModelPackageGroup"
    return arn, action, "describe_model_package_group", {"ModelPackageGroupName": name}, put


MADE = {
    "backup": _vault,
    "sagemaker": _packages,
    "sqs": _queue,
    "sns": _topic,
    "secretsmanager": _secret,
    "kinesis": _stream,
    "ecr": _repository,
}


@pytest.mark.parametrize("service", MADE)
def test_a_deny_on_the_resource_counts_in_its_own_account(aws: Aws, service: str) -> None:
    owner = aws.as_role(service, aws.role("beside-owner", ANYTHING))
    caller = aws.role("beside-caller", ANYTHING)
    arn, action, method, params, put = MADE[service](owner, "denying")
    call = getattr(aws.as_role(service, caller), method)
    call(**params)
    who = {"Principal": {"AWS": caller}}
    put(owner, document(statement("Deny", action, arn, Sid="NotThatOne", **who)))
    assert "with an explicit deny in a resource-based policy" in refusal(call, **params)[1]
    reasons = aws.last()["checks"][-1]["reasons"]
    assert [reason["sid"] for reason in reasons] == ["NotThatOne"]
    getattr(owner, method)(**params)


@pytest.mark.parametrize("service", ["sqs", "sns", "secretsmanager"])
def test_an_allow_on_the_resource_opens_it_to_another_account(aws: Aws, service: str) -> None:
    owner = aws.as_role(service, aws.role("beside-owner", ANYTHING))
    named = aws.role("beside-named", ANYTHING, account=OTHER)
    other = aws.role("beside-other", ANYTHING, account=OTHER)
    poor = aws.role("beside-poor", account=OTHER)
    arn, action, method, params, put = MADE[service](owner, "opening")
    put(owner, document(statement("Allow", action, arn, Principal={"AWS": [named, poor]})))
    getattr(aws.as_role(service, named), method)(**params)
    for refused in (other, poor):
        refusal(getattr(aws.as_role(service, refused), method), **params)
        assert aws.last()["result"] == "Denied"


def test_a_bus_policy_is_read(aws: Aws) -> None:
    events = aws.as_role("events", aws.role("beside-owner", ANYTHING))
    arn = events.create_event_bus(Name="features")["EventBusArn"]
    caller = aws.role("beside-caller", ANYTHING)
    entry = {"Source": "features", "DetailType": "made", "Detail": "{}", "EventBusName": "features"}
    aws.as_role("events", caller).put_events(Entries=[entry])
    denying = statement("Deny", "events:PutEvents", arn, Sid="NotThatOne", Principal={"AWS": caller})
    events.put_permission(EventBusName="features", Policy=document(denying))
    refusal(aws.as_role("events", caller).put_events, Entries=[entry])
    assert [one["sid"] for one in aws.last()["checks"][-1]["reasons"]] == ["NotThatOne"]


def test_a_permission_on_a_function_opens_it_to_another_account(aws: Aws) -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("handler.py", "")
    runs_as = aws.role("beside-function")
    owner = aws.as_role("lambda", aws.role("beside-owner", ANYTHING, allow("iam:PassRole", on=runs_as)))
    arn = owner.create_function(
        FunctionName="beside",
        Runtime="python3.12",
        Handler="handler.h",
        Role=runs_as,
        Code={"ZipFile": code.getvalue()},
    )["FunctionArn"]
    other = aws.as_role("lambda", aws.role("beside-named", ANYTHING, account=OTHER))
    refusal(other.get_function, FunctionName=arn)
    assert aws.last()["result"] == "Denied"
    owner.add_permission(FunctionName="beside", StatementId="other", Action="lambda:GetFunction", Principal=OTHER)
    assert other.get_function(FunctionName=arn)["Configuration"]["FunctionArn"] == arn
    refusal(other.delete_function, FunctionName=arn)
    assert aws.last()["result"] == "Denied"


def test_a_secret_is_the_same_by_name_by_arn_and_by_part_of_it(aws: Aws) -> None:
    owner = aws.as_role("secretsmanager", aws.role("beside-owner", ANYTHING))
    caller = aws.role("beside-caller", ANYTHING)
    arn, action, method, _, put = _secret(owner, "named")
    put(owner, document(statement("Deny", action, arn, Sid="NotThatOne", Principal={"AWS": caller})))
    for given in ("named", arn, arn.rpartition("-")[0]):
        refusal(getattr(aws.as_role("secretsmanager", caller), method), SecretId=given)
        assert [one["sid"] for one in aws.last()["checks"][-1]["reasons"]] == ["NotThatOne"], given
    narrow = aws.as_role("secretsmanager", aws.role("beside-narrow", allow(action, on=f"{arn[:-6]}??????")))
    narrow.get_secret_value(SecretId="named")


def test_a_topic_is_the_same_as_a_target(aws: Aws) -> None:
    owner = aws.as_role("sns", aws.role("beside-owner", ANYTHING))
    caller = aws.role("beside-caller", ANYTHING)
    arn, action, _, _, put = _topic(owner, "targeted")
    put(owner, document(statement("Deny", action, arn, Principal={"AWS": caller})))
    refusal(aws.as_role("sns", caller).publish, TargetArn=arn, Message="x")
    assert aws.last()["result"] == "Denied"
    owner.publish(TargetArn=arn, Message="x")


def test_a_stream_is_shared_by_its_arn(aws: Aws) -> None:
    owner = aws.as_role("kinesis", aws.role("beside-owner", ANYTHING))
    named = aws.role("beside-named", ANYTHING, account=OTHER)
    arn, action, _, _, put = _stream(owner, "shared")
    for role in (named, aws.role("beside-other", ANYTHING, account=OTHER)):
        refusal(aws.as_role("kinesis", role).describe_stream_summary, StreamARN=arn)
        assert aws.last()["result"] == "Denied"
    put(owner, document(statement("Allow", action, arn, Principal={"AWS": named})))
    summary = aws.as_role("kinesis", named).describe_stream_summary(StreamARN=arn)["StreamDescriptionSummary"]
    assert summary["StreamARN"] == arn
    refusal(aws.as_role("kinesis", aws.role("beside-other", account=OTHER)).describe_stream_summary, StreamARN=arn)
    # The name of one's own stream opens no other's.
    _stream(aws.as_role("kinesis", aws.role("beside-other", ANYTHING, account=OTHER)), "mine")
    refusal(
        aws.as_role("kinesis", aws.role("beside-other", ANYTHING, account=OTHER)).describe_stream_summary,
        StreamARN=arn,
        StreamName="mine",
    )
    assert aws.last()["result"] == "Denied"


def test_a_repository_of_another_registry(aws: Aws) -> None:
    owner = aws.as_role("ecr", aws.role("beside-owner", ANYTHING))
    named = aws.role("beside-named", ANYTHING, account=OTHER)
    _, action, _, _, put = _repository(owner, "shared")
    theirs = {"registryId": OWNER, "repositoryName": "shared"}
    refusal(aws.as_role("ecr", named).list_images, **theirs)
    assert aws.last()["result"] == "Denied"
    # ECR's documents name no resource.
    put(
        owner,
        json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": named}, "Action": action}]}
        ),
    )
    assert aws.as_role("ecr", named).list_images(**theirs)["imageIds"] == []
    other = aws.as_role("ecr", aws.role("beside-other", ANYTHING, account=OTHER))
    for call, params in ((other.list_images, theirs), (other.describe_repositories, {"registryId": OWNER})):
        refusal(call, **params)
        assert aws.last()["result"] == "Denied"


def test_a_rule_on_anothers_bus_is_asked_for_there(aws: Aws) -> None:
    owner = aws.as_role("events", aws.role("beside-owner", ANYTHING))
    arn = owner.create_event_bus(Name="ruled")["EventBusArn"]
    stranger = aws.as_role("events", aws.role("beside-other", ANYTHING, account=OTHER))
    pattern = json.dumps({"source": ["features"]})
    refusal(stranger.put_rule, Name="tap", EventBusName=arn, EventPattern=pattern)
    asked, rule = aws.last()["checks"][-1], f"arn:aws:events:{REGION}:{OWNER}:rule/ruled/tap"
    assert (asked["resource"], asked["result"]) == (rule, "ImplicitlyDenied")
    owner.put_rule(Name="tap", EventBusName=arn, EventPattern=pattern)


def test_another_account_answers_nothing_that_was_not_decided_there(aws: Aws) -> None:
    """Actions that know no resource are decided in the caller's account alone."""
    owner = aws.as_role("events", aws.role("beside-owner", ANYTHING))
    arn = owner.create_event_bus(Name="guarded")["EventBusArn"]
    stranger = aws.as_role("events", aws.role("beside-other", ANYTHING, account=OTHER))
    given = {"StatementId": "in", "Action": "events:PutEvents", "Principal": OTHER}
    code, message, status = refusal(stranger.put_permission, EventBusName=arn, **given)
    assert (code, status, OWNER in message) == ("AccessDeniedException", 400, True)
    owner.put_permission(EventBusName="guarded", **given)
