"""Where the oracle is known to read AWS's documents differently, as rules a program can apply.

A difference between the two engines counts as known only if our engine, given the oracle's reading of one documented
rule (or of a few of them), gives the oracle's answer. So a reading never excuses a difference that it does not explain.
Why we keep our own reading of each, with the page of AWS, is in triage.md under the reading's name.
"""

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from oracle_cases import ENTRIES

from featureshare.iam import Decision, decide
from featureshare.iam.cases import parse_case

Case = dict[str, Any]
Rewrite = Callable[[Case, frozenset[str]], None]
Verdict = Callable[[Case, str, Decision], str]
_NEVER = {"Null": {"fs:never": "false"}}
_VARIABLE = re.compile(r"\$\{\s*([^{},'*?$]+?)\s*(,\s*'[^']*'\s*)?\}")
MOST_TOGETHER = 4


@dataclass(frozen=True)
class Reading:
    """One rule as the oracle reads it. `rewrite` changes a copy of the case, `verdict` our answer to it."""

    name: str
    rule: str
    rewrite: Rewrite | None = None
    verdict: Verdict | None = None


def ask(case: Case) -> Decision:
    """Our engine's decision on a case."""
    parsed = parse_case(json.dumps(case))
    return decide(parsed.request, parsed.world)


def documents(case: Case) -> Iterator[dict[str, Any]]:
    """Every policy document of a case."""
    yield from case["identity_policies"]
    yield from case["boundary"] or ()
    for level in (*case["scps"], *case["rcps"]):
        yield from level["policies"]
    yield from filter(None, (case["resource_policy"], case["session_policy"]))


def statements(case: Case) -> Iterator[dict[str, Any]]:
    """Every statement of a case."""
    for document in documents(case):
        raw = document["Statement"]
        yield from [raw] if isinstance(raw, dict) else raw


def clauses(case: Case) -> Iterator[tuple[dict[str, Any], str, str, list[Any]]]:
    """(statement, operator, key, values) of every condition."""
    for statement in statements(case):
        for name, block in list(statement.get("Condition", {}).items()):
            for key, value in list(block.items()):
                yield statement, name, key, value if isinstance(value, list) else [value]


def _context(case: Case) -> dict[str, Any]:
    return {key.lower(): value for key, value in case["request"]["context"].items()}


def _unset(case: Case, text: Any) -> bool:
    """Whether `text` holds a variable without value and default."""
    context = _context(case)
    return isinstance(text, str) and any(
        default == "" and context.get(key.lower()) is None for key, default in _VARIABLE.findall(text)
    )


def _current(document: dict[str, Any]) -> bool:
    return document.get("Version") == "2012-10-17"


def current_version(case: Case, known: frozenset[str]) -> None:
    """Variables are expanded in documents of every version."""
    for document in documents(case):
        document["Version"] = "2012-10-17"


def _without(statement: dict[str, Any], name: str, key: str) -> None:
    block = {other: value for other, value in statement["Condition"][name].items() if other != key}
    statement["Condition"][name] = block


def _never(statement: dict[str, Any]) -> None:
    statement["Condition"] = {**statement.get("Condition", {}), **_NEVER}


def unset_variable(case: Case, known: frozenset[str]) -> None:
    """A negated operator whose value holds a variable without value fails, and so does such a NotResource."""
    context = _context(case)
    for document in documents(case):
        if not _current(document):
            continue
        for statement, name, key, values in clauses({**_EMPTY, "identity_policies": [document]}):
            given = context.get(key.lower()) is not None
            if "Not" in name and given and any(_unset(case, value) for value in values):
                _never(statement)
        for statement in statements({**_EMPTY, "identity_policies": [document]}):
            entries = statement.get("NotResource", [])
            if any(_unset(case, entry) for entry in ([entries] if isinstance(entries, str) else entries)):
                _never(statement)


_EMPTY: Case = {
    "identity_policies": [], "resource_policy": None, "scps": [], "rcps": [], "boundary": None, "session_policy": None,
}  # fmt: skip


