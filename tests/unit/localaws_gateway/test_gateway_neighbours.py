"""Requests as clients that are not ours write them, and what a managed key of AWS lets an account do."""

import base64
import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.auth import HmacV1Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from gateway_support import OTHER, OWNER, REGION, Aws, allow, document, refusal, statement, trust
from test_gateway_readings import send


@pytest.fixture(scope="module")
def keys(aws: Aws, admin: str) -> dict[str, Any]:
    return aws.keys(admin)


def test_a_target_without_its_package_is_understood(aws: Aws, keys: dict[str, Any]) -> None:
    """The Go SDK, and with it Terraform, writes CloudTrail's target like this."""
    headers = {"Content-Type": "application/x-amz-json-1.1"}
    for prefix in ("CloudTrail_20131101", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"):
        target = {"X-Amz-Target": f"{prefix}.DescribeTrails"}
        assert send(aws, keys, "cloudtrail", "POST", "/", b"{}", **headers, **target) == (200, b'{"trailList": []}')
    status, _ = send(aws, keys, "cloudtrail", "POST", "/", b"{}", **headers, **{"X-Amz-Target": "1101.DescribeTrails"})
    assert status == 400


@pytest.mark.parametrize("place", ["header", "query"])
def test_signature_version_2_is_refused_as_on_aws(aws: Aws, keys: dict[str, Any], place: str) -> None:
    url = f"{aws.running.endpoint}/some-bucket/key"
    if place == "query":
        url += f"?AWSAccessKeyId={keys['AccessKeyId']}&Signature=x&Expires=99999999999"
    request = AWSRequest("GET", url)
    if place == "header":
        HmacV1Auth(Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])).add_auth(request)
    answer = URLLib3Session(proxies={}).send(request.prepare())
    assert answer.status_code == 400
    assert b"<Code>InvalidRequest</Code>" in answer.content
    assert b"Please use AWS4-HMAC-SHA256." in answer.content


def test_what_moto_lacks_is_named(aws: Aws, keys: dict[str, Any]) -> None:
    """moto has no route for it at all: its web server's own page must not reach the client."""
    code, message, _ = refusal(aws.client("ram", keys).get_permission, permissionArn="arn:aws:ram::aws:permission/x")
    assert code == "NotImplemented"
    assert "of ram" in message


def test_managed_keys_show_metadata_and_serve_through_their_service_only(aws: Aws, admin: str) -> None:
    everything, metadata = aws.as_role("kms", admin), aws.role("describes", allow("kms:DescribeKey"))
    for client in (everything, aws.as_role("kms", metadata)):
        found = client.describe_key(KeyId="alias/aws/s3")["KeyMetadata"]
        assert found["AWSAccountId"] == OWNER
    code, message, _ = refusal(everything.encrypt, KeyId=found["Arn"], Plaintext=b"x")
    assert code == "AccessDeniedException"
    assert "kms:Encrypt" in message
    s3 = aws.as_role("s3", admin)
    s3.create_bucket(Bucket="managed", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="managed", Key="k", Body=b"x", ServerSideEncryption="aws:kms")
    assert s3.get_object(Bucket="managed", Key="k")["Body"].read() == b"x"


def test_a_key_policy_for_the_whole_account_locks_nobody_out(aws: Aws, admin: str) -> None:
    """A policy for everybody whose requests come from the account: `kms:CallerAccount`, which each request has."""
    kms = aws.as_role("kms", admin)
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    for account, passes in ((OWNER, True), (OTHER, False)):
        everybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}
        policy = document({**everybody, "Condition": {"StringEquals": {"kms:CallerAccount": account}}})
        if passes:
            kms.put_key_policy(KeyId=key, Policy=policy)
        else:
            code, message, _ = refusal(kms.put_key_policy, KeyId=key, Policy=policy)
            assert code == "MalformedPolicyDocumentException"
            assert "will not allow you to update the key policy" in message


