"""Terraform, run by python-terraform's command lines in processes of our own. The only importer of python_terraform.

python-terraform 0.10.1 always gives a child its parent's whole environment, waits for the end before it shows a line,
and sends flags that Terraform no longer has (`destroy -force`). `Terraform` keeps its building of command lines and
overrides `cmd`, through which everything goes.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from python_terraform import IsFlagged
from python_terraform import Terraform as PythonTerraform

from featureshare.errors import FeatureShareError
from featureshare.runner.process import Children, Finished, Interrupted

Event = Mapping[str, Any]
"""One line of machine-readable output: https://developer.hashicorp.com/terraform/internals/machine-readable-ui"""

# With -json these write a line as things happen, where `show` writes one document.
_STREAMED = ("plan", "apply", "destroy")
_LOCK_TIMEOUT = "60s"  # another run on the same state is waited for, not failed on


class TerraformFailed(FeatureShareError):
    """Terraform ended with an error; the message holds its own words."""

    def __init__(self, command: str, text: str) -> None:
        self.command = command
        super().__init__(text or f"terraform {command} failed without a word.")


class Terraform(PythonTerraform):  # type: ignore[misc]  # python-terraform has no types
    """Terraform in one folder with one environment.

    `environment` is all that the child sees. `on_event` gets the lines of commands with machine-readable output.
    """

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        *,
        binary: str | Path = "terraform",
        children: Children | None = None,
        on_event: Callable[[Event], None] | None = None,
    ) -> None:
        self.environment = dict(environment)
        self.children = children or Children()
        self.on_event = on_event
        super().__init__(working_dir=str(folder), terraform_bin_path=str(binary), is_env_vars_included=False)

    def read_state_file(self, file_path: str | None = None) -> None:
        """Nothing: state is in the backend, and the folder is shared by many stacks."""

    def cmd(self, cmd: str, *args: str, **kwargs: Any) -> tuple[int, str, str]:
        """Run a Terraform command; (status, stdout, stderr). Options are as python-terraform takes them."""
        argv = self.generate_cmd_string(cmd, *args, **kwargs)
        try:
            finished = self.children.run(
                argv,
                cwd=Path(self.working_dir),
                env=self.environment,
                on_line=self._event if cmd in _STREAMED else None,
            )
        except OSError as error:
            raise TerraformFailed(cmd, f"cannot run {argv[0]}: {error.strerror}.") from error
        finally:
            self.temp_var_files.clean_up()
        return finished.status, finished.stdout, finished.stderr

    def _event(self, line: str) -> None:
        if self.on_event is not None and (event := _parse(line)):
            self.on_event(event)

    def _run(self, cmd: str, *args: str, good: Sequence[int] = (0,), **kwargs: Any) -> Finished:
        finished = Finished(*self.cmd(cmd, *args, **kwargs))
        if self.children.interrupted:
            raise Interrupted
        if finished.status not in good:
            raise TerraformFailed(cmd.split()[0], explain(finished))
        return finished

    def initialise(self, backend_config: Sequence[str] = (), *, backend: bool = True) -> None:
        """`init`; `backend_config` are files or key=value pairs."""
        self._run(
            "init",
            input=False,
            json=IsFlagged,
            reconfigure=IsFlagged,
            backend=backend,
            backend_config=[*backend_config],
        )

    def save_plan(self, file: Path, *, destroy: bool = False, refresh: bool = True) -> bool:
        """`plan -out`; True when the plan changes something."""
        finished = self._run(
            "plan",
            good=(0, 2),
            out=str(file),
            input=False,
            json=IsFlagged,
            detailed_exitcode=IsFlagged,
            destroy=IsFlagged if destroy else None,
            refresh=None if refresh else False,
            lock_timeout=_LOCK_TIMEOUT,
        )
        return finished.status == 2

    def show_plan(self, file: Path) -> dict[str, Any]:
        """`show -json` of a saved plan: https://developer.hashicorp.com/terraform/internals/json-format"""
        document: dict[str, Any] = json.loads(self._run("show", str(file), json=IsFlagged).stdout)
        return document

    def apply_plan(self, file: Path, *, parallelism: int | None = None) -> None:
        """`apply` exactly the saved plan."""
        self._run("apply", str(file), input=False, json=IsFlagged, parallelism=parallelism, lock_timeout=_LOCK_TIMEOUT)

    def destroy_all(self) -> None:
        """`destroy` everything in the state, without a plan to look at first."""
        self._run("destroy", input=False, json=IsFlagged, auto_approve=IsFlagged, lock_timeout=_LOCK_TIMEOUT)

    def pull_state(self) -> dict[str, Any] | None:
        """`state pull`: the state as it is stored, or None when there is none yet."""
        text = self._run("state pull").stdout
        return json.loads(text) if text.strip() else None

    def apply_for_outputs(self, state: Path) -> dict[str, Any]:
        """Apply a configuration without providers into the throw-away file `state`; its outputs, from one process."""
        finished = self._run(
            "apply", input=False, json=IsFlagged, auto_approve=IsFlagged, refresh=False, state=str(state), backup="-"
        )
        for line in reversed(finished.stdout.splitlines()):
            event = _parse(line)
            if event.get("type") == "outputs":
                return {name: output.get("value") for name, output in event["outputs"].items()}
        return {}


def _parse(line: str) -> dict[str, Any]:
    if not line.startswith("{"):
        return {}
    try:
        event = json.loads(line)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}


def explain(finished: Finished) -> str:
    """Terraform's errors, a line each: what, where, why; its plain error output when it gave no diagnostics."""
    events = [_parse(line) for line in finished.stdout.splitlines()]
    found = [event["diagnostic"] for event in events if event.get("type") == "diagnostic" and "diagnostic" in event]
    errors = [_diagnostic(diagnostic) for diagnostic in found if diagnostic.get("severity") == "error"]
    return "\n".join(dict.fromkeys(errors)) or _plain(finished.stderr) or _plain(finished.stdout)


def _diagnostic(diagnostic: Mapping[str, Any]) -> str:
    place = []
    if address := diagnostic.get("address") or (diagnostic.get("snippet") or {}).get("context"):
        place.append(str(address))
    if span := diagnostic.get("range"):
        place.append(f"{span['filename']}:{span['start']['line']}")
    where = f" ({', '.join(place)})" if place else ""
    detail = str(diagnostic.get("detail") or "").strip()
    return f"{diagnostic['summary']}{where}: {detail}" if detail else f"{diagnostic['summary']}{where}"


def _plain(text: str) -> str:
    """Terraform's boxed text without the box."""
    lines = (line.strip().lstrip("╷│╵").strip() for line in text.splitlines())
    return " ".join(line for line in lines if line).removeprefix("Error: ")
