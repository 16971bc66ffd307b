"""Starting and stopping the server of an environment: one process, never two, nothing left."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from filelock import FileLock, Timeout

from featureshare.localaws.control import STATE_FILE, LocalAWS, LocalAWSError

# What a Python process needs to run; no AWS_*, no proxy, no PYTHON* of the shell reaches the server.
_PASSED = ("HOME", "LANG", "LC_ALL", "PATH", "SYSTEMROOT", "TMPDIR", "TZ", "USER", "VIRTUAL_ENV")
_LOCK = ".localaws.lock"
_OWN_FILES = (STATE_FILE, "decisions.jsonl", "decisions.1.jsonl", "server.log", "localaws.new", _LOCK)
_START_SECONDS = 90.0
_STOP_SECONDS = 15.0


def start(
    state: Path, *, environment: str, region: str, partition: str = "aws", port: int = 0, parent: Mapping[str, str]
) -> LocalAWS:
    """Starts the server, detached, and waits until it answers. Raises LocalAWSError when one runs or it fails."""
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with FileLock(state / _LOCK, timeout=_START_SECONDS):
            running = find(state)
            if running is not None:
                raise LocalAWSError(f"local AWS already runs for {environment}: {running.endpoint}, pid {running.pid}")
            (state / STATE_FILE).unlink(missing_ok=True)
            return _launch(state, environment, region, partition, port, parent)
    except Timeout:
        raise LocalAWSError(f"another process is starting or stopping the local AWS of {environment}") from None


def _launch(
    state: Path, environment: str, region: str, partition: str, port: int, parent: Mapping[str, str]
) -> LocalAWS:
    command = [
        *(sys.executable, "-m", "featureshare.localaws.server", "--state", str(state), "--port", str(port)),
        *("--environment", environment, "--region", region, "--partition", partition),
    ]
    variables = {name: parent[name] for name in _PASSED if name in parent}
    log = state / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            env={
                **variables,
                "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
                "PYTHONUNBUFFERED": "1",
                "MALLOC_ARENA_MAX": "2",
            },
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=state,
            start_new_session=True,
        )
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            words = log.read_text(errors="replace").strip().splitlines()
            raise LocalAWSError(f"local AWS did not start: {words[-1] if words else f'exit {process.returncode}'}")
        running = find(state)
        if running is not None and running.pid == process.pid:
            return running
        time.sleep(0.05)
    process.kill()
    process.wait()
    raise LocalAWSError(f"local AWS did not answer within {_START_SECONDS:.0f} seconds; see {log}")


def find(state: Path) -> LocalAWS | None:
    """The local AWS of a state folder, if one runs and answers."""
    try:
        running = LocalAWS.connect(state)
        running.health()
    except (LocalAWSError, ValueError, KeyError):
        return None
    return running


def stop(state: Path) -> bool:
    """Stops the server and removes its files; False when none ran. Raises LocalAWSError when it does not end."""
    if not state.is_dir():
        return False
    try:
        with FileLock(state / _LOCK, timeout=_START_SECONDS):
            ended = _stop(state)
    except Timeout:
        raise LocalAWSError(f"another process is starting or stopping the local AWS in {state}") from None
    for name in _OWN_FILES:
        (state / name).unlink(missing_ok=True)
    if not any(state.iterdir()):
        state.rmdir()
    return ended


def _stop(state: Path) -> bool:
    try:
        running = LocalAWS.connect(state)
    except (LocalAWSError, ValueError, KeyError):
        return False
    if not _is_ours(running):
        return False
    _end(running.pid)
    return True


def _is_ours(running: LocalAWS) -> bool:
    """Whether the process id still belongs to the server that wrote the file, and not to a later process."""
    try:
        running.health()
    except LocalAWSError:
        return False
    return True


def _end(pid: int) -> None:
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < deadline:
        if not _alive(pid):
            return
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.2)
    if _alive(pid):
        raise LocalAWSError(f"local AWS, pid {pid}, does not end")


def _alive(pid: int) -> bool:
    try:
        # A child of this very process stays as a zombie until it is waited for.
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return False
    except ChildProcessError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
