"""SageMaker notebooks, models and endpoints: the members and operations that moto leaves out."""

from collections.abc import Mapping
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.utils import utcnow
from moto.sagemaker.models import sagemaker_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services import interfaces, tags

_KEPT = "featureshare"

# members of Create- and UpdateNotebookInstance -> attributes of moto's notebook instance
_CHANGEABLE = {
    "InstanceType": "instance_type",
    "RoleArn": "role_arn",
    "LifecycleConfigName": "lifecycle_config_name",
    "VolumeSizeInGB": "volume_size_in_gb",
    "DefaultCodeRepository": "default_code_repository",
    "AdditionalCodeRepositories": "additional_code_repositories",
    "AcceleratorTypes": "accelerator_types",
    "RootAccess": "root_access",
}
_REMOVALS = {
    "DisassociateLifecycleConfig": "lifecycle_config_name",
    "DisassociateDefaultCodeRepository": "default_code_repository",
    "DisassociateAdditionalCodeRepositories": "additional_code_repositories",
    "DisassociateAcceleratorTypes": "accelerator_types",
}
_EXTRA = ("PlatformIdentifier", "InstanceMetadataServiceConfiguration", "IpAddressType")
_ALWAYS = {  # API_CreateNotebookInstance
    "InstanceMetadataServiceConfiguration": {"MinimumInstanceMetadataServiceVersion": "1"},
    "PlatformIdentifier": "notebook-al2023-v1",
}


def create_notebook_instance(call: Invocation) -> dict[str, Any]:
    params = call.params
    given = {attribute: params[name] for name, attribute in _CHANGEABLE.items() if params.get(name) is not None}
    try:
        made = _backend(call).create_notebook_instance(
            notebook_instance_name=params["NotebookInstanceName"],
            subnet_id=params.get("SubnetId"),
            security_group_ids=params.get("SecurityGroupIds"),
            kms_key_id=params.get("KmsKeyId"),
            tags=list(params.get("Tags") or ()),
            direct_internet_access=params.get("DirectInternetAccess") or "Enabled",
            **{"root_access": "Enabled", **given},
        )
    except ServiceException as error:
        raise ServiceError(error.code, error.message) from None
    made.__dict__[_KEPT] = kept = _extras(params)
    groups = params.get("SecurityGroupIds") or ()
    purpose = f"[Do not delete] Network interface of the notebook instance {params['NotebookInstanceName']}"
    placed = interfaces.place(call.account, call.region, params.get("SubnetId"), groups, purpose)
    if placed:
        kept["NetworkInterfaceId"] = placed
    return {"NotebookInstanceArn": made.arn}


def delete_notebook_instance(call: Invocation) -> dict[str, Any]:
    """A notebook instance goes with its interface, without which its subnet could be deleted no more."""
    interface = _notebook(call).__dict__.get(_KEPT, {}).get("NetworkInterfaceId")
    try:
        _backend(call).delete_notebook_instance(call.params["NotebookInstanceName"])
    except ServiceException as error:
        raise ServiceError(error.code, error.message) from None
    interfaces.remove(call.account, call.region, interface)
    return {}


def update_notebook_instance(call: Invocation) -> dict[str, Any]:
    """Changes a stopped notebook instance."""
    params = call.params
    found = _notebook(call)
    if not found.is_deletable:
        raise ServiceError(
            "ValidationException",
            f"Status ({found.status}) not in ([Stopped, Failed]). Unable to transition to (Updating) for Notebook "
            f"Instance ({found.arn}).",
        )
    for name, attribute in _REMOVALS.items():
        if params.get(name):
            setattr(found, attribute, None)
    for name, attribute in _CHANGEABLE.items():
        if params.get(name) is not None:
            setattr(found, attribute, params[name])
    kept = found.__dict__.setdefault(_KEPT, {})
    kept.update(_extras(params))
    found.last_modified_time = utcnow()
    return {}


def describe_notebook_instance(call: Invocation) -> dict[str, Any]:
    found = _notebook(call)
    shown = {**found.to_dict(), **_ALWAYS, **found.__dict__.get(_KEPT, {})}
    return {name: value for name, value in shown.items() if value not in (None, [])}


