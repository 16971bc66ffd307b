"""Faults thought of without looking at the proof: each makes it fail with a request that shows that fault."""

import copy
import shutil
from pathlib import Path

import planting as plant
import pytest
from planting import BUCKET, RESULTS, added, bucket, edited, policy, replaced, role, sid, trust, uncondition, without

from featureshare.access import FAILED, prove
from featureshare.render import render

ROOT = Path(__file__).parents[2]

ONLINE, OFFLINE = "fs-core-search-reader-online", "fs-core-search-reader-offline"
WRITER, DELETER = "fs-personalization-writer", "fs-personalization-deleter"
MANAGER, DISCOVERER = "fs-data-curation-manager", "fs-data-curation-discoverer"
TRAINING, SERVING = "fs-core-search-training", "fs-core-search-serving"
SEARCH, PERSONAL = "555555555555", "111111111111"
EXECUTION = "arn:aws:iam::555555555555:role/fs/execution/core-search"
ONLINE_KEY, OFFLINE_KEY = "222222222222/alias/fs-online", "222222222222/alias/fs-offline"
FOREIGN = {"AWS": "arn:aws:iam::999988887777:root"}
TLS = {"Bool": {"aws:SecureTransport": "true"}}
READS_ALL = "arn:aws:iam::222222222222:role/fs/reader-offline/core-search/fs-core-search-reader-offline"
TRUST_AGAIN = ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")


def in_policy(name, document, statement, change, account=plant.CENTRAL):
    """Change one statement of a role's policy, or of its trust."""

    def apply(documents):
        holder = role(documents, name, account)
        edited(
            holder if document == "trust" else holder["policies"],
            document,
            lambda statements: change(sid(statements, statement)),
        )

    return apply


def in_resource(kind, key, statement, change):
    """Change one statement of a bucket, key or organization policy."""
    if kind == "scps":
        return lambda documents: edited(
            documents["organization"]["scps"], key, lambda statements: change(sid(statements, statement))
        )
    return lambda documents: edited(
        documents[kind][key], "policy", lambda statements: change(sid(statements, statement))
    )


def granted(name, document, account=plant.CENTRAL, **statement):
    """Add a statement to a role's policy."""

    def apply(documents):
        edited(
            role(documents, name, account)["policies"],
            document,
            lambda statements: statements.append({"Effect": "Allow", "Sid": "Planted", **statement}),
        )

    return apply


def boundary(account, team, old, new):
    key = f"arn:aws:iam::{account}:policy/fs/boundary/fs-{team}-boundary"
    return lambda documents: replaced(documents["managed_policies"][key], "document", old, new)


def both(*changes):
    def apply(documents):
        for change in changes:
            change(documents)

    return apply


def swap(statement, old, new):
    """Replace one element of a statement by another with the same value."""
    statement[new] = statement.pop(old)


def conditioned(operator, key, value):
    return lambda statement: statement["Condition"].setdefault(operator, {}).update({key: value})


def named(name, account=plant.CENTRAL):
    """The trusts of two roles exchanged, first with second."""
    return lambda documents: role(documents, name[0], account).update(trust=role(documents, name[1], account)["trust"])


