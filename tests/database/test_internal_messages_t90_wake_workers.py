"""Trigger t90_wake_workers: no message comes without a word, and none is sent for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.database.conftest import World

INSERT = "insert into internal.messages (queue, dedup_key, kind) values ('notifications', %s, 'a')"


@pytest.mark.parametrize("is_committed", [True, False])
def test_a_worker_is_woken_when_a_message_is_there(
    open_world: Callable[[], World], *, is_committed: bool
) -> None:
    writer, worker = open_world(), open_world()
    worker.run("listen hephaitos_messages")

    with writer.connection.transaction(force_rollback=not is_committed):
        writer.run(INSERT, "a")
    writer.run("notify hephaitos_messages, 'the end'")

    expected = ["", "the end"] if is_committed else ["the end"]
    words = worker.connection.notifies(timeout=30, stop_after=len(expected))
    assert [word.payload for word in words] == expected
