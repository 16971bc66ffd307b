"""Exploring: which actions, resources and situations to put to the engine for one actor, and what it lets through."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from featureshare.access.atoms import account_witnesses, is_glob, matches, segments, witnesses
from featureshare.access.contract import Contract
from featureshare.access.model import ADMINISTRATOR, OUTSIDER, Actor, Model, delegating
from featureshare.access.situations import live, question_of, situations
from featureshare.iam import Decision, Policy, World, decide
from featureshare.iam.catalogue import ActionInfo, catalogue
from featureshare.iam.context import Context
from featureshare.iam.document import Statement
from featureshare.iam.principals import Kind

UNKNOWN = "UndeclaredAction"
_OWNER_KEYS = ("aws:resourceaccount", "s3:resourceaccount")


# Of actions that nothing tells apart, those that a reader of a counterexample knows best come first.
_TELLING = frozenset(
    {
        *("glue:gettable", "iam:passrole", "kms:decrypt", "kms:putkeypolicy", "s3:deleteobject", "s3:getobject"),
        *("s3:getobjectversion", "s3:putobject", "sagemaker:deleterecord", "sagemaker:getrecord"),
        *("sagemaker:putrecord", "sts:assumerole"),
    }
)


def telling(actions: Iterable[str]) -> list[str]:
    """Actions (lower case) with the best known first, else in their order."""
    return sorted(actions, key=lambda action: action not in _TELLING)


@dataclass(frozen=True)
class Attempt:
    """A request that is allowed and that the contract does not permit."""

    actor: Actor
    action: str
    resource: str
    owner: str
    context: Mapping[str, str | tuple[str, ...]]
    decision: Decision
    alike: tuple[str, ...] = ()
    alone: bool = False


class Explorer:
    """Puts requests to the engine and holds the answers against the contract."""

    def __init__(self, model: Model, contract: Contract) -> None:
        self.model = model
        self.contract = contract
        self.asked = 0
        self._catalogue = catalogue()
        self._info: dict[str, tuple[str, ActionInfo | None]] = {}
        self._generic: dict[tuple[str, str], tuple[str, ...]] = {}

    # actions ---------------------------------------------------------------------------------------------------------
    def info(self, action: str) -> ActionInfo | None:
        """The catalogue's entry, None for an unknown action."""
        found = self._info.get(action)
        if found is None:
            found = self._info[action] = (action, self._catalogue.find(action))
        return found[1]

    def names(self, patterns: Iterable[str]) -> dict[str, None]:
        """Every action of the catalogue, and an unknown one a service, that some pattern matches; lower case."""
        out: dict[str, None] = {}
        for pattern in patterns:
            lowered = pattern.lower()
            if not is_glob(lowered):
                out[lowered] = None
                continue
            head, _, tail = lowered.partition(":")
            if tail and not is_glob(head) and is_glob(tail):
                # An action that AWS may add tomorrow, of the kind that this pattern lets in.
                out[f"{head}:{tail.replace('*', UNKNOWN.lower()).replace('?', 'x')}"] = None
            for service in (*self._catalogue.services(), "undeclared"):
                if not matches(head, service) and lowered != "*":
                    continue
                known = (info.name.lower() for info in self._known(service))
                for name in (*known, f"{service}:{UNKNOWN.lower()}"):
                    if lowered == "*" or matches(lowered, name) or (not tail and head == "*"):
                        out[name] = None
        return out

    def _known(self, service: str) -> tuple[ActionInfo, ...]:
        return self._catalogue.actions(service) if service != "undeclared" else ()

    def actions_of(self, statements: Sequence[Statement]) -> dict[str, None]:
        """The actions that statements speak of."""
        patterns: list[str] = []
        for statement in statements:
            patterns += ["*"] if statement.actions.negated else statement.actions.patterns
        return self.names(patterns)

    def shown(self, action: str) -> str:
        """The action as AWS writes it."""
        info = self.info(action)
        if info is not None:
            return info.name
        return action.replace(UNKNOWN.lower(), UNKNOWN)

    # resources -------------------------------------------------------------------------------------------------------
    def generic(self, info: ActionInfo, account: str) -> tuple[str, ...]:
        """An undeclared resource of each type that an action knows."""
        found = self._generic.get((info.name, account))
        if found is None:
            model, out = self.model, []
            for kind in info.resources:
                text = kind.arn.replace("${Partition}", model.partition)
                text = text.replace("${Region}", model.region).replace("${Account}", account)
                while "${" in text:
                    start = text.index("${")
                    text = text[:start] + "undeclared" + text[text.index("}", start) + 1 :]
                out.append(text)
            found = self._generic[info.name, account] = tuple(out)
        return found

    def resources(self, action: str, patterns: Iterable[str], pool: "Pool", account: str) -> Iterator[str]:
        """Witnesses for the resources of an action that patterns let through."""
        info = self.info(action)
        if info is not None and info.wildcard_only:
            yield "*"
            return
        seen: set[str] = set()
        service = action.partition(":")[0]
        for pattern in dict.fromkeys(patterns):
            for arn in self._witnesses(service, pattern, pool, info, account):
                if arn not in seen and (info is None or any(kind.matches(arn) for kind in info.resources)):
                    seen.add(arn)
                    yield arn

    def _witnesses(
        self, service: str, pattern: str, pool: "Pool", info: ActionInfo | None, account: str
    ) -> Iterator[str]:
        if not is_glob(pattern):
            yield pattern
            return
        if info is not None:
            yield from (arn for arn in self.generic(info, account) if matches(pattern, arn))
        yield from pool.matching(service, pattern)
        if service == "sagemaker":
            # Groups differ in their tags, which a pattern over names does not show.
            yield from (arn for arn in self.model.groups if matches(pattern, arn))

    def owners(self, resource: str, account: str, named: Iterable[str] = ()) -> tuple[str, ...]:
        """The accounts that may own a resource: that in its ARN; of a bucket, ours, the caller's or anybody's.

        `named` are accounts that the documents at hand name as owners of buckets.
        """
        if resource == "*":
            return (account,)
        parts = resource.split(":", 5)
        if len(parts) == 6 and parts[4].isdigit():
            return (parts[4],)
        name = parts[-1].partition("/")[0]
        bucket = self.model.buckets.get(name)
        if bucket is not None:
            first = bucket.account
        elif name == self.model.state_bucket:
            first = self.model.platform_account
        else:
            first = account or OUTSIDER
        return tuple(dict.fromkeys((first, OUTSIDER, *named)))

    # deciding --------------------------------------------------------------------------------------------------------
    def attempt(self, actor: Actor, action: str, resource: str, owner: str, *, exactly: bool = False) -> Attempt | None:
        """The first situation in which the request is allowed and not permitted.

        `exactly` also finds what is permitted and denied to an adversary in the owner's account: a document that locks
        its owner out, or takes from those who are to have their part.
        """
        model, contract = self.model, self.contract
        world = model.world(actor, action, resource, owner)
        rules = contract.rules_of(actor, action)
        info = self.info(action)
        only = resource == "*" and info is not None and info.wildcard_only
        both = exactly and actor.adversary and actor.account == owner
        allows = Allows(actor, action, resource, owner, world, model)
        for context in situations(model, actor, action, resource, owner, world, rules):
            permitted = contract.permits(actor, action, resource, owner, context) is not None
            if permitted and not both:
                continue  # allowed or not, it is no fault
            self.asked += 1
            if not both and not allows.could(context):
                continue
            decision = decide(model.request(actor, action, resource, owner, context, only), world)
            if not decision.allowed and not both:
                continue
            if decision.allowed != permitted:
                return Attempt(actor, self.shown(action), resource, owner, context, decision)
        return None

    def alone(self, actor: Actor, action: str, resource: str, owner: str) -> Attempt | None:
        """Like `attempt`, for the actor's identity policies alone: as if nothing else stood in the way.

        Every plane must hold by itself, so that one mistake opens nothing.
        """
        model, contract = self.model, self.contract
        everyone = delegating(actor.account, trust=action.startswith("sts:"))
        # Whoever would hold everything within a boundary has nothing but that boundary.
        boundary = actor.boundary if actor.identity == (ADMINISTRATOR,) else None
        resources = None if action.startswith("iam:") else everyone
        world = World(identity=actor.identity, resource=resources, boundary=boundary)
        rules = contract.rules_of(actor, action)
        info = self.info(action)
        only = resource == "*" and info is not None and info.wildcard_only
        allows = Allows(actor, action, resource, owner, world, model)
        for context in situations(model, actor, action, resource, owner, world, rules):
            if contract.meant(actor, action, resource, owner, context):
                continue
            self.asked += 1
            if not allows.could(context):
                continue
            decision = decide(model.request(actor, action, resource, owner, context, only), world)
            if decision.allowed:
                return Attempt(actor, self.shown(action), resource, owner, context, decision, alone=True)
        return None

    def allowed(self, actor: Actor, action: str, resource: str, owner: str, context: Context) -> Decision:
        """One decision."""
        self.asked += 1
        world = self.model.world(actor, action, resource, owner)
        return decide(self.model.request(actor, action, resource, owner, context, resource == "*"), world)


