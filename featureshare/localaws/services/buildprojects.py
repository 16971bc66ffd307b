"""CodeBuild's projects, kept as they are given; moto keeps half of them, and lacks their changes. Nothing is built."""

from typing import Any

from moto.codebuild.models import codebuild_backends
from moto.core.utils import utcnow

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services.constraints import check_input
from featureshare.localaws.services.paging import page

_PROJECTS, _PAGE = "featureshare-projects", 100
_NO_SOURCE = "NO_SOURCE"


def create(call: Invocation) -> dict[str, Any]:
    """A project with AWS's defaults for what it does not say."""
    check_input("codebuild", call.operation, call.params, "InvalidInputException")
    name = str(call.params["name"])
    arn = f"arn:aws:codebuild:{call.region}:{call.account}:project/{name}"
    if name in _kept(call):
        raise ServiceError("ResourceAlreadyExistsException", f"Project already exists: {arn}")
    _check_source(call)
    now = utcnow()
    _kept(call)[name] = {
        **{"timeoutInMinutes": 60, "queuedTimeoutInMinutes": 480, "projectVisibility": "PRIVATE"},
        **{"encryptionKey": f"arn:aws:kms:{call.region}:{call.account}:alias/aws/s3", "cache": {"type": "NO_CACHE"}},
        **{"badge": {"badgeEnabled": bool(call.params.get("badgeEnabled"))}, **_given(call)},
        **{"arn": arn, "created": now, "lastModified": now},
    }
    return {"project": _kept(call)[name]}


def update(call: Invocation) -> dict[str, Any]:
    """Changes what is given."""
    found = _kept(call).get(str(call.params["name"]))
    if found is None:
        raise ServiceError("ResourceNotFoundException", f"Project cannot be found: {call.params['name']}")
    _check_source(call)
    found.update(_given(call), lastModified=utcnow())
    if call.params.get("badgeEnabled") is not None:
        found["badge"] = {"badgeEnabled": bool(call.params["badgeEnabled"])}
    return {"project": found}


def batch_get(call: Invocation) -> dict[str, Any]:
    """Projects by name or ARN; one that is not there is reported beside those that are."""
    named = {str(name): _kept(call).get(str(name).rpartition("/")[2]) for name in call.params["names"]}
    found = [one for one in named.values() if one is not None]
    return {"projects": found, "projectsNotFound": [name for name, one in named.items() if one is None]}


def delete(call: Invocation) -> dict[str, Any]:
    _kept(call).pop(str(call.params["name"]).rpartition("/")[2], None)
    return {}


def list_projects(call: Invocation) -> dict[str, Any]:
    shown, token = page(sorted(_kept(call)), call.params.get("nextToken"), _PAGE, "InvalidInputException")
    return {"projects": list(shown), **({"nextToken": token} if token else {})}


def _check_source(call: Invocation) -> None:
    source = call.params.get("source") or {}
    if source.get("type") == _NO_SOURCE and not source.get("buildspec"):
        raise ServiceError("InvalidInputException", "A project without a source needs a buildspec.")


def _given(call: Invocation) -> dict[str, Any]:
    without = ("badgeEnabled",)
    return {name: value for name, value in call.params.items() if value is not None and name not in without}


def _kept(call: Invocation) -> dict[str, dict[str, Any]]:
    held: dict[str, dict[str, Any]] = codebuild_backends[call.account][call.region].__dict__.setdefault(_PROJECTS, {})
    return held


HANDLERS: dict[tuple[str, str], Handler] = {
    ("codebuild", "BatchGetProjects"): batch_get,
    ("codebuild", "CreateProject"): create,
    ("codebuild", "DeleteProject"): delete,
    ("codebuild", "ListProjects"): list_projects,
    ("codebuild", "UpdateProject"): update,
}
