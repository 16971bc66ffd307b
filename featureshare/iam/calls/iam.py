"""IAM: roles, policies, users, instance profiles, as Terraform manages and reads them."""

from collections.abc import Iterator

from featureshare.iam.calls.model import Check, RoleFacts
from featureshare.iam.calls.registry import (
    Answer,
    Context,
    Keys,
    Scope,
    Table,
    account_of,
    both,
    entries,
    on,
    passed,
    request_tags,
    role_arn,
    tags_in,
    untags_in,
    when,
)

_API = "https://docs.aws.amazon.com/IAM/latest/APIReference/API_{operation}.html"
_TAGS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html"


def _made(scope: Scope, kind: str, name: str) -> str:
    """The ARN of what a call creates: `kind`, the path asked for, the name."""
    return scope.arn("iam", f"{kind}{scope.text('Path', '/')}{scope.text(name)}", region="")


def _found(scope: Scope) -> RoleFacts | None:
    return scope.estate.role(scope.arn("iam", f"role/{scope.text('RoleName')}", region=""))


def _boundary(scope: Scope) -> Context:
    """iam:PermissionsBoundary of the role acted upon, where it has one."""
    facts = _found(scope)
    return {"iam:PermissionsBoundary": facts.boundary} if facts and facts.boundary else {}


def _policy_arn(scope: Scope) -> Context:
    return {"iam:PolicyARN": scope.text("PolicyArn")}


def _role(action: str, *keys: Keys) -> Answer:
    """An action on the role a call names."""

    def checks(scope: Scope) -> Iterator[Check]:
        context: Context = {}
        for key in keys:
            context.update(key(scope))
        yield Check(action, role_arn(scope, scope.text("RoleName")), scope.call.account, context)

    return checks


def _create(action: str, tag: str, kind: str, name: str) -> Answer:
    """A creation with a path and tags; tags at birth need the tagging action as well."""

    def checks(scope: Scope) -> Iterator[Check]:
        resource = _made(scope, kind, name)
        tags = request_tags(scope.get("Tags"))
        context: Context = dict(tags)
        if scope.get("PermissionsBoundary"):
            context["iam:PermissionsBoundary"] = scope.text("PermissionsBoundary")
        yield Check(action, resource, scope.call.account, context, new=True)
        if tags:
            yield Check(tag, resource, scope.call.account, tags, source=_TAGS, new=True)

    return checks


def _put_boundary(scope: Scope) -> Context:
    """The boundary a call would put on, not the one there is."""
    return {"iam:PermissionsBoundary": scope.text("PermissionsBoundary")}


def _user(action: str, keys: Keys | None = None) -> Answer:
    """An action on the user a call names, on the caller itself when it names none."""

    def checks(scope: Scope) -> Iterator[Check]:
        named = scope.get("UserName")
        resource = scope.arn("iam", f"user/{named}", region="") if named else scope.call.principal_arn
        if named is None and ":user/" not in resource:
            resource = scope.arn("iam", "user/*", region="")
        yield Check(action, resource, scope.call.account, keys(scope) if keys else {})

    return checks


def _policy(action: str, keys: Keys | None = None) -> Answer:
    """An action on a managed policy. AWS's own policies belong to nobody; the caller's account answers for them."""

    def checks(scope: Scope) -> Iterator[Check]:
        resource = scope.text("PolicyArn")
        yield Check(action, resource, account_of(resource, scope.call.account), keys(scope) if keys else {})

    return checks


def _profile(action: str, keys: Keys | None = None) -> Answer:
    return on(action, "arn:{partition}:iam::{account}:instance-profile/{InstanceProfileName}", keys=keys)


def _pass_to_ec2(scope: Scope) -> Iterator[Check]:
    yield passed(scope, scope.text("RoleName"), "ec2.amazonaws.com")


def _service_linked(scope: Scope) -> Iterator[Check]:
    service = scope.text("AWSServiceName")
    resource = scope.arn("iam", f"role/aws-service-role/{service}/*", region="")
    yield Check("iam:CreateServiceLinkedRole", resource, scope.call.account, {"iam:AWSServiceName": service}, new=True)


