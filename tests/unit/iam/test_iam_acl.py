"""Ownership of S3 objects and access control lists: positive, negative and near miss of each rule.

Expected results from the Amazon S3 User Guide: about-object-ownership (O), acl-overview (L),
access-control-block-public-access (B), and "How Amazon S3 authorizes a request" (how-s3-evaluates-access-control).
"""

from typing import Any

import pytest
from iam_table import ALLOWED, EXPLICIT, IMPLICIT, A, B, C, Row, answer, check, doc, rows

from featureshare.iam.acl import (
    ALL_USERS,
    AUTHENTICATED_USERS,
    ENFORCED,
    LOG_DELIVERY,
    PREFERRED,
    WRITER,
    Grant,
    UnknownAcl,
    acl_policy,
    canned,
    is_public,
    object_owner,
    only_for_owner,
    without_public,
)

OWNING, LISTS = "about-object-ownership", "acl-overview"
MAY = (doc({"Action": "s3:*"}),)
OWN = Grant(B, "FULL_CONTROL")
DENY = doc({"Effect": "Deny", "Principal": "*"})


@pytest.mark.parametrize(
    ("ownership", "acl", "owner"),
    [
        (ENFORCED, None, A),
        (ENFORCED, "bucket-owner-full-control", A),
        (PREFERRED, "bucket-owner-full-control", A),
        (PREFERRED, None, B),
        (PREFERRED, "bucket-owner-read", B),
        (PREFERRED, "private", B),
        (WRITER, None, B),
        (WRITER, "bucket-owner-full-control", B),
    ],
)
def test_who_owns_what_another_account_writes(ownership: str, acl: str | None, owner: str) -> None:
    """Preferred: the bucket owner, if "uploaded with the bucket-owner-full-control canned ACL"; writer: the writer."""
    assert object_owner(ownership, A, B, acl) == owner
    assert object_owner(ownership, A, A, acl) == A


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("private", set()),
        ("public-read", {(ALL_USERS, "READ")}),
        ("public-read-write", {(ALL_USERS, "READ"), (ALL_USERS, "WRITE")}),
        ("authenticated-read", {(AUTHENTICATED_USERS, "READ")}),
        ("bucket-owner-read", {(A, "READ")}),
        ("bucket-owner-full-control", {(A, "FULL_CONTROL")}),
    ],
)
def test_canned_acls_of_objects(name: str, more: set[tuple[str, str]]) -> None:
    """The owner of the object has full control under each."""
    assert set(canned(name, B, A)) == {OWN, *(Grant(*one) for one in more)}


def test_canned_acls_of_buckets() -> None:
    """log-delivery-write is a bucket's only; the bucket-owner ones are ignored there."""
    mine = Grant(A, "FULL_CONTROL")
    logs = {Grant(LOG_DELIVERY, "WRITE"), Grant(LOG_DELIVERY, "READ_ACP")}
    assert set(canned("log-delivery-write", A, A, bucket=True)) == {mine, *logs}
    assert canned("bucket-owner-read", A, A, bucket=True) == (mine,)
    for name in ("log-delivery-write", "aws-exec-read", "Private", ""):
        with pytest.raises(UnknownAcl, match="no canned ACL"):
            canned(name, B, A)
    with pytest.raises(UnknownAcl, match="aws-exec-read"):
        canned("aws-exec-read", A, A, bucket=True)


def test_public_lists() -> None:
    """A list is public when it grants anything to AllUsers or AuthenticatedUsers (B)."""
    assert is_public([OWN, Grant(ALL_USERS, "READ")])
    assert is_public([Grant(AUTHENTICATED_USERS, "READ_ACP")])
    assert not is_public([OWN, Grant(LOG_DELIVERY, "WRITE"), Grant(C, "READ")])
    assert without_public([OWN, Grant(ALL_USERS, "READ"), Grant(C, "READ")]) == (OWN, Grant(C, "READ"))


def test_full_control_of_the_bucket_owner_alone() -> None:
    """What a bucket without ACLs still takes: "specify bucket owner full control ACLs" (O)."""
    assert only_for_owner([Grant(A, "FULL_CONTROL")], A)
    assert only_for_owner(canned("bucket-owner-full-control", A, A), A)
    assert not only_for_owner([Grant(A, "READ")], A)
    assert not only_for_owner([Grant(A, "FULL_CONTROL"), Grant(C, "READ")], A)
    assert not only_for_owner([Grant(C, "FULL_CONTROL")], A)


def listed(*grants: Grant, owner: str = B, account: str = A, bucket: bool = False) -> dict[str, Any]:
    """The facts of an object of `owner` (or its bucket) with these grants, for a caller of `account`."""
    policy = acl_policy(grants, bucket=bucket, caller_account=account, name="ACL")
    return {"object_owner": owner, "acls": (policy,)}


MINE = f"arn:aws:iam::{A}:user/data/ann"
THIRD = f"arn:aws:iam::{C}:user/cid"


