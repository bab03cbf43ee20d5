"""internal.follow_updated_jobs_trigger(): strategies go along, also when many write at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from toolkit.connect import connect

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from tests.database.conftest import World
    from toolkit.clones import Database

START = "update public.backtest_jobs set status = 'running', started_at = now() where {}"
END = """
    update public.backtest_jobs set status = 'completed', progress = 100, finished_at = now()
    where {}
"""
BACK = "update public.backtest_jobs set status = 'queued', started_at = null where {}"
STATUSES = "select status from public.strategies order by name"


def statuses(world: World) -> list[str]:
    return [row[0] for row in world.rows(STATUSES)]


@pytest.mark.parametrize("status", ["draft", "ready", "running", "paused", "stopped"])
@pytest.mark.parametrize("end", [END, BACK])
def test_a_strategy_is_in_backtesting_as_long_as_its_job_runs(
    world: World, status: str, end: str
) -> None:
    ada = world.sign_up()
    world.job(ada, world.strategy(ada, status=status))

    with world.acting_as("service_role"):
        world.run(START.format("true"))
        during = statuses(world)
        world.run("update public.backtest_jobs set progress = 50")
        assert statuses(world) == during
        world.run("update public.backtest_jobs set progress = 0")
        world.run(end.format("true"))

        assert (during, statuses(world)) == (["backtesting"], [status])


def test_it_goes_back_with_the_last_job_and_not_before(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada, status="paused")
    first, second = world.job(ada, strategy), world.job(ada, strategy)

    seen = []
    for statement, job in ((START, first), (START, second), (END, first), (END, second)):
        world.run(statement.format("id = %s"), job)
        seen += statuses(world)

    assert seen == ["backtesting", "backtesting", "backtesting", "paused"]


def test_one_statement_may_begin_and_end_jobs_of_many(world: World) -> None:
    ada, bob = world.sign_up(), world.sign_up()
    for user_id, name in ((ada, "a"), (bob, "b")):
        strategy = world.strategy(user_id, name=name, status="draft")
        world.job(user_id, strategy)
        world.job(user_id, strategy)
    world.run(START.format("user_id = %s"), ada)

    world.run(
        """
        update public.backtest_jobs
        set
            status = case when status = 'queued' then 'running' else 'failed' end,
            started_at = now(),
            finished_at = case when status = 'running' then now() end,
            error = case when status = 'running' then 'no' end
        """
    )

    assert statuses(world) == ["draft", "backtesting"]


def test_where_its_user_sent_it_meanwhile_it_stays(world: World) -> None:
    ada = world.sign_up()
    world.job(ada, world.strategy(ada, status="running"))
    world.run(START.format("true"))

    world.run("update public.strategies set status = 'stopped'")
    world.run(END.format("true"))

    assert statuses(world) == ["stopped"]


def test_a_job_of_an_archived_strategy_does_not_begin(world: World) -> None:
    ada = world.sign_up()
    world.job(ada, world.strategy(ada, status="archived"))

    world.run(START.format("true"))

    assert statuses(world) == ["archived"]
    assert world.rows("select status, finished_at = now() from public.backtest_jobs") == [
        ("cancelled", True)
    ]


def test_a_job_that_ran_before_its_strategy_was_archived_ends_as_it_will(world: World) -> None:
    ada = world.sign_up()
    world.job(ada, world.strategy(ada))
    world.run(START.format("true"))
    world.run("update public.strategies set status = 'archived'")

    world.run("update public.backtest_jobs set progress = 50")
    running = world.value("select status from public.backtest_jobs")
    world.run(END.format("true"))

    assert (running, statuses(world)) == ("running", ["archived"])
    assert world.value("select status from public.backtest_jobs") == "completed"


@pytest.fixture
def busy(open_world: Callable[[], World]) -> tuple[World, World, World, UUID, UUID, UUID]:
    """A strategy with two running jobs, seen by three."""
    worlds = open_world(), open_world(), open_world()
    ada = worlds[0].sign_up()
    strategy = worlds[0].strategy(ada, status="ready")
    jobs = [worlds[0].job(ada, strategy) for _ in range(2)]
    worlds[0].run(START.format("true"))
    return *worlds, strategy, jobs[0], jobs[1]


IS_WAITING = """
    select exists (
        select from pg_catalog.pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'
    )
