"""Sessions of access roles whose credentials refresh by themselves.

An execution role is a session already, so a session made from it lasts an hour at most, whatever the role allows (role
chaining; IAM User Guide, "Roles terms and concepts"). botocore's own refreshable credentials take a new one in time;
every client made from such a session goes on as if nothing happened.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import ClientError

from featureshare.client.errors import NoSharing, denials, is_denied

Clock = Callable[[], datetime]

CONNECTIONS = 64
PRIMARY = "primary"
"""The Athena workgroup that every account has, and that a query runs in which names none."""

# Throttling is a matter of patience: botocore's standard mode backs off by itself before an error reaches us.
CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 6},
    connect_timeout=10,
    read_timeout=60,
    max_pool_connections=CONNECTIONS,
)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Wire:
    """How calls are made, for whoever calls something else than AWS itself or wants to see time pass.

    `endpoint_url` takes every service to one place, `config` is botocore's, `clock` judges expiry, `duration` is the
    length of a session in seconds (900 to 3,600 when chained).
    """

    endpoint_url: str | None = None
    config: Config = CONFIG
    clock: Clock = utc_now
    duration: int = 3600


class RefreshingSession(boto3.Session):  # type: ignore[misc]  # boto3 is untyped
    """A boto3 session whose clients are made as `wire` says, unless the caller says otherwise.

    Athena queries that name no workgroup, or `primary`, run in `workgroup`.
    """

    def __init__(self, botocore_session: Any, region: str, wire: Wire, workgroup: str | None = None) -> None:
        super().__init__(botocore_session=botocore_session, region_name=region)
        self._wire = wire
        if workgroup is not None:
            _run_in(botocore_session, workgroup)

    def client(self, service_name: str, *args: Any, **options: Any) -> Any:
        # Some clients pass None for what they have no opinion on.
        options["endpoint_url"] = options.get("endpoint_url") or self._wire.endpoint_url
        own = options.pop("config", None)
        return super().client(
            service_name, *args, config=self._wire.config.merge(own) if own else self._wire.config, **options
        )


def _run_in(session: Any, workgroup: str) -> None:
    """Have a botocore session's clients query in `workgroup` where they would in `primary`.

    Athena takes `primary` when none is named (StartQueryExecution, parameter WorkGroup), and some clients name it:
    awswrangler's default is that word, and it asks GetWorkGroup where results go before it queries.
    """

    def fill(params: dict[str, Any], **_: Any) -> dict[str, Any]:
        return params | {"WorkGroup": workgroup} if params.get("WorkGroup") in (None, PRIMARY) else params

    for operation in ("GetWorkGroup", "StartQueryExecution"):
        session.register(f"provide-client-params.athena.{operation}", fill)


class _Fetcher(AssumeRoleCredentialFetcher):  # type: ignore[misc]  # botocore is untyped
    """AssumeRole with a source identity, or without one where the session carries one that may not be changed.

    STS does not tell whether a session has one: setting another is denied, and then the call without it settles it.
    """

    def _get_credentials(self) -> Any:
        with denials(self._environment, "sts:AssumeRole", self._role_arn, self._caller, self._hint):
            try:
                return super()._get_credentials()
            except ClientError as error:
                if "SourceIdentity" not in self._assume_kwargs or not is_denied(error):
                    raise
                identity = self._assume_kwargs.pop("SourceIdentity")
                try:
                    return super()._get_credentials()
                except ClientError:
                    self._assume_kwargs["SourceIdentity"] = identity
                    raise error from None

    def told(self, environment: str, caller: str, hint: Callable[[], str]) -> "_Fetcher":
        """With what a refusal should say."""
        self._environment, self._caller, self._hint = environment, caller, hint
        return self


class Identity:
    """Who the base session is, asked once (GetCallerIdentity needs no right)."""

    def __init__(self, sts: Any) -> None:
        self._sts = sts
        self._arn: str | None = None

    @property
    def arn(self) -> str:
        if self._arn is None:
            self._arn = str(self._sts.get_caller_identity()["Arn"])
        return self._arn

    @property
    def label(self) -> str:
        """The role and session, or the user, as a name that STS takes."""
        kind, _, rest = self.arn.split(":", 5)[5].partition("/")
        words = rest.split("/")
        if kind == "assumed-role" and len(words) > 1:
            return f"{words[0]}.{words[1]}"
        return words[-1] or kind


def sts_name(text: str) -> str:
    """`text` as STS takes a session name or source identity: 2 to 64 characters of `[\\w+=,.@-]`."""
    plain = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "+=,.@-_") else "-" for letter in text
    )
    return plain[:64] if len(plain) > 1 else f"{plain}--"[:2]


def refreshing_session(
    base: boto3.Session,
    role_arn: str,
    *,
    session_name: str,
    source_identity: str | None,
    region: str,
    environment: str,
    caller: str,
    hint: Callable[[], str],
    policy: str | None = None,
    workgroup: str | None = None,
    wire: Wire,
) -> RefreshingSession:
    """A session of `role_arn` that takes new credentials before the old ones expire; the first when it is first used.

    `environment`, `caller` and `hint` are for the message of a refusal, `policy` is a session policy,
    `workgroup` is where Athena queries run that name none. Raises NoSharing when `base` has no credentials, and Denied
    on use when STS refuses.
    """
    credentials = base.get_credentials()
    if credentials is None:
        raise NoSharing("there are no AWS credentials here: run as an execution role, or name a profile of one.")
    extra: dict[str, Any] = {"RoleSessionName": sts_name(session_name), "DurationSeconds": wire.duration}
    if source_identity:
        extra["SourceIdentity"] = sts_name(source_identity)
    if policy:
        extra["Policy"] = policy

    def client(service: str, **options: Any) -> Any:
        return client_of(base, service, region, wire, **options)

    fetcher = _Fetcher(client, credentials, role_arn, extra_args=extra, expiry_window_seconds=_NO_CACHE)
    held = DeferredRefreshableCredentials(
        refresh_using=fetcher.told(environment, caller, hint).fetch_credentials,
        method="assume-role",
        time_fetcher=wire.clock,
    )
    # Sessions shorter than botocore's quarter of an hour would be renewed at each call.
    held._advisory_refresh_timeout = min(held._advisory_refresh_timeout, wire.duration // 4)
    held._mandatory_refresh_timeout = min(held._mandatory_refresh_timeout, wire.duration // 6)
    # It hears of the shell what the base session hears.
    session = botocore.session.Session(session_vars=dict(base._session.session_var_map), profile=base._session.profile)
    # Service models are read and parsed once for all sessions: that is most of what a first client costs.
    session.register_component("data_loader", base._session.get_component("data_loader"))
    session._credentials = held
    return RefreshingSession(session, region, wire, workgroup)


def client_of(base: boto3.Session, service: str, region: str, wire: Wire, **options: Any) -> Any:
    """A client of the base session, made as `wire` says."""
    if wire.endpoint_url:
        options.setdefault("endpoint_url", wire.endpoint_url)
    return base.client(service, region_name=region, config=wire.config, **options)


_NO_CACHE = 10**9  # the fetcher's cache judges by the wall clock; DeferredRefreshableCredentials holds the credentials
