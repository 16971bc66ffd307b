"""SageMaker things beside feature groups that moto lacks or keeps half of: Studio, its images, code, registries.

They are kept as they were given: what a description shows of a kind is what its creation and updates said of it.
"""

import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.core.utils import utcnow
from moto.sagemaker.models import sagemaker_backends

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services import tags
from featureshare.localaws.services.constraints import check_input, output_members
from featureshare.localaws.services.paging import page

_KEPT = "featureshare-studio"
_PACKAGE_GROUP_POLICY = "ModelPackageGroupPolicy"
_PAGE = 100
# The user of the file system that the first profile or space of a domain has.
_FIRST_HOME = 200000


@dataclass(frozen=True)
class Kind:
    """One kind of resource: `noun` as in its operations' names, `names` the parameters that tell which one.

    `stem` begins its ARN, `always` is in every description, `changed` once it was updated; `unknown` are the words for
    one that does not exist, where the service has other ones and another error than usual; `inside` says that it lies
    in a domain.
    """

    noun: str
    names: tuple[str, ...]
    stem: str
    always: Mapping[str, Any] = field(default_factory=dict)
    changed: Mapping[str, Any] = field(default_factory=dict)
    unknown: str = ""
    taken: str = "ResourceInUse"
    arn: str = ""

    @property
    def arn_member(self) -> str:
        return self.arn or f"{self.noun}Arn"

    @property
    def inside(self) -> bool:
        return self.names[0] == "DomainId" and self.noun != "Domain"


_SERVING = {"Status": "InService"}
# members of descriptions -> members of updates, where these have another name
_CHANGED_BY = {
    "DomainSettings": "DomainSettingsForUpdate",
    "ServiceCatalogProvisioningDetails": "ServiceCatalogProvisioningUpdateDetails",
}
_CHANGED_AS = {"RStudioServerProDomainSettingsForUpdate": "RStudioServerProDomainSettings"}
# an app image config has one of them: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateAppImageConfig.html
_ONE_OF = frozenset({"CodeEditorAppImageConfig", "JupyterLabAppImageConfig", "KernelGatewayImageConfig"})
DOMAIN = Kind("Domain", ("DomainId",), "domain", _SERVING)
IMAGE = Kind("Image", ("ImageName",), "image", {"ImageStatus": "CREATED"})
FLEET = Kind(
    "DeviceFleet", ("DeviceFleetName",), "device-fleet", unknown="No devicefleet with name {} in this account."
)
KINDS = (
    DOMAIN,
    IMAGE,
    Kind("App", ("DomainId", "UserProfileName", "SpaceName", "AppType", "AppName"), "app", _SERVING),
    Kind("AppImageConfig", ("AppImageConfigName",), "app-image-config"),
    Kind(
        "CodeRepository",
        ("CodeRepositoryName",),
        "code-repository",
        unknown="Cannot find CodeRepository: {}",
        taken="ValidationException",
    ),
    Kind(
        "DataQualityJobDefinition",
        ("JobDefinitionName",),
        "data-quality-job-definition",
        unknown="Could not find data quality job definition '{}'.",
        arn="JobDefinitionArn",
    ),
    FLEET,
    Kind("FlowDefinition", ("FlowDefinitionName",), "flow-definition", {"FlowDefinitionStatus": "Active"}),
    Kind("Hub", ("HubName",), "hub", {"HubStatus": "InService"}),
    Kind(
        "MlflowTrackingServer",
        ("TrackingServerName",),
        "mlflow-tracking-server",
        {"TrackingServerStatus": "Created", "IsActive": "Active"},
        changed={"TrackingServerStatus": "Updated"},
        arn="TrackingServerArn",
    ),
    Kind(
        "MonitoringSchedule",
        ("MonitoringScheduleName",),
        "monitoring-schedule",
        {"MonitoringScheduleStatus": "Scheduled"},
    ),
    # The product behind a project is taken at its word: the local AWS has no Service Catalog.
    Kind(
        "Project",
        ("ProjectName",),
        "project",
        {"ProjectStatus": "CreateCompleted"},
        changed={"ProjectStatus": "UpdateCompleted"},
        unknown="Project {} does not exist.",
        taken="ValidationException",
    ),
    Kind("Space", ("DomainId", "SpaceName"), "space", _SERVING),
    Kind("StudioLifecycleConfig", ("StudioLifecycleConfigName",), "studio-lifecycle-config"),
    Kind("UserProfile", ("DomainId", "UserProfileName"), "user-profile", _SERVING),
)
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "Domain": {"AppNetworkAccessType": "PublicInternetOnly", "TagPropagation": "DISABLED"},
    "MlflowTrackingServer": {"TrackingServerSize": "Small", "MlflowVersion": "2.16.2"},
}


