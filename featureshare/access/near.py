"""Which groups a verb could work on for somebody: what the documents do not even speak of is not worth a decision.

A call succeeds when every one of its checks is allowed. A check on something of the group's own (the feature group, its
table, its objects) is allowed only if an Allow of the caller's documents names it, or if the policy of that resource,
in the caller's own account, holds an Allow. So a look at one such check of each core call, by an index, leaves out only
what would be denied: who asks for every group finds the same cells (tests/access/brute.py).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from featureshare.access.atoms import is_glob, matches
from featureshare.access.copies import copies
from featureshare.access.model import Actor, Model
from featureshare.access.purposes import Need, Purposes

Group = Mapping[str, Any]

# The calls without which a verb is not there; the others belong to using it.
CORE = {
    "write": ("PutRecord",),
    "update": ("UpdateRecord",),
    "delete": ("DeleteRecord",),
    "read-online": ("GetRecord", "BatchGetRecord"),
    "read-offline": ("_RunQuery", "GetObject"),
    "discover": ("DescribeFeatureMetadata",),
    "manage": ("CreateFeatureGroup", "UpdateFeatureGroup", "UpdateFeatureMetadata", "DeleteFeatureGroup"),
}


class Near:
    """The groups of one verb, by what its core calls ask for."""

    def __init__(self, model: Model, verb: str, known: Iterable[tuple[Group, tuple[Need, ...]]]) -> None:
        """`known` are the groups with what the verb needs of each."""
        self._model = model
        self._groups: list[Group] = []
        # The group is named by its ARN in every call but its creation, which is in the caller's own account.
        self._anywhere = verb == "manage"
        self._always: set[int] = set()
        self._actions: dict[str, None] = {}
        self._named: dict[str, dict[str, list[int]]] = {}
        self._open: dict[str, dict[str, list[int]]] = {}
        for place, (group, needs) in enumerate(known):
            self._groups.append(group)
            for operation in CORE[verb]:
                asked = [need for need in needs if need.call.operation == operation]
                own = next((need for need in asked if _own(need, group)), None)
                if own is not None:
                    self._note(own, place)
                elif asked:
                    self._always.add(place)

    def _note(self, need: Need, place: int) -> None:
        check, action = need.check, need.check.action.lower()
        self._actions[action] = None
        self._named.setdefault(action, {}).setdefault(check.resource, []).append(place)
        # Whoever asks: a policy of ours is the same for all.
        policy = self._model.resource_policy(Actor("", "", ""), check.action, check.resource, check.account)
        if policy is not None and policy.about(action)[1]:
            self._open.setdefault(action, {}).setdefault(check.account, []).append(place)

    def of(self, actor: Actor) -> Iterator[Group]:
        """The groups that the verb could work on, in the order of the render."""
        found = set(self._always)
        for action in self._actions:
            patterns = list(_patterns(actor, action))
            if self._anywhere and patterns:
                found.update(range(len(self._groups)))
                continue
            named = self._named[action]
            for pattern in patterns:
                found.update(named.get(pattern, ()))
                if pattern == "*":
                    found.update(range(len(self._groups)))
                elif is_glob(pattern):
                    found.update(p for resource, places in named.items() if matches(pattern, resource) for p in places)
            found.update(self._open.get(action, {}).get(actor.account, ()))
        yield from (self._groups[place] for place in sorted(found))


def in_stores(model: Model, verb: str, purposes: Purposes) -> Iterator[tuple[Group, tuple[Need, ...]]]:
    """The groups of every store that have what a verb works on, with what it needs of each, in any workgroup."""
    workgroup = next(iter(model.render["workgroups"].values()), None)
    for group in model.shown:
        if verb != "read-offline" or group["offline_store"]["enabled"]:
            yield group, purposes.verb(verb, group, group["account"], workgroup)


def in_replicas(model: Model, purposes: Purposes) -> Iterator[tuple[Group, tuple[Need, ...]]]:
    """The copies of every replica, with what reading each needs."""
    for copy in copies(model):
        yield copy.place, copy.needs(purposes)


def _own(need: Need, group: Group) -> bool:
    """Whether a check is about something of this group alone, asked for by the caller itself."""
    check = need.check
    folder = group["s3_uri"].removeprefix("s3://") + "/"
    own = [f":table/{group['database']}/{group['table']}", f":s3:::{folder}*"]
    own += [group["arn"]] if "arn" in group else []  # a copy is a table and no group
    return check.as_role is None and check.resource.endswith(tuple(own))


def _patterns(actor: Actor, action: str) -> Iterable[str]:
    """The resources that Allows of an actor's documents name for an action; `*` where they may mean any."""
    for policy in actor.identity:
        for statement in policy.about(action)[1]:
            for pattern in statement.resources:
                yield "*" if statement.not_resource or "${" in pattern.text else pattern.text