def _group(action: str, keys: Keys | None = None) -> Answer:
    return on(action, "arn:{partition}:iam::{account}:group/{GroupName}", keys=keys)


def _provider(action: str, keys: Keys | None = None) -> Answer:
    """An action on an OpenID Connect provider that exists."""
    return on(action, "{OpenIDConnectProviderArn}", keys=keys)


def _saml(action: str, keys: Keys | None = None) -> Answer:
    return on(action, "{SAMLProviderArn}", keys=keys)


def _create_provider(scope: Scope) -> Iterator[Check]:
    """A provider's ARN ends in its URL without the scheme; tags at birth need iam:TagOpenIDConnectProvider."""
    name = scope.text("Url").partition("://")[2] or "*"
    resource = scope.arn("iam", f"oidc-provider/{name}", region="")
    tags = request_tags(scope.get("Tags"))
    yield Check("iam:CreateOpenIDConnectProvider", resource, scope.call.account, tags, new=True)
    if tags:
        yield Check("iam:TagOpenIDConnectProvider", resource, scope.call.account, tags, source=_TAGS, new=True)


def _deletion_status(scope: Scope) -> Iterator[Check]:
    """The role is in the id of the deletion task: task/aws-service-role/SERVICE/NAME/UUID."""
    parts = scope.text("DeletionTaskId").split("/")
    name = "/".join(parts[1:4]) if len(parts) == 5 else "*"
    yield Check(
        "iam:GetServiceLinkedRoleDeletionStatus", scope.arn("iam", f"role/{name}", region=""), scope.call.account
    )