def _create(kind: Kind, call: Invocation) -> dict[str, Any]:
    check_input("sagemaker", call.operation, call.params)
    given = {**_DEFAULTS.get(kind.noun, {}), **call.params, **_identity(kind, call)}
    name = tuple(str(given[part]) for part in kind.names if given.get(part))
    kept = _kept(call, kind)
    arn = _arn(call, kind.stem, *name)
    if kind.inside:
        _find(DOMAIN, call, (name[0],))
    if name in kept:
        raise ServiceError(kind.taken, f"{kind.noun} already exists: {arn}")
    now = utcnow()
    shown = output_members("sagemaker", f"Describe{kind.noun}")
    kept[name] = {
        **{member: value for member, value in given.items() if member in shown and value is not None},
        **kind.always,
        **{kind.arn_member: arn, "CreationTime": now, "LastModifiedTime": now},
    }
    tags.remember(call.account, call.region, arn, call.params.get("Tags"))
    return {kind.arn_member: arn, **_identity_shown(kind, kept[name])}


def _identity(kind: Kind, call: Invocation) -> dict[str, Any]:
    """What the service itself decides of a new one: a domain's id, file system and address."""
    if kind is DOMAIN:
        name = f"d-{_letters()}"
        return {
            "DomainId": name,
            "HomeEfsFileSystemId": f"fs-{secrets.token_hex(8)}",
            "Url": f"https://{name}.studio.{call.region}.sagemaker.aws",
            "DefaultUserSettings": {"AutoMountHomeEFS": "Enabled", **call.params["DefaultUserSettings"]},
        }
    if kind.noun in ("Space", "UserProfile"):
        found = _find(DOMAIN, call, (str(call.params["DomainId"]),))
        homes = [int(one.get("HomeEfsFileSystemUid") or 0) for other in KINDS for one in _kept(call, other).values()]
        home = {"HomeEfsFileSystemUid": str(1 + max(_FIRST_HOME, *homes))}
        return home if kind.noun != "Space" else {**home, "Url": f"{found['Url']}/spaces/{call.params['SpaceName']}"}
    if kind.noun == "Project":
        provided = {"ProvisionedProductId": f"pp-{_letters()}"}
        return {"ProjectId": f"p-{_letters()}", "ServiceCatalogProvisionedProductDetails": provided}
    if kind is FLEET and call.params.get("EnableIotRoleAlias"):
        return {"IotRoleAlias": f"SageMakerEdge-{call.params['DeviceFleetName']}"}
    if kind.noun == "DataQualityJobDefinition" and (read := call.params["DataQualityJobInput"].get("EndpointInput")):
        whole = {"S3DataDistributionType": "FullyReplicated", "S3InputMode": "File", **read}
        return {"DataQualityJobInput": {**call.params["DataQualityJobInput"], "EndpointInput": whole}}
    return {}


def _identity_shown(kind: Kind, made: Mapping[str, Any]) -> dict[str, Any]:
    members = {"Domain": ("DomainId", "Url"), "Project": ("ProjectId",)}.get(kind.noun, ())
    return {name: made[name] for name in members}


def _letters() -> str:
    return "".join(secrets.choice(string.digits + string.ascii_lowercase) for _ in range(12))


def _describe(kind: Kind, call: Invocation) -> dict[str, Any]:
    return dict(_find(kind, call))


def _update(kind: Kind, call: Invocation) -> dict[str, Any]:
    """Changes the members given, takes those away that it names; a settings member keeps what the call leaves out."""
    check_input("sagemaker", call.operation, call.params)
    found = _find(kind, call)
    replaced = _ONE_OF if _ONE_OF & {name for name, value in call.params.items() if value is not None} else ()
    for member in (*replaced, *(call.params.get("DeleteProperties") or ())):
        found.pop(member, None)
    for member in output_members("sagemaker", f"Describe{kind.noun}") - set(kind.names):
        value = call.params.get(_CHANGED_BY.get(member, member))
        if value is not None:
            old = found.get(member)
            found[member] = {**old, **_settings(value)} if isinstance(old, Mapping) else _settings(value)
    if kind is FLEET and call.params.get("EnableIotRoleAlias") is False:
        found.pop("IotRoleAlias", None)
    elif kind is FLEET:
        found.update(_identity(kind, call))
    found.update({**kind.changed, "LastModifiedTime": utcnow()})
    return {kind.arn_member: found[kind.arn_member]}