def spared_by_any_name(case: Case, known: frozenset[str]) -> None:
    """NotPrincipal spares whoever is named in any way: by role, by session or by account alone."""
    principal = case["request"]["principal"]
    if not principal.startswith("arn:"):
        return
    account, given = principal.split(":")[4], _context(case).get("aws:principalarn")
    names = {principal, account, f"arn:aws:iam::{account}:root"} | ({given} if isinstance(given, str) else set())
    if given is None and ":assumed-role/" in principal:
        start, end = f"arn:aws:iam::{account}:role/", f"/{principal.split('/')[1]}"
        names |= {entry for entry in ENTRIES if entry.startswith(start) and entry.endswith(end)}
    for statement in statements(case):
        entries = statement.get("NotPrincipal")
        if isinstance(entries, dict):
            listed = entries.get("AWS", [])
            listed = [listed] if isinstance(listed, str) else list(listed)
            if names & set(listed):
                entries["AWS"] = sorted({*listed, *names})


def unlisted_keys(case: Case, known: frozenset[str]) -> None:
    """Context keys that the catalogue does not list for the action are not there."""
    heads = {key.partition("/")[0] for key in known if "/" in key}
    context = case["request"]["context"]
    case["request"]["context"] = {
        key: value for key, value in context.items() if key.lower() in known or key.lower().partition("/")[0] in heads
    }


def session_limits(case: Case, result: str, decision: Decision) -> str:
    """The session policy limits what a resource policy grants to the session itself."""
    if result != "Allowed" or not case["session_policy"]:
        return result
    own = case["request"]["principal"].split(":")[4]
    open_case = {
        **copy.deepcopy(case), "scps": [], "rcps": [], "boundary": None,
        "identity_policies": [{"Version": "2012-10-17", "Statement": [_ALL]}],
        "resource_policy": {"Version": "2012-10-17", "Statement": [_grant(case, own)]},
    }  # fmt: skip
    return "Allowed" if ask(open_case).allowed else "ImplicitlyDenied"


_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def _grant(case: Case, account: str) -> dict[str, Any]:
    trust = case["request"]["action"].startswith("sts:")
    named = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "*"}
    return named if trust else {**named, "Resource": "*"}


def services_admit_all(case: Case, result: str, decision: Decision) -> str:
    """No service refuses anything of its own accord."""
    refused = result == "ImplicitlyDenied" and all(reason.layer == "engine" for reason in decision.reasons)
    return "Allowed" if refused else result


def no_trust_needed(case: Case, known: frozenset[str]) -> None:
    """A role without a trust policy trusts its own account."""
    owner = case["request"]["resource"]["account"]
    if case["request"]["action"].startswith("sts:") and case["resource_policy"] is None:
        case["resource_policy"] = {"Version": "2012-10-17", "Statement": [_grant(case, owner)]}