@rows(
    Row(LISTS, OWNING, "full control to the bucket owner lets its users in", ALLOWED, identity=MAY,
        facts=listed(OWN, Grant(A, "FULL_CONTROL"))),
    Row(LISTS, OWNING, "but an account only delegates", IMPLICIT, facts=listed(OWN, Grant(A, "FULL_CONTROL"))),
    Row(LISTS, OWNING, "without a grant the bucket owner reads nothing", IMPLICIT, identity=MAY, facts=listed(OWN)),
    Row(LISTS, OWNING, "nor by its own bucket policy", IMPLICIT, identity=MAY, policy=doc({"Principal": {"AWS": MINE}}),
        facts=listed(OWN)),
    Row(LISTS, OWNING, "read is not read of the list", IMPLICIT, identity=MAY, action="s3:GetObjectAcl",
        facts=listed(OWN, Grant(A, "READ"))),
    Row(LISTS, OWNING, "read of the list", ALLOWED, identity=MAY, action="s3:GetObjectAcl",
        facts=listed(OWN, Grant(A, "READ_ACP"))),
    Row(LISTS, OWNING, "read of the list is not read", IMPLICIT, identity=MAY, facts=listed(OWN, Grant(A, "READ_ACP"))),
    Row(LISTS, OWNING, "write means nothing on an object", IMPLICIT, identity=MAY,
        facts=listed(OWN, Grant(A, "WRITE"))),
    Row(LISTS, OWNING, "full control does not reach tags", IMPLICIT, identity=MAY, action="s3:GetObjectTagging",
        facts=listed(OWN, Grant(A, "FULL_CONTROL"))),
    Row(LISTS, OWNING, "changing the list", ALLOWED, identity=MAY, action="s3:PutObjectAcl",
        facts=listed(OWN, Grant(A, "WRITE_ACP"))),
    Row(LISTS, OWNING, "a third account that is granted", ALLOWED, principal=THIRD, identity=MAY,
        facts=listed(OWN, Grant(C, "READ"), account=C)),
    Row(LISTS, OWNING, "a third account that is not", IMPLICIT, principal=THIRD, identity=MAY,
        facts=listed(OWN, Grant(A, "READ"), account=C)),
    Row(LISTS, OWNING, "the writer reads its own", ALLOWED, principal=f"arn:aws:iam::{B}:user/bea", identity=MAY,
        facts=listed(OWN, account=B)),
    Row(LISTS, OWNING, "the bucket owner may deny whoever owns it", EXPLICIT, principal=f"arn:aws:iam::{B}:user/bea",
        identity=MAY, policy=DENY, facts=listed(OWN, account=B)),
    Row(LISTS, OWNING, "the bucket owner deletes whoever owns it", ALLOWED, identity=MAY, action="s3:DeleteObject",
        facts=listed(OWN)),
    Row(LISTS, OWNING, "and restores whoever owns it", ALLOWED, identity=MAY, action="s3:RestoreObject",
        facts=listed(OWN)),
    Row(LISTS, LISTS, "everybody, anonymous too", ALLOWED, principal="anonymous",
        facts=listed(OWN, Grant(ALL_USERS, "READ"), account="")),
    Row(LISTS, LISTS, "authenticated users are not anonymous", IMPLICIT, principal="anonymous",
        facts=listed(OWN, Grant(AUTHENTICATED_USERS, "READ"), account="")),
    Row(LISTS, LISTS, "any account is authenticated", ALLOWED, principal=THIRD, identity=MAY,
        facts=listed(OWN, Grant(AUTHENTICATED_USERS, "READ"), account=C)),
    Row(LISTS, LISTS, "an account of the group only delegates", IMPLICIT, principal=THIRD,
        facts=listed(OWN, Grant(AUTHENTICATED_USERS, "READ"), account=C)),
    Row(LISTS, LISTS, "log delivery is no caller", IMPLICIT, principal=THIRD, identity=MAY,
        facts=listed(OWN, Grant(LOG_DELIVERY, "READ"), account=C)),
    Row(LISTS, LISTS, "a bucket's write lets another account put", ALLOWED, principal=THIRD, identity=MAY,
        action="s3:PutObject", facts=listed(Grant(C, "WRITE"), owner=A, account=C, bucket=True)),
    Row(LISTS, LISTS, "a bucket's write deletes nothing", IMPLICIT, principal=THIRD, identity=MAY,
        action="s3:DeleteObject",
        facts=listed(Grant(C, "WRITE"), owner=A, account=C, bucket=True)),
    Row(LISTS, LISTS, "a bucket's read lists", ALLOWED, principal=THIRD, identity=MAY, action="s3:ListBucket",
        facts=listed(Grant(C, "READ"), owner=A, account=C, bucket=True)),
    Row(LISTS, LISTS, "a bucket's read reads no object", IMPLICIT, principal=THIRD, identity=MAY,
        facts=listed(Grant(C, "READ"), owner=A, account=C, bucket=True)),
    Row(LISTS, LISTS, "full control of a bucket is not its policy", IMPLICIT, principal=THIRD, identity=MAY,
        action="s3:PutBucketPolicy", facts=listed(Grant(C, "FULL_CONTROL"), owner=A, account=C, bucket=True)),
    Row(LISTS, LISTS, "the bucket owner's object still obeys its policy", ALLOWED, principal=THIRD, identity=MAY,
        policy=doc({"Principal": {"AWS": C}}), facts=listed(Grant(A, "FULL_CONTROL"), owner=A, account=C)),
)  # fmt: skip
def test_rule(row: Row) -> None:
    check(row)


def test_the_reason_names_the_list_and_the_grant() -> None:
    bucket_policy = doc({"Sid": "Own", "Principal": {"AWS": MINE}})
    row = Row("", OWNING, "", ALLOWED, identity=MAY, policy=bucket_policy, facts=listed(OWN, Grant(A, "READ")))
    assert [(one.layer, one.document, one.sid) for one in answer(row).reasons if one.layer == "resource"] == [
        ("resource", "ACL", f"READTo{A}")
    ]
    denied = answer(Row("", OWNING, "", IMPLICIT, identity=MAY, policy=bucket_policy, facts=listed(OWN)))
    assert denied.reasons[0].text == f"account {B} owns the object, which the bucket policy does not cover"
