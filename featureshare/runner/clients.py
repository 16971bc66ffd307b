"""boto3 clients that act as Terraform does: as the platform principal, or as a deploy role that it takes."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import boto3
from botocore.config import Config

from featureshare.deaf import deaf_session
from featureshare.runner.environment import Access
from featureshare.runner.stacks import Normal


class Clients:
    """Clients of one identity; on local AWS nothing of the shell is read."""

    def __init__(self, variables: Mapping[str, str], region: str, local: bool) -> None:
        self._session = boto3.Session(
            aws_access_key_id=variables.get("AWS_ACCESS_KEY_ID"),
            aws_secret_access_key=variables.get("AWS_SECRET_ACCESS_KEY"),
            aws_session_token=variables.get("AWS_SESSION_TOKEN"),
            region_name=region,
            botocore_session=deaf_session() if local else None,
        )
        self._endpoint = variables.get("AWS_ENDPOINT_URL")
        self._config = Config(proxies={}, s3={"addressing_style": "path"}) if local else None

    def client(self, service: str) -> Any:
        client = self._session.client(service, endpoint_url=self._endpoint, config=self._config)
        return client if self._config is None else to_one_host(client)


def to_one_host(client: Any) -> Any:
    """The client, sending to its endpoint's own host: S3 Control puts the account before it, which loopback lacks."""
    host = urlsplit(client.meta.endpoint_url).netloc

    def before_sign(request: Any, **_: Any) -> None:
        request.url = urlunsplit(urlsplit(request.url)._replace(netloc=host))

    client.meta.events.register(f"before-sign.{client.meta.service_model.service_id.hyphenize()}", before_sign)
    return client


def as_role(access: Access, role: str, region: str, session: str) -> Clients:
    """Clients of a role that the platform principal takes. Raises botocore's ClientError when it is refused."""
    base = Clients(access.variables(), region, access.local)
    credentials = base.client("sts").assume_role(RoleArn=role, RoleSessionName=session)["Credentials"]
    variables = {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
    }
    return Clients(access.variables() | variables, region, access.local)


def deploy_role_of(normal: Normal, account: str) -> str:
    """The ARN of an account's deploy role, before any document names it."""
    environment = normal["environment"]
    prefix = environment["prefix"]
    return f"arn:{environment['partition']}:iam::{account}:role/{prefix}/deploy/{prefix}-deploy"
