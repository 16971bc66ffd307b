"""The first broken link of a denied call, and the line that mends it."""

import copy
import json

import planting as plant
import pytest

from featureshare.access import Model
from featureshare.access.explain import Explainer, elsewhere
from featureshare.access.pasted import on_names_of, read_pasted

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


def test_a_direct_way_is_told_for_what_it_does_alone(explain):
    """Describing a group is the access role's also for a team with a data catalog."""
    found = explain("core-search/training", "sagemaker:DescribeFeatureGroup", SESSIONS)
    assert "fs-core-search-reader-offline: assume that role first" in found.advice
    table = "arn:aws:glue:eu-west-1:222222222222:table/fs_features/sessions"
    assert "name tables by fs_core_search_central" in explain("core-search/training", "glue:GetTable", table).advice


def test_a_group_that_is_not_shared(explain):
    found = explain("product-success/pipeline", "sagemaker:GetRecord", SESSIONS)
    assert not found.allowed
    assert found.broken.name == "feature group"
    line = "environments/local/feature-groups/sessions.yaml: shared_with: {product-success: [read-online]}"
    assert found.advice.startswith(line)


def test_what_a_tag_shares_names_its_line_and_what_does_not_bear_it_is_denied(documents, normal):
    line = "environments/local/environment.yaml:20"
    explainer = Explainer(normal, Model(documents), {("product-success", "user-segments", "read-offline"): line})
    table = "arn:aws:glue:eu-west-1:222222222222:table/fs_features/"
    found = explainer.explain("product-success/analyst", "glue:GetTable", f"{table}user_segments")
    assert found.allowed
    assert found.links[1].text.endswith(f"is shared with product-success for read-offline by tag, {line}")
    other = explainer.explain("product-success/analyst", "glue:GetTable", f"{table}users")
    assert not other.allowed
    assert other.broken.name == "feature group"


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
def test_each_link_of_reading_offline_can_be_the_broken_one(change, name, explain, documents, normal):
    """For a team without a direct way beside the access role."""
    less = copy.deepcopy(normal)
    less["teams"]["core-search"]["direct_catalog"] = False
    del plant.role(documents, "fs-core-search-training", "555555555555")["policies"]["direct-catalog"]
    change(documents)
    found = explain("core-search/training", "s3:GetObject", f"arn:aws:s3:::{plant.BUCKET}/sessions/part.parquet", less)
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


def test_a_bucket_is_listed_by_shared_prefixes_alone(explain):
    """A message names no prefix, and HeadObject of a folder's name asks without one (API_HeadObject: 404 or 403)."""
    reader = "arn:aws:iam::222222222222:role/fs/reader-offline/core-search/fs-core-search-reader-offline"
    found = explain(reader, "s3:ListBucket", "arn:aws:s3:::fs-offline-222222222222-eu-west-1")
    assert not found.allowed
    assert found.on_purpose
    assert "s3:prefix is absent" in found.broken.text
    assert "allowed with s3:prefix = " in found.advice
    assert "list it and read the paths" in found.advice
    found = explain(WRITER, "s3:ListBucket", "arn:aws:s3:::fs-offline-222222222222-eu-west-1")
    assert not found.allowed
    assert "list it and read the paths" not in found.advice


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


READER = "arn:aws:sts::222222222222:assumed-role/fs-core-search-reader-offline/run"
OBJECT = f"arn:aws:s3:::{plant.BUCKET}/sessions/data/part.parquet"


@pytest.mark.parametrize(
    ("text", "action", "resource", "layer"),
    [
        (
            f"User: {READER} is not authorized to perform: sts:AssumeRole on resource: {WRITER}",
            "sts:AssumeRole",
            WRITER,
            "",
        ),
        (
            f'User: {READER} is not authorized to perform: s3:GetObject on resource: "{OBJECT}" because no '
            "resource-based policy allows the s3:GetObject action",
            "s3:GetObject",
            OBJECT,
            "resource-based policy",
        ),
        (
            f'User: {READER} is not authorized to perform: s3:PutObject on resource: "{OBJECT}" with an explicit deny '
            "in a resource-based policy",
            "s3:PutObject",
            OBJECT,
            "resource-based policy",
        ),
        (
            f"User: {READER} is not authorized to perform: iam:CreateRole on resource: {WRITER} with an explicit deny "
            "in a service control policy: arn:aws:organizations::666666666666:policy/o-x/service_control_policy/p-y",
            "iam:CreateRole",
            WRITER,
            "service control policy",
        ),
        (
            f"User: {READER} is not authorized to perform: sagemaker:PutRecord on resource: {SESSIONS} because no "
            "permissions boundary allows the sagemaker:PutRecord action",
            "sagemaker:PutRecord",
            SESSIONS,
            "permissions boundary",
        ),
        (
            f"User: {READER} is not authorized to perform: glue:GetTable on resource: "
            "arn:aws:glue:eu-west-1:222222222222:table/fs_features/sessions because no identity-based policy allows "
            "the glue:GetTable action (Service: AWSGlue; Status Code: 400; Error Code: AccessDeniedException)",
            "glue:GetTable",
            "arn:aws:glue:eu-west-1:222222222222:table/fs_features/sessions",
            "identity-based policy",
        ),
        (
            f"User: {READER} is not authorized to perform: kms:Decrypt on the resource associated with this "
            "ciphertext because no resource-based policy allows the kms:Decrypt action",
            "kms:Decrypt",
            "*",
            "resource-based policy",
        ),
        (
            f"User: {READER} is not authorized to perform: athena:StartQueryExecution on resource: "
            "arn:aws:athena:eu-west-1:222222222222:workgroup/primary because no session policy allows the action",
            "athena:StartQueryExecution",
            "arn:aws:athena:eu-west-1:222222222222:workgroup/primary",
            "session policy",
        ),
        (
            f"{READER} is not authorized to perform: sagemaker:ListFeatureGroups.",
            "sagemaker:ListFeatureGroups",
            "*",
            "",
        ),
    ],
)
def test_every_wording_of_aws(text, action, resource, layer):
    pasted = read_pasted(f"An error occurred (AccessDenied) when calling the operation: {text}")
    assert (pasted.principal, pasted.action, pasted.resource, pasted.layer) == (READER, action, resource, layer)


