"""connect(team): everything that a team's code needs, found in the team's own account."""

import os
import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from featureshare.client.errors import NoSharing, NotShared, denials
from featureshare.client.narrowing import session_policy
from featureshare.client.sessions import Identity, RefreshingSession, Wire, client_of, refreshing_session
from featureshare.client.sharing import Group, Sharing, read_sharing

PREFIX_VARIABLE = "FEATURESHARE_PREFIX"
RUNTIME = "sagemaker-featurestore-runtime"


@dataclass
class Connection:
    """A team's sessions, one for each access role, made when they are first needed and refreshed from then on.

    `sharing` says what there is, read under the environment's `prefix`. `narrowed` holds the names of the groups that
    sessions are limited to, or None.
    """

    sharing: Sharing
    base: boto3.Session
    wire: Wire
    identity: Identity
    prefix: str
    source_identity: str | None = None
    narrowed: tuple[str, ...] | None = None
    _sessions: dict[tuple[str, str], RefreshingSession] = field(default_factory=dict)
    _clients: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def groups(self) -> dict[str, Group]:
        """The feature groups that this connection reaches, by name."""
        return {name: group for name, group in self.sharing.groups.items() if self._reaches(name)}

    def group(self, name: str, verb: str) -> Group:
        """The group of that name for a verb. Raises NotShared."""
        group = self.sharing.group(name, verb)
        if not self._reaches(name):
            raise NotShared(f"{name} is not among the groups that this connection is narrowed to.")
        return group

    def session(self, verb: str, group: Group | None = None) -> boto3.Session:
        """A boto3 session for a verb: of the access role, or the base session for a group of the team's own store.

        Raises NotShared when the team has no access role for the verb, or several of which no `group` chooses one.
        """
        if group is not None and group.own:
            return self.base
        key = (verb, self._role(verb, group))
        with self._lock:
            if key not in self._sessions:
                self._sessions[key] = refreshing_session(
                    self.base,
                    key[1],
                    session_name=f"{self.sharing.team}.{self.identity.label}",
                    source_identity=self.source_identity or self.identity.label,
                    region=self.sharing.region,
                    environment=self.sharing.environment,
                    caller=self.identity.arn,
                    hint=lambda: (
                        f"The team's file must name this principal with {verb} among its verbs. {self._news()}"
                    ),
                    policy=self._policy(*key),
                    workgroup=self._workgroup(),
                    wire=self.wire,
                )
            return self._sessions[key]

    def denials(self, action: str, resource: str, role: str, hint: str = "") -> AbstractContextManager[Any]:
        """Turns a refusal inside into Denied; other errors pass."""
        return denials(self.sharing.environment, action, resource, role, lambda: f"{hint} {self._news()}".strip())

    def _news(self) -> str:
        """Whether what is shared is another than when this connection was made, as after roles were spread anew."""
        try:
            now = read_sharing(self.base_client("ssm"), self.sharing.team, self.prefix)
        except (ClientError, BotoCoreError, NoSharing):
            return ""  # why the call was denied is the matter, and not this
        if now == self.sharing:
            return ""
        return f"What is shared with {self.sharing.team} has changed since this connection was made: connect again."

    def client(self, service: str, verb: str, group: Group | None = None) -> Any:
        """A client of `session(verb, group)`, made once."""
        if group is not None and group.own:
            return self.base_client(service)
        session = self.session(verb, group)
        with self._lock:
            key = (service, verb, self._role(verb, group))
            if key not in self._clients:
                self._clients[key] = session.client(service)
            return self._clients[key]

    def base_client(self, service: str) -> Any:
        """A client of the base session: the execution role itself, in the team's account."""
        with self._lock:
            key = (service, "", "")
            if key not in self._clients:
                self._clients[key] = client_of(self.base, service, self.sharing.region, self.wire)
            return self._clients[key]

    def renew(self, verb: str, expired: boto3.Session | None = None) -> None:
        """Forget the session of a verb: the service says that it expired, whatever the clock here says.

        `expired` is the one it was said of: of several threads the first forgets it, and the others find the new one.
        """
        with self._lock:
            for key in [key for key in self._sessions if key[0] == verb and expired in (None, self._sessions[key])]:
                del self._sessions[key]
                for client in [client for client in self._clients if client[1:] == key]:
                    del self._clients[client]

    def role(self, verb: str, group: Group | None = None) -> str:
        """The ARN of whose rights count for a verb, for messages."""
        if group is not None and group.own:
            return self.identity.arn
        mine = self.sharing.access_roles.get(verb) if group is None else self.sharing.role(verb, group)
        return mine or self.identity.arn

    def _role(self, verb: str, group: Group | None) -> str:
        """The ARN of the access role for a verb, and for a group where the verb has several. Raises NotShared."""
        if group is not None:
            roles = {self.sharing.role(verb, group): [group.name]}
        else:
            roles = self._roles(verb) or {self.sharing.access_roles.get(verb): []}
        if len(roles) > 1:
            raise NotShared(
                f"what {self.sharing.team} may {verb} is spread over {len(roles)} access roles, since one would not "
                f"hold it ({serving(roles)}): name one group (--group), whose role is then taken."
            )
        role = next(iter(roles))
        if role is None and self.sharing.replica:
            raise NotShared(
                f"{self.sharing.team} is a replica, which has no access roles: its readers read as the role that runs "
                "this."
            )
        if role is None:
            has = ", ".join(sorted(self.sharing.access_roles)) or "none"
            raise NotShared(f"{self.sharing.team} has no access role for {verb} (it has: {has}).")
        return role

    def _roles(self, verb: str) -> dict[str | None, list[str]]:
        """The access roles for a verb, each with the names of those groups within reach that it serves."""
        out: dict[str | None, list[str]] = {}
        for name, group in self.groups.items():
            if verb in group.verbs and not group.own:
                out.setdefault(self.sharing.role(verb, group), []).append(name)
        return out

    def _reaches(self, name: str) -> bool:
        return self.narrowed is None or name in self.narrowed

    def _workgroup(self) -> str | None:
        """The team's workgroup in the central account, where access roles query."""
        workgroup = self.sharing.workgroups.get("central")
        return workgroup.name if workgroup else None

    def _policy(self, verb: str, role: str) -> str | None:
        if self.narrowed is None:
            return None
        named = [
            group for group in self.groups.values() if verb in group.verbs and self.sharing.role(verb, group) == role
        ]
        if not named:
            raise NotShared(f"none of {', '.join(self.narrowed)} is shared with {self.sharing.team} for {verb}.")
        return session_policy(self.sharing, verb, named)


