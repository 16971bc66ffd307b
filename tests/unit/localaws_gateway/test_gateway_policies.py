"""What callers may do: each allowed call beside its denied twin, over boto3, with the policies as applied."""

import json
from collections.abc import Callable
from typing import Any

from gateway_support import MANAGEMENT, OTHER, OUTSIDE, OWNER, Aws, allow, document, http, refusal, statement, trust
from moto.iam.models import iam_backends

Make = Callable[..., str]


def test_default_deny_and_identity_policy(aws: Aws, bucket: Make) -> None:
    bucket("identity-bucket", "mine/1", "theirs/1")
    reader = aws.as_role("s3", aws.role("id-reader", allow("s3:GetObject", on="arn:aws:s3:::identity-bucket/mine/*")))
    assert reader.get_object(Bucket="identity-bucket", Key="mine/1")["Body"].read() == b"mine/1"
    code, message, status = refusal(reader.get_object, Bucket="identity-bucket", Key="theirs/1")
    assert (code, status) == ("AccessDenied", 403)
    assert message == (
        f"User: arn:aws:sts::{OWNER}:assumed-role/id-reader/local is not authorized to perform: s3:GetObject on "
        'resource: "arn:aws:s3:::identity-bucket/theirs/1" because no identity-based policy allows the s3:GetObject '
        "action"
    )
    assert refusal(reader.put_object, Bucket="identity-bucket", Key="mine/2", Body=b"")[0] == "AccessDenied"
    assert refusal(reader.list_objects_v2, Bucket="identity-bucket")[0] == "AccessDenied"


def test_explicit_deny_wins_and_is_named(aws: Aws) -> None:
    denying = document(statement("Deny", "iam:GetRole", "*", Sid="NoRoles"))
    iam = aws.as_role("iam", aws.role("denied", allow("iam:*"), denying))
    iam.list_roles()
    code, message, _ = refusal(iam.get_role, RoleName="denied")
    assert code == "AccessDenied"
    assert message.endswith("with an explicit deny in an identity-based policy")
    reasons = aws.last()["checks"][-1]["reasons"]
    assert [reason["sid"] for reason in reasons] == ["NoRoles"]


def test_a_policy_put_by_api_counts_at_once(aws: Aws, admin: str) -> None:
    role = aws.role("changing")
    changing = aws.as_role("iam", role)
    assert refusal(changing.list_roles)[0] == "AccessDenied"
    iam = aws.as_role("iam", admin)
    iam.put_role_policy(RoleName="changing", PolicyName="x", PolicyDocument=allow("iam:ListRoles"))
    changing.list_roles()
    iam.delete_role_policy(RoleName="changing", PolicyName="x")
    assert refusal(changing.list_roles)[0] == "AccessDenied"
    arn = iam.create_policy(PolicyName="list", PolicyDocument=allow("iam:ListRoles"))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="changing", PolicyArn=arn)
    changing.list_roles()
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=allow("iam:ListUsers"), SetAsDefault=True)
    assert refusal(changing.list_roles)[0] == "AccessDenied"


def test_aws_managed_policy(aws: Aws, admin: str) -> None:
    role = aws.role("managed")
    assert refusal(aws.as_role("s3", role).list_buckets)[0] == "AccessDenied"
    aws.as_role("iam", admin).attach_role_policy(
        RoleName="managed", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    )
    aws.as_role("s3", role).list_buckets()


def test_user_with_group_policy(aws: Aws) -> None:
    """Groups and users are made in the state: nothing of this product makes them by API."""
    store = iam_backends[OWNER]["aws"]
    store.create_user("eu-west-1", "ann")
    store.create_group("readers", "/")
    key = store.create_access_key("ann", prefix="AKIA")
    ann = aws.client("iam", {"AccessKeyId": key.access_key_id, "SecretAccessKey": key.secret_access_key})
    assert refusal(ann.list_roles)[1].startswith(f"User: arn:aws:iam::{OWNER}:user/ann is not authorized")
    store.put_group_policy("readers", "p", allow("iam:ListRoles"))
    store.add_user_to_group("readers", "ann")
    aws.running.gateway.versions.policies_changed()
    ann.list_roles()
    key.status = "Inactive"
    assert refusal(ann.list_roles)[0] == "InvalidClientTokenId"


