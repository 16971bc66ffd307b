"""Tags of SageMaker resources: feature groups here, the rest in moto, which knows tags of some kinds only."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from moto.core.exceptions import ServiceException
from moto.sagemaker.models import sagemaker_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services.constraints import check_input
from featureshare.localaws.services.grouprules import MAX_TAGS
from featureshare.localaws.services.paging import page
from featureshare.localaws.services.state import require

_OWN = "featureshare_tags"
_lock = threading.Lock()


def add_tags(call: Invocation) -> dict[str, Any]:
    check_input("sagemaker", "AddTags", call.params)
    given = {tag["Key"]: tag["Value"] for tag in call.params["Tags"]}
    if any(key.lower().startswith("aws:") for key in given):
        raise ServiceError("ValidationException", "Tag keys must not start with aws:")
    arn = call.params["ResourceArn"]
    with _lock:
        merged = {**_read(call, arn), **given}
        if len(merged) > MAX_TAGS:
            raise ServiceError("ValidationException", f"A resource can have at most {MAX_TAGS} tags")
        _write(call, arn, merged)
    return {"Tags": _listed(merged)}


def delete_tags(call: Invocation) -> dict[str, Any]:
    check_input("sagemaker", "DeleteTags", call.params)
    arn, gone = call.params["ResourceArn"], set(call.params["TagKeys"])
    with _lock:
        _write(call, arn, {key: value for key, value in _read(call, arn).items() if key not in gone})
    return {}


def list_tags(call: Invocation) -> dict[str, Any]:
    check_input("sagemaker", "ListTags", call.params)
    tags = _listed(_read(call, call.params["ResourceArn"]))
    shown, token = page(tags, call.params.get("NextToken"), call.params.get("MaxResults") or MAX_TAGS)
    return {"Tags": list(shown), **({"NextToken": token} if token else {})}


def remember(account: str, region: str, arn: str, tags: Sequence[Mapping[str, str]] | None) -> None:
    """Keeps the tags of a new resource of a kind that moto keeps none of."""
    _own(account, region)[arn] = {tag["Key"]: tag["Value"] for tag in tags or ()}


def tags_of(account: str, region: str, arn: str) -> dict[str, str]:
    """The tags of a SageMaker resource that is no feature group; none where there is no such resource."""
    try:
        return _of_other(account, region, arn)
    except ServiceError:
        return {}


def _read(call: Invocation, arn: str) -> dict[str, str]:
    if ":feature-group/" in arn:
        return dict(require(arn, call.account, call.region).tags)
    return _of_other(call.account, call.region, arn)


def _of_other(account: str, region: str, arn: str) -> dict[str, str]:
    own = _own(account, region).get(arn)
    if own is not None:
        return dict(own)
    resource = _moto_resource(account, region, arn)
    return {tag["Key"]: tag["Value"] for tag in getattr(resource, "tags", None) or ()}


def _write(call: Invocation, arn: str, tags: dict[str, str]) -> None:
    if ":feature-group/" in arn:
        group = require(arn, call.account, call.region)
        with group.lock:
            group.tags = tags
        return
    resource = _moto_resource(call.account, call.region, arn)
    if resource is not None and hasattr(resource, "tags") and arn not in _own(call.account, call.region):
        resource.tags = _listed(tags)
    else:
        _own(call.account, call.region)[arn] = tags


def _moto_resource(account: str, region: str, arn: str) -> Any:
    """moto's resource behind an ARN; None for kinds whose tags moto does not keep. Raises ServiceError."""
    backend = sagemaker_backends[account][region]
    try:
        return backend._get_resource_from_arn(arn)
    except ServiceException as error:
        raise ServiceError(error.code, error.message) from None
    except (AttributeError, KeyError, ValueError, IndexError):
        return None


def _own(account: str, region: str) -> dict[str, dict[str, str]]:
    """Tags by ARN of resources whose kind moto keeps no tags of; on moto's backend, so that a reset drops them."""
    backend = sagemaker_backends[account][region]
    found: dict[str, dict[str, str]] = backend.__dict__.setdefault(_OWN, {})
    return found


def _listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


HANDLERS: dict[tuple[str, str], Handler] = {
    ("sagemaker", "AddTags"): add_tags,
    ("sagemaker", "DeleteTags"): delete_tags,
    ("sagemaker", "ListTags"): list_tags,
}