def _settings(value: Any) -> Any:
    """A member's value as a description shows it; an update may call a setting within by another name."""
    if not isinstance(value, Mapping):
        return value
    return {_CHANGED_AS.get(name, name): given for name, given in value.items()}


def _delete(kind: Kind, call: Invocation) -> dict[str, Any]:
    found = _find(kind, call)
    if kind is DOMAIN:
        inside = ((one.noun, name) for one in KINDS if one.inside for name in _kept(call, one))
        if left := [f"{noun} {name[-1]}" for noun, name in inside if name[0] == found["DomainId"]]:
            raise ServiceError("ResourceInUse", f"Unable to delete Domain {found['DomainId']}: it still holds {left}.")
    kept = _kept(call, kind)
    del kept[next(name for name, one in kept.items() if one is found)]
    if kind is IMAGE:
        versions = _versions(call)
        for name in [name for name in versions if name[0] == found["ImageName"]]:
            del versions[name]
    return {kind.arn_member: found[kind.arn_member]} if kind.noun == "MlflowTrackingServer" else {}


def _list(kind: Kind, call: Invocation) -> dict[str, Any]:
    """Summaries, of one domain where the call names it."""
    wanted = call.params.get("DomainIdEquals")
    found = [one for one in _kept(call, kind).values() if wanted in (None, one.get("DomainId"))]
    members = output_members("sagemaker", call.operation)
    (listed,) = members - {"NextToken"}
    shown, token = page(found, call.params.get("NextToken"), call.params.get("MaxResults") or _PAGE)
    return {listed: list(shown), **({"NextToken": token} if token else {})}


def create_image_version(call: Invocation) -> dict[str, Any]:
    image = _find(IMAGE, call)
    kept = _versions(call)
    name = image["ImageName"]
    number = 1 + max((version for owner, version in kept if owner == name), default=0)
    arn = _arn(call, "image-version", name, str(number))
    now = utcnow()
    shown = output_members("sagemaker", "DescribeImageVersion") | {"Aliases"}
    kept[name, number] = {
        **{member: value for member, value in call.params.items() if member in shown and value is not None},
        **{"ImageArn": image["ImageArn"], "ImageVersionArn": arn, "Version": number, "ImageVersionStatus": "CREATED"},
        **{"ContainerImage": call.params["BaseImage"], "CreationTime": now, "LastModifiedTime": now},
    }
    return {"ImageVersionArn": arn}


def describe_image_version(call: Invocation) -> dict[str, Any]:
    return {member: value for member, value in _version(call).items() if member != "Aliases"}


def update_image_version(call: Invocation) -> dict[str, Any]:
    found = _version(call)
    gone = set(call.params.get("AliasesToDelete") or ())
    aliases = [alias for alias in found.get("Aliases") or () if alias not in gone]
    found["Aliases"] = aliases + list(call.params.get("AliasesToAdd") or ())
    for member in output_members("sagemaker", "DescribeImageVersion") - {"Version"}:
        if call.params.get(member) is not None:
            found[member] = call.params[member]
    return {"ImageVersionArn": found["ImageVersionArn"]}


def delete_image_version(call: Invocation) -> dict[str, Any]:
    found = _version(call)
    del _versions(call)[call.params["ImageName"], found["Version"]]
    return {}


def list_aliases(call: Invocation) -> dict[str, Any]:
    return {"SageMakerImageVersionAliases": list(_version(call).get("Aliases") or ())}


def enable_portfolio(call: Invocation) -> dict[str, Any]:
    """SageMaker's products in the account's Service Catalog: a switch, and its status."""
    _held(call, "Portfolio")["Status"] = "Enabled"
    return {}


def disable_portfolio(call: Invocation) -> dict[str, Any]:
    _held(call, "Portfolio")["Status"] = "Disabled"
    return {}


def portfolio_status(call: Invocation) -> dict[str, Any]:
    return {"Status": "Disabled", **_held(call, "Portfolio")}


def put_model_package_group_policy(call: Invocation) -> dict[str, Any]:
    _policies(call)[_package_group(call)] = str(call.params["ResourcePolicy"])
    backend = sagemaker_backends[call.account][call.region]
    return {"ModelPackageGroupArn": backend.model_package_groups[_package_group(call)].arn}


def get_model_package_group_policy(call: Invocation) -> dict[str, Any]:
    found = _policies(call).get(_package_group(call))
    if found is None:
        raise ServiceError("ValidationException", f"Cannot find resource policy for {_package_group(call)}.")
    return {"ResourcePolicy": found}


