"""SageMaker things beside feature groups that moto lacks: made, read, changed, deleted, and refused when unknown."""

from typing import Any

import pytest
from moto.sagemaker.models import sagemaker_backends
from services_world import CENTRAL, REGION, ROLE, Call

from featureshare.localaws.invocation import ServiceError

GIT = {"RepositoryUrl": "https://example.com/features.git"}
TAGS = [{"Key": "team", "Value": "search"}]
STEM = f"arn:aws:sagemaker:{REGION}:{CENTRAL}:"


def refused(call: Call, operation: str, **params: Any) -> str:
    with pytest.raises(ServiceError) as caught:
        call("sagemaker", operation, **params)
    return caught.value.code


def test_code_repository(call: Call) -> None:
    made = call("sagemaker", "CreateCodeRepository", CodeRepositoryName="code", GitConfig=GIT, Tags=[])
    assert made == {"CodeRepositoryArn": f"{STEM}code-repository/code"}
    assert refused(call, "CreateCodeRepository", CodeRepositoryName="code", GitConfig=GIT) == "ValidationException"
    secret = f"arn:aws:secretsmanager:{REGION}:{CENTRAL}:secret:git-AbCdEf"
    call("sagemaker", "UpdateCodeRepository", CodeRepositoryName="code", GitConfig={"SecretArn": secret})
    found = call("sagemaker", "DescribeCodeRepository", CodeRepositoryName="code")
    assert found["GitConfig"] == {**GIT, "SecretArn": secret}
    call("sagemaker", "DeleteCodeRepository", CodeRepositoryName="code")
    assert refused(call, "DescribeCodeRepository", CodeRepositoryName="code") == "ValidationException"


def test_policy_of_a_model_package_group(call: Call) -> None:
    name = {"ModelPackageGroupName": "models"}
    assert refused(call, "PutModelPackageGroupPolicy", **name, ResourcePolicy="{}") == "ValidationException"
    sagemaker_backends[CENTRAL][REGION].create_model_package_group("models", "", [])
    assert refused(call, "GetModelPackageGroupPolicy", **name) == "ValidationException"
    call("sagemaker", "PutModelPackageGroupPolicy", **name, ResourcePolicy="{}")
    assert call("sagemaker", "GetModelPackageGroupPolicy", **name) == {"ResourcePolicy": "{}"}
    call("sagemaker", "DeleteModelPackageGroupPolicy", **name)
    assert refused(call, "GetModelPackageGroupPolicy", **name) == "ValidationException"


def test_what_is_not_there_of_a_model_package_group(call: Call) -> None:
    name = {"ModelPackageGroupName": "models"}
    with pytest.raises(ServiceError, match="Cannot find Model Package Group: models"):
        call("sagemaker", "GetModelPackageGroupPolicy", **name)
    sagemaker_backends[CENTRAL][REGION].create_model_package_group("models", "", [])
    with pytest.raises(ServiceError, match="Cannot find resource policy for models"):
        call("sagemaker", "GetModelPackageGroupPolicy", **name)


def domain(call: Call) -> str:
    settings = {"ExecutionRole": ROLE, "SecurityGroups": ["sg-1"]}
    made = call(
        "sagemaker", "CreateDomain", DomainName="lab", AuthMode="IAM", DefaultUserSettings=settings, VpcId="vpc-1"
    )
    name: str = made["DomainId"]
    assert made["DomainArn"] == f"{STEM}domain/{name}"
    return name


def test_domain(call: Call) -> None:
    name = domain(call)
    call("sagemaker", "UpdateDomain", DomainId=name, DefaultUserSettings={"SecurityGroups": ["sg-2"]})
    found = call("sagemaker", "DescribeDomain", DomainId=name)
    assert (found["Status"], found["AppNetworkAccessType"], found["VpcId"]) == (
        "InService",
        "PublicInternetOnly",
        "vpc-1",
    )
    docker = {"DockerSettings": {"EnableDockerAccess": "ENABLED"}}
    call("sagemaker", "UpdateDomain", DomainId=name, DomainSettingsForUpdate=docker)
    assert call("sagemaker", "DescribeDomain", DomainId=name)["DomainSettings"] == docker
    assert found["DefaultUserSettings"] == {
        "AutoMountHomeEFS": "Enabled",
        "ExecutionRole": ROLE,
        "SecurityGroups": ["sg-2"],
    }
    assert [one["DomainId"] for one in call("sagemaker", "ListDomains")["Domains"]] == [name]
    call("sagemaker", "DeleteDomain", DomainId=name)
    assert refused(call, "DescribeDomain", DomainId=name) == "ResourceNotFound"


