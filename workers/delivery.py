"""Delivery: claims messages, hands them to a sink, answers for each; until told to stop.

At least once. What a killed worker held is due again when its claim ends, and a message that was
delivered but not answered for comes a second time, with the same dedup key.
"""

import logging
import os
import random
import select
import time
from dataclasses import dataclass
from datetime import timedelta

import psycopg

from toolkit.connect import Connection, connect
from toolkit.errors import ConnectionRefused, ToolkitError
from workers.queue import Failure, Message, Queue
from workers.sinks import Sink, Undelivered

_LOG = logging.getLogger(__name__)
_LONGEST_RECONNECT_S = 30.0


class QueueMissing(ToolkitError):
    """The database has no queue of the name that a worker was started for."""


class QueueRefused(ToolkitError):
    """The login of a worker is no member of the role that may deliver."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a worker goes about a queue.

    Args:
        batch: messages a claim.
        visible_for_s: how long a claim lasts; longer than a batch takes.
        poll_s: how long to wait for a word before looking anyway. Retries come due without a
            word, and behind a transaction-mode pooler none is heard at all.
        first_reconnect_s: how long to wait after the connection was lost, at most; doubled by each
            vain attempt up to half a minute.
    """

    batch: int = 10
    visible_for_s: float = 60.0
    poll_s: float = 5.0
    first_reconnect_s: float = 1.0


class Stop:
    """Told once, from a signal handler, and heard at once by whoever waits."""

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()
        self.is_set = False

    def set(self, *_: object) -> None:
        """Stop: after the message at hand."""
        if not self.is_set:
            self.is_set = True
            os.write(self._writer, b"\0")

    def wait(self, timeout_s: float, *sources: Connection) -> None:
        """Wait until told, or until one of the connections has something, or the time is over."""
        readable = [self._reader, *(source.fileno() for source in sources)]
        select.select(readable, [], [], timeout_s)


def deliver_until(stop: Stop, url: str, queue_name: str, sink: Sink, pace: Pace) -> None:
    """Deliver a queue's messages until told to stop; a lost connection is opened again.

    Raises:
        QueueMissing: there is no such queue.
        QueueRefused: this login may not deliver it.
        ToolkitError: the first connection was refused: nothing was delivered yet.
    """
    vain_attempts = 0
    has_worked = False
    while not stop.is_set:
        try:
            with connect(url, application_name=f"{queue_name} worker {os.getpid()}") as connection:
                queue = Queue(connection, queue_name, timedelta(seconds=pace.visible_for_s))
                _greet(queue)
                vain_attempts, has_worked = 0, True
                _deliver(stop, queue, sink, pace)
        except (psycopg.OperationalError, ConnectionRefused) as error:
            if not has_worked:
                raise
            delay_s = _reconnect_delay_s(pace.first_reconnect_s, vain_attempts)
            vain_attempts += 1
            _LOG.warning("the connection is lost; again in %.1f s: %s", delay_s, error)
            stop.wait(delay_s)


def _greet(queue: Queue) -> None:
    try:
        is_there = queue.exists()
    except psycopg.errors.InsufficientPrivilege as error:
        raise QueueRefused(
            f"may not deliver messages as {queue.connection.info.user}",
            detail=error.diag.message_primary or str(error),
            hint=f"grant hephaitos_worker to {queue.connection.info.user};",
        ) from error
    if not is_there:
        raise QueueMissing(
            f"no such queue: {queue.name}",
            detail="internal.queues has no row of that name",
            hint="Name one that internal.get_queue_metrics() shows.",
        )
    queue.listen()


def _deliver(stop: Stop, queue: Queue, sink: Sink, pace: Pace) -> None:
    while not stop.is_set:
        # The claim began before its answer was here, so this ends no later than the claim does.
        ends_at = time.monotonic() + pace.visible_for_s
        messages = queue.claim(pace.batch)
        if messages:
            _work_through(messages, stop, queue, sink, ends_at)
        elif not queue.was_told():
            stop.wait(pace.poll_s, queue.connection)


def _work_through(
    messages: list[Message], stop: Stop, queue: Queue, sink: Sink, ends_at: float
) -> None:
    delivered: list[Message] = []
    failures: list[Failure] = []
    untouched = list(messages)
    while untouched and not stop.is_set and time.monotonic() < ends_at:
        message = untouched.pop(0)
        try:
            sink.deliver(message)
            delivered.append(message)
        except Undelivered as error:
            _LOG.warning("not delivered: %s: %s", message.dedup_key, error.reason)
            failures.append(Failure(message, error.reason, is_final=error.is_final))
    queue.complete(delivered)
    queue.fail(failures)
    queue.release(untouched)
    _LOG.info("%d delivered, %d failed", len(delivered), len(failures))


def _reconnect_delay_s(first_s: float, vain_attempts: int) -> float:
    """Return first_s, doubled by each vain attempt, up to half of it taken off by chance."""
    whole = min(first_s * 2.0 ** min(vain_attempts, 20), _LONGEST_RECONNECT_S)
    return whole * (1 - random.random() / 2)