# name: (the change, what one counterexample must say)
FAULTS = {
    "a table widened by one character": (policy(OFFLINE, "read-offline", 'features/sessions"', 'features/sessions*"'), "table/fs_features/sessionsx"),
    "every table of the database": (policy(OFFLINE, "read-offline", 'fs_features/sessions"', 'fs_features/*"'), "table/fs_features/"),
    "every database": (policy(OFFLINE, "read-offline", "database/default", "database/*"), "glue:GetDatabase"),
    "a workgroup widened by one character": (policy(OFFLINE, "read-offline", 'workgroup/fs-core-search"', 'workgroup/fs-core-search*"'), "workgroup/fs-core-searchx"),
    "a question mark in a deleter's group": (policy(DELETER, "delete", 'group/sessions"', 'group/session?"'), "sagemaker:DeleteRecord"),
    "a reader that deletes": (policy(ONLINE, "read-online", '"sagemaker:GetRecord"', '"sagemaker:GetRecord","sagemaker:DeleteRecord"'), "sagemaker:DeleteRecord"),
    "a writer that writes in batches": (policy(WRITER, "write", '"sagemaker:PutRecord"', '"sagemaker:PutRecord","sagemaker:BatchWriteRecord"'), "sagemaker:BatchWriteRecord"),
    "a discoverer that searches": (policy(DISCOVERER, "discover", '"sagemaker:ListFeatureGroups"', '["sagemaker:ListFeatureGroups","sagemaker:Search"]'), "sagemaker:Search"),
    "NotResource for Resource": (in_policy(ONLINE, "read-online", "ReadRecords", lambda one: swap(one, "Resource", "NotResource")), "GetRecord"),
    "NotAction for Action": (in_policy(ONLINE, "read-online", "ReadRecords", lambda one: swap(one, "Action", "NotAction")), " may "),
    "a variable's default for a name": (policy(ONLINE, "read-online", 'group/sessions"', 'group/*s"'), "GetRecord"),
    "records by a tag that anybody sets": (granted(ONLINE, "read-online", Action="sagemaker:GetRecord", Resource="*", Condition={"StringEquals": {"aws:PrincipalTag/team": "x"}}), "sagemaker:GetRecord"),
    "results under another bucket": (policy(OFFLINE, "results", "fs-core-search-results-555555555555-eu-west-1/shared/*", "fs-core-search-*/shared/*"), "s3:GetObject on arn:aws:s3:::fs-core-search-"),
    "results of any account": (uncondition(OFFLINE, "results", "WriteAndReadOwnResults", "StringEquals"), "owned by"),
    "own results, by the role's policy": (policy(OFFLINE, "results", f"{RESULTS}/shared/*", f"{RESULTS}/*"), f"s3:GetObject on arn:aws:s3:::{RESULTS}/"),
    "own results, by the bucket's policy": (in_resource("buckets", RESULTS, "WriteAndReadByReaderOffline", lambda one: one.update(Resource=f"arn:aws:s3:::{RESULTS}/*")), f"s3:GetObject on arn:aws:s3:::{RESULTS}/"),
    "results by IfExists and a list": (policy(OFFLINE, "results", '"aws:ResourceAccount":"555555555555"', '"aws:ResourceAccount":["555555555555","999988887777"]'), "999988887777"),
    "a key of any Region": (policy(ONLINE, "online-key", "kms:eu-west-1:", "kms:*:"), "kms:"),
    "a key of any alias": (policy(ONLINE, "online-key", '"ForAnyValue:StringEquals":{"kms:ResourceAliases":"alias/fs-online"}', '"ForAnyValue:StringLike":{"kms:ResourceAliases":"alias/*"}'), "kms:Decrypt"),
    "a key by an alias that need not be": (policy(ONLINE, "online-key", "ForAnyValue:StringEquals", "ForAnyValue:StringNotEquals"), "kms:Decrypt"),
    "a key via any service": (policy(OFFLINE, "read-offline", '"StringEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}', '"StringLike":{"kms:ViaService":"*.amazonaws.com"}'), "kms:Decrypt"),
    "one more of the team's roles in a trust": (trust(ONLINE, f'"{EXECUTION}/fs-core-search-serving"', f'"{EXECUTION}/fs-core-search-serving","{EXECUTION}/fs-core-search-pipeline"'), "fs-core-search-pipeline"),
    "all principals but one in a trust": (trust(ONLINE, '"ArnEquals"', '"ArnNotEquals"'), "sts:AssumeRole"),
    "an organization by pattern": (both(trust(WRITER, '"StringEquals"', '"StringLike"'), trust(WRITER, "o-featureshar", "o-*")), "sts:AssumeRole"),
    "another organization": (trust(WRITER, "o-featureshar", "o-otherother"), "fs-personalization-pipeline may not sts:AssumeRole"),
    "the organization for all values": (trust(WRITER, '"StringEquals"', '"ForAllValues:StringEquals"'), "sts:AssumeRole"),
    "anybody of any account by pattern": (both(trust(ONLINE, '"arn:aws:iam::555555555555:root"', '"*"'), trust(ONLINE, EXECUTION, "arn:aws:iam::*:role/fs/execution/core-search")), "sts:AssumeRole"),
    "a second statement in a trust": (plant.trusted(OFFLINE, Principal={"AWS": PERSONAL}, Action=TRUST_AGAIN), "of 111111111111 (account of personalization) may sts:AssumeRole"),
    "anybody with an external id": (plant.trusted(OFFLINE, Principal="*", Action="sts:AssumeRole", Condition={"StringEquals": {"sts:ExternalId": "acme"}}), "sts:AssumeRole"),
    "a foreign account with an external id": (plant.trusted(WRITER, Principal=FOREIGN, Action="sts:AssumeRole", Condition={"StringEquals": {"sts:ExternalId": "acme"}}), "of 999988887777"),
    "everybody but one": (lambda documents: edited(role(documents, WRITER), "trust", lambda statements: swap(statements[0], "Principal", "NotPrincipal")), " "),
    "two trusts exchanged": (named((ONLINE, OFFLINE)), "fs-core-search-training"),
    "the deploy role for a prefix of names": (both(trust("fs-deploy", "ArnEquals", "ArnLike"), trust("fs-deploy", "role/platform", "role/platform*")), "(platform account) may sts:AssumeRole"),
    "the deploy role for its own account": (plant.trusted("fs-deploy", Principal={"AWS": "arn:aws:iam::222222222222:root"}, Action="sts:AssumeRole"), "of 222222222222 (central account) may sts:AssumeRole"),
    "the deploy role of a team without condition": (lambda documents: edited(role(documents, "fs-deploy", SEARCH), "trust", lambda statements: statements[0].pop("Condition")), "(platform account) may sts:AssumeRole"),
    "an execution role for another service": (trust(TRAINING, '"Service":"sagemaker.amazonaws.com"', '"Service":["sagemaker.amazonaws.com","ec2.amazonaws.com"]', SEARCH), "ec2.amazonaws.com"),
    "an execution role for the service of any account": (trust(TRAINING, "StringEquals", "StringEqualsIfExists", SEARCH), "sagemaker.amazonaws.com"),
    "an execution role for another account's service": (trust(SERVING, '"aws:SourceAccount":"555555555555"', '"aws:SourceAccount":["555555555555","111111111111"]', SEARCH), "lambda.amazonaws.com"),
    "an execution role for its own account": (lambda documents: edited(role(documents, SERVING, SEARCH), "trust", lambda statements: statements.append({"Effect": "Allow", "Principal": {"AWS": SEARCH}, "Action": "sts:AssumeRole"})), "of 555555555555"),
    "an execution role that lists all parameters": (policy(TRAINING, "read-sharing", "fs/core-search/sharing", "fs/*", SEARCH), "ssm:GetParametersByPath"),
    "an execution role that drops feature tables": (policy(TRAINING, "combine", "table/fs_core_search_shared/*", "table/fs_core_search_*/*", SEARCH), "glue:DeleteTable"),
    "an execution role with another's policy": (lambda documents: role(documents, SERVING, SEARCH)["policies"].update(x=role(documents, TRAINING, SEARCH)["policies"]["own-read-offline"]), "s3:GetObject"),
    "an execution role that assumes another account's roles": (granted(TRAINING, "assume-access-roles", SEARCH, Action="sts:AssumeRole", Resource="arn:aws:iam::*:role/fs/*"), "sts:AssumeRole"),
    "an execution role without its boundary": (lambda documents: role(documents, TRAINING, SEARCH).update(boundary=None), TRAINING),
    "a boundary for every team's roles": (boundary(PERSONAL, "personalization", "role/fs/*/personalization/*", "role/fs/*"), "sts:AssumeRole"),
    "a boundary for any account": (boundary(SEARCH, "core-search", '"Condition":{"StringEquals":{"aws:ResourceAccount":"555555555555"}},', ""), "within its boundary"),
    "a boundary that makes users": (boundary("333333333333", "product-success", '"ssm:GetParametersByPath"', '["ssm:GetParametersByPath","iam:*"]'), "iam:"),
    "a boundary that passes to any service": (boundary("222222222222", "access", '"Condition":{"StringEquals":{"iam:PassedToService":"sagemaker.amazonaws.com"}},', ""), "iam:PassRole"),
    "a manager beyond SageMaker": (uncondition(MANAGER, "manage-user-segments", "ProvisionOnlineKey", "StringEquals"), "kms:"),
    "a manager of every table": (policy(MANAGER, "manage-user-segments", "table/fs_features/user_segments", "table/fs_features/*"), "glue:CreateTable"),
    "a manager for other owners": (uncondition(MANAGER, "manage-user-segments", "CreateGroup", "StringEquals", "aws:RequestTag/owner"), "sagemaker:CreateFeatureGroup"),
    "a manager without keys": (uncondition(MANAGER, "manage-user-segments", "CreateGroup", "ArnLike"), "sagemaker:CreateFeatureGroup"),
    "a manager that passes another team's role": (policy(MANAGER, "manage-user-segments", "offline-store/data-curation/fs-data-curation-offline-store", "offline-store/personalization/fs-personalization-offline-store"), "fs-personalization-offline-store"),
    "a manager that writes": (policy(MANAGER, "manage-user-segments", '"sagemaker:ListTags"', '"sagemaker:ListTags","sagemaker:PutRecord"'), "sagemaker:PutRecord"),
    "an offline store role for another prefix": (policy("fs-personalization-offline-store", "offline-store", "/sessions/*", "/sessions*"), "s3:PutObject"),
    "an offline store role for another service": (trust("fs-personalization-offline-store", '"sagemaker.amazonaws.com"', '["sagemaker.amazonaws.com","glue.amazonaws.com"]'), "glue.amazonaws.com"),
    "a narrower NotAction in a deny": (in_resource("buckets", BUCKET, "DenyOtherObjectActions", lambda one: one["NotAction"].append("s3:ObjectOwnerOverrideToBucketOwner")), "s3:ObjectOwnerOverrideToBucketOwner"),
    "a deny of other actions gone": (without("buckets", BUCKET, "DenyOtherObjectActions"), "s3:"),
    "a deny of reading without versions": (in_resource("buckets", BUCKET, "DenyReadingToOthers", lambda one: one.update(Action=["s3:GetObject"])), "(central account) may s3:GetObjectVersion"),
    "a deny of reading on one prefix": (in_resource("buckets", BUCKET, "DenyReadingToOthers", lambda one: one.update(Resource=f"arn:aws:s3:::{BUCKET}/sessions/*")), "s3:GetObject"),
    "a deny that spares an administrator": (bucket('"arn:aws:iam::222222222222:role/fs/reader-offline/*"', '"arn:aws:iam::222222222222:role/fs/reader-offline/*","arn:aws:iam::222222222222:role/admin"'), "role/admin"),
    "a deny within an address": (in_resource("buckets", BUCKET, "DenyReadingToOthers", conditioned("NotIpAddress", "aws:SourceIp", "10.0.0.0/8")), "s3:GetObject"),
    "a deny on one operator more": (in_resource("buckets", BUCKET, "DenyDeletingToOthers", conditioned("StringEquals", "aws:PrincipalTag/team", "x")), "s3:DeleteObject"),
    "a deny turned into an allow": (in_resource("buckets", BUCKET, "DenyWritingToOthers", lambda one: one.update(Effect="Allow")), "s3:PutObject"),
    "an allow of the reader for the whole bucket": (added("buckets", BUCKET, Principal={"AWS": READS_ALL}, Action="s3:GetObject", Resource=f"arn:aws:s3:::{BUCKET}/*", Condition=TLS), "fs-core-search-reader-offline may s3:GetObject on arn:aws:s3:::fs-offline-222222222222-eu-west-1/undeclared"),
    "a bucket policy that a consumer writes": (added("buckets", BUCKET, Principal={"AWS": SEARCH}, Action="s3:PutBucketPolicy", Resource=f"arn:aws:s3:::{BUCKET}"), "s3:PutBucketPolicy"),
    "a bucket that anybody tags": (added("buckets", BUCKET, Principal="*", Action="s3:GetBucketTagging", Resource=f"arn:aws:s3:::{BUCKET}"), "s3:GetBucketTagging"),
    "a service in a bucket policy": (added("buckets", BUCKET, Principal={"Service": "cloudtrail.amazonaws.com"}, Action="s3:PutObject", Resource=f"arn:aws:s3:::{BUCKET}/*"), "cloudtrail.amazonaws.com"),
    "results without NotAction's reading": (in_resource("buckets", RESULTS, "DenyObjectsToOthers", lambda one: one["NotAction"].append("s3:GetObject")), "s3:GetObject"),
    "results for the whole central account": (bucket(READS_ALL, "arn:aws:iam::222222222222:role/*", RESULTS), "222222222222"),
    "results that anybody deletes": (without("buckets", RESULTS, "DenyDeletingToOthers"), "s3:DeleteObject"),
    "a key for a foreign account": (added("keys", ONLINE_KEY, Principal=FOREIGN, Action="kms:CreateGrant", Resource="*", Condition={"Bool": {"kms:GrantIsForAWSResource": "true"}}), "kms:CreateGrant"),
    "a key for a reader without its service": (added("keys", OFFLINE_KEY, Principal={"AWS": READS_ALL}, Action="kms:Decrypt", Resource="*"), "kms:Decrypt"),
    "a key for every role of its account": (lambda documents: replaced(documents["keys"][ONLINE_KEY], "policy", "role/fs/reader-online/*", "role/*"), "kms:Decrypt"),
    "a key administered by its account": (in_resource("keys", ONLINE_KEY, "AdministerByDeployRole", lambda one: one.pop("Condition")), "kms:PutKeyPolicy"),
    "a key for a service": (added("keys", OFFLINE_KEY, Principal={"Service": "athena.amazonaws.com"}, Action="kms:Decrypt", Resource="*"), "athena.amazonaws.com"),
    "a catalog for one of the account's own roles": (lambda documents: documents["catalogs"]["222222222222"].update(policy='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:role/fs/writer/personalization/fs-personalization-writer"},"Action":"glue:GetTable","Resource":"arn:aws:glue:eu-west-1:222222222222:*"}]}'), "glue:GetTable"),
    "a deploy role that changes itself": (policy("fs-deploy", "roles", "role/fs/writer/*", "role/fs/*"), "fs-deploy"),
    "a deploy role that reads records": (policy("fs-deploy", "feature-groups", '"sagemaker:AddTags"', '"sagemaker:AddTags","sagemaker:GetRecord"'), "sagemaker:GetRecord"),
    "a deploy role of every parameter": (policy("fs-deploy", "parameters", "parameter/fs/*/sharing/*", "parameter/*", SEARCH), "ssm:"),
    "a deploy role of every key": (uncondition("fs-deploy", "keys", "ManageKeys", "StringEquals"), "kms:"),
    "a guard in one Region": (in_resource("scps", plant.GUARD, "DenyRoleChangesToOthers", conditioned("StringEquals", "aws:RequestedRegion", "eu-west-1")), "iam:"),
    "a guard of one kind of role": (in_resource("scps", plant.GUARD, "DenyRoleChangesToOthers", lambda one: one.update(Resource=["arn:aws:iam::*:role/fs/writer/*"])), "iam:"),
    "a guard of one alias": (in_resource("scps", plant.GUARD, "DenyAliasChangesToOthers", lambda one: one.update(Resource=["arn:aws:kms:*:*:alias/fs-online"])), "kms:"),
    "a guard of one account": (in_resource("scps", plant.GUARD, "DenyRoleChangesToOthers", lambda one: one.update(Resource=["arn:aws:iam::222222222222:role/fs/*"])), "iam:"),
    "a platform that assumes anything": (lambda documents: replaced(documents["landing_zone"]["platform"], "policy", "arn:aws:iam::222222222222:role/fs/deploy/fs-deploy", "arn:aws:iam::222222222222:role/*"), "sts:AssumeRole"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_the_fault_is_found(name, prove_planted, documents):
    change, words = FAULTS[name]
    before = copy.deepcopy(documents)
    change(documents)
    assert documents != before
    proof = prove_planted(documents)
    said = [one.words for one in proof.counterexamples] + list(proof.faults)
    assert proof.result == FAILED, (proof.result, proof.undecided)
    assert [text for text in said if words in text], said[:5]


# file: (text, what stands there instead, what one counterexample must say)
EDITS = {
    "a trust condition removed": (
        "policies/trust/access-role.json.tftpl",
        ',\n        "StringEquals": { "aws:PrincipalOrgID": ${jsonencode(organization_id)} }',
        "",
        "aws:PrincipalOrgID = undeclared",
    ),
    "a star for the groups": (
        "policies/identity/read-online.json.tftpl",
        "${jsonencode(groups)}",
        '"*"',
        "feature-group/undeclared",
    ),
    "a key of any Region": (
        "modules/access-policies/access_roles.tf",
        'keys      = "arn:${local.partition}:kms:${local.region}:',
        'keys      = "arn:${local.partition}:kms:*:',
        "kms:Decrypt on arn:aws:kms:",
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_the_fault_is_found_in_what_terraform_reads(name, normal, tmp_path):
    """An edit of a template or of the module, rendered as it stands: it fails by a request, not by not rendering."""
    file, old, new, words = EDITS[name]
    for folder in ("environments", "modules", "policies"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns(".terraform*"))
    text = (tmp_path / file).read_text()
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new))
    proof = prove(normal, render("local", tmp_path))
    assert proof.result == FAILED
    assert [one for one in proof.counterexamples if words in one.words], proof.counterexamples[:3]
