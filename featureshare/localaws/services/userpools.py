"""Tags of Cognito's user pools, which moto keeps and cannot change."""

from typing import Any

from moto.cognitoidp.models import cognitoidp_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.patches.cognito import TAGS


def list_tags(call: Invocation) -> dict[str, Any]:
    return {"Tags": dict(_pool(call).extended_config.get(TAGS) or {})}


def tag(call: Invocation) -> dict[str, Any]:
    config = _pool(call).extended_config
    config[TAGS] = {**(config.get(TAGS) or {}), **call.params["Tags"]}
    return {}


def untag(call: Invocation) -> dict[str, Any]:
    config, gone = _pool(call).extended_config, set(call.params["TagKeys"])
    config[TAGS] = {key: value for key, value in (config.get(TAGS) or {}).items() if key not in gone}
    return {}


def _pool(call: Invocation) -> Any:
    arn = str(call.params["ResourceArn"])
    for pool in cognitoidp_backends[call.account][call.region].user_pools.values():
        if pool.arn == arn:
            return pool
    raise ServiceError("ResourceNotFoundException", f"User pool {arn.rpartition('/')[2]} does not exist.")


HANDLERS: dict[tuple[str, str], Handler] = {
    ("cognito-idp", "ListTagsForResource"): list_tags,
    ("cognito-idp", "TagResource"): tag,
    ("cognito-idp", "UntagResource"): untag,
}
