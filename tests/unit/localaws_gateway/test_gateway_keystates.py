"""What the state of a key lets one do, over boto3.

Expected from the KMS developer guide, "Key states of AWS KMS keys", and S3's list of error codes (KMS.*).
"""

from collections.abc import Iterator
from typing import Any

import pytest
from gateway_support import OTHER, OWNER, REGION, Aws, allow, refusal

BUCKET = "keystates"
ROLE = "key-user"


@pytest.fixture(scope="module")
def clients(aws: Aws) -> tuple[Any, Any]:
    keys = aws.keys(aws.role(ROLE, allow("kms:*", "s3:*")))
    kms, s3 = aws.client("kms", keys), aws.client("s3", keys)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    return kms, s3


@pytest.fixture
def key(clients: tuple[Any, Any]) -> Iterator[str]:
    kms, _ = clients
    made = kms.create_key()["KeyMetadata"]["Arn"]
    yield made
    if kms.describe_key(KeyId=made)["KeyMetadata"]["KeyState"] != "PendingDeletion":
        kms.schedule_key_deletion(KeyId=made, PendingWindowInDays=7)


def test_a_disabled_key_is_kept_and_not_used(clients: tuple[Any, Any], key: str) -> None:
    kms, s3 = clients
    ciphertext = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    sealed = {"Bucket": BUCKET, "Key": "k"}
    s3.put_object(**sealed, Body=b"1", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
    kms.disable_key(KeyId=key)
    refused = ("DisabledException", f"{key} is disabled.", 400)
    assert refusal(kms.encrypt, KeyId=key, Plaintext=b"x") == refused
    assert refusal(kms.decrypt, CiphertextBlob=ciphertext) == refused
    assert refusal(kms.generate_data_key, KeyId=key, KeySpec="AES_256") == refused
    assert refusal(s3.get_object, **sealed) == ("KMS.DisabledException", f"{key} is disabled.", 400)
    more = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
    assert refusal(s3.put_object, Bucket=BUCKET, Key="l", Body=b"", **more)[0] == "KMS.DisabledException"
    kms.update_key_description(KeyId=key, Description="kept")
    kms.enable_key(KeyId=key)
    assert kms.decrypt(CiphertextBlob=ciphertext)["Plaintext"] == b"x"
    assert s3.get_object(**sealed)["Body"].read() == b"1"


def test_a_key_pending_deletion_is_only_looked_at_or_kept(clients: tuple[Any, Any], key: str) -> None:
    kms, s3 = clients
    ciphertext = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    s3.put_object(Bucket=BUCKET, Key="d", Body=b"1", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    message = f"{key} is pending deletion."
    for call, params in (
        (kms.decrypt, {"CiphertextBlob": ciphertext}),
        (kms.enable_key, {"KeyId": key}),
        (kms.disable_key, {"KeyId": key}),
        (kms.schedule_key_deletion, {"KeyId": key}),
        (kms.tag_resource, {"KeyId": key, "Tags": [{"TagKey": "a", "TagValue": "b"}]}),
        (kms.update_key_description, {"KeyId": key, "Description": "d"}),
        (kms.create_alias, {"AliasName": "alias/late", "TargetKeyId": key}),
    ):
        assert refusal(call, **params) == ("KMSInvalidStateException", message, 400)
    assert refusal(s3.get_object, Bucket=BUCKET, Key="d") == ("KMS.KMSInvalidStateException", message, 400)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    assert kms.get_key_policy(KeyId=key)["PolicyName"] == "default"
    kms.cancel_key_deletion(KeyId=key)
    assert refusal(kms.cancel_key_deletion, KeyId=key)[0] == "KMSInvalidStateException"
    kms.enable_key(KeyId=key)
    assert kms.decrypt(CiphertextBlob=ciphertext)["Plaintext"] == b"x"


def test_a_key_without_its_material_has_aliases_and_tags_and_no_use(clients: tuple[Any, Any]) -> None:
    kms, _ = clients
    made = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["Arn"]
    refused = ("KMSInvalidStateException", f"{made} is pending import.", 400)
    assert refusal(kms.encrypt, KeyId=made, Plaintext=b"x") == refused
    assert refusal(kms.enable_key, KeyId=made) == refused
    kms.create_alias(AliasName="alias/awaited", TargetKeyId=made)
    kms.tag_resource(KeyId=made, Tags=[{"TagKey": "a", "TagValue": "b"}])
    assert refusal(kms.encrypt, KeyId="alias/awaited", Plaintext=b"x") == refused


def test_the_state_of_a_key_is_told_only_to_those_who_may_use_it(aws: Aws, clients: tuple[Any, Any], key: str) -> None:
    kms, _ = clients
    kms.disable_key(KeyId=key)
    nobody = aws.as_role("kms", aws.role("key-nobody"))
    assert refusal(nobody.encrypt, KeyId=key, Plaintext=b"x")[0] == "AccessDeniedException"


def test_a_key_that_is_not_there(aws: Aws, clients: tuple[Any, Any]) -> None:
    """Its account's people hear that it does not exist, if they may ask; others, and S3 for anybody, do not."""
    kms, s3 = clients
    none = f"arn:aws:kms:{REGION}:{OWNER}:key/00000000-0000-0000-0000-000000000000"
    assert refusal(kms.describe_key, KeyId=none)[0] == "NotFoundException"
    assert refusal(kms.encrypt, KeyId=none, Plaintext=b"x")[0] == "NotFoundException"
    nobody = aws.as_role("kms", aws.role("key-nobody"))
    other = aws.as_role("kms", aws.role("key-other", allow("kms:*"), account=OTHER))
    for client in (nobody, other):
        assert refusal(client.describe_key, KeyId=none)[0] == "AccessDeniedException"
    more = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": none}
    assert refusal(s3.put_object, Bucket=BUCKET, Key="n", Body=b"", **more)[0] == "AccessDenied"
