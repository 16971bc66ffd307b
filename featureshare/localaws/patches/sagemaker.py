"""moto's SageMaker: machines are the ones of the service model that botocore brings; moto's own lists are years old.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
"""

from collections.abc import Callable
from typing import Any

from moto.sagemaker import models
from moto.sagemaker.exceptions import ValidationError

from featureshare.localaws.services.constraints import enumerated

# class of moto, its check -> the enumeration of the service model
_CHECKED = (
    (models.FakeEndpointConfig, "validate_instance_type", "ProductionVariantInstanceType"),
    (models.FakeSagemakerNotebookInstance, "validate_instance_type", "InstanceType"),
    (models.Cluster, "valid_cluster_node_instance_types", "ClusterInstanceType"),
)
_LISTED = (
    ("validate_supported_transform_instance_types", "TransformInstanceType"),
    ("validate_supported_realtime_inference_instance_types", "ProductionVariantInstanceType"),
)


def apply() -> None:
    for place, name, shape in _CHECKED:
        setattr(place, name, _one(shape))
    for name, shape in _LISTED:
        setattr(models.ModelPackage, name, staticmethod(_all(shape)))


def _one(shape: str) -> Callable[[Any, str], None]:
    def check(_: Any, instance_type: str) -> None:
        _require(instance_type, shape)

    return check


def _all(shape: str) -> Callable[[list[str]], None]:
    def check(instance_types: list[str]) -> None:
        for instance_type in instance_types:
            _require(instance_type, shape)

    return check


def _require(instance_type: str, shape: str) -> None:
    known = enumerated("sagemaker", shape)
    if instance_type not in known:
        raise ValidationError(
            message=f"1 validation error detected: Value '{instance_type}' at 'instanceType' failed to satisfy "
            f"constraint: Member must satisfy enum value set: [{', '.join(sorted(known))}]"
        )
