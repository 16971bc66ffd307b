"""Records through boto3 against local AWS, with enforcement on and off, and plain moto beside it.

Run it: python tests/bench/bench_localaws.py. The servers take turns, a block of calls each, so that what else the
machine does hits all of them. `bare` rows send one signed request again and again without boto3, whose own time hides
the server's. Nothing here fails for being slow.
"""

import contextlib
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from featureshare.localaws.control import LocalAWS, LocalAWSError

REGION, MANAGEMENT, CENTRAL = "eu-west-1", "666666666666", "222222222222"
GROUP = f"arn:aws:sagemaker:{REGION}:{CENTRAL}:feature-group/sessions"
ROUNDS, BLOCK = 60, 20
Timed = dict[str, dict[str, list[float]]]  # measurement -> server -> seconds of each block


def statement(sid: str, actions: list[str], resource: str, **more: Any) -> dict[str, Any]:
    """One Allow statement."""
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource, **more}


def policies() -> dict[str, str]:
    """What a role that reads and writes records holds: nine statements, as the modules write them."""
    ours = {"StringEquals": {"aws:ResourceOrgID": "o-featureshar"}}
    bucket = f"arn:aws:s3:::fs-offline-{CENTRAL}-{REGION}"
    glue = f"arn:aws:glue:{REGION}:{CENTRAL}"
    online = {"StringEquals": {"kms:ViaService": f"sagemaker.{REGION}.amazonaws.com"}}
    statements = [
        statement("WriteRecords", ["sagemaker:PutRecord"], GROUP, Condition=ours),
        statement("ReadRecords", ["sagemaker:GetRecord", "sagemaker:BatchGetRecord"], GROUP, Condition=ours),
        statement("UseOnlineKey", ["kms:Decrypt", "kms:GenerateDataKey"], "*", Condition=online),
        statement("ReadObjects", ["s3:GetObject"], f"{bucket}/sessions/*"),
        statement("ListObjects", ["s3:ListBucket"], bucket, Condition={"StringLike": {"s3:prefix": "sessions/*"}}),
        statement("ReadCatalog", ["glue:GetTable", "glue:GetPartitions"], f"{glue}:table/fs_features/*"),
        statement("ReadDatabase", ["glue:GetDatabase"], f"{glue}:database/fs_features"),
        statement("Query", ["athena:StartQueryExecution"], f"arn:aws:athena:{REGION}:{CENTRAL}:workgroup/fs"),
        statement("SetUp", ["sagemaker:CreateFeatureGroup", "sagemaker:DescribeFeatureGroup"], GROUP),
    ]
    return {"access": json.dumps({"Version": "2012-10-17", "Statement": statements})}


def land(control: LocalAWS) -> None:
    """An organization, and a role that puts and gets records."""

    def trust(principal: Mapping[str, str]) -> str:
        allowed = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        return json.dumps({"Version": "2012-10-17", "Statement": [allowed]})

    control.land(
        {
            "management_account": MANAGEMENT,
            "organization_id": "o-featureshar",
            "region": REGION,
            "accounts": {CENTRAL: "central"},
            "platform_role": f"arn:aws:iam::{MANAGEMENT}:role/platform",
            "roles": {
                "platform": {
                    "account": MANAGEMENT,
                    "name": "platform",
                    "trust": trust({"AWS": MANAGEMENT}),
                    "policies": {},
                },
                "serving": {
                    "account": CENTRAL,
                    "name": "serving",
                    "trust": trust({"Service": "lambda.amazonaws.com"}),
                    "policies": policies(),
                },
            },
        }
    )


def client(service: str, endpoint: str, keys: Mapping[str, str]) -> Any:
    """A boto3 client that neither retries nor asks the shell for anything."""
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=endpoint,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys.get("SessionToken"),
        config=Config(proxies={}, retries={"max_attempts": 0}),
    )


RECORD = [
    {"FeatureName": "session_id", "ValueAsString": "s-1"},
    {"FeatureName": "event_time", "ValueAsString": "2026-11-01T12:00:00Z"},
    {"FeatureName": "clicks", "ValueAsString": "7"},
]


