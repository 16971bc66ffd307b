"""The proof holds for what ships, and every planted fault makes it fail with the request that shows it."""

import copy
import json
import os
from pathlib import Path

import planting as plant
import pytest
from planting import BUCKET, RESULTS

from featureshare.access import FAILED, PROVED, prove
from featureshare.access.prove import Prover
from featureshare.access.residual import listed_residual

ROOT = Path(__file__).parents[2]
READER = "fs-core-search-reader-online"
OFFLINE = "fs-core-search-reader-offline"
WRITER = "fs-personalization-writer"
MANAGER = "fs-data-curation-manager"
UPDATER = "fs-data-curation-updater"
STRANGER = {"AWS": "arn:aws:iam::333333333333:root"}

# name: (the change, and what the counterexamples must hold: words of one of them, a Sid or document behind it)
FAULTS = {
    "a group widened by one character": (
        plant.policy(READER, "read-online", 'group/sessions"', 'group/sessions*"'),
        "feature-group/sessionsx",
        "ReadRecords",
    ),
    "a question mark in a name": (
        plant.policy(WRITER, "write", 'group/sessions"', 'group/session?"'),
        "PutRecord",
        "WriteRecords",
    ),
    "any Region": (
        plant.policy(READER, "read-online", "sagemaker:eu-west-1:", "sagemaker:*:"),
        "GetRecord",
        "ReadRecords",
    ),
    "any account": (
        plant.policy(READER, "read-online", "eu-west-1:222222222222:", "eu-west-1:*:"),
        "999999999999:feature-group",
        "ReadRecords",
    ),
    "an action pattern": (
        plant.policy(READER, "read-online", "sagemaker:GetRecord", "sagemaker:Get*"),
        "sagemaker:get",
        "ReadRecords",
    ),
    "every action": (
        plant.policy(READER, "read-online", '"sagemaker:GetRecord"', '"sagemaker:GetRecord","*"'),
        "may ",
        "ReadRecords",
    ),
    "an object prefix without its slash": (
        plant.policy(OFFLINE, "read-offline", '/sessions/*"', '/sessions*"'),
        f"s3:GetObject on arn:aws:s3:::{BUCKET}/sessionsx",
        "ReadOfflineObjects",
    ),
    "a listing prefix without its slash": (
        plant.policy(OFFLINE, "read-offline", '"sessions/*"', '"sessions*"'),
        "s3:prefix = sessionsundeclared",
        "ListOfflineObjects",
    ),
    "the listing prefix dropped": (
        plant.uncondition(OFFLINE, "read-offline", "ListOfflineObjects", "StringLike"),
        "s3:ListBucket",
        "ListOfflineObjects",
    ),
    "the account of a bucket dropped": (
        plant.uncondition(OFFLINE, "read-offline", "ReadOfflineObjects", "StringEquals"),
        "owned by 888888888888",
        "ReadOfflineObjects",
    ),
    "the service of a key dropped": (
        plant.uncondition(READER, "online-key", "UseOnlineKey", "StringEquals"),
        "kms:Decrypt",
        "UseOnlineKey",
    ),
    "the alias of a key dropped": (
        plant.uncondition(READER, "online-key", "UseOnlineKey", "ForAnyValue:StringEquals"),
        "key/undeclared",
        "UseOnlineKey",
    ),
    "the alias of a key held for all values": (
        plant.policy(READER, "online-key", "ForAnyValue:", "ForAllValues:"),
        "key/undeclared",
        "UseOnlineKey",
    ),
    "the principals of a trust dropped": (
        plant.uncondition(WRITER, "trust", "AssumeByDeclaredRoles", "ArnEquals"),
        "role/undeclared of 111111111111 (account of personalization) may sts:AssumeRole",
        "AssumeByDeclaredRoles",
    ),
    "the organization of a trust dropped": (
        plant.uncondition(WRITER, "trust", "AssumeByDeclaredRoles", "StringEquals"),
        "sts:AssumeRole",
        "AssumeByDeclaredRoles",
    ),
    "the organization only if it is there": (
        plant.trust(WRITER, '"StringEquals"', '"StringEqualsIfExists"'),
        "sts:AssumeRole",
        "AssumeByDeclaredRoles",
    ),
    "a pattern instead of a principal's name": (
        plant.trust("fs-product-success-writer", "fs-product-success-pipeline", "*"),
        "role/fs/execution/product-success/",
        "AssumeByDeclaredRoles",
    ),
    "another account in a trust": (
        plant.trust("fs-product-success-writer", "333333333333", "111111111111"),
        "product-success is granted write on product-prices",
        "AssumeByDeclaredRoles",
    ),
    "a service in the trust of an access role": (
        plant.trusted(OFFLINE, Principal={"Service": "athena.amazonaws.com"}, Action="sts:AssumeRole"),
        "the service athena.amazonaws.com may sts:AssumeRole",
        "trust policy of fs-core-search-reader-offline",
    ),
    "a service role without its source account": (
        plant.uncondition("fs-personalization-offline-store", "trust", "AssumeByService", "StringEquals"),
        "the service sagemaker.amazonaws.com may sts:AssumeRole",
        "AssumeByService",
    ),
    "the deploy role open to the platform account": (
        plant.trust("fs-deploy", "role/platform", "role/*"),
        "of 666666666666 (platform account) may sts:AssumeRole",
        "AssumeByPlatform",
    ),
    "a statement added to the offline bucket": (
        plant.added("buckets", BUCKET, Principal=STRANGER, Action="s3:GetBucketAcl", Resource=f"arn:aws:s3:::{BUCKET}"),
        "of 333333333333 (account of product-success) may s3:GetBucketAcl",
        f"bucket policy of {BUCKET}",
    ),
    "a statement added to a results bucket": (
        plant.added(
            "buckets", RESULTS, Principal="*", Action="s3:GetBucketLocation", Resource=f"arn:aws:s3:::{RESULTS}"
        ),
        "s3:GetBucketLocation",
        f"bucket policy of {RESULTS}",
    ),
    "a statement added to a key": (
        plant.added("keys", "222222222222/alias/fs-offline", Principal=STRANGER, Action="kms:Decrypt", Resource="*"),
        "of 333333333333 (account of product-success) may kms:Decrypt",
        "key policy of alias/fs-offline",
    ),
    "a key handed to its account": (
        plant.added(
            "keys",
            "222222222222/alias/fs-online",
            Principal={"AWS": "arn:aws:iam::222222222222:root"},
            Action="kms:*",
            Resource="*",
        ),
        "role/undeclared of 222222222222 (central account) may kms:",
        "key policy of alias/fs-online",
    ),
    "a catalog policy": (plant.catalog, "glue:GetTable", "catalog policy of 222222222222"),
    "plain HTTP let through": (
        plant.without("buckets", BUCKET, "DenyPlainHttp"),
        "aws:SecureTransport = false",
        "ReadOfflineObjects",
    ),
    "another encryption let through": (
        plant.without("buckets", BUCKET, "DenyWrongEncryption"),
        "s3:x-amz-server-side-encryption = AES256",
        "WriteOfflineObjects",
    ),
    "administrators let read": (
        plant.without("buckets", BUCKET, "DenyReadingToOthers"),
        "role/undeclared of 222222222222 (central account) may s3:GetObject",
        "administrator",
    ),
    "administrators let list": (
        plant.without("buckets", BUCKET, "DenyListingToOthers"),
        "role/undeclared of 222222222222 (central account) may s3:ListBucket",
        "administrator",
    ),
    "results open to their account": (
        plant.without("buckets", RESULTS, "DenyObjectsToOthers"),
        "role/undeclared of 555555555555",
        "administrator",
    ),
    "writers of the environment let read": (
        plant.bucket("role/fs/reader-offline/*", "role/fs/*"),
        "s3:GetObject",
        "administrator",
    ),
    "a deny that an absent key switches off": (plant.bucket("BoolIfExists", "Bool"), "s3:", "administrator"),
    "a role attached to another policy": (
        plant.attached(READER, WRITER, "write"),
        "sagemaker:PutRecord on arn:aws:sagemaker:eu-west-1:222222222222:feature-group/sessions",
        "WriteRecords",
    ),
    "a group shared silently": (plant.shared_silently, "GetRecord", "ReadRecords"),
    "a role that nobody declared": (plant.role_nobody_declared, "fs-product-success-reader-online", "ReadRecords"),
    "any role to pass": (
        plant.policy(MANAGER, "manage-user-segments", "fs-data-curation-offline-store", "*"),
        "iam:PassRole",
        "PassOfflineStoreRole",
    ),
    "any service to pass a role to": (
        plant.uncondition(MANAGER, "manage-user-segments", "PassOfflineStoreRole", "StringEquals"),
        "iam:PassRole",
        "PassOfflineStoreRole",
    ),
    "another location for a group": (
        plant.uncondition(
            MANAGER,
            "manage-user-segments",
            "CreateGroup",
            "StringLike",
            "sagemaker:FeatureGroupOfflineStoreS3Uri",
        ),
        "sagemaker:CreateFeatureGroup",
        "CreateGroup",
    ),
    "updates that are whole records": (
        plant.uncondition(UPDATER, "update-product-vectors", "UpdateFeatures", "Bool"),
        "sagemaker:PutRecord",
        "UpdateFeatures",
    ),
    "updates of any feature": (
        plant.uncondition(UPDATER, "update-product-vectors", "UpdateFeatures", "ForAllValues:StringEquals"),
        "sagemaker:PutRecord",
        "UpdateFeatures",
    ),
    "an update of one feature more": (
        plant.policy(UPDATER, "update-product-vectors", '"labels"', '"labels","embedding"'),
        "sagemaker:PutRecord",
        "UpdateFeatures",
    ),
    "tags after birth": (
        plant.uncondition(
            MANAGER, "manage-user-segments", "TagGroupAtBirth", "StringEquals", "sagemaker:TaggingAction"
        ),
        "sagemaker:AddTags",
        "TagGroupAtBirth",
    ),
    "every prefix for an offline store role": (
        plant.policy("fs-personalization-offline-store", "offline-store", "/sessions/*", "/*"),
        "s3:PutObject",
        "WriteOfflineObjects",
    ),
    "a deploy role that reads": (
        plant.policy("fs-deploy", "storage", '"s3:DeleteObject"', '"s3:DeleteObject","s3:GetObject"'),
        "s3:GetObject",
        "EmptyBuckets",
    ),
    "a deploy role that makes roles without a boundary": (
        plant.uncondition("fs-deploy", "roles", "CreateBoundedRoles", "ArnEquals"),
        "iam:CreateRole",
        "CreateBoundedRoles",
    ),
    "any role to assume": (
        lambda documents: plant.edited(
            plant.role(documents, "fs-product-success-pipeline", "333333333333")["policies"],
            "assume-access-roles",
            lambda statements: statements[0].update(Resource="*"),
        ),
        "sts:AssumeRole",
        "AssumeAccessRoles",
    ),
    "a role without its boundary": (plant.boundary_gone, "iam:CreateUser", "administrator"),
    "a wider boundary": (
        lambda documents: plant.replaced(
            documents["managed_policies"][plant.BOUNDARY], "document", '"s3:GetObject"', '"s3:*"'
        ),
        "within its boundary may s3:",
        "AtMostSharedFeatures",
    ),
    "no guard of the organization": (plant.guard_gone, "iam:AttachRolePolicy", "administrator"),
    "a guard that spares every role of ours": (
        lambda documents: plant.replaced(
            documents["organization"]["scps"], plant.GUARD, "role/fs/deploy/fs-deploy", "role/fs/*"
        ),
        "iam:AttachRolePolicy",
        "administrator",
    ),
    "a guard without one action": (
        lambda documents: plant.replaced(
            documents["organization"]["scps"], plant.GUARD, '"iam:UpdateAssumeRolePolicy",', ""
        ),
        "iam:UpdateAssumeRolePolicy",
        "administrator",
    ),
}