def _deep(value: Any, change: Callable[[str], str]) -> Any:
    """A copy of `value` with `change` applied to every string that is no object key."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_deep(item, change) for item in value]
    if isinstance(value, dict):
        return {key: _deep(item, change) for key, item in value.items()}
    return value


def rcps_everywhere(case: Case, known: frozenset[str]) -> None:
    """RCPs deny in every service."""
    denials = [
        statement for level in case["rcps"] for document in level["policies"] for statement in document["Statement"]
    ]
    case["rcps"] = []
    if not denials:
        return
    if case["request"]["principal"].startswith("arn:"):
        bare = [{key: value for key, value in each.items() if key != "Principal"} for each in denials]
        case["identity_policies"].append({"Version": "2012-10-17", "Statement": bare})
    else:
        policy = case["resource_policy"] or {"Version": "2012-10-17", "Statement": []}
        case["resource_policy"] = {**policy, "Statement": [*policy["Statement"], *denials]}


def service_linked_as_any(case: Case, known: frozenset[str]) -> None:
    """Service-linked roles are roles as any other."""
    changed = _deep(case, lambda text: text.replace("role/aws-service-role/", "role/no-service-role/"))
    case.update(changed)


def zero_prefix(case: Case, known: frozenset[str]) -> None:
    """A network of prefix length 0 holds no address."""
    case.update(_deep(case, lambda text: "255.255.255.255/32" if text == "0.0.0.0/0" else text))


def empty_is_absent(case: Case, known: frozenset[str]) -> None:
    """A variable whose value is empty has none, so that its default stands in."""
    context = _context(case)

    def fill(found: re.Match[str]) -> str:
        if context.get(found[1].lower()) != "":
            return found[0]
        return found[2].partition("'")[2].rpartition("'")[0] if found[2] else "${fs:never}"

    for document in documents(case):
        if _current(document):
            document["Statement"] = _deep(document["Statement"], lambda text: _VARIABLE.sub(fill, text))


def empty_counts(case: Case, known: frozenset[str]) -> None:
    """An empty string is a value as any other."""
    request = case["request"]
    request["context"] = _deep(request["context"], lambda text: text or "\u2205")
    for statement in statements(case):
        if "Condition" in statement:
            statement["Condition"] = _deep(statement["Condition"], lambda text: text or "\u2205")


def root_as_any(case: Case, known: frozenset[str]) -> None:
    """The root user of an account needs an identity policy."""
    principal = case["request"]["principal"]
    if principal.endswith(":root"):
        case["request"]["principal"] = f"{principal[:-4]}user/root"


def if_exists_of_any(case: Case, known: frozenset[str]) -> None:
    """ForAnyValue with IfExists is false without a value."""
    for statement in statements(case):
        if "Condition" in statement:
            statement["Condition"] = {
                name.removesuffix("IfExists") if name.startswith("ForAnyValue:") else name: block
                for name, block in statement["Condition"].items()
            }


def empty_is_not_null(case: Case, known: frozenset[str]) -> None:
    """A key with an empty list or an empty string is no null."""
    context = _context(case)
    for statement, name, key, values in list(clauses(case)):
        if name == "Null" and context.get(key.lower()) is not None:
            _without(statement, name, key)
            if "false" not in values:
                _never(statement)


def iam_as_any(case: Case, known: frozenset[str]) -> None:
    """A resource policy grants actions of IAM as it does others."""
    if case["request"]["action"].startswith("iam:"):
        case.update(_deep(case, lambda text: "xi" + text[1:] if text.lower().startswith("iam:") else text))


def federated_as_user(case: Case, known: frozenset[str]) -> None:
    """A federated user is named by the ARN of the user with the same name."""
    principal = case["request"]["principal"]
    account, _, name = principal.partition(":federated-user/")
    user = f"{account.replace(':sts:', ':iam:')}:user/{name}"
    for statement in statements(case):
        for element in ("Principal", "NotPrincipal"):
            entries = statement.get(element)
            if name and isinstance(entries, dict) and user in entries.get("AWS", []):
                listed = entries["AWS"]
                entries["AWS"] = [*([listed] if isinstance(listed, str) else listed), principal]


def other_family(case: Case, known: frozenset[str]) -> None:
    """NotIpAddress fails where one of its networks is of the other family."""
    context = _context(case)
    for statement, name, key, values in list(clauses(case)):
        address = context.get(key.lower())
        if not name.startswith("NotIpAddress") or not isinstance(address, str):
            continue
        if any((":" in value) != (":" in address) for value in values):
            _never(statement)


READINGS: tuple[Reading, ...] = (
    Reading("unlisted-keys", "5.6", unlisted_keys),
    Reading("root-as-any", "3.5", root_as_any),
    Reading("if-exists-of-any", "5.3", if_exists_of_any),
    Reading("variables-in-2008", "1.7", current_version),
    Reading("unset-variable", "6.3", unset_variable),
    Reading("spared-by-any-name", "2.5", spared_by_any_name),
    Reading("no-trust-policy", "3", no_trust_needed),
    Reading("rcps-everywhere", "3.2", rcps_everywhere),
    Reading("service-linked-as-any", "3.2, 3.3", service_linked_as_any),
    Reading("federated-as-user", "2.3", federated_as_user),
    Reading("other-family", "5", other_family),
    Reading("zero-prefix", "5", zero_prefix),
    Reading("empty-is-absent", "6.2", empty_is_absent),
    Reading("empty-is-not-null", "5.3", empty_is_not_null),
    Reading("iam-as-any", "4.7", iam_as_any),
    Reading("empty-counts", "5.3", empty_counts),
    Reading("session-limits-direct", "3.4", verdict=session_limits),
    Reading("service-refusals", "3, 4.1, 4.2, 4.7", verdict=services_admit_all),
)


def explain(case: Case, theirs: str, known: frozenset[str]) -> tuple[Reading, ...] | None:
    """The fewest readings under which our engine gives `theirs`, or None."""
    for count in range(1, MOST_TOGETHER + 1):
        for chosen in combinations(READINGS, count):
            if _under(case, chosen, known) == theirs:
                return chosen
    return None


def _under(case: Case, chosen: tuple[Reading, ...], known: frozenset[str]) -> str:
    changed = copy.deepcopy(case)
    for reading in chosen:
        if reading.rewrite is not None:
            reading.rewrite(changed, known)
    decision = ask(changed)
    result = decision.result
    for reading in chosen:
        if reading.verdict is not None:
            result = reading.verdict(changed, result, decision)
    return result
