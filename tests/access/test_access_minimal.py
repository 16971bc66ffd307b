"""Nothing is granted that no call requires; every mutant is noticed."""

import json
from pathlib import Path

import planting as plant
import pytest

from featureshare.access import FAILED, PROVED, Model, mutants
from featureshare.access.calls import Calls, read_log
from featureshare.access.compare import Comparison
from featureshare.access.contract import Contract
from featureshare.access.minimal import minimal
from featureshare.access.mutations import mutations
from featureshare.access.prove import prove_document
from featureshare.access.settled import Settled

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


def line(source=WRITER, action="sagemaker:PutRecord", resource=SESSIONS, result="Allowed", owner=None, **more):
    """A line of a decision log with one check."""
    check = {"action": action, "resource": resource, "owner": owner or plant.CENTRAL, "as_role": None, "via": []}
    check |= {"context": {}, "wildcard_only": False, "new": False, "result": result, **more}
    session = f"arn:aws:sts::{source.split(':')[4]}:assumed-role/{source.rsplit('/')[-1]}/run"
    return json.dumps({"call": "x:X", "role_arn": source, "principal": session, "checks": [check]})


def test_what_a_journey_did_is_exercised_and_the_rest_documented(normal, documents):
    found = minimal(normal, documents, ROOT / "policies", read_log([line()]))
    assert [(one.action, one.holder, one.template) for one in found.exercised] == [
        ("sagemaker:PutRecord", WRITER, "identity/write.json.tftpl"),
        # Its boundary admits it, and is used with it.
        ("sagemaker:PutRecord", plant.BOUNDARY, "identity/boundary-access-role.json.tftpl"),
    ]
    assert ("identity/write.json.tftpl", "WriteRecords", "sagemaker:PutRecord") not in found.unexercised()
    assert ("identity/write.json.tftpl", "WriteRecords", "sagemaker:DescribeFeatureGroup") in found.unexercised()


@pytest.mark.parametrize(
    ("holder", "statement"),
    [
        (f"arn:aws:s3:::{plant.RESULTS}", ("resource/results-bucket-reader.json.tftpl", "ListSharedByReaderOffline")),
        (f"arn:aws:s3:::{plant.RESULTS}", ("resource/results-bucket-reader.json.tftpl", "WriteAndReadByReaderOffline")),
        (WRITER, ("trust/access-role.json.tftpl", "AssumeByDeclaredRoles")),
        ("arn:aws:iam::111111111111:role/fs/deploy/fs-deploy", ("trust/deploy.json.tftpl", "AssumeByPlatform")),
        (plant.BOUNDARY, ("identity/boundary-access-role.json.tftpl", "PassOfflineStoreRoles")),
    ],
)
def test_statements_on_resources_trusts_and_boundaries_are_judged(holder, statement, normal, shipped):
    found = minimal(normal, shipped, ROOT / "policies")
    assert statement in {(one.template, one.sid) for one in found.documented if one.holder == holder}


def test_every_document_is_judged(normal, shipped):
    found = minimal(normal, shipped, ROOT / "policies")
    judged = {one.sid for one in (*found.documented, *found.doubled, *found.unused_ceiling)}
    assert _allows(shipped) == judged
    assert found.denies == sum(text.count('"Effect":"Deny"') for text in _texts(shipped))


def _texts(documents):
    for part in ("roles", "brought_roles", "buckets", "keys", "catalogs"):
        for one in documents[part].values():
            texts = (*one.get("policies", {}).values(), one.get("trust"), one.get("policy"))
            yield from (text for text in texts if text)
    yield documents["landing_zone"]["platform"]["policy"]
    yield from documents["organization"]["scps"].values()


def _allows(documents):
    boundaries = [one["document"] for one in documents["managed_policies"].values()]
    statements = [one for text in (*_texts(documents), *boundaries) for one in json.loads(text)["Statement"]]
    return {one["Sid"] for one in statements if one["Effect"] == "Allow"}


KEY = "222222222222/alias/fs-online"


