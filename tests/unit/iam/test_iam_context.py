"""The keys that follow from who asks, for what, when and how.

Expected values from the IAM User Guide, "AWS global condition context keys" (reference_policies_condition-keys), the
S3 and KMS pages of the Service Authorization Reference, and "Logging KMS API calls: kms:CallerAccount".
"""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from featureshare.iam.context import Place, Requester, Way, called_via, request_context

AT = datetime(2026, 11, 24, 12, 30, 5, 900_000, tzinfo=UTC)
WAY = Way(at=AT, region="eu-west-1", address="127.0.0.1")
HOME, AWAY = "111111111111", "222222222222"
ORG = Place("o-a1b2c3d4e5", "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/")
ROLE = f"arn:aws:iam::{HOME}:role/team/etl"
SESSION = Requester(
    arn=f"arn:aws:sts::{HOME}:assumed-role/etl/run",
    source=ROLE,
    account=HOME,
    place=ORG,
    user_id="AROAEXAMPLE:run",
    tags={"team": "search"},
    source_identity="ann",
    issued=datetime(2026, 11, 24, 12, 0, tzinfo=UTC),
)
OBJECT = "arn:aws:s3:::bucket/key"
KEY = f"arn:aws:kms:eu-west-1:{AWAY}:key/1"


def test_a_session_in_full() -> None:
    assert request_context(SESSION, WAY, OBJECT, AWAY, ORG, "s3:GetObject") == {
        "aws:CurrentTime": "2026-11-24T12:30:05Z",
        "aws:EpochTime": "1795523405",
        "aws:SecureTransport": "true",
        "aws:RequestedRegion": "eu-west-1",
        "aws:ViaAWSService": "false",
        "aws:SourceIp": "127.0.0.1",
        "aws:ResourceAccount": AWAY,
        "s3:ResourceAccount": AWAY,
        "aws:ResourceOrgID": "o-a1b2c3d4e5",
        "aws:ResourceOrgPaths": ("o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/",),
        "aws:PrincipalIsAWSService": "false",
        "aws:PrincipalArn": ROLE,
        "aws:PrincipalAccount": HOME,
        "aws:PrincipalType": "AssumedRole",
        "aws:userid": "AROAEXAMPLE:run",
        "aws:PrincipalOrgID": "o-a1b2c3d4e5",
        "aws:PrincipalOrgPaths": ("o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/",),
        "aws:MultiFactorAuthPresent": "false",
        "aws:TokenIssueTime": "2026-11-24T12:00:00Z",
        "aws:SourceIdentity": "ann",
        "aws:PrincipalTag/team": "search",
    }


@pytest.mark.parametrize(
    ("arn", "source", "kind", "name"),
    [
        (f"arn:aws:iam::{HOME}:user/people/ann", f"arn:aws:iam::{HOME}:user/people/ann", "User", "ann"),
        (f"arn:aws:iam::{HOME}:root", f"arn:aws:iam::{HOME}:root", "Account", None),
        (f"arn:aws:sts::{HOME}:federated-user/ann", f"arn:aws:sts::{HOME}:federated-user/ann", "FederatedUser", None),
        (ROLE, ROLE, "AssumedRole", None),
    ],
)
def test_kinds_of_principal(arn: str, source: str, kind: str, name: str | None) -> None:
    """Only a user has aws:username; a session's keys of temporary credentials are nobody else's."""
    context = request_context(replace(SESSION, arn=arn, source=""), WAY, OBJECT, AWAY)
    assert (context["aws:PrincipalArn"], context["aws:PrincipalType"]) == (source, kind)
    assert context.get("aws:username") == name
    assert not {"aws:TokenIssueTime", "aws:MultiFactorAuthPresent"} & context.keys()