def test_what_ships_is_proved(normal, documents):
    proof = prove(normal, documents, residual=listed_residual(ROOT / "docs" / "threat-model.md"))
    assert [one.words for one in proof.counterexamples] == []
    assert (proof.result, proof.faults, proof.undecided) == (PROVED, [], [])
    assert proof.declared > 500
    assert proof.requests > 5000


def test_the_residual_list_of_the_threat_model_is_what_proof_finds(normal, documents):
    proof = prove(normal, documents)
    listed = set(listed_residual(ROOT / "docs" / "threat-model.md"))
    # What is there only where two teams may use `primary`, and in `local` none does.
    assert set(proof.residual) == listed - {"primary-queries"}


def test_what_remains_and_is_not_listed_is_a_failure(normal, documents):
    proof = prove(normal, documents, residual=("central-administrator",))
    assert proof.result == FAILED
    assert any("deploy-role" in fault for fault in proof.faults)


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found(name, prove_planted, documents):
    change, words, behind = FAULTS[name]
    change(documents)
    proof = prove_planted(documents)
    assert proof.result == FAILED
    fitting = [one for one in proof.counterexamples if words in one.words]
    assert fitting, [one.words for one in proof.counterexamples][:5]
    named = {text for one in fitting for reason in one.statements for text in (reason["document"], reason["sid"])}
    assert any(behind in text for text in named), named


