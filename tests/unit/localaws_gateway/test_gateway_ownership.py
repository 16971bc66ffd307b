"""Object ownership and ACLs of S3, over boto3: who owns what another account writes, and what the lists let through.

Expected from the Amazon S3 User Guide: about-object-ownership, object-ownership-error-responses, acl-overview,
access-control-block-public-access.
"""

from collections.abc import Callable
from typing import Any
from zlib import crc32

import pytest
from gateway_support import OTHER, OUTSIDE, OWNER, REGION, Aws, allow, document, http, refusal

ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
EVERYTHING = {"Effect": "Allow", "Principal": {"AWS": [OTHER, OUTSIDE]}, "Action": "s3:*"}
Make = Callable[..., Any]


@pytest.fixture(scope="module")
def people(aws: Aws) -> dict[str, Any]:
    """S3 clients: an administrator of each account, and a role of the owner's account that may do nothing."""
    return {
        OWNER: aws.as_role("s3", aws.role("s3-owner", allow("s3:*"))),
        OTHER: aws.as_role("s3", aws.role("s3-other", allow("s3:*"), account=OTHER)),
        OUTSIDE: aws.as_role("s3", aws.role("s3-outside", allow("s3:*"), account=OUTSIDE)),
        "nobody": aws.as_role("s3", aws.role("s3-nobody")),
    }


