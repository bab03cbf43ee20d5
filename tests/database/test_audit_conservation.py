"""Conservation: as many records as rows were affected, and a replay that ends where the tables are.

Scripts are drawn at random and run against tables with cascades and partitions. What each statement
affected is told by looking at the tables before and after it, which knows nothing of triggers.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import errors

from toolkit.clones import Database
from toolkit.connect import Connection, connect

if TYPE_CHECKING:
    from tests.database.conftest import World

TABLES = ("parents", "children", "parts")
SCHEMA = """
    create table public.parents (id int primary key, word text);
    create table public.children (
        parent_id int not null references public.parents on update cascade on delete cascade,
        place int not null,
        word text,
        primary key (parent_id, place)
    );
    create table public.parts (id int primary key, word text) partition by range (id);
    create table public.parts_low partition of public.parts for values from (minvalue) to (10);
    create table public.parts_high partition of public.parts for values from (10) to (maxvalue);
    select internal.audit_table('public.parents');
    select internal.audit_table('public.children');
    select internal.audit_table('public.parts');
"""
STATEMENTS = [
    "insert into public.parents select n, 'new' from generate_series({a}, {b}) as n",
    (
        "insert into public.parents select n, 'up' from generate_series({a}, {b}) as n "
        "on conflict (id) do update set word = excluded.word || parents.id"
    ),
    (
        "insert into public.parents select n, 'no' from generate_series({a}, {b}) as n "
        "on conflict do nothing"
    ),
    "insert into public.children select id, {a}, 'c' from public.parents on conflict do nothing",
    "update public.parents set word = 'x{a}' where id <= {b}",
    "update public.parents set word = word",
    "update public.parents set id = id + 20 where id between {a} and {b}",
    "update public.parents set id = -id",
    (
        "update public.children set place = place + 1 where place = (select max(place) "
        "from public.children)"
    ),
    "delete from public.parents where id between {a} and {b}",
    "delete from public.children where place = {a}",
    (
        "with gone as (delete from public.children where place > {a} returning parent_id) "
        "update public.parents set word = 'lost' where id in (select parent_id from gone)"
    ),
    "truncate public.parents cascade",
    "truncate public.children",
    (
        "insert into public.parts select n, 'p' from generate_series({a}, {b} + 5) as n "
        "on conflict do nothing"
    ),
    (
        "insert into public.parts_low select n, 'l' from generate_series({a}, 9) as n "
        "on conflict (id) do update set word = 'l{b}'"
    ),
    "update public.parts_high set word = 'h{a}'",
    "update public.parts set id = id + 11 where id < {a}",
    "delete from public.parts_low where id = {a}",
    "delete from public.parts where id > {b}",
    "copy public.parents (id, word) from stdin",
    (
        "merge into public.parents using generate_series({a}, {b}) as n on parents.id = n "
        "when matched and n % 2 = 0 then delete when matched then update set word = 'm' "
        "when not matched then insert values (n, 'm')"
    ),
]
MERGE_17 = (
    "merge into public.parts using generate_series({a}, {b}) as n on parts.id = n "
    "when not matched by source then delete when matched then update set word = 'm{a}' "
    "when not matched then insert values (n, 'm')"
)
REPLICA = "set local session_replication_role = {}"
Script = list[tuple[int, int, int, str]]
scripts = st.lists(
    st.tuples(
        st.integers(0, len(STATEMENTS)),
        st.integers(0, 12),
        st.integers(0, 8),
        st.sampled_from(["plain", "plain", "plain", "undone", "replica"]),
    ),
    min_size=4,
    max_size=14,
)


def _state(connection: Connection) -> dict[str, dict[str, Any]]:
    """Return every row by table and primary key."""
    keys = {"parents": "id", "children": "parent_id || '/' || place", "parts": "id"}
    return {
        table: dict(
            connection.execute(
                f"select ({keys[table]})::text, to_jsonb(one) from public.{table} as one".encode()
            ).fetchall()
        )
        for table in TABLES
    }


def _affected(before: dict[str, Any], after: dict[str, Any]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for table in TABLES:
        old, new = before[table], after[table]
        found[table, "insert"] += len(new.keys() - old.keys())
        found[table, "delete"] += len(old.keys() - new.keys())
        found[table, "update"] += sum(old[key] != new[key] for key in old.keys() & new.keys())
    return +found


def _truncated(statement: str) -> list[str]:
    if not statement.startswith("truncate"):
        return []
    return ["parents", "children"] if "cascade" in statement else ["children"]


def _recorded(connection: Connection) -> Counter[tuple[str, str]]:
    rows = connection.execute(
        "select table_name, operation, count(*) from audit.changes "
        "where table_schema = 'public' and table_name = any(%s) group by 1, 2",
        [list(TABLES)],
    )
    return Counter({(table, operation): count for table, operation, count in rows})


def replayed(connection: Connection) -> dict[str, list[Any]]:
    """Return the rows of each table that a replay by seq from nothing ends with."""
    state: dict[str, dict[str, Any]] = {table: {} for table in TABLES}
    for table, operation, key, image in connection.execute(
        "select table_name, operation, record_key::text, new_row from audit.changes "
        "where table_name = any(%s) order by seq",
        [list(TABLES)],
    ):
        rows = state[table]
        if operation == "truncate":
            rows.clear()
        elif operation == "delete":
            del rows[key]
        else:
            assert (key in rows) is (operation == "update")
            rows[key] = image
    return {table: sorted(map(str, rows.values())) for table, rows in state.items()}


def present(connection: Connection) -> dict[str, list[Any]]:
    """Return the rows of each table."""
    state = _state(connection)
    return {table: sorted(map(str, state[table].values())) for table in TABLES}


def _run(connection: Connection, statement: str, low: int) -> None:
    if statement.startswith("copy"):
        with connection.cursor().copy(statement.encode()) as copy:
            for number in range(low, low + 3):
                copy.write_row((100 + number, "copied"))
    else:
        connection.execute(statement.encode())


def _play(connection: Connection, script: Script) -> Counter[tuple[str, str]]:
    """Run a script and return what its statements affected, as seen from outside."""
    affected: Counter[tuple[str, str]] = Counter()
    for which, low, span, mode in script:
        template = (
            STATEMENTS[which]
            if which < len(STATEMENTS)
            else MERGE_17
            if connection.info.server_version >= 170_000
            else STATEMENTS[-1]
        )
        statement = template.format(a=low, b=low + span)
        before = _state(connection)
        try:
            with connection.transaction(force_rollback=mode == "undone"):
                if mode == "replica":
                    connection.execute(REPLICA.format("replica").encode())
                _run(connection, statement, low)
                connection.execute(REPLICA.format("origin").encode())
        except errors.IntegrityError:
            # Undone as a whole, the record with it.
            continue
        except errors.RaiseException:  # pragma: no cover - would be ours
            raise
        if mode == "undone":
            continue
        truncated = _truncated(statement)
        after = _state(connection)
        affected += _affected({**before, **{table: {} for table in truncated}}, after)
        affected.update((table, "truncate") for table in truncated)
    return affected


@pytest.fixture(scope="module")
def stage(shared_database: Database) -> Iterator[Connection]:
    """Return a connection inside a transaction that has the tables and nothing in them."""
    with connect(shared_database.url, autocommit=False) as connection:
        connection.execute(SCHEMA.encode())
        yield connection
        connection.rollback()


def _holds(stage: Connection, script: Script) -> None:
    with stage.transaction(force_rollback=True):
        affected = _play(stage, script)

        assert _recorded(stage) == affected
        assert replayed(stage) == present(stage)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(script=scripts)
def test_as_many_records_as_rows_and_a_replay_that_ends_where_the_tables_are(
    stage: Connection, script: Script
) -> None:
    _holds(stage, script)


@pytest.mark.deep
@settings(
    max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(script=scripts)
def test_the_same_for_many_more_scripts(stage: Connection, script: Script) -> None:
    _holds(stage, script)


def _write_many(world: World, seed: int, count: int) -> None:
    dice = random.Random(seed)
    done = 0
    while done < count:
        statement = dice.choice(
            [one for one in STATEMENTS if not one.startswith(("copy", "truncate"))]
        ).format(a=dice.randint(0, 12), b=dice.randint(4, 20))
        try:
            with world.connection.transaction(force_rollback=dice.random() < 0.2):
                world.run(statement)
        # The last is what a writer is told whose row another has moved to the next partition.
        except (errors.IntegrityError, errors.DeadlockDetected, errors.SerializationFailure):
            continue
        done += 1


@pytest.mark.parametrize("count", [6, pytest.param(200, marks=pytest.mark.deep)])
def test_a_replay_of_what_sixteen_writers_did_at_once_ends_where_the_tables_are(
    own_database: Database, open_world: Callable[[], World], count: int
) -> None:
    with connect(own_database.url) as connection:
        connection.execute(SCHEMA.encode())
        with ThreadPoolExecutor(16) as pool:
            writers = [pool.submit(_write_many, open_world(), seed, count) for seed in range(16)]
            for writer in writers:
                writer.result()

        assert replayed(connection) == present(connection)
        assert sum(_recorded(connection).values()) > 0
