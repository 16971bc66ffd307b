"""Principals that nobody declared, which only local AWS can play: on real AWS the probes that need them are skipped."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

import boto3

from featureshare.journeys.sessions import LocalSessions
from featureshare.localaws.zone import OUTSIDER, UNDECLARED_MEMBER

_LIFETIME = 1  # seconds of a session that is meant to expire


class Strangers(Protocol):
    """Where sessions of undeclared principals come from."""

    undeclared_account: str
    outside_account: str

    def administrator(self, account: str) -> boto3.Session:
        """A session of an undeclared role of `account` that its account lets do anything."""

    def nobody(self, account: str) -> boto3.Session:
        """A session of an undeclared role of `account` that has no right at all."""

    def expired(self, role_arn: str, service: str) -> boto3.Session:
        """A session of a declared role whose time is over."""

    def plain_http(self) -> AbstractContextManager[None]:
        """While it lasts, requests count as made without TLS."""

    def serving(self, role_arn: str, service: str) -> boto3.Session:
        """A session of a service role as the service itself would have it."""


class LocalStrangers:
    """Strangers of local AWS. Their roles are made as an account's own administrator would: outside every declaration.

    `undeclared_account` is a member of the organization that no declaration names, `outside_account` is no member.
    """

    def __init__(
        self,
        localaws: Any,
        sessions: LocalSessions,
        undeclared_account: str = UNDECLARED_MEMBER,
        outside_account: str = OUTSIDER,
    ) -> None:
        self._localaws = localaws
        self._sessions = sessions
        self._made: dict[str, boto3.Session] = {}
        self.undeclared_account = undeclared_account
        self.outside_account = outside_account

    def administrator(self, account: str) -> boto3.Session:
        if account not in self._made:
            self._made[account] = self._sessions.derive(administrator_keys(self._localaws, account))
        return self._made[account]

    def nobody(self, account: str) -> boto3.Session:
        return self._sessions.derive(_keys(self._localaws, account, "nobody", {}))

    def expired(self, role_arn: str, service: str) -> boto3.Session:
        credentials = self._localaws.session(role_arn, service=service, duration=_LIFETIME)
        time.sleep(_LIFETIME + 0.2)
        return self._sessions.derive(credentials)

    @contextmanager
    def plain_http(self) -> Iterator[None]:
        self._localaws.settings(secure_transport=False)
        try:
            yield
        finally:
            self._localaws.settings(secure_transport=True)

    def serving(self, role_arn: str, service: str) -> boto3.Session:
        return self._sessions.derive(self._localaws.session(role_arn, service=service))


def administrator_keys(localaws: Any, account: str) -> dict[str, Any]:
    """Credentials, as STS returns them, of a role that may do anything in `account`. It is made if it is not there."""
    anything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    return _keys(
        localaws, account, "stranger", {"anything": json.dumps({"Version": "2012-10-17", "Statement": [anything]})}
    )


def _keys(localaws: Any, account: str, name: str, policies: Mapping[str, str]) -> dict[str, Any]:
    """Credentials of a role of that name, which is made if it is not there."""
    arn = f"arn:aws:iam::{account}:role/{name}"
    localaws.land({"roles": {f"{account}/{name}": _role(account, arn, policies)}})
    credentials: dict[str, Any] = localaws.session(arn, service="ec2.amazonaws.com")
    return credentials


def _role(account: str, arn: str, policies: Mapping[str, str]) -> dict[str, Any]:
    """A role as an account's administrator might make it: EC2 may have it."""
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return {
        "account": account,
        "name": arn.rpartition("/")[2],
        "path": "/",
        "arn": arn,
        "kind": "stranger",
        "team": None,
        "principal": None,
        "stack": "landing-zone",
        "trust": json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        "policies": dict(policies),
        "boundary": None,
        "max_session_duration": 3600,
    }
