"""Sessions: trust policies, durations, chains, tags, source identity, session policies."""

from typing import Any

import pytest
from gateway_support import MANAGEMENT, OTHER, OUTSIDE, OWNER, PLATFORM, Aws, allow, document, refusal, statement, trust

from featureshare.localaws.control import LocalAWSError


def assume(aws: Aws, keys: dict[str, Any], role: str, **more: Any) -> dict[str, Any]:
    params = {"RoleArn": role, "RoleSessionName": "chained", **more}
    answer: dict[str, Any] = aws.client("sts", keys).assume_role(**params)
    return answer


def refused(aws: Aws, keys: dict[str, Any], role: str, **more: Any) -> tuple[str, str, int]:
    params = {"RoleArn": role, "RoleSessionName": "chained", **more}
    return refusal(aws.client("sts", keys).assume_role, **params)


def test_identity_of_a_session(aws: Aws) -> None:
    role = aws.role("who", path="/team/a/")
    answer = aws.as_role("sts", role).get_caller_identity()
    assert (answer["Account"], answer["Arn"]) == (OWNER, f"arn:aws:sts::{OWNER}:assumed-role/who/local")
    assert answer["UserId"].startswith("AROA")
    assert answer["UserId"].endswith(":local")


def test_cross_account_role_needs_trust_and_identity(aws: Aws) -> None:
    caller = aws.role("x-caller", allow("sts:AssumeRole"), account=OTHER)
    powerless = aws.role("x-powerless", account=OTHER)
    target = aws.role("x-target", allow("s3:ListAllMyBuckets"), trust=trust({"AWS": [caller, powerless]}))
    closed = aws.role("x-closed")
    got = assume(aws, aws.keys(caller), target)
    assert got["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{OWNER}:assumed-role/x-target/chained"
    aws.client("s3", got["Credentials"]).list_buckets()
    assert "no role trust policy allows" in refused(aws, aws.keys(caller), closed)[1]
    assert "no identity-based policy allows" in refused(aws, aws.keys(powerless), target)[1]
    assert refused(aws, aws.keys(caller), f"arn:aws:iam::{OWNER}:role/nowhere")[0] == "AccessDenied"


def test_trust_of_the_account_delegates_only(aws: Aws) -> None:
    target = aws.role("delegated", trust=trust({"AWS": OWNER}))
    assume(aws, aws.keys(aws.role("may-assume", allow("sts:AssumeRole", on=target))), target)
    code, message, status = refused(aws, aws.keys(aws.role("may-not")), target)
    assert (code, status) == ("AccessDenied", 403)
    assert "no identity-based policy allows the sts:AssumeRole action" in message


def test_trust_condition_on_the_caller_with_path(aws: Aws) -> None:
    named = aws.role("runner", allow("sts:AssumeRole"), path="/ci/", account=OTHER)
    twin = aws.role("runner2", allow("sts:AssumeRole"), path="/ci/", account=OTHER)
    target = aws.role("by-arn", trust=trust({"AWS": OTHER}, ArnEquals={"aws:PrincipalArn": named}))
    assume(aws, aws.keys(named), target)
    assert refused(aws, aws.keys(twin), target)[0] == "AccessDenied"


def test_external_id_and_organization(aws: Aws) -> None:
    members = [aws.role("org-caller", allow("sts:AssumeRole"), account=account) for account in (OTHER, OUTSIDE)]
    inside = aws.role("org-only", trust=trust({"AWS": "*"}, StringEquals={"aws:PrincipalOrgID": "o-featureshar"}))
    assume(aws, aws.keys(members[0]), inside)
    assert refused(aws, aws.keys(members[1]), inside)[0] == "AccessDenied"
    external = aws.role("external", trust=trust({"AWS": OTHER}, StringEquals={"sts:ExternalId": "secret"}))
    assume(aws, aws.keys(members[0]), external, ExternalId="secret")
    assert refused(aws, aws.keys(members[0]), external, ExternalId="guess")[0] == "AccessDenied"
    assert refused(aws, aws.keys(members[0]), external)[0] == "AccessDenied"


def test_durations(aws: Aws) -> None:
    caller = aws.role("d-caller", allow("sts:AssumeRole"))
    target = aws.role("d-target", trust=trust({"AWS": caller}), longest=7200)
    keys = aws.keys(caller)
    assume(aws, keys, target, DurationSeconds=3600)
    code, message, status = refused(aws, keys, target, DurationSeconds=3601)
    assert (code, status) == ("ValidationError", 400)
    assert "role chaining" in message
    sts = aws.client("sts", keys, parameter_validation=False)
    short = {"RoleArn": target, "RoleSessionName": "short", "DurationSeconds": 899}
    assert refusal(sts.assume_role, **short)[0] == "ValidationError"
    assert aws.keys(aws.role("d-service", longest=7200), duration=7200)["AccessKeyId"]
    with pytest.raises(LocalAWSError, match="MaxSessionDuration"):
        aws.keys(aws.role("d-short"), duration=3601)
    assert aws.keys(aws.role("d-short"), duration=1)["AccessKeyId"]  # the landing zone's, to see a session expire


def test_session_policy_intersects(aws: Aws) -> None:
    caller = aws.role("sp-caller", allow("sts:AssumeRole"))
    target = aws.role("sp-target", allow("iam:ListRoles", "iam:ListUsers"), trust=trust({"AWS": caller}))
    keys = aws.keys(caller)
    full = aws.client("iam", assume(aws, keys, target)["Credentials"])
    full.list_roles()
    full.list_users()
    policy = allow("iam:ListRoles", "iam:ListPolicies")
    scoped = aws.client("iam", assume(aws, keys, target, Policy=policy)["Credentials"])
    scoped.list_roles()
    assert refusal(scoped.list_users)[1].endswith("because no session policy allows the iam:ListUsers action")
    assert "no identity-based policy allows" in refusal(scoped.list_policies)[1]
    assert refused(aws, keys, target, Policy="{")[0] == "MalformedPolicyDocument"


def test_managed_session_policies(aws: Aws, admin: str) -> None:
    caller = aws.role("mp-caller", allow("sts:AssumeRole"))
    target = aws.role("mp-target", allow("iam:*"), trust=trust({"AWS": caller}))
    arn = aws.as_role("iam", admin).create_policy(PolicyName="scope", PolicyDocument=allow("iam:ListRoles"))
    iam = aws.client(
        "iam", assume(aws, aws.keys(caller), target, PolicyArns=[{"arn": arn["Policy"]["Arn"]}])["Credentials"]
    )
    iam.list_roles()
    assert refusal(iam.list_users)[0] == "AccessDenied"
    missing = f"arn:aws:iam::{OWNER}:policy/none"
    assert refused(aws, aws.keys(caller), target, PolicyArns=[{"arn": missing}])[0] == "NoSuchEntity"


def test_session_tags_need_tag_session(aws: Aws) -> None:
    caller = aws.role("t-caller", allow("sts:AssumeRole", "sts:TagSession"))
    plain = aws.role("t-plain", trust=trust({"AWS": caller}))
    open_ = aws.role(
        "t-open",
        document(
            statement("Allow", "iam:ListRoles", "*", Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}})
        ),
        trust=trust({"AWS": caller}, "sts:AssumeRole", "sts:TagSession"),
    )
    keys = aws.keys(caller)
    red, blue = [{"Key": "team", "Value": "red"}], [{"Key": "team", "Value": "blue"}]
    assert "sts:TagSession" in refused(aws, keys, plain, Tags=red)[1]
    aws.client("iam", assume(aws, keys, open_, Tags=red)["Credentials"]).list_roles()
    assert (
        refusal(aws.client("iam", assume(aws, keys, open_, Tags=blue)["Credentials"]).list_roles)[0] == "AccessDenied"
    )


