"""verify: use what is declared, try what is not."""

from collections.abc import Mapping
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from featureshare.cli.common import (
    FAILED,
    AsJson,
    Env,
    Profiles,
    emit,
    profiles_of,
    stderr_is_terminal,
    stdout_is_terminal,
)
from featureshare.journeys.denials import DenialResult
from featureshare.journeys.report import Report
from featureshare.journeys.sessions import role_name
from featureshare.journeys.stage import Options, StepResult
from featureshare.journeys.verify import LAST
from featureshare.journeys.verify import verify as run_verification
from featureshare.localaws.control import LocalAWS
from featureshare.render import render
from featureshare.runner.machine import is_local
from featureshare.workspace import Workspace

app = typer.Typer(no_args_is_help=True)

_WIDTH = 150  # where output is no terminal: wide enough that no ARN is cut
_SHOWN = 3  # rows of the training set


@app.command()
def verify(
    env: Env,
    as_json: AsJson = False,
    step: Annotated[int, typer.Option("--step", min=1, max=LAST, help="Stop after this step; no denials then.")] = LAST,
    profile: Profiles = None,
    events: Annotated[int, typer.Option("--events", min=24, help="Events in the data set.")] = Options.events,
    offline_wait: Annotated[
        float | None, typer.Option("--offline-wait", help="Seconds to wait for the offline store.")
    ] = None,
) -> None:
    """Take the article's seven steps as each team's execution roles, then try every call that must be denied.

    On local AWS sessions are minted as a service would have them; on real AWS they are named profiles or the ambient
    role. Exit status 1 when a step fails or a denial is allowed.
    """
    workspace = Workspace.find()
    workspace.declaration_folder(env)
    # Never real AWS by accident: an environment that is local has its local AWS, or an error.
    localaws = LocalAWS.connect(workspace.state(env)) if is_local(workspace, env) else None
    # SageMaker takes up to fifteen minutes to bring records to the offline store.
    wait = offline_wait if offline_wait is not None else 60.0 if localaws else 1200.0
    report = _run(env, localaws, profiles_of(profile), Options(events=events, offline_wait=wait), step, as_json)
    if as_json:
        emit(report.as_dict())
    else:
        show(report, Console() if stdout_is_terminal() else Console(width=_WIDTH))
    if not report.ok:
        raise typer.Exit(FAILED)


def _run(
    env: str, localaws: LocalAWS | None, profiles: Mapping[str, str], options: Options, step: int, as_json: bool
) -> Report:
    console = Console(stderr=True)
    documents = render(env)
    with console.status("step 1", spinner="dots") if stderr_is_terminal() and not as_json else _Quiet() as status:

        def progress(result: StepResult | DenialResult) -> None:
            told = f"step {result.step}" if isinstance(result, StepResult) else result.category
            status.update(escape(f"{told}: {result.what}"))

        return run_verification(
            documents, localaws=localaws, profiles=profiles, options=options, last=step, progress=progress
        )


class _Quiet:
    """A status line that nobody sees."""

    def __enter__(self) -> "_Quiet":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def update(self, _: str) -> None:
        return None


def show(report: Report, console: Console) -> None:
    """Print a report: what each step did, which calls were denied, who may do what, and what was read."""
    _steps(report, console)
    if report.denials:
        console.print(_denials(report))
    console.print(_access(report))
    if report.training_set:
        console.print(_training(report))
    for step in report.failed:
        console.print(f"[red]step {step.step} failed[/] {escape(f'{step.what}, {step.who}: {step.detail}')}")
    for denial in report.allowed:
        told = f"{denial.category}: {denial.what} on {denial.where} as {denial.who}: {denial.got}; {denial.reason}"
        console.print(f"[red]not denied as it must be[/] {escape(told)}")
    console.print(_verdict(report))


def _steps(report: Report, console: Console) -> None:
    for summary in report.step_summaries():
        colour = {"passed": "green", "failed": "red", "skipped": "yellow"}[summary.result]
        heading = f"[bold]{summary.step}  {escape(summary.title)}[/]"
        console.print(f"{heading}  [{colour}]{summary.result}[/]  {summary.seconds:.1f} s")
        grid = Table.grid(padding=(0, 2))
        for column in ("who", "what", "where"):
            grid.add_column(column, overflow="ellipsis", no_wrap=True, min_width=20)
        grid.add_column("seconds", justify="right", no_wrap=True)
        grid.add_column("result", overflow="fold")
        for step in report.steps:
            if step.step == summary.step:
                result = "skipped: " if step.skipped else "" if step.ok else "failed: "
                grid.add_row(
                    "   " + _role(step.who), escape(step.what), escape(_place(step.where)), f"{step.seconds:.2f}",
                    escape(_clip(result + step.detail, 160)),
                )  # fmt: skip
        console.print(grid)


def _denials(report: Report) -> Table:
    table = _table("Calls that must be denied", "", "denied", "not tried", "why, for example")
    for summary in report.denial_summaries():
        denied = f"{summary.denied} of {summary.tried}"
        colour = "green" if summary.denied == summary.tried else "red"
        skipped = str(summary.skipped) if summary.skipped else ""
        table.add_row(escape(summary.category), f"[{colour}]{denied}[/]", skipped, escape(_clip(summary.reason, 90)))
    return table


def _access(report: Report) -> Table:
    table = _table("Who may do what", "feature group", "account", "team", "declared", "used in this run")
    for cell in report.access:
        table.add_row(cell.group, cell.account, cell.team, ", ".join(cell.declared), ", ".join(cell.observed))
    return table


def _training(report: Report) -> Table:
    """A few rows set upright: a training set has more columns than a terminal."""
    shown = report.training_set[-_SHOWN:]
    title = f"What was read: {len(shown)} of {report.training_rows} rows of training data"
    table = _table(title, "column", *(f"sample {number}" for number in range(1, len(shown) + 1)))
    for name in shown[0]:
        table.add_row(escape(name), *(escape("" if row[name] is None else str(row[name])) for row in shown))
    return table


def _verdict(report: Report) -> str:
    steps, denials = report.step_summaries(), [denial for denial in report.denials if not denial.skipped]
    passed = sum(step.result == "passed" for step in steps)
    told = f"{passed} of {len(steps)} steps passed"
    if report.denials:
        told += f", {sum(denial.ok for denial in denials)} of {len(denials)} calls denied that must be"
        skipped = len(report.denials) - len(denials)
        told += f", {skipped} not tried" if skipped else ""
    return f"[{'bold green' if report.ok else 'bold red'}]{told}[/]"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column == "seconds" else "left", overflow="fold")
    return table


def _role(who: str) -> str:
    return escape(role_name(who) if who.startswith("arn:") else who)


def _place(where: str) -> str:
    """A place as a table shows it: an account, a role's name, a bucket."""
    if where.startswith("s3://"):
        return where.removeprefix("s3://").split("/")[0]
    return role_name(where) if where.startswith("arn:") else where


def _clip(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
