"""STS: the sessions of the local AWS are made here, after the trust policy has been asked, by the rules of `iam.sts`.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from featureshare.iam import Policy
from featureshare.iam import sts as rules
from featureshare.localaws.gateway.authorize import Actor
from featureshare.localaws.gateway.clock import Clock
from featureshare.localaws.gateway.credentials import Credential, CredentialStore
from featureshare.localaws.gateway.documents import Documents
from featureshare.localaws.gateway.estate import MotoEstate, pairs
from featureshare.localaws.invocation import ServiceError

_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)


def invalid(message: str) -> ServiceError:
    return ServiceError("ValidationError", message, 400)


class Sts:
    """Answers the operations of STS that exist locally; the others are refused by name."""

    def __init__(self, store: CredentialStore, estate: MotoEstate, documents: Documents, clock: Clock) -> None:
        self._store = store
        self._estate = estate
        self._documents = documents
        self._clock = clock

    def caller_identity(self, actor: Actor) -> dict[str, Any]:
        caller = actor.caller
        return {"UserId": caller.user_id, "Account": caller.account, "Arn": caller.arn}

    def chain_params(self, actor: Actor, params: Mapping[str, Any]) -> dict[str, Any]:
        """AssumeRole's parameters plus what the caller's session passes along, as the call catalogue wants them.

        Raises ServiceError for a session that STS makes for nobody, such as one with another source identity.
        """
        after = _session(actor, params)
        carried = {key: after.tags[key] for key in actor.transitive}
        return {**params, "_transitive_tags": carried, "_source_identity": after.source_identity}

    def check_parameters(self, actor: Actor, params: Mapping[str, Any]) -> None:
        """What AWS refuses whatever the policies say. Raises ServiceError ValidationError."""
        name = str(params.get("RoleSessionName", ""))
        if not _SESSION_NAME.fullmatch(name):
            raise invalid(
                f"1 validation error detected: Value '{name}' at 'roleSessionName' failed to satisfy constraint: "
                "Member must satisfy regular expression pattern: [\\w+=,.@-]*, of 2 to 64 characters"
            )
        with _refusals():
            rules.duration(_seconds(params), rules.LONGEST, chained=actor.chained)
            rules.check_session_policies(params.get("Policy"), [one["arn"] for one in params.get("PolicyArns") or ()])

    def assume_role(self, actor: Actor, params: Mapping[str, Any]) -> dict[str, Any]:
        """The new session's credentials. Call it after the checks have been allowed."""
        role_arn = str(params.get("RoleArn", ""))
        after = _session(actor, params)
        credential = self.mint(
            role_arn,
            session_name=str(params["RoleSessionName"]),
            duration=_seconds(params),
            tags=after.tags,
            transitive=tuple(sorted(after.transitive)),
            source_identity=after.source_identity,
            policies=self._session_policies(role_arn, params.get("Policy"), params.get("PolicyArns") or ()),
            chained=actor.chained,
        )
        return {
            "Credentials": keys_of(credential),
            "AssumedRoleUser": {"AssumedRoleId": credential.user_id, "Arn": credential.arn},
            **({"SourceIdentity": credential.source_identity} if credential.source_identity else {}),
        }

    def mint(
        self,
        role_arn: str,
        *,
        session_name: str,
        duration: int | None = None,
        tags: Mapping[str, str] | None = None,
        transitive: tuple[str, ...] = (),
        source_identity: str | None = None,
        policies: tuple[tuple[str, str], ...] | None = None,
        chained: bool = False,
    ) -> Credential:
        """A session of an existing role; nothing is asked here but that the role exists and lasts that long."""
        facts = self._estate.role(role_arn)
        if facts is None:
            raise ServiceError("NoSuchEntity", f"There is no role {role_arn}.", 404)
        seconds = rules.DEFAULT if duration is None else duration
        with _refusals():  # the landing zone's door also hands out sessions that are over at once, to see them expire
            rules.duration(max(seconds, rules.SHORTEST), facts.max_session_duration, chained=chained)
        return self._store.mint(
            role_arn=role_arn,
            role_id=self._documents.identity(role_arn).unique_id,
            session_name=session_name,
            now=self._clock.now(),
            duration=seconds,
            tags=tags or {},
            transitive=transitive,
            source_identity=source_identity,
            policies=policies,
            chained=chained,
        )

    def _session_policies(
        self, role_arn: str, inline: str | None, arns: Sequence[Mapping[str, str]]
    ) -> tuple[tuple[str, str], ...] | None:
        """Name and text of each session policy; None when the call brought none."""
        found: list[tuple[str, str]] = []
        if inline:
            try:
                Policy.parse(json.loads(inline), name="session policy")
            except Exception as error:
                raise ServiceError("MalformedPolicyDocument", f"The session policy is not valid: {error}") from error
            found.append(("session policy", inline))
        parts = role_arn.split(":", 5)
        for item in arns:
            arn = item.get("arn", "")
            text = self._documents.managed(arn, parts[4], parts[1])
            if text is None:
                raise ServiceError("NoSuchEntity", f"Policy {arn} does not exist or is not attachable.", 404)
            found.append((arn, text))
        return tuple(found) or None


def _seconds(params: Mapping[str, Any]) -> int | None:
    given = params.get("DurationSeconds")
    return None if given is None else int(given)


def _session(actor: Actor, params: Mapping[str, Any]) -> rules.SessionState:
    """What the session that AssumeRole makes would carry."""
    given = [str(tag.get("Key")) for tag in params.get("Tags") or ()]
    asked = pairs(params.get("Tags"))
    mine = rules.SessionState(dict(actor.transitive), frozenset(actor.transitive), actor.caller.source_identity)
    with _refusals():
        if len(given) != len(asked):
            raise rules.repeated_tags()
        return rules.assume(
            mine,
            tags=asked,
            transitive=params.get("TransitiveTagKeys") or (),
            source_identity=params.get("SourceIdentity"),
        )


@contextmanager
def _refusals() -> Iterator[None]:
    """Turns the refusals of the rules into errors of the service."""
    try:
        yield
    except rules.StsRefusalError as error:
        raise ServiceError(error.code, str(error), 403 if error.code == "AccessDenied" else 400) from None


def keys_of(credential: Credential) -> dict[str, Any]:
    """Credentials as STS returns them."""
    return {
        "AccessKeyId": credential.access_key,
        "SecretAccessKey": credential.secret,
        "SessionToken": credential.token,
        "Expiration": credential.expires,
    }
