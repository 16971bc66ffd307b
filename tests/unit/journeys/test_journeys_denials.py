"""Probes: what is made of a declaration, and how a refusal is judged."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from journeys_render import render

from featureshare.journeys.article import stage
from featureshare.journeys.athena import QueryFailed
from featureshare.journeys.denials import DENIED, QUERY_DENIED, Probe, Why, reason_in, try_probe
from featureshare.journeys.probes import CATEGORIES, all_probes
from featureshare.journeys.sessions import LocalSessions

WHY = Why("sagemaker:PutRecord", "identity")


class Endpoint:
    """As much of a local AWS as making probes needs: an address."""

    endpoint = "http://127.0.0.1:9"

    def session(self, role_arn: str, **_: object) -> dict[str, str]:
        return {"AccessKeyId": "AKIA", "SecretAccessKey": "secret", "SessionToken": "token"}


class Strange:
    undeclared_account = "777777777777"
    outside_account = "888888888888"

    def administrator(self, account: str) -> boto3.Session:
        raise AssertionError("nobody is asked while the table is made")

    expired = serving = plain_http = administrator  # type: ignore[assignment]


def refused(code: str) -> Any:
    def call() -> None:
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, "PutRecord")

    return call


def probe(call: Any, why: Why | None = None, codes: frozenset[str] = DENIED) -> Probe:
    return Probe("category", "who", "what", "where", codes, why, call)


class Log:
    def __init__(self, *entries: Mapping[str, Any]) -> None:
        self._entries = entries

    def mark(self) -> int:
        return 0

    def since(self, mark: int) -> Sequence[Mapping[str, Any]]:
        return self._entries


def entry(action: str, result: str, layer: str, sid: str = "", outcome: str = "Denied") -> dict[str, Any]:
    reason = {"layer": layer, "document": "d", "sid": sid, "text": "because"}
    check = {"action": action, "result": result, "reasons": [reason]}
    return {"result": outcome, "call": "a:B", "error": "AccessDenied", "checks": [check]}


def test_every_category_has_a_probe_on_a_declaration_that_has_every_part() -> None:
    run = stage(render(), LocalSessions(Endpoint(), "eu-west-1"), now=datetime(2026, 11, 23, tzinfo=UTC))
    made = {probe.category for probe in all_probes(run, Strange())}
    assert made == set(CATEGORIES)


def test_on_real_aws_what_cannot_be_played_is_there_and_says_so() -> None:
    run = stage(render(), LocalSessions(Endpoint(), "eu-west-1"))
    skipped = [probe for probe in all_probes(run, None) if probe.call is None]
    assert {"a stranger of the same account", "an undeclared account", "expired credentials"} <= {
        probe.category for probe in skipped
    }
    results = [try_probe(probe, None) for probe in skipped]
    assert all(result.skipped and not result.ok and result.reason for result in results)


def test_outside_ephemeral_environments_no_probe_writes_records() -> None:
    run = stage(render(ephemeral=False), LocalSessions(Endpoint(), "eu-west-1"))
    told = [probe.what for probe in all_probes(run, None)]
    assert not [what for what in told if what.startswith(("PutRecord", "DeleteRecord"))]


def test_a_call_that_goes_through_is_not_a_denial() -> None:
    result = try_probe(probe(lambda: None), None)
    assert (result.ok, result.got) == (False, "allowed")


@pytest.mark.parametrize(("code", "ok"), [("AccessDeniedException", True), ("ValidationError", False)])
def test_only_the_expected_codes_count(code: str, ok: bool) -> None:
    assert try_probe(probe(refused(code)), None).ok is ok


def test_a_denial_inside_a_query_counts_where_it_is_expected() -> None:
    def call() -> None:
        raise QueryFailed("q", "FAILED", "Access Denied: glue:GetTable")

    assert try_probe(probe(call, codes=frozenset({QUERY_DENIED})), None).ok
    assert not try_probe(probe(call), None).ok


def test_the_reason_must_be_the_expected_one() -> None:
    right = Log(entry("sagemaker:PutRecord", "ImplicitlyDenied", "identity"))
    wrong = Log(entry("sagemaker:PutRecord", "ImplicitlyDenied", "boundary"))
    assert try_probe(probe(refused("AccessDenied"), WHY), right).ok
    failed = try_probe(probe(refused("AccessDenied"), WHY), wrong)
    assert not failed.ok
    assert "boundary" in failed.reason


@pytest.mark.parametrize(
    ("logged", "why", "found"),
    [
        (
            entry("s3:GetObject", "ExplicitlyDenied", "resource", "DenyX"),
            Why("s3:GetObject", "resource", "DenyX"),
            True,
        ),
        (
            entry("s3:GetObject", "ExplicitlyDenied", "resource", "DenyY"),
            Why("s3:GetObject", "resource", "DenyX"),
            False,
        ),
        (entry("s3:GetObject", "ExplicitlyDenied", "identity", "DenyX"), Why("s3:GetObject", "identity"), False),
        (entry("s3:PutObject", "ImplicitlyDenied", "identity"), Why("s3:*", "identity"), True),
        (entry("kms:Decrypt", "ImplicitlyDenied", "identity"), Why("s3:*", "identity"), False),
        (entry("s3:GetObject", "Allowed", "identity", outcome="Allowed"), Why("s3:GetObject", "identity"), False),
        (
            {"result": "Refused", "call": "sts:X", "error": "ExpiredToken", "checks": []},
            Why("", "authentication"),
            True,
        ),
        (
            {"result": "Denied", "call": "sts:X", "error": "AccessDenied", "checks": []},
            Why("", "authentication"),
            False,
        ),
    ],
)
def test_reasons_are_found_in_the_log(logged: Mapping[str, Any], why: Why, found: bool) -> None:
    assert (reason_in([logged], why) is not None) is found