@pytest.mark.parametrize(
    ("fault", "action", "template", "sid"),
    [
        (
            lambda d: plant.replaced(d["keys"][KEY], "policy", '"kms:ReEncryptTo"', '"kms:ReEncryptTo","kms:Sign"'),
            "kms:Sign",
            "resource/online-key.json.tftpl",
            "CreateFeatureGroups",
        ),
        (
            lambda d: plant.replaced(
                d["buckets"][plant.RESULTS], "policy", '["s3:AbortMulti', '["s3:GetObjectTagging","s3:AbortMulti'
            ),
            "s3:GetObjectTagging",
            "resource/results-bucket-reader.json.tftpl",
            "WriteAndReadByReaderOffline",
        ),
        (
            plant.trust("fs-personalization-writer", '"sts:AssumeRole"', '"sts:AssumeRole","sts:AssumeRoleWithSAML"'),
            "sts:AssumeRoleWithSAML",
            "trust/access-role.json.tftpl",
            "AssumeByDeclaredRoles",
        ),
        (
            plant.added(
                "buckets",
                plant.BUCKET,
                Sid="Curious",
                Principal={"AWS": "arn:aws:iam::222222222222:root"},
                Action="s3:GetBucketNotification",
                Resource=f"arn:aws:s3:::{plant.BUCKET}",
            ),
            "s3:GetBucketNotification",
            "",
            "Curious",
        ),
    ],
    ids=["key", "results bucket", "trust", "offline bucket"],
)
def test_an_entry_of_a_resource_policy_that_no_step_needs_is_named(fault, action, template, sid, normal, documents):
    fault(documents)
    unneeded = minimal(normal, documents, ROOT / "policies").unneeded
    assert {(one.action, one.template, one.sid) for one in unneeded} == {(action, template, sid)}


def test_an_entry_that_another_statement_makes_superfluous_is_told_apart(normal, documents):
    document = json.loads(documents["keys"][KEY]["policy"])
    again = next(one for one in document["Statement"] if one["Sid"] == "ReadAndWriteRecords")
    document["Statement"].append({**again, "Sid": "Again"})
    documents["keys"][KEY]["policy"] = json.dumps(document)
    found = minimal(normal, documents, ROOT / "policies")
    assert {one.sid for one in found.doubled if one.action == "kms:Decrypt"} == {"Again", "ReadAndWriteRecords"}
    assert found.unneeded == []


def test_a_boundary_admits_what_no_role_uses_and_that_is_told_apart(normal, documents):
    plant.replaced(
        documents["managed_policies"][plant.BOUNDARY], "document", '"s3:GetObject"', '"s3:GetObject","s3:GetObjectAcl"'
    )
    found = minimal(normal, documents, ROOT / "policies")
    assert ("s3:GetObjectAcl", plant.BOUNDARY) in {(one.action, one.holder) for one in found.unused_ceiling}
    assert found.unneeded == []


def test_the_decision_log_is_read_as_it_is_written():
    service = line(action="s3:PutObject", as_role="arn:aws:iam::222222222222:role/offline")
    denied = line(result="ImplicitlyDenied", via=["athena.amazonaws.com"], context={"aws:TagKeys": ["a"]})
    old = json.dumps({"call": "x:X", "role_arn": WRITER, "principal": "p", "checks": [{"action": "s3:GetObject"}]})
    found = read_log([line(), line(), service, denied, old, "torn"])
    assert [(one.source, one.action, one.allowed) for one in found] == [
        (WRITER, "sagemaker:PutRecord", True),
        ("arn:aws:iam::222222222222:role/offline", "s3:PutObject", True),
        (WRITER, "sagemaker:PutRecord", False),
    ]
    assert found[2].via == ("athena.amazonaws.com",)
    assert found[2].context == (("aws:TagKeys", ("a",)),)


def test_logged_calls_that_the_documents_do_not_explain_show_nothing(shipped):
    users = SESSIONS.replace("sessions", "users")
    calls = Calls.of(Model(shipped), read_log([line(), line(resource=users), line(resource=users, result="Denied")]))
    assert [(one.resource, one.allowed) for one in calls.made] == [(SESSIONS, True), (users, False)]
    assert [one.resource for one in calls.apart] == [users]


def test_a_logged_key_is_known_by_its_alias(shipped):
    key = "arn:aws:kms:eu-west-1:222222222222:key/11111111-2222-3333-4444-555555555555"
    context = {"kms:ResourceAliases": ["alias/fs-online"], "kms:ViaService": "sagemaker.eu-west-1.amazonaws.com"}
    named = line(action="kms:Decrypt", resource=key, context=context, as_role=None)
    model = Model(shipped)
    assert [one.resource for one in Calls.of(model, read_log([named])).made] == [
        model.key_arn(plant.CENTRAL, "alias/fs-online")
    ]


