"""The words rules are made of: conditions, principals, patterns. Cases from iam-semantics and the AWS IAM guide."""

import pytest

from featureshare.scan.conditions import has_wildcard, parse
from featureshare.scan.document import Document, NotJson, matches
from featureshare.scan.patterns import s3_key_problem
from featureshare.scan.principals import names_few
from featureshare.scan.principals import parse as parse_principals


@pytest.mark.parametrize(
    ("arn", "few"),
    [
        ("arn:aws:iam::555555555555:role/training", True),
        ("arn:aws:iam::555555555555:user/people/ana", True),
        ("arn:aws:iam::555555555555:role/feature-share/readers/*", True),
        ("arn:aws:iam::555555555555:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Data_*", True),
        ("arn:aws:iam::555555555555:role/aws-reserved/sso.amazonaws.com/*", False),
        ("arn:aws:iam::555555555555:role/service-role/*", False),
        ("arn:aws:iam::555555555555:role/*", False),
        ("arn:aws:iam::555555555555:role/reader-*", False),
        ("arn:aws:iam::555555555555:role/feature-share/reader-*", False),
        ("arn:aws:iam::*:role/feature-share/reader", False),
        ("arn:aws:iam::555555555555:root", False),
        ("arn:aws:iam::555555555555:*", False),
        ("*", False),
    ],
)
def test_which_values_of_principal_arn_name_few(arn: str, few: bool) -> None:
    assert names_few(arn) is few


@pytest.mark.parametrize(
    ("key", "fine"),
    [
        ("sessions/*", True),
        ("sessions/", True),
        ("", True),
        ("offline-store/sessions-??????????/*", True),
        ("sessions/*.parquet", True),
        ("sessions*", False),
        ("sessions-?????????/*", False),
        ("sessions-???????????/*", False),
        ("*", False),
        ("*/sessions/*", False),
    ],
)
def test_a_prefix_ends_at_a_slash(key: str, fine: bool) -> None:
    assert (s3_key_problem(key) is None) is fine


def test_wildcards_that_are_plain_characters_do_not_count() -> None:
    assert not has_wildcard("a${*}b${?}c")
    assert has_wildcard("${aws:PrincipalTag/team, '*'}")


def test_guards_of_a_condition() -> None:
    guards = list(
        parse({"ForAnyValue:StringLikeIfExists": {"kms:ResourceAliases": "alias/a"}, "Bool": {"aws:x": True}})
    )
    assert [(g.operator, g.quantifier, g.if_exists, g.key, g.values) for g in guards] == [
        ("stringlike", "foranyvalue", True, "kms:resourcealiases", ("alias/a",)),
        ("bool", "", False, "aws:x", ("true",)),
    ]


@pytest.mark.parametrize(
    ("element", "kinds"),
    [
        ("*", ["any"]),
        ({"AWS": ["*", "555555555555", "arn:aws:iam::555555555555:root"]}, ["any", "account", "account"]),
        (
            {"AWS": ["arn:aws:iam::555555555555:role/a", "arn:aws:sts::555555555555:assumed-role/a/b"]},
            ["role", "session"],
        ),
        ({"AWS": "arn:aws:iam::555555555555:role/*"}, ["pattern"]),
        ({"Service": ["sagemaker.amazonaws.com", "*.amazonaws.com"]}, ["service", "pattern"]),
        ({"Federated": "arn:aws:iam::555555555555:saml-provider/a"}, ["federated"]),
        ({"CanonicalUser": "79a59d"}, ["unknown"]),
        ({"AWS": "AROAEXAMPLEID0000000"}, ["id"]),
        (7, ["unknown"]),
    ],
)
def test_principals(element: object, kinds: list[str]) -> None:
    assert [principal.kind for principal in parse_principals(element)] == kinds


def test_globs_cover_whole_texts() -> None:
    assert matches("sagemaker:*record", "sagemaker:putrecord")
    assert not matches("sagemaker:*record", "sagemaker:listrecords")
    assert matches("a?c", "abc")
    assert not matches("a.c", "abc")


def test_a_single_statement_needs_no_list_and_text_must_be_json() -> None:
    document = Document.parse(
        '{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}', with_principals=False
    )
    assert [statement.label for statement in document.statements] == ["Statement[0]"]
    with pytest.raises(NotJson):
        Document.parse("{", with_principals=False)
