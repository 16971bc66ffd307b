"""Models, endpoint configurations and endpoints keep what they are given."""

from typing import Any

from services_world import ROLE, Call
from test_services_studio import refused

IMAGE = {"Image": "x", "ContainerHostname": "a"}
VARIANT = {"VariantName": "main", "ModelName": "m", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}


def model(call: Call, **more: Any) -> None:
    call("sagemaker", "CreateModel", ModelName="m", ExecutionRoleArn=ROLE, Containers=[IMAGE], **more)


def test_a_model_keeps_its_isolation_and_order(call: Call) -> None:
    model(call, EnableNetworkIsolation=True, InferenceExecutionConfig={"Mode": "Serial"})
    shown = call("sagemaker", "DescribeModel", ModelName="m")
    assert (shown["EnableNetworkIsolation"], shown["InferenceExecutionConfig"]) == (True, {"Mode": "Serial"})
    assert refused(call, "CreateModel", ModelName="m", ExecutionRoleArn=ROLE) == "ValidationException"


def test_shadows_are_variants_of_known_models(call: Call) -> None:
    model(call)
    config = {"EndpointConfigName": "c", "ProductionVariants": [VARIANT]}
    unknown = [{**VARIANT, "ModelName": "x"}]
    assert refused(call, "CreateEndpointConfig", **config, ShadowProductionVariants=unknown) == "ValidationException"
    shadows = [{**VARIANT, "VariantName": "shadow"}]
    call("sagemaker", "CreateEndpointConfig", **config, ShadowProductionVariants=shadows)
    assert call("sagemaker", "DescribeEndpointConfig", EndpointConfigName="c")["ShadowProductionVariants"] == shadows
    assert refused(call, "CreateEndpointConfig", **config) == "ValidationException"


def test_an_endpoint_shows_how_it_was_last_deployed(call: Call) -> None:
    model(call)
    call("sagemaker", "CreateEndpointConfig", EndpointConfigName="c", ProductionVariants=[VARIANT])
    one = {"EndpointName": "e", "EndpointConfigName": "c"}
    deployment = {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]}}
    call("sagemaker", "CreateEndpoint", **one, DeploymentConfig=deployment)
    assert call("sagemaker", "DescribeEndpoint", EndpointName="e")["LastDeploymentConfig"] == deployment
    assert refused(call, "CreateEndpoint", **one) == "ValidationException"
    call("sagemaker", "UpdateEndpoint", **one, RetainDeploymentConfig=True)
    assert call("sagemaker", "DescribeEndpoint", EndpointName="e")["LastDeploymentConfig"] == deployment
    call("sagemaker", "UpdateEndpoint", **one)
    assert "LastDeploymentConfig" not in call("sagemaker", "DescribeEndpoint", EndpointName="e")


def test_a_quality_job_shows_what_it_was_given_and_how_it_reads(call: Call) -> None:
    resources = {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}}
    output = {"MonitoringOutputs": [{"S3Output": {"S3Uri": "s3://q/", "LocalPath": "/opt"}}]}
    call(
        "sagemaker",
        "CreateDataQualityJobDefinition",
        JobDefinitionName="q",
        DataQualityAppSpecification={"ImageUri": "x"},
        DataQualityJobInput={"EndpointInput": {"EndpointName": "e", "LocalPath": "/opt"}},
        DataQualityJobOutputConfig=output,
        JobResources=resources,
        RoleArn=ROLE,
    )
    shown = call("sagemaker", "DescribeDataQualityJobDefinition", JobDefinitionName="q")
    assert shown["DataQualityJobInput"]["EndpointInput"]["S3InputMode"] == "File"
    assert (shown["JobResources"], "NetworkConfig" in shown) == (resources, False)
    call("sagemaker", "DeleteDataQualityJobDefinition", JobDefinitionName="q")
    assert refused(call, "DescribeDataQualityJobDefinition", JobDefinitionName="q") == "ValidationException"