def calls(endpoint: str, keys: Mapping[str, str]) -> dict[str, Callable[[], Any]]:
    """What is measured against one local AWS."""
    control, runtime = client("sagemaker", endpoint, keys), client("sagemaker-featurestore-runtime", endpoint, keys)
    control.create_feature_group(
        FeatureGroupName="sessions",
        RecordIdentifierFeatureName="session_id",
        EventTimeFeatureName="event_time",
        FeatureDefinitions=[
            {"FeatureName": "session_id", "FeatureType": "String"},
            {"FeatureName": "event_time", "FeatureType": "String"},
            {"FeatureName": "clicks", "FeatureType": "Integral"},
        ],
        OnlineStoreConfig={"EnableOnlineStore": True},
    )
    while control.describe_feature_group(FeatureGroupName="sessions")["FeatureGroupStatus"] == "Creating":
        time.sleep(0.05)
    identifier = {"FeatureGroupName": "sessions", "RecordIdentifierValueAsString": "s-1"}

    def put() -> Any:
        return runtime.put_record(FeatureGroupName="sessions", Record=RECORD)

    put()
    return {
        "put_record": put,
        "get_record": lambda: runtime.get_record(**identifier),
        "put_record, bare": bare(endpoint, keys, "PUT", "/FeatureGroup/sessions", json.dumps({"Record": RECORD})),
        "get_record, bare": bare(
            endpoint, keys, "GET", "/FeatureGroup/sessions?RecordIdentifierValueAsString=s-1", None
        ),
    }


def bare(endpoint: str, keys: Mapping[str, str], method: str, target: str, body: str | None) -> Callable[[], bytes]:
    """The same signed request on one connection, sent and read by http.client."""
    request = AWSRequest(method, endpoint + target, data=body, headers={"Content-Type": "application/json"})
    credentials = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    SigV4Auth(credentials, "sagemaker", REGION).add_auth(request)
    headers = dict(request.headers.items())
    place = urlsplit(endpoint)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=30)

    def call() -> bytes:
        connection.request(method, target, body=body, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise AssertionError(f"{answer.status} {content!r}")
        return content

    return call


@contextlib.contextmanager
def process(*command: str) -> Iterator[None]:
    """A server process, ended on the way out."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    started = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        started.terminate()
        started.wait(20)


def up(state: Path) -> LocalAWS:
    """The local AWS of a state folder, once it answers."""
    for _ in range(600):
        with contextlib.suppress(LocalAWSError):
            return LocalAWS.connect(state)
        time.sleep(0.05)
    raise SystemExit("the local AWS did not start within 30 s")


def moto_calls(port: int) -> dict[str, Callable[[], Any]]:
    """Plain calls of moto's own server, for scale."""
    keys = {"AccessKeyId": "testing", "SecretAccessKey": "testing"}
    ssm = client("ssm", f"http://127.0.0.1:{port}", keys)
    for _ in range(600):
        try:
            ssm.put_parameter(Name="p", Value="v", Type="String")
            break
        except Exception:
            time.sleep(0.05)
    return {"ssm get_parameter": lambda: ssm.get_parameter(Name="p")}


def block(call: Callable[[], Any], count: int) -> float:
    """Seconds a call takes, on average over `count` of them."""
    start = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - start) / count


def measure(servers: Mapping[str, Mapping[str, Callable[[], Any]]], rounds: int, size: int) -> Timed:
    """Every call of every server in turn; the order of the servers turns around from round to round."""
    timed: Timed = {}
    for number in range(rounds + 1):
        order = list(servers.items()) if number % 2 else list(servers.items())[::-1]
        for name in dict.fromkeys(name for _, these in order for name in these):
            for server, these in order:
                if name in these:
                    seconds = block(these[name], size)
                    if number:  # the first round warms up
                        timed.setdefault(name, {}).setdefault(server, []).append(seconds)
    return timed


def report(timed: Timed) -> None:
    """A line a measurement: calls a second, and what enforcement adds within one round."""
    for name, by_server in sorted(timed.items()):
        parts = []
        for server, seconds in sorted(by_server.items()):
            middle = statistics.median(seconds)
            parts.append(f"{server} {1 / middle:6,.0f}/s ({middle * 1e6:5,.0f} us)")
        if {"enforced", "open"} <= by_server.keys():
            added = [on / off - 1 for on, off in zip(by_server["enforced"], by_server["open"], strict=True)]
            parts.append(f"enforcement adds {statistics.median(added):+.1%}")
        print(f"{name:18} {'   '.join(parts)}")


def main() -> None:
    """Start the three servers, measure, print."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(AWS_EC2_METADATA_DISABLED="true", AWS_CONFIG_FILE=os.devnull)
    os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        servers: dict[str, dict[str, Callable[[], Any]]] = {}
        for name, flags in (("enforced", ()), ("open", ("--no-enforce",))):
            state = Path(folder) / name
            stack.enter_context(
                process(sys.executable, "-m", "featureshare.localaws.server", "--state", str(state), *flags)
            )
            control = up(state)
            land(control)
            keys = control.session(f"arn:aws:iam::{CENTRAL}:role/serving", "lambda.amazonaws.com")
            servers[name] = calls(control.endpoint, keys)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        stack.enter_context(process(sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)))
        servers["moto"] = moto_calls(port)
        report(measure(servers, rounds, BLOCK))


if __name__ == "__main__":
    main()