@pytest.mark.parametrize(
    ("text", "action", "resource"),
    [
        (
            f"Permission denied on S3 path: s3://{plant.BUCKET}/sessions/data",
            "s3:GetObject",
            f"arn:aws:s3:::{plant.BUCKET}/sessions/data",
        ),
        (
            f"Access denied when writing output to url: s3://{plant.RESULTS}/shared/athena/x.csv. Please ensure",
            "s3:PutObject",
            f"arn:aws:s3:::{plant.RESULTS}/shared/athena/x.csv",
        ),
        (
            f"Unable to verify/create output bucket {plant.RESULTS}",
            "s3:GetBucketLocation",
            f"arn:aws:s3:::{plant.RESULTS}",
        ),
        (
            "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you "
            "are not allowed to access.",
            "kms:Decrypt",
            "*",
        ),
    ],
)
def test_what_query_engines_say_names_no_principal(text, action, resource):
    pasted = read_pasted(text)
    assert (pasted.principal, pasted.action, pasted.resource) == ("", action, resource)


def test_results_that_cannot_be_written(explain, documents):
    plant.without("buckets", plant.RESULTS, "WriteAndReadByReaderOffline")(documents)
    pasted = read_pasted(f"Access denied when writing output to url: s3://{plant.RESULTS}/shared/athena/x.csv.")
    found = explain(READER, pasted.action, pasted.resource)
    assert not found.allowed
    assert "resource" in found.broken.text


@pytest.mark.parametrize("folder", ["own/athena", "mine"])
@pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject"])
def test_results_beside_the_folder_of_the_role(explain, folder, action):
    found = explain(READER, action, f"arn:aws:s3:::{plant.RESULTS}/{folder}/x.csv")
    assert not found.allowed
    assert found.on_purpose
    assert f"under s3://{plant.RESULTS}/shared/, and" in found.advice


def test_a_message_about_a_ciphertext_is_about_the_key_of_the_reader(explain, documents):
    plant.without("keys", "222222222222/alias/fs-offline", "ReadOfflineStore")(documents)
    found = explain(READER, "kms:Decrypt", "*")
    assert found.resource == Model(documents).key_arn(plant.CENTRAL, "alias/fs-offline")
    # Another statement of that key policy admits the replication role, and it is what comes nearest.
    assert "kms:Decrypt" in found.broken.text
    assert "ImplicitlyDenied; resource" in found.broken.text


def test_a_key_id_that_no_declaration_knows_is_the_key_that_stands_for_it(explain):
    key = "arn:aws:kms:eu-west-1:222222222222:key/0a1b2c3d-1111-2222-3333-444455556666"
    found = explain(READER, "kms:Decrypt", key)
    assert found.on_purpose  # called directly
    assert "allowed with kms:ViaService = s3.eu-west-1.amazonaws.com" in found.advice


def event(service, name, parameters, error="AccessDenied", message="", **more):
    identity = {
        "type": "AssumedRole",
        "arn": "arn:aws:sts::333333333333:assumed-role/fs-product-success-pipeline/run",
        "accountId": "333333333333",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "arn": "arn:aws:iam::333333333333:role/fs/execution/product-success/fs-product-success-pipeline",
            }
        },
    }
    made = {"eventSource": f"{service}.amazonaws.com", "eventName": name, "requestParameters": parameters}
    errors = {"errorCode": error, "errorMessage": message} if error else {}
    return made | {"awsRegion": "eu-west-1", "userIdentity": identity} | errors | more


GROUP = {"type": "AWS::SageMaker::FeatureGroup", "accountId": "222222222222", "ARN": SESSIONS}


