"""What Terraform of others meets beside feature groups: shares, notebooks, models, buckets, Glue, logs, keys."""

from typing import Any

import pytest
from moto.athena.models import athena_backends
from moto.ec2.models import ec2_backends
from moto.glue.models import glue_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.ram.models import ram_backends
from moto.sagemaker.models import sagemaker_backends
from moto.sqs.models import sqs_backends
from services_world import BUCKET, CENTRAL, CONSUMER, REGION, ROLE, Call, World

from featureshare.localaws.invocation import ServiceError

GROUP = f"arn:aws:sagemaker:{REGION}:{CENTRAL}:feature-group/sessions"
DEFAULT = "arn:aws:ram::aws:permission/AWSRAMDefaultPermissionSageMakerFeatureGroup"
OIDC = f"arn:aws:iam::{CENTRAL}:oidc-provider/id.example.com"


def refused(call: Call, service: str, operation: str, **params: Any) -> tuple[str, str]:
    with pytest.raises(ServiceError) as caught:
        call(service, operation, **params)
    return caught.value.code, caught.value.message


def test_share_of_a_feature_group(create: Any, call: Call) -> None:
    create()
    tags = [{"key": "team", "value": "search"}]
    share = call("ram", "CreateResourceShare", name="s", allowExternalPrincipals=False, tags=tags)["resourceShare"]
    arn = share["resourceShareArn"]
    call("ram", "AssociateResourceShare", resourceShareArn=arn, resourceArns=[GROUP], principals=[CONSUMER])
    where = {"resourceShareArns": [arn]}
    for kind, entity in (("RESOURCE", GROUP), ("PRINCIPAL", CONSUMER)):
        found = call("ram", "GetResourceShareAssociations", associationType=kind, **where)
        (association,) = found["resourceShareAssociations"]
        assert (association["associatedEntity"], association["status"]) == (entity, "ASSOCIATED")
    assert call("ram", "ListResources", resourceOwner="SELF")["resources"][0]["type"] == "sagemaker:FeatureGroup"
    assert call("ram", "ListPrincipals", resourceOwner="SELF")["principals"][0]["id"] == CONSUMER
    theirs = call("ram", "GetResourceShares", account=CONSUMER, resourceOwner="OTHER-ACCOUNTS")["resourceShares"]
    assert [one["resourceShareArn"] for one in theirs] == [arn]
    permissions = call("ram", "ListResourceSharePermissions", resourceShareArn=arn)["permissions"]
    assert [(one["arn"], one["status"]) for one in permissions] == [(DEFAULT, "ASSOCIATED")]
    call("ram", "UpdateResourceShare", resourceShareArn=arn, name="renamed")
    call("ram", "UntagResource", resourceShareArn=arn, tagKeys=["team"])
    call("ram", "TagResource", resourceShareArn=arn, tags=[{"key": "a", "value": "b"}])
    (shown,) = call("ram", "GetResourceShares", resourceOwner="SELF", resourceShareArns=[arn])["resourceShares"]
    assert (shown["name"], shown["allowExternalPrincipals"]) == ("renamed", False)
    assert shown["tags"] == [{"key": "a", "value": "b"}]
    call("ram", "DisassociateResourceShare", resourceShareArn=arn, resourceArns=[GROUP], principals=[CONSUMER])
    for kind in ("RESOURCE", "PRINCIPAL"):
        found = call("ram", "GetResourceShareAssociations", associationType=kind, **where)
        assert found == {"resourceShareAssociations": []}


def test_permissions_of_a_share(call: Call) -> None:
    arn = call("ram", "CreateResourceShare", name="s")["resourceShare"]["resourceShareArn"]
    read_write = "arn:aws:ram::aws:permission/AWSRAMPermissionSageMakerFeatureGroupReadWrite"
    for replace, permission in ((False, DEFAULT), (True, read_write)):
        given = {"resourceShareArn": arn, "permissionArn": permission, "replace": replace}
        call("ram", "AssociateResourceSharePermission", **given)
    found = call("ram", "ListResourceSharePermissions", resourceShareArn=arn)["permissions"]
    assert [one["arn"] for one in found] == [read_write]
    call("ram", "DisassociateResourceSharePermission", resourceShareArn=arn, permissionArn=read_write)
    assert call("ram", "ListResourceSharePermissions", resourceShareArn=arn) == {"permissions": []}