def serving(roles: Mapping[str | None, Sequence[str]], most: int = 3) -> str:
    """Which access role serves which groups, for messages: a few of many names."""

    def some(names: Sequence[str]) -> str:
        return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")

    return "; ".join(f"{str(role).rpartition('/')[2]} for {some(names)}" for role, names in roles.items())


def open_connection(
    team: str,
    *,
    prefix: str | None = None,
    groups: Sequence[str] | None = None,
    session: boto3.Session | None = None,
    source_identity: str | None = None,
    wire: Wire | None = None,
) -> Connection:
    """What `featureshare.client.connect` returns, without its verbs as methods; parameters as there."""
    base, wire = session or boto3.Session(), wire or Wire()
    region = base.region_name
    if region is None:
        raise NoSharing("no Region is set: set AWS_REGION, or pass a session that has one.")
    if base.get_credentials() is None:
        raise NoSharing("there are no AWS credentials here: run as an execution role, or name a profile of one.")
    ssm = client_of(base, "ssm", region, wire)
    prefix = prefix or os.environ.get(PREFIX_VARIABLE) or "fs"
    sharing = read_sharing(ssm, team, prefix)
    identity = Identity(client_of(base, "sts", sharing.region, wire))
    narrowed = None if groups is None else tuple(groups)
    for name in narrowed or ():
        if name not in sharing.groups:
            raise NotShared(f"no feature group {name} is shared with {team}; there are: {', '.join(sharing.groups)}.")
        if sharing.groups[name].own:
            where = f"replica {team}" if sharing.replica else f"{team}'s own store"
            raise NotShared(
                f"{name} lies in {where}, which your role holds itself; only sessions of access roles can "
                "be narrowed. Leave it out."
            )
    connection = Connection(sharing, base, wire, identity, prefix, source_identity, narrowed)
    for verb in sharing.access_roles if narrowed is not None else ():
        for role in connection._roles(verb):
            connection._policy(verb, str(role))  # too long is said now, and not in the middle of the work
    return connection
