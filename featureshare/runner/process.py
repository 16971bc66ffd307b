"""Child processes that can be ended together: interrupted first, killed only when that does not help."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from featureshare.errors import FeatureShareError

_DRAIN = 10.0  # seconds to read what an ended child left in its pipes


class Interrupted(FeatureShareError):
    """The work was called off (Ctrl-C) before or while it ran."""

    def __init__(self) -> None:
        super().__init__("interrupted.")


@dataclass(frozen=True)
class Finished:
    """How a child ended: its status and all that it wrote."""

    status: int
    stdout: str
    stderr: str


class Children:
    """The children that run now, from any number of threads.

    Each child leads a session of its own, so that the terminal's Ctrl-C reaches us alone and we decide: `interrupt`
    sends SIGINT to Terraform itself and not to its providers, which it needs to finish the calls in flight, write its
    state and release the lock.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._interrupted = False

    @property
    def interrupted(self) -> bool:
        return self._interrupted

    def run(
        self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], on_line: Callable[[str], None] | None = None
    ) -> Finished:
        """Run `argv` to its end with exactly `env`; `on_line` gets each line of its output as it is written.

        Raises Interrupted when the work is already called off, OSError when the program cannot be started, and
        whatever `on_line` raises, after the child has ended.
        """
        with self._lock:
            if self._interrupted:
                raise Interrupted
            child = subprocess.Popen(
                list(argv),
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                encoding="utf-8",
                errors="replace",
            )
            self._running.add(child)
        stdout, stderr = _Drain(child.stdout, on_line), _Drain(child.stderr, None)
        try:
            status = child.wait()
        finally:
            with self._lock:
                self._running.discard(child)
        if self.interrupted:
            _kill_group(child)  # what a provisioner started and left behind would hold our pipes open
        finished = Finished(status, stdout.text(), stderr.text())
        if stdout.error is not None:
            raise stdout.error
        return finished

    def interrupt(self) -> None:
        """Call the work off: nothing more is started, what runs is asked to stop. Returns at once."""
        with self._lock:
            self._interrupted = True
            for child in self._running:
                child.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """End what an interrupt did not end, with all that it started."""
        with self._lock:
            self._interrupted = True
            for child in self._running:
                _kill_group(child)


class _Drain(threading.Thread):
    """Reads a pipe to its end, so that a child never blocks on a full one."""

    def __init__(self, pipe: IO[str] | None, on_line: Callable[[str], None] | None) -> None:
        super().__init__(daemon=True)
        assert pipe is not None
        self._pipe, self._on_line = pipe, on_line
        self._lines: list[str] = []
        self.error: Exception | None = None
        self.start()

    def run(self) -> None:
        with self._pipe:
            for line in self._pipe:
                self._lines.append(line)
                if self._on_line is not None and self.error is None:
                    try:
                        self._on_line(line.rstrip("\n"))
                    except Exception as error:  # shown by whoever waits for the child
                        self.error = error

    def text(self) -> str:
        self.join(_DRAIN)
        return "".join(self._lines)


def _kill_group(child: "subprocess.Popen[str]") -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
