"""From a call to the checks AWS makes for it: tables of entries, and the ARN templates they are written in."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from featureshare.iam.calls.model import Call, Check, ContextValue, Estate

Context = dict[str, ContextValue]

SAR = "https://docs.aws.amazon.com/service-authorization/latest/reference/"
"""The Service Authorization Reference; each service has the page list_SERVICE.html below it."""

VIA_SERVICE: Mapping[str, ContextValue] = {"aws:ViaAWSService": "true"}
"""What a request carries that a service makes with the rights of its caller (forward access session)."""

_HOLE = re.compile(r"\{(\w+(?:\.\w+)*)\}")
_PLACE = frozenset({"partition", "region", "account"})


@dataclass(frozen=True)
class Scope:
    """One call together with the estate it falls on; what every entry is a function of."""

    call: Call
    estate: Estate

    def get(self, name: str, default: Any = None) -> Any:
        """A parameter of the call, `A.B` for a member of one; None and absent are the same, an empty string is not."""
        value: Any = self.call.params
        for part in name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return default if value is None else value

    def text(self, name: str, default: str = "*") -> str:
        """A parameter as text; `*` where the caller gave none, which only a policy on everything matches."""
        return str(self.get(name, default))

    def arn(self, service: str, resource: str, *, account: str | None = None, region: str | None = None) -> str:
        """The ARN of a resource of this call's partition, Region and account, unless another is named."""
        where = self.call.region if region is None else region
        owner = self.call.account if account is None else account
        return f"arn:{self.call.partition}:{service}:{where}:{owner}:{resource}"

    def fill(self, template: str) -> str:
        """An ARN template with `{partition}`, `{region}`, `{account}` and `{Parameter}` filled in."""
        known = {"partition": self.call.partition, "region": self.call.region, "account": self.call.account}
        return _HOLE.sub(lambda hole: known.get(hole[1]) or self.text(hole[1]), template)


Answer = Callable[[Scope], Iterable[Check]]
Keys = Callable[[Scope], Context]


@dataclass(frozen=True)
class Entry:
    """What one operation needs. `source` names the page that says so; checks without a source of their own get it."""

    checks: Answer
    source: str


Table = Mapping[str, Entry]


def on(action: str, *templates: str, keys: Keys | None = None) -> Answer:
    """One check of `action` on each of the resources; none means an action that knows no resources (`*`).

    The owner is the account in the ARN, or the caller's where the ARN has none. `keys` gives the condition keys of
    the request.
    """

    def checks(scope: Scope) -> Iterator[Check]:
        context = keys(scope) if keys else {}
        for template in templates or ("*",):
            resource = scope.fill(template)
            yield Check(action, resource, account_of(resource, scope.call.account), context)

    return checks


def family(
    service: str, resources: Mapping[str, str], *, tag_keys: bool = True, owner: str | None = None
) -> dict[str, Answer]:
    """Operations whose action is called like them, by what they are about: {"stream/{StreamName}": "GetX PutX"}.

    A resource is what follows Region and account in its ARN, or a whole ARN template; `*` is none. Where a parameter
    that names it holds an ARN, that is the resource. Tags, and the keys of tags to remove, are the request's keys
    unless the service knows no such condition keys (`tag_keys` False). `owner` is the parameter by which a call names
    another account than its own.
    """
    return {
        name: _alike(service, name, resource, tag_keys, owner)
        for resource, names in resources.items()
        for name in names.split()
    }


def _alike(service: str, name: str, resource: str, tag_keys: bool, owner: str | None) -> Answer:
    def checks(scope: Scope) -> Iterator[Check]:
        arn = resource if resource == "*" else named(scope, service, resource, scope.get(owner) if owner else None)
        context = _tags_of(scope) if tag_keys else {}
        yield Check(f"{service}:{name}", arn, account_of(arn, scope.call.account), context)

    return checks


def _tags_of(scope: Scope) -> Context:
    context = request_tags(scope.get("Tags") or scope.get("tags"))
    removed = tuple(str(key) for key in scope.get("TagKeys") or scope.get("tagKeys") or ())
    return {**context, "aws:TagKeys": removed} if removed else context


def named(scope: Scope, service: str, template: str, account: str | None = None) -> str:
    """The ARN behind a template like those of `family`, in the caller's account unless another is named."""
    given = next((scope.text(hole, "") for hole in _HOLE.findall(template) if hole not in _PLACE), "")
    if given.startswith("arn:"):
        return given
    filled = scope.fill(template)
    return filled if template.startswith(("arn:", "{")) else scope.arn(service, filled, account=account)


