"""A retried write is done once and answered again, also while its first attempt still runs."""

import threading
import time
from typing import Any

from gateway_support import LAMBDA, Aws, allow

from featureshare.localaws.gateway.http import HttpRequest, HttpResponse
from featureshare.localaws.gateway.replay import Replays, key_of


def request(invocation: str = "i-1", body: bytes = b"{}") -> HttpRequest:
    return HttpRequest("POST", "/", [("amz-sdk-invocation-id", invocation)], body)


def test_what_counts_as_the_same_write() -> None:
    first = key_of(request(), "AK", "CreateRole")
    assert first is not None
    assert key_of(request(), "AK", "CreateRole") == first
    others = [
        key_of(request("i-2"), "AK", "CreateRole"),
        key_of(request(), "OTHER", "CreateRole"),
        key_of(request(body=b"{1}"), "AK", "CreateRole"),
        key_of(request(), "AK", "DeleteRole"),
    ]
    assert first not in others
    assert len(set(others)) == 4
    assert key_of(request(), "AK", "GetRole") is None
    assert key_of(HttpRequest("POST", "/", [], b""), "AK", "CreateRole") is None


def test_second_attempt_waits_for_the_first() -> None:
    replays, done, started = Replays(), [], threading.Event()
    key = key_of(request(), "AK", "CreateRole")
    assert key is not None

    def slow() -> HttpResponse:
        started.set()
        time.sleep(0.2)
        done.append(1)
        return HttpResponse(200, b"made")

    answers: list[tuple[HttpResponse, bool]] = []
    threads = [threading.Thread(target=lambda: answers.append(replays.answer(key, slow)))]
    threads[0].start()
    started.wait()
    threads += [threading.Thread(target=lambda: answers.append(replays.answer(key, slow))) for _ in range(3)]
    for thread in threads[1:]:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [1]
    assert sorted(replayed for _, replayed in answers) == [False, True, True, True]
    assert {response.body for response, _ in answers} == {b"made"}


def test_server_errors_are_not_remembered() -> None:
    replays, statuses = Replays(), [500, 200]
    key = key_of(request(), "AK", "CreateRole")
    assert key is not None

    def work() -> HttpResponse:
        return HttpResponse(statuses.pop(0))

    assert replays.answer(key, work)[0].status == 500
    assert replays.answer(key, work)[0].status == 200
    assert replays.answer(key, work) == (HttpResponse(200), True)


def test_retry_of_a_create_through_boto3(aws: Aws, admin: str) -> None:
    """The client sees no answer to its first attempt and sends the same call again."""
    iam = aws.client("iam", aws.keys(aws.role("retrier", allow("iam:*"))))
    sent: list[Any] = []

    def remember(request: Any, **_: Any) -> None:
        sent.append(request)

    iam.meta.events.register("before-send.iam.CreateRole", remember)
    made = iam.create_role(RoleName="once", AssumeRolePolicyDocument=LAMBDA)
    again = aws.client("iam", aws.keys("arn:aws:iam::222222222222:role/retrier"))
    http = again._endpoint.http_session.send(sent[0])
    assert http.status_code == 200
    assert made["Role"]["RoleId"].encode() in http.content
    assert aws.last()["replayed"]