class Allows:
    """The Allow statements that a request needs one of, whatever else stands in its way.

    What no Allow applies to is not allowed, and that is seen without going through every document. Holds for the
    contexts of `situations`, in which nothing that chooses a statement by caller or resource varies.
    """

    def __init__(self, actor: Actor, action: str, resource: str, owner: str, world: World, model: Model) -> None:
        plain = model.context(actor, resource, owner, action)
        question = question_of(actor, action, resource, owner, plain, world)
        own = [one for one in live(question, world.identity) if not one.deny]
        theirs = [] if world.resource is None else [one for one in live(question, (world.resource,)) if not one.deny]
        # Without an account of its own, the resource's word; from account to account, both; at home either.
        if not actor.account:
            self._needed = [theirs]
        elif actor.account != owner:
            self._needed = [own, theirs]
        else:
            self._needed = [own + theirs]
        self._root = question.caller.principal.kind is Kind.ROOT  # needs no Allow of its own

    def could(self, context: Context) -> bool:
        """Whether enough Allow statements apply in a context; it may still be denied."""
        return self.could_in({key.lower(): value for key, value in context.items()})

    def could_in(self, lowered: Context) -> bool:
        """The same of a context with keys in lower case."""
        return self._root or all(any(one.conditions_hold(lowered) for one in side) for side in self._needed)


