"""Jobs beside themselves and beside users: twenty runs at once leave what one run leaves."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Barrier, Event
from uuid import UUID

import pytest
from psycopg.errors import LockNotAvailable

from tests.database.conftest import Rows, World
from tests.database.cron_jobs import JOBS, run
from tests.database.views import competitor, is_dirty, off
from toolkit.clones import Database, clone
from toolkit.connect import connect
from toolkit.server import Server

AT_ONCE, PATIENCE_S = 20, 60
LONG_AGO, NOW = "2026-02-01", "2026-06-01 12:00"
# When each job runs. Months of the record are those of another time than the users' own.
CASES = {
    "beat": NOW,
    "clean_up_exports": NOW,
    "detach_audit_partitions": "2005-06-01 12:00",
    "enqueue_weekly_digests": NOW,
    "make_audit_partitions": "2005-06-01 12:00",
    "pause_inactive_strategies": NOW,
    "purge_job_runs": NOW,
    "purge_messages": NOW,
    "refresh_dirty_views": NOW,
    # Later, since the other one leaves it nothing to do.
    "refresh_all_views": "2026-06-01 12:05",
}
# Everything that jobs change, without what differs from run to run by itself.
LEFT = """
    select 'export' as what, exports.id::text, exports.status from public.exports
    where exports.user_id <> all (%(busy)s)
    union all
    select 'strategy', strategies.id::text, strategies.status from public.strategies
    where strategies.user_id <> all (%(busy)s)
    union all
    select 'pause', strategy_pauses.strategy_id::text, strategy_pauses.reason
    from internal.strategy_pauses
    where strategy_pauses.user_id <> all (%(busy)s)
    union all
    select 'digest', weekly_digests.user_id::text, weekly_digests.week_on::text
    from internal.weekly_digests
    union all
    select messages.kind, messages.dedup_key, messages.state || messages.payload::text
    from internal.messages
    where messages.user_id is null or messages.user_id <> all (%(busy)s)
    union all
    select 'run', job_run_details.runid::text, job_run_details.status from cron.job_run_details
    union all
    select 'done', job_watermarks.job, job_watermarks.done_until::text
    from internal.job_watermarks
    union all
    select 'rank', ranking.strategy_id::text, ranking::text
    from internal.strategy_performance_agg as ranking
    where ranking.user_id <> all (%(busy)s)
    union all
    select 'mark', view_marks.view_name, view_marks.marked_at::text
    from internal.view_marks
    where view_marks.marked_at <= %(now)s
    union all
    -- How often is another question: refreshing all views is refreshing them, due or not.
    select distinct 'refresh', view_refreshes.view_name,
        concat_ws(' ', view_refreshes.refreshed_at, view_refreshes.error)
    from internal.view_refreshes
    union all
    select 'month', pg_class.relname, pg_get_expr(pg_class.relpartbound, pg_class.oid)
    from pg_class
    where pg_class.relnamespace = 'audit'::regnamespace and pg_class.relkind = 'r'
    union all
    select 'guard', pg_trigger.tgrelid::regclass::text,
        concat_ws(' ', pg_trigger.tgname, pg_trigger.tgenabled)
    from pg_trigger
    where pg_trigger.tgrelid::regclass::text ~ '^audit.changes'
    order by 1, 2, 3
"""
PUBLIC = "select id from public.strategies where user_id = %s and is_public"
MONTHS = """
    select relname from pg_class
    where relname ~ '^changes_(200|default)' and relkind = 'r' order by 1
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """Two databases that began as one, and all who are in them, connected once and for all.

    Args:
        alone: in the twin, where each job runs once.
        crowd: where each job runs many times at once.
        users: there, too; each writes by a connection of their own.
        judges: a superuser in either, the twin's first.
    """

    alone: World
    crowd: list[World]
    users: dict[UUID, World]
    judges: tuple[World, World]


@pytest.fixture(scope="module")
def stage(server: Server, template: str) -> Iterator[Stage]:
    """Every job has something to do in it."""
    with ExitStack() as stack:
        database = stack.enter_context(clone(server, template))
        busy = _fill(database)
        twin = stack.enter_context(clone(server, database.name))

        def enter(url: str) -> World:
            return World(stack.enter_context(connect(url)))

        yield Stage(
            alone=enter(twin.url),
            crowd=[enter(database.url) for _ in range(AT_ONCE)],
            users={user: enter(database.url) for user in busy},
            judges=(enter(twin.admin_url), enter(database.admin_url)),
        )


def _fill(database: Database) -> list[UUID]:
    """Give every job something to do; answer who will be busy meanwhile."""
    with connect(database.url) as connection:
        World(connection).run("select internal.make_audit_partitions('2003-03-01Z')")
    with connect(database.admin_url) as connection:
        world = World(connection)
        world.run("insert into storage.buckets (id, name) values ('exports', 'exports')")
        for _ in range(3):
            _furnish(world)
        _keep_records(world)
        busy = [competitor(world)[0] for _ in range(2)]
        world.run("update public.profiles set digest_opt_out = true where id = any (%s)", busy)
        world.run(
            "update public.backtest_results set sharpe_ratio = -1, cagr = -1, total_return = -1"
            " where user_id = any (%s)",
            busy,
        )
        world.run("update internal.view_marks set marked_at = %s", LONG_AGO)
    return busy


