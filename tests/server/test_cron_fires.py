"""Every job, fired by the real pg_cron: its effect, its record, and what an operator is told.

Also when it fails, when the server restarts under it, and when the launcher is gone.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from tests.database.cron_jobs import JOBS
from toolkit.connect import Connection, connect
from toolkit.cron import Board, Health, Job, State, judge, read_board
from toolkit.errors import ConnectionRefused
from toolkit.prepare import prepare_server
from toolkit.runner import upgrade
from toolkit.server import Server, start
from toolkit.settings import Settings, read_settings

PROJECT = Path(__file__).resolve().parents[2]
# Minute schedules are what 1.4 has; a launcher may need another one to take notice.
PATIENCE_S = 150
OLD = "1.4-1"
FAILING, SLEEPING = "test.fails", "test.sleeps"
# Whichever of the two comes first takes the mark; the other finds the view busy, or done.
REFRESHED = "select count(*) > 0 from internal.view_refreshes where mark_count > 0"
# What each job leaves of the work it was given.
EFFECTS = {
    "beat": "select done_until > now() - interval '5 minutes' from internal.job_watermarks"
    " where job = 'internal.beat'",
    "clean_up_exports": "select status in ('expired', 'deleted') from public.exports",
    "detach_audit_partitions": "select relispartition = false from pg_class"
    " where relname = 'changes_2004_01'",
    "enqueue_weekly_digests": "select count(*) = 1 from internal.weekly_digests",
    "make_audit_partitions": "select count(*) = 4 from pg_inherits"
    " where inhparent = 'audit.changes'::regclass"
    " and inhrelid::regclass::text not in ('audit.changes_default', 'audit.changes_2004_01')",
    "pause_inactive_strategies": "select status = 'paused' from public.strategies",
    "purge_job_runs": "select count(*) = 0 from cron.job_run_details where username = 'nobody'",
    "purge_messages": "select count(*) = 0 from internal.messages where dedup_key = 'old'",
    "refresh_all_views": REFRESHED,
    "refresh_dirty_views": REFRESHED,
}


# What the routines of jobs failed with; pg_cron itself says the two that are left out.
FAILURES = """
    select job.jobname, job_run_details.return_message
    from cron.job_run_details
    inner join cron.job on job_run_details.jobid = job.jobid
    where
        job_run_details.status = 'failed'
        and job.jobname like 'internal.%'
        and job_run_details.return_message !~ '^(could not start background|job startup timeout)'
"""


@pytest.fixture(scope="module")
def cron_server(server: Server, settings: Settings) -> Iterator[Server]:
    """A server of this file's own, its cron database migrated: there jobs fire."""
    if server.capabilities.pg_cron is None:
        pytest.skip(f"pg_cron is a stub on {server.kind}: nothing fires by itself")
    mine = read_settings(server_kind=server.kind, start=PROJECT, environment={})
    with start(mine) as started:
        prepare_server(started, settings.roles)
        upgrade(PROJECT, started.url())
        yield started


@pytest.fixture(scope="module")
def fired(cron_server: Server) -> Server:
    """The server after every job has succeeded, and one has failed."""
    with connect(cron_server.admin_url()) as admin:
        _give_work(admin)
    with connect(cron_server.url()) as migrator:
        migrator.execute("select internal.make_audit_partitions('2004-01-01Z', 0)")
        migrator.execute("select cron.schedule(%s, '* * * * *', 'select 1/0')", [FAILING])
        often = _shortest_schedule(cron_server)
        migrator.execute("select cron.alter_job(jobid, schedule => %s) from cron.job", [often])
        _wait(lambda: _have_fired(read_board(migrator)))
    return cron_server


def _shortest_schedule(server: Server) -> str:
    return "* * * * *" if server.capabilities.pg_cron == OLD else "2 seconds"


def _give_work(admin: Connection) -> None:
    admin.execute(
        """
        with person as (
            insert into auth.users (id) values (gen_random_uuid()) returning id
        ), profile as (
            insert into public.profiles (id, created_at, updated_at)
            select id, now() - interval '1 year', now() from person returning id
        ), strategy as (
            insert into public.strategies
                (user_id, name, status, created_at, updated_at, last_activity_at)
            select id, 's', 'running', now() - interval '1 year', now() - interval '1 year',
                now() - interval '1 year'
            from profile
        )
        insert into public.exports
            (user_id, status, path, byte_count, created_at, finished_at, expires_at)
        select id, 'completed', id || '/old.csv', 1, now() - interval '9 days',
            now() - interval '9 days', now() - interval '2 days'
        from profile
        """
    )
    admin.execute(
        "insert into cron.job_run_details (status, username, start_time, end_time)"
        " values ('succeeded', 'nobody', '2020-01-01', '2020-01-01')"
    )
    admin.execute(
        "insert into internal.messages (queue, kind, dedup_key, state, finished_at)"
        " values ('notifications', 'hello', 'old', 'done', '2020-01-01')"
    )
    admin.execute(
        "insert into internal.view_marks (view_name) select view_name from internal.views"
    )
    # The last month that was made ahead.
    admin.execute(
        "do $$ begin execute format('drop table audit.%I',"
        " to_char(now() at time zone 'UTC' + interval '3 months', '\"changes_\"YYYY_MM')); end $$"
    )


