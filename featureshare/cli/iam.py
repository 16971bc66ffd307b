"""`featureshare iam`: decide and explain authorization cases."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from featureshare.iam import Decision, decide, walk_through
from featureshare.iam.cases import Case, CaseError, parse_case

app = typer.Typer(no_args_is_help=True, help="Does AWS allow this request? Decide and explain cases.")

BAD_INPUT = 2

Files = Annotated[list[str], typer.Argument(help="Files of cases, one JSON object a line; - reads standard input.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class _Reader:
    """Cases of files in order; what cannot be read is reported on standard error and remembered."""

    def __init__(self) -> None:
        self.failed = False

    def cases(self, files: list[str]) -> Iterator[tuple[str, Case]]:
        """Yield (file:line, case)."""
        for file in files:
            try:
                content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
            except OSError as error:
                self._report(file, f"cannot be read: {error.strerror or error}")
                continue
            for number, line in enumerate(content.split(b"\n"), start=1):
                if not line.strip():
                    continue
                place = f"{file}:{number}"
                try:
                    case = parse_case(line)
                except CaseError as error:
                    self._report(place, str(error))
                    continue
                yield place, case

    def _report(self, place: str, text: str) -> None:
        self.failed = True
        typer.echo(f"{place}: {text}", err=True)


@app.command("decide")
def decide_files(
    files: Files,
    details: Annotated[bool, typer.Option("--details", help="Add reasons and findings to every line.")] = False,
    json_: Json = True,
) -> None:
    """Decide every case: one {"id","decision","result"} line each, in order.

    A malformed line is reported with file and line on standard error and makes the exit status 2; the others are
    decided all the same.
    """
    reader = _Reader()
    for place, case in reader.cases(files):
        decision = decide(case.request, case.world)
        typer.echo(json.dumps(_answer(case, decision, details), separators=(",", ":")))
        for note in case.notes:
            typer.echo(f"{place}: {case.id}: {note}", err=True)
        for fault in case.world.faults:
            typer.echo(f"{place}: {case.id}: {fault}", err=True)
    if reader.failed:
        raise typer.Exit(BAD_INPUT)


@app.command("explain")
def explain_case(
    files: Files,
    id_: Annotated[str, typer.Option("--id", help="The id of the case to explain.")] = "",
    json_: Json = False,
) -> None:
    """Explain one case, layer by layer. Without --id the files must hold one case only."""
    reader = _Reader()
    found = [case for _, case in reader.cases(files) if not id_ or str(case.id) == id_]
    if len(found) != 1:
        asked = f"have the id {id_!r}" if id_ else "are there"
        typer.echo(f"{', '.join(files)}: {len(found)} cases {asked}; name one with --id", err=True)
        raise typer.Exit(BAD_INPUT)
    case = found[0]
    decision = decide(case.request, case.world)
    if json_:
        typer.echo(json.dumps(_answer(case, decision, True), indent=2))
    else:
        title = ": ".join(part for part in (str(case.id), case.name) if part)
        typer.echo(f"{title}\n\n{walk_through(case.request, case.world)}")
        if case.expected is not None and case.expected[1] not in ("", decision.result):
            typer.echo(f"\nexpected {case.expected[1]}")
    if reader.failed:
        raise typer.Exit(BAD_INPUT)


def _answer(case: Case, decision: Decision, details: bool) -> dict[str, Any]:
    out: dict[str, Any] = {
        "id": case.id,
        "decision": "Allow" if decision.allowed else "Deny",
        "result": decision.result,
    }
    if details:
        out["reasons"] = [_fields(reason) for reason in decision.reasons]
        out["findings"] = [_fields(finding) for finding in decision.findings]
    return out


def _fields(item: Any) -> dict[str, str]:
    """The fields of a reason or finding."""
    return {key: value for key, value in vars(item).items() if value != ""}
