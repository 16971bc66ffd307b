"""Where a journey gets its sessions from: local ones are minted through the role's own trust, real ones are found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from featureshare.client.sessions import Clock, Wire
from featureshare.deaf import deaf_session
from featureshare.errors import FeatureShareError

# The service that hands a role's credentials to the code that runs as it, for each compute kind of the declaration.
COMPUTE_SERVICES = {
    "sagemaker": "sagemaker.amazonaws.com",
    "sagemaker-processing": "sagemaker.amazonaws.com",
    "sagemaker-training": "sagemaker.amazonaws.com",
    "sagemaker-transform": "sagemaker.amazonaws.com",
    "lambda": "lambda.amazonaws.com",
    "ecs": "ecs-tasks.amazonaws.com",
    "ec2": "ec2.amazonaws.com",
    "emr": "ec2.amazonaws.com",
    "emr-serverless": "emr-serverless.amazonaws.com",
}

_JOBS = ("sagemaker-processing", "sagemaker-training", "sagemaker-transform")

_CONNECTIONS = 16


class NoSession(FeatureShareError):
    """No session can be had for a role here: nothing offers one, or what is offered belongs to somebody else."""


class Sessions(Protocol):
    """A source of sessions of declared execution roles."""

    region: str

    localaws: Any
    """The local AWS that they are sessions of (`featureshare.localaws.control.LocalAWS`); None on real AWS."""

    def session(self, role_arn: str, compute: str) -> boto3.Session:
        """A session of `role_arn` as code on `compute` would have it. Raises NoSession."""

    def derive(self, credentials: Mapping[str, str] | None, region: str | None = None) -> boto3.Session:
        """A session of temporary credentials (the members STS returns); None makes one that does not sign. In the
        environment's Region unless another is named."""

    def wire(self, clock: Clock) -> Wire:
        """How the client of data teams makes its calls here, judging expiry by `clock`."""

    def source_identity(self, role_arn: str) -> str | None:
        """The source identity to set when `role_arn` assumes an access role; None to leave it alone."""


class ControlsLocalAWS(Protocol):
    """The part of `featureshare.localaws.control.LocalAWS` that sessions need."""

    @property
    def endpoint(self) -> str: ...

    def session(self, role_arn: str, *, service: str | None = None, **options: Any) -> Mapping[str, str]: ...


class _LocalSession(boto3.Session):  # type: ignore[misc]  # boto3 is untyped
    """A session whose every client goes to one endpoint, with the retries and without the proxies of the shell."""

    def __init__(self, endpoint: str, region: str, credentials: Mapping[str, str] | None) -> None:
        keys = credentials or {}
        super().__init__(
            aws_access_key_id=keys.get("AccessKeyId"),
            aws_secret_access_key=keys.get("SecretAccessKey"),
            aws_session_token=keys.get("SessionToken"),
            region_name=region,
            botocore_session=deaf_session(),
        )
        self._endpoint = endpoint
        self._signed = credentials is not None

    def client(self, service_name: str, *args: Any, **options: Any) -> Any:
        config = client_config(signed=self._signed).merge(Config(proxies={}, s3={"addressing_style": "path"}))
        if "config" in options:
            config = config.merge(options.pop("config"))
        options.setdefault("endpoint_url", self._endpoint)
        return super().client(service_name, *args, config=config, **options)


class _RemoteSession(boto3.Session):  # type: ignore[misc]  # boto3 is untyped
    """A session of temporary credentials on real AWS; the endpoint and the proxies are the shell's business there."""

    def __init__(self, region: str, credentials: Mapping[str, str] | None) -> None:
        keys = credentials or {}
        super().__init__(
            aws_access_key_id=keys.get("AccessKeyId"),
            aws_secret_access_key=keys.get("SecretAccessKey"),
            aws_session_token=keys.get("SessionToken"),
            region_name=region,
        )
        self._signed = credentials is not None

    def client(self, service_name: str, *args: Any, **options: Any) -> Any:
        config = client_config(signed=self._signed)
        if "config" in options:
            config = config.merge(options.pop("config"))
        return super().client(service_name, *args, config=config, **options)


def client_config(*, signed: bool = True) -> Config:
    """How our clients call: standard retries, timeouts that end, enough connections for the writer threads."""
    options: dict[str, Any] = {
        "retries": {"mode": "standard", "total_max_attempts": 4},
        "connect_timeout": 10,
        "read_timeout": 60,
        "max_pool_connections": _CONNECTIONS,
    }
    if not signed:
        options["signature_version"] = botocore.UNSIGNED
    return Config(**options)


