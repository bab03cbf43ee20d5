"""Sinks: what a receiver gets, and what an answer means."""

from __future__ import annotations

import io
import json
import socket
from datetime import UTC, datetime
from uuid import UUID

import pytest

from tests.workers.receivers import receiver
from workers.queue import Message
from workers.sinks import StdoutSink, Undelivered, WebhookSink

MESSAGE = Message(
    id=7,
    attempt=2,
    dedup_key="job_completed:1",
    user_id=UUID(int=1),
    kind="job_completed",
    payload={"job_id": "1"},
    created_at=datetime(2026, 3, 1, tzinfo=UTC),
)
BODY = {
    "dedup_id": "job_completed:1",
    "kind": "job_completed",
    "user_id": "00000000-0000-0000-0000-000000000001",
    "payload": {"job_id": "1"},
    "attempt": 2,
    "created_at": "2026-03-01T00:00:00+00:00",
}


def deliver(url: str, timeout_s: float = 10) -> Undelivered | None:
    sink = WebhookSink(url, timeout_s=timeout_s)
    try:
        sink.deliver(MESSAGE)
    except Undelivered as error:
        return error
    finally:
        sink.close()
    return None


def test_stdout_gets_a_line_of_json_a_message() -> None:
    stream = io.StringIO()
    sink = StdoutSink(stream)

    sink.deliver(MESSAGE)
    sink.deliver(MESSAGE)

    lines = stream.getvalue().splitlines()
    assert [json.loads(line) for line in lines] == [BODY, BODY]


def test_a_webhook_gets_the_dedup_id_in_body_and_header() -> None:
    with receiver(lambda *_: 204) as received:
        refused = deliver(received.url)

    assert refused is None
    assert (received.bodies, received.keys) == ([BODY], ["job_completed:1"])


@pytest.mark.parametrize(
    ("status", "is_final"),
    [
        *((status, True) for status in (301, 400, 401, 404, 410, 422)),
        *((status, False) for status in (408, 409, 425, 429, 500, 502, 503, 504)),
    ],
)
def test_an_answer_says_whether_trying_again_can_help(status: int, *, is_final: bool) -> None:
    with receiver(lambda *_: status) as received:
        refused = deliver(received.url)

    assert refused is not None
    assert refused.reason.startswith(str(status))
    assert refused.is_final is is_final


def test_nobody_there_may_pass() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))

        refused = deliver(f"http://127.0.0.1:{taken.getsockname()[1]}/")

    assert refused is not None
    assert (refused.reason[:12], refused.is_final) == ("ConnectError", False)


def test_no_answer_in_time_may_pass() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        refused = deliver(f"http://127.0.0.1:{silent.getsockname()[1]}/", timeout_s=0.05)

    assert refused is not None
    assert (refused.reason[:11], refused.is_final) == ("ReadTimeout", False)