@pytest.mark.parametrize(
    ("made", "action", "resource"),
    [
        (event("sts", "AssumeRole", {"roleArn": WRITER}), "sts:AssumeRole", WRITER),
        (event("sagemaker", "GetRecord", {"featureGroupName": "sessions"}, resources=[GROUP]), "sagemaker:GetRecord",
         SESSIONS),
        (event("sagemaker", "GetRecord", {"featureGroupName": SESSIONS}), "sagemaker:GetRecord", SESSIONS),
        # UpdateRecord has no action of its own.
        (event("sagemaker", "UpdateRecord", {"featureGroupName": SESSIONS}), "sagemaker:PutRecord", SESSIONS),
        (event("s3", "ListObjects", {"bucketName": plant.BUCKET, "prefix": "sessions/"}), "s3:ListBucket",
         f"arn:aws:s3:::{plant.BUCKET}"),
        (event("s3", "HeadObject", {"bucketName": plant.BUCKET, "key": "sessions/x"}), "s3:GetObject",
         f"arn:aws:s3:::{plant.BUCKET}/sessions/x"),
        (event("glue", "GetTable", {"databaseName": "fs_features", "name": "sessions", "catalogId": "222222222222"},
               message=f"User: {READER} is not authorized to perform: glue:GetTable on resource: "
                       "arn:aws:glue:eu-west-1:222222222222:catalog because no resource-based policy allows"),
         "glue:GetTable", "arn:aws:glue:eu-west-1:222222222222:catalog"),
        (event("athena", "StartQueryExecution", {"workGroup": "primary"}), "athena:StartQueryExecution",
         "arn:aws:athena:eu-west-1:333333333333:workgroup/primary"),
        (event("nowhere", "DoThing20150331", {"x": 1}), "nowhere:DoThing", "*"),
    ],
)  # fmt: skip
def test_an_event_is_read_by_the_call_that_was_made(made, action, resource, shipped):
    model = Model(shipped)
    for text in (made, {"Records": [made]}, {"Events": [{"CloudTrailEvent": json.dumps(made)}]}, {"detail": made}):
        pasted = on_names_of(model, read_pasted(json.dumps(text)))
        assert pasted.principal.endswith("role/fs/execution/product-success/fs-product-success-pipeline")
        assert (pasted.action, pasted.resource) == (action, resource)


def test_an_event_without_an_error_denied_nothing(shipped):
    pasted = read_pasted(json.dumps(event("sagemaker", "GetRecord", {"featureGroupName": SESSIONS}, error="")))
    assert "records no error" in pasted.cause


def test_an_event_of_another_account_without_an_arn_names_nobody():
    made = event("sts", "AssumeRole", {"roleArn": WRITER}) | {"userIdentity": {"type": "AWSAccount", "accountId": "9"}}
    assert read_pasted(json.dumps(made)).principal == ""


def test_denied_by_aws_and_allowed_by_the_documents(explain):
    text = f"User: {READER} is not authorized to perform: s3:GetObject on resource: {OBJECT} because no {{}} allows it"
    pasted = read_pasted(text.format("identity-based policy"))
    found = explain(pasted.principal, pasted.action, pasted.resource)
    assert found.allowed
    assert "older than the declaration" in elsewhere(pasted, found)
    denied = explain(pasted.principal, "s3:PutObject", pasted.resource)
    assert elsewhere(pasted, denied) == ""


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("is not authorized to perform: lakeformation:GetDataAccess", "Lake Formation governs the table"),
        ("Insufficient Glue permissions to access table sessions", "EnableHybrid=TRUE"),
        ("Insufficient permissions to execute the query.", "IAMAllowedPrincipals"),
        ("Insufficient Lake Formation permission(s): Required Create Database on Catalog", "IAMAllowedPrincipals"),
        ("SUPER privileges required on the table", "columns only"),
        ("Not authorized to call GetTemporaryCredentialsForTableV2", "full-table external access"),
        (
            "arn:aws:sts::222222222222:assumed-role/AWSServiceRoleForLakeFormationDataAccess/x is not authorized to "
            "perform: s3:GetObject",
            "service-linked role",
        ),
        ("SCHEMA_NOT_FOUND: Schema 'FS_Features' does not exist", "lower case"),
        ("Database fs_features not found", "resource link"),
        ("on resource: arn:aws:glue:eu-west-1:222222222222:table/fs_features/Sessions", "in lower case into ARNs"),
        ("AccessControlListNotSupported", "bucket-owner-full-control"),
        ("The ciphertext refers to a customer master key that does not exist", "under a key that AWS manages"),
        ("because no VPC endpoint policy allows the sagemaker:GetRecord action", "VPC endpoint"),
        ("VpceAccessDenied", "VPC endpoint"),
        ("because no session policy allows the action", "a policy of its own"),
        ("DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining", "an hour at most"),
        ("ExpiredTokenException", "the session is over"),
        ("0 rows", "nothing is denied"),
    ],
)
def test_symptoms_outside_the_documents(text, cause):
    assert cause in read_pasted(text).cause