@pytest.mark.timeout(1200)
def test_no_mutant_survives(normal, documents):
    """Every systematic mutant of every document: the gate."""
    score = mutants.run(normal, documents)
    assert [vars(one) for one in score.survivors] == []
    assert score.total > 5000
    assert sum(counts[mutants.KILLED] for counts in score.counts.values()) > score.total * 0.8
    assert score.noticed(mutants.PROVE) > score.noticed(mutants.MINIMAL) > 500
    assert (score.calls, score.noticed(mutants.CALLS)) == (0, 0)


def test_logged_calls_judge_mutants_too(normal, documents):
    """What was allowed must stay allowed, what was denied must stay denied; by every operator that turns one."""
    users = SESSIONS.replace("sessions", "users")
    delete = line(action="sagemaker:DeleteRecord", result="ImplicitlyDenied")
    logged = read_log([line(), line(resource=users, result="ImplicitlyDenied"), delete])
    only = "222222222222/fs-personalization-writer write"
    score = mutants.run(normal, documents, only=only, logged=logged)
    assert score.calls == 3
    assert {name for name, counts in score.counts.items() if counts[mutants.CALLS]} == {
        "add a foreign statement",  # all three
        "drop a value",  # PutRecord
        "swap an account",
        "turn Deny and Allow",
        "widen an ARN",  # lets users in
        "widen an action",  # sagemaker:* lets DeleteRecord in, which the boundary admits
    }


def test_each_judge_alone_catches_what_it_is_for(monkeypatch, normal, documents):
    """Without the proof, minimality and logged denials still catch a widening, logged calls a narrowing."""
    monkeypatch.setattr(mutants, "prove_document", lambda *_: mutants_proof())
    logged = read_log([line(), line(resource=f"{SESSIONS}x", result="ImplicitlyDenied")])
    only = "222222222222/fs-personalization-writer write"
    score = mutants.run(normal, documents, only=only, workers=1, logged=logged)
    by = {name: {judge for judge in mutants.JUDGES if counts[judge]} for name, counts in score.counts.items()}
    assert by["swap an account"] == {mutants.MINIMAL, mutants.CALLS}
    assert by["widen an action"] >= {mutants.MINIMAL}
    assert by["turn Deny and Allow"] == {mutants.CALLS}
    assert by["widen an ARN"] == {mutants.CALLS}


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


@pytest.mark.parametrize("wanted", ["bucket fs-core-search", "trust of 222222222222/fs-core-search-reader-offline"])
def test_a_comparison_of_one_document_sees_what_a_whole_one_sees(normal, documents, wanted):
    """It decides fewer requests; the whole comparison decides them all."""
    model = Model(documents)
    contract = Contract(normal, model)
    place = next(place for place in mutants.places(model) if place.name.startswith(wanted))
    original = json.loads(mutants._text(documents, place.path))
    found = []
    for _, _, changed in list(mutations(original, (plant.CENTRAL, "555555555555"), on_resource=True))[::4]:
        other = Model(mutants._replaced(documents, place.path, json.dumps(changed)))
        alone, whole = (Comparison(model, other, contract, alone=alone) for alone in (True, False))
        first = [next(comparison.of(place.scope), None) for comparison in (alone, whole)]
        words = [one and (one.actor.source, one.action, one.resource, one.gained) for one in first]
        assert words[0] == words[1]
        found.append(words[0] is None)
    assert {True, False} == set(found)


@pytest.mark.parametrize("wanted", ["121212121212/fs-research-training read-offline", "bucket fs-core-search-results"])
def test_what_earlier_proofs_found_out_changes_no_answer(normal, documents, wanted):
    """A proof that begins with what many others found says the same as one that begins with nothing."""
    model = Model(documents)
    contract, settled = Contract(normal, model), Settled()
    place = next(place for place in mutants.places(model) if place.name.startswith(wanted))
    original = json.loads(mutants._text(documents, place.path))
    found = []
    mutated = list(mutations(original, (plant.CENTRAL, "555555555555"), on_resource=place.on_resource))[::9]
    for changed in (original, *(changed for _, _, changed in mutated)):
        other = Model(mutants._replaced(documents, place.path, json.dumps(changed)))
        late, fresh = (prove_document(contract, other, place.scope, known) for known in (settled, Settled()))
        assert late.result == fresh.result
        assert [one.words for one in late.counterexamples] == [one.words for one in fresh.counterexamples]
        assert (late.faults, late.undecided) == (fresh.faults, fresh.undecided)
        found.append((late.result, late.requests < fresh.requests))
    assert {result for result, _ in found} == {PROVED, FAILED}
    assert any(fewer for _, fewer in found)