@pytest.mark.parametrize("name", list(FAULTS)[::12])
def test_a_proof_after_others_finds_what_one_alone_finds(name, normal, prove_planted, documents):
    FAULTS[name][0](documents)
    alone, late, later = prove(normal, documents), prove_planted(documents), prove_planted(documents)
    assert alone.counterexamples == late.counterexamples == later.counterexamples
    assert (alone.result, alone.faults, alone.residual) == (later.result, later.faults, later.residual)
    assert later.requests < alone.requests / 2


def test_a_grant_that_is_missing_is_named_with_its_declaration(normal, documents):
    plant.role(documents, READER)["policies"].pop("read-online")
    proof = prove(normal, documents)
    missing = [one for one in proof.counterexamples if one.kind == "denied"]
    assert any("core-search is granted read-online on sessions" in one.words for one in missing)


def test_a_role_that_is_missing_fails(normal, documents):
    del documents["roles"][f"222222222222/{WRITER}"]
    proof = prove(normal, documents)
    assert proof.result == FAILED
    assert "personalization is granted write on sessions and there is no role for it" in proof.faults


def test_managing_a_group_of_an_own_store_is_not_passed_over(normal, documents):
    """The declaration refuses it; were it let in, no document gives it, and the proof says so."""
    declared = copy.deepcopy(normal)
    declared["feature_groups"]["keywords"]["shared_with"]["core-search"].append("manage")
    declared["teams"]["core-search"]["principals"]["pipeline"]["verbs"].append("manage")
    proof = prove(declared, documents)
    assert proof.result == FAILED
    assert "core-search is granted manage on keywords and there is no role for it" in proof.faults