def test_what_cannot_be_shared(call: Call) -> None:
    arn = call("ram", "CreateResourceShare", name="s")["resourceShare"]["resourceShareArn"]
    share = {"service": "ram", "operation": "AssociateResourceShare", "resourceShareArn": arn}
    code, _ = refused(call, **share, resourceArns=["sessions"])
    assert code == "MalformedArnException"
    notebook = f"arn:aws:sagemaker:{REGION}:{CENTRAL}:notebook-instance/n"
    assert refused(call, **share, resourceArns=[notebook]) == (
        "MalformedArnException",
        "You cannot share the selected resource type.",
    )
    for absent in (GROUP, GROUP.replace(CENTRAL, CONSUMER)):
        assert refused(call, **share, resourceArns=[absent])[0] == "UnknownResourceException"
    assert refused(call, **share, principals=["nobody"])[0] == "InvalidParameterException"
    missing = arn[:-1] + "x"
    assert refused(call, "ram", "TagResource", resourceShareArn=missing, tags=[]) == (
        "UnknownResourceException",
        f"ResourceShare {missing} could not be found.",
    )
    assert ram_backends[CENTRAL][REGION].resource_shares[0].resource_arns == []


def test_notebook_round_trip(call: Call) -> None:
    given = {
        "NotebookInstanceName": "n",
        "InstanceType": "ml.t3.medium",
        "RoleArn": ROLE,
        "DirectInternetAccess": "Disabled",
        "RootAccess": "Disabled",
        "PlatformIdentifier": "notebook-al2-v2",
        "InstanceMetadataServiceConfiguration": {"MinimumInstanceMetadataServiceVersion": "2"},
        "VolumeSizeInGB": 10,
    }
    call("sagemaker", "CreateNotebookInstance", **given, Tags=[{"Key": "a", "Value": "1"}])
    shown = call("sagemaker", "DescribeNotebookInstance", NotebookInstanceName="n")
    assert {name: shown[name] for name in given} == given
    change = {"NotebookInstanceName": "n", "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}
    code, message = refused(call, "sagemaker", "UpdateNotebookInstance", **change)
    assert code == "ValidationException"
    assert message.startswith("Status (InService) not in ([Stopped, Failed]).")
    sagemaker_backends[CENTRAL][REGION].stop_notebook_instance("n")
    call("sagemaker", "UpdateNotebookInstance", **change)
    shown = call("sagemaker", "DescribeNotebookInstance", NotebookInstanceName="n")
    assert (shown["InstanceType"], shown["VolumeSizeInGB"], shown["RootAccess"]) == ("ml.m5.large", 20, "Disabled")
    assert call("sagemaker", "ListTags", ResourceArn=shown["NotebookInstanceArn"])["Tags"][0]["Value"] == "1"


def test_a_notebook_has_an_interface_in_its_subnet_as_long_as_it_is_there(call: Call) -> None:
    """API_CreateNotebookInstance and API_DescribeNotebookInstance: PlatformIdentifier's default, NetworkInterfaceId."""
    network = ec2_backends[CENTRAL][REGION]
    vpc = network.create_vpc("10.0.0.0/16")
    subnet = network.create_subnet(vpc.id, "10.0.0.0/24")
    group = network.create_security_group("g", "g", vpc_id=vpc.id)
    given = {"InstanceType": "ml.t3.medium", "RoleArn": ROLE, "SubnetId": subnet.id, "SecurityGroupIds": [group.id]}
    call("sagemaker", "CreateNotebookInstance", NotebookInstanceName="n", **given)
    shown = call("sagemaker", "DescribeNotebookInstance", NotebookInstanceName="n")
    assert shown["PlatformIdentifier"] == "notebook-al2023-v1"
    interface = network.enis[shown["NetworkInterfaceId"]]
    assert (interface.subnet.id, [one.id for one in interface.group_set]) == (subnet.id, [group.id])
    assert refused(call, "sagemaker", "DeleteNotebookInstance", NotebookInstanceName="n")[0] == "ValidationException"
    assert interface.id in network.enis
    sagemaker_backends[CENTRAL][REGION].stop_notebook_instance("n")
    call("sagemaker", "DeleteNotebookInstance", NotebookInstanceName="n")
    assert interface.id not in network.enis
    assert refused(call, "sagemaker", "DescribeNotebookInstance", NotebookInstanceName="n")[0] == "ValidationException"


def test_notebook_lifecycle_changes(call: Call) -> None:
    name = {"NotebookInstanceLifecycleConfigName": "l"}
    call("sagemaker", "CreateNotebookInstanceLifecycleConfig", **name, OnStart=[{"Content": "YQ=="}])
    call("sagemaker", "UpdateNotebookInstanceLifecycleConfig", **name, OnCreate=[{"Content": "Yg=="}])
    (stored,) = sagemaker_backends[CENTRAL][REGION].notebook_instance_lifecycle_configurations.values()
    assert (stored.on_start, stored.on_create) == ([], [{"Content": "Yg=="}])
    absent = {"NotebookInstanceLifecycleConfigName": "absent"}
    assert refused(call, "sagemaker", "UpdateNotebookInstanceLifecycleConfig", **absent)[0] == "ValidationException"


def test_models_show_no_parts_that_nobody_gave(call: Call) -> None:
    backend = sagemaker_backends[CENTRAL][REGION]
    backend.create_model("m", ROLE, {"Image": "i"}, {}, [], [])
    assert "VpcConfig" not in call("sagemaker", "DescribeModel", ModelName="m")
    with pytest.raises(ServiceError, match="Could not find model"):
        call("sagemaker", "DescribeModel", ModelName="absent")
    with pytest.raises(ServiceError, match="does not exist"):
        call("sagemaker", "DeleteModelPackageGroup", ModelPackageGroupName="absent")


@pytest.mark.parametrize("kind", ["Analytics", "IntelligentTiering", "Inventory", "Metrics"])
def test_bucket_configurations(call: Call, kind: str) -> None:
    where = {"Bucket": BUCKET, "Id": "all"}
    given = {"Id": "all", "Filter": {"Prefix": "a/"}}
    assert refused(call, "s3", f"GetBucket{kind}Configuration", **where)[0] == "NoSuchConfiguration"
    call("s3", f"PutBucket{kind}Configuration", **where, **{f"{kind}Configuration": given})
    assert call("s3", f"GetBucket{kind}Configuration", **where) == {f"{kind}Configuration": given}
    assert call("s3", f"ListBucket{kind}Configurations", Bucket=BUCKET)[f"{kind}ConfigurationList"] == [given]
    call("s3", f"DeleteBucket{kind}Configuration", **where)
    assert refused(call, "s3", f"DeleteBucket{kind}Configuration", **where)[0] == "NoSuchConfiguration"


def test_who_pays_for_requests(call: Call) -> None:
    assert call("s3", "GetBucketRequestPayment", Bucket=BUCKET) == {"Payer": "BucketOwner"}
    call("s3", "PutBucketRequestPayment", Bucket=BUCKET, RequestPaymentConfiguration={"Payer": "Requester"})
    assert call("s3", "GetBucketRequestPayment", Bucket=BUCKET) == {"Payer": "Requester"}
    wrong = {"Bucket": BUCKET, "RequestPaymentConfiguration": {"Payer": "Nobody"}}
    assert refused(call, "s3", "PutBucketRequestPayment", **wrong)[0] == "MalformedXML"


def test_a_role_keeps_what_an_update_does_not_name(call: Call) -> None:
    role = iam_backends[CENTRAL]["aws"].get_role("fs-offline-store")
    call("iam", "UpdateRole", RoleName="fs-offline-store", Description="kept")
    call("iam", "UpdateRole", RoleName="fs-offline-store", MaxSessionDuration=7200)
    assert (role.description, role.max_session_duration) == ("kept", "7200")
    assert (
        refused(call, "iam", "UpdateRole", RoleName="fs-offline-store", MaxSessionDuration=60)[0] == "ValidationError"
    )
    assert refused(call, "iam", "UpdateRole", RoleName="absent")[0] == "NoSuchEntity"


def test_client_ids_of_a_provider(call: Call, world: World) -> None:
    store = iam_backends[CENTRAL]["aws"]
    store.create_open_id_connect_provider("https://id.example.com", ["a" * 40], ["one"], {})
    call("iam", "AddClientIDToOpenIDConnectProvider", OpenIDConnectProviderArn=OIDC, ClientID="two")
    call("iam", "RemoveClientIDFromOpenIDConnectProvider", OpenIDConnectProviderArn=OIDC, ClientID="one")
    assert store.get_open_id_connect_provider(OIDC).client_id_list == ["two"]
    assert call("iam", "ListServiceSpecificCredentials") == {"ServiceSpecificCredentials": []}


def test_partition_indexes(call: Call, world: World) -> None:
    glue = glue_backends[CENTRAL][REGION]
    glue.create_database("d", {"Name": "d"}, {})
    glue.create_table("d", "t", {"Name": "t", "PartitionKeys": [{"Name": "year", "Type": "string"}]})
    where = {"DatabaseName": "d", "TableName": "t"}
    index = {"IndexName": "i", "Keys": ["year"]}
    call("glue", "CreatePartitionIndex", **where, PartitionIndex=index)
    (shown,) = call("glue", "GetPartitionIndexes", **where)["PartitionIndexDescriptorList"]
    assert (shown["Keys"], shown["IndexStatus"]) == ([{"Name": "year", "Type": "string"}], "ACTIVE")
    assert refused(call, "glue", "CreatePartitionIndex", **where, PartitionIndex=index)[0] == "AlreadyExistsException"
    wrong = {"IndexName": "j", "Keys": ["id"]}
    assert refused(call, "glue", "CreatePartitionIndex", **where, PartitionIndex=wrong)[0] == "InvalidInputException"
    call("glue", "DeletePartitionIndex", **where, IndexName="i")
    assert refused(call, "glue", "DeletePartitionIndex", **where, IndexName="i")[0] == "EntityNotFoundException"
    absent = {"DatabaseName": "d", "TableName": "absent"}
    assert refused(call, "glue", "GetPartitionIndexes", **absent)[0] == "EntityNotFoundException"


def test_named_queries_in_batches(call: Call) -> None:
    call("athena", "CreateWorkGroup", Name="w")
    query = athena_backends[CENTRAL][REGION].create_named_query("q", "", "d", "SELECT 1", "w")
    found = call("athena", "BatchGetNamedQuery", NamedQueryIds=[query, "absent"])
    assert [one["QueryString"] for one in found["NamedQueries"]] == ["SELECT 1"]
    assert [one["NamedQueryId"] for one in found["UnprocessedNamedQueryIds"]] == ["absent"]
    found = call("athena", "BatchGetPreparedStatement", WorkGroup="w", PreparedStatementNames=["absent"])
    assert [one["StatementName"] for one in found["UnprocessedPreparedStatementNames"]] == ["absent"]


def test_rotation_keeps_its_period(call: Call, world: World) -> None:
    key = kms_backends[CENTRAL][REGION].create_key("", "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "", {})
    assert call("kms", "GetKeyRotationStatus", KeyId=key.id)["KeyRotationEnabled"] is False
    call("kms", "EnableKeyRotation", KeyId=key.id)
    assert call("kms", "GetKeyRotationStatus", KeyId=key.arn)["RotationPeriodInDays"] == 365
    call("kms", "EnableKeyRotation", KeyId=key.id, RotationPeriodInDays=180)
    call("kms", "EnableKeyRotation", KeyId=key.id)
    assert call("kms", "GetKeyRotationStatus", KeyId=key.id)["RotationPeriodInDays"] == 180
    wrong = {"KeyId": key.id, "RotationPeriodInDays": 30}
    assert refused(call, "kms", "EnableKeyRotation", **wrong)[0] == "ValidationException"
    assert refused(call, "kms", "EnableKeyRotation", KeyId="absent")[0] == "NotFoundException"


def test_a_key_policy_needs_no_name(call: Call, world: World) -> None:
    key = kms_backends[CENTRAL][REGION].create_key("", "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "", {})
    call("kms", "PutKeyPolicy", KeyId=key.id, Policy='{"Id": "mine"}')
    assert call("kms", "GetKeyPolicy", KeyId=key.arn) == {"Policy": '{"Id": "mine"}', "PolicyName": "default"}
    code, message = refused(call, "kms", "GetKeyPolicy", KeyId=key.id, PolicyName="other")
    assert (code, message) == ("NotFoundException", "No such policy exists")


def test_multi_region_keys_have_ids_without_dashes(world: World) -> None:
    backend = kms_backends[CENTRAL][REGION]
    key = backend.create_key("", "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "", {}, multi_region=True)
    assert key.id.startswith("mrk-")
    assert len(key.id) == 36
    assert key.id.count("-") == 1


def test_a_queue_keeps_its_policy_and_reads_in_one_form(world: World) -> None:
    backend = sqs_backends[CENTRAL][REGION]
    backend.create_queue("dead", {})
    target = f"arn:aws:sqs:{REGION}:{CENTRAL}:dead"
    redrive = f'{{"deadLetterTargetArn":"{target}","maxReceiveCount":3}}'
    written = f'{{ "maxReceiveCount": 3, "deadLetterTargetArn": "{target}" }}'
    backend.create_queue("q", {}, RedrivePolicy=written, Policy='{"Statement": [{"Sid": "a"}]}')
    backend.set_queue_attributes("q", {"VisibilityTimeout": "60"})
    shown = backend.get_queue_attributes("q", ["All"])
    assert shown["RedrivePolicy"] == redrive
    assert '"Sid": "a"' in shown["Policy"]
    allowed = '{"redrivePermission":"denyAll"}'
    backend.set_queue_attributes("q", {"RedriveAllowPolicy": allowed})
    assert backend.get_queue_attributes("q", ["RedriveAllowPolicy"]) == {"RedriveAllowPolicy": allowed}
    backend.set_queue_attributes("q", {"RedriveAllowPolicy": ""})
    assert "RedriveAllowPolicy" not in backend.get_queue_attributes("q", ["All"])
    backend.set_queue_attributes("q", {"Policy": ""})
    assert not backend.get_queue_attributes("q", ["All"]).get("Policy")


def test_a_key_is_replicated_once_and_lives_for_itself(call: Call, world: World) -> None:
    backend = kms_backends[CENTRAL][REGION]
    key = backend.create_key(None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "first", [], multi_region=True)
    backend.create_alias(key.id, "alias/primary")
    given = {"KeyId": key.id, "ReplicaRegion": "us-east-1"}
    tags = [{"TagKey": "team", "TagValue": "search"}]
    made = call("kms", "ReplicateKey", **given, Description="second", Tags=tags)["ReplicaKeyMetadata"]
    assert made["Arn"] == key.arn.replace(REGION, "us-east-1")
    assert made["MultiRegionConfiguration"]["MultiRegionKeyType"] == "REPLICA"
    replica = kms_backends[CENTRAL]["us-east-1"].keys[key.id]
    assert (replica.description, key.description) == ("second", "first")
    assert (list(replica.aliases), list(key.aliases)) == ([], ["alias/primary"])
    shown = backend.describe_key(key.id).to_dict()["KeyMetadata"]["MultiRegionConfiguration"]
    assert shown["MultiRegionKeyType"] == "PRIMARY"
    assert [one["Region"] for one in shown["ReplicaKeys"]] == ["us-east-1"]
    assert refused(call, "kms", "ReplicateKey", **given)[0] == "AlreadyExistsException"
    single = backend.create_key(None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "", [])
    code, _ = refused(call, "kms", "ReplicateKey", KeyId=single.id, ReplicaRegion="us-east-1")
    assert code == "UnsupportedOperationException"


def test_a_replica_of_a_key_with_imported_material_waits_for_it(call: Call) -> None:
    backend = kms_backends[CENTRAL][REGION]
    key = backend.create_key(None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "", [], multi_region=True, origin="EXTERNAL")
    key.key_state, key.enabled = "Enabled", True
    made = call("kms", "ReplicateKey", KeyId=key.id, ReplicaRegion="us-east-1")["ReplicaKeyMetadata"]
    assert (made["KeyState"], made["Enabled"], key.key_state) == ("PendingImport", False, "Enabled")


def test_a_saml_provider_keeps_its_tags(call: Call) -> None:
    metadata = f"<EntityDescriptor>{'x' * 1000}</EntityDescriptor>"
    tags = [{"Key": "team", "Value": "search"}]
    given = {"Name": "okta", "SAMLMetadataDocument": metadata, "Tags": tags}
    arn = call("iam", "CreateSAMLProvider", **given)["SAMLProviderArn"]
    assert refused(call, "iam", "CreateSAMLProvider", **given)[0] == "EntityAlreadyExists"
    assert refused(call, "iam", "CreateSAMLProvider", Name="o", SAMLMetadataDocument="<x/>")[0] == "ValidationError"
    call("iam", "TagSAMLProvider", SAMLProviderArn=arn, Tags=[{"Key": "a", "Value": "b"}])
    call("iam", "UntagSAMLProvider", SAMLProviderArn=arn, TagKeys=["team"])
    shown = call("iam", "GetSAMLProvider", SAMLProviderArn=arn)
    assert (shown["SAMLMetadataDocument"], shown["Tags"]) == (metadata, [{"Key": "a", "Value": "b"}])
    assert call("iam", "ListSAMLProviderTags", SAMLProviderArn=arn)["Tags"] == shown["Tags"]
    assert refused(call, "iam", "GetSAMLProvider", SAMLProviderArn=f"{arn}x")[0] == "NoSuchEntity"


def test_a_renamed_user_keeps_its_tags(call: Call) -> None:
    backend = iam_backends[CENTRAL]["aws"]
    for name in ("ann", "bob"):
        call("iam", "CreateUser", UserName=name, Tags=[{"Key": "name", "Value": name}])
    call("iam", "UpdateUser", UserName="ann", NewUserName="eve", NewPath="/team/")
    assert backend.get_user("eve").arn.endswith(":user/team/eve")
    assert backend.list_user_tags("eve") == [{"Key": "name", "Value": "ann"}]
    assert refused(call, "iam", "UpdateUser", UserName="eve", NewUserName="bob")[0] == "EntityAlreadyExists"
    assert refused(call, "iam", "UpdateUser", UserName="ann", NewPath="/")[0] == "NoSuchEntity"
