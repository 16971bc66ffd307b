"""What moto forgets of scaling, budgets, alarms, functions, streams and repositories."""

from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.awslambda.models import LambdaFunction, lambda_backends
from moto.backup.models import backup_backends
from moto.budgets.models import budgets_backends
from moto.cloudwatch.exceptions import InvalidParameterValue
from moto.cloudwatch.models import cloudwatch_backends
from moto.config.models import config_backends
from moto.ecr.models import ecr_backends
from moto.sagemaker.models import sagemaker_backends
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


def test_an_alarm_watches_any_statistic_of_cloudwatch(call: Call) -> None:
    backend = cloudwatch_backends[CENTRAL][REGION]
    about = {"actions_enabled": True, "dimensions": [], "tags": [], "alarm_actions": [], "ok_actions": []}
    given: dict[str, Any] = {
        **{"name": "a", "namespace": "N", "metric_name": "m", "metric_data_queries": [], "description": None},
        **{"comparison_operator": "GreaterThanThreshold", "evaluation_periods": 1, "datapoints_to_alarm": None},
        **{"period": 60, "threshold": 1.0, "statistic": None, "insufficient_data_actions": [], "unit": None, **about},
    }
    for known in ("p99.9", "tm90", "IQM", "TM(2%:98%)", "PR(:300)", "TS(80%:)", "WM(5:9)"):
        assert backend.put_metric_alarm(**given, extended_statistic=known).extended_statistic == known
    for unknown in ("p101", "median", "TM(:)"):
        with pytest.raises(InvalidParameterValue, match="not supported"):
            backend.put_metric_alarm(**given, extended_statistic=unknown)


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


def test_what_becomes_of_an_events_configuration_is_replaced(call: Call) -> None:
    backend = lambda_backends[CENTRAL][REGION]
    backend.create_function(
        {"FunctionName": "f", "Handler": "a.b", "Role": ROLE, "Runtime": "python3.12", "Code": {"ImageUri": "a:1"}}
    )
    for attempts in (2, 0):
        backend.put_function_event_invoke_config("f", {"MaximumRetryAttempts": attempts})
    assert backend.get_function_event_invoke_config("f")["MaximumRetryAttempts"] == 0


def test_analyzer_and_its_archive_rules(call: Call) -> None:
    made = call("accessanalyzer", "CreateAnalyzer", analyzerName="outside", type="ACCOUNT", tags={"team": "search"})
    arn = f"arn:aws:access-analyzer:{REGION}:{CENTRAL}:analyzer/outside"
    assert made == {"arn": arn}
    found = call("accessanalyzer", "GetAnalyzer", analyzerName="outside")["analyzer"]
    assert (found["status"], found["tags"]) == ("ACTIVE", {"team": "search"})
    with pytest.raises(ServiceError, match="already exists"):
        call("accessanalyzer", "CreateAnalyzer", analyzerName="outside", type="ACCOUNT")
    rule = {"analyzerName": "outside", "ruleName": "known"}
    call("accessanalyzer", "CreateArchiveRule", **rule, filter={"principal.AWS": {"eq": ["1"]}})
    call("accessanalyzer", "UpdateArchiveRule", **rule, filter={"principal.AWS": {"eq": ["2"]}})
    shown = call("accessanalyzer", "GetArchiveRule", **rule)["archiveRule"]
    assert shown["filter"] == {"principal.AWS": {"eq": ["2"]}}
    call("accessanalyzer", "DeleteArchiveRule", **rule)
    with pytest.raises(ServiceError, match="not found"):
        call("accessanalyzer", "GetArchiveRule", **rule)
    call("accessanalyzer", "UntagResource", resourceArn=arn, tagKeys=["team"])
    assert call("accessanalyzer", "ListTagsForResource", resourceArn=arn) == {"tags": {}}
    call("accessanalyzer", "DeleteAnalyzer", analyzerName="outside")
    assert call("accessanalyzer", "ListAnalyzers") == {"analyzers": []}


def test_backup_of_selected_tables(call: Call) -> None:
    backend = backup_backends[CENTRAL][REGION]
    made = backend.create_backup_vault("vault", {"team": "search"}, "", "")
    assert call("backup", "ListTags", ResourceArn=made.backup_vault_arn) == {"Tags": {"team": "search"}}
    vault = {"BackupVaultName": "vault"}
    with pytest.raises(ServiceError, match="not found"):
        call("backup", "GetBackupVaultAccessPolicy", **vault)
    call("backup", "PutBackupVaultAccessPolicy", **vault, Policy="{}")
    assert call("backup", "GetBackupVaultAccessPolicy", **vault)["Policy"] == "{}"
    call("backup", "DeleteBackupVaultAccessPolicy", **vault)
    told = {"SNSTopicArn": "arn:topic", "BackupVaultEvents": ["BACKUP_JOB_COMPLETED"]}
    call("backup", "PutBackupVaultNotifications", **vault, **told)
    assert told.items() <= call("backup", "GetBackupVaultNotifications", **vault).items()
    rules = [{"RuleName": "daily", "TargetBackupVaultName": "vault"}]
    plan = {"BackupPlanId": backend.create_backup_plan({"BackupPlanName": "p", "Rules": rules}, "", {}).backup_plan_id}
    call("backup", "UpdateBackupPlan", **plan, BackupPlan={"BackupPlanName": "q", "Rules": rules})
    assert backend.get_backup_plan(plan["BackupPlanId"], None).backup_plan["BackupPlanName"] == "q"
    chosen = {"SelectionName": "tables", "IamRoleArn": ROLE}
    chosen_id = call("backup", "CreateBackupSelection", **plan, BackupSelection=chosen)
    which = {**plan, "SelectionId": chosen_id["SelectionId"]}
    assert call("backup", "GetBackupSelection", **which)["BackupSelection"] == chosen
    call("backup", "DeleteBackupSelection", **which)
    with pytest.raises(ServiceError, match="Cannot find selection"):
        call("backup", "GetBackupSelection", **which)


