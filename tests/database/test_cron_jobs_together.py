"""Jobs beside themselves and beside users: twenty runs at once leave what one run leaves."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from uuid import UUID

import pytest

from tests.database.conftest import World
from tests.database.cron_jobs import call
from toolkit.clones import Database, clone
from toolkit.connect import Connection, connect
from toolkit.server import Server

AT_ONCE = 20
LONG_AGO, NOW = "2026-02-01", "2026-06-01 12:00"
JOBS = ("clean_up_exports", "pause_inactive_strategies", "enqueue_weekly_digests", "purge_job_runs")
# Everything that jobs change, without what differs from run to run by itself.
LEFT = """
    select 'export' as what, exports.id::text, exports.status from public.exports
    where exports.user_id <> %(busy)s
    union all
    select 'strategy', strategies.id::text, strategies.status from public.strategies
    where strategies.user_id <> %(busy)s
    union all
    select 'pause', strategy_pauses.strategy_id::text, strategy_pauses.reason
    from internal.strategy_pauses
    where strategy_pauses.user_id <> %(busy)s
    union all
    select 'digest', weekly_digests.user_id::text, weekly_digests.week_on::text
    from internal.weekly_digests
    union all
    select messages.kind, messages.dedup_key, messages.payload::text from internal.messages
    where messages.user_id is distinct from %(busy)s
    union all
    select 'run', job_run_details.runid::text, job_run_details.status from cron.job_run_details
    union all
    select 'done', job_watermarks.job, job_watermarks.done_until::text
    from internal.job_watermarks
    order by 1, 2, 3
"""


@pytest.fixture
def filled(own_database: Database) -> tuple[Database, UUID]:
    """A database in which every job has something to do, and a user who is busy in it."""
    with connect(own_database.admin_url) as connection:
        world = World(connection)
        world.run("insert into storage.buckets (id, name) values ('exports', 'exports')")
        for _ in range(3):
            _furnish(world)
        world.run(
            "insert into cron.job_run_details (status, username, start_time, end_time)"
            " select 'succeeded', 'migrator', %s::timestamptz, %s::timestamptz"
            " from generate_series(1, 500)",
            LONG_AGO,
            LONG_AGO,
        )
        busy = world.sign_up(digest_opt_out=True)
    return own_database, busy


@pytest.fixture
def twin(server: Server, filled: tuple[Database, UUID]) -> Iterator[Database]:
    """The same database once more."""
    with clone(server, filled[0].name) as database:
        yield database


def _furnish(world: World) -> None:
    user_id = world.sign_up(created_at=LONG_AGO, updated_at=LONG_AGO)
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


@pytest.mark.parametrize("job", JOBS)
def test_twenty_runs_at_once_beside_users_leave_what_one_run_leaves(
    filled: tuple[Database, UUID], twin: Database, job: str
) -> None:
    database, busy = filled
    with connect(twin.url) as alone:
        call(World(alone), job, NOW)
        expected = _left(alone, busy)
    ended = Event()
    user = Thread(target=_keep_busy, args=(database.url, busy, ended))
    user.start()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        counts = list(pool.map(lambda _: _run(database.url, job), range(AT_ONCE)))
    ended.set()
    user.join()

    # A run leaves what another holds to it; whatever nobody took is taken by the next.
    _run(database.url, job)
    with connect(database.url) as connection:
        assert _left(connection, busy) == expected
    assert sum(counts) > 0


def _left(connection: Connection, busy: UUID) -> list[tuple[object, ...]]:
    return connection.execute(LEFT, {"busy": busy}).fetchall()


def _run(url: str, job: str) -> int:
    with connect(url) as connection:
        return sum(call(World(connection), job, NOW).values())


def _keep_busy(url: str, user_id: UUID, ended: Event) -> None:
    """Write as a user does, until told to end."""
    with connect(url) as connection:
        world = World(connection)
        while not ended.is_set():
            strategy = world.strategy(user_id, status="running")
            world.job(user_id, strategy)
            world.result(user_id, strategy)
            world.export(user_id)
            world.run("update public.strategies set name = 'n' where user_id = %s", user_id)
            world.run("delete from public.exports where user_id = %s", user_id)
