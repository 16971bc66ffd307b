"""The client of a running local AWS: sessions as compute gets them, the decision log, the clock, the landing zone."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from featureshare.deaf import deaf_session
from featureshare.errors import FeatureShareError

STATE_FILE = "localaws.json"


class LocalAWSError(FeatureShareError):
    """The local AWS is not there, or refused. `code` is AWS's error code where there is one."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class LocalAWS:
    """A running local AWS. `endpoint` is what AWS_ENDPOINT_URL is set to."""

    endpoint: str
    token: str
    environment: str = ""
    pid: int = 0

    @classmethod
    def connect(cls, state_dir: Path | str) -> "LocalAWS":
        """The local AWS whose state folder this is. Raises LocalAWSError when none runs there."""
        try:
            content = json.loads((Path(state_dir) / STATE_FILE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise LocalAWSError(f"no local AWS runs for {state_dir}; start it: featureshare localaws up ENV") from None
        return cls(content["endpoint"], content["token"], content.get("environment", ""), int(content.get("pid", 0)))

    def health(self) -> dict[str, Any]:
        return self._ask("GET", "health")

    def session(
        self,
        role_arn: str,
        service: str | None = None,
        *,
        session_name: str | None = None,
        duration: int = 3600,
        tags: Mapping[str, str] | None = None,
        source_identity: str | None = None,
        source_arn: str | None = None,
    ) -> dict[str, Any]:
        """A session of `role_arn` as AWS would hand it to `service` (`lambda.amazonaws.com`).

        The role's trust policy is asked; without a service only the platform role can be had. Returns AccessKeyId,
        SecretAccessKey, SessionToken, Expiration (ISO 8601) and Arn. Raises LocalAWSError with AWS's words.
        """
        body = {
            "role_arn": role_arn,
            "service": service,
            "session_name": session_name,
            "duration": duration,
            "tags": dict(tags or {}),
            "source_identity": source_identity,
            "source_arn": source_arn,
        }
        return self._ask("POST", "sessions", body)

    def assume(
        self, credentials: Mapping[str, Any], role_arn: str, *, session_name: str = "local", region: str = "us-east-1"
    ) -> dict[str, Any]:
        """sts:AssumeRole with the credentials of a session, as any client would. Raises LocalAWSError when denied.

        Returns what `session` returns.
        """
        client = boto3.session.Session(botocore_session=deaf_session()).client(
            "sts",
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
            config=Config(proxies={}),
        )
        try:
            answer = client.assume_role(RoleArn=role_arn, RoleSessionName=session_name)
        except ClientError as error:
            detail = error.response["Error"]
            raise LocalAWSError(detail["Message"], detail["Code"]) from None
        keys = answer["Credentials"]
        return {**keys, "Expiration": keys["Expiration"].isoformat(), "Arn": answer["AssumedRoleUser"]["Arn"]}

    def log(self, since: int = 0) -> list[dict[str, Any]]:
        """Entries of the decision log after sequence number `since`, oldest first; below zero, so many newest ones."""
        entries: list[dict[str, Any]] = self._ask("GET", f"log?since={since}")["entries"]
        return entries

    def inventory(self) -> dict[str, dict[str, list[str]]]:
        """What exists per account and kind, without the landing zone's own things."""
        return self._ask("GET", "inventory")

    def land(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Plays a landing-zone document (`featureshare.localaws.gateway.landing.LandingZone`)."""
        return self._ask("POST", "landing-zone", document)

    def advance(self, seconds: float) -> dict[str, Any]:
        """Moves the clock of expiry, TTL and time conditions forward."""
        return self._ask("POST", "clock", {"advance": seconds})

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Changes switches and returns them all.

        `secure_transport`: what requests show as aws:SecureTransport (default true, though they come over loopback
        HTTP). `alias_delay`: seconds until policies see that a key's alias was made, moved or deleted (default 0; on
        AWS up to five minutes). `ram_data_plane`: whether a RAM share of a feature group reaches its records (default
        false). `services`: delays of the services, by name
        (`featureshare.localaws.services.runtime.Settings`); where it is given, if empty, they are among the answer.
        """
        return self._ask("POST", "settings", changes)

    def flush(self) -> None:
        """Writes buffered offline records now."""
        self._ask("POST", "flush", {})

    def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.endpoint}/_featureshare/{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        # A proxy of the shell has no business with loopback.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=120) as answer:
                content: dict[str, Any] = json.loads(answer.read())
                return content
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            try:
                detail = json.loads(text)
            except ValueError:
                detail = {"message": text}
            raise LocalAWSError(str(detail.get("message", text)), str(detail.get("code", ""))) from None
        except (urllib.error.URLError, OSError) as error:
            raise LocalAWSError(f"no answer from the local AWS at {self.endpoint}: {error}") from None