TABLE: Table = entries(
    _API,
    {
        # roles and their policies
        "AttachRolePolicy": _role("iam:AttachRolePolicy", _policy_arn, _boundary),
        "CreateRole": _create("iam:CreateRole", "iam:TagRole", "role", "RoleName"),
        "CreateServiceLinkedRole": _service_linked,
        "DeleteRole": _role("iam:DeleteRole", _boundary),
        "DeleteRolePermissionsBoundary": _role("iam:DeleteRolePermissionsBoundary", _boundary),
        "DeleteRolePolicy": _role("iam:DeleteRolePolicy", _boundary),
        "DetachRolePolicy": _role("iam:DetachRolePolicy", _policy_arn, _boundary),
        "GetRole": _role("iam:GetRole"),
        "GetRolePolicy": _role("iam:GetRolePolicy"),
        "ListAttachedRolePolicies": _role("iam:ListAttachedRolePolicies"),
        "ListInstanceProfilesForRole": _role("iam:ListInstanceProfilesForRole"),
        "ListRolePolicies": _role("iam:ListRolePolicies"),
        "ListRoleTags": _role("iam:ListRoleTags"),
        "ListRoles": on("iam:ListRoles"),
        "PutRolePermissionsBoundary": _role("iam:PutRolePermissionsBoundary", _put_boundary),
        "PutRolePolicy": _role("iam:PutRolePolicy", _boundary),
        "TagRole": _role("iam:TagRole", tags_in("Tags")),
        "UntagRole": _role("iam:UntagRole", untags_in("TagKeys")),
        "UpdateAssumeRolePolicy": _role("iam:UpdateAssumeRolePolicy", _boundary),
        "UpdateRole": _role("iam:UpdateRole", _boundary),
        "UpdateRoleDescription": _role("iam:UpdateRoleDescription", _boundary),
        # managed policies
        "CreatePolicy": _create("iam:CreatePolicy", "iam:TagPolicy", "policy", "PolicyName"),
        "CreatePolicyVersion": _policy("iam:CreatePolicyVersion"),
        "DeletePolicy": _policy("iam:DeletePolicy"),
        "DeletePolicyVersion": _policy("iam:DeletePolicyVersion"),
        "GetPolicy": _policy("iam:GetPolicy"),
        "GetPolicyVersion": _policy("iam:GetPolicyVersion"),
        "ListEntitiesForPolicy": _policy("iam:ListEntitiesForPolicy"),
        "ListPolicies": on("iam:ListPolicies"),
        "ListPolicyTags": _policy("iam:ListPolicyTags"),
        "ListPolicyVersions": _policy("iam:ListPolicyVersions"),
        "SetDefaultPolicyVersion": _policy("iam:SetDefaultPolicyVersion"),
        "TagPolicy": _policy("iam:TagPolicy", tags_in("Tags")),
        "UntagPolicy": _policy("iam:UntagPolicy", untags_in("TagKeys")),
        "DeleteServiceLinkedRole": _role("iam:DeleteServiceLinkedRole"),
        "GetServiceLinkedRoleDeletionStatus": _deletion_status,
        # users, keys
        "AttachUserPolicy": _user("iam:AttachUserPolicy", _policy_arn),
        "AddUserToGroup": _group("iam:AddUserToGroup"),
        "AttachGroupPolicy": _group("iam:AttachGroupPolicy", _policy_arn),
        "CreateGroup": on("iam:CreateGroup", "arn:{partition}:iam::{account}:group/{GroupName}"),
        "DeleteGroup": _group("iam:DeleteGroup"),
        "DeleteGroupPolicy": _group("iam:DeleteGroupPolicy"),
        "DetachGroupPolicy": _group("iam:DetachGroupPolicy", _policy_arn),
        "GetGroup": _group("iam:GetGroup"),
        "GetGroupPolicy": _group("iam:GetGroupPolicy"),
        "ListAttachedGroupPolicies": _group("iam:ListAttachedGroupPolicies"),
        "ListGroupPolicies": _group("iam:ListGroupPolicies"),
        "ListGroups": on("iam:ListGroups"),
        "PutGroupPolicy": _group("iam:PutGroupPolicy"),
        "RemoveUserFromGroup": _group("iam:RemoveUserFromGroup"),
        "CreateAccessKey": _user("iam:CreateAccessKey"),
        "CreateUser": _create("iam:CreateUser", "iam:TagUser", "user", "UserName"),
        "DeleteAccessKey": _user("iam:DeleteAccessKey"),
        "DeleteUser": _user("iam:DeleteUser"),
        "DeleteUserPolicy": _user("iam:DeleteUserPolicy"),
        "DetachUserPolicy": _user("iam:DetachUserPolicy", _policy_arn),
        "GetUser": _user("iam:GetUser"),
        "GetUserPolicy": _user("iam:GetUserPolicy"),
        "CreateLoginProfile": _user("iam:CreateLoginProfile"),
        "DeleteLoginProfile": _user("iam:DeleteLoginProfile"),
        "DeleteUserPermissionsBoundary": _user("iam:DeleteUserPermissionsBoundary"),
        "GetAccessKeyLastUsed": on("iam:GetAccessKeyLastUsed", "arn:{partition}:iam::{account}:user/*"),
        "GetLoginProfile": _user("iam:GetLoginProfile"),
        "ListMFADevices": _user("iam:ListMFADevices"),
        **{
            name: _user(f"iam:{name}")
            for name in (
                *("DeleteSSHPublicKey", "GetSSHPublicKey", "ListSSHPublicKeys"),
                *("UpdateSSHPublicKey", "UploadSSHPublicKey"),
            )
        },
        "UpdateLoginProfile": _user("iam:UpdateLoginProfile"),
        "ListServiceSpecificCredentials": _user("iam:ListServiceSpecificCredentials"),
        "ListSigningCertificates": _user("iam:ListSigningCertificates"),
        "ListVirtualMFADevices": on("iam:ListVirtualMFADevices"),
        "PutUserPermissionsBoundary": _user("iam:PutUserPermissionsBoundary", _put_boundary),
        "UpdateGroup": _group("iam:UpdateGroup"),
        "UpdateUser": _user("iam:UpdateUser"),
        "ListAccessKeys": _user("iam:ListAccessKeys"),
        "ListAttachedUserPolicies": _user("iam:ListAttachedUserPolicies"),
        "ListGroupsForUser": _user("iam:ListGroupsForUser"),
        "ListUserPolicies": _user("iam:ListUserPolicies"),
        "ListUserTags": _user("iam:ListUserTags"),
        "ListUsers": on("iam:ListUsers"),
        "PutUserPolicy": _user("iam:PutUserPolicy"),
        "TagUser": _user("iam:TagUser", tags_in("Tags")),
        "UntagUser": _user("iam:UntagUser", untags_in("TagKeys")),
        "UpdateAccessKey": _user("iam:UpdateAccessKey"),
        # instance profiles
        "AddRoleToInstanceProfile": both(_profile("iam:AddRoleToInstanceProfile"), when("RoleName", _pass_to_ec2)),
        "CreateInstanceProfile": _create(
            "iam:CreateInstanceProfile", "iam:TagInstanceProfile", "instance-profile", "InstanceProfileName"
        ),
        "DeleteInstanceProfile": _profile("iam:DeleteInstanceProfile"),
        "GetInstanceProfile": _profile("iam:GetInstanceProfile"),
        "ListInstanceProfiles": on("iam:ListInstanceProfiles"),
        "RemoveRoleFromInstanceProfile": _profile("iam:RemoveRoleFromInstanceProfile"),
        "TagInstanceProfile": _profile("iam:TagInstanceProfile", tags_in("Tags")),
        "UntagInstanceProfile": _profile("iam:UntagInstanceProfile", untags_in("TagKeys")),
        "ListInstanceProfileTags": _profile("iam:ListInstanceProfileTags"),
        # identity providers
        "AddClientIDToOpenIDConnectProvider": _provider("iam:AddClientIDToOpenIDConnectProvider"),
        "CreateOpenIDConnectProvider": _create_provider,
        "CreateSAMLProvider": _create("iam:CreateSAMLProvider", "iam:TagSAMLProvider", "saml-provider", "Name"),
        **{
            name: _saml(f"iam:{name}")
            for name in ("DeleteSAMLProvider", "GetSAMLProvider", "ListSAMLProviderTags", "UpdateSAMLProvider")
        },
        "ListSAMLProviders": on("iam:ListSAMLProviders"),
        "TagSAMLProvider": _saml("iam:TagSAMLProvider", tags_in("Tags")),
        "UntagSAMLProvider": _saml("iam:UntagSAMLProvider", untags_in("TagKeys")),
        "DeleteOpenIDConnectProvider": _provider("iam:DeleteOpenIDConnectProvider"),
        "GetOpenIDConnectProvider": _provider("iam:GetOpenIDConnectProvider"),
        "ListOpenIDConnectProviders": on("iam:ListOpenIDConnectProviders"),
        "RemoveClientIDFromOpenIDConnectProvider": _provider("iam:RemoveClientIDFromOpenIDConnectProvider"),
        "TagOpenIDConnectProvider": _provider("iam:TagOpenIDConnectProvider", tags_in("Tags")),
        "UntagOpenIDConnectProvider": _provider("iam:UntagOpenIDConnectProvider", untags_in("TagKeys")),
        "UpdateOpenIDConnectProviderThumbprint": _provider("iam:UpdateOpenIDConnectProviderThumbprint"),
        # the account
        "DeleteAccountPasswordPolicy": on("iam:DeleteAccountPasswordPolicy"),
        "UpdateAccountPasswordPolicy": on("iam:UpdateAccountPasswordPolicy"),
        "CreateAccountAlias": on("iam:CreateAccountAlias"),
        "DeleteAccountAlias": on("iam:DeleteAccountAlias"),
        "GetAccountAuthorizationDetails": on("iam:GetAccountAuthorizationDetails"),
        "GetAccountPasswordPolicy": on("iam:GetAccountPasswordPolicy"),
        "GetAccountSummary": on("iam:GetAccountSummary"),
        "ListAccountAliases": on("iam:ListAccountAliases"),
        "SimulateCustomPolicy": on("iam:SimulateCustomPolicy"),
        "SimulatePrincipalPolicy": on("iam:SimulatePrincipalPolicy", "{PolicySourceArn}"),
    },
)
