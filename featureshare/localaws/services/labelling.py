"""SageMaker's human side, which moto lacks: workforces, teams, task templates; and the devices of edge fleets."""

import hashlib
from typing import Any

from moto.core.utils import utcnow
from moto.sagemaker.models import sagemaker_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services import studio, tags
from featureshare.localaws.services.constraints import check_input

_WORKFORCES, _TEAMS, _TEMPLATES, _DEVICES = (
    f"featureshare-{kind}" for kind in ("workforces", "workteams", "task-uis", "devices")
)
_CROWD = "private-crowd"


def create_workforce(call: Invocation) -> dict[str, Any]:
    """The one workforce that an account has in a Region."""
    check_input("sagemaker", call.operation, call.params)
    name = str(call.params["WorkforceName"])
    if _kept(call, _WORKFORCES):
        raise ServiceError("ResourceLimitExceeded", "An account can have one private workforce in a Region.")
    if (call.params.get("CognitoConfig") is None) == (call.params.get("OidcConfig") is None):
        raise ServiceError("ValidationException", "Give one of CognitoConfig and OidcConfig.")
    arn = _arn(call, "workforce", _CROWD, name)
    _kept(call, _WORKFORCES)[name] = {
        **_given(call, "Tags", "IpAddressType"),
        **{"WorkforceArn": arn, "Status": "Active", "SubDomain": f"{name}.labeling.{call.region}.sagemaker.aws"},
        **{"CreateDate": utcnow(), "LastUpdatedDate": utcnow()},
    }
    tags.remember(call.account, call.region, arn, call.params.get("Tags"))
    return {"WorkforceArn": arn}


def describe_workforce(call: Invocation) -> dict[str, Any]:
    found = dict(_workforce(call))
    if oidc := found.get("OidcConfig"):
        found["OidcConfig"] = {name: value for name, value in oidc.items() if name != "ClientSecret"}
    return {"Workforce": found}


def update_workforce(call: Invocation) -> dict[str, Any]:
    found = _workforce(call)
    found.update(_given(call, "WorkforceName"), LastUpdatedDate=utcnow())
    return describe_workforce(call)


def delete_workforce(call: Invocation) -> dict[str, Any]:
    """Deletes a workforce that no team is of."""
    found = _workforce(call)
    if teams := [name for name, team in _kept(call, _TEAMS).items() if team["WorkforceArn"] == found["WorkforceArn"]]:
        raise ServiceError("ValidationException", f"The workforce still has work teams: {', '.join(teams)}")
    del _kept(call, _WORKFORCES)[found["WorkforceName"]]
    return {}


def create_workteam(call: Invocation) -> dict[str, Any]:
    check_input("sagemaker", call.operation, call.params)
    name, arn = str(call.params["WorkteamName"]), _arn(call, "workteam", _CROWD, str(call.params["WorkteamName"]))
    if name in _kept(call, _TEAMS):
        raise ServiceError("ResourceInUse", f"The work team {arn} already exists.")
    named = call.params.get("WorkforceName")
    of = _workforce(call) if named else next(iter(_kept(call, _WORKFORCES).values()), None)
    if of is None:
        raise ServiceError("ValidationException", "No workforce found in this account.")
    _kept(call, _TEAMS)[name] = {
        **_given(call, "Tags", "WorkforceName"),
        **{"WorkteamArn": arn, "WorkforceArn": of["WorkforceArn"], "SubDomain": of["SubDomain"]},
        **{"CreateDate": utcnow(), "LastUpdatedDate": utcnow()},
    }
    tags.remember(call.account, call.region, arn, call.params.get("Tags"))
    return {"WorkteamArn": arn}


def describe_workteam(call: Invocation) -> dict[str, Any]:
    return {"Workteam": dict(_workteam(call))}


def update_workteam(call: Invocation) -> dict[str, Any]:
    check_input("sagemaker", call.operation, call.params)
    _workteam(call).update(_given(call, "WorkteamName"), LastUpdatedDate=utcnow())
    return describe_workteam(call)


def delete_workteam(call: Invocation) -> dict[str, Any]:
    del _kept(call, _TEAMS)[_workteam(call)["WorkteamName"]]
    return {"Success": True}


