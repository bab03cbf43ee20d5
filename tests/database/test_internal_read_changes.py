"""internal.read_changes(): at least once, none missed, whatever the order of commits."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from psycopg.errors import InsufficientPrivilege

from tests.database.feed_consumer import applied_by, read_on, settle
from toolkit.clones import Database
from toolkit.connect import Connection, connect

if TYPE_CHECKING:
    from tests.database.conftest import World

PROJECT = Path(__file__).resolve().parents[2]
READ = "select record_key ->> 'id' from internal.read_changes('tester', %s)"
CONFIRM = """
    select internal.confirm_changes('tester', xact_id, seq) from audit.changes
    where record_key ->> 'id' = %s
"""
TOY = """
    create table public.toy (id int primary key, word text);
    select internal.audit_table('public.toy');
"""


@pytest.fixture
def toys(open_world: Callable[[], World]) -> Callable[[], World]:
    """Return what opens a world with an audited table of its own and a consumer."""
    world = open_world()
    world.run(TOY)
    world.run("select internal.join_feed('tester')")
    return open_world


def _read(world: World, limit: int = 100) -> list[str]:
    return [key for (key,) in world.rows(READ, limit)]


def test_changes_come_again_until_they_are_confirmed(toys: Callable[[], World]) -> None:
    world = toys()
    for number in range(1, 4):
        world.run("insert into public.toy values (%s)", number)
    settle(world.connection)

    assert _read(world) == _read(world) == ["1", "2", "3"]
    assert _read(world, 2) == ["1", "2"]
    world.rows(CONFIRM, "2")
    assert _read(world) == ["3"]
    world.rows(CONFIRM, "1")
    assert _read(world) == ["3"]


def test_nothing_is_shown_that_an_open_transaction_could_come_before(
    toys: Callable[[], World],
) -> None:
    slow, quick, reader = toys(), toys(), toys()
    with slow.connection.transaction():
        slow.run("insert into public.toy values (1)")
        quick.run("insert into public.toy values (2)")

        assert _read(reader) == []

    settle(reader.connection)
    # A position by seq alone, taken from 2 while 1 was open, would have passed over 1.
    assert _read(reader) == ["1", "2"]


def test_the_highest_number_of_a_key_wins_though_it_may_come_first(
    toys: Callable[[], World],
) -> None:
    early, quick, reader = toys(), toys(), toys()
    quick.run("insert into public.toy values (1, 'none')")
    with early.connection.transaction():
        early.run("insert into public.toy values (2)")
        quick.run("update public.toy set word = 'first' where id = 1")
        early.run("update public.toy set word = 'second' where id = 1")
    settle(reader.connection)

    words = reader.rows(
        "select new_row ->> 'word', seq from internal.read_changes('tester') "
        "where record_key ->> 'id' = '1'"
    )

    assert [word for word, _ in words] == ["none", "second", "first"]
    assert max(words, key=lambda row: row[1])[0] == "second"
    assert reader.value("select word from public.toy where id = 1") == "second"


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role"])
def test_no_role_of_the_api_reads_it(world: World, role: str) -> None:
    with world.acting_as(role), pytest.raises(InsufficientPrivilege):
        world.run("select internal.read_changes('tester')")


def test_who_records_may_read_it(world: World) -> None:
    world.run("select internal.join_feed('tester')")
    with world.acting_as("hephaitos_internal"):
        assert world.rows("select from internal.read_changes('tester')") == []


def test_it_reads_by_index_from_each_month(world: World) -> None:
    world.run("set local enable_seqscan = off")
    world.run("set local enable_sort = off")
    plan = str(
        world.rows(
            "explain select * from audit.changes where (xact_id, seq) > ('5', 7) "
            "and xact_id < pg_snapshot_xmin(pg_current_snapshot()) order by xact_id, seq limit 9"
        )
    )

    assert "Merge Append" in plan
    assert "changes_default_pkey" in plan


def _write(url: str, seed: int, until: float) -> None:
    """Write, move and delete shared rows in transactions of a few statements, some undone."""
    dice = random.Random(seed)
    with connect(url) as connection:
        while time.monotonic() < until:
            with connection.transaction(force_rollback=dice.random() < 0.2):
                # Keys in order, so that writers wait for each other and never in a circle.
                for key in sorted(dice.sample(range(20), dice.randint(1, 3))):
                    _write_one(connection, dice, key)


def _write_one(connection: Connection, dice: random.Random, key: int) -> None:
    if dice.random() < 0.3:
        connection.execute("delete from public.toy where id = %s", [key])
    else:
        connection.execute(
            "insert into public.toy values (%s, %s) "
            "on conflict (id) do update set word = excluded.word",
            [key, str(dice.random())],
        )


def _consume_and_kill(url: str, name: str, file: Path, until: float) -> int:
    """Let consumers run, each killed after a while, and return how many were."""
    dice, killed = random.Random(name), 0
    while time.monotonic() < until:
        consumer = subprocess.Popen(
            [sys.executable, "-m", "tests.database.feed_consumer", url, name, str(file)],
            cwd=PROJECT,
        )
        try:
            consumer.wait(timeout=dice.uniform(0.5, 1.5))
        except subprocess.TimeoutExpired:
            killed += 1
        consumer.kill()
        consumer.wait()
    return killed


@pytest.mark.parametrize(
    "seconds", [3, pytest.param(60, marks=pytest.mark.deep)]
)  # fmt: skip
def test_consumers_that_are_killed_under_sixteen_writers_miss_nothing(
    own_database: Database, tmp_path: Path, seconds: int
) -> None:
    names = ("first", "second")
    with connect(own_database.url) as connection:
        connection.execute(TOY.encode())
        for name in names:
            connection.execute("select internal.join_feed(%s)", [name])
    until = time.monotonic() + seconds

    with ThreadPoolExecutor(18) as pool:
        writers = [pool.submit(_write, own_database.url, seed, until) for seed in range(16)]
        killed = [
            pool.submit(_consume_and_kill, own_database.url, name, tmp_path / name, until)
            for name in names
        ]
        for one in writers:
            one.result()

    assert all(one.result() >= 1 for one in killed)
    with connect(own_database.url) as connection:
        settle(connection)
        recorded = {seq for (seq,) in connection.execute("select seq from audit.changes")}
        rows = connection.execute("select id, to_jsonb(toy) from public.toy").fetchall()
        table: dict[int, Any] = dict(rows)
        for name in names:
            while read_on(connection, name, tmp_path / name):
                pass
            changes = applied_by(tmp_path / name)
            state: dict[int, Any] = {}
            for _, (operation, key, image) in sorted(changes.items()):
                state[key["id"]] = None if operation == "delete" else image
            assert recorded - set(changes) == set(), f"{name} missed some"
            assert {key: image for key, image in state.items() if image is not None} == table
    assert len(recorded) > 20 * seconds