@pytest.mark.parametrize(
    "spoil",
    [
        lambda documents: plant.role(documents, WRITER)["policies"].update(write=None),
        lambda documents: plant.role(documents, WRITER).update(trust=None),
        lambda documents: plant.role(documents, WRITER)["policies"].update(write="{"),
        lambda documents: plant.role(documents, WRITER).update(
            attached=["arn:aws:iam::aws:policy/AdministratorAccess"]
        ),
        lambda documents: plant.role(documents, WRITER).update(boundary="arn:aws:iam::222222222222:policy/unknown"),
        lambda documents: documents["buckets"][BUCKET].update(policy=None),
        lambda documents: documents["keys"]["222222222222/alias/fs-online"].update(policy=None),
        lambda documents: documents.update(roles={}),
        lambda documents: documents.pop("keys"),
    ],
    ids=["policy", "trust", "garbage", "attachment", "boundary", "bucket", "key", "no roles", "no keys"],
)
def test_what_cannot_be_read_is_never_proved(spoil, normal, documents):
    spoil(documents)
    assert prove(normal, documents).result == FAILED


def test_an_operator_that_the_engine_does_not_know_is_never_proved(normal, documents):
    plant.replaced(plant.role(documents, READER)["policies"], "online-key", "StringEquals", "StringResembles")
    assert prove(normal, documents).result == FAILED


def test_a_variable_in_a_resource_is_undecided_and_named(normal, documents):
    plant.replaced(
        plant.role(documents, READER)["policies"],
        "read-online",
        'group/sessions"',
        'group/sessions","arn:aws:sagemaker:eu-west-1:222222222222:feature-group/${aws:PrincipalTag/team}"',
    )
    proof = prove(normal, documents)
    assert proof.result == "undecided"
    assert any("aws:PrincipalTag/team" in text for text in proof.undecided)


def test_a_counterexample_is_a_request_that_the_engine_allows(normal, documents):
    FAULTS["a group widened by one character"][0](documents)
    one = prove(normal, documents).counterexamples[0]
    request = json.loads(json.dumps(one.as_dict()))["request"]
    assert request["principal"].startswith("arn:aws:sts::222222222222:assumed-role/fs-core-search-reader-online/")
    assert request["resource"]["account"] == "222222222222"
    assert request["context"]["aws:PrincipalArn"].endswith("/fs-core-search-reader-online")


def test_the_declaration_decides_not_the_documents(normal, documents):
    """The same documents, one grant less in the declaration."""
    less = copy.deepcopy(normal)
    less["feature_groups"]["users"]["shared_with"]["core-search"].remove("read-online")
    proof = prove(less, documents)
    assert proof.result == FAILED
    assert any("feature-group/users" in one.words for one in proof.counterexamples)


@pytest.mark.parametrize("name", ["no guard of the organization", "a group widened by one character", "nothing"])
def test_more_processes_find_the_same_in_the_same_order(name, normal, documents):
    FAULTS.get(name, (lambda _: None,))[0](documents)
    alone, together = (prove(normal, documents, processes=count).as_dict() | {"seconds": 0} for count in (1, 3))
    assert together == alone


def test_a_process_that_dies_proves_nothing(normal, documents, monkeypatch):
    monkeypatch.setattr(Prover, "organization", lambda _: iter([lambda: os._exit(9)]))
    proof = prove(normal, documents, processes=2)
    assert proof.result == FAILED
    assert "nothing is proved" in proof.faults[0]
