"""The command line: the only part that prints or exits.

Exit status: 0 done, 1 failed, 2 bad input, 130 interrupted. An area's code is imported when one of its commands is
called, so that `featureshare --help` is quick however much the others need.
"""

import importlib
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Annotated, NoReturn

import typer

import featureshare
from featureshare.cli.common import report_error
from featureshare.errors import FeatureShareError


@dataclass(frozen=True)
class _Area:
    """Commands that live in one file; `commands` are called by name, a group by its own name and theirs."""

    module: str
    help: str
    group: bool = False


_AREAS: dict[str, _Area] = {
    "demo": _Area("demo", "The whole system on this machine."),
    "plan": _Area("runner", "Show what would change, refuse what must not."),
    "apply": _Area("runner", "Plan, check every plan, apply exactly those."),
    "destroy": _Area("runner", "Destroy stacks, but no data by accident."),
    "status": _Area("runner", "The stacks and how their last run ended."),
    "env": _Area("runner", "Print what a run by hand needs, for eval."),
    "render": _Area("documents", "Every IAM document of an environment."),
    "policies": _Area("documents", "Write the IAM documents, one a file."),
    "verify": _Area("verify", "Use what is declared, try what is not."),
    "catalog": _Area("catalog", "Features: what there is, whose, for whom."),
    "quality": _Area("quality", "How fresh what is stored is, and whether as expected."),
    "scan": _Area("scan", "Scan policies: ours and checkov's rules; loose documents."),
    "declaration": _Area("declaration", "Check the declaration; schemas for editors.", group=True),
    "access": _Area("access", "Who may do what: matrix, proof, difference.", group=True),
    "iam": _Area("iam", "Ask the IAM decision engine.", group=True),
    "localaws": _Area("localaws", "Start, stop and look into local AWS.", group=True),
}


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its status."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    # A stopped job is wound up as Ctrl-C is: children first, no lock left.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        _application(arguments)(args=arguments, prog_name="featureshare")
    except FeatureShareError as error:
        sys.exit(report_error(error, as_json="--json" in arguments))
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(0)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _application(arguments: Sequence[str]) -> typer.Typer:
    """The command that is called, with its code; of the others, name and help only."""
    app = typer.Typer(
        help=featureshare.__doc__,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_root)
    called = next((argument for argument in arguments if not argument.startswith("-")), "")
    for name, area in _AREAS.items():
        if name == called:
            _add(app, name, area)
        elif called not in _AREAS:
            app.command(name, help=area.help)(_unloaded)
    return app


def _add(app: typer.Typer, name: str, area: _Area) -> None:
    loaded: typer.Typer = importlib.import_module(f"featureshare.cli.{area.module}").app
    if area.group:
        app.add_typer(loaded, name=name, help=area.help, no_args_is_help=True)
        return
    commands = {
        command.name or (command.callback.__name__ if command.callback else ""): command
        for command in loaded.registered_commands
    }
    command = commands[name] if name in commands else loaded.registered_commands[0]
    assert command.callback is not None
    app.command(name, help=command.help)(command.callback)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(featureshare.__version__)
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    pass


def _unloaded() -> None:
    """Stands for a command in the list of all commands; the one that is called is loaded instead."""
