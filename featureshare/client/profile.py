"""The AWS profile through which the AWS CLI and every SDK have an access role's credentials: pure text, and one file.

`credential_process` is documented in the AWS SDKs and Tools Reference Guide, "Process credential provider".
"""

import configparser
import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from featureshare.errors import FeatureShareError


class ProfileExists(FeatureShareError):
    """The user's file has another profile of that name, or cannot be read; it was left as it is."""


@dataclass(frozen=True)
class Written:
    """A profile in a file: `changed` is false when it stood there already; `backup` is the file as it was, if any."""

    name: str
    file: Path
    changed: bool
    backup: Path | None


def process_credentials(credentials: Any, expires: datetime) -> dict[str, Any]:
    """Frozen botocore credentials and their expiry, an aware time, as `credential_process` prints them.

    Of ISO 8601 the form with whole seconds and Z: an offset is refused by SDKs whose parser takes an instant alone, as
    Java's ISO_INSTANT does before Java 12.
    """
    return {
        "Version": 1,
        "AccessKeyId": credentials.access_key,
        "SecretAccessKey": credentials.secret_key,
        "SessionToken": credentials.token,
        "Expiration": expires.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def profile_text(name: str, command: str, region: str) -> str:
    """The section as it stands in the file."""
    return f"[profile {name}]\ncredential_process = {command}\nregion = {region}\n"


def config_file() -> Path:
    """The AWS config file of whoever runs this: AWS_CONFIG_FILE, or ~/.aws/config."""
    return Path(os.environ.get("AWS_CONFIG_FILE") or "~/.aws/config").expanduser()


def write_profile(file: Path, name: str, command: str, region: str) -> Written:
    """Add a profile at the end of a file and leave every other byte as it is; a copy of the old file stays beside it.

    Raises ProfileExists when the file has a different profile of that name, or cannot be read as AWS reads it.
    """
    file = file.resolve()  # a link stays one
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    section = profile_text(name, command, region)
    wanted, there = _sections(section, file), _sections(before, file)
    key = f"profile {name}"
    if key in there:
        if there[key] == wanted[key]:
            return Written(name, file, False, None)
        raise ProfileExists(f"{file} has another profile {name}; name yours with --name, or remove it.")
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    backup = None
    if before:
        backup = _free(file)
        shutil.copy2(file, backup)
    gap = "" if not before or before.endswith("\n\n") else "\n" if before.endswith("\n") else "\n\n"
    with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False, encoding="utf-8") as scratch:
        scratch.write(before + gap + section)
    if before:
        shutil.copymode(file, scratch.name)
    Path(scratch.name).replace(file)
    return Written(name, file, True, backup)


def _sections(text: str, file: Path) -> dict[str, dict[str, str]]:
    parser = configparser.RawConfigParser(default_section="\0")
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise ProfileExists(f"{file} cannot be read as an AWS config file, so it is left alone: {error}") from None
    return {name: dict(parser[name]) for name in parser.sections()}


def _free(file: Path) -> Path:
    """A name beside the file that nothing has yet."""
    number = 1
    while (found := file.with_name(f"{file.name}.before-featureshare-{number}")).exists():
        number += 1
    return found