def each_given(ways: Mapping[str, Mapping[str, Answer]]) -> dict[str, Answer]:
    """Operations whose resource one of several parameters names: the checks of each that is given, since what acts on a
    call that gives two takes either; of the last where none is."""

    def checks(name: str, scope: Scope) -> Iterator[Check]:
        given = [way for way in ways if scope.get(way) is not None]
        for way in given or [*ways][-1:]:
            yield from ways[way][name](scope)

    return {name: partial(checks, name) for name in next(iter(ways.values()))}


def both(*answers: Answer) -> Answer:
    """The checks of several answers, in order."""

    def checks(scope: Scope) -> Iterator[Check]:
        for answer in answers:
            yield from answer(scope)

    return checks


def when(name: str, answer: Answer) -> Answer:
    """The checks of an answer if the call has the parameter, and it is neither empty nor false; else none."""

    def checks(scope: Scope) -> Iterable[Check]:
        return answer(scope) if scope.get(name) else ()

    return checks


def nothing(scope: Scope) -> Iterable[Check]:
    """No check: AWS asks for no permission."""
    return ()


def pass_role(parameter: str, service: str) -> Answer:
    """iam:PassRole on the role in a parameter, as `service` (a service principal) will have it. None without a role.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """

    def checks(scope: Scope) -> Iterator[Check]:
        if scope.get(parameter):
            yield passed(scope, scope.text(parameter), service)

    return checks


def passed(scope: Scope, role: str, service: str) -> Check:
    """iam:PassRole on one role, given by ARN, or by name where a call takes names."""
    source = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"
    resource = role if role.startswith("arn:") else role_arn(scope, role)
    context: Context = {"iam:PassedToService": service}
    return Check("iam:PassRole", resource, account_of(resource, scope.call.account), context, source=source)


def role_arn(scope: Scope, name: str) -> str:
    """The ARN, with its path, of a role of the caller's account. Of one that does not exist nobody knows a path."""
    arn = scope.arn("iam", f"role/{name}", region="")
    facts = scope.estate.role(arn)
    return facts.arn if facts else arn


def entries(source: str, answers: Mapping[str, Answer]) -> dict[str, Entry]:
    """A table whose entries share a source. `{operation}` in it becomes the operation's name."""
    return {name: Entry(answer, source.replace("{operation}", name)) for name, answer in answers.items()}


def account_of(arn: str, default: str) -> str:
    """The account field of an ARN, or `default` when the ARN has none, is AWS's own or is no ARN."""
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 and parts[0] == "arn" and parts[4].isdigit() else default


def tag_pairs(tags: Any) -> dict[str, str]:
    """Tags of a request in any of AWS's shapes ([{Key, Value}], [{TagKey, TagValue}], {key: value}) as a mapping."""
    if not tags:
        return {}
    if isinstance(tags, Mapping):
        return {str(key): str(value) for key, value in tags.items()}
    pairs = {}
    for tag in tags:
        key = tag.get("Key", tag.get("TagKey", tag.get("key")))
        value = tag.get("Value", tag.get("TagValue", tag.get("value")))
        pairs[str(key)] = "" if value is None else str(value)
    return pairs


def request_tags(tags: Any) -> Context:
    """`aws:RequestTag/*` and `aws:TagKeys` of the tags in a request; nothing when there are none."""
    pairs = tag_pairs(tags)
    if not pairs:
        return {}
    context: Context = {f"aws:RequestTag/{key}": value for key, value in pairs.items()}
    context["aws:TagKeys"] = tuple(pairs)
    return context


def tags_in(parameter: str) -> Keys:
    """The tag keys of a request whose tags are in `parameter`."""
    return lambda scope: request_tags(scope.get(parameter))


def untags_in(parameter: str) -> Keys:
    """`aws:TagKeys` of an untagging request whose tag keys are in `parameter`."""

    def keys(scope: Scope) -> Context:
        names = tuple(str(key) for key in scope.get(parameter) or ())
        return {"aws:TagKeys": names} if names else {}

    return keys


def text_keys(**parameters: str) -> Keys:
    """Condition keys taken from parameters as text, absent where the parameter is: `text_keys(Path="iam:path")`."""

    def keys(scope: Scope) -> Context:
        found = {key: scope.get(parameter) for parameter, key in parameters.items()}
        return {key: as_text(value) for key, value in found.items() if value is not None}

    return keys


def as_text(value: Any) -> str:
    """A parameter as a condition key holds it: booleans in lower case."""
    return str(value).lower() if isinstance(value, bool) else str(value)
