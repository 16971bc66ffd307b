"""Workforces, teams, task templates, human loops, devices: made, read, changed, deleted, refused when unknown."""

from hashlib import sha256

from services_world import CENTRAL, REGION, ROLE, Call
from test_services_studio import refused

STEM = f"arn:aws:sagemaker:{REGION}:{CENTRAL}:"
POOL = {"UserPool": f"{REGION}_abcdefghi", "ClientId": "abcdefghijklmnopqrstuvwxyz"}
MEMBERS = [{"CognitoMemberDefinition": {**POOL, "UserGroup": "fraud"}}]


def workforce(call: Call) -> None:
    call("sagemaker", "CreateWorkforce", WorkforceName="crowd", CognitoConfig=POOL)


def test_one_workforce_an_account(call: Call) -> None:
    assert refused(call, "DescribeWorkforce", WorkforceName="crowd") == "ValidationException"
    assert refused(call, "CreateWorkforce", WorkforceName="crowd") == "ValidationException"
    workforce(call)
    assert refused(call, "CreateWorkforce", WorkforceName="more", CognitoConfig=POOL) == "ResourceLimitExceeded"
    call("sagemaker", "UpdateWorkforce", WorkforceName="crowd", SourceIpConfig={"Cidrs": ["203.0.113.0/24"]})
    found = call("sagemaker", "DescribeWorkforce", WorkforceName="crowd")["Workforce"]
    assert found["WorkforceArn"] == f"{STEM}workforce/private-crowd/crowd"
    assert (found["Status"], found["SourceIpConfig"]) == ("Active", {"Cidrs": ["203.0.113.0/24"]})
    call("sagemaker", "DeleteWorkforce", WorkforceName="crowd")
    assert refused(call, "DescribeWorkforce", WorkforceName="crowd") == "ValidationException"


def test_the_secret_of_an_oidc_workforce_is_not_shown(call: Call) -> None:
    urls = ("Issuer", "AuthorizationEndpoint", "TokenEndpoint", "UserInfoEndpoint", "LogoutEndpoint", "JwksUri")
    oidc = {"ClientId": "me", "ClientSecret": "hidden", **{url: f"https://id.example.com/{url}" for url in urls}}
    call("sagemaker", "CreateWorkforce", WorkforceName="crowd", OidcConfig=oidc)
    shown = call("sagemaker", "DescribeWorkforce", WorkforceName="crowd")["Workforce"]["OidcConfig"]
    assert (shown["ClientId"], "ClientSecret" in shown) == ("me", False)


def test_teams_hold_their_workforce(call: Call) -> None:
    team = {"WorkteamName": "fraud", "MemberDefinitions": MEMBERS, "Description": "labels"}
    assert refused(call, "CreateWorkteam", **team) == "ValidationException"
    workforce(call)
    assert call("sagemaker", "CreateWorkteam", **team, WorkforceName="crowd") == {
        "WorkteamArn": f"{STEM}workteam/private-crowd/fraud"
    }
    assert refused(call, "CreateWorkteam", **team) == "ResourceInUse"
    assert refused(call, "DeleteWorkforce", WorkforceName="crowd") == "ValidationException"
    call("sagemaker", "UpdateWorkteam", WorkteamName="fraud", Description="labels fraud")
    found = call("sagemaker", "DescribeWorkteam", WorkteamName="fraud")["Workteam"]
    assert (found["Description"], found["MemberDefinitions"]) == ("labels fraud", MEMBERS)
    assert call("sagemaker", "DeleteWorkteam", WorkteamName="fraud") == {"Success": True}
    assert refused(call, "DescribeWorkteam", WorkteamName="fraud") == "ValidationException"


def test_a_template_is_shown_by_its_digest(call: Call) -> None:
    call("sagemaker", "CreateHumanTaskUi", HumanTaskUiName="form", UiTemplate={"Content": "<p>"})
    shown = call("sagemaker", "DescribeHumanTaskUi", HumanTaskUiName="form")
    assert shown["UiTemplate"]["ContentSha256"] == sha256(b"<p>").hexdigest()
    assert refused(call, "CreateHumanTaskUi", HumanTaskUiName="form", UiTemplate={"Content": "<p>"}) == "ResourceInUse"
    call("sagemaker", "DeleteHumanTaskUi", HumanTaskUiName="form")
    assert refused(call, "DescribeHumanTaskUi", HumanTaskUiName="form") == "ResourceNotFound"


def test_a_flow_is_kept_as_given(call: Call) -> None:
    output = {"S3OutputPath": "s3://labels/"}
    call("sagemaker", "CreateFlowDefinition", FlowDefinitionName="loop", OutputConfig=output, RoleArn=ROLE)
    shown = call("sagemaker", "DescribeFlowDefinition", FlowDefinitionName="loop")
    assert (shown["FlowDefinitionStatus"], shown["OutputConfig"]) == ("Active", output)
    call("sagemaker", "DeleteFlowDefinition", FlowDefinitionName="loop")
    assert refused(call, "DescribeFlowDefinition", FlowDefinitionName="loop") == "ResourceNotFound"


def test_devices_belong_to_a_fleet(call: Call) -> None:
    devices = {"DeviceFleetName": "shops", "Devices": [{"DeviceName": "till", "Description": "first"}]}
    assert refused(call, "RegisterDevices", **devices) == "ValidationException"
    output = {"S3OutputLocation": "s3://edge/"}
    call("sagemaker", "CreateDeviceFleet", DeviceFleetName="shops", OutputConfig=output)
    call("sagemaker", "RegisterDevices", **devices)
    one = {"DeviceFleetName": "shops", "DeviceName": "till"}
    call("sagemaker", "UpdateDevices", DeviceFleetName="shops", Devices=[{"DeviceName": "till", "Description": "new"}])
    found = call("sagemaker", "DescribeDevice", **one)
    assert (found["Description"], found["DeviceArn"]) == ("new", f"{STEM}device-fleet/shops/device/till")
    call("sagemaker", "DeregisterDevices", DeviceFleetName="shops", DeviceNames=["till"])
    assert refused(call, "DescribeDevice", **one) == "ValidationException"
