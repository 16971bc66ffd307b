"""Who might ask: for a document of ours, the principals that it, or the contract, can tell apart."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from featureshare.access.atoms import account_witnesses, is_glob, matches, segments, witnesses
from featureshare.access.clauses import COMPUTE
from featureshare.access.contract import Contract
from featureshare.access.elements import listed
from featureshare.access.model import MEMBER, OUTSIDER, Actor, Model

ANONYMOUS = Actor("anonymous", "anonymous", "", label="somebody without credentials")
_SERVICES = (*sorted({service for service, *_ in COMPUTE.values()}), "athena.amazonaws.com", "undeclared.amazonaws.com")
_PRINCIPAL_KEY = "aws:principalarn"


class Named:
    """Whom a document names: entries of its Principal elements, and patterns of aws:PrincipalArn in its conditions."""

    def __init__(self, statements: Iterable[Mapping[str, Any]]) -> None:
        self.entries: dict[str, None] = {}
        self.services: dict[str, None] = {}
        self.federated: dict[str, None] = {}
        self.patterns: dict[str, None] = {}
        self.everybody = False
        for statement in statements:
            for element in ("Principal", "NotPrincipal"):
                if element in statement:
                    self._principals(statement[element], element, statement["Effect"])
            for block in (statement.get("Condition") or {}).values():
                for key, values in block.items():
                    if key.lower() == _PRINCIPAL_KEY:
                        self.patterns.update(dict.fromkeys(map(str, listed(values))))

    def _principals(self, value: Any, element: str, effect: str) -> None:
        if effect == "Allow" and (element == "NotPrincipal" or value == "*"):
            self.everybody = True
        if not isinstance(value, Mapping):
            return
        for kind, entries in value.items():
            for entry in listed(entries):
                if kind == "Service":
                    self.services[entry] = None
                elif kind == "Federated":
                    self.federated[entry] = None
                elif entry == "*":
                    self.everybody |= effect == "Allow"
                else:
                    self.entries[entry] = None

    def accounts(self) -> dict[str, None]:
        """The account ids that the document names anywhere."""
        out: dict[str, None] = {}
        for text in (*self.entries, *self.patterns):
            account = text if text.isdigit() else segments(text)[4]
            if account.isdigit():
                out[account] = None
        return out


def adversaries(
    model: Model, contract: Contract, statements: Iterable[Mapping[str, Any]], owner: str, wanted: Iterable[str]
) -> Iterator[Actor]:
    """The principals to try on a document that `owner`'s resource bears.

    `wanted` are patterns of principals that the contract lets near the resource. Every one of them holds Allow * on *
    in its account; services and anonymous callers hold nothing.
    """
    named = Named(statements)
    yield ANONYMOUS
    for service in dict.fromkeys((*named.services, *_SERVICES)):
        if "*" not in service:
            yield Actor(service, service, "", label=f"the service {service}")
    for provider in named.federated:
        if provider.startswith("arn:") and not is_glob(provider):
            yield Actor(provider, provider, "", label=f"whoever signs in through {provider}")
    patterns = [*named.patterns, *(entry for entry in named.entries if not entry.isdigit()), *wanted]
    globs = any(is_glob(segments(pattern)[4]) for pattern in patterns)
    accounts = dict.fromkeys((owner, *named.accounts(), MEMBER, OUTSIDER))
    if named.everybody or globs:
        accounts |= dict.fromkeys(account_witnesses((segments(p)[4] for p in patterns), model.accounts))
    stem = f"arn:{model.partition}:iam::"
    rests = ["role/undeclared"]
    rests += [one for one in witnesses(segments(pattern)[5] for pattern in patterns) if _is_principal(one)]
    seen: set[str] = set()
    for account in accounts:
        near = account == owner or account in named.accounts() or named.everybody or globs
        for rest in dict.fromkeys((*rests, "user/undeclared", "root") if near else rests):
            source = f"{stem}{account}:{rest}"
            if source not in seen:
                seen.add(source)
                yield model.adversary(source, _label(model, contract, source))


def _is_principal(rest: str) -> bool:
    kind, slash, name = rest.partition("/")
    return kind in ("role", "user") and bool(slash) and bool(name) and not name.endswith("/")


def _label(model: Model, contract: Contract, source: str) -> str:
    account, what = source.split(":")[4], source.split(":", 5)[5]
    if source in contract.sources:
        return f"{contract.sources[source]} ({what} of {account})"
    place = model.accounts.get(account, "an account that nobody declared")
    return f"{what} of {account} ({place})"


__all__ = ["ANONYMOUS", "adversaries", "matches"]
