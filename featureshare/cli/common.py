"""What every command shares: options, how errors look, where output goes."""

import json
import sys
from typing import Annotated, Any

import typer

from featureshare.errors import BadInput, FeatureShareError, Problem

Env = Annotated[str, typer.Argument(metavar="ENV", help="A folder of environments/, such as local.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, errors included.")]

Profiles = Annotated[
    list[str] | None, typer.Option("--profile", help="ROLE_ARN=PROFILE: the profile that is a session of a role.")
]

BAD_INPUT, FAILED, UNDECIDED = 2, 1, 3


def emit(value: Any) -> None:
    """Print one JSON document on stdout."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def error_document(error: FeatureShareError) -> dict[str, Any]:
    """An error as JSON: message, and for bad input each problem's file, key, rule and fix."""
    if isinstance(error, BadInput):
        problems = [
            {"file": problem.file, "key": problem.key, "rule": problem.rule, "fix": problem.fix}
            for problem in error.problems
        ]
        return {"message": f"{len(problems)} problem{'s' * (len(problems) != 1)} in the input.", "problems": problems}
    return {"message": str(error)}


def report_error(error: FeatureShareError, *, as_json: bool) -> int:
    """Show an error: JSON on stdout, or a line for each problem on stderr. Returns the exit status."""
    if as_json:
        emit({"error": error_document(error)})
    elif isinstance(error, BadInput):
        for problem in error.problems:
            typer.echo(str(problem), err=True)
    else:
        typer.echo(str(error), err=True)
    return BAD_INPUT if isinstance(error, BadInput) else FAILED


def stdout_is_terminal() -> bool:
    return sys.stdout.isatty()


def stderr_is_terminal() -> bool:
    return sys.stderr.isatty()


def profiles_of(given: list[str] | None) -> dict[str, str]:
    """What --profile says, by role ARN. Raises BadInput."""
    profiles = {}
    for pair in given or []:
        role, found, name = pair.partition("=")
        if not found or not role.startswith("arn:") or not name:
            raise BadInput(
                [Problem("--profile", pair, "must be ROLE_ARN=PROFILE.", "name a role's ARN and a profile.")]
            )
        profiles[role] = name
    return profiles