def test_transitive_tags_pass_along_and_cannot_be_replaced(aws: Aws) -> None:
    first = aws.role("c1", allow("sts:AssumeRole", "sts:TagSession"))
    both = ("sts:AssumeRole", "sts:TagSession")
    second = aws.role("c2", allow(*both), trust=trust({"AWS": first}, *both))
    check = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
    third = aws.role(
        "c3",
        document(statement("Allow", "iam:ListRoles", "*", Condition=check)),
        trust=trust({"AWS": second}, *both),
    )
    red = [{"Key": "team", "Value": "red"}]
    handed = assume(aws, aws.keys(first), second, Tags=red, TransitiveTagKeys=["team"])["Credentials"]
    aws.client("iam", assume(aws, handed, third)["Credentials"]).list_roles()
    assert refused(aws, handed, third, Tags=[{"Key": "Team", "Value": "x"}])[0] == "InvalidParameterValue"
    kept = assume(aws, aws.keys(first), second, Tags=red)["Credentials"]
    assert refusal(aws.client("iam", assume(aws, kept, third)["Credentials"]).list_roles)[0] == "AccessDenied"


def test_source_identity_stays(aws: Aws) -> None:
    both = ("sts:AssumeRole", "sts:SetSourceIdentity")
    first = aws.role("s1", allow(*both))
    second = aws.role("s2", allow(*both), trust=trust({"AWS": first}, *both))
    check = {"StringEquals": {"aws:SourceIdentity": "ann"}}
    third = aws.role(
        "s3", document(statement("Allow", "iam:ListRoles", "*", Condition=check)), trust=trust({"AWS": second}, *both)
    )
    strict = aws.role("s4", trust=trust({"AWS": second}))
    keys = assume(aws, aws.keys(first), second, SourceIdentity="ann")["Credentials"]
    answer = assume(aws, keys, third)
    assert answer["SourceIdentity"] == "ann"
    aws.client("iam", answer["Credentials"]).list_roles()
    assert refused(aws, keys, third, SourceIdentity="bob")[0] == "AccessDenied"
    assert "sts:SetSourceIdentity" in refused(aws, keys, strict)[1]