def create_template(call: Invocation) -> dict[str, Any]:
    """A worker task template. Its content is shown as an address and a digest only."""
    check_input("sagemaker", call.operation, call.params)
    name = str(call.params["HumanTaskUiName"])
    arn = _arn(call, "human-task-ui", name)
    if name in _kept(call, _TEMPLATES):
        raise ServiceError("ResourceInUse", f"HumanTaskUi already exists: {arn}")
    content = str(call.params["UiTemplate"]["Content"]).encode()
    _kept(call, _TEMPLATES)[name] = {
        **{"HumanTaskUiName": name, "HumanTaskUiArn": arn, "HumanTaskUiStatus": "Active", "CreationTime": utcnow()},
        "UiTemplate": {
            "Url": f"https://sagemaker-task-uis.s3.{call.region}.amazonaws.com/{call.account}/{name}",
            "ContentSha256": hashlib.sha256(content).hexdigest(),
        },
    }
    tags.remember(call.account, call.region, arn, call.params.get("Tags"))
    return {"HumanTaskUiArn": arn}


def describe_template(call: Invocation) -> dict[str, Any]:
    return dict(_found(call, _TEMPLATES, "HumanTaskUiName", "ResourceNotFound", "HumanTaskUi {} does not exist."))


def delete_template(call: Invocation) -> dict[str, Any]:
    del _kept(call, _TEMPLATES)[describe_template(call)["HumanTaskUiName"]]
    return {}


def register_devices(call: Invocation) -> dict[str, Any]:
    check_input("sagemaker", call.operation, call.params)
    fleet = studio.fleet(call, str(call.params["DeviceFleetName"]))
    for device in call.params["Devices"]:
        arn = f"{fleet['DeviceFleetArn']}/device/{device['DeviceName'].lower()}"
        _kept(call, _DEVICES)[fleet["DeviceFleetName"], device["DeviceName"]] = {
            **{member: value for member, value in device.items() if value is not None},
            **{"DeviceArn": arn, "DeviceFleetName": fleet["DeviceFleetName"], "RegistrationTime": utcnow()},
        }
        tags.remember(call.account, call.region, arn, call.params.get("Tags"))
    return {}


def describe_device(call: Invocation) -> dict[str, Any]:
    return dict(_device(call, str(call.params["DeviceName"])))


def update_devices(call: Invocation) -> dict[str, Any]:
    for device in call.params["Devices"]:
        found = _device(call, str(device["DeviceName"]))
        found.update({member: value for member, value in device.items() if value is not None})
    return {}


def deregister_devices(call: Invocation) -> dict[str, Any]:
    for name in call.params["DeviceNames"]:
        _kept(call, _DEVICES).pop((str(call.params["DeviceFleetName"]), str(name)), None)
    return {}


def _device(call: Invocation, name: str) -> dict[str, Any]:
    fleet = str(call.params["DeviceFleetName"])
    found: dict[str, Any] | None = _kept(call, _DEVICES).get((fleet, name))
    if found is None:
        raise ServiceError("ValidationException", f"No device with name {name} in fleet {fleet}.")
    return found


def _workforce(call: Invocation) -> dict[str, Any]:
    return _found(call, _WORKFORCES, "WorkforceName", "ValidationException", "No workforce found with name {}.")


def _workteam(call: Invocation) -> dict[str, Any]:
    return _found(call, _TEAMS, "WorkteamName", "ValidationException", "The work team {} does not exist.")


def _found(call: Invocation, kind: str, parameter: str, code: str, unknown: str) -> dict[str, Any]:
    name = str(call.params[parameter])
    found: dict[str, Any] | None = _kept(call, kind).get(name)
    if found is None:
        raise ServiceError(code, unknown.format(name))
    return found


def _given(call: Invocation, *without: str) -> dict[str, Any]:
    return {name: value for name, value in call.params.items() if value is not None and name not in without}


def _arn(call: Invocation, *parts: str) -> str:
    return f"arn:aws:sagemaker:{call.region}:{call.account}:{'/'.join(parts)}"


def _kept(call: Invocation, kind: str) -> dict[Any, Any]:
    """What is kept of one kind on moto's backend, so that a reset drops it."""
    held: dict[Any, Any] = sagemaker_backends[call.account][call.region].__dict__.setdefault(kind, {})
    return held


HANDLERS: dict[tuple[str, str], Handler] = {
    ("sagemaker", name): handler
    for name, handler in {
        "CreateHumanTaskUi": create_template,
        "CreateWorkforce": create_workforce,
        "CreateWorkteam": create_workteam,
        "DeleteHumanTaskUi": delete_template,
        "DeleteWorkforce": delete_workforce,
        "DeleteWorkteam": delete_workteam,
        "DeregisterDevices": deregister_devices,
        "DescribeDevice": describe_device,
        "DescribeHumanTaskUi": describe_template,
        "DescribeWorkforce": describe_workforce,
        "DescribeWorkteam": describe_workteam,
        "RegisterDevices": register_devices,
        "UpdateDevices": update_devices,
        "UpdateWorkforce": update_workforce,
        "UpdateWorkteam": update_workteam,
    }.items()
}
