"""The server process: `python -m featureshare.localaws.server --state DIR --environment local`."""

import argparse
import json
import os
import secrets
import signal
import socket
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from featureshare.localaws.gateway.admin import Admin
from featureshare.localaws.gateway.http import HttpServer
from featureshare.localaws.gateway.server import Gateway
from featureshare.localaws.logfile import MOST_BYTES
from featureshare.localaws.services import HANDLERS, start, stop

STATE_FILE = "localaws.json"
LOG_FILE = "decisions.jsonl"


@dataclass
class Running:
    """A local AWS that answers on `endpoint`; `close` ends it."""

    gateway: Gateway
    admin: Admin
    http: HttpServer
    token: str

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.http.port}"

    def close(self) -> None:
        self.http.stop()
        stop()
        self.gateway.log.stop()


def run(
    *,
    region: str = "eu-west-1",
    partition: str = "aws",
    port: int = 0,
    environment: str = "",
    log_path: Path | None = None,
    enforce: bool = True,
    log_bytes: int = MOST_BYTES,
) -> Running:
    """Starts a local AWS in this process, on loopback; port 0 takes a free one."""
    _stay_local()
    token = secrets.token_urlsafe(32)
    gateway = Gateway(
        region=region,
        partition=partition,
        log_path=log_path,
        log_bytes=log_bytes,
        enforce=enforce,
        handlers=HANDLERS,
    )
    admin = Admin(gateway, token, environment=environment)
    gateway.admin = admin
    http = HttpServer(gateway.handle, port)
    start(gateway.authorize_background, gateway.estate, gateway.clock.now)
    http.start()
    return Running(gateway, admin, http, token)


def _stay_local() -> None:
    """Takes away from this process what could lead it to a real account."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"


def forbid_network() -> None:
    """Lets this process connect to nothing but loopback, whatever a library would like to fetch."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and str(address[0]) not in ("127.0.0.1", "::1", "localhost"):
            raise OSError(f"the local AWS does not leave this machine: {address}")
        connect(self, address)  # type: ignore[arg-type]

    socket.socket.connect = guarded  # type: ignore[assignment, method-assign]


def main(arguments: list[str] | None = None) -> int:
    """Serves until SIGTERM or SIGINT; the state file exists exactly while the server answers."""
    parser = argparse.ArgumentParser(prog="python -m featureshare.localaws.server")
    parser.add_argument("--state", type=Path, required=True, help="folder for localaws.json and the decision log")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--environment", default="local")
    parser.add_argument("--region", default="eu-west-1")
    parser.add_argument("--partition", default="aws")
    parser.add_argument("--no-enforce", action="store_true", help="for measuring only: nothing is decided, all passes")
    parser.add_argument(
        "--log-bytes", type=int, default=MOST_BYTES, help="most bytes of the decision log on disk; default: 512 MiB"
    )
    given = parser.parse_args(arguments)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    forbid_network()
    given.state.mkdir(parents=True, exist_ok=True)
    running = run(
        region=given.region,
        partition=given.partition,
        port=given.port,
        environment=given.environment,
        log_path=given.state / LOG_FILE,
        enforce=not given.no_enforce,
        log_bytes=given.log_bytes,
    )
    content = {
        "port": running.http.port,
        "pid": os.getpid(),
        "token": running.token,
        "endpoint": running.endpoint,
        "environment": given.environment,
    }
    state_file = given.state / STATE_FILE
    write_private(state_file, json.dumps(content))
    try:
        ended.wait()
    finally:
        state_file.unlink(missing_ok=True)
        running.close()
    return 0


def write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner can read, at once or not at all."""
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
    temporary.replace(path)


if __name__ == "__main__":
    sys.exit(main())
