"""The first broken link of a denied call, and the line that mends it."""

import copy
import json

import planting as plant
import pytest

from featureshare.access import Model
from featureshare.access.explain import Explainer, read_pasted

SESSIONS = "arn:aws:sagemaker:eu-west-1:222222222222:feature-group/sessions"
WRITER = "arn:aws:iam::222222222222:role/fs/writer/personalization/fs-personalization-writer"


@pytest.fixture
def explain(documents, normal):
    def ask(principal, action, resource, declaration=None):
        return Explainer(declaration or normal, Model(documents)).explain(principal, action, resource)

    return ask


def test_what_works_says_which_role_to_take(explain):
    found = explain("core-search/serving", "sagemaker:GetRecord", SESSIONS)
    assert found.allowed
    assert found.broken is None
    assert "fs-core-search-reader-online" in found.advice
    assert [link.name for link in found.links][:3] == ["execution role", "feature group", "trust"]


def test_a_group_that_is_not_shared(explain):
    found = explain("product-success/pipeline", "sagemaker:GetRecord", SESSIONS)
    assert not found.allowed
    assert found.broken.name == "feature group"
    line = "environments/local/feature-groups/sessions.yaml: shared_with: {product-success: [read-online]}"
    assert found.advice.startswith(line)


def test_a_verb_that_the_principal_does_not_declare(explain):
    found = explain("core-search/training", "sagemaker:GetRecord", SESSIONS)
    assert found.broken.name == "declaration"
    assert found.advice == "environments/local/teams/core-search.yaml: principals.training.verbs: add read-online"


def test_a_trust_that_does_not_hold(explain, documents):
    plant.trust("fs-personalization-writer", "fs-personalization-pipeline", "fs-personalization-other")(documents)
    found = explain("personalization/pipeline", "sagemaker:PutRecord", SESSIONS)
    assert found.broken.name == "trust"
    assert (found.broken.document, found.broken.sid) == (
        "trust policy of fs-personalization-writer",
        "AssumeByDeclaredRoles",
    )


def test_an_execution_role_that_may_not_assume(explain, documents):
    plant.role(documents, "fs-personalization-pipeline", "111111111111")["policies"].clear()
    found = explain("personalization/pipeline", "sagemaker:PutRecord", SESSIONS)
    assert found.broken.name == "trust"
    assert "identity" in found.broken.text


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (plant.without("keys", "222222222222/alias/fs-offline", "ReadOfflineStore"), "KMS"),
        (plant.bucket("role/fs/reader-offline/*", "role/fs/nobody/*"), "S3"),
        (plant.without("buckets", plant.RESULTS, "WriteAndReadByReaderOffline"), "results bucket"),
        (plant.policy("fs-core-search-reader-offline", "read-offline", "glue:GetTable", "glue:GetTables"), "Glue"),
        (plant.policy("fs-core-search-reader-offline", "read-offline", "athena:Start", "athena:Restart"), "workgroup"),
        (
            lambda documents: plant.replaced(
                documents["managed_policies"][plant.BOUNDARY], "document", '"s3:GetObject"', '"s3:GetBucketAcl"'
            ),
            "S3",
        ),
    ],
    ids=["key", "bucket", "results bucket", "catalog", "workgroup", "boundary"],
)
def test_each_link_of_reading_offline_can_be_the_broken_one(change, name, explain, documents):
    change(documents)
    found = explain("core-search/training", "s3:GetObject", f"arn:aws:s3:::{plant.BUCKET}/sessions/part.parquet")
    assert not found.allowed
    assert found.broken.name == name


def test_the_guard_of_the_organization(explain):
    stranger = "arn:aws:iam::222222222222:role/somebody"
    found = explain(stranger, "iam:PutRolePolicy", WRITER)
    assert (found.broken.document, found.broken.sid) == ("root SCP fs-protect-sharing", "DenyRoleChangesToOthers")


def test_a_stranger_is_in_no_declaration(explain):
    found = explain("arn:aws:iam::777777777777:role/x", "sts:AssumeRole", WRITER)
    assert "in no declaration" in found.advice


def test_denied_on_purpose(explain):
    found = explain("arn:aws:sts::222222222222:assumed-role/fs-core-search-reader-online/s", "sagemaker:Search", "*")
    assert found.on_purpose
    assert "Search shows the descriptions" in found.advice


def test_a_grant_that_waits_for_its_apply(explain, normal):
    more = copy.deepcopy(normal)
    more["feature_groups"]["sessions"]["shared_with"]["product-success"] = ["read-online"]
    more["teams"]["product-success"]["principals"]["pipeline"]["verbs"].append("read-online")
    found = explain("product-success/pipeline", "sagemaker:GetRecord", SESSIONS, more)
    assert found.broken.name == "access role"
    assert found.advice == "featureshare apply local --team product-success"


MESSAGE = (
    "An error occurred (AccessDeniedException) when calling the PutRecord operation: User: "
    "arn:aws:sts::222222222222:assumed-role/fs-core-search-reader-online/run is not authorized to perform: "
    f"sagemaker:PutRecord on resource: {SESSIONS} because no identity-based policy allows the action"
)


def test_a_pasted_message(explain):
    pasted = read_pasted(MESSAGE)
    assert (pasted.action, pasted.resource) == ("sagemaker:PutRecord", SESSIONS)
    found = explain(pasted.principal, pasted.action, pasted.resource)
    assert found.links[0].text == "fs-core-search-reader-online is for read-online of core-search"
    assert "assume that role" in found.advice


def test_a_pasted_event():
    event = {
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRole",
        "errorCode": "AccessDenied",
        "userIdentity": {
            "arn": "arn:aws:sts::333333333333:assumed-role/fs-product-success-pipeline/run",
            "sessionContext": {
                "sessionIssuer": {
                    "arn": "arn:aws:iam::333333333333:role/fs/execution/product-success/fs-product-success-pipeline"
                }
            },
        },
        "requestParameters": {"roleArn": WRITER},
    }
    pasted = read_pasted(json.dumps(event))
    assert pasted.principal.endswith("/fs-product-success-pipeline")
    assert (pasted.action, pasted.resource) == ("sts:AssumeRole", WRITER)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("is not authorized to perform: lakeformation:GetDataAccess", "Lake Formation governs the table"),
        ("Insufficient Glue permissions to access table sessions", "resource policy"),
        ("SUPER privileges required on the table", "columns only"),
        ("Not authorized to call GetTemporaryCredentialsForTableV2", "full-table external access"),
        ("SCHEMA_NOT_FOUND: Schema 'FS_Features' does not exist", "lower case"),
        ("AccessControlListNotSupported", "bucket-owner-full-control"),
    ],
)
def test_symptoms_outside_the_documents(text, cause):
    assert cause in read_pasted(text).cause
