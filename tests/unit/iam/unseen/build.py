"""Words for writing decision cases in the JSON-lines form: principals, statements, documents, one case a call.

The tables beside this file were written from the rules alone, before the engine was looked at;
an expected value is what the rule says, never what the engine answered.
"""

from typing import Any

CALLER = "111122223333"
OWNER = "444455556666"
OUTSIDER = "777788889999"
ROLE = f"arn:aws:iam::{CALLER}:role/team/etl"
SESSION = f"arn:aws:sts::{CALLER}:assumed-role/etl/run-1"
USER = f"arn:aws:iam::{CALLER}:user/people/ann"
ROOT = f"arn:aws:iam::{CALLER}:root"
FOREIGN_ROLE = f"arn:aws:iam::{OUTSIDER}:role/guest"
FOREIGN_SESSION = f"arn:aws:sts::{OUTSIDER}:assumed-role/guest/g1"
OBJECT = "arn:aws:s3:::lake-1/clicks/part-0.parquet"
KEY = f"arn:aws:kms:eu-west-1:{CALLER}:key/0a1b2c3d-0000-4000-8000-000000000001"
FOREIGN_KEY = f"arn:aws:kms:eu-west-1:{OWNER}:key/0a1b2c3d-0000-4000-8000-000000000002"
TARGET = f"arn:aws:iam::{CALLER}:role/reader"
FOREIGN_TARGET = f"arn:aws:iam::{OWNER}:role/share/reader"
GROUP = f"arn:aws:sagemaker:eu-west-1:{CALLER}:feature-group/clicks"
TABLE = f"arn:aws:glue:eu-west-1:{CALLER}:table/features/clicks"
FOREIGN_TABLE = f"arn:aws:glue:eu-west-1:{OWNER}:table/features/clicks"

A = "Allowed"
I = "ImplicitlyDenied"  # noqa: E741 the three results are the three letters of the tables
E = "ExplicitlyDenied"

Statement = dict[str, Any]
Document = dict[str, Any]


def statement(effect: str, action: Any = "*", resource: Any = "*", when: Any = None, **rest: Any) -> Statement:
    """One statement; ``to`` is its Principal, a None action or resource leaves the element out."""
    made: Statement = {"Effect": effect}
    if "to" in rest:
        made["Principal"] = rest.pop("to")
    if action is not None and "NotAction" not in rest:
        made["Action"] = action
    if resource is not None and "NotResource" not in rest:
        made["Resource"] = resource
    if when is not None:
        made["Condition"] = when
    return made | rest


def allow(action: Any = "*", resource: Any = "*", when: Any = None, **rest: Any) -> Statement:
    """An Allow."""
    return statement("Allow", action, resource, when, **rest)


def deny(action: Any = "*", resource: Any = "*", when: Any = None, **rest: Any) -> Statement:
    """A Deny."""
    return statement("Deny", action, resource, when, **rest)


def doc(*statements: Statement, version: str | None = "2012-10-17") -> Document:
    """A document of these statements; version None leaves the element out."""
    head = {} if version is None else {"Version": version}
    return head | {"Statement": list(statements)}


def trust(to: Any, when: Any = None, action: Any = "sts:AssumeRole", **rest: Any) -> Document:
    """A trust policy of one Allow."""
    return doc(allow(action, None, when, to=to, **rest))


def level(name: str, *documents: Document) -> dict[str, Any]:
    """A level of organization policies."""
    return {"level": name, "policies": list(documents)}


FULL = doc(allow())
FULL_LEVELS = [level("root", FULL), level("ou", FULL), level("account", FULL)]


def owner_of(arn: str, default: str) -> str:
    """The account of an ARN, or the default where it has none."""
    parts = arn.split(":", 5)
    return parts[4] if len(parts) > 4 and parts[4] else default


def case(
    name: str,
    result: str,
    action: str = "s3:GetObject",
    resource: str = OBJECT,
    *,
    by: str = SESSION,
    account: str | None = None,
    ctx: dict[str, Any] | None = None,
    who: str | None = ROLE,
    identity: list[Document] | None = None,
    policy: Any = None,
    **rest: Any,
) -> dict[str, Any]:
    """One case; the owner is the caller's account unless the ARN or ``account`` says otherwise.

    ``who`` is the aws:PrincipalArn a session's request carries; None leaves it out.
    """
    context = dict(ctx or {})
    if by.startswith("arn:aws:sts::") and ":assumed-role/" in by and who is not None:
        context.setdefault("aws:PrincipalArn", FOREIGN_ROLE if by == FOREIGN_SESSION and who == ROLE else who)
    request: dict[str, Any] = {
        "principal": by,
        "action": action,
        "resource": {"arn": resource, "account": account or owner_of(resource, CALLER)},
        "context": context,
    }
    if rest.pop("wildcard_only", False):
        request["wildcard_only_action"] = True
    return {
        "name": name,
        "request": request,
        "identity_policies": identity or [],
        "resource_policy": policy,
        "scps": rest.pop("scps", []),
        "rcps": rest.pop("rcps", []),
        "boundary": rest.pop("boundary", None),
        "session_policy": rest.pop("session", None),
        "expected": {"decision": "Allow" if result == A else "Deny", "result": result},
    } | rest


def number(topic: str, cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The cases with an id of topic and position."""
    return [{"id": f"{topic}/{at}", "topic": topic} | one for at, one in enumerate(cases, 1)]
