"""SageMaker things beside feature groups that moto lacks: made, read, changed, deleted, and refused when unknown."""

from typing import Any

import pytest
from moto.sagemaker.models import sagemaker_backends
from services_world import CENTRAL, REGION, Call

from featureshare.localaws.invocation import ServiceError

GIT = {"RepositoryUrl": "https://example.com/features.git"}
STEM = f"arn:aws:sagemaker:{REGION}:{CENTRAL}:"


def refused(call: Call, operation: str, **params: Any) -> str:
    with pytest.raises(ServiceError) as caught:
        call("sagemaker", operation, **params)
    return caught.value.code


def test_code_repository(call: Call) -> None:
    made = call("sagemaker", "CreateCodeRepository", CodeRepositoryName="code", GitConfig=GIT, Tags=[])
    assert made == {"CodeRepositoryArn": f"{STEM}code-repository/code"}
    assert refused(call, "CreateCodeRepository", CodeRepositoryName="code", GitConfig=GIT) == "ValidationException"
    call("sagemaker", "UpdateCodeRepository", CodeRepositoryName="code", GitConfig={"SecretArn": "arn:secret"})
    found = call("sagemaker", "DescribeCodeRepository", CodeRepositoryName="code")
    assert found["GitConfig"] == {**GIT, "Branch": "main", "SecretArn": "arn:secret"}
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


def test_user_profile(call: Call) -> None:
    backend = sagemaker_backends[CENTRAL][REGION]
    backend.create_domain("lab", "IAM", {}, ["subnet-1"], "vpc-1", None, [], None, None, None, None, None)
    (domain,) = backend.domains
    who = {"DomainId": domain, "UserProfileName": "ann"}
    arn = f"{STEM}user-profile/{domain}/ann"
    assert call("sagemaker", "CreateUserProfile", **who, UserSettings={}) == {"UserProfileArn": arn}
    assert refused(call, "CreateUserProfile", **who) == "ResourceInUse"
    call("sagemaker", "UpdateUserProfile", **who, UserSettings={"ExecutionRole": "arn:role"})
    found = call("sagemaker", "DescribeUserProfile", **who)
    assert (found["Status"], found["UserSettings"]) == ("InService", {"ExecutionRole": "arn:role"})
    assert [one["UserProfileName"] for one in call("sagemaker", "ListUserProfiles")["UserProfiles"]] == ["ann"]
    call("sagemaker", "DeleteUserProfile", **who)
    assert refused(call, "DescribeUserProfile", **who) == "ResourceNotFound"


def test_user_profile_needs_its_domain(call: Call) -> None:
    assert refused(call, "CreateUserProfile", DomainId="d-1", UserProfileName="ann") == "ResourceNotFound"
    assert refused(call, "DescribeUserProfile", DomainId="d-1", UserProfileName="ann") == "ResourceNotFound"
    assert call("sagemaker", "ListUserProfiles") == {"UserProfiles": []}
