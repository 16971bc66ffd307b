"""Role sessions: how long they may last, what AssumeRole needs besides AssumeRole, and what the session carries.

Sources: STS API Reference, "AssumeRole"; IAM User Guide, "Pass session tags in AWS STS" (id_session-tags), "Monitor and
control actions taken with assumed roles" (source identity), "Session policies".
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from featureshare.errors import FeatureShareError

SHORTEST = 900
DEFAULT = 3600
LONGEST_CHAINED = 3600
LONGEST = 43200
MOST_TAGS = 50
MOST_SESSION_POLICIES = 10
_SOURCE_IDENTITY = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)


class StsRefusalError(FeatureShareError):
    """AssumeRole fails; `code` is AWS's error code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class SessionState:
    """What a role session carries along a chain.

    `tags` are its session tags, `transitive` the keys among them that pass on (spelled as in `tags`).
    """

    tags: Mapping[str, str] = field(default_factory=dict)
    transitive: frozenset[str] = frozenset()
    source_identity: str | None = None


def duration(requested: int | None, max_session_duration: int, *, chained: bool) -> int:
    """Seconds the session lasts. `chained` says that the caller is itself a role session.

    Raises StsRefusalError outside 900 seconds to the role's MaxSessionDuration, and above 3,600 when chained: a
    larger value fails, it is not shortened.
    """
    if not DEFAULT <= max_session_duration <= LONGEST:
        raise StsRefusalError("ValidationError", f"MaxSessionDuration is {DEFAULT} to {LONGEST} seconds.")
    if requested is None:
        return DEFAULT
    if requested < SHORTEST or requested > LONGEST:
        raise StsRefusalError(
            "ValidationError",
            f"1 validation error detected: Value '{requested}' at 'durationSeconds' failed to satisfy constraint: "
            f"Member must have value between {SHORTEST} and {LONGEST}",
        )
    if chained and requested > LONGEST_CHAINED:
        raise StsRefusalError(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        )
    if requested > max_session_duration:
        raise StsRefusalError(
            "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
    return requested


def assume(
    caller: SessionState,
    *,
    tags: Mapping[str, str] | None = None,
    transitive: Collection[str] = (),
    source_identity: str | None = None,
) -> SessionState:
    """The session that AssumeRole makes when its actions are allowed.

    `caller` is empty for a user. Raises StsRefusalError for tags that repeat a key without case, replace a transitive
    tag, or are too many; for a transitive key that is no tag; for a source identity that would change.
    """
    own = dict(tags or {})
    seen = {key.lower(): key for key in own}
    if len(seen) != len(own):
        raise repeated_tags()
    inherited = {key: value for key, value in caller.tags.items() if key in caller.transitive}
    if clash := sorted(key for key in inherited if key.lower() in seen):
        raise StsRefusalError(
            "InvalidParameterValue",
            "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key "
            f"from the calling session: {', '.join(clash)}.",
        )
    if unknown := sorted(key for key in transitive if key.lower() not in seen):
        raise StsRefusalError(
            "InvalidParameterValue",
            f"The specified transitive tag key must be included in the requested tags: {', '.join(unknown)}.",
        )
    carried = {**inherited, **own}
    if len(carried) > MOST_TAGS:
        raise StsRefusalError("ValidationError", f"A session has at most {MOST_TAGS} tags.")
    if source_identity is not None and not _SOURCE_IDENTITY.fullmatch(source_identity):
        raise StsRefusalError("ValidationError", "SourceIdentity is 2 to 64 characters of A-Za-z0-9_+=,.@-")
    if caller.source_identity is not None and source_identity not in (None, caller.source_identity):
        raise StsRefusalError("AccessDenied", "The source identity of a session, once set, cannot change.")
    passed_on = frozenset(inherited) | {seen[key.lower()] for key in transitive}
    return SessionState(carried, passed_on, caller.source_identity or source_identity)


def repeated_tags() -> StsRefusalError:
    """The refusal of tags of which one key stands twice."""
    return StsRefusalError(
        "InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    )


def principal_tags(role_tags: Mapping[str, str], session_tags: Mapping[str, str]) -> dict[str, str]:
    """aws:PrincipalTag of a session: the role's tags, overridden key by key (without case) by the session's."""
    replaced = {key.lower() for key in session_tags}
    return {key: value for key, value in role_tags.items() if key.lower() not in replaced} | dict(session_tags)


def check_session_policies(inline: str | None, managed: Collection[str]) -> None:
    """Raise StsRefusalError where session policies are too many or the inline one is too long (2,048 characters)."""
    if len(managed) > MOST_SESSION_POLICIES:
        raise StsRefusalError("ValidationError", f"At most {MOST_SESSION_POLICIES} managed session policies.")
    if inline is not None and len(inline) > 2048:
        raise StsRefusalError("ValidationError", "The inline session policy has at most 2,048 characters.")
