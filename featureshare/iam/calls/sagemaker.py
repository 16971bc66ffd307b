"""SageMaker beyond Feature Store: tags, notebook instances, and jobs that are given a role."""

from collections.abc import Iterator, Mapping

from featureshare.iam.calls.keys import key_check
from featureshare.iam.calls.model import Check
from featureshare.iam.calls.registry import (
    SAR,
    Answer,
    Context,
    Scope,
    Table,
    as_text,
    both,
    entries,
    on,
    pass_role,
    request_tags,
    tags_in,
    untags_in,
)

_PAGE = SAR + "list_amazonsagemaker.html"
_ROLES = "https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html"
_HERE = "arn:{partition}:sagemaker:{region}:{account}:"
_NOTEBOOK = _HERE + "notebook-instance/{NotebookInstanceName}"
_LIFECYCLE = _HERE + "notebook-instance-lifecycle-config/{NotebookInstanceLifecycleConfigName}"
_MODEL = _HERE + "model/{ModelName}"
_ENDPOINT_CONFIG = _HERE + "endpoint-config/{EndpointConfigName}"
_ENDPOINT = _HERE + "endpoint/{EndpointName}"
_PACKAGES = _HERE + "model-package-group/{ModelPackageGroupName}"
_PROCESSING = _HERE + "processing-job/{ProcessingJobName}"
_TRAINING = _HERE + "training-job/{TrainingJobName}"


def _create(operation: str, template: str, parameters: Mapping[str, str]) -> Answer:
    """A creation: its action with the condition keys of the request, and sagemaker:AddTags for tags at birth."""

    def checks(scope: Scope) -> Iterator[Check]:
        resource = scope.fill(template)
        tags = request_tags(scope.get("Tags"))
        context: Context = dict(tags)
        for parameter, key in parameters.items():
            value = scope.get(parameter)
            if isinstance(value, list | tuple):
                context[key] = tuple(str(one) for one in value)
            elif value is not None:
                context[key] = as_text(value)
        yield Check(f"sagemaker:{operation}", resource, scope.call.account, context, new=True)
        if tags:
            tagged: Context = {**tags, "sagemaker:TaggingAction": operation}
            yield Check("sagemaker:AddTags", resource, scope.call.account, tagged, new=True)

    return checks


_NOTEBOOK_KEYS = {
    "DirectInternetAccess": "sagemaker:DirectInternetAccess",
    "InstanceType": "sagemaker:InstanceTypes",
    "KmsKeyId": "sagemaker:VolumeKmsKeyArn",
    "RootAccess": "sagemaker:RootAccess",
    "SecurityGroupIds": "sagemaker:VpcSecurityGroupIds",
    "SubnetId": "sagemaker:VpcSubnets",
}
_MODEL_KEYS = {
    "EnableNetworkIsolation": "sagemaker:NetworkIsolation",
    "VpcConfig.SecurityGroupIds": "sagemaker:VpcSecurityGroupIds",
    "VpcConfig.Subnets": "sagemaker:VpcSubnets",
}
_PROCESSING_KEYS = {
    "NetworkConfig.EnableNetworkIsolation": "sagemaker:NetworkIsolation",
    "ProcessingOutputConfig.KmsKeyId": "sagemaker:OutputKmsKeyArn",
    "ProcessingResources.ClusterConfig.InstanceType": "sagemaker:InstanceTypes",
    "ProcessingResources.ClusterConfig.VolumeKmsKeyId": "sagemaker:VolumeKmsKeyArn",
}
_TRAINING_KEYS = {
    "EnableInterContainerTrafficEncryption": "sagemaker:InterContainerTrafficEncryption",
    "EnableNetworkIsolation": "sagemaker:NetworkIsolation",
    "OutputDataConfig.KmsKeyId": "sagemaker:OutputKmsKeyArn",
    "ResourceConfig.InstanceType": "sagemaker:InstanceTypes",
    "ResourceConfig.VolumeKmsKeyId": "sagemaker:VolumeKmsKeyArn",
}


def _volume_key(scope: Scope) -> Iterator[Check]:
    """What SageMaker asks of the caller about the key of a notebook's volume."""
    if key := scope.get("KmsKeyId"):
        for action in ("kms:CreateGrant", "kms:DescribeKey"):
            yield key_check(scope, action, str(key), via="sagemaker", source=_ROLES)


def _interface(scope: Scope) -> Iterator[Check]:
    """What SageMaker asks of the caller about a notebook's place in a VPC."""
    if subnet := scope.get("SubnetId"):
        account = scope.call.account
        places = [f"subnet/{subnet}", "network-interface/*"]
        places += [f"security-group/{group}" for group in scope.get("SecurityGroupIds") or ()]
        for place in places:
            yield Check("ec2:CreateNetworkInterface", scope.arn("ec2", place), account, {}, source=_ROLES)
        for action in ("ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"):
            yield Check(action, "*", account, {}, source=_ROLES)