def test_user_profile(call: Call) -> None:
    name = domain(call)
    who = {"DomainId": name, "UserProfileName": "ann"}
    arn = f"{STEM}user-profile/{name}/ann"
    assert call("sagemaker", "CreateUserProfile", **who, UserSettings={}, Tags=TAGS) == {"UserProfileArn": arn}
    assert call("sagemaker", "ListTags", ResourceArn=arn)["Tags"] == TAGS
    assert refused(call, "CreateUserProfile", **who) == "ResourceInUse"
    call("sagemaker", "UpdateUserProfile", **who, UserSettings={"ExecutionRole": ROLE})
    found = call("sagemaker", "DescribeUserProfile", **who)
    assert (found["Status"], found["UserSettings"]) == ("InService", {"ExecutionRole": ROLE})
    assert [one["UserProfileName"] for one in call("sagemaker", "ListUserProfiles")["UserProfiles"]] == ["ann"]
    assert refused(call, "DeleteDomain", DomainId=name) == "ResourceInUse"
    call("sagemaker", "DeleteUserProfile", **who)
    assert refused(call, "DescribeUserProfile", **who) == "ResourceNotFound"


def test_user_profile_needs_its_domain(call: Call) -> None:
    assert refused(call, "CreateUserProfile", DomainId="d-1", UserProfileName="ann") == "ResourceNotFound"
    assert refused(call, "DescribeUserProfile", DomainId="d-1", UserProfileName="ann") == "ResourceNotFound"
    assert call("sagemaker", "ListUserProfiles") == {"UserProfiles": []}


def test_app_of_a_user_profile_and_of_a_space(call: Call) -> None:
    name = domain(call)
    call("sagemaker", "CreateSpace", DomainId=name, SpaceName="shared")
    for owner in ({"UserProfileName": "ann"}, {"SpaceName": "shared"}):
        app = {"DomainId": name, **owner, "AppType": "JupyterServer", "AppName": "default"}
        made = call("sagemaker", "CreateApp", **app)
        (whose,) = owner.values()
        assert made == {"AppArn": f"{STEM}app/{name}/{whose}/JupyterServer/default"}
        assert call("sagemaker", "DescribeApp", **app)["Status"] == "InService"
        call("sagemaker", "DeleteApp", **app)
        assert refused(call, "DescribeApp", **app) == "ResourceNotFound"


def test_image_versions_count_up_and_go_by_aliases(call: Call) -> None:
    assert refused(call, "CreateImageVersion", ImageName="features", BaseImage="a:1") == "ResourceNotFound"
    call("sagemaker", "CreateImage", ImageName="features", RoleArn=ROLE)
    for number in (1, 2):
        made = call(
            "sagemaker", "CreateImageVersion", ImageName="features", BaseImage=f"a:{number}", Aliases=[f"v{number}"]
        )
        assert made == {"ImageVersionArn": f"{STEM}image-version/features/{number}"}
    assert call("sagemaker", "DescribeImageVersion", ImageName="features")["BaseImage"] == "a:2"
    assert call("sagemaker", "DescribeImageVersion", ImageName="features", Alias="v1")["Version"] == 1
    call(
        "sagemaker", "UpdateImageVersion", ImageName="features", Version=1, AliasesToAdd=["old"], AliasesToDelete=["v1"]
    )
    aliases = call("sagemaker", "ListAliases", ImageName="features", Version=1)
    assert aliases == {"SageMakerImageVersionAliases": ["old"]}
    call("sagemaker", "DeleteImageVersion", ImageName="features", Version=2)
    assert refused(call, "DescribeImageVersion", ImageName="features", Version=2) == "ResourceNotFound"
    call("sagemaker", "DeleteImage", ImageName="features")
    assert refused(call, "DescribeImageVersion", ImageName="features", Version=1) == "ResourceNotFound"


@pytest.mark.parametrize(
    ("noun", "named", "given", "error"),
    [
        (
            "StudioLifecycleConfig",
            {"StudioLifecycleConfigName": "idle"},
            {"StudioLifecycleConfigContent": "ZWNobw==", "StudioLifecycleConfigAppType": "JupyterLab"},
            "ResourceNotFound",
        ),
        ("AppImageConfig", {"AppImageConfigName": "lab"}, {"JupyterLabAppImageConfig": {}}, "ResourceNotFound"),
        ("Hub", {"HubName": "hub"}, {"HubDescription": "models"}, "ResourceNotFound"),
        (
            "MlflowTrackingServer",
            {"TrackingServerName": "runs"},
            {"ArtifactStoreUri": "s3://b/runs", "RoleArn": ROLE},
            "ResourceNotFound",
        ),
        (
            "MonitoringSchedule",
            {"MonitoringScheduleName": "drift"},
            {
                "MonitoringScheduleConfig": {
                    "MonitoringJobDefinitionName": "drift",
                    "MonitoringType": "DataQuality",
                    "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
                }
            },
            "ResourceNotFound",
        ),
        (
            "DeviceFleet",
            {"DeviceFleetName": "fleet"},
            {"OutputConfig": {"S3OutputLocation": "s3://b/out"}},
            "ValidationException",
        ),
    ],
)
def test_what_is_kept_as_given(call: Call, noun: str, named: dict[str, str], given: dict[str, Any], error: str) -> None:
    call("sagemaker", f"Create{noun}", **named, **given)
    found = call("sagemaker", f"Describe{noun}", **named)
    assert {member: found[member] for member in given} == given
    call("sagemaker", f"Delete{noun}", **named)
    assert refused(call, f"Describe{noun}", **named) == error