def _furnish(world: World) -> None:
    user_id, _ = competitor(world)
    world.connection.execute(
        """
        update public.profiles set created_at = %(at)s where id = %(user)s;
        """,
        {"user": user_id, "at": LONG_AGO},
    )
    world.connection.execute(
        """
        insert into public.exports
            (user_id, status, path, byte_count, created_at, finished_at, expires_at)
        select
            %(user)s, status, format('%%s/%%s%%s.csv', %(user)s, status, n), 1,
            %(at)s, %(at)s, %(at)s::timestamptz + interval '7 days'
        from generate_series(1, 400) as n, unnest(array['completed', 'expired']) as status
        """,
        {"user": user_id, "at": LONG_AGO},
    )
    world.connection.execute(
        """
        insert into public.strategies
            (user_id, name, status, created_at, updated_at, last_activity_at)
        select %(user)s, 's', 'running', %(at)s, %(at)s, %(at)s from generate_series(1, 400)
        """,
        {"user": user_id, "at": LONG_AGO},
    )
    world.run(
        "insert into storage.objects (bucket_id, name, created_at)"
        " select 'exports', format('%%s/%%s', gen_random_uuid(), n), %s"
        " from generate_series(1, 400) as n",
        LONG_AGO,
    )


def _keep_records(world: World) -> None:
    """Write down what is old enough to be forgotten, and some of each that is not."""
    world.run(
        "insert into cron.job_run_details (status, username, start_time, end_time)"
        " select 'succeeded', 'migrator', at, at"
        " from generate_series(1, 500), unnest(array[%s, %s]::timestamptz[]) as at",
        LONG_AGO,
        NOW,
    )
    world.run(
        "insert into internal.messages (queue, kind, dedup_key, state, finished_at)"
        " select 'notifications', 'hello', at || ' ' || n, 'done', at"
        " from generate_series(1, 500) as n, unnest(array[%s, %s]::timestamptz[]) as at",
        LONG_AGO,
        NOW,
    )
    world.run(
        "insert into audit.changes (changed_at, table_schema, table_name, operation)"
        " select at, 'public', 'toys', 'truncate'"
        " from unnest(array['2003-03-04Z', '2003-05-06Z', '2003-06-07Z']::timestamptz[]) as at,"
        " generate_series(1, 100)"
    )
    # A month that nobody had made.
    world.run(
        "insert into audit.changes (changed_at, table_schema, table_name, operation)"
        " select '2005-04-05Z', 'public', 'toys', 'truncate' from generate_series(1, 100)"
    )


def test_every_job_there_is_has_its_case() -> None:
    assert sorted(CASES) == JOBS


@pytest.mark.parametrize("job", CASES)
def test_twenty_runs_at_once_beside_users_leave_what_one_run_leaves(stage: Stage, job: str) -> None:
    before = _left(stage.judges[0], [*stage.users])
    done_alone = _run(stage.alone, job)

    done = _run_together(stage, job)
    # A run leaves what another holds to it; whatever nobody took is taken by the next.
    done.append(_run(stage.crowd[0], job))

    expected, left = (_left(judge, [*stage.users]) for judge in stage.judges)
    assert left == expected != before
    assert sum(done) == done_alone, "done twice, or told twice"
    assert is_dirty(stage.judges[1]) or off(stage.judges[1]) == [], "a user's writes are forgotten"


def _run_together(stage: Stage, job: str) -> list[int]:
    """Run a job many times at once while users write; answer how much each run did."""
    count = len(stage.crowd) + len(stage.users)
    began, ended = Barrier(count, timeout=PATIENCE_S), Event()

    def run_with_others(world: World) -> int:
        began.wait()
        return _run(world, job)

    def keep_busy(user_id: UUID) -> None:
        world = stage.users[user_id]
        public = world.value(PUBLIC, user_id)
        began.wait()
        _write(world, user_id, public)
        while not ended.is_set():
            _write(world, user_id, public)

    with ThreadPoolExecutor(count) as pool:
        users = [pool.submit(keep_busy, user_id) for user_id in stage.users]
        runs = [pool.submit(run_with_others, world) for world in stage.crowd]
        try:
            return [one.result() for one in runs]
        finally:
            ended.set()
            for user in users:
                user.result()


def _run(world: World, job: str) -> int:
    try:
        return run(world, job, CASES[job])
    except LockNotAvailable:
        # What a job of the record says of itself: the next run tries again.
        return 0


def _write(world: World, user_id: UUID, public: UUID) -> None:
    with world.connection.transaction():
        job = world.job(user_id, world.strategy(user_id, status="running"))
        at_last = {"sharpe_ratio": -1, "cagr": -1, "total_return": -1}
        world.result(user_id, public, **at_last)
        world.export(user_id)
        world.run("update public.strategies set description = 'n' where id = %s", public)
        world.run(
            "update public.backtest_jobs set status = 'running', started_at = now() where id = %s",
            job,
        )
        world.run("delete from public.exports where user_id = %s", user_id)
    world.run(
        "update public.backtest_jobs set status = 'completed', finished_at = now(), progress = 100"
        " where id = %s",
        job,
    )


def _left(world: World, busy: list[UUID]) -> Rows:
    left = world.connection.execute(LEFT, {"busy": busy, "now": NOW}).fetchall()
    return left + [("records", month, _count(world, month)) for (month,) in world.rows(MONTHS)]


def _count(world: World, month: str) -> int:
    """Count the records of a month that nobody adds to, in the record or taken out of it."""
    found: int = world.value(f'select count(*) from audit."{month}" where table_name = %s', "toys")
    return found
