"""S3 object ownership and access control lists, written as documents so that the engine needs no second way to allow.

Sources, Amazon S3 User Guide: "Controlling ownership of objects" (about-object-ownership), "ACL overview"
(acl-overview, with the canned ACLs and the mapping of ACL permissions to actions), "Blocking public access"
(access-control-block-public-access). Grantees are accounts and S3's groups; whatever else stands in a list grants
nothing here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from featureshare.iam.document import CURRENT, Policy

ENFORCED, PREFERRED, WRITER = "BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"

_GROUPS = "http://acs.amazonaws.com/groups/"
ALL_USERS = f"{_GROUPS}global/AllUsers"
AUTHENTICATED_USERS = f"{_GROUPS}global/AuthenticatedUsers"
LOG_DELIVERY = f"{_GROUPS}s3/LogDelivery"
GROUPS = frozenset({ALL_USERS, AUTHENTICATED_USERS, LOG_DELIVERY})
_PUBLIC = frozenset({ALL_USERS, AUTHENTICATED_USERS})

_ON_BUCKET = {
    "READ": ("s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"),
    "WRITE": ("s3:PutObject",),
    "READ_ACP": ("s3:GetBucketAcl",),
    "WRITE_ACP": ("s3:PutBucketAcl",),
}
_ON_OBJECT = {
    "READ": ("s3:GetObject", "s3:GetObjectVersion"),
    "READ_ACP": ("s3:GetObjectAcl", "s3:GetObjectVersionAcl"),
    "WRITE_ACP": ("s3:PutObjectAcl", "s3:PutObjectVersionAcl"),
}
PERMISSIONS = frozenset({"FULL_CONTROL", *_ON_BUCKET})


@dataclass(frozen=True, slots=True)
class Grant:
    """A line of an access control list: a grantee (an account or one of S3's groups) and a permission."""

    grantee: str
    permission: str


class UnknownAcl(ValueError):
    """A canned ACL that is none of S3's, does not exist for a bucket, or names a grantee that is not known here."""


def canned(name: str, owner: str, bucket_owner: str, *, bucket: bool = False) -> tuple[Grant, ...]:
    """The grants of a canned ACL on an object of `owner` in a bucket of `bucket_owner`, or on the bucket itself.

    Raises UnknownAcl. `aws-exec-read` is one such: it names a user of Amazon EC2 whose id AWS does not publish.
    """
    own = Grant(owner, "FULL_CONTROL")
    more: dict[str, tuple[Grant, ...]] = {
        "private": (),
        "public-read": (Grant(ALL_USERS, "READ"),),
        "public-read-write": (Grant(ALL_USERS, "READ"), Grant(ALL_USERS, "WRITE")),
        "authenticated-read": (Grant(AUTHENTICATED_USERS, "READ"),),
    }
    if bucket:
        more["log-delivery-write"] = (Grant(LOG_DELIVERY, "WRITE"), Grant(LOG_DELIVERY, "READ_ACP"))
        more |= dict.fromkeys(("bucket-owner-read", "bucket-owner-full-control"), ())  # S3 ignores them on a bucket
    else:
        more["bucket-owner-read"] = (Grant(bucket_owner, "READ"),)
        more["bucket-owner-full-control"] = (Grant(bucket_owner, "FULL_CONTROL"),)
    if name not in more:
        raise UnknownAcl(f"{name!r} is no canned ACL that can be given here: one of {', '.join(sorted(more))}")
    return tuple(dict.fromkeys((own, *more[name])))


def object_owner(ownership: str, bucket_owner: str, writer: str, acl: str | None) -> str:
    """The account that owns an object which `writer` uploads with the canned `acl` (None: none was given)."""
    if ownership == ENFORCED or (ownership == PREFERRED and acl == "bucket-owner-full-control"):
        return bucket_owner
    return writer


def only_for_owner(grants: Iterable[Grant], bucket_owner: str) -> bool:
    """Whether a list says no more than that the bucket owner has full control, which S3 takes without ACLs too."""
    return set(grants) == {Grant(bucket_owner, "FULL_CONTROL")}


def is_public(grants: Iterable[Grant]) -> bool:
    """Whether a list grants something to everybody, or to everybody with an AWS account."""
    return any(grant.grantee in _PUBLIC for grant in grants)


def without_public(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """What is left of a list under IgnorePublicAcls."""
    return tuple(grant for grant in grants if grant.grantee not in _PUBLIC)


@lru_cache(maxsize=4096)
def acl_policy(grants: tuple[Grant, ...], *, bucket: bool, caller_account: str, name: str) -> Policy:
    """An access control list as a document on its bucket or object, for a caller of `caller_account` ("" for none).

    A grant to an account delegates to it: the account's own policies must allow as well. The group of authenticated
    users is every account, so it stands for the caller's.
    """
    actions = _ON_BUCKET if bucket else _ON_OBJECT
    statements = []
    for grant in grants:
        if grant.grantee == ALL_USERS:
            principal = "*"
        elif grant.grantee == AUTHENTICATED_USERS:
            principal = caller_account
        else:
            principal = grant.grantee
        granted = [
            one for kind, these in actions.items() if grant.permission in (kind, "FULL_CONTROL") for one in these
        ]
        if granted and (principal == "*" or principal.isdigit()):
            who = grant.grantee.rpartition("/")[2]
            statements.append(
                {
                    "Sid": f"{grant.permission.replace('_', '')}To{who}",
                    "Effect": "Allow",
                    "Principal": {"AWS": principal},
                    "Action": granted,
                    "Resource": "*",
                }
            )
    return Policy.parse({"Version": CURRENT, "Statement": statements}, name=name)
