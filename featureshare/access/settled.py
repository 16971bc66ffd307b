"""What many proofs need to find out only once.

A change of one document leaves most requests as they were. Whether one is harmless hangs on who asks, for what, on the
statements about its action in every document that counts, and on the contract; where all of these are as before, so is
the answer.
"""

from collections.abc import Iterable

from featureshare.access.model import Actor
from featureshare.iam import Policy, World

Spoken = tuple[str, ...]
Key = tuple[object, ...]


class Settled:
    """Requests in which nothing was found, for models that differ in their documents alone, under one contract."""

    def __init__(self) -> None:
        self._harmless: set[Key] = set()

    def __contains__(self, key: Key) -> bool:
        return key in self._harmless

    def add(self, key: Key) -> None:
        """Remember that nothing was found."""
        self._harmless.add(key)


def key_of(actor: Actor, action: str, resource: str, owner: str, world: World, *how: bool) -> Key:
    """All that the answer to a request (action in lower case) hangs on besides names and contract; `how` it is put.

    A model refuses documents with a fault, so that statements are all that counts of a document.
    """
    return (
        *(actor.arn, actor.source, actor.account, actor.adversary, tuple(actor.tags.items())),
        *(action, resource, owner, *how),
        _spoken(world.identity, action),
        None if world.resource is None else _spoken((world.resource,), action),
        None if world.boundary is None else (len(world.boundary), _spoken(world.boundary, action)),
        tuple(_spoken(level.policies, action) for level in world.scps),
    )


def _spoken(policies: Iterable[Policy], action: str) -> Spoken:
    """What documents that count together say about an action."""
    return tuple(one.text for policy in policies for side in policy.about(action) for one in side)
