"""Queues as tests handle them: by the functions that workers call, at times that a test names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from tests.database.conftest import World

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
QUEUE = "notifications"


def after(**time: float) -> datetime:
    """Return a time after noon."""
    return NOON + timedelta(**time)


def enqueue(world: World, *keys: str, ready_at: datetime = NOON, **message: object) -> int:
    """Enqueue one message a key, due at noon; answer how many were new."""
    messages = [
        {"dedup_key": key, "kind": "hello", "ready_at": ready_at.isoformat(), **message}
        for key in keys
    ]
    found: int = world.value("select internal.enqueue_messages(%s, %s)", QUEUE, Jsonb(messages))
    return found


def claim(
    world: World, now: datetime = NOON, *, limit: int = 10, seconds: int = 30
) -> list[dict[str, Any]]:
    """Claim messages and return id, attempt and key of each."""
    rows = world.rows(
        """
        select message_id, attempt, dedup_key
        from internal.claim_messages(%s, %s, make_interval(secs => %s), 'tester', %s)
        """,
        QUEUE, limit, seconds, now,
    )  # fmt: skip
    return [{"id": row[0], "attempt": row[1], "key": row[2]} for row in rows]


def fail(
    world: World, claimed: list[dict[str, Any]], now: datetime = NOON, **answer: object
) -> int:
    """Say of claimed messages that they failed; answer how many are dead."""
    failures = Jsonb([{**message, "reason": "no", **answer} for message in claimed])
    found: int = world.value("select internal.fail_messages(%s, %s, %s)", QUEUE, failures, now)
    return found


def complete(world: World, claimed: list[dict[str, Any]], now: datetime = NOON) -> int:
    """Say of claimed messages that they were delivered; answer how many were not yet."""
    found: int = world.value(
        "select internal.complete_messages(%s, %s::bigint[], %s)",
        QUEUE, [message["id"] for message in claimed], now,
    )  # fmt: skip
    return found


def message(world: World, key: str, columns: str = "state, attempts, last_error") -> object:
    """Return columns of one message."""
    (row,) = world.rows(f"select {columns} from internal.messages where dedup_key = %s", key)
    return row


def set_patience(world: World, **settings: object) -> None:
    """Set max_attempts, first_retry_after and so on of the queue."""
    for name, value in settings.items():
        world.run(f"update internal.queues set {name} = %s where queue = %s", value, QUEUE)