def test_tags_of_a_network_and_of_a_notebook_condition_what_is_done_to_them(aws: Aws, admin: str) -> None:
    """`aws:ResourceTag` is what the resource bears: who may change ours may not change another's."""
    tagged = {"StringEquals": {"aws:ResourceTag/owner": "us"}}
    acts = ["ec2:DeleteVpc", "sagemaker:StopNotebookInstance"]
    keeper = aws.role("keeper", document(statement("Allow", acts, Condition=tagged)))
    made, ours = aws.as_role("ec2", admin), aws.as_role("ec2", keeper)
    notebooks, kept = aws.as_role("sagemaker", admin), aws.as_role("sagemaker", keeper)
    for owner, allowed in (("us", True), ("others", False)):
        tags = [{"Key": "owner", "Value": owner}]
        vpc = made.create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}])
        notebooks.create_notebook_instance(
            NotebookInstanceName=owner,
            InstanceType="ml.t3.medium",
            RoleArn=aws.role("notebook", trust=trust({"Service": "sagemaker.amazonaws.com"})),
            Tags=tags,
        )
        if allowed:
            ours.delete_vpc(VpcId=vpc["Vpc"]["VpcId"])
            kept.stop_notebook_instance(NotebookInstanceName=owner)
        else:
            assert refusal(ours.delete_vpc, VpcId=vpc["Vpc"]["VpcId"])[0] == "UnauthorizedOperation"
            assert refusal(kept.stop_notebook_instance, NotebookInstanceName=owner)[0] == "AccessDeniedException"


def test_a_buckets_tag_may_have_an_empty_value(aws: Aws, admin: str) -> None:
    """Terraform writes its default tags so, and must read back what it wrote."""
    s3 = aws.as_role("s3", admin)
    s3.create_bucket(Bucket="tagged", CreateBucketConfiguration={"LocationConstraint": REGION})
    for tags in ([{"Key": "empty", "Value": ""}], [{"Key": "empty", "Value": ""}, {"Key": "full", "Value": "x"}]):
        s3.put_bucket_tagging(Bucket="tagged", Tagging={"TagSet": tags})
        assert s3.get_bucket_tagging(Bucket="tagged")["TagSet"] == tags


def test_a_catalog_without_a_policy_says_so(aws: Aws, admin: str) -> None:
    """An empty answer would be taken for a policy that is there."""
    glue = aws.client("glue", aws.keys(admin))
    with pytest.raises(glue.exceptions.EntityNotFoundException, match="Policy not found"):
        glue.get_resource_policy()


@pytest.mark.parametrize("region", [REGION, "us-east-1"])
def test_names_are_looked_up_in_the_region_of_the_call(aws: Aws, region: str) -> None:
    """A group's offline store is written as its role, and its key found by alias, in whichever Region it stands."""
    keys = aws.keys(aws.role(f"elsewhere-{region}", allow("*")))
    s3, kms, sagemaker = (aws.client(name, keys, region) for name in ("s3", "kms", "sagemaker"))
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=f"offline-{region}", **where)
    trusted = trust({"Service": "sagemaker.amazonaws.com"})
    writer = aws.role(f"writer-{region}", allow("s3:*", "kms:*", "glue:*"), trust=trusted)
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName="alias/elsewhere", TargetKeyId=arn)
    kms.encrypt(KeyId="alias/elsewhere", Plaintext=b"x")
    made = sagemaker.create_feature_group(
        FeatureGroupName=f"elsewhere-{region}",
        RecordIdentifierFeatureName="id",
        EventTimeFeatureName="ts",
        FeatureDefinitions=[{"FeatureName": name, "FeatureType": "String"} for name in ("id", "ts")],
        OfflineStoreConfig={"S3StorageConfig": {"S3Uri": f"s3://offline-{region}/x", "KmsKeyId": arn}},
        RoleArn=writer,
    )
    assert f":{region}:" in made["FeatureGroupArn"]


def test_machines_are_those_of_the_service_model(aws: Aws, admin: str) -> None:
    sagemaker = aws.as_role("sagemaker", admin)
    role = aws.role("hosting", trust=trust({"Service": "sagemaker.amazonaws.com"}))
    sagemaker.create_model(ModelName="m", ExecutionRoleArn=role, PrimaryContainer={"Image": "image"})
    variant = {"VariantName": "v", "ModelName": "m", "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(
        EndpointConfigName="newer", ProductionVariants=[{**variant, "InstanceType": "ml.m6g.large"}]
    )
    sagemaker.create_notebook_instance(NotebookInstanceName="newer", InstanceType="ml.m6i.large", RoleArn=role)
    for call, params in (
        (
            sagemaker.create_endpoint_config,
            {"EndpointConfigName": "x", "ProductionVariants": [{**variant, "InstanceType": "ml.none"}]},
        ),
        (sagemaker.create_notebook_instance, {"NotebookInstanceName": "x", "InstanceType": "ml.none", "RoleArn": role}),
    ):
        code, message, _ = refusal(call, **params)
        assert code == "ValidationException"
        assert "'ml.none' at 'instanceType' failed to satisfy constraint" in message


