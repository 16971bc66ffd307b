"""credentials and profile: the AWS CLI and every SDK as an access role. On argparse, for the base package alone."""

import argparse
import json
import shlex
import sys
from collections.abc import Sequence
from typing import Any

import boto3
import botocore.session
from botocore.exceptions import BotoCoreError, ClientError

from featureshare.client import connect
from featureshare.client.profile import config_file, process_credentials, write_profile
from featureshare.errors import FeatureShareError

VERBS = ("delete", "discover", "manage", "read-offline", "read-online", "update", "write")


def run(arguments: Sequence[str]) -> int:
    """Run `credentials` or `profile`; the exit status."""
    given = _parser().parse_args(list(arguments))
    try:
        document: dict[str, Any] = given.work(given)
    except (FeatureShareError, ClientError, BotoCoreError) as error:
        if given.json:
            print(json.dumps({"error": {"message": str(error)}}, indent=2))
        else:
            print(str(error), file=sys.stderr)
        return 1
    print(json.dumps(document, indent=2) if given.json or "Version" in document else document["said"])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="featureshare", allow_abbrev=False)
    commands = parser.add_subparsers(required=True)
    credentials = commands.add_parser(
        "credentials",
        help="print credentials of an access role",
        description="Print credentials of a team's access role as an AWS profile's credential_process wants them.",
    )
    credentials.set_defaults(work=_credentials)
    profile = commands.add_parser(
        "profile",
        help="write an AWS profile",
        description="Add a profile to the AWS config file through which the AWS CLI and every SDK have the access "
        "role's credentials. A different profile of that name is never touched.",
    )
    profile.set_defaults(work=_profile)
    profile.add_argument("--name", help="name of the profile (default: TEAM-VERB)")
    for command in (credentials, profile):
        command.add_argument("team", metavar="TEAM")
        command.add_argument("--verb", required=True, choices=VERBS, help="the access role of this verb")
        command.add_argument("--group", action="append", metavar="GROUP", help="only this feature group; repeatable")
        command.add_argument("--prefix", help="the environment's prefix (default: FEATURESHARE_PREFIX, or fs)")
        command.add_argument("--source-profile", help="AWS profile of the execution role (default: what is at hand)")
        command.add_argument("--json", action="store_true", help="print JSON, errors included")
    return parser


def _base(given: argparse.Namespace) -> boto3.Session:
    """The session of the execution role. Not through AWS_PROFILE: that profile is what called this very command."""
    core = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    if given.source_profile:
        core.set_config_variable("profile", given.source_profile)
    return boto3.Session(botocore_session=core)


def _credentials(given: argparse.Namespace) -> dict[str, Any]:
    client = connect(given.team, prefix=given.prefix, groups=given.group, session=_base(given))
    held = client.session(given.verb).get_credentials()
    frozen = held.get_frozen_credentials()
    return process_credentials(frozen, held._expiry_time)


def _profile(given: argparse.Namespace) -> dict[str, Any]:
    client = connect(given.team, prefix=given.prefix, groups=given.group, session=_base(given))
    client.session(given.verb)  # says so when there is no such role
    command = [sys.executable, "-m", "featureshare", "credentials", given.team, "--verb", given.verb]
    command += [word for group in given.group or () for word in ("--group", group)]
    command += ["--prefix", given.prefix] if given.prefix else []
    command += ["--source-profile", given.source_profile] if given.source_profile else []
    name = given.name or f"{given.team}-{given.verb}"
    region = client.connection.sharing.region
    written = write_profile(config_file(), name, shlex.join(command), region)
    done = f"Profile {name} is in {written.file}" + (
        f"; as it was before: {written.backup}." if written.backup else "." if written.changed else " already."
    )
    return {
        "profile": name,
        "file": str(written.file),
        "changed": written.changed,
        "backup": str(written.backup) if written.backup else None,
        "said": done,
    }
