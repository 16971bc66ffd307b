"""Which bucket policies S3 takes for public (S3 User Guide, "The meaning of public"), each beside its near miss."""

from typing import Any

import pytest
from iam_table import ROLE, A, doc

from featureshare.iam import Policy
from featureshare.iam.public import is_public


def everybody(operator: str, key: str, *values: str, **more: Any) -> dict[str, Any]:
    return doc({"Principal": "*", "Condition": {operator: {key: list(values)}}, **more})


@pytest.mark.parametrize(
    "document",
    [
        doc({"Principal": "*"}),
        doc({"Principal": {"AWS": "*"}}),
        doc({"Principal": {"AWS": [ROLE, "*"]}}),
        doc({"NotPrincipal": {"AWS": ROLE}}),
        doc({"Principal": {"AWS": ROLE}}, {"Principal": "*"}),
        everybody("StringLike", "aws:SourceVpc", "vpc-*"),
        everybody("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{A}:role/*"),
        everybody("StringEquals", "aws:SourceVpc", "${aws:PrincipalTag/vpc}"),
        everybody("StringEquals", "aws:SourceVpc", "vpc-1", "vpc-?"),
        everybody("StringEqualsIfExists", "aws:SourceVpc", "vpc-1"),
        everybody("StringNotEquals", "aws:SourceVpc", "vpc-1"),
        everybody("ForAllValues:StringEquals", "aws:PrincipalOrgID", "o-1"),
        everybody("StringEquals", "aws:PrincipalTag/team", "core"),
        everybody("StringEquals", "aws:Referer", "https://example.com/"),
        everybody("Bool", "aws:SecureTransport", "true"),
        everybody("IpAddress", "aws:SourceIp", "0.0.0.0/0"),
        everybody("IpAddress", "aws:SourceIp", "203.0.113.0/24", "::/0"),
        everybody("NotIpAddress", "aws:SourceIp", "203.0.113.0/24"),
        everybody("StringLike", "aws:userid", "AROAEXAMPLE:*"),
    ],
)
def test_public(document: dict[str, Any]) -> None:
    assert is_public(Policy.parse(document, name="p"))


@pytest.mark.parametrize(
    "document",
    [
        doc({"Principal": {"AWS": A}}),
        doc({"Principal": {"AWS": ROLE}}),
        doc({"Principal": {"Service": "logging.s3.amazonaws.com"}}),
        doc({"Principal": "*", "Effect": "Deny"}),
        everybody("StringEquals", "aws:SourceVpc", "vpc-1", "vpc-2"),
        everybody("StringEquals", "aws:PrincipalOrgID", "o-1"),
        everybody("ForAnyValue:StringEquals", "aws:PrincipalOrgID", "o-1"),
        everybody("ArnEquals", "aws:PrincipalArn", ROLE),
        everybody("StringEquals", "aws:SourceAccount", A),
        everybody("IpAddress", "aws:SourceIp", "203.0.113.0/24", "2001:db8::/32"),
        everybody("StringEquals", "aws:userid", "AIDAEXAMPLE"),
        doc({"Principal": "*", "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"},
                                             "StringLike": {"aws:PrincipalTag/team": "*"}}}),
    ],
)  # fmt: skip
def test_not_public(document: dict[str, Any]) -> None:
    assert not is_public(Policy.parse(document, name="p"))
