"""Session policies: a session of an access role that reaches only the groups that were named. Pure.

A session policy gives nothing; it is what an access role's own policies are cut down to. It does not hide results:
whoever reads offline gets at the results of all queries of the team, since Athena reads and writes them with its
caller's rights.
"""

import json
from collections.abc import Sequence
from typing import Any

from featureshare.client.errors import SessionPolicyTooLong
from featureshare.client.sharing import Group, Sharing

# Session policies together, in characters. Source: STS API reference, AssumeRole, Policy.
LIMIT = 2048

_RECORDS = {
    "write": ["sagemaker:PutRecord"],
    "delete": ["sagemaker:DeleteRecord"],
    "update": ["sagemaker:PutRecord"],
    "read-online": ["sagemaker:GetRecord", "sagemaker:BatchGetRecord"],
}
_QUERIES = [
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:GetWorkGroup",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
]
_TABLES = ["glue:BatchGetPartition", "glue:GetDatabase", "glue:GetPartition", "glue:GetPartitions", "glue:GetTable"]
_RESULTS = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"]


def session_policy(sharing: Sharing, verb: str, groups: Sequence[Group]) -> str:
    """The session policy for `verb` on `groups`, as compact JSON. Raises SessionPolicyTooLong with the counts."""
    arns = [group.arn for group in groups]
    if verb == "read-offline":
        statements = _offline(sharing, groups)
    else:
        actions = [*_RECORDS.get(verb, []), "sagemaker:DescribeFeatureGroup"]
        if verb == "discover":
            actions += ["sagemaker:DescribeFeatureMetadata", "sagemaker:ListTags"]
        statements = [_allow(actions, arns), _allow(["kms:Decrypt"], "*")]
    text = json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))
    if len(text) > LIMIT:
        raise SessionPolicyTooLong(
            f"a session policy for {verb} on {len(groups)} groups has {len(text)} characters, {LIMIT} are allowed: "
            "name fewer groups, or connect without groups."
        )
    return text


def _allow(actions: Sequence[str], resources: Sequence[str] | str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resources}


def _offline(sharing: Sharing, groups: Sequence[Group]) -> list[dict[str, Any]]:
    start = f"arn:{sharing.partition}:"
    central = sharing.workgroups["central"]
    glue = f"{start}glue:{sharing.region}:{central.account}:"
    tables = [f"{glue}table/{group.database}/{group.table}" for group in groups]
    databases = sorted({f"{glue}database/{group.database}" for group in groups})
    bucket = groups[0].s3_uri.removeprefix("s3://").partition("/")[0]
    prefixes = [f"{group.s3_uri.removeprefix('s3://').partition('/')[2]}/*" for group in groups]
    # The team's own bucket, or the central account's: the role itself holds no more of it than the team's prefix.
    results = f"{start}s3:::{central.output.removeprefix('s3://').partition('/')[0]}"
    store = f"{start}s3:::{bucket}"
    return [
        _allow(["sagemaker:DescribeFeatureGroup"], [group.arn for group in groups]),
        _allow(_QUERIES, f"{start}athena:{sharing.region}:{central.account}:workgroup/{central.name}"),
        _allow(_TABLES, [f"{glue}catalog", f"{glue}database/default", *databases, *tables]),
        _allow(["s3:GetObject"], [f"{store}/{prefix}" for prefix in prefixes]),
        {**_allow(["s3:ListBucket"], store), "Condition": {"StringLike": {"s3:prefix": prefixes}}},
        _allow(["s3:GetBucketLocation"], [store, results]),
        _allow(["s3:ListBucket", "s3:ListBucketMultipartUploads"], results),
        _allow(_RESULTS, f"{results}/*"),
        _allow(["kms:Decrypt"], "*"),
    ]
