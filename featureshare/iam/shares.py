"""AWS RAM resource shares of feature groups, written as documents so that the engine needs no second way to allow.

A share is a resource policy on what it shares, with the actions of its managed permission for its principals.
Sources: SageMaker Developer Guide, "Enabling cross account access" (feature-store-cross-account-access: the managed
permissions and their actions); RAM User Guide, "Sharing your resources" (getting-started-sharing: the principals).
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from featureshare.iam.document import CURRENT, Policy

_READ = ("DescribeFeatureGroup", "DescribeFeatureMetadata", "BatchGetRecord", "GetRecord")
_WRITE = (*_READ, "PutRecord", "DeleteRecord")
_ADMIN = (*_WRITE, "UpdateFeatureGroup", "UpdateFeatureMetadata")
# AWS's pages write SageMaker and Sagemaker by turns, so names are compared without case. What the default permission
# of a share without a named one allows is not published.
_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "awsrampermissionsagemakerfeaturegroupreadonly": _READ,
    "awsrampermissionsagemakerfeaturegroupreadwrite": _WRITE,
    "awsrampermissionsagemakerfeaturegroupadmin": _ADMIN,
}
_ORGANIZATION = re.compile(r"arn:[a-z-]+:organizations::\d{12}:organization/(o-[a-z0-9]+)")
_UNIT = re.compile(r"arn:[a-z-]+:organizations::\d{12}:ou/(o-[a-z0-9]+)/(ou-[a-z0-9-]+)")
_PRINCIPAL = re.compile(r"\d{12}|arn:[a-z-]+:iam::\d{12}:(?:role|user)/.+")


def actions_of(permissions: Iterable[str]) -> tuple[str, ...]:
    """The actions on a feature group of RAM's managed permissions, by ARN or name; nothing for an unknown one."""
    names = (one.rpartition("/")[2].lower() for one in permissions)
    return tuple(dict.fromkeys(f"sagemaker:{action}" for name in names for action in _ACTIONS.get(name, ())))


@lru_cache(maxsize=1024)
def share_policy(
    arn: str, owner: str, principals: tuple[str, ...], permissions: tuple[str, ...], *, name: str
) -> Policy:
    """A share of the feature group `arn`, which account `owner` owns, as a document for `World.grants`.

    `principals` are as RAM keeps them: accounts, ARNs of roles and users, of organizations and of their units; one
    that is none of these is granted nothing. `name` is what reasons call the document.
    """
    statements = []
    actions = list(actions_of(permissions))
    for number, principal in enumerate(principals):
        who: str | None = principal if _PRINCIPAL.fullmatch(principal) else None
        condition: dict[str, dict[str, str]] = {}
        if found := _ORGANIZATION.fullmatch(principal):
            who, condition = "*", {"StringEquals": {"aws:PrincipalOrgID": found[1]}}
        elif found := _UNIT.fullmatch(principal):
            who = "*"
            condition = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{found[1]}/*/{found[2]}/*"}}
        if condition:  # the owner's principals live by their own policies; a share gives them nothing
            condition["StringNotEquals"] = {"aws:PrincipalAccount": owner}
        if who is not None and actions:
            statements.append(
                {
                    "Sid": f"SharedWith{number + 1}",
                    "Effect": "Allow",
                    "Principal": {"AWS": who},
                    "Action": actions,
                    "Resource": arn,
                    "Condition": condition,
                }
            )
    return Policy.parse({"Version": CURRENT, "Statement": statements}, name=name)
