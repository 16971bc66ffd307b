"""Where a bucket's events may go, over boto3: S3 takes what exists and lets S3 in, and nothing else.

Expected from the Amazon S3 User Guide, "Granting permissions to publish event notification messages to a destination".
"""

import json
from typing import Any

import pytest
from gateway_support import OWNER, REGION, Aws, allow, document, refusal

BUCKET = "destinations"
ARN = f"arn:aws:s3:::{BUCKET}"


@pytest.fixture(scope="module")
def clients(aws: Aws) -> dict[str, Any]:
    keys = aws.keys(aws.role("destinations", allow("s3:*", "sqs:*", "sns:*", "lambda:*", "iam:PassRole")))
    made = {name: aws.client(name, keys) for name in ("s3", "sqs", "sns", "lambda")}
    made["s3"].create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    return made


def let_in(action: str, resource: str, source: str = ARN) -> str:
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Action": action,
            "Resource": resource,
            "Condition": {"ArnEquals": {"aws:SourceArn": source}},
        }
    )


def notify(clients: dict[str, Any], kind: str, member: str, arn: str, **more: Any) -> None:
    given = {f"{kind}Configurations": [{member: arn, "Events": ["s3:ObjectCreated:*"]}]}
    clients["s3"].put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration=given, **more)


def refused(clients: dict[str, Any], kind: str, member: str, arn: str) -> bool:
    code, message, status = refusal(notify, clients=clients, kind=kind, member=member, arn=arn)
    assert (code, status) == ("InvalidArgument", 400)
    return message == f"Unable to validate the following destination configurations: {arn}"


def test_a_queue(clients: dict[str, Any]) -> None:
    url = clients["sqs"].create_queue(QueueName="arrivals")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{OWNER}:arrivals"
    where = (clients, "Queue", "QueueArn")
    assert refused(*where, arn.replace("arrivals", "nowhere"))
    assert refused(*where, arn)
    for source, taken in (("arn:aws:s3:::another", False), (ARN, True)):
        clients["sqs"].set_queue_attributes(QueueUrl=url, Attributes={"Policy": let_in("sqs:SendMessage", arn, source)})
        if taken:
            notify(*where, arn)
        else:
            assert refused(*where, arn)
    shown = clients["s3"].get_bucket_notification_configuration(Bucket=BUCKET)
    assert shown["QueueConfigurations"][0]["QueueArn"] == arn


def test_a_topic(clients: dict[str, Any]) -> None:
    arn = clients["sns"].create_topic(Name="arrivals")["TopicArn"]
    where = (clients, "Topic", "TopicArn")
    assert refused(*where, f"{arn}-nowhere")
    assert refused(*where, arn)
    clients["sns"].set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=let_in("sns:Publish", arn))
    notify(*where, arn)


def test_a_function(aws: Aws, clients: dict[str, Any]) -> None:
    role = aws.role("destinations-function")
    code = {"ImageUri": f"{OWNER}.dkr.ecr.{REGION}.amazonaws.com/x:1"}
    arn = clients["lambda"].create_function(FunctionName="arrivals", Role=role, PackageType="Image", Code=code)[
        "FunctionArn"
    ]
    where = (clients, "LambdaFunction", "LambdaFunctionArn")
    assert refused(*where, arn)
    clients["lambda"].add_permission(
        FunctionName="arrivals",
        StatementId="s3",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceArn=ARN,
    )
    assert json.loads(clients["lambda"].get_policy(FunctionName="arrivals")["Policy"])["Statement"]
    notify(*where, arn)


def test_a_destination_may_go_unchecked(clients: dict[str, Any]) -> None:
    arn = f"arn:aws:sqs:{REGION}:{OWNER}:later"
    notify(clients, "Queue", "QueueArn", arn, SkipDestinationValidation=True)
    clients["s3"].put_bucket_notification_configuration(
        Bucket=BUCKET, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