class LocalSessions:
    """Sessions of local AWS, minted as the service would: only if the role's trust policy admits that service."""

    localaws: Any

    def __init__(self, localaws: ControlsLocalAWS, region: str) -> None:
        self.localaws = localaws
        self.region = region

    def session(self, role_arn: str, compute: str) -> boto3.Session:
        service = COMPUTE_SERVICES.get(compute)
        if service is None:
            raise NoSession(f"nothing runs as {role_arn}: its compute is {compute!r}, no service hands out its keys")
        return self.derive(self.localaws.session(role_arn, service=service, source_arn=self._source(role_arn, compute)))

    def _source(self, role_arn: str, compute: str) -> str | None:
        """What the service names as running (aws:SourceArn); None leaves it to local AWS."""
        if compute not in _JOBS:
            return None
        partition, account, kind = role_arn.split(":")[1], account_of(role_arn), compute.partition("-")[2]
        return f"arn:{partition}:sagemaker:{self.region}:{account}:{kind}-job/local"

    def derive(self, credentials: Mapping[str, str] | None, region: str | None = None) -> boto3.Session:
        return _LocalSession(self.localaws.endpoint, region or self.region, credentials)

    def wire(self, clock: Clock) -> Wire:
        config = client_config().merge(Config(proxies={}, s3={"addressing_style": "path"}))
        return Wire(endpoint_url=self.localaws.endpoint, config=config, clock=clock)

    def source_identity(self, role_arn: str) -> str | None:
        # A freshly minted session has no source identity yet, so one may be set: who ran it shows in the trail.
        return role_name(role_arn)


class AmbientSessions:
    """Sessions of real AWS: the named profile of a role, or the role the shell already acts as.

    `profiles` maps role ARNs to profile names. Whoever a session belongs to is asked (GetCallerIdentity), never taken
    on trust, so a journey cannot run as an administrator by accident.
    """

    localaws: Any = None

    def __init__(self, profiles: Mapping[str, str], region: str) -> None:
        self.profiles = dict(profiles)
        self.region = region

    def session(self, role_arn: str, compute: str) -> boto3.Session:
        profile = self.profiles.get(role_arn)
        where = f"profile {profile}" if profile else "the ambient credentials"
        try:
            session = boto3.Session(profile_name=profile, region_name=self.region)
            identity = session.client("sts", config=client_config()).get_caller_identity()["Arn"]
        except (BotoCoreError, ClientError) as error:
            raise NoSession(f"no session of {role_arn} from {where}: {error}") from error
        if not is_session_of(identity, role_arn):
            raise NoSession(f"{where} belong to {identity}, not to {role_arn}; name a profile for that role")
        return session

    def derive(self, credentials: Mapping[str, str] | None, region: str | None = None) -> boto3.Session:
        return _RemoteSession(region or self.region, credentials)

    def wire(self, clock: Clock) -> Wire:
        return Wire(config=client_config(), clock=clock)

    def source_identity(self, role_arn: str) -> str | None:
        # A session may carry one already, and AWS refuses to change it.
        return None


@dataclass(frozen=True)
class Assumed:
    """An access role taken on: its session, the session's ARN, and when it ends (UTC)."""

    session: boto3.Session
    arn: str
    expires: datetime
    credentials: Mapping[str, str]


def assume(
    sessions: Sessions, base: boto3.Session, role_arn: str, name: str, source_identity: str | None = None
) -> Assumed:
    """AssumeRole from `base`, as step 2 of the article. Raises botocore's ClientError when it is refused.

    `name` becomes the session name that the central account's trail shows; an hour is the limit of a chained session.
    """
    options: dict[str, Any] = {"RoleArn": role_arn, "RoleSessionName": session_name(name)}
    if source_identity:
        options["SourceIdentity"] = source_identity
    answer = base.client("sts").assume_role(**options)
    credentials = answer["Credentials"]
    return Assumed(
        session=sessions.derive(credentials),
        arn=answer["AssumedRoleUser"]["Arn"],
        expires=credentials["Expiration"],
        credentials=credentials,
    )


def session_name(name: str) -> str:
    """`name` as STS takes it: at most 64 characters of `[\\w+=,.@-]`."""
    return "".join(letter if letter.isalnum() or letter in "+=,.@-_" else "-" for letter in name)[:64]


def account_of(arn: str) -> str:
    """The account in an ARN; empty for ARNs that hold none, such as those of buckets."""
    return arn.split(":")[4]


def role_name(role_arn: str) -> str:
    """The name of a role, without its path."""
    return role_arn.rsplit("/", 1)[-1]


def is_session_of(session_arn: str, role_arn: str) -> bool:
    """Whether `session_arn` (as GetCallerIdentity gives it) is a session of `role_arn`; a session ARN has no path."""
    kind, _, rest = session_arn.split(":", 5)[5].partition("/")
    return kind == "assumed-role" and (account_of(session_arn), rest.split("/")[0]) == (
        account_of(role_arn),
        role_name(role_arn),
    )
