"""The stacks of an environment: which there are, in which account, and what each waits for (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from featureshare.errors import BadInput, Problem

CENTRAL, CENTRAL_TEAM, TEAM = "central", "central-team", "team"
KINDS = (CENTRAL, CENTRAL_TEAM, TEAM)

Normal = Mapping[str, Any]
"""A declaration in its normal form, as plain JSON."""


@dataclass(frozen=True, order=True)
class Stack:
    """One Terraform state: a root module (`kind`) applied for an environment and, mostly, a team."""

    env: str
    kind: str
    team: str | None
    account: str
    region: str

    @property
    def identity(self) -> str:
        """What the stack's state holds to know itself by: `env/kind` or `env/kind/team`."""
        return "/".join(part for part in (self.env, self.kind, self.team) if part)

    @property
    def name(self) -> str:
        """The identity without its environment, as people call it."""
        return f"{self.kind}/{self.team}" if self.team else self.kind

    @property
    def slug(self) -> str:
        """A file name for it."""
        return f"{self.kind}-{self.team}" if self.team else self.kind

    @property
    def key(self) -> str:
        """Where its state lies in the backend."""
        return f"{self.identity}.tfstate"

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the stacks that must be there before this one: all need the central one, nothing else is ordered."""
        return () if self.kind == CENTRAL else (CENTRAL,)


def stacks_of(normal: Normal) -> tuple[Stack, ...]:
    """The stacks of an environment, central first, then by kind and team.

    A team has a central part when it owns a group of the central store, is granted something of one or has a name
    space there.
    """
    environment = normal["environment"]
    env, region, central = environment["name"], environment["region"], environment["central_account"]
    shared = [group for group in normal["feature_groups"].values() if group["store"] == "central"]
    in_central = {group["owner"] for group in shared}.union(*(group["shared_with"] for group in shared))
    in_central |= {team for team, it in normal["teams"].items() if it.get("namespace")}
    return (
        Stack(env, CENTRAL, None, central, region),
        *(Stack(env, CENTRAL_TEAM, team, central, region) for team in sorted(in_central)),
        *(Stack(env, TEAM, team, normal["teams"][team]["account"], region) for team in sorted(normal["teams"])),
    )


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
    """The one stack of this kind and team. Raises BadInput, naming those there are."""
    stacks = tuple(stacks)
    for stack in stacks:
        if (stack.kind, stack.team) == (kind, team):
            return stack
    name = f"{kind} {team}" if team else kind
    known = ", ".join(stack.name.replace("/", " ") for stack in stacks)
    raise BadInput([Problem("command line", "", f"there is no stack {name!r}.", f"name one of: {known}.")])