def test_boundary_of_the_caller_limits_assuming(aws: Aws, admin: str) -> None:
    iam = aws.as_role("iam", admin)
    edge = iam.create_policy(PolicyName="no-sts", PolicyDocument=allow("s3:*"))["Policy"]["Arn"]
    free, bounded = aws.role("free", allow("sts:*")), aws.role("bounded-caller", allow("sts:*"), boundary=edge)
    target = aws.role("bt", trust=trust({"AWS": [free, bounded]}))
    assume(aws, aws.keys(free), target)
    assert "no permissions boundary allows" in refused(aws, aws.keys(bounded), target)[1]


@pytest.mark.parametrize("name", ["x", "a b", "x" * 65])
def test_session_names(aws: Aws, name: str) -> None:
    caller = aws.role("n-caller", allow("sts:AssumeRole"))
    target = aws.role("n-target", trust=trust({"AWS": caller}))
    sts = aws.client("sts", aws.keys(caller), parameter_validation=False)
    assert refusal(sts.assume_role, RoleArn=target, RoleSessionName=name)[0] == "ValidationError"


def test_web_identity_is_refused(aws: Aws) -> None:
    sts = aws.client("sts", aws.control.session(PLATFORM))
    code, _, _ = refusal(
        sts.assume_role_with_web_identity,
        RoleArn=f"arn:aws:iam::{OWNER}:role/who",
        RoleSessionName="web",
        WebIdentityToken="token",
    )
    assert code in ("MissingAuthenticationToken", "AccessDenied")


def test_services_get_only_roles_that_trust_them(aws: Aws) -> None:
    role = aws.role("for-lambda")
    assert aws.control.session(role, "lambda.amazonaws.com")["Arn"].endswith("assumed-role/for-lambda/local")
    with pytest.raises(LocalAWSError, match="no role trust policy allows") as caught:
        aws.control.session(role, "sagemaker.amazonaws.com")
    assert caught.value.code == "AccessDenied"
    with pytest.raises(LocalAWSError, match="only the platform role"):
        aws.control.session(role)
    with pytest.raises(LocalAWSError, match="There is no role"):
        aws.control.session(f"arn:aws:iam::{OWNER}:role/none", "lambda.amazonaws.com")


def test_service_trust_with_source_account(aws: Aws) -> None:
    service = {"Service": "sagemaker.amazonaws.com"}
    right = aws.role("src-right", trust=trust(service, StringEquals={"aws:SourceAccount": OWNER}))
    wrong = aws.role("src-wrong", trust=trust(service, StringEquals={"aws:SourceAccount": OTHER}))
    aws.control.session(right, "sagemaker.amazonaws.com")
    with pytest.raises(LocalAWSError):
        aws.control.session(wrong, "sagemaker.amazonaws.com")


def test_platform_role_is_evaluated_like_any_other(aws: Aws) -> None:
    keys = aws.control.session(PLATFORM)
    assert aws.client("sts", keys).get_caller_identity()["Account"] == MANAGEMENT
    assert refusal(aws.client("s3", keys).list_objects_v2, Bucket="state-bucket")[0] == "AccessDenied"
    deploy = aws.role("deploy", allow("iam:ListRoles"), trust=trust({"AWS": PLATFORM}))
    iam = aws.client("iam", assume(aws, keys, deploy)["Credentials"])
    iam.list_roles()
    assert refusal(iam.list_users)[0] == "AccessDenied"


