"""A TCP relay that adds latency, never a limit of bandwidth, and counts what passes.

Knows nothing of PostgreSQL's protocol: a round trip is the client speaking after it was spoken to.
"""

import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from psycopg.conninfo import conninfo_to_dict, make_conninfo

_LOOPBACK = "127.0.0.1"
_READ_BYTES = 1 << 18
# A reader stops only when this much is under way: over 6 GB/s at a delay of 2.5 ms.
_WINDOW_BYTES = 1 << 24
# A sleeping thread wakes up to this late on a virtual machine: the last stretch is not slept.
_OVERSLEEP_S = 0.000_3


@dataclass(frozen=True, slots=True)
class Traffic:
    """What passed through a relay since it started.

    Args:
        round_trips: times a client sent after having received; its first words count as one.
        bytes_out: from clients to the server.
        bytes_in: from the server to clients.
    """

    round_trips: int = 0
    bytes_out: int = 0
    bytes_in: int = 0

    def __sub__(self, earlier: "Traffic") -> "Traffic":
        return Traffic(
            self.round_trips - earlier.round_trips,
            self.bytes_out - earlier.bytes_out,
            self.bytes_in - earlier.bytes_in,
        )


class Relay:
    """A listener on a free loopback port that passes everything on to one server.

    Half the round-trip time is added in each direction, to every byte alike: bytes that arrive
    together leave together, and bytes under way never wait for an answer. What is not delayed is
    the TCP handshake, so opening a connection is cheaper here than over a real distance.
    The counters are exact to the reader of an answer: they change before the answer is passed on.

    Args:
        url: a libpq URI or keyword string of the server behind, over TCP.
        rtt_ms: round-trip time to add; 0 only counts.
    """

    def __init__(self, url: str, *, rtt_ms: float = 0.0) -> None:
        parts = conninfo_to_dict(url)
        self._behind = (str(parts["host"]), int(parts["port"] or 5432))
        self._delay_s = rtt_ms / 2_000
        self._url = url
        self._tally = _Tally()
        self._pairs: list[_Pair] = []
        self._listener = socket.create_server((_LOOPBACK, 0))
        self._bell, self._ear = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="bench-relay", daemon=True)

    @property
    def url(self) -> str:
        """The server's connection string with the relay's address in place of its own."""
        return make_conninfo(self._url, host=_LOOPBACK, port=self._listener.getsockname()[1])

    def traffic(self) -> Traffic:
        """Return the counters; subtract an earlier reading to get what one call cost."""
        tally = self._tally
        return Traffic(tally.round_trips, tally.bytes_out, tally.bytes_in)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bell.close()
        self._thread.join()

    def _serve(self) -> None:
        try:
            while self._turn():
                pass
        finally:
            for pair in self._pairs:
                pair.close()
            self._listener.close()
            self._ear.close()

    def _turn(self) -> bool:
        flows = [flow for pair in self._pairs for flow in pair.flows]
        readers = {flow.source: flow for flow in flows if flow.wants_to_read}
        writers = [flow.target for flow in flows if flow.blocked]
        readable, writable, _ = select.select(
            [self._ear, self._listener, *readers], writers, [], _pause_s(flows)
        )
        if self._ear in readable:
            return False
        now = time.perf_counter()
        for source in readable:
            if source is self._listener:
                self._accept()
            else:
                readers[source].read(now + self._delay_s)
        for flow in flows:
            if not flow.blocked or flow.target in writable:
                flow.write(now)
        self._drop_finished()
        return True

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        try:
            server = socket.create_connection(self._behind)
        except OSError:
            client.close()  # what a client sees when nobody listens behind
            return
        self._pairs.append(_Pair(client, server, self._tally))

    def _drop_finished(self) -> None:
        for pair in [pair for pair in self._pairs if pair.finished]:
            pair.close()
            self._pairs.remove(pair)


@dataclass(slots=True)
class _Tally:
    """Counters that one thread writes and any thread reads."""

    round_trips: int = 0
    bytes_out: int = 0
    bytes_in: int = 0


class _Pair:
    """One client's connection and its counterpart behind the relay."""

    def __init__(self, client: socket.socket, server: socket.socket, tally: _Tally) -> None:
        self._sockets = (client, server)
        self._tally = tally
        self._client_was_answered = True
        for side in self._sockets:
            side.settimeout(0)
            side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.flows = (
            _Flow(client, server, arrived=self._count_request),
            _Flow(server, client, arrived=self._count_answer, leaving=self._note_answer),
        )

    @property
    def finished(self) -> bool:
        return all(flow.ended for flow in self.flows) or any(flow.broken for flow in self.flows)

    def close(self) -> None:
        for side in self._sockets:
            side.close()

    def _count_request(self, size: int) -> None:
        self._tally.bytes_out += size
        self._tally.round_trips += self._client_was_answered
        self._client_was_answered = False

    def _count_answer(self, size: int) -> None:
        self._tally.bytes_in += size

    def _note_answer(self) -> None:
        self._client_was_answered = True


class _Flow:
    """One direction of one connection: chunks under way, each with the moment it is due."""

    def __init__(
        self,
        source: socket.socket,
        target: socket.socket,
        *,
        arrived: Callable[[int], None],
        leaving: Callable[[], None] = lambda: None,
    ) -> None:
        self.source, self.target = source, target
        self.blocked = self.ended = self.broken = False
        self._arrived, self._leaving = arrived, leaving
        self._under_way: deque[tuple[float, memoryview]] = deque()
        self._bytes_under_way = 0
        self._source_ended = False

    @property
    def wants_to_read(self) -> bool:
        return not self._source_ended and self._bytes_under_way < _WINDOW_BYTES

    @property
    def next_due(self) -> float | None:
        return self._under_way[0][0] if self._under_way and not self.blocked else None

    def read(self, due: float) -> None:
        """Take what has arrived; an empty chunk stands for the end of the stream."""
        try:
            chunk = self.source.recv(_READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self.broken = True
            return
        self._source_ended = not chunk
        if chunk:
            self._arrived(len(chunk))
        self._bytes_under_way += len(chunk)
        self._under_way.append((due, memoryview(chunk)))

    def write(self, now: float) -> None:
        """Pass on what is due, as far as the target takes it."""
        self.blocked = False
        try:
            while self._under_way and self._under_way[0][0] <= now and not self.blocked:
                self._pass_on(*self._under_way.popleft())
        except OSError:
            self.broken = True

    def _pass_on(self, due: float, chunk: memoryview) -> None:
        if not chunk:
            self.target.shutdown(socket.SHUT_WR)
            self.ended = True
            return
        self._leaving()
        try:
            sent = self.target.send(chunk)
        except BlockingIOError:
            sent = 0
        self._bytes_under_way -= sent
        if sent < len(chunk):
            self.blocked = True
            self._under_way.appendleft((due, chunk[sent:]))


def _pause_s(flows: list[_Flow]) -> float | None:
    dues = [flow.next_due for flow in flows if flow.next_due is not None]
    return max(0.0, min(dues) - _OVERSLEEP_S - time.perf_counter()) if dues else None
