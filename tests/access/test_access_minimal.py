"""Nothing is granted that no call requires; every mutant is noticed."""

import json
from pathlib import Path

import planting as plant
import pytest

from featureshare.access import mutants
from featureshare.access.minimal import Used, logged, minimal
from featureshare.access.mutations import mutations

ROOT = Path(__file__).parents[2]
WRITER = "arn:aws:iam::222222222222:role/fs/writer/personalization/fs-personalization-writer"
SESSIONS = "arn:aws:sagemaker:eu-west-1:222222222222:feature-group/sessions"


def test_what_ships_grants_nothing_unneeded(normal, documents):
    found = minimal(normal, documents, ROOT / "policies")
    assert [one.as_dict() for one in found.unneeded] == []
    assert found.documented


def test_a_grant_that_nothing_requires_is_named_with_template_and_sid(normal, documents):
    plant.policy(
        "fs-personalization-writer", "write", '"sagemaker:PutRecord"', '"sagemaker:PutRecord","sagemaker:Search"'
    )(documents)
    plant.policy(
        "fs-personalization-writer",
        "write",
        'group/sessions"',
        'group/sessions","arn:aws:sagemaker:eu-west-1:222222222222:feature-group/users"',
    )(documents)
    unneeded = minimal(normal, documents, ROOT / "policies").unneeded
    assert {(one.action, one.resource.rpartition("/")[2]) for one in unneeded} == {
        ("sagemaker:PutRecord", "users"),
        ("sagemaker:DescribeFeatureGroup", "users"),
    }
    assert {(one.template, one.sid) for one in unneeded} == {("identity/write.json.tftpl", "WriteRecords")}


def test_what_a_journey_did_is_exercised_and_the_rest_documented(normal, documents):
    used = [Used(WRITER, "sagemaker:putrecord", SESSIONS)]
    found = minimal(normal, documents, ROOT / "policies", used)
    assert [(one.action, one.holder) for one in found.exercised] == [("sagemaker:PutRecord", WRITER)]
    assert ("identity/write.json.tftpl", "WriteRecords", "sagemaker:PutRecord") not in found.unexercised()
    assert ("identity/write.json.tftpl", "WriteRecords", "sagemaker:DescribeFeatureGroup") in found.unexercised()


def test_the_decision_log_is_read_as_it_is_written():
    allowed = {"action": "sagemaker:PutRecord", "resource": SESSIONS, "as_role": None, "result": "Allowed"}
    denied = {**allowed, "result": "ImplicitlyDenied"}
    service = {**allowed, "action": "s3:PutObject", "as_role": "arn:aws:iam::222222222222:role/offline"}
    line = json.dumps({"role_arn": WRITER, "principal": "session", "checks": [allowed, denied, service]})
    assert list(logged([line, "torn"])) == [
        Used(WRITER, "sagemaker:putrecord", SESSIONS),
        Used("arn:aws:iam::222222222222:role/offline", "s3:putobject", SESSIONS),
    ]


@pytest.mark.timeout(1200)
def test_no_mutant_survives(normal, documents):
    """Every systematic mutant of every document: the gate."""
    score = mutants.run(normal, documents)
    assert [vars(one) for one in score.survivors] == []
    assert score.total > 5000
    assert sum(counts[mutants.KILLED] for counts in score.counts.values()) > score.total * 0.8


def test_a_mutant_that_means_the_same_is_shown_so_by_the_engine(normal, documents):
    """Two entries for the same thing: dropping one changes nothing."""
    plant.policy(
        "fs-personalization-writer", "write", '"sagemaker:PutRecord"', '"sagemaker:PutRecord","sagemaker:putrecord"'
    )(documents)
    score = mutants.run(normal, documents, only="222222222222/fs-personalization-writer write")
    assert score.counts["drop a value"][mutants.EQUIVALENT] == 2
    assert not score.survivors


def test_a_proof_that_overlooked_something_would_be_found_out(monkeypatch, normal, documents):
    """With a proof that always says yes, mutants survive."""
    monkeypatch.setattr(mutants, "prove_document", lambda *_: mutants_proof())
    score = mutants.run(normal, documents, only="222222222222/fs-personalization-writer write", workers=1)
    assert score.survivors


def mutants_proof():
    from featureshare.access import Proof

    return Proof("local")


def test_operators_change_what_they_say():
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "One",
                "Effect": "Deny",
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": "arn:aws:s3:::bucket/key",
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-one"}},
            }
        ],
    }
    found = list(mutations(document, ("111111111111",), on_resource=False))
    texts = {json.dumps(changed, sort_keys=True) for _, _, changed in found}
    assert json.dumps(document, sort_keys=True) not in texts
    operators = {operator for operator, _, _ in found}
    assert operators >= {
        "drop a Deny",
        "drop a condition",
        "drop a value",
        "remove the organization",
        "turn Deny and Allow",
        "widen an ARN",
        "widen an action",
        "add or remove IfExists",
        "exact name to prefix",
        "negate a condition",
        "add a foreign statement",
    }
