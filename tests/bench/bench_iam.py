"""How long one decision takes on compiled documents. Run it: python tests/bench/bench_iam.py

Where Node is present, iam-simulate (tests/oracle) decides the same cases in the same run, the two taking turns. It
reads its documents anew in every decision, as its public API demands, so a second ratio is with ours doing that too.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from featureshare.iam import Level, Policy, Request, World, decide

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "oracle"))
from oracle_node import VERSION, Unavailable, command, prepare

CENTRAL, TEAM = "222222222222", "555555555555"
ROLE = f"arn:aws:iam::{TEAM}:role/fs/execution/core/fs-core-training"
SESSION = f"arn:aws:sts::{TEAM}:assumed-role/fs-core-training/job"
BUCKET = f"arn:aws:s3:::fs-offline-{CENTRAL}-eu-west-1"
KEY = f"arn:aws:kms:eu-west-1:{CENTRAL}:key/1111aaaa-22bb-33cc-44dd-555555eeeeee"
CONTEXT = {
    "aws:PrincipalArn": ROLE,
    "aws:PrincipalAccount": TEAM,
    "aws:PrincipalOrgID": "o-featureshar",
    "aws:PrincipalTag/team": "core",
    "aws:ResourceAccount": CENTRAL,
    "aws:RequestedRegion": "eu-west-1",
    "aws:SecureTransport": "true",
    "aws:SourceIp": "192.0.2.10",
    "aws:userid": "AROAEXAMPLE:job",
    "aws:ViaAWSService": "false",
}


Document = dict[str, Any]


def document(*statements: dict[str, Any]) -> Document:
    """A policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def nine_statements() -> Document:
    """The policy of a reading role: nine statements, each about something else."""
    ours = {"StringEquals": {"aws:PrincipalOrgID": "o-featureshar"}}
    table = f"arn:aws:glue:eu-west-1:{CENTRAL}"
    return document(
        {
            "Sid": "ReadObjects",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:GetObjectVersion"],
            "Resource": [f"{BUCKET}/sessions/*", f"{BUCKET}/clicks/*"],
        },
        {
            "Sid": "ListGroups",
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": BUCKET,
            "Condition": {"StringLike": {"s3:prefix": ["sessions/*", "clicks/*"]}},
        },
        {
            "Sid": "Decrypt",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:DescribeKey"],
            "Resource": KEY,
            "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}},
        },
        {
            "Sid": "ReadCatalog",
            "Effect": "Allow",
            "Action": ["glue:GetDatabase", "glue:GetTable", "glue:GetPartitions"],
            "Resource": [f"{table}:catalog", f"{table}:database/fs_features", f"{table}:table/fs_features/*"],
        },
        {
            "Sid": "Query",
            "Effect": "Allow",
            "Action": ["athena:StartQueryExecution", "athena:GetQueryResults"],
            "Resource": f"arn:aws:athena:*:{TEAM}:workgroup/fs-${{aws:PrincipalTag/team}}",
        },
        {
            "Sid": "WriteResults",
            "Effect": "Allow",
            "Action": ["s3:PutObject", "s3:AbortMultipartUpload"],
            "Resource": f"arn:aws:s3:::fs-core-results-{TEAM}-eu-west-1/*",
        },
        {
            "Sid": "ReadRecords",
            "Effect": "Allow",
            "Action": ["sagemaker:GetRecord", "sagemaker:BatchGetRecord"],
            "Resource": f"arn:aws:sagemaker:eu-west-1:{CENTRAL}:feature-group/*",
            "Condition": ours,
        },
        {
            "Sid": "AssumeReader",
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Resource": f"arn:aws:iam::{CENTRAL}:role/fs/reader-offline/*",
        },
        {
            "Sid": "OnlyTls",
            "Effect": "Deny",
            "Action": "*",
            "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    )


@dataclass(frozen=True)
class Question:
    """One decision: a request on `resource`, owned by the central account where it has a policy, and the documents."""

    action: str
    resource: str
    context: dict[str, str]
    policy: Document | None = None

    @property
    def account(self) -> str:
        """The owner of the resource."""
        return TEAM if self.policy is None else CENTRAL

    def case(self) -> dict[str, Any]:
        """The question as evaluators exchange it."""
        return {
            "id": self.action,
            "request": {
                "principal": SESSION,
                "action": self.action,
                "resource": {"arn": self.resource, "account": self.account},
                "context": self.context,
            },
            "identity_policies": [nine_statements()],
            "resource_policy": self.policy,
            "scps": [{"level": "root", "policies": [FULL]}],
            "rcps": [],
            "boundary": None,
            "session_policy": None,
        }

    def asked(self) -> Callable[[], bool]:
        """The decision, on documents compiled before."""
        request = Request(SESSION, self.action, self.resource, self.account, self.context)
        world = self._world()
        return lambda: decide(request, world).allowed

    def asked_anew(self) -> Callable[[], bool]:
        """The decision, documents compiled for it alone."""
        request = Request(SESSION, self.action, self.resource, self.account, self.context)
        return lambda: decide(request, self._world()).allowed

    def _world(self) -> World:
        return World(
            identity=(Policy.parse(ROLE_DOCUMENT, name="role"),),
            resource=None if self.policy is None else Policy.parse(self.policy, name="resource"),
            scps=(Level("root", (Policy.parse(FULL, name="scp"),)),),
        )


FULL = document({"Effect": "Allow", "Action": "*", "Resource": "*"})
ROLE_DOCUMENT = nine_statements()


def scenarios() -> dict[str, tuple[Question, ...]]:
    """What is measured: the decisions of one API call each."""
    tls: dict[str, Any] = {
        "Sid": "Tls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [BUCKET, f"{BUCKET}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    reader: dict[str, Any] = {
        "Sid": "Readers",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{TEAM}:root"},
        "Action": "s3:GetObject",
        "Resource": f"{BUCKET}/*",
        "Condition": {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{TEAM}:role/fs/execution/*"}},
    }
    outside: dict[str, Any] = {
        "Sid": "Ours",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "*",
        "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-featureshar"}},
    }
    bucket = document(tls, reader, outside)
    key = document(
        {
            "Sid": "Admin",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{CENTRAL}:root"},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Sid": "Readers",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{TEAM}:root"},
            "Action": "kms:Decrypt",
            "Resource": "*",
            "Condition": {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{TEAM}:role/fs/*"}},
        },
    )
    query = Question("athena:StartQueryExecution", f"arn:aws:athena:eu-west-1:{TEAM}:workgroup/fs-core", CONTEXT)
    get = Question("s3:GetObject", f"{BUCKET}/sessions/part-0.parquet", CONTEXT, bucket)
    decrypt = Question("kms:Decrypt", KEY, {**CONTEXT, "kms:ViaService": "s3.eu-west-1.amazonaws.com"}, key)
    return {
        "role of nine statements": (query,),
        "cross-account S3 object (bucket policy)": (get,),
        "cross-account S3 object with its key": (get, decrypt),
    }


ROUNDS, BLOCK, THEIR_BLOCK = 20, 1_000, 50


def ours(asked: tuple[Callable[[], bool], ...], count: int) -> list[float]:
    """Microseconds of each of `count` API calls. All their decisions must be Allow."""
    times: list[float] = []
    clock = time.perf_counter_ns
    for _ in range(count):
        start = clock()
        allowed = [call() for call in asked]
        times.append((clock() - start) / 1e3)
        if not all(allowed):
            raise AssertionError("the benchmark measures an allowed request")
    return times


Theirs = Callable[[tuple[Question, ...]], list[float]]


@contextmanager
def theirs() -> Iterator[Theirs | None]:
    """What asks iam-simulate, in one Node process; None where it is not to be had."""
    try:
        folder = prepare()
    except Unavailable as error:
        print(f"without iam-simulate: {error}")
        yield None
        return
    line = command(folder, "--serve", str(THEIR_BLOCK))
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        to_it, from_it = process.stdin, process.stdout
        assert to_it is not None
        assert from_it is not None

        def ask(questions: tuple[Question, ...]) -> list[float]:
            found: list[list[float]] = []
            for question in questions:
                to_it.write(json.dumps(question.case()) + "\n")
                to_it.flush()
                answer = json.loads(from_it.readline())
                if answer.get("result") != "Allowed":
                    raise AssertionError(f"iam-simulate: {answer}")
                found.append(answer["microseconds"])
            return [sum(times) for times in zip(*found, strict=True)]

        yield ask
        to_it.close()


def main() -> None:
    """Print a block a scenario."""
    with theirs() as other:
        for name, questions in scenarios().items():
            compiled = tuple(question.asked() for question in questions)
            anew = tuple(question.asked_anew() for question in questions)
            fast: list[float] = []
            ratios: list[float] = []
            ratios_anew: list[float] = []
            ours(compiled, BLOCK)
            if other is not None:
                other(questions)
            for _ in range(ROUNDS):
                block = ours(compiled, BLOCK)
                fast += block
                if other is not None:
                    middle = statistics.median(other(questions))
                    ratios.append(middle / statistics.median(block))
                    ratios_anew.append(middle / statistics.median(ours(anew, THEIR_BLOCK)))
            fast.sort()
            rate = len(fast) / (sum(fast) / 1e6)
            high = fast[int(len(fast) * 0.99)]
            print(f"{name:42} median {statistics.median(fast):6.1f} us   p99 {high:6.1f} us   {rate:9,.0f} a second")
            if ratios:
                print(
                    f"{'':42} iam-simulate {VERSION} takes {statistics.median(ratios):.0f} times as long "
                    f"({min(ratios):.0f} to {max(ratios):.0f} by round); "
                    f"{statistics.median(ratios_anew):.1f} times where ours compiles its documents anew"
                )


if __name__ == "__main__":
    main()
