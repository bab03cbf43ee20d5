"""Measuring: every side does the same in turns, in one run."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID, uuid4

from benchmarks.audit.sides import FLOOR, USER, Side
from toolkit.connect import Connection, connect

ROWS, ROUNDS = 50_000, 5
TURNS, TURN_S = 10, 0.4
_INSERT = f"""
    insert into public.strategies (user_id, name, config)
    select
        ('00000000-0000-4000-8000-' || lpad((1 + n % 100)::text, 12, '0'))::uuid,
        'momentum ' || n,
        jsonb_build_object('symbols', array['BTC-USD', 'ETH-USD'], 'window', n)
    from generate_series(1, {ROWS}) as n
"""
_UPDATE = "update public.strategies set config = config || '{\"window\": 7}'"
_INSERT_ONE = """
    insert into public.strategies (user_id, id, name, config)
    values (%s, %s, 'momentum', '{"symbols": ["BTC-USD", "ETH-USD"], "window": 7}')
"""
_UPDATE_ONE = """
    update public.strategies set description = clock_timestamp()::text
    where user_id = %s and id = %s
"""
_UPDATE_THOUSAND = """
    update public.strategies set description = %s
    where id in (select id from public.strategies order by id limit 1000)
"""
_NESTED = """
    select coalesce(sum(calls), 0) from extensions.pg_stat_statements
    where query ~* 'insert into audit.changes' and not toplevel
"""
Write = Callable[[Connection, UUID], None]
Turn = dict[str, float]
"""What each side came to in one turn, by its name."""


def measure_large(sides: list[Side]) -> dict[str, list[Turn]]:
    """Return, by turn, the seconds that each side takes for 50,000 rows: insert and update."""
    turns: dict[str, list[Turn]] = {"insert": [], "update": []}
    for number in range(ROUNDS):
        for found in turns.values():
            found.append({})
        for side in _rotated(sides, number):
            if side.name == FLOOR:  # of a single row only
                continue
            session = side.sessions[0]
            session.execute("truncate public.strategies cascade")
            session.execute("vacuum public.strategies")
            for name, statement in (("insert", _INSERT), ("update", _UPDATE)):
                took = _timed(lambda: session.execute(statement.encode()))  # noqa: B023
                turns[name][-1][side.name] = took
    return turns


def measure_single(sides: list[Side], clients: int) -> dict[str, list[Turn]]:
    """Return, by turn, the writes of one row a second that each side does, inserts and updates.

    Every client has a session and a row of its own, and a transaction for each write.
    """
    rows = [uuid4() for _ in range(clients)]
    for side in sides:
        for row in rows:
            _one(side.sessions[0], _INSERT_ONE, row)
    turns: dict[str, list[Turn]] = {}
    with ThreadPoolExecutor(clients) as pool:
        for name, write in (("insert", _insert_one), ("update", _update_one)):
            turns[name] = [{} for _ in range(TURNS)]
            # The turn before the first fills caches.
            for number in range(-1, TURNS):
                for side in _rotated(sides, number):
                    until = time.perf_counter() + TURN_S
                    done = pool.map(partial(_write_until, until, write), side.sessions, rows)
                    turns[name][number][side.name] = sum(done) / TURN_S
    return turns


def count_nested(side: Side) -> float:
    """Return how many statements recording makes of a statement that updates 1,000 rows."""
    with connect(side.database.admin_url) as admin:
        admin.execute("create extension if not exists pg_stat_statements schema extensions")
        admin.execute("set pg_stat_statements.track = 'all'")
        admin.execute("select extensions.pg_stat_statements_reset()")
        for number in range(10):
            updated = admin.execute(_UPDATE_THOUSAND, [f"n{number}"]).rowcount
            if updated != 1_000:
                raise AssertionError(updated)
        (calls,) = admin.execute(_NESTED).fetchone() or (0,)
    return float(calls) / 10


def _rotated(sides: list[Side], number: int) -> list[Side]:
    first = number % len(sides)
    return [*sides[first:], *sides[:first]]


def _write_until(until: float, write: Write, session: Connection, row: UUID) -> int:
    written = 0
    while time.perf_counter() < until:
        write(session, row)
        written += 1
    return written


def _insert_one(session: Connection, _row: UUID) -> None:
    _one(session, _INSERT_ONE, uuid4())


def _update_one(session: Connection, row: UUID) -> None:
    _one(session, _UPDATE_ONE, row)


def _one(session: Connection, statement: str, row: UUID) -> None:
    written = session.execute(statement.encode(), [USER, row]).rowcount
    if written != 1:
        raise AssertionError(written)


def _timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began
