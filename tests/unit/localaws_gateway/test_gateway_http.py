"""The HTTP server: what it must carry unchanged, and what it must survive."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from featureshare.localaws.gateway.http import HttpRequest, HttpResponse, HttpServer


def echo(request: HttpRequest) -> HttpResponse:
    if request.path == "/fails":
        raise RuntimeError("broken handler")
    body = f"{request.method} {request.target} {len(request.body)} {request.header('x-list')}".encode()
    return HttpResponse(200, body, [("Content-Type", "text/plain"), ("X-Sum", str(sum(request.body)))])


@pytest.fixture(scope="module")
def server() -> Iterator[HttpServer]:
    served = HttpServer(echo)
    served.start()
    yield served
    served.stop()


@pytest.fixture
def client(server: HttpServer) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    yield connection
    connection.close()


def ask(client: http.client.HTTPConnection, method: str, target: str, body: bytes = b"", **headers: str) -> bytes:
    client.request(method, target, body, headers)
    return client.getresponse().read()


def test_target_is_raw(client: http.client.HTTPConnection) -> None:
    assert ask(client, "GET", "/a%2Fb//c?x=%20+&y") == b"GET /a%2Fb//c?x=%20+&y 0 "


def test_connection_is_kept(client: http.client.HTTPConnection) -> None:
    ask(client, "GET", "/1")
    used = client.sock
    for _ in range(50):
        assert ask(client, "PUT", "/2", b"x" * 70_000).startswith(b"PUT /2 70000")
    assert client.sock is used


def test_repeated_headers_are_joined(client: http.client.HTTPConnection) -> None:
    client.putrequest("GET", "/")
    client.putheader("X-List", "a")
    client.putheader("x-list", "b")
    client.endheaders()
    assert client.getresponse().read() == b"GET / 0 a,b"


def test_chunked_body(client: http.client.HTTPConnection) -> None:
    client.request("POST", "/c", iter([b"abc", b"defg"]), encode_chunked=True)
    assert client.getresponse().read() == b"POST /c 7 "


def test_head_has_no_body(client: http.client.HTTPConnection) -> None:
    assert ask(client, "HEAD", "/") == b""
    assert ask(client, "GET", "/") == b"GET / 0 "


def test_failing_handler_answers(client: http.client.HTTPConnection) -> None:
    client.request("GET", "/fails")
    answer = client.getresponse()
    assert (answer.status, b"broken handler" in answer.read()) == (500, True)
    assert ask(client, "GET", "/") == b"GET / 0 "


def test_expect_continue(server: HttpServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
        raw.sendall(b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 100 ")
        raw.sendall(b"abc")
        assert b"X-Sum: 294" in raw.recv(1000)


@pytest.mark.parametrize(
    "junk",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"G" * 99_999,
    ],
)
def test_junk_closes_only_its_own_connection(
    server: HttpServer, junk: bytes, client: http.client.HTTPConnection
) -> None:
    # A server that closes with bytes unread resets the connection; either way it is closed without an answer.
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw,
        suppress(ConnectionResetError, BrokenPipeError),
    ):
        raw.sendall(junk)
        raw.shutdown(socket.SHUT_WR)
        assert raw.recv(1000) == b""
    assert ask(client, "GET", "/") == b"GET / 0 "


def test_only_loopback(server: HttpServer) -> None:
    assert server._listener.getsockname()[0] == "127.0.0.1"


def test_stop_ends_open_connections() -> None:
    served = HttpServer(echo)
    served.start()
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    ask(connection, "GET", "/")
    served.stop()
    with pytest.raises((http.client.HTTPException, OSError)):
        ask(connection, "GET", "/")
    connection.close()
