"""Measuring: the thing and the same without it in turns, in one run."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from toolkit.connect import Connection

BATCH, WARM_UP = 100, 10
_T = TypeVar("_T")

# The same columns, defaults and indexes; no partition, no trigger, no function.
_BARE = """
    create schema bare;
    create sequence bare.messages_id_seq as bigint;
    create table bare.messages (
        like internal.messages including defaults including constraints including indexes
    );
    alter table bare.messages alter id set default nextval('bare.messages_id_seq');
"""
_BARE_ENQUEUE = """
    insert into bare.messages (queue, dedup_key, kind, payload)
    select 'notifications', message.dedup_key, message.kind, message.payload
    from jsonb_to_recordset(%s) as message (dedup_key text, kind text, payload jsonb)
    on conflict do nothing
"""
_BARE_CLAIM = """
    with due as materialized (
        select id from bare.messages
        where queue = 'notifications' and state = 'pending' and ready_at <= clock_timestamp()
        order by ready_at, id
        limit %s
        for update skip locked
    )
    update bare.messages
    set
        attempts = messages.attempts + 1,
        ready_at = clock_timestamp() + interval '30 seconds',
        claimed_by = 'bench'
    from due
    where messages.queue = 'notifications' and messages.id = due.id
    returning messages.id, messages.attempts, messages.dedup_key, messages.user_id,
        messages.kind, messages.payload, messages.created_at
"""
_BARE_COMPLETE = """
    update bare.messages
    set state = 'done', claimed_by = null, finished_at = clock_timestamp()
    where queue = 'notifications' and id = any(%s)
"""
_ENQUEUE = "select internal.enqueue_messages('notifications', %s)"
_CLAIM = "select * from internal.claim_messages('notifications', %s)"
_COMPLETE = "select internal.complete_messages('notifications', %s)"

_RESULT = """
    insert into public.backtest_results
    (user_id, strategy_id, total_return, sharpe_ratio, max_drawdown, total_trades)
    values (%s, %s, 1, 1, 1, 1)
"""
_SWITCH = "alter table public.backtest_results {} trigger t70_mark_dirty_inserted"


@dataclass(frozen=True, slots=True)
class Pair:
    """First deciles of something with and without what is measured, in milliseconds."""

    with_ms: float
    without_ms: float
    samples: int


def measure_queue(connection: Connection, rounds: int) -> Pair:
    """Enqueue, claim and complete batches by functions and by bare statements, in turns."""
    connection.execute(_BARE)
    ours: list[float] = []
    bare: list[float] = []
    for number in range(rounds + WARM_UP):
        if number == WARM_UP:
            # Autovacuum comes within a minute of the first messages, which is longer than this
            # takes. Plans made before it knows of one queue only what an empty table tells.
            connection.execute("analyze internal.messages, bare.messages")
        for timings, statements in _in_turns(
            number, (ours, (_ENQUEUE, _CLAIM, _COMPLETE)),
            (bare, (_BARE_ENQUEUE, _BARE_CLAIM, _BARE_COMPLETE)),
        ):  # fmt: skip
            timings.append(_timed(lambda: _carry(connection, statements)))  # noqa: B023
    return _pair(ours, bare)


def measure_marks(connection: Connection, rounds: int) -> Pair:
    """Write one result with the mark for its view and without, in turns."""
    user_id, strategies = _furnish(connection)
    marked: list[float] = []
    plain: list[float] = []
    for number in range(rounds + WARM_UP):
        for timings, word in _in_turns(number, (marked, "enable"), (plain, "disable")):
            connection.execute(_SWITCH.format(word).encode())
            strategy = strategies[number % len(strategies)]
            # The first plans anew, for the table was altered.
            connection.execute(_RESULT, [user_id, strategy])
            timings.append(
                min(
                    _timed(lambda: connection.execute(_RESULT, [user_id, strategy]))  # noqa: B023
                    for _ in range(9)
                )
            )
    connection.execute(_SWITCH.format("enable").encode())
    return _pair(marked, plain)


def _in_turns(number: int, first: _T, second: _T) -> tuple[_T, _T]:
    return (first, second) if number % 2 else (second, first)


def _carry(connection: Connection, statements: tuple[str, str, str]) -> None:
    enqueue, claim, complete = statements
    messages = [
        {"dedup_key": str(uuid4()), "kind": "hello", "payload": {"job_id": str(number)}}
        for number in range(BATCH)
    ]
    connection.execute(enqueue.encode(), [Jsonb(messages)])
    claimed = connection.execute(claim.encode(), [BATCH]).fetchall()
    if len(claimed) != BATCH:
        raise AssertionError(len(claimed))
    connection.execute(complete.encode(), [[row[0] for row in claimed]])


def _furnish(connection: Connection) -> tuple[UUID, list[UUID]]:
    user_id = uuid4()
    connection.execute("insert into auth.users (id) values (%s)", [user_id])
    connection.execute("insert into public.profiles (id) values (%s)", [user_id])
    strategies = connection.execute(
        "insert into public.strategies (user_id, name, is_public)"
        " select %s, 'one', true from generate_series(1, 100) returning id",
        [user_id],
    ).fetchall()
    return user_id, [row[0] for row in strategies]


def _timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1_000


def _pair(with_it: list[float], without: list[float]) -> Pair:
    # The first ones fill caches. The first decile of the rest: what others do on the machine adds
    # to a sample and never takes away.
    return Pair(_decile(with_it[WARM_UP:]), _decile(without[WARM_UP:]), len(with_it) - WARM_UP)


def _decile(samples: list[float]) -> float:
    return statistics.quantiles(samples, n=10)[0]
