"""The commands of the platform team, on typer."""

import importlib
from collections.abc import Sequence
from typing import Annotated

import typer

import featureshare
from featureshare.cli import _AREAS, LIGHT, _Area


def application(arguments: Sequence[str]) -> typer.Typer:
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
        if name == called and name not in LIGHT:
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
