"""The stacks of an environment: which there are, in which account, and what each waits for (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from featureshare.errors import BadInput, Problem

CENTRAL, CENTRAL_TEAM, TEAM = "central", "central-team", "team"
REPLICA, REPLICATION = "replica", "replication"
KINDS = (CENTRAL, CENTRAL_TEAM, TEAM, REPLICA, REPLICATION)

Normal = Mapping[str, Any]
"""A declaration in its normal form, as plain JSON."""


@dataclass(frozen=True, order=True)
class Stack:
    """One Terraform state: a root module (`kind`) applied for an environment and, mostly, a team or a replica."""

    env: str
    kind: str
    team: str | None
    account: str
    region: str
    replica: str | None = None

    @property
    def of(self) -> str | None:
        """The team or the replica that it is for."""
        return self.team or self.replica

    @property
    def identity(self) -> str:
        """What the stack's state holds to know itself by: `env/kind` or `env/kind/team` (or the replica's name)."""
        return "/".join(part for part in (self.env, self.kind, self.of) if part)

    @property
    def name(self) -> str:
        """The identity without its environment, as people call it."""
        return f"{self.kind}/{self.of}" if self.of else self.kind

    @property
    def slug(self) -> str:
        """A file name for it."""
        return f"{self.kind}-{self.of}" if self.of else self.kind

    @property
    def key(self) -> str:
        """Where its state lies in the backend."""
        return f"{self.identity}.tfstate"

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the stacks that must be there before this one: all need the central one. See `needs_of`."""
        return () if self.kind == CENTRAL else (CENTRAL,)


def stacks_of(normal: Normal) -> tuple[Stack, ...]:
    """The stacks of an environment, central first, then by kind and team; replicas, then what fills them.

    A team has a central part when it owns a group of the central store, is granted something of one or has a name
    space there.
    """
    environment = normal["environment"]
    env, region, central = environment["name"], environment["region"], environment["central_account"]
    shared = [group for group in normal["feature_groups"].values() if group["store"] == "central"]
    in_central = {group["owner"] for group in shared}.union(*(group["shared_with"] for group in shared))
    in_central |= {team for team, it in normal["teams"].items() if it.get("namespace")}
    replicas = normal.get("replicas") or {}
    return (
        Stack(env, CENTRAL, None, central, region),
        *(Stack(env, CENTRAL_TEAM, team, central, region) for team in sorted(in_central)),
        *(Stack(env, TEAM, team, normal["teams"][team]["account"], region) for team in sorted(normal["teams"])),
        *(
            Stack(env, REPLICA, None, replica["account"], replica["region"], name)
            for name, replica in sorted(replicas.items())
        ),
        *((Stack(env, REPLICATION, None, central, region),) if replicas else ()),
    )


def needs_of(stack: Stack, stacks: Iterable[Stack]) -> tuple[str, ...]:
    """Names of the stacks among `stacks` that must be there before this one.

    S3 takes a replication rule only when its destination is there and versioned.
    """
    before = (other.name for other in stacks if stack.kind == REPLICATION and other.kind == REPLICA)
    return (*stack.needs, *before)


def choose(stacks: Iterable[Stack], *, teams: Iterable[str] = (), kinds: Iterable[str] = ()) -> tuple[Stack, ...]:
    """The stacks of these teams and kinds; no team means every team. Raises BadInput for a name that means nothing."""
    stacks, teams, kinds = tuple(stacks), tuple(teams), tuple(kinds)
    known_teams = sorted({stack.team for stack in stacks if stack.team})
    known_kinds = sorted({stack.kind for stack in stacks} | set(KINDS))
    problems = [
        Problem("command line", "--team", f"there is no team {team!r}.", f"name one of: {', '.join(known_teams)}.")
        for team in teams
        if team not in known_teams
    ]
    problems += [
        Problem("command line", "--stack", f"there is no stack {kind!r}.", f"name one of: {', '.join(known_kinds)}.")
        for kind in kinds
        if kind not in known_kinds
    ]
    if problems:
        raise BadInput(problems)
    return tuple(stack for stack in stacks if (not teams or stack.team in teams) and (not kinds or stack.kind in kinds))


def find(stacks: Iterable[Stack], kind: str, team: str | None) -> Stack:
    """The one stack of this kind and team (or replica). Raises BadInput, naming those there are."""
    stacks = tuple(stacks)
    for stack in stacks:
        if (stack.kind, stack.of) == (kind, team):
            return stack
    name = f"{kind} {team}" if team else kind
    known = ", ".join(stack.name.replace("/", " ") for stack in stacks)
    raise BadInput([Problem("command line", "", f"there is no stack {name!r}.", f"name one of: {known}.")])