@pytest.fixture
def shared(people: dict[str, Any]) -> Callable[..., str]:
    """Makes a bucket whose policy lets both other accounts do everything."""

    def make(name: str, ownership: str | None, **more: Any) -> str:
        given = {"ObjectOwnership": ownership, **more} if ownership else more
        where = {"LocationConstraint": REGION}
        people[OWNER].create_bucket(Bucket=name, CreateBucketConfiguration=where, **given)
        policy = document({**EVERYTHING, "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]})
        people[OWNER].put_bucket_policy(Bucket=name, Policy=policy)
        return name

    return make


def canonical(people: dict[str, Any], account: str) -> str:
    return str(people[account].list_buckets()["Owner"]["ID"])


def owner(people: dict[str, Any], account: str, bucket: str, key: str) -> str:
    return str(people[account].get_object_acl(Bucket=bucket, Key=key)["Owner"]["ID"])


def test_a_new_bucket_enforces_its_ownership_and_blocks_the_public(people: dict[str, Any], shared: Make) -> None:
    bucket = shared("own-default", None)
    rules = people[OWNER].get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    assert rules == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    block = people[OWNER].get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    people[OTHER].put_object(Bucket=bucket, Key="k", Body=b"of other")
    assert people[OWNER].get_object(Bucket=bucket, Key="k")["Body"].read() == b"of other"
    assert owner(people, OWNER, bucket, "k") == canonical(people, OWNER)


@pytest.mark.parametrize("acl", ["private", "public-read", "bucket-owner-read", "authenticated-read"])
def test_acls_are_refused_where_they_are_disabled(people: dict[str, Any], shared: Make, acl: str) -> None:
    bucket = shared(f"own-refuses-{acl}", "BucketOwnerEnforced")
    refused = ("AccessControlListNotSupported", "The bucket does not allow ACLs", 400)
    assert refusal(people[OWNER].put_object, Bucket=bucket, Key="k", Body=b"", ACL=acl) == refused
    assert refusal(people[OWNER].create_multipart_upload, Bucket=bucket, Key="k", ACL=acl) == refused
    people[OWNER].put_object(Bucket=bucket, Key="k", Body=b"1", ACL="bucket-owner-full-control")
    assert refusal(people[OWNER].put_object_acl, Bucket=bucket, Key="k", ACL=acl) == refused
    assert refusal(people[OWNER].put_bucket_acl, Bucket=bucket, ACL="private") == refused
    source = {"Bucket": bucket, "Key": "k"}
    assert refusal(people[OWNER].copy_object, Bucket=bucket, Key="c", CopySource=source, ACL=acl) == refused


def test_grants_in_headers_where_acls_are_disabled(people: dict[str, Any], shared: Make) -> None:
    """Full control of the bucket owner is taken in whatever form; anything more is not."""
    bucket = shared("own-headers", None)
    mine, theirs = (f'id="{canonical(people, one)}"' for one in (OWNER, OTHER))
    people[OTHER].put_object(Bucket=bucket, Key="k", Body=b"", GrantFullControl=mine)
    code, _, status = refusal(people[OTHER].put_object, Bucket=bucket, Key="k", Body=b"", GrantFullControl=theirs)
    assert (code, status) == ("AccessControlListNotSupported", 400)
    assert refusal(people[OTHER].put_object, Bucket=bucket, Key="k", Body=b"", GrantRead=mine)[0] == code


def test_without_enforcement_the_writer_owns_and_the_bucket_policy_does_not_reach(
    aws: Aws, people: dict[str, Any], shared: Make
) -> None:
    bucket = shared("own-writer", "ObjectWriter")
    people[OTHER].put_object(Bucket=bucket, Key="k", Body=b"of other")
    assert people[OTHER].get_object(Bucket=bucket, Key="k")["Body"].read() == b"of other"
    assert owner(people, OTHER, bucket, "k") == canonical(people, OTHER)
    assert refusal(people[OWNER].get_object, Bucket=bucket, Key="k")[0] == "AccessDenied"
    reasons = aws.last()["checks"][-1]["reasons"]
    assert reasons[0]["text"] == f"account {OTHER} owns the object, which the bucket policy does not cover"
    assert refusal(people[OUTSIDE].get_object, Bucket=bucket, Key="k")[0] == "AccessDenied"
    people[OWNER].put_object(Bucket=bucket, Key="mine", Body=b"of owner")
    assert people[OUTSIDE].get_object(Bucket=bucket, Key="mine")["Body"].read() == b"of owner"
    people[OWNER].delete_object(Bucket=bucket, Key="k")


def test_full_control_to_the_bucket_owner_is_not_ownership_for_a_writer(people: dict[str, Any], shared: Make) -> None:
    bucket = shared("own-writer-full", "ObjectWriter")
    people[OTHER].put_object(Bucket=bucket, Key="k", Body=b"1", ACL="bucket-owner-full-control")
    assert people[OWNER].get_object(Bucket=bucket, Key="k")["Body"].read() == b"1"
    assert owner(people, OWNER, bucket, "k") == canonical(people, OTHER)
    assert refusal(people["nobody"].get_object, Bucket=bucket, Key="k")[0] == "AccessDenied"
    assert refusal(people[OUTSIDE].get_object, Bucket=bucket, Key="k")[0] == "AccessDenied"


def test_preferred_ownership_moves_with_the_canned_acl_alone(people: dict[str, Any], shared: Make) -> None:
    bucket = shared("own-preferred", "BucketOwnerPreferred")
    people[OTHER].put_object(Bucket=bucket, Key="given", Body=b"1", ACL="bucket-owner-full-control")
    people[OTHER].put_object(Bucket=bucket, Key="read", Body=b"2", ACL="bucket-owner-read")
    people[OTHER].put_object(Bucket=bucket, Key="kept", Body=b"3")
    assert owner(people, OWNER, bucket, "given") == canonical(people, OWNER)
    assert people[OUTSIDE].get_object(Bucket=bucket, Key="given")["Body"].read() == b"1"
    assert people[OWNER].get_object(Bucket=bucket, Key="read")["Body"].read() == b"2"
    assert refusal(people[OUTSIDE].get_object, Bucket=bucket, Key="read")[0] == "AccessDenied"
    assert refusal(people[OWNER].get_object, Bucket=bucket, Key="kept")[0] == "AccessDenied"


def test_multipart_uploads_and_copies_have_owners_too(people: dict[str, Any], shared: Make) -> None:
    bucket = shared("own-parts", "BucketOwnerPreferred")
    for key, acl in (("given", {"ACL": "bucket-owner-full-control"}), ("kept", {})):
        upload = people[OTHER].create_multipart_upload(Bucket=bucket, Key=key, **acl)["UploadId"]
        at = {"Bucket": bucket, "Key": key, "UploadId": upload}
        tag = people[OTHER].upload_part(**at, PartNumber=1, Body=b"x")["ETag"]
        people[OTHER].complete_multipart_upload(**at, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": tag}]})
    assert people[OWNER].get_object(Bucket=bucket, Key="given")["Body"].read() == b"x"
    assert refusal(people[OWNER].get_object, Bucket=bucket, Key="kept")[0] == "AccessDenied"
    people[OTHER].copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "kept"})
    assert refusal(people[OWNER].get_object, Bucket=bucket, Key="copy")[0] == "AccessDenied"
    assert (
        refusal(people[OWNER].copy_object, Bucket=bucket, Key="c2", CopySource={"Bucket": bucket, "Key": "kept"})[0]
        == "AccessDenied"
    )


def test_enforcing_ownership_takes_every_object_and_gives_it_back(people: dict[str, Any], shared: Make) -> None:
    bucket = shared("own-changes", "ObjectWriter")
    people[OTHER].put_object(Bucket=bucket, Key="k", Body=b"1")

    def enforce(setting: str) -> None:
        people[OWNER].put_bucket_ownership_controls(
            Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": setting}]}
        )

    enforce("BucketOwnerEnforced")
    assert people[OWNER].get_object(Bucket=bucket, Key="k")["Body"].read() == b"1"
    assert owner(people, OWNER, bucket, "k") == canonical(people, OWNER)
    enforce("BucketOwnerPreferred")
    assert refusal(people[OWNER].get_object, Bucket=bucket, Key="k")[0] == "AccessDenied"
    people[OWNER].delete_bucket_ownership_controls(Bucket=bucket)
    people[OTHER].put_object(Bucket=bucket, Key="k2", Body=b"2", ACL="bucket-owner-full-control")
    assert owner(people, OTHER, bucket, "k2") == canonical(people, OTHER)


def test_the_list_of_an_object_lets_an_account_in(people: dict[str, Any], shared: Make) -> None:
    bucket = shared("own-lists", "ObjectWriter")
    people[OTHER].put_object(Bucket=bucket, Key="k", Body=b"1")
    grants = [{"Grantee": {"Type": "CanonicalUser", "ID": canonical(people, OWNER)}, "Permission": "READ"}]
    mine = {"ID": canonical(people, OTHER)}
    people[OTHER].put_object_acl(Bucket=bucket, Key="k", AccessControlPolicy={"Owner": mine, "Grants": grants})
    assert people[OWNER].get_object(Bucket=bucket, Key="k")["Body"].read() == b"1"
    assert refusal(people[OWNER].get_object_acl, Bucket=bucket, Key="k")[0] == "AccessDenied"
    assert refusal(people[OUTSIDE].get_object, Bucket=bucket, Key="k")[0] == "AccessDenied"
    seen = people[OTHER].get_object_acl(Bucket=bucket, Key="k")
    assert (seen["Owner"], seen["Grants"]) == (mine, grants)
    people[OTHER].put_object_acl(Bucket=bucket, Key="k", GrantRead=f'id="{canonical(people, OUTSIDE)}"')
    assert people[OUTSIDE].get_object(Bucket=bucket, Key="k")["Body"].read() == b"1"
    assert refusal(people[OWNER].get_object, Bucket=bucket, Key="k")[0] == "AccessDenied"


def test_the_list_of_a_bucket(people: dict[str, Any], shared: Make) -> None:
    bucket = shared("own-bucket-list", "ObjectWriter")
    people[OWNER].delete_bucket_policy(Bucket=bucket)
    assert refusal(people[OUTSIDE].list_objects_v2, Bucket=bucket)[0] == "AccessDenied"
    people[OWNER].put_bucket_acl(
        Bucket=bucket,
        GrantRead=f"id={canonical(people, OUTSIDE)}",
        GrantFullControl=f"id={canonical(people, OWNER)}",
    )
    people[OUTSIDE].list_objects_v2(Bucket=bucket)
    assert refusal(people[OUTSIDE].put_object, Bucket=bucket, Key="k", Body=b"")[0] == "AccessDenied"
    assert refusal(people[OTHER].list_objects_v2, Bucket=bucket)[0] == "AccessDenied"
    code, _, status = refusal(
        people[OWNER].put_bucket_ownership_controls,
        Bucket=bucket,
        OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
    )
    assert (code, status) == ("InvalidBucketAclWithObjectOwnership", 400)
    people[OWNER].put_bucket_acl(Bucket=bucket, ACL="private")
    assert refusal(people[OUTSIDE].list_objects_v2, Bucket=bucket)[0] == "AccessDenied"


def test_public_lists_and_the_block(aws: Aws, people: dict[str, Any], shared: Make) -> None:
    """BlockPublicAcls refuses new public lists, IgnorePublicAcls takes the old ones away."""
    bucket = shared("own-public", "ObjectWriter")
    url = f"{aws.running.endpoint}/{bucket}/k"
    public = {"Bucket": bucket, "Key": "k", "ACL": "public-read"}
    assert refusal(people[OWNER].put_object, **public, Body=b"1")[0] == "AccessDenied"
    people[OWNER].delete_public_access_block(Bucket=bucket)
    people[OWNER].put_object(**public, Body=b"1")
    assert http(url) == (200, "1")
    assert http(f"{aws.running.endpoint}/{bucket}")[0] == 403
    grants = people[OWNER].get_object_acl(Bucket=bucket, Key="k")["Grants"]
    assert {"Grantee": {"Type": "Group", "URI": ALL_USERS}, "Permission": "READ"} in grants
    block = {"IgnorePublicAcls": True, "BlockPublicAcls": False}
    people[OWNER].put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=block)
    assert http(url)[0] == 403
    people[OWNER].put_object_acl(**public)