def delete_model_package_group_policy(call: Invocation) -> dict[str, Any]:
    _policies(call).pop(_package_group(call), None)
    return {}


def fleet(call: Invocation, name: str) -> dict[str, Any]:
    """A fleet of devices, by name. Raises ServiceError as its description does."""
    return _find(FLEET, call, (name,))


def package_group_policy(store: Any, name: str) -> str | None:
    """The policy on a model package group of moto's backend `store`."""
    found: str | None = _held_in(store, _PACKAGE_GROUP_POLICY).get(name)
    return found


def _package_group(call: Invocation) -> str:
    name = str(call.params["ModelPackageGroupName"]).rpartition("/")[2]
    if name not in sagemaker_backends[call.account][call.region].model_package_groups:
        raise ServiceError("ValidationException", f"Cannot find Model Package Group: {name}")
    return name


def _find(kind: Kind, call: Invocation, name: tuple[str, ...] | None = None) -> dict[str, Any]:
    wanted = name or tuple(str(call.params[part]) for part in kind.names if call.params.get(part))
    found: dict[str, Any] | None = _kept(call, kind).get(wanted)
    if found is None:
        if kind.unknown:
            raise ServiceError("ValidationException", kind.unknown.format(*wanted))
        raise ServiceError("ResourceNotFound", f"{kind.noun} [{'/'.join(wanted)}] does not exist.")
    return found


def _version(call: Invocation) -> dict[str, Any]:
    """The image version that a call means by number or alias; the newest where it gives neither."""
    name, number, alias = call.params["ImageName"], call.params.get("Version"), call.params.get("Alias")
    mine = {version: one for (owner, version), one in _versions(call).items() if owner == name}
    found: dict[str, Any] | None = mine.get(number or max(mine, default=0))
    if alias is not None:
        found = next((one for one in mine.values() if alias in (one.get("Aliases") or ())), None)
    if found is None:
        raise ServiceError("ResourceNotFound", f"ImageVersion [{name}/{number or alias or 'latest'}] does not exist.")
    return found


def _arn(call: Invocation, *parts: str) -> str:
    return f"arn:aws:sagemaker:{call.region}:{call.account}:{'/'.join(parts)}"


def _kept(call: Invocation, kind: Kind) -> dict[Any, Any]:
    return _held(call, kind.noun)


def _versions(call: Invocation) -> dict[Any, Any]:
    return _held(call, "ImageVersion")


def _policies(call: Invocation) -> dict[Any, Any]:
    return _held(call, _PACKAGE_GROUP_POLICY)


def _held(call: Invocation, what: str) -> dict[Any, Any]:
    """What is kept here of one kind, beside moto's own and gone with it."""
    return _held_in(sagemaker_backends[call.account][call.region], what)


def _held_in(store: Any, what: str) -> dict[Any, Any]:
    held: dict[str, dict[Any, Any]] = store.__dict__.setdefault(_KEPT, {})
    return held.setdefault(what, {})


def _handlers(kind: Kind) -> dict[str, Handler]:
    verbs = {"Create": _create, "Delete": _delete, "Describe": _describe, "Update": _update}
    # What has no update or another plural in the API has no entry in the catalogue either, and is refused before.
    plural = kind.noun[:-1] + "ies" if kind.noun.endswith("y") else f"{kind.noun}s"
    named = {f"{verb}{kind.noun}": answer for verb, answer in verbs.items()} | {f"List{plural}": _list}
    return {name: _bound(answer, kind) for name, answer in named.items()}


def _bound(answer: Callable[[Kind, Invocation], dict[str, Any]], kind: Kind) -> Handler:
    return lambda call: answer(kind, call)


HANDLERS: dict[tuple[str, str], Handler] = {
    **{("sagemaker", name): handler for kind in KINDS for name, handler in _handlers(kind).items()},
    **{
        ("sagemaker", name): handler
        for name, handler in {
            "CreateImageVersion": create_image_version,
            "DeleteImageVersion": delete_image_version,
            "DeleteModelPackageGroupPolicy": delete_model_package_group_policy,
            "DescribeImageVersion": describe_image_version,
            "DisableSagemakerServicecatalogPortfolio": disable_portfolio,
            "EnableSagemakerServicecatalogPortfolio": enable_portfolio,
            "GetSagemakerServicecatalogPortfolioStatus": portfolio_status,
            "GetModelPackageGroupPolicy": get_model_package_group_policy,
            "ListAliases": list_aliases,
            "PutModelPackageGroupPolicy": put_model_package_group_policy,
            "UpdateImageVersion": update_image_version,
        }.items()
    },
}
