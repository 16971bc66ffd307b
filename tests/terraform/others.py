"""Other people's Terraform on local AWS: apply, plan again empty, update, plan again empty, destroy.

    python tests/terraform/others.py [--together] [NAME...]

One file of this folder is one configuration, as an outside engineer would write it: no backend, and a variable
`revision` (1, then 2) that something in it depends on. One with a `terraform` block brings its own provider; the
others share one. It runs as an administrator of an account that the declaration does not name. What
fails is printed with Terraform's own words; exit status 1 if anything did.

`--together` makes modules of one configuration of them, some at a time, which saves most of Terraform's starts; what
it prints of a failure names the module. What can only be a root (a provider of its own, imports) runs alone even then,
and two that hold what an account has only one of never run at once.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from featureshare.journeys.strangers import administrator_keys
from featureshare.localaws.control import LocalAWS
from featureshare.localaws.zone import UNDECLARED_MEMBER
from featureshare.runner.environment import child_environment, session_variables
from featureshare.runner.machine import Machine
from featureshare.workspace import Workspace

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
REGION = "eu-west-1"
STEP_SECONDS = 400
MODULES = 25
"""Configurations of one run together: more would not end a step in its time on a small machine."""

# What an account and Region have one of.
SINGLE = frozenset(
    {
        *("aws_cloudwatch_log_account_policy", "aws_config_configuration_recorder", "aws_config_delivery_channel"),
        *("aws_ecr_registry_policy", "aws_ecr_replication_configuration", "aws_glue_data_catalog_encryption_settings"),
        *("aws_glue_resource_policy", "aws_iam_account_alias", "aws_iam_account_password_policy"),
        *("aws_lakeformation_data_lake_settings", "aws_s3_account_public_access_block"),
        *("aws_s3control_access_grants_instance", "aws_sagemaker_servicecatalog_portfolio_status"),
        "aws_sagemaker_workforce",
    }
)

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
  default_tags { tags = { made-by = "others" } }
}

"""

VARIABLE = 'variable "revision" { type = number }\n'


class Failed(Exception):
    """A step of a configuration did not do what it should."""


class Folder:
    """A working folder whose provider is installed once; configurations come and go in it."""

    def __init__(self, path: Path, variables: dict[str, str]) -> None:
        self._path, self._env = path, variables

    def run(self, configs: Sequence[Path]) -> None:
        """All steps of a configuration, or of several as modules of one. Raises Failed with all that failed."""
        self._lay(configs)
        self._terraform("init")
        failed = []
        try:
            for revision in ("1", "2"):
                for verb, how in (("apply", "-auto-approve"), ("plan", "-detailed-exitcode")):
                    try:
                        self._terraform(verb, how, f"-var=revision={revision}")
                    except Failed as error:
                        failed.append(str(error))
        finally:
            try:
                self._terraform("destroy", "-auto-approve", "-var=revision=2")
            except Failed as error:
                failed.append(str(error))
            for name in ("terraform.tfstate", "terraform.tfstate.backup"):
                (self._path / name).unlink(missing_ok=True)
        if failed:
            raise Failed("\n".join(failed))

    def _lay(self, configs: Sequence[Path]) -> None:
        for old in self._path.glob("*.tf"):
            old.unlink()
        (self._path / "revision.tf").write_text(VARIABLE)
        if not (len(configs) == 1 and own_provider(configs[0])):
            (self._path / "provider.tf").write_text(PROVIDER)
        if len(configs) == 1:
            shutil.copy2(configs[0], self._path / "main.tf")
            return
        calls = []
        for config in configs:
            inside = self._path / config.stem
            inside.mkdir(exist_ok=True)
            (inside / "revision.tf").write_text(VARIABLE)
            shutil.copy2(config, inside / "main.tf")
            calls.append(f'module "{config.stem}" {{\n  source = "./{config.stem}"\n  revision = var.revision\n}}\n')
        (self._path / "main.tf").write_text("".join(calls))

    def _terraform(self, verb: str, *arguments: str) -> None:
        quiet = () if verb == "init" else ("-compact-warnings",)
        done = subprocess.run(
            ["terraform", verb, "-no-color", "-input=false", *quiet, *arguments],
            cwd=self._path,
            env=self._env,
            text=True,
            capture_output=True,
            timeout=STEP_SECONDS,
        )
        if done.returncode != 0:
            what = "plans changes again" if verb == "plan" and done.returncode == 2 else f"{verb} fails"
            changes = done.stdout.partition("will perform the following actions:")[2]
            raise Failed(f"{what} ({' '.join(arguments)})\n{changes if verb == 'plan' else ''}{done.stderr}")


def own_provider(config: Path) -> bool:
    """Does a configuration say itself which provider it takes, and how?"""
    return "\nterraform {" in f"\n{config.read_text()}"


def rooted(config: Path) -> bool:
    """Can a configuration be no module: has it a provider, or imports?"""
    return own_provider(config) or "\nimport {" in f"\n{config.read_text()}"


def batches(configs: Sequence[Path]) -> list[list[Path]]:
    """Configurations that may run as modules of one, in few runs, in their order."""
    found: list[tuple[list[Path], set[str]]] = []
    for config in configs:
        single = SINGLE.intersection(re.findall(r'^resource "(\w+)"', config.read_text(), re.MULTILINE))
        for batch, taken in found:
            if len(batch) < MODULES and not single & taken:
                batch.append(config)
                taken |= single
                break
        else:
            found.append(([config], set(single)))
    return [batch for batch, _ in found]


def administrator(localaws: LocalAWS) -> dict[str, str]:
    """The environment of a process that acts as an administrator of an undeclared account."""
    variables = session_variables(localaws.endpoint, administrator_keys(localaws, UNDECLARED_MEMBER))
    variables |= Machine.detect(Workspace(ROOT)).tool_variables()
    return child_environment(os.environ, access=None, region=REGION, registry=True, extra=variables)


def main(arguments: list[str]) -> int:
    """Run the named configurations, or all; 1 if one failed."""
    parser = argparse.ArgumentParser(prog="others.py")
    parser.add_argument("--together", action="store_true", help="as modules of one configuration, some at a time")
    parser.add_argument("names", nargs="*", metavar="NAME")
    given = parser.parse_args(arguments)
    configs = [HERE / f"{name}.tf" for name in given.names] or sorted(HERE.glob("*.tf"))
    shared = [config for config in configs if given.together and not rooted(config)]
    runs = [*batches(shared), *([config] for config in configs if config not in shared)]
    localaws = LocalAWS.connect(Workspace(ROOT).state("local"))
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        place = Folder(Path(folder), administrator(localaws))
        for run in runs:
            started = time.monotonic()
            names = ", ".join(config.stem for config in run)
            try:
                place.run(run)
            except (Failed, subprocess.TimeoutExpired) as error:
                failed += 1
                print(f"FAILED {names} ({time.monotonic() - started:.0f} s)\n{error}", flush=True)
            else:
                print(f"ok     {names} ({time.monotonic() - started:.0f} s)", flush=True)
    print(f"{len(runs) - failed} of {len(runs)} runs apply, update and destroy; {len(configs)} configurations")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
