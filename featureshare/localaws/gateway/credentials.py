"""Credentials of the local AWS: minted in memory, dead with the process, useless anywhere else."""

import secrets
import string
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

_KEY_ALPHABET = string.ascii_uppercase + "234567"


@dataclass(frozen=True)
class Credential:
    """A key pair and what it stands for.

    `arn` is the request principal. For role sessions `role_arn` has the role's path, `tags` are the session tags (the
    role's own tags are added when a request is decided), `transitive` the tag keys that pass along a chain, `policies`
    the session policy documents (None: the session was made without any), `chained` whether a session made it.
    """

    access_key: str
    secret: str
    account: str
    arn: str
    kind: str
    user_id: str
    issued: datetime
    token: str | None = None
    role_arn: str | None = None
    session_name: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive: tuple[str, ...] = ()
    source_identity: str | None = None
    policies: tuple[tuple[str, str], ...] | None = None
    chained: bool = False
    expires: datetime | None = None


class CredentialStore:
    """Session credentials by access key. Long-term user keys live in moto and are looked up by the estate."""

    def __init__(self) -> None:
        self._by_key: dict[str, Credential] = {}
        self._lock = threading.Lock()

    def get(self, access_key: str) -> Credential | None:
        return self._by_key.get(access_key)

    def mint(
        self,
        *,
        role_arn: str,
        role_id: str,
        session_name: str,
        now: datetime,
        duration: int,
        tags: Mapping[str, str],
        transitive: tuple[str, ...] = (),
        source_identity: str | None = None,
        policies: tuple[tuple[str, str], ...] | None = None,
        chained: bool = False,
    ) -> Credential:
        """A new session of `role_arn`, valid for `duration` seconds from `now`."""
        partition, account, path = role_arn.split(":")[1], role_arn.split(":")[4], role_arn.split(":", 5)[5]
        name = path.rsplit("/", 1)[1]
        credential = Credential(
            access_key="ASIA" + "".join(secrets.choice(_KEY_ALPHABET) for _ in range(16)),
            secret=secrets.token_urlsafe(30),
            token="FSLOCAL" + secrets.token_urlsafe(90),
            account=account,
            arn=f"arn:{partition}:sts::{account}:assumed-role/{name}/{session_name}",
            kind="session",
            user_id=f"{role_id}:{session_name}",
            issued=now,
            role_arn=role_arn,
            session_name=session_name,
            tags=dict(tags),
            transitive=transitive,
            source_identity=source_identity,
            policies=policies,
            chained=chained,
            expires=now + timedelta(seconds=duration),
        )
        with self._lock:
            self._by_key[credential.access_key] = credential
        return credential
