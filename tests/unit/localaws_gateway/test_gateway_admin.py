"""The landing zone's door: token, log, inventory, settings."""

import json

import pytest
from gateway_support import LAMBDA, MANAGEMENT, OTHER, OWNER, Aws, allow, http, refusal

from featureshare.localaws.control import LocalAWS, LocalAWSError
from featureshare.localaws.zone import OUTSIDER, UNDECLARED_MEMBER, landing_zone


@pytest.mark.parametrize("path", ["health", "log", "inventory", "sessions", "landing-zone", "clock", "settings"])
def test_token_is_needed(aws: Aws, path: str) -> None:
    url = f"{aws.running.endpoint}/_featureshare/{path}"
    assert http(url)[0] == 401
    assert http(url, "POST", b"{}", Authorization="Bearer wrong")[0] == 401
    assert http(url, "POST", b"{}", Authorization="Bearer ")[0] == 401


def test_unknown_path_and_bad_input(aws: Aws) -> None:
    good = {"Authorization": f"Bearer {aws.running.token}"}
    assert http(f"{aws.running.endpoint}/_featureshare/none", **good)[0] == 404
    assert http(f"{aws.running.endpoint}/_featureshare/settings", "POST", b"{", **good)[0] == 400
    with pytest.raises(LocalAWSError, match="unknown settings"):
        aws.control.settings(no_such_switch=True)
    with pytest.raises(LocalAWSError, match="lacks"):
        aws.control.land({"roles": {"x": {"name": "x"}}})


def test_delays_of_services_are_told_to_whoever_asks_for_them(aws: Aws) -> None:
    assert "services" not in aws.control.settings()
    before = aws.control.settings(services={})["services"]
    try:
        told = aws.control.settings(services={"replication_delay": 5.0})["services"]
        assert told == before | {"replication_delay": 5.0}
    finally:
        aws.control.settings(services=before)


def test_health_and_log(aws: Aws, admin: str) -> None:
    assert aws.control.health()["status"] == "ok"
    last = max((entry["sequence"] for entry in aws.control.log()), default=0)
    aws.as_role("iam", admin).list_roles()
    entries = aws.control.log(last)
    assert [entry["call"] for entry in entries] == ["sts:AssumeRole", "iam:ListRoles"]


def test_inventory_leaves_out_the_landing_zone(aws: Aws, admin: str) -> None:
    assert aws.control.inventory() == {}
    iam, kms = aws.as_role("iam", admin), aws.as_role("kms", admin)
    iam.create_role(
        RoleName="made",
        AssumeRolePolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Principal": {"AWS": OWNER}, "Action": "sts:AssumeRole"}],
            }
        ),
    )
    key = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/made", TargetKeyId=key["KeyId"])
    assert aws.control.inventory() == {
        OWNER: {"key_aliases": ["alias/made"], "keys": [key["Arn"]], "roles": [f"arn:aws:iam::{OWNER}:role/made"]}
    }
    kms.delete_alias(AliasName="alias/made")
    kms.schedule_key_deletion(KeyId=key["KeyId"])
    iam.delete_role(RoleName="made")
    assert aws.control.inventory() == {}


def test_landing_again_changes_what_differs(aws: Aws) -> None:
    role = aws.role("again", allow("iam:ListRoles"))
    client = aws.as_role("iam", role)
    client.list_roles()
    aws.role("again", allow("iam:ListUsers"))
    client.list_users()
    assert refusal(client.list_roles)[0] == "AccessDenied"


def test_landing_before_a_change_keeps_what_a_role_had_and_after_it_takes_that_away(aws: Aws) -> None:
    def land(keep: bool, **policies: str) -> None:
        made = {"account": OWNER, "name": "deployer", "trust": LAMBDA, "policies": policies}
        aws.control.land({"roles": {"deployer": made}, "keep": keep})

    def may(operation: str) -> bool:
        code = None
        try:
            getattr(client, operation)()
        except client.exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
        assert code in (None, "AccessDenied")
        return code is None

    land(False, roles=allow("iam:ListRoles"), storage=allow("iam:ListPolicies"))
    client = aws.as_role("iam", f"arn:aws:iam::{OWNER}:role/deployer")
    before = ("list_roles", "list_policies")
    assert [may(one) for one in (*before, "list_users")] == [True, True, False]
    for _ in range(2):  # a change that is applied in two runs lands twice
        land(True, roles=allow("iam:ListUsers"))  # one policy says something else, one is gone
        assert [may(one) for one in (*before, "list_users")] == [True, True, True]
    land(True, roles=allow("iam:ListGroups"))  # and a second change, before the first has been settled
    assert [may(one) for one in (*before, "list_users", "list_groups")] == [True, True, True, True]
    land(False, roles=allow("iam:ListUsers"))
    assert [may(one) for one in (*before, "list_users", "list_groups")] == [False, False, True, False]


def test_the_organization_that_accounts_see(aws: Aws) -> None:
    answers = [
        aws.as_role("organizations", aws.role("org", allow("organizations:*"), account=account)).describe_organization()
        for account in (MANAGEMENT, OWNER, OTHER)
    ]
    assert {answer["Organization"]["Id"] for answer in answers} == {"o-featureshar"}


def test_document_of_an_environment() -> None:
    platform = f"arn:aws:iam::{MANAGEMENT}:role/ops/platform"
    deploy = {"account": OWNER, "name": "d", "path": "/", "arn": "a", "stack": "landing-zone"}
    zone = landing_zone(
        {
            "environment": {
                "central_account": OWNER,
                "organization_id": "o-x",
                "region": "eu-west-1",
                "partition": "aws",
            },
            "teams": {"red": {"account": OTHER}},
            "roles": {"d": deploy, "e": {**deploy, "stack": "central"}},
            "landing_zone": {
                "platform": {"account": MANAGEMENT, "arn": platform, "policy": allow("sts:AssumeRole")},
                "scps": {"s": allow("*")},
                "state": {"account": MANAGEMENT, "bucket": "state"},
            },
        }
    )
    assert zone["accounts"] == {OTHER: "red", OWNER: "central", UNDECLARED_MEMBER: "undeclared"}
    assert OUTSIDER not in zone["accounts"]
    assert set(zone["roles"]) == {"d", "platform"}
    assert (zone["roles"]["platform"]["path"], zone["roles"]["platform"]["name"]) == ("/ops/", "platform")
    assert zone["platform_role"] == platform


def test_client_without_a_server(tmp_path: object) -> None:
    with pytest.raises(LocalAWSError, match="no local AWS runs"):
        LocalAWS.connect(str(tmp_path))
    with pytest.raises(LocalAWSError, match="no answer"):
        LocalAWS("http://127.0.0.1:9", "token").health()