def _have_fired(board: Board) -> bool:
    return all(
        job.failure_count > 0 if job.title == FAILING else job.last_success is not None
        for job in board.jobs
    )


def _wait(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)


def _healths(connection: Connection) -> dict[str, Health]:
    board = read_board(connection)
    return {job.title: judge(board, job) for job in board.jobs}


def test_each_job_fires_by_itself_and_leaves_its_effect(fired: Server) -> None:
    with connect(fired.admin_url()) as admin:
        seen = {job: admin.execute(effect.encode()).fetchall() for job, effect in EFFECTS.items()}

    assert seen == {job: [(True,)] for job in JOBS}


def test_the_operator_sees_what_is_fine_and_what_fails(fired: Server) -> None:
    def ill() -> dict[str, str]:
        return {
            title: one.reason
            for title, one in _healths(connection).items()
            if title.startswith("internal.") and one.state not in (State.FINE, State.RUNNING)
        }

    with connect(fired.url()) as connection:
        healths = _healths(connection)
        # A run that a busy machine could not start says nothing of its job; the next one does.
        _wait(lambda: ill() == {})
        failures = connection.execute(FAILURES).fetchall()

    assert len([title for title in healths if title.startswith("internal.")]) == len(JOBS)
    assert healths[FAILING].state is State.FAILING
    assert "division by zero" in healths[FAILING].reason
    assert failures == []


def test_a_server_that_restarts_under_a_job_is_seen_by_its_failed_run(fired: Server) -> None:
    if fired.capabilities.pg_cron == OLD:
        pytest.skip("pg_cron 1.4 starts jobs by the minute: make test/deep waits for another one")
    _restart_under_a_job(fired)


@pytest.mark.deep
def test_a_server_that_restarts_under_a_job_is_seen_on_every_version(fired: Server) -> None:
    _restart_under_a_job(fired)


def _restart_under_a_job(server: Server) -> None:
    # 1.4 runs one job at a time, and this one would keep the others waiting.
    with connect(server.url()) as connection:
        connection.execute("select cron.alter_job(jobid, active => false) from cron.job")
        connection.execute(
            "select cron.schedule(%s, %s, 'select pg_sleep(600)')",
            [SLEEPING, _shortest_schedule(server)],
        )
        _wait(lambda: _sleeping(server).is_running)
    _crash(server)

    _wait(lambda: _answers(server) and not _sleeping(server).is_running)

    with connect(server.url()) as connection:
        assert _healths(connection)[SLEEPING].state is State.FAILING
        connection.execute("select cron.unschedule(%s)", [SLEEPING])
        connection.execute("select cron.alter_job(jobid, active => true) from cron.job")


def _sleeping(server: Server) -> Job:
    with connect(server.url()) as connection:
        (job,) = [one for one in read_board(connection).jobs if one.title == SLEEPING]
    return job


def _answers(server: Server) -> bool:
    try:
        with connect(server.url()) as connection:
            return bool(read_board(connection).jobs)
    except (ConnectionRefused, psycopg.OperationalError):
        return False


def test_a_launcher_that_is_gone_is_found(fired: Server) -> None:
    with connect(fired.admin_url()) as admin:
        _wait(lambda: read_board(admin).is_launching is True)
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where backend_type = 'pg_cron launcher'"
        )
        if fired.capabilities.pg_cron == OLD:
            # It stays away until the server is restarted.
            _wait(lambda: read_board(admin).is_launching is False)
            state = _healths(admin)["internal.beat"].state
            assert state is State.BROKEN
        else:
            _wait(lambda: read_board(admin).is_launching is True)


def _crash(server: Server) -> None:
    """Kill a server process as the kernel would; the postmaster then restarts all of them."""
    with connect(server.admin_url()) as admin, suppress(psycopg.OperationalError):
        admin.execute(f"copy (select) to program 'kill -9 {admin.info.backend_pid}'".encode())