def test_boundary_limits_and_never_grants(aws: Aws, admin: str) -> None:
    iam = aws.as_role("iam", admin)
    boundary = iam.create_policy(PolicyName="edge", PolicyDocument=allow("iam:ListRoles", "iam:ListUsers"))
    arn = boundary["Policy"]["Arn"]
    bounded = aws.as_role("iam", aws.role("bounded", allow("iam:ListRoles", "iam:ListPolicies"), boundary=arn))
    bounded.list_roles()
    assert refusal(bounded.list_policies)[1].endswith(
        "because no permissions boundary allows the iam:ListPolicies action"
    )
    assert "no identity-based policy allows" in refusal(bounded.list_users)[1]


def test_boundary_of_a_user(aws: Aws, admin: str) -> None:
    iam = aws.as_role("iam", admin)
    arn = iam.create_policy(PolicyName="user-edge", PolicyDocument=allow("iam:ListRoles"))["Policy"]["Arn"]
    made = iam.create_user(UserName="bob", PermissionsBoundary=arn, Tags=[{"Key": "team", "Value": "search"}])["User"]
    assert made["PermissionsBoundary"]["PermissionsBoundaryArn"] == arn
    assert iam.get_user(UserName="bob")["User"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == arn
    iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=allow("iam:ListRoles", "iam:ListUsers"))
    bob = aws.client("iam", iam.create_access_key(UserName="bob")["AccessKey"])
    bob.list_roles()
    assert refusal(bob.list_users)[1].endswith("because no permissions boundary allows the iam:ListUsers action")
    iam.delete_user_permissions_boundary(UserName="bob")
    bob.list_users()
    iam.put_user_permissions_boundary(UserName="bob", PermissionsBoundary=arn)
    assert "no permissions boundary allows" in refusal(bob.list_users)[1]
    assert refusal(iam.create_user, UserName="carl", PermissionsBoundary="x" * 20)[0] == "ValidationError"
    assert refusal(iam.get_user, UserName="carl")[0] == "NoSuchEntity"