def create_notebook_lifecycle(call: Invocation) -> dict[str, Any]:
    """A notebook lifecycle configuration with its tags, which moto does not keep."""
    params = call.params
    try:
        created = _backend(call).create_notebook_instance_lifecycle_config(
            notebook_instance_lifecycle_config_name=params["NotebookInstanceLifecycleConfigName"],
            on_create=list(params.get("OnCreate") or ()),
            on_start=list(params.get("OnStart") or ()),
        )
    except ServiceException as error:
        raise ServiceError(error.code, error.message) from None
    tags.remember(call.account, call.region, created.arn, params.get("Tags"))
    return {"NotebookInstanceLifecycleConfigArn": created.arn}


def update_notebook_lifecycle(call: Invocation) -> dict[str, Any]:
    name = call.params["NotebookInstanceLifecycleConfigName"]
    stored = _backend(call).notebook_instance_lifecycle_configurations
    found = next((one for one in stored.values() if one.notebook_instance_lifecycle_config_name == name), None)
    if found is None:
        raise ServiceError(
            "ValidationException",
            f"Unable to describe Notebook Instance Lifecycle Config '{name}'. Details: Notebook Instance Lifecycle "
            "Config does not exist.",
        )
    found.on_create = list(call.params.get("OnCreate") or ())
    found.on_start = list(call.params.get("OnStart") or ())
    found.last_modified_time = utcnow()
    return {}


def create_model(call: Invocation) -> dict[str, Any]:
    """A model with all that it is given; moto forgets its isolation and how its containers run."""
    params, name = call.params, str(call.params["ModelName"])
    _refuse_second(call, _backend(call)._models, "model", name)
    made = _backend(call).create_model(
        model_name=name,
        execution_role_arn=str(params.get("ExecutionRoleArn") or ""),
        primary_container=params.get("PrimaryContainer"),
        vpc_config=params.get("VpcConfig"),
        containers=params.get("Containers"),
        tags=list(params.get("Tags") or ()),
    )
    made.enable_network_isolation = bool(params.get("EnableNetworkIsolation"))
    _keep(made, params, "InferenceExecutionConfig")
    return {"ModelArn": made.arn}


def describe_model(call: Invocation) -> dict[str, Any]:
    """What moto answers, without the empty parts that nobody configured, and what it forgets."""
    shown = _shown(call, "describe_model", "ModelName", "VpcConfig", "Containers", "PrimaryContainer")
    return {**shown, **_kept(_backend(call)._models[call.params["ModelName"]])}


def create_endpoint_config(call: Invocation) -> dict[str, Any]:
    """A configuration with all that it is given; moto forgets the variants that shadow others."""
    params, name = call.params, str(call.params["EndpointConfigName"])
    _refuse_second(call, _backend(call).endpoint_configs, "endpoint-config", name)
    shadows = list(params.get("ShadowProductionVariants") or ())
    try:
        _backend(call).validate_production_variants(shadows)
        made = _backend(call).create_endpoint_config(
            endpoint_config_name=name,
            production_variants=list(params["ProductionVariants"]),
            data_capture_config=dict(params.get("DataCaptureConfig") or {}),
            async_inference_config=dict(params.get("AsyncInferenceConfig") or {}),
            tags=list(params.get("Tags") or ()),
            kms_key_id=params.get("KmsKeyId"),
        )
    except ServiceException as error:
        raise ServiceError(error.code, error.message) from None
    _keep(made, params, "ShadowProductionVariants", "ExplainerConfig", "VpcConfig", "EnableNetworkIsolation")
    return {"EndpointConfigArn": made.endpoint_config_arn}


def describe_endpoint_config(call: Invocation) -> dict[str, Any]:
    shown = _shown(
        call, "describe_endpoint_config", "EndpointConfigName", "DataCaptureConfig", "AsyncInferenceConfig", "KmsKeyId"
    )
    return {**shown, **_kept(_backend(call).endpoint_configs[call.params["EndpointConfigName"]])}


def create_endpoint(call: Invocation) -> dict[str, Any]:
    """An endpoint, which serves at once, and remembers how its deployments are to go."""
    params, name = call.params, str(call.params["EndpointName"])
    _refuse_second(call, _backend(call).endpoints, "endpoint", name)
    try:
        made = _backend(call).create_endpoint(name, params["EndpointConfigName"], list(params.get("Tags") or ()))
    except ServiceException as error:
        raise ServiceError(error.code, error.message) from None
    _deployed(made, params)
    return {"EndpointArn": made.arn}


