"""STS, IAM, Organizations and Systems Manager. Expected values from the API references and the IAM user guide."""

from calls_support import BOUNDARY, CENTRAL, OFFLINE_ROLE, OTHER, REGION, Ask, SmallEstate

ROLE = f"arn:aws:iam::{OTHER}:role/fs/writer/search/fs-search-writer"


def test_who_am_i_needs_no_permission(ask: Ask) -> None:
    """API_GetCallerIdentity: no permissions are required."""
    assert ask("sts", "GetCallerIdentity") == ()


def test_assuming_a_role_of_another_account(ask: Ask) -> None:
    (check,) = ask("sts", "AssumeRole", RoleArn=ROLE, RoleSessionName="job", ExternalId="x1")
    assert (check.action, check.resource, check.account) == ("sts:AssumeRole", ROLE, OTHER)
    assert check.context == {"sts:RoleSessionName": "job", "sts:ExternalId": "x1"}


def test_tags_and_source_identity_are_actions_of_their_own(ask: Ask) -> None:
    assume, tag, identity = ask(
        "sts",
        "AssumeRole",
        RoleArn=ROLE,
        RoleSessionName="job",
        Tags=[{"Key": "team", "Value": "search"}],
        TransitiveTagKeys=["team"],
        SourceIdentity="ada",
    )
    tags = {
        "aws:RequestTag/team": "search",
        "aws:TagKeys": ("team",),
        "sts:TransitiveTagKeys": ("team",),
    }
    assert assume.context == {**tags, "sts:RoleSessionName": "job", "sts:SourceIdentity": "ada"}
    assert (tag.action, tag.resource, tag.account, tag.context) == ("sts:TagSession", ROLE, OTHER, tags)
    assert (identity.action, identity.context) == ("sts:SetSourceIdentity", {"sts:SourceIdentity": "ada"})


def test_what_a_session_carries_is_authorised_again(ask: Ask) -> None:
    """id_session-tags (role chaining), id_credentials_temp_control-access_monitor."""
    checks = ask(
        "sts",
        "AssumeRole",
        RoleArn=ROLE,
        RoleSessionName="job",
        _transitive_tags={"team": "search"},
        _source_identity="ada",
    )
    assert [check.action for check in checks] == ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
    assert checks[1].context["aws:RequestTag/team"] == "search"
    assert checks[2].context == {"sts:SourceIdentity": "ada"}


def test_role_tags_are_resource_tags_under_both_names(ask: Ask) -> None:
    estate = SmallEstate(extra_tags={ROLE: {"kind": "writer"}})
    (check,) = ask("sts", "AssumeRole", estate, RoleArn=ROLE, RoleSessionName="job")
    assert check.context["aws:ResourceTag/kind"] == "writer"
    assert check.context["iam:ResourceTag/kind"] == "writer"


def test_a_new_role_has_path_boundary_and_tags(ask: Ask) -> None:
    create, tag = ask(
        "iam",
        "CreateRole",
        Path="/fs/writer/search/",
        RoleName="fs-search-writer",
        AssumeRolePolicyDocument="{}",
        PermissionsBoundary=BOUNDARY,
        Tags=[{"Key": "team", "Value": "search"}],
    )
    arn = f"arn:aws:iam::{CENTRAL}:role/fs/writer/search/fs-search-writer"
    assert (create.action, create.resource) == ("iam:CreateRole", arn)
    assert create.context["iam:PermissionsBoundary"] == BOUNDARY
    assert (tag.action, tag.resource, tag.context["aws:RequestTag/team"]) == ("iam:TagRole", arn, "search")


def test_a_role_called_by_name_is_the_role_with_its_path(ask: Ask) -> None:
    (known,) = ask("iam", "GetRole", RoleName="fs-search-offline-store")
    assert known.resource == OFFLINE_ROLE
    (unknown,) = ask("iam", "GetRole", RoleName="nobody")
    assert unknown.resource == f"arn:aws:iam::{CENTRAL}:role/nobody"


def test_attaching_names_the_policy(ask: Ask) -> None:
    (check,) = ask("iam", "AttachRolePolicy", RoleName="fs-search-offline-store", PolicyArn=BOUNDARY)
    assert check.context["iam:PolicyARN"] == BOUNDARY
    assert check.context["iam:PermissionsBoundary"] == BOUNDARY


def test_an_aws_managed_policy_is_read_in_the_callers_account(ask: Ask) -> None:
    (check,) = ask("iam", "GetPolicy", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    assert check.account == CENTRAL


def test_a_policy_attachment_in_an_organization(ask: Ask) -> None:
    policy, target = ask(
        "organizations", "AttachPolicy", PolicyId="p-abcd1234", TargetId=OTHER, _organization="o-featureshar"
    )
    assert policy.resource == f"arn:aws:organizations::{CENTRAL}:policy/o-featureshar/*/p-abcd1234"
    assert target.resource == f"arn:aws:organizations::{CENTRAL}:account/o-featureshar/{OTHER}"


def test_parameters_lose_their_leading_slash(ask: Ask) -> None:
    (check,) = ask("ssm", "GetParameter", Name="/fs/local/version:3")
    assert check.resource == f"arn:aws:ssm:{REGION}:{CENTRAL}:parameter/fs/local/version"


def test_a_secure_parameter_is_encrypted_by_its_caller(ask: Ask) -> None:
    put, encrypt = ask("ssm", "PutParameter", Name="p", Value="v", Type="SecureString", KeyId="alias/fs-online")
    assert put.context["ssm:Overwrite"] == "false"
    assert (encrypt.action, encrypt.context["kms:ViaService"]) == ("kms:Encrypt", "ssm.eu-west-1.amazonaws.com")
