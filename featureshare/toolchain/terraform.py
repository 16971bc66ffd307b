"""Is Terraform there, and new enough?"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from featureshare.errors import FeatureShareError

MINIMUM_TERRAFORM = (1, 11)  # the first with locking by S3 itself (use_lockfile) out of its trial


@dataclass(frozen=True)
class Terraform:
    """A Terraform binary and its version."""

    path: Path
    version: tuple[int, ...]


def find_terraform(environ: Mapping[str, str]) -> Terraform:
    """The Terraform on `environ`'s PATH. Raises FeatureShareError, in one sentence, when it is missing or too old."""
    wanted = ".".join(map(str, MINIMUM_TERRAFORM))
    found = shutil.which("terraform", path=environ.get("PATH", os.defpath))
    if found is None:
        raise FeatureShareError(
            f"Terraform is not on the PATH: install version {wanted} or later "
            "(https://developer.hashicorp.com/terraform/install)."
        )
    version = _version(found, environ)
    if version[:2] < MINIMUM_TERRAFORM:
        raise FeatureShareError(
            f"{found} is Terraform {'.'.join(map(str, version))}: install version {wanted} or later "
            "(https://developer.hashicorp.com/terraform/install)."
        )
    return Terraform(Path(found), version)


def _version(binary: str, environ: Mapping[str, str]) -> tuple[int, ...]:
    # A CLI configuration of the user's that is broken or missing must not hide the version.
    clean = {"PATH": environ.get("PATH", os.defpath), "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
    try:
        run = subprocess.run(
            [binary, "version", "-json"], env=clean, capture_output=True, text=True, timeout=60, check=False
        )
        text = str(json.loads(run.stdout)["terraform_version"])
    except (OSError, ValueError, KeyError, TypeError, subprocess.SubprocessError):
        raise FeatureShareError(f"{binary} does not tell its version: is it Terraform?") from None
    return tuple(int(number) for number in re.findall(r"\d+", text.split("-")[0]))
