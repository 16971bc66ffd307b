"""What moto refuses, forgets or writes wrongly, and its corrections put right, over boto3 on moto alone."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.handlers import validate_bucket_name
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from services_world import REGION

from featureshare.iam import Policy
from featureshare.localaws.gateway.inventory import inventory

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


@pytest.fixture(autouse=True)
def moto() -> Iterator[None]:
    with mock_aws():
        yield


def client(service: str) -> Any:
    return boto3.client(service, region_name=REGION)


@pytest.fixture
def function() -> str:
    role = client("iam").create_role(RoleName="f", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    code: Any = {"ImageUri": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/x:1"}
    made = client("lambda").create_function(FunctionName="f", Role=role, PackageType="Image", Code=code)
    return str(made["FunctionArn"])


def test_conditions_of_a_function_policy_are_conditions(function: str) -> None:
    """Any other member of a statement makes the document one that nobody can read, and that denies."""
    functions = client("lambda")
    given = {
        "url": {"FunctionUrlAuthType": "AWS_IAM", "Action": "lambda:InvokeFunctionUrl", "Principal": ACCOUNT},
        "both": {"SourceAccount": ACCOUNT, "PrincipalOrgID": "o-abcdefghij", "Principal": "sns.amazonaws.com"},
        "none": {"Principal": "sns.amazonaws.com"},
    }
    for name, more in given.items():
        functions.add_permission(FunctionName="f", StatementId=name, **{"Action": "lambda:InvokeFunction", **more})
    statements = json.loads(functions.get_policy(FunctionName="f")["Policy"])["Statement"]
    assert {one["Sid"]: one.get("Condition") for one in statements} == {
        "url": {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}},
        "both": {"StringEquals": {"AWS:SourceAccount": ACCOUNT, "aws:PrincipalOrgID": "o-abcdefghij"}},
        "none": None,
    }
    for one in statements[1:]:
        Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": [one]}), name="function policy")


def test_a_consumer_is_a_source_of_events(function: str) -> None:
    kinesis, functions = client("kinesis"), client("lambda")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    stream = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
    reader = kinesis.register_stream_consumer(StreamARN=stream, ConsumerName="c")["Consumer"]["ConsumerARN"]
    made = functions.create_event_source_mapping(EventSourceArn=reader, FunctionName="f", StartingPosition="LATEST")
    assert functions.get_event_source_mapping(UUID=made["UUID"])["EventSourceArn"] == reader
    with pytest.raises(ClientError, match="Invalid EventSourceArn"):
        functions.create_event_source_mapping(EventSourceArn=f"{reader}9", FunctionName="f", StartingPosition="LATEST")


def test_a_rule_of_all_protocols_changes_without_ports() -> None:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group, other = (ec2.create_security_group(GroupName=n, Description="d", VpcId=vpc)["GroupId"] for n in "ab")
    pairs = [{"GroupId": group, "Description": "old"}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": pairs}])
    own = [{"Name": "group-id", "Values": [group]}]

    def rule() -> dict[str, Any]:
        found = ec2.describe_security_group_rules(Filters=own)["SecurityGroupRules"]
        return next(dict(one) for one in found if not one["IsEgress"])

    before = rule()
    changed = {"IpProtocol": "-1", "ReferencedGroupId": other, "Description": "new"}
    ec2.modify_security_group_rules(
        GroupId=group,
        SecurityGroupRules=[{"SecurityGroupRuleId": before["SecurityGroupRuleId"], "SecurityGroupRule": changed}],
    )
    after = rule()
    assert (after["Description"], after["ReferencedGroupInfo"]["GroupId"]) == ("new", other)
    assert (after.get("FromPort"), after.get("ToPort")) == (before.get("FromPort"), before.get("ToPort"))


def test_flow_logs_go_into_a_folder() -> None:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    client("s3").create_bucket(Bucket="flows", CreateBucketConfiguration={"LocationConstraint": REGION})
    given = {"ResourceIds": [vpc], "ResourceType": "VPC", "TrafficType": "ALL", "LogDestinationType": "s3"}
    made = ec2.create_flow_logs(**given, LogDestination="arn:aws:s3:::flows/vpc/")
    (shown,) = ec2.describe_flow_logs(FlowLogIds=made["FlowLogIds"])["FlowLogs"]
    assert shown["LogDestination"] == "arn:aws:s3:::flows/vpc/"
    assert ec2.create_flow_logs(**given, LogDestination="arn:aws:s3:::nowhere/vpc/")["Unsuccessful"]


def test_batch_makes_its_own_role_which_nobody_has_to_destroy() -> None:
    ec2, batch = client("ec2"), client("batch")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    resources = {"type": "FARGATE", "maxvCpus": 2, "subnets": [subnet], "securityGroupIds": [group]}
    for name in ("one", "two"):
        batch.create_compute_environment(computeEnvironmentName=name, type="MANAGED", computeResources=resources)
    batch.update_compute_environment(computeEnvironment="one", computeResources={"maxvCpus": 4})
    sizes = {
        one["computeEnvironmentName"]: one["computeResources"]["maxvCpus"]
        for one in batch.describe_compute_environments()["computeEnvironments"]
    }
    assert sizes == {"one": 4, "two": 2}
    path = "role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"
    environments = batch.describe_compute_environments()["computeEnvironments"]
    assert {one["serviceRole"] for one in environments} == {f"arn:aws:iam::{ACCOUNT}:{path}"}
    assert "roles" not in inventory().get(ACCOUNT, {})


def test_the_most_that_a_table_may_use() -> None:
    dynamodb = client("dynamodb")
    key: Any = {
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    }
    most = {"MaxReadRequestUnits": 100, "MaxWriteRequestUnits": 50}
    dynamodb.create_table(TableName="t", BillingMode="PAY_PER_REQUEST", OnDemandThroughput=most, **key)
    assert dynamodb.describe_table(TableName="t")["Table"]["OnDemandThroughput"] == most
    more = {**most, "MaxReadRequestUnits": 200}
    dynamodb.update_table(TableName="t", OnDemandThroughput=more)
    assert dynamodb.describe_table(TableName="t")["Table"]["OnDemandThroughput"] == more


def test_how_a_subscription_spreads_its_events() -> None:
    logs, kinesis = client("logs"), client("kinesis")
    logs.create_log_group(logGroupName="g")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    stream = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
    for spread, given in (("Random", {"distribution": "Random"}), ("ByLogStream", {})):
        logs.put_subscription_filter(
            logGroupName="g", filterName="f", filterPattern="", destinationArn=stream, roleArn="r" * 20, **given
        )
        (found,) = logs.describe_subscription_filters(logGroupName="g")["subscriptionFilters"]
        assert found["distribution"] == spread


def test_addresses_of_an_interface_endpoint_and_tags_of_dhcp_options() -> None:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    service = f"com.amazonaws.{REGION}.sts"
    made = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=service, VpcEndpointType="Interface")["VpcEndpoint"]
    name = made["VpcEndpointId"]
    assert (made["IpAddressType"], made["DnsOptions"]) == ("ipv4", {"DnsRecordIpType": "ipv4"})
    ec2.modify_vpc_endpoint(VpcEndpointId=name, PrivateDnsEnabled=False)
    assert ec2.describe_vpc_endpoints(VpcEndpointIds=[name])["VpcEndpoints"][0]["PrivateDnsEnabled"] is False
    ec2.modify_vpc_endpoint(VpcEndpointId=name, IpAddressType="dualstack", DnsOptions={"DnsRecordIpType": "dualstack"})
    (shown,) = ec2.describe_vpc_endpoints(VpcEndpointIds=[name])["VpcEndpoints"]
    assert (shown["IpAddressType"], shown["DnsOptions"]) == ("dualstack", {"DnsRecordIpType": "dualstack"})
    gateway = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.s3")["VpcEndpoint"]
    assert "DnsOptions" not in gateway
    tags = [{"Key": "team", "Value": "ml"}]
    options = ec2.create_dhcp_options(
        DhcpConfigurations=[{"Key": "domain-name", "Values": ["ml.internal"]}],
        TagSpecifications=[{"ResourceType": "dhcp-options", "Tags": tags}],
    )["DhcpOptions"]["DhcpOptionsId"]
    assert ec2.describe_dhcp_options(DhcpOptionsIds=[options])["DhcpOptions"][0]["Tags"] == tags


def test_the_form_of_flow_logs() -> None:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    client("s3").create_bucket(Bucket="flows", CreateBucketConfiguration={"LocationConstraint": REGION})
    given: Any = {"ResourceIds": [vpc], "ResourceType": "VPC", "LogDestinationType": "s3"}
    form = {"FileFormat": "parquet", "HiveCompatiblePartitions": True, "PerHourPartition": False}
    for kind, more in (("ALL", {"DestinationOptions": form}), ("REJECT", {})):
        destination = f"arn:aws:s3:::flows/{kind}/"
        made = ec2.create_flow_logs(**given, TrafficType=kind, LogDestination=destination, **more)
        (shown,) = ec2.describe_flow_logs(FlowLogIds=made["FlowLogIds"])["FlowLogs"]
        assert shown.get("DestinationOptions") == more.get("DestinationOptions")


def test_an_account_that_may_have_a_layer_is_its_root() -> None:
    functions = client("lambda")
    client("s3").create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": REGION})
    client("s3").put_object(Bucket="code", Key="layer.zip", Body=b"")
    layer: Any = {"S3Bucket": "code", "S3Key": "layer.zip"}
    version = functions.publish_layer_version(LayerName="l", Content=layer)["Version"]
    one: Any = {"LayerName": "l", "VersionNumber": version}
    functions.add_layer_version_permission(
        **one, StatementId="s", Action="lambda:GetLayerVersion", Principal="333333333333"
    )
    (statement,) = json.loads(functions.get_layer_version_policy(**one)["Policy"])["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::333333333333:root"}


def test_a_source_of_events_stays_with_its_alias(function: str) -> None:
    functions = client("lambda")
    version = functions.publish_version(FunctionName="f")["Version"]
    live = functions.create_alias(FunctionName="f", Name="live", FunctionVersion=version)["AliasArn"]
    queue = client("sqs").create_queue(QueueName="q")["QueueUrl"]
    source = client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    made = functions.create_event_source_mapping(EventSourceArn=source, FunctionName=live)
    assert made["FunctionArn"] == live
    functions.update_event_source_mapping(UUID=made["UUID"], FunctionName=function)
    assert functions.get_event_source_mapping(UUID=made["UUID"])["FunctionArn"] == function
    functions.update_event_source_mapping(UUID=made["UUID"], FunctionName=live)
    assert functions.get_event_source_mapping(UUID=made["UUID"])["FunctionArn"] == live


def test_a_pipe_goes_on_reading_from_where_it_started() -> None:
    pipes = client("pipes")
    stream = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/s"
    role = f"arn:aws:iam::{ACCOUNT}:role/pipe"
    reads = {"StartingPosition": "LATEST", "BatchSize": 10}
    letters = {"DeadLetterConfig": {"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"}}
    given: Any = {
        "FilterCriteria": {"Filters": [{"Pattern": "{}"}]},
        "KinesisStreamParameters": {**reads, **letters},
    }
    pipes.create_pipe(Name="p", RoleArn=role, Source=stream, Target=stream, SourceParameters=given)
    change: Any = {"FilterCriteria": {}, "KinesisStreamParameters": {"BatchSize": 20, "DeadLetterConfig": {}}}
    pipes.update_pipe(Name="p", RoleArn=role, SourceParameters=change)
    shown = pipes.describe_pipe(Name="p")["SourceParameters"]
    assert shown == {"KinesisStreamParameters": {"StartingPosition": "LATEST", "BatchSize": 20}}


def test_a_definition_in_a_bucket_is_json() -> None:
    definition = {"Version": "2020-12-01", "Steps": []}
    client("s3").create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": REGION})
    client("s3").put_object(Bucket="code", Key="p.json", Body=json.dumps(definition).encode())
    sagemaker = client("sagemaker")
    sagemaker.create_pipeline(
        PipelineName="p",
        PipelineDisplayName="p",
        PipelineDefinitionS3Location={"Bucket": "code", "ObjectKey": "p.json"},
        ClientRequestToken="t" * 32,
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/pipeline",
    )
    assert json.loads(sagemaker.describe_pipeline(PipelineName="p")["PipelineDefinition"]) == definition


def test_a_missing_pipeline_is_not_found() -> None:
    sagemaker = client("sagemaker")
    execution = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/absent/execution/abcdefghijkl"
    for ask in (
        lambda: sagemaker.describe_pipeline(PipelineName="absent"),
        lambda: sagemaker.delete_pipeline(PipelineName="absent", ClientRequestToken="t" * 32),
        lambda: sagemaker.describe_pipeline_execution(PipelineExecutionArn=execution),
    ):
        with pytest.raises(ClientError) as caught:
            ask()
        assert caught.value.response["Error"]["Code"] == "ResourceNotFound"


def test_a_table_on_demand_has_no_capacity_and_its_stream_starts_again() -> None:
    dynamodb = client("dynamodb")
    some = {"ReadCapacityUnits": 2, "WriteCapacityUnits": 2}
    dynamodb.create_table(
        TableName="moved",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("id", "zone")],
        ProvisionedThroughput=some,
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-zone",
                "KeySchema": [{"AttributeName": "zone", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
                "ProvisionedThroughput": some,
            }
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    view = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    with pytest.raises(ClientError, match="ResourceInUseException"):
        dynamodb.update_table(TableName="moved", StreamSpecification=view)
    dynamodb.update_table(TableName="moved", StreamSpecification={"StreamEnabled": False})
    dynamodb.update_table(TableName="moved", StreamSpecification=view, BillingMode="PAY_PER_REQUEST")
    table = dynamodb.describe_table(TableName="moved")["Table"]
    assert table["StreamSpecification"] == view
    for held in (table, *table["GlobalSecondaryIndexes"]):
        assert held["ProvisionedThroughput"].items() >= {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}.items()


def test_a_metric_of_an_alarm_says_whose_it_is() -> None:
    cloudwatch = client("cloudwatch")
    metric = {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}
    query = {"Id": "m1", "MetricStat": metric, "ReturnData": True, "AccountId": "111122223333"}
    how = {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "Threshold": 1.0}
    cloudwatch.put_metric_alarm(AlarmName="a", Metrics=[query], **how)
    (shown,) = cloudwatch.describe_alarms(AlarmNames=["a"])["MetricAlarms"]
    assert shown["Metrics"][0]["AccountId"] == "111122223333"


def test_what_an_update_changes_and_takes_away() -> None:
    logs, sns, sqs, secrets = (client(service) for service in ("logs", "sns", "sqs", "secretsmanager"))
    logs.create_log_group(logGroupName="put-again")
    for name in ("One", "Two"):
        transformations = [{"metricName": name, "metricNamespace": "n", "metricValue": "1"}]
        given = {"logGroupName": "put-again", "filterName": "f", "filterPattern": ""}
        logs.put_metric_filter(**given, metricTransformations=transformations)
    filters = logs.describe_metric_filters(logGroupName="put-again")["metricFilters"]
    assert [one["metricTransformations"][0]["metricName"] for one in filters] == ["Two"]
    topic = sns.create_topic(Name="put-again")["TopicArn"]
    queue = sqs.create_queue(QueueName="put-again")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = {"FilterPolicy": json.dumps({"kind": ["a"]})}
    joined = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=policy)["SubscriptionArn"]
    assert "FilterPolicy" in sns.get_subscription_attributes(SubscriptionArn=joined)["Attributes"]
    sns.set_subscription_attributes(SubscriptionArn=joined, AttributeName="FilterPolicy", AttributeValue="{}")
    assert "FilterPolicy" not in sns.get_subscription_attributes(SubscriptionArn=joined)["Attributes"]
    secrets.create_secret(Name="put-again", Description="first")
    secrets.update_secret(SecretId="put-again", Description="")
    assert not secrets.describe_secret(SecretId="put-again").get("Description")


def test_routes_of_a_gateway_endpoint_follow_its_tables() -> None:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    old, new = (ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in range(2))

    def through(table: str) -> list[str]:
        (shown,) = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
        return [route["GatewayId"] for route in shown["Routes"] if route.get("GatewayId", "").startswith("vpce-")]

    made = ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.s3", VpcEndpointType="Gateway", RouteTableIds=[old]
    )
    endpoint = made["VpcEndpoint"]["VpcEndpointId"]
    ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, AddRouteTableIds=[new], RemoveRouteTableIds=[old])
    assert (through(old), through(new)) == ([], [endpoint])
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    assert through(new) == []


def test_class_and_encryption_of_a_table_follow_an_update() -> None:
    dynamodb = client("dynamodb")
    keys = [{"AttributeName": "id", "KeyType": "HASH"}]
    held = [{"AttributeName": "id", "AttributeType": "S"}]
    dynamodb.create_table(
        TableName="sealed",
        KeySchema=keys,
        AttributeDefinitions=held,
        BillingMode="PAY_PER_REQUEST",
        SSESpecification={"Enabled": True},
    )
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
    dynamodb.update_table(
        TableName="sealed",
        TableClass="STANDARD_INFREQUENT_ACCESS",
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key},
    )
    table = dynamodb.describe_table(TableName="sealed")["Table"]
    assert table["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert table["SSEDescription"]["KMSMasterKeyArn"] == key


def test_a_rule_has_its_own_tags_and_an_archive_keeps_forever_again() -> None:
    events = client("events")
    bus = events.create_event_bus(Name="alike", Tags=[{"Key": "of", "Value": "bus"}])["EventBusArn"]
    rule = events.put_rule(Name="alike", ScheduleExpression="rate(1 day)")["RuleArn"]
    events.tag_resource(ResourceARN=rule, Tags=[{"Key": "of", "Value": "rule"}])
    for arn, of in ((bus, "bus"), (rule, "rule")):
        assert events.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "of", "Value": of}]
    events.create_archive(ArchiveName="alike", EventSourceArn=bus, RetentionDays=7)
    events.update_archive(ArchiveName="alike", RetentionDays=0)
    assert events.describe_archive(ArchiveName="alike")["RetentionDays"] == 0


def test_an_object_tells_the_encryption_that_nobody_named() -> None:
    """S3 User Guide, default-encryption-faq: all new objects are encrypted with SSE-S3 at least, and tell of it."""
    s3 = client("s3")
    s3.create_bucket(Bucket="plain", CreateBucketConfiguration={"LocationConstraint": REGION})
    assert s3.put_object(Bucket="plain", Key="k", Body=b"1")["ServerSideEncryption"] == "AES256"
    s3.copy_object(Bucket="plain", Key="copy", CopySource={"Bucket": "plain", "Key": "k"})
    upload = s3.create_multipart_upload(Bucket="plain", Key="parts")["UploadId"]
    part = s3.upload_part(Bucket="plain", Key="parts", UploadId=upload, PartNumber=1, Body=b"2")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.complete_multipart_upload(Bucket="plain", Key="parts", UploadId=upload, MultipartUpload=parts)
    for key in ("k", "copy", "parts"):
        assert s3.head_object(Bucket="plain", Key=key)["ServerSideEncryption"] == "AES256"
    s3.put_object(Bucket="plain", Key="k", Body=b"1", ServerSideEncryption="aws:kms", SSEKMSKeyId="k1")
    assert s3.head_object(Bucket="plain", Key="k")["ServerSideEncryption"] == "aws:kms"


@pytest.mark.parametrize("archive", ["GLACIER", "DEEP_ARCHIVE"])
def test_only_the_content_of_an_archived_object_waits_for_its_restoration(archive: str) -> None:
    s3 = client("s3")
    s3.create_bucket(
        Bucket="cold", CreateBucketConfiguration={"LocationConstraint": REGION}, ObjectLockEnabledForBucket=True
    )
    s3.put_object(
        Bucket="cold", Key="k", Body=b"1", StorageClass=archive, Tagging="a=b", ObjectLockLegalHoldStatus="ON"
    )
    assert s3.get_object_tagging(Bucket="cold", Key="k")["TagSet"] == [{"Key": "a", "Value": "b"}]
    assert s3.get_object_acl(Bucket="cold", Key="k")["Grants"]
    assert s3.get_object_legal_hold(Bucket="cold", Key="k")["LegalHold"] == {"Status": "ON"}
    with pytest.raises(ClientError, match="InvalidObjectState"):
        s3.get_object(Bucket="cold", Key="k")


def test_a_connection_tells_the_key_of_its_secret() -> None:
    events = boto3.client("events", region_name=REGION)
    basic = {"BasicAuthParameters": {"Username": "u", "Password": "p"}}
    given: dict[str, Any] = {"Name": "c", "AuthorizationType": "BASIC", "AuthParameters": basic}
    events.create_connection(**given, KmsKeyIdentifier="alias/one")
    assert events.describe_connection(Name="c")["KmsKeyIdentifier"] == "alias/one"
    events.update_connection(**given, KmsKeyIdentifier="alias/two")
    events.update_connection(**given)
    assert events.describe_connection(Name="c")["KmsKeyIdentifier"] == "alias/two"
    events.update_connection(**given, KmsKeyIdentifier="")
    assert "KmsKeyIdentifier" not in events.describe_connection(Name="c")


def test_names_that_no_bucket_may_have() -> None:
    """S3 User Guide, bucketnamingrules."""
    s3 = boto3.client("s3", region_name=REGION, config=Config(s3={"addressing_style": "path"}))
    s3.meta.events.unregister("before-parameter-build.s3", validate_bucket_name)
    where: Any = {"LocationConstraint": REGION}
    for name in (
        *("Upper-case", "under_score", "-begins", "ends-", "dot..dot", "10.0.0.1", "xn--bcher-kva", "sthree-a", "ab"),
        *("amzn-s3-demo-bucket", "name-s3alias", "name--ol-s3", "name.mrap", "name--table-s3", "a" * 64),
    ):
        with pytest.raises(ClientError, match="InvalidBucketName"):
            s3.create_bucket(Bucket=name, CreateBucketConfiguration=where)
    for name in ("abc", "0.a-b.9", "a" * 63):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=where)


def test_reading_a_secret_that_is_to_be_deleted_is_refused_in_the_words_of_aws() -> None:
    secrets = client("secretsmanager")
    secrets.create_secret(Name="going", SecretString="s")
    secrets.delete_secret(SecretId="going")
    with pytest.raises(ClientError, match="because it was marked for deletion") as caught:
        secrets.get_secret_value(SecretId="going")
    assert caught.value.response["Error"]["Code"] == "InvalidRequestException"


@pytest.mark.parametrize("days", [1, 6, 31])
def test_a_key_is_deleted_in_a_week_at_the_soonest_and_in_a_month_at_the_latest(days: int) -> None:
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    with pytest.raises(ClientError, match="pendingWindowInDays") as caught:
        kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=days)
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"
    assert kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)["DeletionDate"]


@pytest.mark.parametrize(
    ("spec", "usage", "shown"),
    [
        ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", {"EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"]}),
        ("HMAC_384", "GENERATE_VERIFY_MAC", {"MacAlgorithms": ["HMAC_SHA_384"]}),
        ("ECC_NIST_P256", "SIGN_VERIFY", {"SigningAlgorithms": ["ECDSA_SHA_256"]}),
        ("ECC_NIST_P256", "KEY_AGREEMENT", {"KeyAgreementAlgorithms": ["ECDH"]}),
    ],
)
def test_a_key_has_the_algorithms_of_its_use(spec: str, usage: str, shown: dict[str, list[str]]) -> None:
    key = client("kms").create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]
    assert {name: value for name, value in key.items() if name.endswith("Algorithms")} == shown


def test_a_copy_and_an_acl_need_no_checksum_where_objects_are_locked() -> None:
    # As a client that sends no checksum of its own.
    s3 = boto3.client("s3", region_name=REGION, config=Config(request_checksum_calculation="when_required"))
    s3.create_bucket(
        Bucket="held", CreateBucketConfiguration={"LocationConstraint": REGION}, ObjectLockEnabledForBucket=True
    )
    s3.put_object(Bucket="held", Key="one", Body=b"1")
    days = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}}
    s3.copy_object(Bucket="held", Key="two", CopySource="held/one", ObjectLockLegalHoldStatus="ON")
    assert s3.head_object(Bucket="held", Key="two")["ObjectLockLegalHoldStatus"] == "ON"
    s3.put_object_lock_configuration(Bucket="held", ObjectLockConfiguration=days)
    s3.copy_object(Bucket="held", Key="three", CopySource="held/one")
    s3.put_object_acl(Bucket="held", Key="three", ACL="private")
    assert s3.head_object(Bucket="held", Key="three")["ObjectLockMode"] == "GOVERNANCE"


def test_the_default_key_of_a_service_is_managed_and_turned_by_aws() -> None:
    kms = client("kms")
    key = kms.describe_key(KeyId="alias/aws/s3")["KeyMetadata"]
    assert key["KeyManager"] == "AWS"
    assert kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"]
    assert kms.describe_key(KeyId="alias/aws/s3")["KeyMetadata"]["KeyId"] == key["KeyId"]
    assert kms.create_key()["KeyMetadata"]["KeyManager"] == "CUSTOMER"


def test_an_empty_origin_of_another_site() -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="open", CreateBucketConfiguration={"LocationConstraint": REGION})
    rule = {"AllowedMethods": ["GET"], "AllowedOrigins": [""]}
    s3.put_bucket_cors(Bucket="open", CORSConfiguration={"CORSRules": [rule]})
    assert s3.get_bucket_cors(Bucket="open")["CORSRules"] == [rule]


def test_where_versioning_is_suspended_one_version_goes_at_a_time() -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="paused", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="paused", Key="k", Body=b"0")
    for status in ("Enabled", "Suspended"):
        s3.put_bucket_versioning(Bucket="paused", VersioningConfiguration={"Status": status})
        if status == "Enabled":
            kept = s3.put_object(Bucket="paused", Key="k", Body=b"1")["VersionId"]
            marked = s3.delete_object(Bucket="paused", Key="k")["VersionId"]
    assert s3.delete_object(Bucket="paused", Key="k")["VersionId"] == "null"
    shown = s3.list_object_versions(Bucket="paused")
    assert [one["VersionId"] for one in shown["Versions"]] == [kept]
    assert {one["VersionId"] for one in shown["DeleteMarkers"]} == {marked, "null"}
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(Bucket="paused", Key="k")
    for version in ("null", marked, kept):
        objects = {"Objects": [{"Key": "k", "VersionId": version}]}
        assert "Errors" not in s3.delete_objects(Bucket="paused", Delete=objects)
    s3.delete_bucket(Bucket="paused")
