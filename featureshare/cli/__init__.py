"""The command line: the only part that prints or exits.

Exit status: 0 done, 1 failed, 2 bad input, 130 interrupted. An area's code is imported when one of its commands is
called, so that `featureshare --help` is quick however much the others need; what data teams call needs the base package
alone.
"""

import importlib
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType
from typing import NoReturn

from featureshare.errors import FeatureShareError


@dataclass(frozen=True)
class _Area:
    """Commands that live in one file; `commands` are called by name, a group by its own name and theirs."""

    module: str
    help: str
    group: bool = False


# What data teams call: on argparse and boto3 alone.
LIGHT = frozenset({"credentials", "profile"})

_AREAS: dict[str, _Area] = {
    "demo": _Area("demo", "The whole system on this machine."),
    "plan": _Area("runner", "Show what would change, refuse what must not."),
    "apply": _Area("runner", "Plan, check every plan, apply exactly those."),
    "destroy": _Area("runner", "Destroy stacks, but no data by accident."),
    "adopt": _Area("adopt", "Declare groups made outside Terraform."),
    "clean": _Area("clean", "Delete what unloads left behind."),
    "status": _Area("runner", "The stacks and how their last run ended."),
    "env": _Area("runner", "Print what a run by hand needs, for eval."),
    "render": _Area("documents", "Every IAM document of an environment."),
    "policies": _Area("documents", "Write the IAM documents, one a file."),
    "verify": _Area("verify", "Use what is declared, try what is not."),
    "catalog": _Area("catalog", "Features: what there is, whose, for whom."),
    "quality": _Area("quality", "How fresh what is stored is, and whether as expected."),
    "scan": _Area("scan", "Scan policies: ours and checkov's rules; loose documents."),
    "credentials": _Area("credentials", "Credentials of an access role, for credential_process."),
    "profile": _Area("credentials", "Write an AWS profile that has such credentials."),
    "declaration": _Area("declaration", "Check the declaration; schemas for editors.", group=True),
    "access": _Area("access", "Who may do what: matrix, proof, difference.", group=True),
    "iam": _Area("iam", "Ask the IAM decision engine.", group=True),
    "replica": _Area("replica", "Is a replica complete; copy what was before it.", group=True),
    "localaws": _Area("localaws", "Start, stop and look into local AWS.", group=True),
}


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its status."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    # A stopped job is wound up as Ctrl-C is: children first, no lock left.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    called = next((argument for argument in arguments if not argument.startswith("-")), "")
    try:
        if called in LIGHT:
            sys.exit(importlib.import_module(f"featureshare.cli.{_AREAS[called].module}").run(arguments))
        _on_typer(arguments)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(0)


def _on_typer(arguments: Sequence[str]) -> None:
    """Run a command of the platform team, or say which packages it needs."""
    try:
        from featureshare.cli.application import application
        from featureshare.cli.common import report_error

        command = application(arguments)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("featureshare"):
            raise
        print(
            f"This needs more than the base package ({error.name} is not there): pip install 'featureshare[local]'. "
            f"The base package has: {', '.join(sorted(LIGHT))}.",
            file=sys.stderr,
        )
        sys.exit(1)
    try:
        command(args=arguments, prog_name="featureshare")
    except FeatureShareError as error:
        sys.exit(report_error(error, as_json="--json" in arguments))


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
