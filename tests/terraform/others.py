"""Other people's Terraform on local AWS: apply, plan again empty, update, plan again empty, destroy.

    python tests/terraform/others.py [NAME...]

One file of this folder is one configuration, as an outside engineer would write it: no provider, no backend, and a
variable `revision` (1, then 2) that something in it depends on. It runs as an administrator of an account that the
declaration does not name. What fails is printed with Terraform's own words; exit status 1 if anything did.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from featureshare.journeys.sessions import LocalSessions
from featureshare.journeys.strangers import LocalStrangers
from featureshare.localaws.control import LocalAWS
from featureshare.runner.environment import child_environment, session_variables
from featureshare.workspace import Workspace

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
REGION = "eu-west-1"
STEP_SECONDS = 240

PROVIDER = """
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  s3_use_path_style           = true
  skip_metadata_api_check     = "true"
  skip_region_validation      = true
  default_tags { tags = { made-by = "others" } }
}

variable "revision" { type = number }
"""


class Failed(Exception):
    """A step of a configuration did not do what it should."""


class Folder:
    """A working folder whose provider is installed once; configurations come and go in it."""

    def __init__(self, path: Path, variables: dict[str, str]) -> None:
        self._path, self._env = path, variables
        (path / "provider.tf").write_text(PROVIDER)
        # What an apply of this tree has installed serves again; else the registry is asked.
        installed = ROOT / ".featureshare" / "plugin-cache"
        self._terraform("init", *([f"-plugin-dir={installed}"] if installed.is_dir() else []))

    def run(self, config: Path) -> None:
        """All steps of one configuration. Raises Failed."""
        shutil.copy2(config, self._path / "main.tf")
        try:
            for revision in ("1", "2"):
                self._terraform("apply", "-auto-approve", f"-var=revision={revision}")
                self._terraform("plan", "-detailed-exitcode", f"-var=revision={revision}")
        finally:
            try:
                self._terraform("destroy", "-auto-approve", "-var=revision=2")
            finally:
                for name in ("main.tf", "terraform.tfstate", "terraform.tfstate.backup"):
                    (self._path / name).unlink(missing_ok=True)

    def _terraform(self, verb: str, *arguments: str) -> None:
        done = subprocess.run(
            ["terraform", verb, "-no-color", "-input=false", *arguments],
            cwd=self._path,
            env=self._env,
            text=True,
            capture_output=True,
            timeout=STEP_SECONDS,
        )
        if done.returncode != 0:
            what = "plans changes again" if verb == "plan" and done.returncode == 2 else f"{verb} fails"
            raise Failed(
                f"{what} ({' '.join(arguments)})\n{done.stdout[-1500:] if verb == 'plan' else ''}{done.stderr}"
            )


def administrator(localaws: LocalAWS) -> dict[str, str]:
    """The environment of a process that acts as an administrator of an undeclared account."""
    strangers = LocalStrangers(localaws, LocalSessions(localaws, REGION))
    found = strangers.administrator(strangers.undeclared_account).get_credentials().get_frozen_credentials()
    named = {"AccessKeyId": found.access_key, "SecretAccessKey": found.secret_key, "SessionToken": found.token}
    variables = session_variables(localaws.endpoint, named)
    return child_environment(os.environ, access=None, region=REGION, registry=True, extra=variables)


def main(names: list[str]) -> int:
    """Run the named configurations, or all; 1 if one failed."""
    configs = [HERE / f"{name}.tf" for name in names] or sorted(HERE.glob("*.tf"))
    localaws = LocalAWS.connect(Workspace(ROOT).state("local"))
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        place = Folder(Path(folder), administrator(localaws))
        for config in configs:
            started = time.monotonic()
            try:
                place.run(config)
            except (Failed, subprocess.TimeoutExpired) as error:
                failed += 1
                print(f"FAILED {config.stem} ({time.monotonic() - started:.0f} s)\n{error}", flush=True)
            else:
                print(f"ok     {config.stem} ({time.monotonic() - started:.0f} s)", flush=True)
    print(f"{len(configs) - failed} of {len(configs)} configurations apply, update and destroy")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
