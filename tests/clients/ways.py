"""Runs in the virtual environment of other people's clients: the three ways to a session of an access role, and flows.

A program of flows is started with FACTS (a JSON object, made by `test_clients`) and the credentials of an execution
role in its environment, and writes one JSON line for each flow to `answers.jsonl`: what came of it, in its own words.
"""

import json
import os
import re
from collections.abc import Callable, Mapping
from typing import Any

import boto3

FACTS: dict[str, Any] = json.loads(os.environ["FACTS"])
_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def session() -> boto3.Session:
    """A session of the access role: of a profile, of `connect()`, or of keys that are taken by hand."""
    if FACTS["way"] == "connect":
        from featureshare.client import connect

        return connect(FACTS["team"]).session(FACTS["verb"])
    if FACTS["way"] == "profile":
        return boto3.Session(profile_name=FACTS["profile"])
    keys = raw_keys()
    return boto3.Session(**{name.lower(): keys[name] for name in _KEYS})


def raw_keys() -> dict[str, str]:
    """Role chaining by hand: the access role's keys, as variables of the environment."""
    taken = boto3.client("sts").assume_role(RoleArn=FACTS["role"], RoleSessionName="by-hand")["Credentials"]
    return dict(zip(_KEYS, (taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"]), strict=True))


def become() -> None:
    """This process as the access role: for clients that look for credentials by themselves, in each of their processes.

    Keys of the environment come before a profile, so a process that is to use one gives them up; the profile's
    command finds the execution role's in a profile of its own.
    """
    if FACTS["way"] == "raw":
        os.environ.update(raw_keys())
        return
    for name in _KEYS:
        os.environ.pop(name, None)
    os.environ["AWS_PROFILE"] = FACTS["profile"]


def run(flows: Mapping[str, Callable[[], Any]], boto: boto3.Session | None = None) -> None:
    """Run flows one after the other and say of each what came of it; `boto` is asked why a query failed."""
    with open("answers.jsonl", "w") as answers:
        for name, flow in flows.items():
            try:
                line = {"flow": name, "works": True, "said": str(flow())[:300]}
            except Exception as error:
                line = {
                    "flow": name,
                    "works": False,
                    "said": f"{type(error).__name__}: {_with_reason(str(error), boto)}",
                }
            answers.write(json.dumps(line) + "\n")
            answers.flush()


def _with_reason(said: str, boto: boto3.Session | None) -> str:
    """What a client says, and what Athena says of a query that it only names."""
    found = re.search(r"[Qq]uery ([0-9a-f-]{36})", said)
    if boto is None or found is None:
        return said
    query = boto.client("athena").get_query_execution(QueryExecutionId=found[1])["QueryExecution"]
    return f"{said} {query['Status'].get('StateChangeReason')}"
