"""Faults planted in rendered documents: what a careless or hostile change would leave behind."""

import json
from collections.abc import Callable
from typing import Any

Documents = dict[str, Any]
Change = Callable[[Documents], None]

CENTRAL = "222222222222"
BUCKET = "fs-offline-222222222222-eu-west-1"
RESULTS = "fs-core-search-results-555555555555-eu-west-1"
BOUNDARY = "arn:aws:iam::222222222222:policy/fs/boundary/fs-access-boundary"
GUARD = "fs-protect-sharing"


def role(documents: Documents, name: str, account: str = CENTRAL) -> dict[str, Any]:
    return documents["roles"][f"{account}/{name}"]


def replaced(holder: dict[str, Any], key: str, old: str, new: str) -> None:
    """Replace text in a document; the text must be there, or the fault would be none."""
    assert old in holder[key], f"{old} is not in {key}"
    holder[key] = holder[key].replace(old, new)


def edited(holder: dict[str, Any], key: str, edit: Callable[[list[dict[str, Any]]], object]) -> None:
    """Edit the list of statements of a document."""
    document = json.loads(holder[key])
    edit(document["Statement"])
    holder[key] = json.dumps(document)


def sid(statements: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(statement for statement in statements if statement.get("Sid") == name)


def policy(name: str, document: str, old: str, new: str, account: str = CENTRAL) -> Change:
    return lambda documents: replaced(role(documents, name, account)["policies"], document, old, new)


def trust(name: str, old: str, new: str, account: str = CENTRAL) -> Change:
    return lambda documents: replaced(role(documents, name, account), "trust", old, new)


def uncondition(name: str, document: str, statement: str, *path: str) -> Change:
    """Drop a condition operator, or one key of it, from a statement of a role's policy."""

    def edit(statements: list[dict[str, Any]]) -> None:
        node = sid(statements, statement)["Condition"]
        for key in path[:-1]:
            node = node[key]
        del node[path[-1]]

    def change(documents: Documents) -> None:
        holder = role(documents, name)
        edited(holder if document == "trust" else holder["policies"], document, edit)

    return change


def bucket(old: str, new: str, name: str = BUCKET) -> Change:
    return lambda documents: replaced(documents["buckets"][name], "policy", old, new)


def without(kind: str, key: str, statement: str) -> Change:
    def edit(statements: list[dict[str, Any]]) -> None:
        statements.remove(sid(statements, statement))

    return lambda documents: edited(documents[kind][key], "policy", edit)


def added(kind: str, key: str, **statement: Any) -> Change:
    def change(documents: Documents) -> None:
        edited(documents[kind][key], "policy", lambda statements: statements.append({"Effect": "Allow", **statement}))

    return change


def trusted(name: str, account: str = CENTRAL, **statement: Any) -> Change:
    def change(documents: Documents) -> None:
        edited(
            role(documents, name, account),
            "trust",
            lambda statements: statements.append({"Effect": "Allow", **statement}),
        )

    return change


def attached(name: str, other: str, document: str) -> Change:
    def change(documents: Documents) -> None:
        role(documents, name)["policies"]["another"] = role(documents, other)["policies"][document]

    return change


def catalog(documents: Documents) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::333333333333:root"},
        "Action": "glue:GetTable",
        "Resource": "arn:aws:glue:eu-west-1:222222222222:*",
    }
    documents["catalogs"][CENTRAL]["policy"] = json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def guard_gone(documents: Documents) -> None:
    documents["organization"]["scps"] = {}


def boundary_gone(documents: Documents) -> None:
    role(documents, "fs-core-search-reader-online")["boundary"] = None


def shared_silently(documents: Documents) -> None:
    """What a shared_with that nobody declared makes of the documents: one more group in a role that is there."""
    arn = '"arn:aws:sagemaker:eu-west-1:222222222222:feature-group/'
    replaced(
        role(documents, "fs-core-search-reader-online")["policies"],
        "read-online",
        f'{arn}sessions"',
        f'{arn}sessions",{arn}user-segments"',
    )


def role_nobody_declared(documents: Documents) -> None:
    documents["roles"][f"{CENTRAL}/fs-product-success-reader-online"] = role(
        documents, "fs-core-search-reader-online"
    ) | {
        "name": "fs-product-success-reader-online",
        "team": "product-success",
        "arn": "arn:aws:iam::222222222222:role/fs/reader-online/product-success/fs-product-success-reader-online",
        "trust": role(documents, "fs-product-success-writer")["trust"],
    }