"""


def test_of_two_last_jobs_ending_at_once_the_second_sees_the_first(
    busy: tuple[World, World, World, UUID, UUID, UUID],
) -> None:
    world, first, second, _, one, other = busy

    with ThreadPoolExecutor(1) as pool:
        with first.connection.transaction():
            first.run(END.format("id = %s"), one)
            ended = pool.submit(second.run, END.format("id = %s"), other)
            while not world.value(IS_WAITING):
                assert not ended.done()
        ended.result()

    assert statuses(world) == ["ready"]


def test_beginning_and_archiving_at_once_neither_deadlocks_nor_leaves_a_job(
    busy: tuple[World, World, World, UUID, UUID, UUID],
) -> None:
    world, worker, user, strategy, one, other = busy
    world.run(BACK.format("true"))
    archive = "update public.strategies set status = 'archived' where id = %s"

    with ThreadPoolExecutor(1) as pool:
        with user.connection.transaction():
            user.run("select from public.strategies where id = %s for update", strategy)
            begun = pool.submit(worker.run, START.format("id = %s"), one)
            while not world.value(IS_WAITING):
                assert not begun.done()
            # The worker holds the job and wants the strategy; with the user it is the reverse.
            user.run(archive, strategy)
        begun.result()

    assert world.rows("select id, status from public.backtest_jobs order by id") == sorted(
        [(one, "cancelled"), (other, "cancelled")]
    )
    assert statuses(world) == ["archived"]


def test_sixteen_writers_of_few_strategies_do_not_deadlock(open_world: Callable[[], World]) -> None:
    worlds = [open_world() for _ in range(16)]
    ada = worlds[0].sign_up()
    strategies = [worlds[0].strategy(ada, name=str(n), status="stopped") for n in range(4)]
    jobs = [[worlds[0].job(ada, strategy) for strategy in strategies] for _ in worlds]

    def work(world: World, mine: list[UUID]) -> None:
        for statement in (START, END):
            world.run(statement.format("id = any(%s)"), mine)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, worlds, jobs))

    assert statuses(worlds[0]) == ["stopped"] * 4
    assert worlds[0].value("select count(*) from internal.messages") == 64


# Statements that write one of these tables, inside one statement of a user.
WRITES = r"""
    select
        substring(query from
            '(?:update|insert into|delete from) ((?:public|internal)\.[a-z_]+)') as written,
        sum(calls)::integer
    from extensions.pg_stat_statements
    inner join pg_catalog.pg_database
        on pg_database.oid = pg_stat_statements.dbid
    where
        not toplevel
        and datname = current_database()
        and query ~* '^\s*(with|update|insert|delete)'
    group by 1
"""


@pytest.mark.parametrize("count", [1, 20])
def test_a_statement_writes_each_table_at_most_once_whatever_its_rows(
    open_world: Callable[[], World], own_database: Database, count: int
) -> None:
    world = open_world()
    ada = world.sign_up()
    for _ in range(count):
        world.job(ada, world.strategy(ada, status="ready"))

    def written(statement: str) -> dict[str, int]:
        with connect(own_database.admin_url) as reader:
            before: dict[str, int] = dict(reader.execute(WRITES).fetchall())
            world.run(statement)
            after: dict[str, int] = dict(reader.execute(WRITES).fetchall())
        grown = {table: calls - before.get(table, 0) for table, calls in after.items() if table}
        return {table: calls for table, calls in grown.items() if calls}

    begun, ended = written(START.format("true")), written(END.format("true"))

    marks = {"public.strategies": 1, "internal.view_marks": 1}
    assert begun == marks
    assert ended == {**marks, "internal.messages": 1}