RED, BLUE = {"Key": "team", "Value": "red"}, {"Key": "Team", "Value": "blue"}
FULL = ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        ({"Tags": [RED, BLUE]}, "InvalidParameterValue", "Duplicate tag keys"),
        ({"Tags": [RED, RED]}, "InvalidParameterValue", "Duplicate tag keys"),
        ({"Tags": [RED], "TransitiveTagKeys": ["cost"]}, "InvalidParameterValue", "must be included"),
        ({"Tags": [{"Key": f"k{number}", "Value": ""} for number in range(51)]}, "ValidationError", "at most 50 tags"),
        ({"SourceIdentity": "a b"}, "ValidationError", "SourceIdentity is 2 to 64 characters"),
        ({"Policy": " " * 2049}, "ValidationError", "at most 2,048 characters"),
        (
            {"PolicyArns": [{"arn": f"arn:aws:iam::aws:policy/P{n:02}"} for n in range(11)]},
            "ValidationError",
            "At most",
        ),
    ],
)
def test_sessions_that_sts_makes_for_nobody(aws: Aws, given: dict[str, Any], code: str, says: str) -> None:
    caller = aws.role("no-caller", allow("sts:*"))
    target = aws.role("no-target", trust=trust({"AWS": caller}, *FULL))
    sts = aws.client("sts", aws.keys(caller), parameter_validation=False)
    got = refusal(sts.assume_role, RoleArn=target, RoleSessionName="none", **given)
    assert (got[0], got[2], says in got[1]) == (code, 400, True)


def test_a_chain_of_four_carries_identity_and_transitive_tags(aws: Aws) -> None:
    """id_session-tags, "Chaining roles with session tags": tags that are not transitive stay behind at each hop."""
    roles = [aws.role("hop-0", allow(*FULL))]
    for number in (1, 2, 3):
        condition = {
            "StringEquals": {"aws:PrincipalTag/team": "red", "aws:SourceIdentity": "ann"},
            "Null": {"aws:PrincipalTag/job": "true" if number > 1 else "false"},
        }
        rights = document(
            statement("Allow", "iam:ListRoles", "*", Condition=condition), statement("Allow", list(FULL), "*")
        )
        roles.append(aws.role(f"hop-{number}", rights, trust=trust({"AWS": roles[-1]}, *FULL), tags={"TEAM": "blue"}))
    keys = aws.keys(roles[0])
    first = {"Tags": [RED, {"Key": "job", "Value": "7"}], "TransitiveTagKeys": ["TEAM"], "SourceIdentity": "ann"}
    for number, given in ((1, first), (2, {}), (3, {"SourceIdentity": "ann"})):
        answer = assume(aws, keys, roles[number], **given)
        assert answer["SourceIdentity"] == "ann"
        keys = answer["Credentials"]
        aws.client("iam", keys).list_roles()
    actions = [check["action"] for check in aws.control.log()[-2]["checks"]]
    assert actions == list(FULL)


def test_each_hop_asks_again_for_what_it_carries(aws: Aws) -> None:
    """A role on the way that lets no tags or no source identity pass ends the chain for a session that has them."""
    first = aws.role("ask-0", allow(*FULL))
    second = aws.role("ask-1", allow(*FULL), trust=trust({"AWS": first}, *FULL))
    no_tags = aws.role("ask-no-tags", trust=trust({"AWS": second}, "sts:AssumeRole", "sts:SetSourceIdentity"))
    no_identity = aws.role("ask-no-identity", trust=trust({"AWS": second}, "sts:AssumeRole", "sts:TagSession"))
    tagged = assume(aws, aws.keys(first), second, Tags=[RED], TransitiveTagKeys=["team"])["Credentials"]
    named = assume(aws, aws.keys(first), second, SourceIdentity="ann")["Credentials"]
    plain = assume(aws, aws.keys(first), second, Tags=[RED])["Credentials"]
    assert "sts:TagSession" in refused(aws, tagged, no_tags)[1]
    assume(aws, tagged, no_identity)
    assert "sts:SetSourceIdentity" in refused(aws, named, no_identity)[1]
    assume(aws, named, no_tags)
    for role in (no_tags, no_identity):
        assume(aws, plain, role)
