"""Whoever labels or calls from outside, and what builds the images of jobs: user pools and build projects."""

from featureshare.iam.calls.registry import SAR, Table, both, entries, family, pass_role

_POOL = (
    "AdminAddUserToGroup AdminCreateUser AdminDeleteUser AdminGetUser AdminRemoveUserFromGroup CreateGroup "
    "CreateIdentityProvider CreateResourceServer CreateUserPoolClient CreateUserPoolDomain DeleteGroup "
    "DeleteIdentityProvider DeleteResourceServer DeleteUserPool DeleteUserPoolClient DeleteUserPoolDomain "
    "DescribeIdentityProvider DescribeResourceServer DescribeUserPool DescribeUserPoolClient GetGroup "
    "GetUserPoolMfaConfig ListGroups ListResourceServers ListUserPoolClients ListUsers SetUserPoolMfaConfig "
    "UpdateGroup UpdateIdentityProvider UpdateResourceServer UpdateUserPool UpdateUserPoolClient UpdateUserPoolDomain"
)
COGNITO: Table = entries(
    SAR + "list_amazoncognitouserpools.html",
    family(
        "cognito-idp",
        {
            "userpool/{UserPoolId}": _POOL,
            "{ResourceArn}": "ListTagsForResource TagResource UntagResource",
            "*": "CreateUserPool DescribeUserPoolDomain ListUserPools",
        },
    ),
)

_CODEBUILD = family(
    "codebuild",
    {
        "project/{name}": "CreateProject DeleteProject UpdateProject",
        "project/*": "BatchGetProjects",
        "*": "ListProjects",
    },
)
_ROLE = pass_role("serviceRole", "codebuild.amazonaws.com")
CODEBUILD: Table = entries(
    SAR + "list_awscodebuild.html",
    {
        **_CODEBUILD,
        "CreateProject": both(_CODEBUILD["CreateProject"], _ROLE),
        "UpdateProject": both(_CODEBUILD["UpdateProject"], _ROLE),
    },
)

TABLES: dict[str, Table] = {"codebuild": CODEBUILD, "cognito-idp": COGNITO}
