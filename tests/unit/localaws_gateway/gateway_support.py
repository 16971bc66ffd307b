"""What the gateway's tests share: documents, roles and clients of a local AWS."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from featureshare.localaws.control import LocalAWS
from featureshare.localaws.server import Running

MANAGEMENT, OWNER, OTHER, OUTSIDE = "666666666666", "222222222222", "111111111111", "888888888888"
REGION = "eu-west-1"
PLATFORM = f"arn:aws:iam::{MANAGEMENT}:role/platform"
_SESSION = boto3.session.Session()  # one for all: each session reads the service models anew


def statement(effect: str, actions: str | list[str], resources: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": actions, "Resource": resources, **more}


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(*actions: str, on: str | list[str] = "*") -> str:
    return document(statement("Allow", list(actions), on))


def trust(principal: Any, *actions: str, **condition: Any) -> str:
    more = {"Condition": condition} if condition else {}
    return document({"Effect": "Allow", "Principal": principal, "Action": list(actions or ("sts:AssumeRole",)), **more})


LAMBDA = trust({"Service": "lambda.amazonaws.com"}, "sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")


@dataclass
class Aws:
    """What tests do with the local AWS."""

    running: Running
    control: LocalAWS
    _sessions: dict[str, dict[str, Any]] = field(default_factory=dict)

    def role(
        self,
        name: str,
        *policies: str,
        account: str = OWNER,
        path: str = "/",
        trust: str = LAMBDA,
        boundary: str | None = None,
        tags: Mapping[str, str] | None = None,
        longest: int = 3600,
    ) -> str:
        """Makes the role, or changes it; its ARN."""
        made = {
            "account": account,
            "name": name,
            "path": path,
            "trust": trust,
            "policies": {f"p{number}": text for number, text in enumerate(policies)},
            "boundary": boundary,
            "tags": dict(tags or {}),
            "max_session_duration": longest,
        }
        self.control.land({"roles": {name: made}})
        return f"arn:aws:iam::{account}:role{path}{name}"

    def keys(self, role_arn: str, **options: Any) -> dict[str, Any]:
        return self.control.session(role_arn, "lambda.amazonaws.com", **options)

    def client(self, service: str, keys: Mapping[str, Any], region: str = REGION, **config: Any) -> Any:
        return _SESSION.client(
            service,
            region_name=region,
            endpoint_url=self.running.endpoint,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
            config=Config(proxies={}, retries={"max_attempts": 0}, **config),
        )

    def as_role(self, service: str, role_arn: str) -> Any:
        return self.client(service, self.keys(role_arn))

    def last(self) -> dict[str, Any]:
        """The newest entry of the decision log."""
        return self.control.log()[-1]


def refusal(call: Callable[..., Any], **params: Any) -> tuple[str, str, int]:
    """(code, message, HTTP status) of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        call(**params)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["Error"]["Message"], answer["ResponseMetadata"]["HTTPStatusCode"]


def http(url: str, method: str = "GET", body: bytes | None = None, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(url, data=body, method=method, headers=headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