def describe_endpoint(call: Invocation) -> dict[str, Any]:
    shown = _shown(call, "describe_endpoint", "EndpointName", "DataCaptureConfig")
    return {**shown, **_kept(_backend(call).endpoints[call.params["EndpointName"]])}


def update_endpoint(call: Invocation) -> dict[str, Any]:
    """Puts another configuration on an endpoint, which serves at once.

    Variants begin with what the configuration says; AWS keeps their weights and counts only when asked to
    (RetainAllVariantProperties).
    """
    backend, name = _backend(call), call.params["EndpointName"]
    found = backend.endpoints.get(name)
    if found is None:
        arn = f"arn:aws:sagemaker:{call.region}:{call.account}:endpoint/{name}"
        raise ServiceError("ValidationException", f"Could not find endpoint '{arn}'.")
    try:
        config = backend.describe_endpoint_config(call.params["EndpointConfigName"])
    except ServiceException as error:
        raise ServiceError(error.code, error.message) from None
    found.endpoint_config_name = call.params["EndpointConfigName"]
    if not call.params.get("RetainDeploymentConfig"):
        _deployed(found, call.params)
    if not call.params.get("RetainAllVariantProperties"):
        found.production_variants = found._process_production_variants(config["ProductionVariants"])
    found.last_modified_time = utcnow()
    return {"EndpointArn": found.arn}


def delete_model_package_group(call: Invocation) -> dict[str, Any]:
    groups = _backend(call).model_package_groups
    name = str(call.params["ModelPackageGroupName"]).rpartition("/")[2]
    if name not in groups:
        raise ServiceError("ValidationException", f"ModelPackageGroup {name} does not exist.")
    del groups[name]
    return {}


def _refuse_second(call: Invocation, held: Mapping[str, Any], kind: str, name: str) -> None:
    if name in held:
        arn = f"arn:aws:sagemaker:{call.region}:{call.account}:{kind}/{name}"
        raise ServiceError("ValidationException", f'Cannot create already existing {kind} "{arn}".')


def _deployed(endpoint: Any, params: Mapping[str, Any]) -> None:
    given = params.get("DeploymentConfig")
    endpoint.__dict__[_KEPT] = {"LastDeploymentConfig": dict(given)} if given else {}


def _keep(made: Any, params: Mapping[str, Any], *members: str) -> None:
    made.__dict__[_KEPT] = {member: params[member] for member in members if params.get(member) is not None}


def _kept(made: Any) -> dict[str, Any]:
    kept: dict[str, Any] = made.__dict__.get(_KEPT, {})
    return kept


def _shown(call: Invocation, operation: str, parameter: str, *optional: str) -> dict[str, Any]:
    try:
        found = getattr(_backend(call), operation)(call.params[parameter])
    except ServiceException as error:
        raise ServiceError(error.code, error.message) from None
    answer = dict(found if isinstance(found, Mapping) else found.response_object)
    return {name: value for name, value in answer.items() if name not in optional or value}


def _extras(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: params[name] for name in _EXTRA if params.get(name) is not None}


def _notebook(call: Invocation) -> Any:
    try:
        return _backend(call).get_notebook_instance(call.params["NotebookInstanceName"])
    except ServiceException as error:
        raise ServiceError(error.code, error.message) from None


def _backend(call: Invocation) -> Any:
    return sagemaker_backends[call.account][call.region]


HANDLERS: dict[tuple[str, str], Handler] = {
    ("sagemaker", operation): handler
    for operation, handler in {
        "CreateNotebookInstance": create_notebook_instance,
        "DeleteNotebookInstance": delete_notebook_instance,
        "UpdateNotebookInstance": update_notebook_instance,
        "DescribeNotebookInstance": describe_notebook_instance,
        "CreateNotebookInstanceLifecycleConfig": create_notebook_lifecycle,
        "UpdateNotebookInstanceLifecycleConfig": update_notebook_lifecycle,
        "CreateModel": create_model,
        "DescribeModel": describe_model,
        "CreateEndpoint": create_endpoint,
        "CreateEndpointConfig": create_endpoint_config,
        "DescribeEndpoint": describe_endpoint,
        "UpdateEndpoint": update_endpoint,
        "DescribeEndpointConfig": describe_endpoint_config,
        "DeleteModelPackageGroup": delete_model_package_group,
    }.items()
}
