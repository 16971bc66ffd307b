"""ECR's rules about images of other registries, which moto lacks. No image is pulled through here."""

from typing import Any

from moto.core.utils import utcnow
from moto.ecr.models import ecr_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services.paging import page

_RULES, _MOST = "featureshare-pull-through", 100
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
_OPEN = {
    "public.ecr.aws": "ecr-public",
    "quay.io": "quay",
    "registry.k8s.io": "k8s",
}
_WITH_SECRET = {
    "ghcr.io": "github-container-registry",
    "registry-1.docker.io": "docker-hub",
    "registry.gitlab.com": "gitlab-container-registry",
}


def create_rule(call: Invocation) -> dict[str, Any]:
    """A rule that a prefix stands for another registry; some of them need a secret."""
    prefix, upstream = str(call.params["ecrRepositoryPrefix"]), str(call.params["upstreamRegistryUrl"])
    if prefix in _kept(call):
        raise ServiceError(
            "PullThroughCacheRuleAlreadyExistsException", f"A rule with the prefix '{prefix}' already exists."
        )
    if upstream in _WITH_SECRET and not call.params.get("credentialArn"):
        raise ServiceError("InvalidParameterException", f"The registry {upstream} needs credentialArn.")
    given = {name: value for name, value in call.params.items() if value is not None and name != "registryId"}
    kind = {**_OPEN, **_WITH_SECRET}.get(upstream) or given.get("upstreamRegistry") or "ecr"
    now = utcnow()
    _kept(call)[prefix] = {
        **{**given, "upstreamRegistry": kind, "registryId": call.account},
        **{"createdAt": now, "updatedAt": now},
    }
    return _shown(call, prefix)


def describe_rules(call: Invocation) -> dict[str, Any]:
    wanted = call.params.get("ecrRepositoryPrefixes")
    if missing := [prefix for prefix in wanted or () if prefix not in _kept(call)]:
        raise _unknown(missing[0])
    found = [one for prefix, one in _kept(call).items() if not wanted or prefix in wanted]
    shown, token = page(found, call.params.get("nextToken"), call.params.get("maxResults") or _MOST)
    return {"pullThroughCacheRules": list(shown), **({"nextToken": token} if token else {})}


def update_rule(call: Invocation) -> dict[str, Any]:
    found = _rule(call)
    members = ("credentialArn", "customRoleArn")
    found.update({name: call.params[name] for name in members if call.params.get(name) is not None})
    found["updatedAt"] = utcnow()
    return {name: value for name, value in found.items() if name not in ("createdAt", "upstreamRegistry")}


def delete_rule(call: Invocation) -> dict[str, Any]:
    shown = _shown(call, _rule(call)["ecrRepositoryPrefix"])
    del _kept(call)[shown["ecrRepositoryPrefix"]]
    return shown


def _shown(call: Invocation, prefix: str) -> dict[str, Any]:
    return {name: value for name, value in _kept(call)[prefix].items() if name != "updatedAt"}


def _rule(call: Invocation) -> dict[str, Any]:
    prefix = str(call.params["ecrRepositoryPrefix"])
    found: dict[str, Any] | None = _kept(call).get(prefix)
    if found is None:
        raise _unknown(prefix)
    return found


def _unknown(prefix: str) -> ServiceError:
    return ServiceError("PullThroughCacheRuleNotFoundException", f"There is no rule with the prefix '{prefix}'.")


def _kept(call: Invocation) -> dict[str, dict[str, Any]]:
    held: dict[str, dict[str, Any]] = ecr_backends[call.account][call.region].__dict__.setdefault(_RULES, {})
    return held


HANDLERS: dict[tuple[str, str], Handler] = {
    ("ecr", "CreatePullThroughCacheRule"): create_rule,
    ("ecr", "DeletePullThroughCacheRule"): delete_rule,
    ("ecr", "DescribePullThroughCacheRules"): describe_rules,
    ("ecr", "UpdatePullThroughCacheRule"): update_rule,
}
