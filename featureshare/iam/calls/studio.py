"""SageMaker beside notebooks, models and feature groups: Studio, its images and apps, code, pipelines, registries."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from featureshare.iam.calls.model import Check
from featureshare.iam.calls.registry import (
    SAR,
    Answer,
    Context,
    Scope,
    Table,
    both,
    entries,
    family,
    on,
    pass_role,
    request_tags,
)

_SERVICE = "sagemaker.amazonaws.com"


def _app(action: str) -> Answer:
    """An action on an app, which belongs to a user profile or to a space."""

    def checks(scope: Scope) -> Iterator[Check]:
        owner = scope.get("UserProfileName") or scope.text("SpaceName")
        name = f"app/{scope.text('DomainId')}/{owner}/{scope.text('AppType')}/{scope.text('AppName')}"
        tags = request_tags(scope.get("Tags"))
        yield Check(f"sagemaker:{action}", scope.arn("sagemaker", name), scope.call.account, tags)

    return checks


def _devices(action: str, names: Callable[[Scope], Iterable[str]], tagged: bool = False) -> Answer:
    """An action on each of the devices of a fleet that a call names, as they are or as they will be."""

    def checks(scope: Scope) -> Iterator[Check]:
        tags = request_tags(scope.get("Tags")) if tagged else {}
        for name in list(names(scope)) or ["*"]:
            resource = scope.arn("sagemaker", f"device-fleet/{scope.text('DeviceFleetName')}/device/{name}")
            yield Check(f"sagemaker:{action}", resource, scope.call.account, tags, new=tagged)

    return checks


def _listed(scope: Scope) -> list[str]:
    return [str(device.get("DeviceName")) for device in scope.get("Devices") or ()]


_NAMED = family(
    "sagemaker",
    {
        "app-image-config/{AppImageConfigName}": "CreateAppImageConfig DeleteAppImageConfig DescribeAppImageConfig "
        "UpdateAppImageConfig",
        "code-repository/{CodeRepositoryName}": "CreateCodeRepository DeleteCodeRepository DescribeCodeRepository "
        "UpdateCodeRepository",
        "data-quality-job-definition/{JobDefinitionName}": "CreateDataQualityJobDefinition "
        "DeleteDataQualityJobDefinition DescribeDataQualityJobDefinition",
        "monitoring-schedule/{MonitoringScheduleName}": "CreateMonitoringSchedule DeleteMonitoringSchedule "
        "DescribeMonitoringSchedule UpdateMonitoringSchedule",
        "device-fleet/{DeviceFleetName}": "CreateDeviceFleet DeleteDeviceFleet DescribeDeviceFleet UpdateDeviceFleet",
        # A domain has no name of its own before it is made: its id is the service's.
        "domain/*": "CreateDomain",
        "domain/{DomainId}": "DeleteDomain DescribeDomain UpdateDomain",
        "flow-definition/{FlowDefinitionName}": "CreateFlowDefinition DeleteFlowDefinition DescribeFlowDefinition",
        "hub/{HubName}": "CreateHub DeleteHub DescribeHub UpdateHub",
        "human-task-ui/{HumanTaskUiName}": "CreateHumanTaskUi DeleteHumanTaskUi DescribeHumanTaskUi",
        "image/{ImageName}": "CreateImage CreateImageVersion DeleteImage DescribeImage UpdateImage",
        "image-version/{ImageName}/{Version}": "DeleteImageVersion DescribeImageVersion UpdateImageVersion",
        "mlflow-tracking-server/{TrackingServerName}": "CreateMlflowTrackingServer DeleteMlflowTrackingServer "
        "DescribeMlflowTrackingServer UpdateMlflowTrackingServer",
        "project/{ProjectName}": "CreateProject DeleteProject DescribeProject UpdateProject",
        "pipeline/{PipelineName}": "CreatePipeline DeletePipeline DescribePipeline StartPipelineExecution "
        "UpdatePipeline",
        "space/{DomainId}/{SpaceName}": "CreateSpace DeleteSpace DescribeSpace UpdateSpace",
        "studio-lifecycle-config/{StudioLifecycleConfigName}": "CreateStudioLifecycleConfig "
        "DeleteStudioLifecycleConfig DescribeStudioLifecycleConfig",
        "user-profile/{DomainId}/{UserProfileName}": "CreateUserProfile DeleteUserProfile DescribeUserProfile "
        "UpdateUserProfile",
        "workforce/private-crowd/{WorkforceName}": "CreateWorkforce DeleteWorkforce DescribeWorkforce UpdateWorkforce",
        "workteam/private-crowd/{WorkteamName}": "CreateWorkteam DeleteWorkteam DescribeWorkteam UpdateWorkteam",
        "*": "DisableSagemakerServicecatalogPortfolio EnableSagemakerServicecatalogPortfolio "
        "GetSagemakerServicecatalogPortfolioStatus ListAppImageConfigs ListApps ListCodeRepositories ListDomains "
        "ListHubs ListImages ListProjects ListMlflowTrackingServers ListPipelines ListSpaces "
        "ListStudioLifecycleConfigs ListUserProfiles",
    },
)


def _tagged(operation: str, answer: Answer) -> Answer:
    """A creation, whose tags need sagemaker:AddTags on what is made as well."""

    def checks(scope: Scope) -> Iterator[Check]:
        made = [replace(check, new=True) for check in answer(scope)]
        yield from made
        if tags := request_tags(scope.get("Tags")):
            context: Context = {**tags, "sagemaker:TaggingAction": operation}
            yield Check("sagemaker:AddTags", made[0].resource, scope.call.account, context, new=True)

    return checks


# sagemaker:AddTags knows no workforce: its tags need nothing more.
_MADE = {
    name: _tagged(name, answer)
    for name, answer in _NAMED.items()
    if name.startswith("Create") and name != "CreateWorkforce"
}


def _passing(operation: str, *parameters: str) -> Answer:
    answer = _MADE.get(operation) or _NAMED[operation]
    return both(answer, *(pass_role(parameter, _SERVICE) for parameter in parameters))


_PROFILE_ROLE, _SPACE_ROLE = "DefaultUserSettings.ExecutionRole", "DefaultSpaceSettings.ExecutionRole"

TABLE: Table = entries(
    SAR + "list_amazonsagemaker.html",
    {
        **_NAMED,
        **_MADE,
        **{f"{verb}App": _app(f"{verb}App") for verb in ("Delete", "Describe")},
        "CreateApp": _tagged("CreateApp", _app("CreateApp")),
        "CreateDataQualityJobDefinition": _passing("CreateDataQualityJobDefinition", "RoleArn"),
        "CreateDeviceFleet": _passing("CreateDeviceFleet", "RoleArn"),
        "CreateFlowDefinition": _passing("CreateFlowDefinition", "RoleArn"),
        "CreateDomain": _passing("CreateDomain", _PROFILE_ROLE, _SPACE_ROLE),
        "CreateImage": _passing("CreateImage", "RoleArn"),
        "CreateMlflowTrackingServer": _passing("CreateMlflowTrackingServer", "RoleArn"),
        "CreatePipeline": _passing("CreatePipeline", "RoleArn"),
        "CreateUserProfile": _passing("CreateUserProfile", "UserSettings.ExecutionRole"),
        "DeregisterDevices": _devices("DeregisterDevices", lambda scope: scope.get("DeviceNames") or ()),
        "DescribeDevice": _devices("DescribeDevice", lambda scope: [scope.text("DeviceName")]),
        "RegisterDevices": _tagged("RegisterDevices", _devices("RegisterDevices", _listed, tagged=True)),
        "UpdateDevices": _devices("UpdateDevices", _listed),
        "ListAliases": on("sagemaker:ListAliases", "arn:{partition}:sagemaker:{region}:{account}:image/{ImageName}"),
        "UpdateDeviceFleet": _passing("UpdateDeviceFleet", "RoleArn"),
        "UpdateDomain": _passing("UpdateDomain", _PROFILE_ROLE, _SPACE_ROLE),
        "UpdateImage": _passing("UpdateImage", "RoleArn"),
        "UpdatePipeline": _passing("UpdatePipeline", "RoleArn"),
        "UpdateUserProfile": _passing("UpdateUserProfile", "UserSettings.ExecutionRole"),
    },
)