class Pool:
    """Witnesses of resources, service by service, part by part, for the patterns that can matter to one actor."""

    def __init__(self, model: Model, patterns: Iterable[str], accounts: Iterable[str]) -> None:
        self._model = model
        self._patterns: dict[str, list[tuple[str, ...]]] = {}
        everywhere: list[tuple[str, ...]] = []
        for pattern in dict.fromkeys(patterns):
            parts = segments(pattern)
            if is_glob(parts[2]) or len(parts) < 6:
                everywhere.append(parts)
            else:
                self._patterns.setdefault(parts[2], []).append(parts)
        self._everywhere = everywhere
        self._accounts = tuple(accounts)
        self._atoms: dict[str, tuple[tuple[str, ...], ...]] = {}

    def _of(self, service: str) -> tuple[tuple[str, ...], ...]:
        found = self._atoms.get(service)
        if found is None:
            parts = self._patterns.get(service, []) + self._everywhere
            model = self._model
            regional = service not in ("iam", "s3", "sts")
            partitions = witnesses({model.partition, *(p[1] for p in parts)} - {"*"})
            regions = witnesses({model.region, *(p[3] for p in parts)} - {"*", ""}) if regional else ("",)
            accounts = ("",) if service == "s3" else account_witnesses((p[4] for p in parts), self._accounts)
            rests = (*witnesses({p[5] for p in parts} - {"*"}), "undeclared")
            fresh = ("us-east-9",) if regional else ()
            found = (partitions, tuple(dict.fromkeys((*regions, *fresh))), accounts, tuple(dict.fromkeys(rests)))
            self._atoms[service] = found
        return found

    def matching(self, service: str, pattern: str) -> Iterator[str]:
        """Every combination of parts that a pattern matches."""
        partitions, regions, accounts, rests = self._of("iam" if service == "sts" else service)
        parts = segments(pattern)
        wide = pattern.count(":") < 5 and pattern != "*"
        name = "iam" if service == "sts" else service
        for partition in (one for one in partitions if wide or matches(parts[1], one)):
            for region in (one for one in regions if wide or matches(parts[3], one)):
                for account in (one for one in accounts if wide or matches(parts[4], one)):
                    for rest in (one for one in rests if wide or matches(parts[5], one)):
                        arn = f"arn:{partition}:{name}:{region}:{account}:{rest}"
                        if not wide or matches(pattern, arn):
                            yield arn


def owners_named(statements: Iterable[Statement]) -> tuple[str, ...]:
    """The accounts that statements name as owners of what they reach; one for each way of a pattern."""
    values = [
        value
        for statement in statements
        for clause in statement.clauses
        if clause.key in _OWNER_KEYS
        for value in clause.values
    ]
    return account_witnesses(values, ()) if values else ()


def patterns_of(policies: Iterable[Policy]) -> Iterator[str]:
    """The resource patterns of documents."""
    for policy in policies:
        for statement in policy.statements:
            yield from (pattern.text for pattern in statement.resources)