def test_new_buckets_with_acls(people: dict[str, Any]) -> None:
    where = {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
    code = refusal(people[OWNER].create_bucket, Bucket="own-new", **where, ACL="log-delivery-write")[0]
    assert code == "InvalidBucketAclWithObjectOwnership"
    public = {"ACL": "public-read", "ObjectOwnership": "ObjectWriter"}
    code = refusal(people[OWNER].create_bucket, Bucket="own-new", **where, **public)[0]
    assert code == "InvalidBucketAclWithBlockPublicAccessError"
    people[OWNER].create_bucket(Bucket="own-new", **where, ACL="private")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"GrantRead": 'id="0123"'}, "InvalidArgument"),
        ({"GrantRead": 'uri="http://acs.amazonaws.com/groups/global/Friends"'}, "InvalidArgument"),
        ({"GrantRead": 'emailAddress="ann@example.com"'}, "MethodNotAllowed"),
        ({"GrantRead": "everybody"}, "InvalidArgument"),
        ({"ACL": "aws-exec-read"}, "NotImplemented"),
        ({"ACL": "friends-read"}, "InvalidArgument"),
        ({"ACL": "private", "GrantRead": f'uri="{ALL_USERS}"'}, "InvalidRequest"),
    ],
)
def test_lists_that_cannot_be_given(people: dict[str, Any], shared: Make, given: dict[str, str], code: str) -> None:
    """What is not understood is refused by name, never guessed."""
    bucket = shared(f"own-bad-{crc32(str(given).encode())}", "ObjectWriter")
    assert refusal(people[OWNER].put_object, Bucket=bucket, Key="k", Body=b"", **given)[0] == code