def test_endpoint_takes_another_configuration(call: Call) -> None:
    backend = sagemaker_backends[CENTRAL][REGION]
    backend.create_model("m", ROLE, None, [], [], None)
    for count in (1, 2):
        variant = {"VariantName": "main", "ModelName": "m", "InstanceType": "ml.m5.large"}
        backend.create_endpoint_config(
            f"c{count}", [{**variant, "InitialInstanceCount": count, "InitialVariantWeight": 1}], {}, None, [], None
        )
    backend.create_endpoint("serve", "c1", [])
    call("sagemaker", "UpdateEndpoint", EndpointName="serve", EndpointConfigName="c2")
    found = backend.describe_endpoint("serve")
    assert found["EndpointConfigName"] == "c2"
    assert found["ProductionVariants"][0]["DesiredInstanceCount"] == 2
    for other in (
        {"EndpointName": "x", "EndpointConfigName": "c1"},
        {"EndpointName": "serve", "EndpointConfigName": "x"},
    ):
        with pytest.raises(ServiceError, match="Could not find"):
            call("sagemaker", "UpdateEndpoint", **other)


def test_topic_shows_what_it_was_given() -> None:
    with mock_aws():
        sns = boto3.client("sns", region_name=REGION)
        arn = sns.create_topic(Name="told", Attributes={"TracingConfig": "PassThrough"})["TopicArn"]
        assert "SignatureVersion" not in sns.get_topic_attributes(TopicArn=arn)["Attributes"]
        sns.set_topic_attributes(TopicArn=arn, AttributeName="SignatureVersion", AttributeValue="2")
        sns.set_topic_attributes(TopicArn=arn, AttributeName="SQSFailureFeedbackRoleArn", AttributeValue=ROLE)
        shown = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    assert (shown["TracingConfig"], shown["SignatureVersion"]) == ("PassThrough", "2")
    assert shown["SQSFailureFeedbackRoleArn"] == ROLE


def test_topic_tells_since_when_it_has_an_archive() -> None:
    with mock_aws():
        sns = boto3.client("sns", region_name=REGION)
        policy = '{"MessageRetentionPeriod": "30"}'
        given = {"FifoTopic": "true", "ArchivePolicy": policy}
        arn = sns.create_topic(Name="kept.fifo", Attributes=given)["TopicArn"]
        shown, again = (sns.get_topic_attributes(TopicArn=arn)["Attributes"] for _ in range(2))
        assert shown["ArchivePolicy"] == policy
        assert shown["BeginningArchiveTime"] == again["BeginningArchiveTime"] >= "2000"
        sns.set_topic_attributes(TopicArn=arn, AttributeName="ArchivePolicy", AttributeValue="{}")
        shown = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    assert not {"ArchivePolicy", "BeginningArchiveTime"} & set(shown)


def test_a_recorder_may_exclude_nothing(call: Call) -> None:
    backend = config_backends[CENTRAL][REGION]
    for kinds in (["AWS::S3::Bucket"], ["AWS::S3::Bucket", "AWS::IAM::Role"]):
        group = {"allSupported": False, "resourceTypes": kinds, "exclusionByResourceTypes": {}}
        backend.put_configuration_recorder({"name": "default", "roleARN": ROLE, "recordingGroup": group})
        (recorder,) = backend.recorders.values()
        assert recorder.recording_group.resource_types == kinds


def test_rule_of_a_security_group_shows_its_description_whatever_it_names() -> None:
    with mock_aws():
        ec2 = boto3.client("ec2", region_name=REGION)
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
        listed = ec2.create_managed_prefix_list(PrefixListName="l", MaxEntries=1, AddressFamily="IPv4")
        prefixes = listed["PrefixList"]["PrefixListId"]
        ports = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
        ec2.authorize_security_group_ingress(
            GroupId=group,
            IpPermissions=[
                {**ports, "UserIdGroupPairs": [{"GroupId": group, "Description": "own"}]},
                {**ports, "PrefixListIds": [{"PrefixListId": prefixes, "Description": "listed"}]},
                {**ports, "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "inside"}]},
                {**ports, "IpRanges": [{"CidrIp": "10.1.0.0/16"}]},
            ],
        )
        found = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
        shown = {rule.get("Description") for rule in found["SecurityGroupRules"] if not rule["IsEgress"]}
    assert shown == {"own", "listed", "inside", None}