TABLE: Table = {
    **entries(
        _PAGE,
        {
            "AddTags": on("sagemaker:AddTags", "{ResourceArn}", keys=tags_in("Tags")),
            "CreateNotebookInstanceLifecycleConfig": _create("CreateNotebookInstanceLifecycleConfig", _LIFECYCLE, {}),
            "CreateEndpoint": both(
                _create("CreateEndpoint", _ENDPOINT, {}), on("sagemaker:CreateEndpoint", _ENDPOINT_CONFIG)
            ),
            "CreateEndpointConfig": _create("CreateEndpointConfig", _ENDPOINT_CONFIG, {}),
            "CreateModelPackageGroup": _create("CreateModelPackageGroup", _PACKAGES, {}),
            **{
                f"{verb}ModelPackageGroupPolicy": on(f"sagemaker:{verb}ModelPackageGroupPolicy", _PACKAGES)
                for verb in ("Delete", "Get", "Put")
            },
            "DeleteEndpoint": on("sagemaker:DeleteEndpoint", _ENDPOINT),
            "DeleteEndpointConfig": on("sagemaker:DeleteEndpointConfig", _ENDPOINT_CONFIG),
            "DeleteModel": on("sagemaker:DeleteModel", _MODEL),
            "DeleteModelPackageGroup": on("sagemaker:DeleteModelPackageGroup", _PACKAGES),
            "DescribeEndpoint": on("sagemaker:DescribeEndpoint", _ENDPOINT),
            "DescribeEndpointConfig": on("sagemaker:DescribeEndpointConfig", _ENDPOINT_CONFIG),
            "DescribeModel": on("sagemaker:DescribeModel", _MODEL),
            "DescribeModelPackageGroup": on("sagemaker:DescribeModelPackageGroup", _PACKAGES),
            "ListEndpointConfigs": on("sagemaker:ListEndpointConfigs"),
            "ListEndpoints": on("sagemaker:ListEndpoints"),
            "ListModelPackageGroups": on("sagemaker:ListModelPackageGroups"),
            "ListModels": on("sagemaker:ListModels"),
            "UpdateEndpoint": on("sagemaker:UpdateEndpoint", _ENDPOINT, _ENDPOINT_CONFIG),
            "CreatePresignedNotebookInstanceUrl": on("sagemaker:CreatePresignedNotebookInstanceUrl", _NOTEBOOK),
            "DeleteNotebookInstance": on("sagemaker:DeleteNotebookInstance", _NOTEBOOK),
            "DeleteNotebookInstanceLifecycleConfig": on("sagemaker:DeleteNotebookInstanceLifecycleConfig", _LIFECYCLE),
            "DeleteTags": on("sagemaker:DeleteTags", "{ResourceArn}", keys=untags_in("TagKeys")),
            "DescribeNotebookInstance": on("sagemaker:DescribeNotebookInstance", _NOTEBOOK),
            "DescribeNotebookInstanceLifecycleConfig": on(
                "sagemaker:DescribeNotebookInstanceLifecycleConfig", _LIFECYCLE
            ),
            "DescribeProcessingJob": on("sagemaker:DescribeProcessingJob", _PROCESSING),
            "DescribeTrainingJob": on("sagemaker:DescribeTrainingJob", _TRAINING),
            "ListNotebookInstanceLifecycleConfigs": on("sagemaker:ListNotebookInstanceLifecycleConfigs"),
            "ListNotebookInstances": on("sagemaker:ListNotebookInstances"),
            "ListProcessingJobs": on("sagemaker:ListProcessingJobs"),
            "ListTags": on("sagemaker:ListTags", "{ResourceArn}"),
            "ListTrainingJobs": on("sagemaker:ListTrainingJobs"),
            "StartNotebookInstance": on("sagemaker:StartNotebookInstance", _NOTEBOOK),
            "StopNotebookInstance": on("sagemaker:StopNotebookInstance", _NOTEBOOK),
            "StopProcessingJob": on("sagemaker:StopProcessingJob", _PROCESSING),
            "StopTrainingJob": on("sagemaker:StopTrainingJob", _TRAINING),
            "UpdateNotebookInstanceLifecycleConfig": on("sagemaker:UpdateNotebookInstanceLifecycleConfig", _LIFECYCLE),
        },
    ),
    **entries(
        _ROLES,
        {
            "CreateModel": both(
                _create("CreateModel", _MODEL, _MODEL_KEYS), pass_role("ExecutionRoleArn", "sagemaker.amazonaws.com")
            ),
            "CreateNotebookInstance": both(
                _create("CreateNotebookInstance", _NOTEBOOK, _NOTEBOOK_KEYS),
                pass_role("RoleArn", "sagemaker.amazonaws.com"),
                _volume_key,
                _interface,
            ),
            "CreateProcessingJob": both(
                _create("CreateProcessingJob", _PROCESSING, _PROCESSING_KEYS),
                pass_role("RoleArn", "sagemaker.amazonaws.com"),
            ),
            "CreateTrainingJob": both(
                _create("CreateTrainingJob", _TRAINING, _TRAINING_KEYS),
                pass_role("RoleArn", "sagemaker.amazonaws.com"),
            ),
            "UpdateNotebookInstance": both(
                on("sagemaker:UpdateNotebookInstance", _NOTEBOOK),
                pass_role("RoleArn", "sagemaker.amazonaws.com"),
            ),
        },
    ),
}