def test_suspended_acceleration_is_a_state(aws: Aws, admin: str) -> None:
    s3 = aws.as_role("s3", admin)
    s3.create_bucket(Bucket="fast", CreateBucketConfiguration={"LocationConstraint": REGION})
    assert "Status" not in s3.get_bucket_accelerate_configuration(Bucket="fast")
    s3.put_bucket_accelerate_configuration(Bucket="fast", AccelerateConfiguration={"Status": "Suspended"})
    assert s3.get_bucket_accelerate_configuration(Bucket="fast")["Status"] == "Suspended"


def test_a_bucket_with_objects_takes_object_lock(aws: Aws, admin: str) -> None:
    """Terraform sets it beside the objects, in any order; only a bucket without versions refuses."""
    s3 = aws.as_role("s3", admin)
    s3.create_bucket(Bucket="locked", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="locked", Key="held", Body=b"x")
    days = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 2}}}
    assert refusal(s3.put_object_lock_configuration, Bucket="locked", ObjectLockConfiguration=days)[0] == (
        "InvalidBucketState"
    )
    s3.put_bucket_versioning(Bucket="locked", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object_lock_configuration(Bucket="locked", ObjectLockConfiguration=days)
    assert s3.get_object_lock_configuration(Bucket="locked")["ObjectLockConfiguration"] == days
    s3.put_object(Bucket="locked", Key="kept", Body=b"x", ChecksumAlgorithm="SHA256")
    assert s3.head_object(Bucket="locked", Key="kept")["ObjectLockMode"] == "GOVERNANCE"


def test_a_checksum_that_is_given_is_enough_under_a_lock(aws: Aws, admin: str) -> None:
    """Terraform's provider sends it without naming the algorithm again; without any, S3 refuses."""
    aws.as_role("s3", admin).create_bucket(
        Bucket="sealed", CreateBucketConfiguration={"LocationConstraint": REGION}, ObjectLockEnabledForBucket=True
    )
    aws.as_role("s3", admin).put_object_lock_configuration(
        Bucket="sealed",
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
        },
    )
    keys = aws.keys(admin)
    assert send(aws, keys, "s3", "PUT", "/sealed/bare", b"x")[0] == 400
    given = {"x-amz-checksum-sha256": base64.b64encode(hashlib.sha256(b"x").digest()).decode()}
    assert send(aws, keys, "s3", "PUT", "/sealed/kept", b"x", **given)[0] == 200


def test_imported_material_tells_when_it_expires(aws: Aws, admin: str) -> None:
    """A reading that fails here is asked again for minutes by every SDK."""
    kms = aws.as_role("kms", admin)
    key = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["Arn"]
    wrapping = kms.get_parameters_for_import(
        KeyId=key, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048"
    )
    public = serialization.load_der_public_key(wrapping["PublicKey"])
    assert isinstance(public, rsa.RSAPublicKey)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    until = datetime(2035, 1, 1, tzinfo=UTC)
    kms.import_key_material(
        KeyId=key,
        ImportToken=wrapping["ImportToken"],
        EncryptedKeyMaterial=public.encrypt(bytes(32), oaep),
        ValidTo=until,
    )
    described = kms.describe_key(KeyId=key)["KeyMetadata"]
    assert (described["KeyState"], described["ExpirationModel"]) == ("Enabled", "KEY_MATERIAL_EXPIRES")
    assert described["ValidTo"] == until


