"""SageMaker code repositories, user profiles and policies of model package groups, which moto lacks."""

from typing import Any

from moto.core.utils import utcnow
from moto.sagemaker.models import sagemaker_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services import tags

_KEPT = "featureshare-studio"


def create_code_repository(call: Invocation) -> dict[str, Any]:
    name = str(call.params["CodeRepositoryName"])
    arn = f"arn:aws:sagemaker:{call.region}:{call.account}:code-repository/{name}"
    kept = _kept(call, "repositories")
    if name in kept:
        raise ServiceError("ValidationException", f"Cannot create already existing repository {arn}.")
    config = {"Branch": "main", **call.params["GitConfig"]}
    kept[name] = {"CodeRepositoryName": name, "CodeRepositoryArn": arn, **_born(), "GitConfig": config}
    tags.remember(call.account, call.region, arn, call.params.get("Tags"))
    return {"CodeRepositoryArn": arn}


def describe_code_repository(call: Invocation) -> dict[str, Any]:
    return _repository(call)


def update_code_repository(call: Invocation) -> dict[str, Any]:
    """Changes the secret, which is all that may change."""
    found = _repository(call)
    secret = (call.params.get("GitConfig") or {}).get("SecretArn")
    if secret is not None:
        found["GitConfig"] = {**found["GitConfig"], "SecretArn": secret}
    found["LastModifiedTime"] = utcnow()
    return {"CodeRepositoryArn": found["CodeRepositoryArn"]}


def delete_code_repository(call: Invocation) -> dict[str, Any]:
    _kept(call, "repositories").pop(_repository(call)["CodeRepositoryName"])
    return {}


def create_user_profile(call: Invocation) -> dict[str, Any]:
    domain, name = str(call.params["DomainId"]), str(call.params["UserProfileName"])
    domains = sagemaker_backends[call.account][call.region].domains.values()
    if domain not in {one.id for one in domains}:
        raise ServiceError("ResourceNotFound", f"Domain [{domain}] does not exist.")
    kept = _kept(call, "profiles")
    if (domain, name) in kept:
        raise ServiceError("ResourceInUse", f"UserProfile already exists with name {name} in domain {domain}.")
    arn = f"arn:aws:sagemaker:{call.region}:{call.account}:user-profile/{domain}/{name}"
    kept[domain, name] = {
        **{"DomainId": domain, "UserProfileArn": arn, "UserProfileName": name, "Status": "InService"},
        **_born(),
        "UserSettings": call.params.get("UserSettings") or {},
    }
    tags.remember(call.account, call.region, arn, call.params.get("Tags"))
    return {"UserProfileArn": arn}


def describe_user_profile(call: Invocation) -> dict[str, Any]:
    return _profile(call)


def update_user_profile(call: Invocation) -> dict[str, Any]:
    found = _profile(call)
    found["UserSettings"] = {**found["UserSettings"], **(call.params.get("UserSettings") or {})}
    found["LastModifiedTime"] = utcnow()
    return {"UserProfileArn": found["UserProfileArn"]}


def delete_user_profile(call: Invocation) -> dict[str, Any]:
    found = _profile(call)
    _kept(call, "profiles").pop((found["DomainId"], found["UserProfileName"]))
    return {}


def list_user_profiles(call: Invocation) -> dict[str, Any]:
    wanted = call.params.get("DomainIdEquals")
    names = ("DomainId", "UserProfileName", "Status", "CreationTime", "LastModifiedTime")
    found = [one for one in _kept(call, "profiles").values() if wanted in (None, one["DomainId"])]
    return {"UserProfiles": [{name: one[name] for name in names} for one in found]}


def put_model_package_group_policy(call: Invocation) -> dict[str, Any]:
    _kept(call, "policies")[_package_group(call)] = str(call.params["ResourcePolicy"])
    backend = sagemaker_backends[call.account][call.region]
    return {"ModelPackageGroupArn": backend.model_package_groups[_package_group(call)].arn}


def get_model_package_group_policy(call: Invocation) -> dict[str, Any]:
    found = _kept(call, "policies").get(_package_group(call))
    if found is None:
        raise ServiceError("ValidationException", f"Cannot find resource policy for {_package_group(call)}.")
    return {"ResourcePolicy": found}


def delete_model_package_group_policy(call: Invocation) -> dict[str, Any]:
    _kept(call, "policies").pop(_package_group(call), None)
    return {}


def _born() -> dict[str, Any]:
    now = utcnow()
    return {"CreationTime": now, "LastModifiedTime": now}


def _repository(call: Invocation) -> dict[str, Any]:
    name = str(call.params["CodeRepositoryName"])
    found: dict[str, Any] | None = _kept(call, "repositories").get(name)
    if found is None:
        raise ServiceError("ValidationException", f"Cannot find CodeRepository: {name}")
    return found


def _profile(call: Invocation) -> dict[str, Any]:
    name = str(call.params["UserProfileName"])
    found: dict[str, Any] | None = _kept(call, "profiles").get((str(call.params["DomainId"]), name))
    if found is None:
        raise ServiceError("ResourceNotFound", f"UserProfile [{name}] does not exist.")
    return found


def _package_group(call: Invocation) -> str:
    name = str(call.params["ModelPackageGroupName"]).rpartition("/")[2]
    if name not in sagemaker_backends[call.account][call.region].model_package_groups:
        raise ServiceError("ValidationException", f"ModelPackageGroup {name} does not exist.")
    return name


def _kept(call: Invocation, kind: str) -> dict[Any, Any]:
    """What is kept here of one kind, beside moto's own and gone with it."""
    held: dict[str, dict[Any, Any]] = sagemaker_backends[call.account][call.region].__dict__.setdefault(_KEPT, {})
    return held.setdefault(kind, {})


HANDLERS: dict[tuple[str, str], Handler] = {
    ("sagemaker", name): handler
    for name, handler in {
        "CreateCodeRepository": create_code_repository,
        "CreateUserProfile": create_user_profile,
        "DeleteCodeRepository": delete_code_repository,
        "DeleteModelPackageGroupPolicy": delete_model_package_group_policy,
        "DeleteUserProfile": delete_user_profile,
        "DescribeCodeRepository": describe_code_repository,
        "DescribeUserProfile": describe_user_profile,
        "GetModelPackageGroupPolicy": get_model_package_group_policy,
        "ListUserProfiles": list_user_profiles,
        "PutModelPackageGroupPolicy": put_model_package_group_policy,
        "UpdateCodeRepository": update_code_repository,
        "UpdateUserProfile": update_user_profile,
    }.items()
}
