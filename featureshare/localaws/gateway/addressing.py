"""Host names of local AWS: a bucket or an account before its own name, and the proxy through which they are reached.

S3 clients put a bucket before the endpoint's host (virtual-hosted style), S3 Control clients an account. No resolver
knows `NAME.127.0.0.1`, so local AWS is also an HTTP proxy, to itself alone: a client with HTTP_PROXY set to the
endpoint asks it instead of a resolver. Whether it comes so to 127.0.0.1 itself as well (Go never does) is the same.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
"""

from urllib.parse import urlsplit

from featureshare.localaws.gateway.http import HttpRequest, HttpResponse

_OWN = ("127.0.0.1", "localhost")


def arrived(request: HttpRequest) -> HttpRequest | HttpResponse:
    """A request as if it had come without a proxy; the refusal of one that is meant for somebody else."""
    if request.method != "CONNECT" and not request.target.lower().startswith("http://"):
        return request
    asked = request.target if request.method != "CONNECT" else f"//{request.target}"
    if request.method == "CONNECT" or _parts(urlsplit(asked).netloc) is None:
        text = f"Local AWS is no proxy to {urlsplit(asked).netloc}, only to itself, and only over http."
        return HttpResponse(403, text.encode(), [("Content-Type", "text/plain")])
    rest = request.target[len("http://") :].partition("/")
    return HttpRequest(request.method, f"/{rest[2]}", request.headers, request.body)


def plain(request: HttpRequest, service: str) -> HttpRequest:
    """A request for the endpoint's own host: a bucket that stood before it is first in the path.

    To be used after the signature has been checked, which covers host and path as they were sent.
    """
    parts = _parts(request.header("host"))
    if parts is None or not parts[0]:
        return request
    before, own = parts
    headers = [(name, own if name.lower() == "host" else value) for name, value in request.headers]
    target = request.target
    if service == "s3":
        target = f"/{before}{target[1:] if target.startswith('/?') or target == '/' else target}"
    return HttpRequest(request.method, target, headers, request.body)


def _parts(authority: str) -> tuple[str, str] | None:
    """What stands before our name in `host:port` (empty: nothing), and our name with the port; None: not our name."""
    host, colon, port = authority.partition(":")
    for own in _OWN:
        if host.lower() == own:
            return "", authority
        if host.lower().endswith(f".{own}"):
            return host[: -len(own) - 1], f"{own}{colon}{port}"
    return None
