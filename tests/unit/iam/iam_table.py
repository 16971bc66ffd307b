"""Rows of the conformance tables: a question, the documents in force, and the result AWS's documentation gives.

`rule` is the section and number of our reference on IAM semantics, `page` the AWS page behind it. The expected result
is written by hand from that page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from featureshare.iam import Decision, Level, Policy, Request, World, decide

A, B, C = "111122223333", "444455556666", "777788889999"
USER = f"arn:aws:iam::{A}:user/data/ann"
ROLE = f"arn:aws:iam::{A}:role/teams/search/reader"
SESSION = f"arn:aws:sts::{A}:assumed-role/reader/job"
ROOT = f"arn:aws:iam::{A}:root"
FEDERATED = f"arn:aws:sts::{A}:federated-user/bob"
SERVICE = "sagemaker.amazonaws.com"
BUCKET = "arn:aws:s3:::features"
OBJECT = f"{BUCKET}/sessions/part-0.parquet"
KEY = f"arn:aws:kms:eu-west-1:{A}:key/1111aaaa-22bb-33cc-44dd-555555eeeeee"
TARGET = f"arn:aws:iam::{A}:role/fs/writer/core/fs-core-writer"
AS_ROLE = {"aws:PrincipalArn": ROLE}

ALLOWED, IMPLICIT, EXPLICIT = "Allowed", "ImplicitlyDenied", "ExplicitlyDenied"


def doc(*statements: Mapping[str, Any], version: str | None = "2012-10-17") -> dict[str, Any]:
    """A document; statements get Effect Allow, Action * and Resource * where they say nothing else."""
    out: list[dict[str, Any]] = []
    for statement in statements:
        full = {"Effect": "Allow", **statement}
        if not full.keys() & {"Action", "NotAction"}:
            full["Action"] = "*"
        if not full.keys() & {"Resource", "NotResource"}:
            full["Resource"] = "*"
        out.append({key: value for key, value in full.items() if value is not None})
    body: dict[str, Any] = {"Statement": out}
    return body if version is None else {"Version": version, **body}


def trust(*statements: Mapping[str, Any]) -> dict[str, Any]:
    """A trust policy: no Resource."""
    return doc(*({"Action": "sts:AssumeRole", **statement, "Resource": None} for statement in statements))


EVERYTHING = doc({})
NOTHING_OF_USE = doc({"Action": "ec2:*"})
DENY_ALL = doc({"Effect": "Deny"})


@dataclass(frozen=True)
class Row:
    """One line of a table. `owner` owns the resource; documents are given as JSON objects."""

    rule: str
    page: str
    what: str
    expected: str
    principal: str = USER
    action: str = "s3:GetObject"
    resource: str = OBJECT
    owner: str = A
    context: Mapping[str, Any] = field(default_factory=dict)
    wildcard_only: bool = False
    identity: tuple[Any, ...] = ()
    policy: Any = None
    scps: tuple[tuple[Any, ...], ...] = ()
    rcps: tuple[tuple[Any, ...], ...] = ()
    boundary: tuple[Any, ...] | None = None
    session: tuple[Any, ...] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def answer(row: Row) -> Decision:
    """Decide a row."""

    def policies(documents: tuple[Any, ...], layer: str) -> tuple[Policy, ...]:
        return tuple(Policy.parse(item, name=f"{layer}-{index}") for index, item in enumerate(documents))

    def levels(documents: tuple[tuple[Any, ...], ...], layer: str) -> tuple[Level, ...]:
        return tuple(Level(f"level-{index}", policies(each, layer)) for index, each in enumerate(documents))

    world = World(
        identity=policies(row.identity, "identity"),
        resource=None if row.policy is None else Policy.parse(row.policy, name="resource"),
        scps=levels(row.scps, "scp"),
        rcps=levels(row.rcps, "rcp"),
        boundary=None if row.boundary is None else policies(row.boundary, "boundary"),
        session=None if row.session is None else policies(row.session, "session"),
        **row.facts,
    )
    request = Request(row.principal, row.action, row.resource, row.owner, row.context, row.wildcard_only)
    return decide(request, world)


def check(row: Row) -> None:
    """Assert the result, and show the reasons where it differs."""
    decision = answer(row)
    assert decision.result == row.expected, "\n".join(map(str, (*decision.reasons, *decision.findings)))


def rows(*table: Row) -> pytest.MarkDecorator:
    """Parametrize a test with a table; ids carry rule, page and expectation."""
    ids = [f"{row.rule}-{row.what.replace(' ', '_')}-{row.page}" for row in table]
    assert len(set(ids)) == len(ids), "two rows have one id"
    return pytest.mark.parametrize("row", [pytest.param(row, id=name) for row, name in zip(table, ids, strict=True)])
