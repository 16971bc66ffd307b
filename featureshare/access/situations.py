"""Situations: the request contexts that the live conditions of a request, and the contract's, can tell apart.

Only keys of statements that are about the request are varied; every other key changes nothing. Keys that follow from
who asks and for what are computed, never free.
"""

import itertools
from collections.abc import Iterable, Iterator

from featureshare.access.atoms import Undecidable, is_glob, matches
from featureshare.access.model import Actor, Model
from featureshare.access.rules import READERS, TAG_CHANGES, Rule
from featureshare.iam import Policy, Strength, World
from featureshare.iam.conditions import Clause
from featureshare.iam.context import Context
from featureshare.iam.document import Question, Statement
from featureshare.iam.principals import caller_of, parse_principal
from featureshare.iam.values import instant, network, number

FRESH = "undeclared"
_MOST = 4096
_MISSING = None
Option = str | tuple[str, ...] | None

# Follow from the actor and the resource of a request.
_DERIVED = frozenset(
    key.lower()
    for key in (
        *("aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalServiceName"),
        *("aws:PrincipalType", "aws:ResourceAccount", "s3:ResourceAccount", "kms:CallerAccount", "aws:ResourceOrgID"),
    )
)
_BY_SERVICE = "aws:principalisawsservice"
_GROUP_TAGS = ("aws:resourcetag/", "sagemaker:resourcetag/")
_MULTIVALUED = frozenset(
    {"aws:calledvia", "aws:tagkeys", "kms:resourcealiases", "sagemaker:updatablefeatures", "sts:transitivetagkeys"}
)


def live(question: Question, policies: Iterable[Policy]) -> Iterator[Statement]:
    """The statements that are about a request whatever its context says."""
    for policy in policies:
        for statements in policy.about(question.action):
            for statement in statements:
                if statement.on_resource(question) and statement.strength(question) is not Strength.NONE:
                    yield statement


def question_of(actor: Actor, action: str, resource: str, owner: str, context: Context, world: World) -> Question:
    """The request as statements see it."""
    lowered = {key.lower(): value for key, value in context.items()}
    caller = caller_of(parse_principal(actor.arn), lowered)
    return Question(caller, action, resource, owner, lowered, world.boundary is not None)


def policies_of(world: World) -> Iterator[Policy]:
    """Every document of a world."""
    yield from world.identity
    if world.resource is not None:
        yield world.resource
    yield from world.boundary or ()
    for level in world.scps:
        yield from level.policies


def situations(
    model: Model,
    actor: Actor,
    action: str,
    resource: str,
    owner: str,
    world: World,
    rules: Iterable[Rule],
    also: Iterable[Policy] = (),
) -> Iterator[Context]:
    """Every context worth trying, the plain one first; `also` are documents of another world to tell apart from this.

    Raises Undecidable when they are too many.
    """
    base = model.context(actor, resource, owner, action)
    question = question_of(actor, action, resource, owner, base, world)
    if aliases := model.key_aliases(resource):
        base["kms:ResourceAliases"] = aliases
        base["aws:ResourceTag/feature-share"] = model.name
    options: dict[str, dict[Option, None]] = {}
    names: dict[str, str] = {}
    for statement in live(question, (*policies_of(world), *also)):
        for pattern in statement.resources:
            if pattern.variables:
                raise Undecidable(f"a variable in the resource of {statement.label}: {pattern.text}")
        for clause in statement.clauses:
            if clause.key == _BY_SERVICE:
                # What it says follows from who asks; whether it is there at all is not promised for every request.
                names.setdefault(clause.key, clause.shown_key)
                options.setdefault(clause.key, {})[_MISSING] = None
            elif clause.key not in _DERIVED:
                names.setdefault(clause.key, clause.shown_key)
                options.setdefault(clause.key, {}).update(dict.fromkeys(_of_clause(clause)))
    for rule in rules:
        if rule.covers(resource, owner):
            for condition in rule.conditions:
                key = condition.key.lower()
                names.setdefault(key, condition.key)
                for value in (*condition.values, FRESH):
                    options.setdefault(key, {}).update(dict.fromkeys((_fill(value), FRESH, _MISSING)))
    if action.startswith("s3:") and resource != "*":
        _of_buckets(model, action, resource, options, names)
    if action in TAG_CHANGES and model.in_catalog(resource):
        yield from _tagging(base, options, names, model, action, resource)
    else:
        yield from _product(base, options, names, model, resource)