def test_a_service_has_no_account_and_no_organization() -> None:
    context = request_context(Requester("sagemaker.amazonaws.com"), replace(WAY, address=None), OBJECT, AWAY)
    assert context["aws:PrincipalIsAWSService"] == "true"
    assert context["aws:PrincipalServiceName"] == "sagemaker.amazonaws.com"
    assert not {"aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalOrgID", "aws:SourceIp"} & context.keys()


def test_an_anonymous_request_lacks_the_keys_of_signed_ones() -> None:
    """aws:PrincipalIsAWSService: "Anonymous requests do not include this key"."""
    context = request_context(Requester("anonymous"), WAY, OBJECT, AWAY)
    assert (context["aws:PrincipalType"], context["aws:userid"]) == ("Anonymous", "anonymous")
    assert not {"aws:PrincipalIsAWSService", "aws:PrincipalArn", "aws:PrincipalAccount"} & context.keys()


def test_what_is_unknown_or_unset_is_absent() -> None:
    bare = Requester(SESSION.arn, ROLE, HOME)
    context = request_context(bare, replace(WAY, address=None), OBJECT, AWAY)
    absent = {"aws:PrincipalOrgID", "aws:ResourceOrgID", "aws:SourceIdentity", "aws:SourceIp", "aws:userid"}
    assert not (absent | {"aws:TokenIssueTime", "aws:MultiFactorAuthPresent"}) & context.keys()
    assert not [key for key in context if key.startswith("aws:PrincipalTag/")]
    member = request_context(replace(bare, place=Place("o-a1b2c3d4e5")), WAY, OBJECT, AWAY, Place("o-a1b2c3d4e5"))
    assert (member["aws:PrincipalOrgID"], member["aws:ResourceOrgID"]) == ("o-a1b2c3d4e5", "o-a1b2c3d4e5")
    assert not {"aws:PrincipalOrgPaths", "aws:ResourceOrgPaths"} & member.keys()


@pytest.mark.parametrize(
    ("resource", "action", "of_s3", "of_kms"),
    [
        (OBJECT, "s3:GetObject", AWAY, None),
        (OBJECT, "", AWAY, None),
        ("*", "s3:ListAllMyBuckets", AWAY, None),
        (KEY, "kms:Decrypt", None, HOME),
        (KEY, "", None, HOME),
        ("*", "kms:CreateKey", None, HOME),
        (f"arn:aws:glue:eu-west-1:{AWAY}:catalog", "glue:GetTable", None, None),
        ("*", "", None, None),
    ],
)
def test_keys_of_one_service(resource: str, action: str, of_s3: str | None, of_kms: str | None) -> None:
    """s3:ResourceAccount is the owner's account, kms:CallerAccount the caller's."""
    context = request_context(SESSION, WAY, resource, AWAY, None, action)
    assert (context.get("s3:ResourceAccount"), context.get("kms:CallerAccount")) == (of_s3, of_kms)


def test_a_request_that_a_service_makes_for_its_caller() -> None:
    """aws:SourceIp is the client's and gone; aws:CalledVia only with the services that document it."""
    through = replace(WAY, by_service=True, via=("athena.amazonaws.com", "glue.amazonaws.com"))
    context = request_context(SESSION, through, OBJECT, AWAY)
    assert context["aws:ViaAWSService"] == "true"
    assert context["aws:CalledVia"] == ("athena.amazonaws.com", "glue.amazonaws.com")
    assert context["aws:CalledViaFirst"] == "athena.amazonaws.com"
    assert context["aws:CalledViaLast"] == "glue.amazonaws.com"
    assert "aws:SourceIp" not in context
    unnamed = request_context(SESSION, replace(WAY, by_service=True), OBJECT, AWAY)
    assert unnamed["aws:ViaAWSService"] == "true"
    assert not {"aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast", "aws:SourceIp"} & unnamed.keys()
    assert called_via(()) == {}


def test_plain_http_is_not_secure() -> None:
    assert request_context(SESSION, replace(WAY, secure=False), OBJECT, AWAY)["aws:SecureTransport"] == "false"
