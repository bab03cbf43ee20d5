"""internal.wake_workers_trigger(): an empty word, once a transaction, at its commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.database.queues import enqueue

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.database.conftest import World


def test_who_listens_is_woken_once_by_a_transaction(open_world: Callable[[], World]) -> None:
    writer, worker = open_world(), open_world()
    worker.run("listen hephaitos_messages")

    with writer.connection.transaction():
        enqueue(writer, "a", "b")
        enqueue(writer, "c")
        early = list(worker.connection.notifies(timeout=0))

    assert early == []
    (word,) = worker.connection.notifies(timeout=10, stop_after=1)
    assert (word.channel, word.payload) == ("hephaitos_messages", "")
    assert list(worker.connection.notifies(timeout=0)) == []
