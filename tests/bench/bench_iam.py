"""How long one decision takes on compiled documents. Run it: python tests/bench/bench_iam.py"""

import json
import statistics
import time
from collections.abc import Callable

from featureshare.iam import Level, Policy, Request, World, decide

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


def document(*statements: dict[str, object]) -> Policy:
    """A compiled document."""
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}), name="bench")


def nine_statements() -> Policy:
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


def scenarios() -> dict[str, Callable[[], bool]]:
    """What is measured: each call makes the decisions of one API call."""
    role = nine_statements()
    tls = {
        "Sid": "Tls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [BUCKET, f"{BUCKET}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    reader = {
        "Sid": "Readers",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{TEAM}:root"},
        "Action": "s3:GetObject",
        "Resource": f"{BUCKET}/*",
        "Condition": {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{TEAM}:role/fs/execution/*"}},
    }
    outside = {
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
    scp = (Level("root", (document({"Effect": "Allow", "Action": "*", "Resource": "*"}),)),)
    own = World(identity=(role,), scps=scp)
    query = Request(
        SESSION, "athena:StartQueryExecution", f"arn:aws:athena:eu-west-1:{TEAM}:workgroup/fs-core", TEAM, CONTEXT
    )
    get = Request(SESSION, "s3:GetObject", f"{BUCKET}/sessions/part-0.parquet", CENTRAL, CONTEXT)
    decrypt = Request(SESSION, "kms:Decrypt", KEY, CENTRAL, {**CONTEXT, "kms:ViaService": "s3.eu-west-1.amazonaws.com"})
    with_bucket = World(identity=(role,), resource=bucket, scps=scp)
    with_key = World(identity=(role,), resource=key, scps=scp)
    return {
        "role of nine statements": lambda: decide(query, own).allowed,
        "cross-account S3 object (bucket policy)": lambda: decide(get, with_bucket).allowed,
        "cross-account S3 object with its key": lambda: (
            decide(get, with_bucket).allowed and decide(decrypt, with_key).allowed
        ),
    }


def measure(call: Callable[[], bool], rounds: int = 20_000) -> tuple[float, float, float]:
    """(median in us, 99th percentile in us, calls per second) of `call`, which must allow."""
    for _ in range(200):
        if not call():
            raise AssertionError("the benchmark measures an allowed request")
    times: list[int] = []
    clock = time.perf_counter_ns
    for _ in range(rounds):
        start = clock()
        call()
        times.append(clock() - start)
    times.sort()
    return statistics.median(times) / 1e3, times[int(rounds * 0.99)] / 1e3, rounds / (sum(times) / 1e9)


def main() -> None:
    """Print a line a scenario."""
    for name, call in scenarios().items():
        median, high, rate = measure(call)
        print(f"{name:42} median {median:6.1f} us   p99 {high:6.1f} us   {rate:9,.0f} a second")


if __name__ == "__main__":
    main()