def test_cross_account_bucket_needs_both_sides(aws: Aws, bucket: Make) -> None:
    reader = aws.role("reader", allow("s3:GetObject", on="arn:aws:s3:::cross-bucket/*"), account=OTHER, path="/team/")
    no_rights = aws.role("named-only", account=OTHER)
    policy = document(
        {
            "Effect": "Allow",
            "Principal": {"AWS": [reader, no_rights]},
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::cross-bucket/open/*",
        }
    )
    bucket("cross-bucket", "open/1", "closed/1", policy=policy)
    client = aws.as_role("s3", reader)
    assert client.get_object(Bucket="cross-bucket", Key="open/1")["Body"].read() == b"open/1"
    assert aws.last()["lands_in"] == OWNER
    assert "no resource-based policy allows" in refusal(client.get_object, Bucket="cross-bucket", Key="closed/1")[1]
    named = aws.as_role("s3", no_rights)
    assert "no identity-based policy allows" in refusal(named.get_object, Bucket="cross-bucket", Key="open/1")[1]
    stranger = aws.as_role("s3", aws.role("stranger", allow("s3:*"), account=OUTSIDE))
    assert refusal(stranger.get_object, Bucket="cross-bucket", Key="open/1")[0] == "AccessDenied"


def test_cross_account_write_stays_with_the_owner(aws: Aws, bucket: Make) -> None:
    writer = aws.role("x-writer", allow("s3:PutObject", "s3:ListAllMyBuckets"), account=OTHER)
    allowed = {"Effect": "Allow", "Principal": {"AWS": writer}, "Action": "s3:PutObject"}
    bucket("inbox-bucket", policy=document({**allowed, "Resource": "arn:aws:s3:::inbox-bucket/*"}))
    client = aws.as_role("s3", writer)
    client.put_object(Bucket="inbox-bucket", Key="k", Body=b"v")
    assert client.list_buckets()["Buckets"] == []
    assert refusal(client.delete_object, Bucket="inbox-bucket", Key="k")[0] == "AccessDenied"


def test_bucket_policy_deny_with_unmet_condition_denies_nothing(aws: Aws, bucket: Make, admin: str) -> None:
    """moto's own check takes such a Deny for a Deny."""
    policy = document(
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": ["arn:aws:s3:::tls-bucket", "arn:aws:s3:::tls-bucket/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )
    bucket("tls-bucket", "k", policy=policy)
    s3 = aws.as_role("s3", admin)
    s3.get_object(Bucket="tls-bucket", Key="k")
    aws.control.settings(secure_transport=False)
    try:
        message = refusal(s3.get_object, Bucket="tls-bucket", Key="k")[1]
    finally:
        aws.control.settings(secure_transport=True)
    assert message.endswith("with an explicit deny in a resource-based policy")


def test_expected_owner(aws: Aws, bucket: Make, admin: str) -> None:
    bucket("owned-bucket", "k")
    s3 = aws.as_role("s3", admin)
    s3.get_object(Bucket="owned-bucket", Key="k", ExpectedBucketOwner=OWNER)
    assert refusal(s3.get_object, Bucket="owned-bucket", Key="k", ExpectedBucketOwner=OTHER)[0] == "AccessDenied"


def test_a_public_policy_and_the_block(aws: Aws, admin: str, bucket: Make) -> None:
    """A new bucket takes none; under RestrictPublicBuckets one that is there opens to the owner's account alone."""
    bucket("open-bucket", "public", "private")
    s3, url = aws.as_role("s3", admin), f"{aws.running.endpoint}/open-bucket"
    everybody = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::open-bucket/public",
    }
    other = {**everybody, "Principal": {"AWS": OTHER}, "Resource": "arn:aws:s3:::open-bucket/*"}
    code, message, status = refusal(s3.put_bucket_policy, Bucket="open-bucket", Policy=document(everybody))
    assert (code, status) == ("AccessDenied", 403)
    assert message.endswith("prevented by the BlockPublicPolicy setting in S3 Block Public Access.")
    s3.put_bucket_policy(Bucket="open-bucket", Policy=document(other))
    outsider = aws.as_role("s3", aws.role("public-other", allow("s3:GetObject"), account=OTHER))
    own = aws.as_role("s3", aws.role("public-own"))
    outsider.get_object(Bucket="open-bucket", Key="private")
    s3.delete_public_access_block(Bucket="open-bucket")
    s3.put_bucket_policy(Bucket="open-bucket", Policy=document(everybody, other))
    assert http(f"{url}/public") == (200, "public")
    assert http(f"{url}/private")[0] == 403
    assert http(f"{url}/public", "PUT", b"x")[0] == 403
    outsider.get_object(Bucket="open-bucket", Key="private")
    block = {"RestrictPublicBuckets": True}
    s3.put_public_access_block(Bucket="open-bucket", PublicAccessBlockConfiguration=block)
    assert http(f"{url}/public")[0] == 403
    assert refusal(outsider.get_object, Bucket="open-bucket", Key="private")[0] == "AccessDenied"
    own.get_object(Bucket="open-bucket", Key="public")


def test_whether_an_object_is_there_is_told_to_whoever_may_list(aws: Aws, bucket: Make) -> None:
    """API_GetObject: "If you have the s3:ListBucket permission ... 404", "If you don't ... 403"."""
    bucket("secretive", "there")
    blind = aws.as_role("s3", aws.role("blind", allow("s3:GetObject")))
    seeing = aws.as_role("s3", aws.role("seeing", allow("s3:GetObject", "s3:ListBucket")))
    other = allow("s3:ListBucket", on="arn:aws:s3:::secretive-2")
    elsewhere = aws.as_role("s3", aws.role("seeing-elsewhere", allow("s3:GetObject"), other))
    asked = {"Bucket": "secretive", "Key": "gone"}
    assert refusal(seeing.get_object, **asked)[::2] == ("NoSuchKey", 404)
    assert refusal(seeing.head_object, **asked)[2] == 404
    for client in (blind, elsewhere):
        client.get_object(Bucket="secretive", Key="there")
        code, message, status = refusal(client.get_object, **asked)
        assert (code, status, "s3:ListBucket" in message) == ("AccessDenied", 403, True)
        assert refusal(client.head_object, **asked)[2] == 403
    assert aws.last()["result"] == "Denied"
    assert refusal(blind.get_object, Bucket="no-such-bucket-at-all", Key="k")[0] == "NoSuchBucket"


def test_key_policy_first(aws: Aws, admin: str) -> None:
    """An identity policy alone opens no key whose policy does not delegate to the account."""
    user, stranger = aws.role("key-user"), aws.role("key-stranger", allow("kms:*"))
    policy = document(
        {"Sid": "Admin", "Effect": "Allow", "Principal": {"AWS": admin}, "Action": "kms:*", "Resource": "*"},
        {"Sid": "Use", "Effect": "Allow", "Principal": {"AWS": user}, "Action": "kms:Encrypt", "Resource": "*"},
    )
    kms = aws.as_role("kms", admin)
    key = kms.create_key(Policy=policy)["KeyMetadata"]["Arn"]
    assert aws.as_role("kms", user).encrypt(KeyId=key, Plaintext=b"x")["KeyId"] == key
    assert refusal(aws.as_role("kms", user).describe_key, KeyId=key)[0] == "AccessDeniedException"
    message = refusal(aws.as_role("kms", stranger).encrypt, KeyId=key, Plaintext=b"x")[1]
    assert message.endswith("because no resource-based policy allows the kms:Encrypt action")
    delegating = aws.as_role("kms", admin).create_key()["KeyMetadata"]["Arn"]
    aws.as_role("kms", stranger).encrypt(KeyId=delegating, Plaintext=b"x")


def test_key_policy_must_not_lock_its_writer_out(aws: Aws, admin: str) -> None:
    kms = aws.as_role("kms", admin)
    locking = document({"Effect": "Allow", "Principal": {"AWS": OTHER}, "Action": "kms:*", "Resource": "*"})
    assert refusal(kms.create_key, Policy=locking)[0] == "MalformedPolicyDocumentException"
    kms.create_key(Policy=locking, BypassPolicyLockoutSafetyCheck=True)
    own = document({"Effect": "Allow", "Principal": {"AWS": OWNER}, "Action": "kms:*", "Resource": "*"})
    key = kms.create_key(Policy=own)["KeyMetadata"]["KeyId"]
    change = {"KeyId": key, "PolicyName": "default"}
    assert refusal(kms.put_key_policy, **change, Policy=locking)[0] == "MalformedPolicyDocumentException"
    kms.put_key_policy(**change, Policy=own)


def test_a_key_policy_may_name_its_key(aws: Aws, admin: str) -> None:
    kms = aws.as_role("kms", admin)
    key, other = (kms.create_key()["KeyMetadata"] for _ in range(2))
    by_arn = [
        document({"Effect": "Allow", "Principal": {"AWS": OWNER}, "Action": "kms:*", "Resource": one["Arn"]})
        for one in (key, other)
    ]
    for name in (key["KeyId"], key["Arn"]):
        kms.put_key_policy(KeyId=name, Policy=by_arn[0])
        assert refusal(kms.put_key_policy, KeyId=name, Policy=by_arn[1])[0] == "MalformedPolicyDocumentException"


def test_a_ciphertext_says_which_key_it_is_of(aws: Aws, admin: str) -> None:
    """Decrypt needs no key id and is decided on the ciphertext's own key; who names another must be permitted that one,
    and is refused even then."""
    kms = aws.as_role("kms", admin)
    mine, other = (kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    reader = aws.as_role("kms", aws.role("reads-one-key", allow("kms:Decrypt", "kms:ReEncrypt*", on=mine)))
    readable, hidden = (kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"] for key in (mine, other))
    assert reader.decrypt(CiphertextBlob=readable)["KeyId"] == mine
    assert refusal(reader.decrypt, CiphertextBlob=hidden)[0] == "AccessDeniedException"
    assert refusal(reader.decrypt, CiphertextBlob=hidden, KeyId=mine)[0] == "IncorrectKeyException"
    assert refusal(reader.decrypt, CiphertextBlob=readable, KeyId=other)[0] == "AccessDeniedException"
    moved = {"CiphertextBlob": hidden, "DestinationKeyId": mine}
    assert refusal(reader.re_encrypt, **moved)[0] == "AccessDeniedException"
    assert refusal(reader.re_encrypt, **moved, SourceKeyId=mine)[0] == "IncorrectKeyException"
    assert reader.re_encrypt(CiphertextBlob=readable, DestinationKeyId=mine)["SourceKeyId"] == mine


def test_key_of_another_account(aws: Aws, admin: str) -> None:
    user = aws.role("far-key-user", allow("kms:Encrypt", "kms:PutKeyPolicy"), account=OTHER)
    policy = document(
        {"Effect": "Allow", "Principal": {"AWS": OWNER}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"AWS": OTHER}, "Action": "kms:*", "Resource": "*"},
    )
    key = aws.as_role("kms", admin).create_key(Policy=policy)["KeyMetadata"]["Arn"]
    client = aws.as_role("kms", user)
    client.encrypt(KeyId=key, Plaintext=b"x")
    assert refusal(client.put_key_policy, KeyId=key, PolicyName="default", Policy=policy)[0] == "AccessDeniedException"
    private = aws.as_role("kms", admin).create_key()["KeyMetadata"]["Arn"]
    assert refusal(client.encrypt, KeyId=private, Plaintext=b"x")[0] == "AccessDeniedException"


def test_grant_allows_what_it_names(aws: Aws, admin: str) -> None:
    grantee = aws.role("grantee")
    policy = document({"Effect": "Allow", "Principal": {"AWS": admin}, "Action": "kms:*", "Resource": "*"})
    kms = aws.as_role("kms", admin)
    key = kms.create_key(Policy=policy)["KeyMetadata"]["Arn"]
    client = aws.as_role("kms", grantee)
    assert refusal(client.encrypt, KeyId=key, Plaintext=b"x")[0] == "AccessDeniedException"
    grant = kms.create_grant(KeyId=key, GranteePrincipal=grantee, Operations=["Encrypt"])["GrantId"]
    client.encrypt(KeyId=key, Plaintext=b"x")
    assert refusal(client.generate_data_key, KeyId=key, KeySpec="AES_256")[0] == "AccessDeniedException"
    kms.revoke_grant(KeyId=key, GrantId=grant)
    assert refusal(client.encrypt, KeyId=key, Plaintext=b"x")[0] == "AccessDeniedException"


def test_constraints_of_a_grant(aws: Aws, admin: str) -> None:
    """API_GrantConstraints: the subset may have further pairs beside it, the equal one none. Tokens change nothing."""
    kms = aws.as_role("kms", admin)
    key = kms.create_key()["KeyMetadata"]["Arn"]
    pair, more = {"team": "core"}, {"team": "core", "job": "7"}
    for number, (kind, wider) in enumerate((("EncryptionContextSubset", True), ("EncryptionContextEquals", False))):
        grantee = aws.role(f"constrained-{number}")
        client = aws.as_role("kms", grantee)
        grant = kms.create_grant(
            KeyId=key, GranteePrincipal=grantee, Operations=["Encrypt", "Decrypt"], Constraints={kind: pair}
        )
        sealed = client.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext=pair, GrantTokens=[grant["GrantToken"]])[
            "CiphertextBlob"
        ]
        client.decrypt(KeyId=key, CiphertextBlob=sealed, EncryptionContext=pair)
        for context in ({}, {"team": "other"}, {"job": "7"}):
            code = refusal(client.encrypt, KeyId=key, Plaintext=b"x", EncryptionContext=context)[0]
            assert code == "AccessDeniedException"
        asked = {"KeyId": key, "Plaintext": b"x", "EncryptionContext": more}
        if wider:
            client.encrypt(**asked)
        else:
            assert refusal(client.encrypt, **asked)[0] == "AccessDeniedException"
        stranger = aws.as_role("kms", aws.role(f"constrained-{number}-2"))
        assert (
            refusal(stranger.encrypt, KeyId=key, Plaintext=b"x", EncryptionContext=pair)[0] == "AccessDeniedException"
        )


def test_encrypted_object_needs_the_key_too(aws: Aws, bucket: Make, admin: str) -> None:
    bucket("sealed-bucket")
    key = aws.as_role("kms", admin).create_key()["KeyMetadata"]["Arn"]
    s3 = aws.as_role("s3", admin)
    s3.put_bucket_encryption(
        Bucket="sealed-bucket",
        ServerSideEncryptionConfiguration={
            "Rules": [
                {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}},
            ]
        },
    )
    s3.put_object(Bucket="sealed-bucket", Key="k", Body=b"v")
    with_key = aws.as_role("s3", aws.role("with-key", allow("s3:GetObject", "kms:Decrypt")))
    assert with_key.get_object(Bucket="sealed-bucket", Key="k")["Body"].read() == b"v"
    without = aws.as_role("s3", aws.role("without-key", allow("s3:GetObject")))
    assert "kms:Decrypt" in refusal(without.get_object, Bucket="sealed-bucket", Key="k")[1]


def test_glue_resource_policy(aws: Aws, admin: str) -> None:
    reader = aws.role("glue-reader", allow("glue:GetDatabase"), account=OTHER)
    glue = aws.as_role("glue", admin)
    glue.create_database(DatabaseInput={"Name": "features"})
    client = aws.as_role("glue", reader)
    assert refusal(client.get_database, CatalogId=OWNER, Name="features")[0] == "AccessDeniedException"
    catalog = f"arn:aws:glue:eu-west-1:{OWNER}"
    resources = [f"{catalog}:catalog", f"{catalog}:database/features"]
    policy = {"Effect": "Allow", "Principal": {"AWS": reader}, "Action": "glue:GetDatabase", "Resource": resources}
    glue.put_resource_policy(PolicyInJson=document(policy))
    assert client.get_database(CatalogId=OWNER, Name="features")["Database"]["Name"] == "features"
    assert refusal(client.get_database, CatalogId=OWNER, Name="default")[0] == "AccessDeniedException"


def test_service_control_policy(aws: Aws) -> None:
    roles = {account: aws.role("scp", allow("iam:*"), account=account) for account in (OWNER, OUTSIDE, MANAGEMENT)}
    denying = document(statement("Deny", "iam:ListUsers", "*", Sid="NoUsers"))
    aws.control.land({"management_account": MANAGEMENT, "organization": {"scps": {"no-users": denying}}})
    message = refusal(aws.as_role("iam", roles[OWNER]).list_users)[1]
    assert message.endswith("with an explicit deny in a service control policy")
    aws.as_role("iam", roles[OWNER]).list_roles()
    aws.as_role("iam", roles[OUTSIDE]).list_users()
    aws.as_role("iam", roles[MANAGEMENT]).list_users()


def test_resource_control_policy(aws: Aws, bucket: Make, admin: str) -> None:
    bucket("rcp-bucket", "k")
    denying = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::rcp-bucket/*"}
    s3 = aws.as_role("s3", admin)
    s3.get_object(Bucket="rcp-bucket", Key="k")
    aws.control.land({"management_account": MANAGEMENT, "organization": {"rcps": {"closed": document(denying)}}})
    assert "an explicit deny in a resource control policy" in refusal(s3.get_object, Bucket="rcp-bucket", Key="k")[1]
    s3.list_objects_v2(Bucket="rcp-bucket")


def test_organization_id_in_a_condition(aws: Aws, bucket: Make) -> None:
    member = aws.role("member", allow("s3:GetObject"), account=OTHER)
    outsider = aws.role("outsider", allow("s3:GetObject"), account=OUTSIDE)
    policy = document(
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::org-bucket/*",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-featureshar"}},
        }
    )
    bucket("org-bucket", "k", policy=policy)
    aws.as_role("s3", member).get_object(Bucket="org-bucket", Key="k")
    assert refusal(aws.as_role("s3", outsider).get_object, Bucket="org-bucket", Key="k")[0] == "AccessDenied"


def test_principal_tags(aws: Aws, bucket: Make) -> None:
    bucket("tag-bucket", "red/1", "blue/1")
    role = aws.role(
        "tagged", allow("s3:GetObject", on="arn:aws:s3:::tag-bucket/${aws:PrincipalTag/team}/*"), tags={"team": "red"}
    )
    by_role = aws.as_role("s3", role)
    by_role.get_object(Bucket="tag-bucket", Key="red/1")
    assert refusal(by_role.get_object, Bucket="tag-bucket", Key="blue/1")[0] == "AccessDenied"
    by_session = aws.client("s3", aws.keys(role, tags={"Team": "blue"}))
    by_session.get_object(Bucket="tag-bucket", Key="blue/1")
    assert refusal(by_session.get_object, Bucket="tag-bucket", Key="red/1")[0] == "AccessDenied"


def test_pass_role(aws: Aws) -> None:
    passed = aws.role("offline", trust=trust({"Service": "sagemaker.amazonaws.com"}))
    group = {
        "FeatureGroupName": "g",
        "RecordIdentifierFeatureName": "id",
        "EventTimeFeatureName": "t",
        "FeatureDefinitions": [
            {"FeatureName": "id", "FeatureType": "String"},
            {"FeatureName": "t", "FeatureType": "String"},
        ],
        "OnlineStoreConfig": {"EnableOnlineStore": True},
        "RoleArn": passed,
    }
    create = allow("sagemaker:CreateFeatureGroup")
    without = aws.as_role("sagemaker", aws.role("creator-a", create))
    assert "iam:PassRole" in refusal(without.create_feature_group, **group)[1]
    passing = aws.role("creator-b", create, allow("iam:PassRole", on=passed))
    aws.as_role("sagemaker", passing).create_feature_group(**group)


def test_what_a_groups_role_may_not_is_an_invalid_uri(aws: Aws, admin: str, bucket: Make) -> None:
    """Not AccessDenied, which the provider takes for final: the role's policy may be attached beside the group."""
    sagemaker = aws.as_role("sagemaker", admin)
    bucket("raced")
    trusted = trust({"Service": "sagemaker.amazonaws.com"})
    bare, able = (aws.role(name, *may, trust=trusted) for name, *may in (("bare",), ("able", allow("s3:*"))))
    group = {
        "FeatureGroupName": "raced",
        "RecordIdentifierFeatureName": "id",
        "EventTimeFeatureName": "t",
        "FeatureDefinitions": [{"FeatureName": name, "FeatureType": "String"} for name in ("id", "t")],
        "OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": "s3://raced/x"}},
    }
    code, message, status = refusal(sagemaker.create_feature_group, RoleArn=bare, **group)
    assert (code, status) == ("ValidationException", 400)
    assert message.startswith("Invalid S3Uri provided")
    assert "s3:GetBucketAcl" in message
    assert aws.last()["result"] == "Denied"
    sagemaker.create_feature_group(RoleArn=able, **group)


def test_what_is_not_known_is_denied_and_named(aws: Aws, admin: str) -> None:
    code, message, _ = refusal(aws.as_role("dynamodb", admin).list_backups)
    assert code == "AccessDeniedException"
    assert "dynamodb:ListBackups" in message
    assert aws.last()["result"] == "Unmapped"
    for call in ("get_session_token", "get_federation_token"):
        params: dict[str, Any] = {"Name": "xx"} if "federation" in call else {}
        assert refusal(getattr(aws.as_role("sts", admin), call), **params)[0] == "AccessDenied"


def test_alias_delay(aws: Aws, admin: str) -> None:
    conditional = document(
        statement(
            "Allow",
            "kms:Encrypt",
            "*",
            Condition={"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/slow"}},
        )
    )
    user = aws.as_role("kms", aws.role("alias-user", conditional))
    kms = aws.as_role("kms", admin)
    key = kms.create_key()["KeyMetadata"]["Arn"]
    aws.control.settings(alias_delay=600)
    try:
        kms.create_alias(AliasName="alias/slow", TargetKeyId=key)
        assert refusal(user.encrypt, KeyId=key, Plaintext=b"x")[0] == "AccessDeniedException"
    finally:
        aws.control.settings(alias_delay=0)
    user.encrypt(KeyId=key, Plaintext=b"x")


def test_decision_log_tells_everything(aws: Aws) -> None:
    iam = aws.as_role("iam", aws.role("logged", document(statement("Allow", "iam:ListRoles", "*", Sid="ListThem"))))
    iam.list_roles()
    entry = aws.last()
    assert entry["principal"] == f"arn:aws:sts::{OWNER}:assumed-role/logged/local"
    assert (entry["call"], entry["result"], entry["status"]) == ("iam:ListRoles", "Allowed", 200)
    check = entry["checks"][0]
    assert (check["action"], check["result"]) == ("iam:ListRoles", "Allowed")
    assert [reason["sid"] for reason in check["reasons"] if reason["layer"] == "identity"] == ["ListThem"]
    assert json.loads(json.dumps(entry)) == entry


def test_broken_documents_are_refused_where_they_are_put(aws: Aws, bucket: Make, admin: str) -> None:
    bucket("broken-bucket")
    iam, s3, kms = (aws.as_role(service, admin) for service in ("iam", "s3", "kms"))
    aws.role("broken")
    put = {"RoleName": "broken", "PolicyName": "x"}
    iam.put_role_policy(**put, PolicyDocument=allow("s3:*"))
    assert refusal(iam.put_role_policy, **put, PolicyDocument="{")[0] == "MalformedPolicyDocument"
    named = document({**statement("Allow", "s3:*"), "Principal": "*"})
    assert refusal(iam.put_role_policy, **put, PolicyDocument=named)[0] == "MalformedPolicyDocument"
    nameless = allow("s3:*", on="arn:aws:s3:::broken-bucket")
    assert refusal(s3.put_bucket_policy, Bucket="broken-bucket", Policy=nameless)[0] == "MalformedPolicy"
    assert refusal(kms.create_key, Policy=nameless)[0] == "MalformedPolicyDocumentException"
    bad_trust = document({**statement("Allow", "sts:AssumeRole"), "Principal": {"AWS": OWNER}})
    code = refusal(iam.create_role, RoleName="bad", AssumeRolePolicyDocument=bad_trust)[0]
    assert code == "MalformedPolicyDocument"


def test_a_decision_is_not_remembered_beyond_the_change_of_a_policy(aws: Aws, bucket: Callable[..., str]) -> None:
    """The same question twice within a second, a policy changed in between: identity, bucket, tags."""
    arn = bucket("remembered", "x")
    role = aws.role("remembering", allow("s3:GetObject", on=f"{arn}/*"))
    s3 = aws.as_role("s3", role)
    for _ in range(3):
        aws.role("remembering", allow("s3:GetObject", on=f"{arn}/*"))
        assert s3.get_object(Bucket="remembered", Key="x")["Body"].read() == b"x"
        aws.role("remembering", allow("s3:PutObject", on=f"{arn}/*"))
        assert refusal(s3.get_object, Bucket="remembered", Key="x")[0] == "AccessDenied"


def test_a_policy_that_is_attached_cannot_be_deleted(aws: Aws, admin: str) -> None:
    iam = aws.as_role("iam", admin)
    arn = iam.create_policy(PolicyName="attached", PolicyDocument=allow("iam:ListRoles"))["Policy"]["Arn"]
    aws.role("holds-it")
    iam.attach_role_policy(RoleName="holds-it", PolicyArn=arn)
    assert refusal(iam.delete_policy, PolicyArn=arn) == (
        "DeleteConflict",
        "Cannot delete a policy attached to entities.",
        409,
    )
    iam.detach_role_policy(RoleName="holds-it", PolicyArn=arn)
    iam.delete_policy(PolicyArn=arn)


def test_a_bucket_policy_is_about_its_bucket(aws: Aws, bucket: Make) -> None:
    """S3 refuses a resource that can only be another bucket's; what a wildcard or a variable leaves open it takes."""
    name = "about-itself"
    bucket(name)
    s3 = aws.as_role("s3", aws.role("about-writer", allow("s3:*")))

    def put(resources: list[str]) -> None:
        given = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": resources}
        s3.put_bucket_policy(Bucket=name, Policy=document(given))

    refused = ("MalformedPolicy", "Policy has invalid resource", 400)
    for other in ("about-another/*", "about-itself-not", "about-another"):
        resources = [f"arn:aws:s3:::{name}/*", f"arn:aws:s3:::{other}"]
        assert refusal(put, resources=resources) == refused
    for own in (f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/a/*", "arn:aws:s3:::about-*", "*"):
        put(resources=[own])
    put(resources=["arn:aws:s3:::${aws:PrincipalTag/bucket}/*"])