def test_products_in_service_catalog_are_switched(call: Call) -> None:
    def status() -> str:
        found: str = call("sagemaker", "GetSagemakerServicecatalogPortfolioStatus")["Status"]
        return found

    assert status() == "Disabled"
    call("sagemaker", "EnableSagemakerServicecatalogPortfolio")
    assert status() == "Enabled"
    call("sagemaker", "DisableSagemakerServicecatalogPortfolio")
    assert status() == "Disabled"


def test_a_tracking_server_says_that_it_was_updated(call: Call) -> None:
    name = {"TrackingServerName": "runs"}
    call("sagemaker", "CreateMlflowTrackingServer", **name, ArtifactStoreUri="s3://b/runs", RoleArn=ROLE)
    assert call("sagemaker", "DescribeMlflowTrackingServer", **name)["TrackingServerStatus"] == "Created"
    call("sagemaker", "UpdateMlflowTrackingServer", **name, TrackingServerSize="Large")
    found = call("sagemaker", "DescribeMlflowTrackingServer", **name)
    assert (found["TrackingServerStatus"], found["TrackingServerSize"]) == ("Updated", "Large")


def test_a_project_changes_what_it_provides(call: Call) -> None:
    name = {"ProjectName": "team"}
    given = {"ProductId": "prod-abcdefghijklm", "ProvisioningParameters": [{"Key": "a", "Value": "1"}]}
    made = call("sagemaker", "CreateProject", **name, ServiceCatalogProvisioningDetails=given)
    assert made["ProjectId"].startswith("p-")
    assert call("sagemaker", "DescribeProject", **name)["ProjectStatus"] == "CreateCompleted"
    update = {"ProvisioningArtifactId": "pa-abcdefghijklm"}
    call("sagemaker", "UpdateProject", **name, ServiceCatalogProvisioningUpdateDetails=update)
    found = call("sagemaker", "DescribeProject", **name)
    assert (found["ProjectStatus"], found["ServiceCatalogProvisioningDetails"]) == (
        "UpdateCompleted",
        {**given, **update},
    )
    call("sagemaker", "DeleteProject", **name)
    assert refused(call, "DescribeProject", **name) == "ValidationException"


def test_an_image_loses_what_an_update_takes_away(call: Call) -> None:
    name = {"ImageName": "kernels"}
    call("sagemaker", "CreateImage", **name, RoleArn=ROLE, DisplayName="Kernels", Description="all")
    call("sagemaker", "UpdateImage", **name, DeleteProperties=["DisplayName"])
    found = call("sagemaker", "DescribeImage", **name)
    assert ("DisplayName" in found, found["Description"]) == (False, "all")


def test_an_app_image_config_has_one_way_to_run(call: Call) -> None:
    name = {"AppImageConfigName": "lab"}
    call("sagemaker", "CreateAppImageConfig", **name, KernelGatewayImageConfig={"KernelSpecs": [{"Name": "python3"}]})
    call("sagemaker", "UpdateAppImageConfig", **name, JupyterLabAppImageConfig={})
    found = call("sagemaker", "DescribeAppImageConfig", **name)
    assert ("KernelGatewayImageConfig" in found, found["JupyterLabAppImageConfig"]) == (False, {})


def test_home_and_address_of_profiles_and_spaces(call: Call) -> None:
    name = domain(call)
    call("sagemaker", "CreateUserProfile", DomainId=name, UserProfileName="ann")
    call("sagemaker", "CreateUserProfile", DomainId=name, UserProfileName="bob")
    call("sagemaker", "CreateSpace", DomainId=name, SpaceName="shared")
    profiles = [call("sagemaker", "DescribeUserProfile", DomainId=name, UserProfileName=who) for who in ("ann", "bob")]
    space = call("sagemaker", "DescribeSpace", DomainId=name, SpaceName="shared")
    homes = [one["HomeEfsFileSystemUid"] for one in (*profiles, space)]
    assert all(home.isdigit() for home in homes)
    assert len(set(homes)) == 3
    assert space["Url"] == f"{call('sagemaker', 'DescribeDomain', DomainId=name)['Url']}/spaces/shared"


def test_an_update_of_the_rstudio_of_a_domain_is_shown_by_its_own_name(call: Call) -> None:
    name = domain(call)
    updated = {"DomainExecutionRoleArn": ROLE, "RStudioConnectUrl": "https://connect.example.com"}
    settings = {"RStudioServerProDomainSettingsForUpdate": updated}
    call("sagemaker", "UpdateDomain", DomainId=name, DomainSettingsForUpdate=settings)
    shown = call("sagemaker", "DescribeDomain", DomainId=name)["DomainSettings"]
    assert shown == {"RStudioServerProDomainSettings": updated}