def test_a_job_keeps_its_window_and_its_queuing(aws: Aws, admin: str) -> None:
    glue = aws.as_role("glue", admin)
    given = {"Role": admin, "Command": {"Name": "glueetl", "ScriptLocation": "s3://x/y.py"}}
    code = {"Provider": "GITHUB", "Repository": "features", "AuthStrategy": "AWS_SECRETS_MANAGER", "AuthToken": "git"}
    further = {"MaintenanceWindow": "Sun:01", "JobRunQueuingEnabled": True, "SourceControlDetails": code}
    glue.create_job(Name="nightly", **further, **given)
    made = glue.get_job(JobName="nightly")["Job"]
    assert made["SourceControlDetails"] == code
    assert (made["MaintenanceWindow"], made["JobRunQueuingEnabled"]) == ("Sun:01", True)
    glue.update_job(JobName="nightly", JobUpdate={**given, "MaintenanceWindow": "Mon:02"})
    changed = glue.get_job(JobName="nightly")["Job"]
    assert changed["MaintenanceWindow"] == "Mon:02"
    assert "JobRunQueuingEnabled" not in changed


def test_a_query_is_refused_in_xml(aws: Aws) -> None:
    """CloudWatch knows JSON and forms; a client that writes a form reads no JSON."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    body = b"Action=DeleteDashboards&Version=2010-08-01&DashboardNames.member.1=absent"
    nobody = aws.keys(aws.role("looks-on", allow("cloudwatch:GetDashboard")))
    status, content = send(aws, nobody, "monitoring", "POST", "/", body, **form)
    assert status == 403
    assert b"<Code>AccessDenied</Code>" in content
    assert b"cloudwatch:DeleteDashboards" in content


def test_what_is_given_at_birth_is_shown(aws: Aws, admin: str) -> None:
    kinesis = aws.as_role("kinesis", admin)
    kinesis.create_stream(StreamName="clicks", ShardCount=1, Tags={"team": "us"})
    assert kinesis.list_tags_for_stream(StreamName="clicks")["Tags"] == [{"Key": "team", "Value": "us"}]
    logs = aws.as_role("logs", admin)
    for name, given in (("plain", {}), ("rare", {"logGroupClass": "INFREQUENT_ACCESS"})):
        logs.create_log_group(logGroupName=name, **given)
        (found,) = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        assert found["logGroupClass"] == given.get("logGroupClass", "STANDARD")
    logs.create_log_group(logGroupName="onward", logGroupClass="DELIVERY")
    for kept in (None, 30):
        if kept:
            logs.put_retention_policy(logGroupName="onward", retentionInDays=kept)
        (found,) = logs.describe_log_groups(logGroupNamePrefix="onward")["logGroups"]
        assert found["retentionInDays"] == 2
    ecs = aws.as_role("ecs", admin)
    ecs.create_cluster(clusterName="serving")
    task = {"family": "api", "containerDefinitions": [{"name": "api", "image": "api", "memory": 64}]}
    ecs.register_task_definition(**task)
    made = ecs.create_service(cluster="serving", serviceName="api", taskDefinition="api", desiredCount=0)["service"]
    assert made["availabilityZoneRebalancing"] == "DISABLED"


def test_a_spark_application_is_as_it_was_made_and_changed(aws: Aws) -> None:
    spark = aws.as_role("emr-serverless", aws.role("spark-maker", allow("emr-serverless:*")))
    made = spark.create_application(name="join", releaseLabel="emr-7.1.0", type="Spark", architecture="ARM64")
    other = spark.create_application(name="other", releaseLabel="emr-7.1.0", type="Spark")
    found = spark.get_application(applicationId=made["applicationId"])["application"]
    assert (found["state"], found["architecture"], found["releaseLabel"]) == ("CREATED", "ARM64", "emr-7.1.0")
    spark.update_application(
        applicationId=made["applicationId"],
        releaseLabel="emr-7.2.0",
        monitoringConfiguration={"s3MonitoringConfiguration": {"logUri": "s3://logs/"}},
    )
    found = spark.get_application(applicationId=made["applicationId"])["application"]
    assert (found["architecture"], found["releaseLabel"]) == ("ARM64", "emr-7.2.0")
    assert found["monitoringConfiguration"]["s3MonitoringConfiguration"]["logUri"] == "s3://logs/"
    assert spark.get_application(applicationId=other["applicationId"])["application"]["architecture"] == "X86_64"
    spark.start_application(applicationId=other["applicationId"])
    assert refusal(spark.delete_application, applicationId=other["applicationId"])[0] == "ValidationException"
    spark.delete_application(applicationId=made["applicationId"])


def test_a_prefix_list_changes_in_place(aws: Aws, admin: str) -> None:
    ec2 = aws.as_role("ec2", admin)
    entries = [{"Cidr": "10.1.0.0/16", "Description": "old"}, {"Cidr": "10.2.0.0/16"}]
    made = ec2.create_managed_prefix_list(
        PrefixListName="clients", AddressFamily="IPv4", MaxEntries=3, Entries=entries
    )["PrefixList"]
    named = {"PrefixListId": made["PrefixListId"]}
    changed = [{"Cidr": "10.1.0.0/16", "Description": "new"}]
    ec2.modify_managed_prefix_list(
        **named, CurrentVersion=1, AddEntries=changed, RemoveEntries=[{"Cidr": "10.2.0.0/16"}]
    )
    (shown,) = ec2.describe_managed_prefix_lists(PrefixListIds=[made["PrefixListId"]])["PrefixLists"]
    assert (shown["PrefixListName"], shown["Version"], shown["MaxEntries"]) == ("clients", 2, 3)
    assert ec2.get_managed_prefix_list_entries(**named)["Entries"] == changed
    ec2.modify_managed_prefix_list(**named, MaxEntries=5)
    (shown,) = ec2.describe_managed_prefix_lists(PrefixListIds=[made["PrefixListId"]])["PrefixLists"]
    assert (shown["Version"], shown["MaxEntries"]) == (2, 5)
    unknown = {"PrefixListId": "pl-0123456789abcdef0"}
    assert refusal(ec2.modify_managed_prefix_list, **unknown, MaxEntries=5)[0] == "InvalidPrefixListID.NotFound"
    assert refusal(ec2.modify_managed_prefix_list, **named, MaxEntries=0)[0] == "InvalidParameterValue"


def test_a_namesake_comes_without_the_tags_of_what_went(aws: Aws, admin: str) -> None:
    glue, logs, states = (aws.as_role(service, admin) for service in ("glue", "logs", "stepfunctions"))
    crawler = {"Name": "again", "Role": "r", "Targets": {"S3Targets": [{"Path": "s3://b/p"}]}}
    glue.create_crawler(**crawler, Tags={"old": "1"})
    glue.delete_crawler(Name="again")
    glue.create_crawler(**crawler)
    assert glue.get_tags(ResourceArn=f"arn:aws:glue:{REGION}:{OWNER}:crawler/again")["Tags"] == {}
    logs.create_log_group(logGroupName="again", tags={"old": "1"})
    logs.delete_log_group(logGroupName="again")
    logs.create_log_group(logGroupName="again")
    assert logs.list_tags_for_resource(resourceArn=f"arn:aws:logs:{REGION}:{OWNER}:log-group:again")["tags"] == {}
    role = aws.role("again-states", trust=trust({"Service": "states.amazonaws.com"}))
    machine = {"name": "again", "definition": '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}', "roleArn": role}
    arn = states.create_state_machine(**machine, tags=[{"key": "old", "value": "1"}])["stateMachineArn"]
    watch = aws.as_role("cloudwatch", admin)
    alarm: dict[str, Any] = {"AlarmName": "again", "AlarmRule": "FALSE"}
    watch.put_composite_alarm(**alarm, Tags=[{"Key": "old", "Value": "1"}])
    watch.delete_alarms(AlarmNames=["again"])
    watch.put_composite_alarm(**alarm)
    named = f"arn:aws:cloudwatch:{REGION}:{OWNER}:alarm:again"
    assert watch.list_tags_for_resource(ResourceARN=named)["Tags"] == []
    trails = aws.as_role("cloudtrail", admin)
    aws.as_role("s3", admin).create_bucket(
        Bucket="again-trail", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    trail = {"Name": "again", "S3BucketName": "again-trail"}
    trails.create_trail(**trail, TagsList=[{"Key": "old", "Value": "1"}])
    trails.delete_trail(Name="again")
    made = trails.create_trail(**trail)["TrailARN"]
    assert trails.list_tags(ResourceIdList=[made])["ResourceTagList"] == [{"ResourceId": made, "TagsList": []}]
    states.delete_state_machine(stateMachineArn=arn)
    states.create_state_machine(**machine)
    assert states.list_tags_for_resource(resourceArn=arn)["tags"] == []
