"""What moto forgets of scaling, budgets, alarms, functions, streams and repositories."""

from typing import Any

import pytest
from moto.awslambda.models import LambdaFunction
from moto.budgets.models import budgets_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.ecr.models import ecr_backends
from services_world import CENTRAL, REGION, ROLE, Call

from featureshare.localaws.invocation import ServiceError

TARGET = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/serve/variant/main",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
QUEUE, OTHER_QUEUE = (f"arn:aws:sqs:{REGION}:{CENTRAL}:{name}" for name in ("failed", "lost"))


def test_tags_of_a_scalable_target(call: Call) -> None:
    service = "application-autoscaling"
    made = call(service, "RegisterScalableTarget", **TARGET, MinCapacity=1, MaxCapacity=2, Tags={"team": "search"})
    arn = {"ResourceARN": made["ScalableTargetARN"]}
    assert call(service, "RegisterScalableTarget", **TARGET, MaxCapacity=3) == made
    call(service, "TagResource", **arn, Tags={"stage": "test"})
    assert call(service, "ListTagsForResource", **arn) == {"Tags": {"team": "search", "stage": "test"}}
    call(service, "UntagResource", **arn, TagKeys=["team"])
    assert call(service, "ListTagsForResource", **arn) == {"Tags": {"stage": "test"}}
    with pytest.raises(ServiceError, match="No scalable target"):
        call(service, "ListTagsForResource", ResourceARN="arn:other")


def test_budget(call: Call) -> None:
    notification = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}
    mail = {"SubscriptionType": "EMAIL", "Address": "a@example.com"}
    budget = {"BudgetName": "b", "BudgetType": "COST", "TimeUnit": "MONTHLY"}
    where = {"AccountId": CENTRAL, "BudgetName": "b"}
    call(
        "budgets",
        "CreateBudget",
        AccountId=CENTRAL,
        Budget={**budget, "BudgetLimit": {"Amount": "1", "Unit": "USD"}},
        NotificationsWithSubscribers=[{"Notification": notification, "Subscribers": [mail]}],
        ResourceTags=[{"Key": "team", "Value": "search"}],
    )
    new = {**budget, "BudgetLimit": {"Amount": "2", "Unit": "USD"}}
    call("budgets", "UpdateBudget", AccountId=CENTRAL, NewBudget=new)
    found = budgets_backends[CENTRAL]["aws"].describe_budget(CENTRAL, "b")
    assert found["BudgetLimit"] == {"Amount": "2", "Unit": "USD"}
    about = {**where, "Notification": notification}
    assert call("budgets", "DescribeSubscribersForNotification", **about) == {"Subscribers": [mail]}
    call("budgets", "DeleteSubscriber", **about, Subscriber=mail)
    assert call("budgets", "DescribeSubscribersForNotification", **about) == {"Subscribers": []}
    arn = {"ResourceARN": f"arn:aws:budgets::{CENTRAL}:budget/b"}
    assert call("budgets", "ListTagsForResource", **arn) == {"ResourceTags": [{"Key": "team", "Value": "search"}]}
    call("budgets", "UntagResource", **arn, ResourceTagKeys=["team"])
    assert call("budgets", "ListTagsForResource", **arn) == {"ResourceTags": []}
    with pytest.raises(ServiceError, match="doesn't exist"):
        call("budgets", "UpdateBudget", AccountId=CENTRAL, NewBudget={**new, "BudgetName": "other"})


def test_composite_alarm(call: Call) -> None:
    call("cloudwatch", "PutCompositeAlarm", AlarmName="any", AlarmRule='ALARM("a")', ActionsSuppressor="quiet")
    (alarm,) = cloudwatch_backends[CENTRAL][REGION].describe_alarms()
    shown: Any = alarm
    assert (shown.rule, shown.alarm_rule, shown.actions_enabled) == ('ALARM("a")', 'ALARM("a")', True)
    assert shown.actions_suppressor == "quiet"


def test_settings_of_a_function(call: Call) -> None:
    spec = {
        **{"FunctionName": "f", "Handler": "a.b", "Role": ROLE, "Runtime": "python3.12"},
        **{"Code": {"ImageUri": "a:1"}, "PackageType": "Image", "DeadLetterConfig": {"TargetArn": QUEUE}},
    }
    function = LambdaFunction(CENTRAL, spec, REGION)
    shown = function.get_configuration()
    assert shown["DeadLetterConfig"] == {"TargetArn": QUEUE}
    assert shown["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": "/aws/lambda/f"}
    function.update_configuration(
        {
            "DeadLetterConfig": {"TargetArn": OTHER_QUEUE},
            "EphemeralStorage": {"Size": 1024},
            "LoggingConfig": {"LogFormat": "JSON"},
            "TracingConfig": {"Mode": "Active"},
        }
    )
    shown = function.get_configuration()
    assert shown["DeadLetterConfig"] == {"TargetArn": OTHER_QUEUE}
    assert shown["EphemeralStorage"] == {"Size": 1024}
    assert shown["LoggingConfig"] == {"LogFormat": "JSON", "LogGroup": "/aws/lambda/f"}
    assert shown["TracingConfig"] == {"Mode": "Active"}
    function.update_configuration({"DeadLetterConfig": {}})
    assert "DeadLetterConfig" not in function.get_configuration()


def test_scanning_of_a_repository_is_switched_off_by_leaving_the_switch_out(call: Call) -> None:
    backend = ecr_backends[CENTRAL][REGION]
    made = backend.create_repository("jobs", CENTRAL, {}, {"scanOnPush": True}, "MUTABLE", [])
    backend.put_image_scanning_configuration(CENTRAL, "jobs", {})
    assert made.image_scanning_configuration == {"scanOnPush": False}
