"""Application Auto Scaling: the tags of scalable targets, which moto does not keep."""

from typing import Any

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.core.exceptions import JsonRESTError

from featureshare.localaws.invocation import Handler, Invocation, ServiceError

_TAGS = "featureshare-tags"


def register_target(call: Invocation) -> dict[str, Any]:
    """Registers a target or changes it; moto does, its tags are kept here."""
    given = call.params
    none: Any = None
    try:
        target = applicationautoscaling_backends[call.account][call.region].register_scalable_target(
            given["ServiceNamespace"],
            given["ResourceId"],
            given["ScalableDimension"],
            min_capacity=given.get("MinCapacity"),
            max_capacity=given.get("MaxCapacity"),
            role_arn=given.get("RoleARN") or none,
            suspended_state=given.get("SuspendedState") or none,
        )
    except JsonRESTError as error:
        raise ServiceError(error.error_type, error.message) from None
    _tags(call).setdefault(target.arn, {}).update(given.get("Tags") or {})
    return {"ScalableTargetARN": target.arn}


def list_tags(call: Invocation) -> dict[str, Any]:
    return {"Tags": dict(_target(call))}


def tag(call: Invocation) -> dict[str, Any]:
    _target(call).update(call.params["Tags"])
    return {}


def untag(call: Invocation) -> dict[str, Any]:
    for key in call.params["TagKeys"]:
        _target(call).pop(key, None)
    return {}


def _target(call: Invocation) -> dict[str, str]:
    arn = str(call.params["ResourceARN"])
    if arn not in _tags(call):
        raise ServiceError("ResourceNotFoundException", f"No scalable target found for {arn}")
    return _tags(call)[arn]


def _tags(call: Invocation) -> dict[str, dict[str, str]]:
    backend = applicationautoscaling_backends[call.account][call.region]
    held: dict[str, dict[str, str]] = backend.__dict__.setdefault(_TAGS, {})
    return held


HANDLERS: dict[tuple[str, str], Handler] = {
    ("application-autoscaling", "RegisterScalableTarget"): register_target,
    ("application-autoscaling", "ListTagsForResource"): list_tags,
    ("application-autoscaling", "TagResource"): tag,
    ("application-autoscaling", "UntagResource"): untag,
}
