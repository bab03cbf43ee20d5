"""The relay: what it counts, what it delays, and what it leaves alone."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest

from toolkit.bench.relay import Relay, Traffic

Conversation = Callable[[socket.socket], None]


@contextmanager
def server_that(converses: Conversation) -> Iterator[str]:
    """Serve one connection on a free loopback port; yields its connection string."""

    def serve() -> None:
        side, _ = listener.accept()
        with side:
            converses(side)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"host=127.0.0.1 port={listener.getsockname()[1]}"
        thread.join(timeout=10)
        assert not thread.is_alive()


def client_of(relay: Relay) -> socket.socket:
    port = int(relay.url.rpartition("port=")[2])
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def echo(side: socket.socket) -> None:
    while chunk := side.recv(65_536):
        side.sendall(chunk)


def receive(side: socket.socket, size: int) -> bytes:
    received = bytearray()
    while len(received) < size:
        chunk = side.recv(size - len(received))
        assert chunk, f"the stream ended after {len(received)} of {size} bytes"
        received += chunk
    return bytes(received)


def ask(side: socket.socket, question: bytes) -> bytes:
    side.sendall(question)
    return receive(side, len(question))


def test_each_question_after_an_answer_is_one_round_trip() -> None:
    with server_that(echo) as url, Relay(url) as relay, client_of(relay) as client:
        seen = [relay.traffic()]
        for _ in range(3):
            ask(client, b"four")
            seen.append(relay.traffic())

    assert [later - earlier for earlier, later in pairwise(seen)] == [
        Traffic(round_trips=1, bytes_out=4, bytes_in=4)
    ] * 3


def test_questions_sent_without_waiting_are_one_round_trip() -> None:
    with (
        server_that(echo) as url,
        Relay(url, rtt_ms=50) as relay,
        client_of(relay) as client,
    ):
        for _ in range(10):
            client.sendall(b"x")
        receive(client, 10)

        assert relay.traffic() == Traffic(round_trips=1, bytes_out=10, bytes_in=10)


def test_a_question_sent_while_the_answer_is_under_way_waited_for_nothing() -> None:
    answered = threading.Event()

    def answer_twice(side: socket.socket) -> None:
        for _ in range(2):
            side.recv(1)
            side.sendall(b"!")
            answered.set()

    with (
        server_that(answer_twice) as url,
        Relay(url, rtt_ms=200) as relay,
        client_of(relay) as client,
    ):
        client.sendall(b"?")
        assert answered.wait(5)
        client.sendall(b"?")
        receive(client, 2)

        assert relay.traffic().round_trips == 1


def test_an_answer_in_pieces_is_still_one_round_trip() -> None:
    def answer_in_pieces(side: socket.socket) -> None:
        while side.recv(1):
            for _ in range(5):
                side.sendall(b"x" * 50_000)

    with server_that(answer_in_pieces) as url, Relay(url) as relay, client_of(relay) as client:
        client.sendall(b"?")
        receive(client, 250_000)
        client.sendall(b"?")
        receive(client, 250_000)

        assert relay.traffic() == Traffic(round_trips=2, bytes_out=2, bytes_in=500_000)


def test_every_round_trip_takes_the_time_asked_for() -> None:
    with server_that(echo) as url, Relay(url, rtt_ms=20) as relay, client_of(relay) as client:
        elapsed_ms = [timed_ms(client) for _ in range(10)]
        # A busy machine adds to any of them, but not to all of very many.
        while min(elapsed_ms) >= 40 and len(elapsed_ms) < 500:
            elapsed_ms.append(timed_ms(client))

    assert 20 <= min(elapsed_ms) < 40


def timed_ms(client: socket.socket) -> float:
    begun = time.perf_counter()
    ask(client, b"x")
    return (time.perf_counter() - begun) * 1_000


def test_half_of_the_delay_is_on_the_way_there() -> None:
    arrived_s: list[float] = []

    def note_arrival(side: socket.socket) -> None:
        side.recv(1)
        arrived_s.append(time.perf_counter())
        side.sendall(b"!")

    with (
        server_that(note_arrival) as url,
        Relay(url, rtt_ms=100) as relay,
        client_of(relay) as client,
    ):
        sent_s = time.perf_counter()
        ask(client, b"?")
        answered_s = time.perf_counter()

    assert arrived_s[0] - sent_s >= 0.050
    assert answered_s - arrived_s[0] >= 0.050


def test_latency_does_not_limit_bandwidth() -> None:
    size = 32_000_000

    def send_much(side: socket.socket) -> None:
        side.recv(1)
        side.sendall(bytes(size))

    with server_that(send_much) as url, Relay(url, rtt_ms=200) as relay, client_of(relay) as client:
        begun = time.perf_counter()
        client.sendall(b"?")
        receive(client, size)
        elapsed_s = time.perf_counter() - begun

    # A relay that held one chunk at a time would need 0.1 s for each of at least 120 chunks.
    assert 0.2 <= elapsed_s < 6.0


def test_bytes_that_come_later_leave_later() -> None:
    """A pause between two messages is neither swallowed nor stretched."""
    pause = threading.Event()

    def speak_twice(side: socket.socket) -> None:
        side.recv(1)
        side.sendall(b"a")
        pause.wait(0.1)
        side.sendall(b"b")

    with (
        server_that(speak_twice) as url,
        Relay(url, rtt_ms=40) as relay,
        client_of(relay) as client,
    ):
        client.sendall(b"?")
        receive(client, 1)
        first_s = time.perf_counter()
        receive(client, 1)
        second_s = time.perf_counter()

    assert 0.08 <= second_s - first_s < 1.0


def test_a_large_upload_arrives_whole_and_in_order() -> None:
    payload = bytes(range(256)) * 40_000

    with server_that(echo) as url, Relay(url, rtt_ms=5) as relay, client_of(relay) as client:
        sender = threading.Thread(target=client.sendall, args=(payload,))
        sender.start()
        received = receive(client, len(payload))
        sender.join()

        assert received == payload
        assert relay.traffic().bytes_out == relay.traffic().bytes_in == len(payload)


def test_the_server_hears_that_the_client_is_done_and_can_still_answer() -> None:
    def count_to_the_end(side: socket.socket) -> None:
        total = 0
        while chunk := side.recv(65_536):
            total += len(chunk)
        side.sendall(str(total).encode())

    with (
        server_that(count_to_the_end) as url,
        Relay(url, rtt_ms=10) as relay,
        client_of(relay) as client,
    ):
        client.sendall(b"x" * 1_000)
        client.shutdown(socket.SHUT_WR)

        assert receive(client, 4) == b"1000"
        assert client.recv(1) == b""


def test_a_server_that_hangs_up_is_heard_by_the_client() -> None:
    def hang_up(side: socket.socket) -> None:
        side.recv(1)

    with server_that(hang_up) as url, Relay(url) as relay, client_of(relay) as client:
        client.sendall(b"?")

        assert client.recv(1) == b""


def test_nobody_behind_the_relay_is_a_closed_connection_and_no_crash() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with Relay(f"host=127.0.0.1 port={port}") as relay:
        for _ in range(2):
            with client_of(relay) as client:
                assert client.recv(1) == b""


def test_leaving_the_block_frees_port_and_thread() -> None:
    with server_that(echo) as url:
        with Relay(url) as relay:
            client = client_of(relay)
            ask(client, b"x")
            port = client.getpeername()[1]

        assert client.recv(1) == b""
        client.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "bench-relay"]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
