"""What tests of jobs share: calling a routine at a time, and what it left in a queue."""

from datetime import datetime
from typing import Any

from psycopg import sql

from tests.database.conftest import World

# A Monday, and after the summer's clocks were put forward in most zones that have one.
MONDAY = "2026-06-01"


def call(world: World, procedure: str, now: str | datetime) -> dict[str, Any]:
    """Call a job's procedure as if it were a time, GMT; it commits as it goes."""
    statement = sql.SQL("call internal.{}(p_now => {})").format(
        sql.Identifier(procedure), sql.Literal(_moment(now))
    )
    cursor = world.connection.execute(statement)
    row = cursor.fetchone()
    assert row is not None  # all of them return what they did
    assert cursor.description is not None
    return {column.name: value for column, value in zip(cursor.description, row, strict=True)}


def messages(world: World, kind: str) -> list[tuple[Any, ...]]:
    """Return key, user and payload of the messages of a kind, by key."""
    return world.rows(
        "select dedup_key, user_id, payload from internal.messages where kind = %s order by 1", kind
    )


def _moment(now: str | datetime) -> str:
    return now.isoformat() if isinstance(now, datetime) else f"{now}+00"
