import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import featureshare
from featureshare.cli import _AREAS, documents
from featureshare.errors import BadInput, FeatureShareError, Problem

Call = Callable[..., Any]  # arguments to (status, out, err): the fixture in conftest.py
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def _signals_as_before() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def _raise(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(documents, "render_documents", fail)


def test_without_arguments_all_commands_are_listed(call: Call) -> None:
    shown = call("--help")
    assert shown.status == 0
    assert all(f"  {name} " in shown.out for name in _AREAS)


def test_version(call: Call) -> None:
    assert call("--version").out == f"{featureshare.__version__}\n"


def test_an_unknown_command_or_option_is_bad_input(call: Call) -> None:
    assert call("nonsense").status == 2
    wrong = call("render", "local", "--nonsense")
    assert (wrong.status, wrong.out) == (2, "")
    assert "--nonsense" in wrong.err


@pytest.mark.parametrize("area", sorted(_AREAS))
def test_every_command_explains_itself(call: Call, area: str) -> None:
    shown = call(area, "--help")
    assert (shown.status, shown.err) == (0, "")
    assert f"featureshare {area}" in shown.out


def test_bad_input_is_a_line_a_problem_and_status_2(call: Call, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problems = [Problem("b.yaml", "x.y", "must be text.", "quote it."), Problem("a.yaml", "", "is missing.", "add it.")]
    _raise(BadInput(problems), monkeypatch)
    told = call("render", "local")
    assert (told.status, told.out) == (2, "")
    assert told.err == "a.yaml: is missing. Fix: add it.\nb.yaml: x.y: must be text. Fix: quote it.\n"
    as_json = call("render", "local", "--json")
    assert (as_json.status, as_json.err) == (2, "")
    assert json.loads(as_json.out) == {
        "error": {
            "message": "2 problems in the input.",
            "problems": [
                {"file": "a.yaml", "key": "", "rule": "is missing.", "fix": "add it."},
                {"file": "b.yaml", "key": "x.y", "rule": "must be text.", "fix": "quote it."},
            ],
        }
    }


def test_a_failure_is_one_sentence_and_status_1(call: Call, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _raise(FeatureShareError("the disk is full."), monkeypatch)
    told = call("render", "local")
    assert (told.status, told.out, told.err) == (1, "", "the disk is full.\n")
    assert json.loads(call("render", "local", "--json").out) == {"error": {"message": "the disk is full."}}


def test_ctrl_c_is_status_130(call: Call, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _raise(KeyboardInterrupt(), monkeypatch)
    assert call("render", "local").status == 130


def test_a_defect_is_not_hidden(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _raise(ZeroDivisionError(), monkeypatch)
    with pytest.raises(ZeroDivisionError):
        featureshare.cli.main(["render", "local"])


def test_an_unknown_environment_names_those_there_are(call: Call, clone: Path) -> None:
    for command in ("render", "policies", "plan", "apply", "destroy", "status", "verify"):
        told = call(command, "nowhere")
        assert told.status == 2, command
        assert "environments/nowhere/environment.yaml: there is no environment" in told.err
        assert "local" in told.err.partition("Fix:")[2]


def test_local_without_local_aws_is_one_sentence(call: Call, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "somebody")
    for arguments in (["plan", "local"], ["apply", "local"], ["destroy", "local"], ["env", "local", "central"]):
        told = call(*arguments)
        assert (told.status, told.out) == (1, "")
        assert told.err == "Local AWS does not run for local: start it with `featureshare localaws up local`.\n"


def test_bad_names_on_the_command_line(call: Call, clone: Path) -> None:
    told = call("plan", "local", "--team", "nobody", "--stack", "centre")
    assert told.status == 2
    assert [line.partition(": Fix")[0].split(". Fix")[0] for line in told.err.splitlines()] == [
        "command line: --stack: there is no stack 'centre'",
        "command line: --team: there is no team 'nobody'",
    ]


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from featureshare.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'boto3', 'pydantic', 'moto', 'duckdb', 'python_terraform'} & set(sys.modules)), file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stderr.strip() == "[]"