def _tagging(
    base: Context,
    options: dict[str, dict[Option, None]],
    names: dict[str, str],
    model: Model,
    action: str,
    resource: str,
) -> Iterator[Context]:
    """Changes of a group's tags: the tag that says who reads is tried whether or not a statement speaks of it.

    What is set is in `aws:RequestTag`, and `aws:TagKeys` follows from it; what is deleted is in `aws:TagKeys` alone.
    """
    if action == "sagemaker:deletetags":
        names.setdefault("aws:tagkeys", "aws:TagKeys")
        options.setdefault("aws:tagkeys", {}).update(dict.fromkeys(((f"{READERS}0",), _MISSING)))
        yield from _product(base, options, names, model, resource)
        return
    told = [(value,) if isinstance(value, str) else value for value in options.pop("aws:tagkeys", {}) if value]
    # One of the sixteen tags stands for all: no digit means more than another. So does one of the tags that only lists
    # of tag keys speak of.
    listed = [one for keys in told for one in keys if f"aws:requesttag/{one.lower()}" not in options]
    others = dict.fromkeys(one for one in listed if one != FRESH and not one.startswith(READERS))
    for tag in (f"{READERS}0", *list(others)[:1], *([FRESH] if FRESH in listed and not others else [])):
        key = f"aws:requesttag/{tag.lower()}"
        names.setdefault(key, f"aws:RequestTag/{tag}")
        options.setdefault(key, dict.fromkeys((FRESH, _MISSING)))
    for context in _product(base, options, names, model, resource):
        keys = tuple(key.partition("/")[2] for key in context if key.lower().startswith("aws:requesttag/"))
        yield {**context, "aws:TagKeys": keys} if keys else context


def _of_buckets(
    model: Model, action: str, resource: str, options: dict[str, dict[Option, None]], names: dict[str, str]
) -> None:
    """What our buckets refuse to everybody is tried on them whether or not a statement speaks of it."""
    bucket = model.buckets.get(resource.split(":", 5)[-1].partition("/")[0])
    if bucket is None:
        return
    wanted: dict[str, tuple[Option, ...]] = {"aws:SecureTransport": ("true", "false")}
    if action == "s3:putobject":
        wanted["s3:x-amz-server-side-encryption"] = (_MISSING, "AES256", "aws:kms")
    for key, values in wanted.items():
        names.setdefault(key.lower(), key)
        options.setdefault(key.lower(), {}).update(dict.fromkeys(values))


def _product(
    base: Context, options: dict[str, dict[Option, None]], names: dict[str, str], model: Model, resource: str
) -> Iterator[Context]:
    lowered = {key.lower(): key for key in base}
    free: list[tuple[str, list[Option]]] = []
    size = 1
    for key, values in options.items():
        own = lowered.get(key)
        if own is not None and key in ("kms:resourcealiases", "aws:resourcetag/feature-share"):
            continue  # a key of ours has the alias and tag it has
        if key.startswith(_GROUP_TAGS) and model.in_catalog(resource):
            continue  # a feature group has the tags it is declared with, an undeclared one none of ours
        choices = [base[own], *values] if own is not None else list(values)
        if key in _MULTIVALUED:
            choices = [value if value is None or isinstance(value, tuple) else (value,) for value in choices]
        if key == "kms:resourcealiases":
            choices = [value for value in choices if not _ours(model, resource, value)]
        free.append((own or names[key], list(dict.fromkeys(choices))))
        size *= len(free[-1][1])
    if size > _MOST:
        raise Undecidable(f"{size} combinations of {', '.join(name for name, _ in free)} on {resource}")
    if not free:
        yield base
        return
    for chosen in itertools.product(*(choices for _, choices in free)):
        context = dict(base)
        for (name, _), value in zip(free, chosen, strict=True):
            if value is None:
                context.pop(name, None)
            else:
                context[name] = value
        yield context


def _ours(model: Model, resource: str, value: Option) -> bool:
    """Whether another key would have to bear an alias that a key of ours bears in its account and Region.

    In another Region the same alias may well be taken, by another environment's key.
    """
    place = resource.split(":")[3:5] if resource.count(":") >= 5 else []
    taken = {key.name for key in model.keys.values() if key.arn.split(":")[3:5] == place}
    return value is not None and bool(taken & set((value,) if isinstance(value, str) else value))


def _of_clause(clause: Clause) -> Iterator[Option]:
    """Values that a clause tells apart: missing, each of its own, boundary points, and one that nobody has."""
    family = clause.kind.family
    if family == "null":
        yield from (_MISSING, FRESH)
        return
    if family == "bool":
        yield from ("true", "false", _MISSING)
        return
    yield _MISSING
    values: list[str] = []
    for value in clause.values:
        if clause.variables:
            raise Undecidable(f"a variable in {clause.name} {clause.shown_key}: {value}")
        if family in ("numeric", "date"):
            values += _boundary(family, value)
        elif family == "ip":
            net = network(value)
            values += [str(net.network_address), "198.51.100.1"] if net is not None else []
        elif family == "binary":
            values += [value, "AAAA"]
        else:
            values.append(_fill(value) if family in ("string-like", "arn") else value)
            if family in ("string-like", "arn") and is_glob(value):
                bare = value.replace("*", "").replace("?", "x")
                values.append(bare)
    values.append(FRESH)
    for value in values:
        if clause.quantifier:
            yield (value,)
            if value != FRESH:
                yield (value, FRESH)
        else:
            yield value


def _boundary(family: str, value: str) -> list[str]:
    read = number(value) if family == "numeric" else instant(value)
    return [] if read is None else [str(read - 1), str(read), str(read + 1)]


def _fill(pattern: str) -> str:
    """A value that a pattern matches."""
    return pattern.replace("*", FRESH).replace("?", "x") if is_glob(pattern) else pattern


__all__ = ["FRESH", "live", "matches", "policies_of", "question_of", "situations"]
