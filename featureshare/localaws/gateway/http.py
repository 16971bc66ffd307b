"""HTTP/1.1 on loopback: a thread for each connection, keep-alive that only the client ends.

Clients retried calls whose answer they lost with three general servers (decision record of the local AWS); the usual
cause is a server that closes an idle connection just as the client writes on it. This one never does that, keeps the
raw request target (signatures cover it) and writes each answer with one system call.
"""

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import BinaryIO, cast

_MAX_LINE = 65_536
_MAX_HEADERS = 200
_MAX_BODY = 1 << 30
_REASONS = {status.value: status.phrase for status in HTTPStatus}


@dataclass(slots=True)
class HttpRequest:
    """A request as it came: `target` undecoded, header names as written, the body complete."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    _index: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, value in self.headers:
            key = name.lower()
            self._index[key] = f"{self._index[key]},{value}" if key in self._index else value

    @property
    def path(self) -> str:
        return self.target.split("?", 1)[0] or "/"

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    def header(self, name: str, default: str = "") -> str:
        """A header's value by lower-case name; values of a repeated header are joined by commas."""
        return self._index.get(name, default)

    def names(self) -> set[str]:
        """Names of all headers, lower case."""
        return set(self._index)


@dataclass(slots=True)
class HttpResponse:
    """An answer; Content-Length and Date are added when it is written."""

    status: int
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)


class _BadRequestError(Exception):
    """What arrived is no HTTP request of ours; the connection is closed."""


class HttpServer:
    """Serves `handler` on 127.0.0.1 until `stop`. A handler must not raise; if it does, the client reads a 500."""

    def __init__(self, handler: Callable[[HttpRequest], HttpResponse], port: int = 0) -> None:
        self._handler = handler
        self._listener = socket.create_server(("127.0.0.1", port), backlog=512)
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._accept, name="localaws-accept", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Closes the listener and every connection."""
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                if self._stopping.is_set():
                    return
                continue
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, cast(BinaryIO, connection.makefile("rb", 65_536)) as stream:
                while not self._stopping.is_set() and self._exchange(connection, stream):
                    pass
        except (OSError, _BadRequestError):
            pass  # the client went away, or never spoke HTTP
        finally:
            with self._lock:
                self._open.discard(connection)

    def _exchange(self, connection: socket.socket, stream: BinaryIO) -> bool:
        request = _read_request(connection, stream)
        if request is None:
            return False
        try:
            response = self._handler(request)
        except Exception as error:  # a defect of ours must reach the client as an answer, not as a lost connection
            response = HttpResponse(500, f"local AWS failed: {error!r}".encode(), [("Content-Type", "text/plain")])
        keep = request.header("connection").lower() != "close"
        connection.sendall(_written(request.method, response, keep))
        return keep


def _line(stream: BinaryIO) -> bytes:
    line = stream.readline(_MAX_LINE + 1)
    if len(line) > _MAX_LINE:
        raise _BadRequestError
    return line


def _read_request(connection: socket.socket, stream: BinaryIO) -> HttpRequest | None:
    start = _line(stream)
    while start in (b"\r\n", b"\n"):
        start = _line(stream)
    if not start:
        return None
    parts = start.decode("latin-1").split()
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise _BadRequestError
    headers: list[tuple[str, str]] = []
    while True:
        line = _line(stream)
        if line in (b"\r\n", b"\n"):
            break
        if not line or len(headers) >= _MAX_HEADERS:
            raise _BadRequestError
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon:
            raise _BadRequestError
        headers.append((name, value.strip()))
    request = HttpRequest(parts[0], parts[1], headers, b"")
    if request.header("expect").lower() == "100-continue":
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    request.body = _read_body(request, stream)
    return request


def _read_body(request: HttpRequest, stream: BinaryIO) -> bytes:
    if "chunked" in request.header("transfer-encoding").lower():
        chunks = []
        while size := int(_line(stream).split(b";")[0].strip() or b"0", 16):
            chunks.append(stream.read(size))
            _line(stream)
        while _line(stream) not in (b"\r\n", b"\n", b""):
            pass  # trailers
        return b"".join(chunks)
    try:
        length = int(request.header("content-length", "0"))
    except ValueError as error:
        raise _BadRequestError from error
    if not 0 <= length <= _MAX_BODY:
        raise _BadRequestError
    if not length:
        return b""
    body = stream.read(length)
    if len(body) != length:
        raise _BadRequestError
    return body


def _written(method: str, response: HttpResponse, keep: bool) -> bytes:
    head = [f"HTTP/1.1 {response.status} {_REASONS.get(response.status, 'Unknown')}"]
    names = set()
    for name, value in response.headers:
        lower = name.lower()
        if lower in ("connection", "transfer-encoding") or (lower == "content-length" and method != "HEAD"):
            continue
        names.add(lower)
        head.append(f"{name}: {value}")
    if "date" not in names:
        head.append(f"Date: {formatdate(usegmt=True)}")
    if "content-length" not in names and response.status not in (204, 304):
        head.append(f"Content-Length: {len(response.body)}")
    if not keep:
        head.append("Connection: close")
    data = ("\r\n".join(head) + "\r\n\r\n").encode("latin-1", "replace")
    return data if method == "HEAD" or response.status in (204, 304) else data + response.body
