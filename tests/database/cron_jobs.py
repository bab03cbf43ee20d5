"""What tests of jobs share: calling a routine at a time, and what it left in a queue."""

from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg import sql

from tests.database.conftest import World

# A Monday, and after the summer's clocks were put forward in most zones that have one.
MONDAY = "2026-06-01"
_FILES = Path(__file__).resolve().parents[2] / "sql" / "cron" / "internal"
_HOW = {
    path.stem: "call" if "'call " in path.read_text() else "select * from"
    for path in _FILES.iterdir()
}
# The jobs there are, by their routines in schema internal: each file of sql/cron/ is one.
JOBS = sorted(_HOW)


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


def run(world: World, job: str, now: str | datetime) -> int:
    """Run a job as if it were a time, GMT, as its file says it is run; answer how much it did."""
    statement = sql.SQL("{} internal.{}(p_now => {})").format(
        sql.SQL(_HOW[job]), sql.Identifier(job), sql.Literal(_moment(now))
    )
    cursor = world.connection.execute(statement)
    # What is no number, as the name of a month or a watermark, says what was done, not how much.
    rows = cursor.fetchall() if cursor.description else []
    return sum(value for row in rows for value in row if isinstance(value, int))


def largest_transaction(world: World) -> int:
    """Return of how many updated rows the record speaks for the transaction that has most."""
    found: int = world.value(
        """
        select count(*) from audit.changes
        where operation = 'update' group by xact_id order by 1 desc limit 1
        """
    )
    return found


def messages(world: World, kind: str) -> list[tuple[Any, ...]]:
    """Return key, user and payload of the messages of a kind, by key."""
    return world.rows(
        "select dedup_key, user_id, payload from internal.messages where kind = %s order by 1", kind
    )


def _moment(now: str | datetime) -> str:
    return now.isoformat() if isinstance(now, datetime) else f"{now}+00"
