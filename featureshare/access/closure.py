"""Who can become whom: the closure of sts:AssumeRole over the documents, from every principal of a team or replica."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from featureshare.access.adversaries import Named
from featureshare.access.atoms import is_glob, matches
from featureshare.access.copies import readers
from featureshare.access.elements import documents
from featureshare.access.model import Actor, Model
from featureshare.access.purposes import Purposes
from featureshare.iam import decide

_LONGEST = 4


@dataclass(frozen=True)
class Reach:
    """A session that a team's principal can hold: `path` are the roles assumed to get there, empty for itself.

    The readers of a replica stand under the replica's name, which is never a team's: each for itself (`alone`).
    """

    team: str
    principal: str
    actor: Actor
    path: tuple[str, ...]
    alone: bool = False

    @property
    def holder(self) -> str:
        """Who has what the session reaches: the team, or the one reader of a replica."""
        return f"{self.team}/{self.principal}" if self.alone else self.team


class Closure:
    """Sessions within reach of each team and each reader of a replica."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.purposes = Purposes(model)
        self.actors = {arn: model.role_actor(role) for arn, role in model.roles.items()}
        self._steps: dict[str, tuple[str, ...]] = {}
        self._place = {arn: place for place, arn in enumerate(model.roles)}
        self._trusting: dict[str, dict[str, None]] = {}
        for role in model.roles.values():
            named = Named(
                one for one in documents(model.render["roles"][role.key]["trust"]) if one["Effect"] == "Allow"
            )
            for entry in ("*",) if named.everybody else named.entries:
                self._trusting.setdefault(entry, {})[role.arn] = None

    def principals(self) -> Iterator[Reach]:
        """Where each team and replica starts: its own roles, and what it brought (whose policies are not ours)."""
        known: set[str] = set()
        for role in self.model.roles.values():
            if role.kind == "execution" and role.team:
                known.add(role.arn)
                yield Reach(role.team, role.principal or role.name, self.actors[role.arn], ())
        for team, it in self.model.render["teams"].items():
            for name, principal in it["execution_roles"].items():
                source = principal["arn"].replace("*", "x").replace("?", "x")
                if principal["arn"] not in known:
                    yield Reach(team, name, self.model.adversary(source), ())
        for arn, (replica, reader) in readers(self.model).items():
            yield Reach(replica, reader, self.actors.get(arn) or self.model.adversary(arn), (), alone=True)

    def reaches(self) -> Iterator[Reach]:
        """Every session of each of them, shortest path first."""
        for start in self.principals():
            seen = {start.actor.source}
            queue = [start]
            for reach in queue:
                yield reach
                if len(reach.path) >= _LONGEST:
                    continue
                for arn in self.steps(reach.actor):
                    if arn not in seen:
                        seen.add(arn)
                        queue.append(replace(start, actor=self.actors[arn], path=(*reach.path, arn)))

    def steps(self, actor: Actor) -> tuple[str, ...]:
        """The roles that an actor may assume."""
        found = self._steps.get(actor.source)
        if found is None:
            found = tuple(arn for arn in self._candidates(actor) if self._assumes(actor, arn))
            self._steps[actor.source] = found
        return found

    def _candidates(self, actor: Actor) -> Iterator[str]:
        """Roles that the actor's own documents name, or that trust it strongly enough to need none (same account)."""
        patterns: dict[str, None] = {}
        for policy in actor.identity:
            for statement in policy.about("sts:assumerole")[1]:
                patterns |= {"*": None} if statement.not_resource else {one.text: None for one in statement.resources}
        # A role of the actor's own account needs no word of the actor's where it trusts everybody, or names the role or
        # the session; to trust the account is to leave it to the account's policies.
        found = {pattern for pattern in patterns if pattern in self.model.roles}
        for entry in ("*", actor.source, actor.arn):
            found |= {arn for arn in self._trusting.get(entry, ()) if self.model.roles[arn].account == actor.account}
        globs = [pattern for pattern in patterns if is_glob(pattern)]
        found |= (
            {arn for arn in self.model.roles if any(matches(pattern, arn) for pattern in globs)} if globs else set()
        )
        yield from sorted(found, key=self._place.__getitem__)

    def _assumes(self, actor: Actor, arn: str) -> bool:
        account = self.model.roles[arn].account
        context = self.model.context(actor, arn, account) | {"sts:RoleSessionName": "session"}
        world = self.model.world(actor, "sts:AssumeRole", arn, account)
        return decide(self.model.request(actor, "sts:AssumeRole", arn, account, context), world).allowed
