"""A materialized view gets another query while people read it: by swap, and by drop and create."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.plans.readers import reading
from toolkit.catalog import Facts, read_facts
from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.plan import Plan, Strategy, make_plan

KEYS = 5_000
_WATCHED = """
    select array['shop.totals'::regclass, 'shop.seen'::regclass, 'shop.totals_key_idx'::regclass]
        ::oid[]
"""
_EXCLUSIVE = """
    select exists (
        select from pg_catalog.pg_locks
        where pid = pg_backend_pid() and mode = 'AccessExclusiveLock' and relation = any(%s)
    )
"""
# Both give every key a row, so that whoever finds none has seen a gap.
FIRST = "select key, count(*) as rows, sum(amount) as total from shop.sales group by key"
SECOND = "select key, count(*) as rows, max(amount) as total from shop.sales group by key"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the view under readers.

    Args:
        strategy: how it was made.
        whole_s: from the first statement to the commit.
        exclusive_s: from asking for the first lock that keeps readers out to the commit.
        longest_read_s: what the unluckiest reader waited.
        readings: how many there were.
        errors: what readers were told instead of an answer.
        gaps: answers that are none: no row for a key that both queries have.
    """

    strategy: Strategy
    whole_s: float
    exclusive_s: float
    longest_read_s: float
    readings: int
    errors: tuple[str, ...]
    gaps: int


def furnish(connection: Connection, rows: int) -> None:
    """Make the source, the view with its index, and a view that people look through."""
    statements = f"""
        create schema shop;
        create table shop.sales (id bigint, key integer, amount numeric);
        insert into shop.sales
        select number, number % {KEYS}, number % 977 from generate_series(1, {rows}) as number;
        analyze shop.sales;
        create materialized view shop.totals as {FIRST};
        create unique index totals_key_idx on shop.totals (key);
        grant select on shop.totals to anon;
        create view shop.seen as select key, rows, total from shop.totals;
        grant select on shop.seen to anon;
        analyze shop.totals;
    """
    connection.execute(statements.encode())


def both_facts(connection: Connection) -> tuple[Facts, Facts]:
    """Return the facts with the one query and with the other; the database stays as it is."""
    first = read_facts(connection)
    with connection.transaction(force_rollback=True):
        connection.execute(
            f"""
            drop view shop.seen;
            drop materialized view shop.totals;
            create materialized view shop.totals as {SECOND} with no data;
            refresh materialized view shop.totals;
            create unique index totals_key_idx on shop.totals (key);
            grant select on shop.totals to anon;
            create view shop.seen as select key, rows, total from shop.totals;
            grant select on shop.seen to anon;
            """.encode()
        )
        second = read_facts(connection)
    return first, second


def change_back_and_forth(database: Database, rounds: int) -> Iterator[Change]:
    """Change the view in turns by swap and by drop and create, under readers, and yield each."""
    with connect(database.url) as connection:
        sides = both_facts(connection)
        for _ in range(rounds):
            for strategy in (Strategy.SWAP, Strategy.REBUILD):
                plan = make_plan(*sides, strategies={"shop.totals": strategy})
                yield _change(database, connection, plan, strategy)
                sides = sides[1], sides[0]


def _change(database: Database, connection: Connection, plan: Plan, strategy: Strategy) -> Change:
    queries = [
        f"select key, rows from shop.{relation} where key = {key}"
        for relation, key in (("seen", 1), ("seen", 4_321), ("totals", 7), ("totals", 4_999))
    ]
    with reading(database.url, queries) as felt:
        whole_s, exclusive_s = run_watched(connection, plan)
    return Change(
        strategy,
        whole_s,
        exclusive_s,
        max(felt.waits_s, default=0.0),
        len(felt.waits_s),
        tuple(str(error) for error in felt.errors),
        sum(answer is None for answer in felt.answers),
    )


def run_watched(connection: Connection, plan: Plan) -> tuple[float, float]:
    """Run a plan, and return how long that took and how long of it readers were kept out.

    Whatever is said to lock nobody out runs statement by statement, and is held to that; the rest
    is sent at once, as the runner does.
    """
    first = next(
        at for at, one in enumerate(plan.statements) if one.lock.startswith("access exclusive")
    )
    row = connection.execute(_WATCHED).fetchone()
    assert row is not None  # a select without FROM has one
    began = time.perf_counter()
    with connection.transaction():
        for statement in plan.statements[:first]:
            connection.execute(statement.sql.encode())
            if _is_locked(connection, row[0]):
                msg = f"readers are kept out by what should not: {statement.sql}"
                raise AssertionError(msg)
        locked = time.perf_counter()
        connection.execute(";".join(one.sql for one in plan.statements[first:]).encode())
    ended = time.perf_counter()
    return ended - began, ended - locked


def _is_locked(connection: Connection, relations: list[int]) -> bool:
    row = connection.execute(_EXCLUSIVE, [relations]).fetchone()
    return row is not None and bool(row[0])
