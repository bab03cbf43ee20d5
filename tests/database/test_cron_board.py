"""The board of jobs, read from pg_cron's own tables: runs, failures, roles, who may see them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from psycopg import sql

from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.cron import Job, State, judge, read_board, read_runs, run_job
from toolkit.cron.jobs import CronAbsent
from toolkit.cron.running import JobUnknown, find_job
from toolkit.server import Server

NAME = "audit.count"


@pytest.fixture
def admin(own_database: Database) -> Iterator[Connection]:
    """A superuser, who alone can write down runs; the jobs of a clone never fire."""
    with connect(own_database.admin_url) as connection:
        yield connection


@pytest.fixture
def job_id(own_database: Database) -> int:
    with connect(own_database.url) as connection:
        row = connection.execute(
            "select cron.schedule(%s, '0 2 * * *', 'select audit.count()')", [NAME]
        ).fetchone()
    assert row is not None
    return int(row[0])


def note_run(admin: Connection, job_id: int, status: str, age: str, **columns: object) -> None:
    values = {
        "jobid": job_id,
        "status": status,
        "username": "migrator",
        "command": "select audit.count()",
        **columns,
    }
    admin.execute(
        sql.SQL(
            "insert into cron.job_run_details ({}, start_time) values ({}, now() - {}::interval)"
        ).format(
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(map(sql.Placeholder, values)),
            sql.Literal(age),
        ),
        values,
    )


def seen(connection: Connection, name: str = NAME) -> Job:
    (job,) = [one for one in read_board(connection).jobs if one.name == name]
    return job


def test_a_job_without_runs_is_there(admin: Connection, job_id: int) -> None:
    job = seen(admin)

    assert (job.job_id, job.role, job.schedule) == (job_id, "migrator", "0 2 * * *")
    assert (job.run_count, job.last_success, job.is_running) == (0, None, False)
    assert (job.is_active, job.has_role, job.can_login) == (True, True, True)


def test_runs_are_counted_and_failures_only_since_the_last_success(
    admin: Connection, job_id: int
) -> None:
    note_run(admin, job_id, "failed", "5 days", return_message="ERROR: old")
    note_run(admin, job_id, "succeeded", "4 days")
    note_run(admin, job_id, "failed", "3 days", return_message="ERROR: newer")
    note_run(admin, job_id, "failed", "2 days", return_message="ERROR: newest")

    job = seen(admin)

    assert (job.run_count, job.failure_count, job.last_message) == (4, 2, "ERROR: newest")
    assert job.last_success is not None
    assert (datetime.now(UTC) - job.last_success).days == 4


def test_a_run_whose_process_is_gone_has_failed_although_nobody_wrote_so(
    admin: Connection, job_id: int
) -> None:
    note_run(admin, job_id, "running", "1 hour", job_pid=2_000_000_000)

    job = seen(admin)

    assert (job.is_running, job.failure_count) == (False, 1)


def test_a_run_whose_process_is_there_is_running(admin: Connection, job_id: int) -> None:
    note_run(admin, job_id, "running", "1 hour", job_pid=admin.info.backend_pid)

    job = seen(admin)

    assert (job.is_running, job.failure_count) == (True, 0)


def test_a_job_that_never_ran_is_known_since_a_later_one_has(
    admin: Connection, own_database: Database, job_id: int
) -> None:
    assert job_id > 0
    with connect(own_database.url) as connection:
        row = connection.execute(
            "select cron.schedule('audit.later', '0 2 * * *', 'select audit.count()')"
        ).fetchone()
    assert row is not None
    note_run(admin, int(row[0]), "succeeded", "3 days")

    board = read_board(admin)
    job = seen(admin)

    assert job.known_since is not None
    assert job.run_count == 0
    assert judge(board, job).state in (State.OVERDUE, State.BROKEN)


def test_a_job_overdue_by_three_weeks_is_found_and_catches_up_once(
    admin: Connection, own_database: Database
) -> None:
    digests = "internal.enqueue_weekly_digests"
    admin.execute(
        "with person as (insert into auth.users (id) values (gen_random_uuid()) returning id)"
        " insert into public.profiles (id, created_at, updated_at)"
        " select id, '2026-01-01', '2026-01-01' from person"
    )
    admin.execute(
        "insert into internal.job_watermarks (job, done_until)"
        " values (%s, date_trunc('week', now() at time zone 'GMT') at time zone 'GMT'"
        " - interval '3 weeks')",
        [digests],
    )
    note_run(admin, seen(admin, digests).job_id, "succeeded", "22 days")

    health = judge(read_board(admin), seen(admin, digests))
    with connect(own_database.url) as connection:
        job = find_job(read_board(connection), digests, None)
        # Noon of a Monday or later: the week that is just over is over everywhere.
        noon = datetime.now(UTC).replace(hour=13)
        caught_up = [run_job(connection, job, now=noon).returned for _ in range(2)]

    assert health.is_bad
    if read_board(admin).version is not None:
        assert health.state is State.OVERDUE
    assert caught_up == [({"p_enqueued": 3},), ({"p_enqueued": 0},)]


def test_the_role_of_a_job_that_was_dropped_is_missed(admin: Connection) -> None:
    role = f"gone_{uuid4().hex[:8]}"
    admin.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
    admin.execute(
        "insert into cron.job (schedule, command, username, jobname) "
        "values ('* * * * *', 'select 1', %s, 'orphan')",
        [role],
    )
    admin.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))

    board = read_board(admin)
    health = judge(board, seen(admin, "orphan"))

    assert health.state is State.BROKEN
    assert f"role {role} does not exist" in health.reason


def test_who_cannot_see_everything_is_told(
    own_database: Database, admin: Connection, job_id: int
) -> None:
    assert job_id > 0
    assert read_board(admin).blind == ()
    password = uuid4().hex
    role = f"watcher_{uuid4().hex[:8]}"
    admin.execute(
        sql.SQL("create role {} login password {}").format(
            sql.Identifier(role), sql.Literal(password)
        )
    )
    admin.execute(sql.SQL("grant usage on schema cron to {}").format(sql.Identifier(role)))
    try:
        migrator, _, where = own_database.url.partition("@")
        assert migrator
        with connect(f"postgresql://{role}:{password}@{where}") as connection:
            board = read_board(connection)
    finally:
        admin.execute(sql.SQL("drop owned by {}").format(sql.Identifier(role)))
        admin.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))

    assert board.jobs == ()
    assert board.is_launching is None
    assert len(board.blind) == 2
    assert role in board.blind[0]


def test_a_database_without_cron_says_so(server: Server) -> None:
    with (
        connect(server.admin_url("postgres")) as connection,
        pytest.raises(CronAbsent, match="no pg_cron"),
    ):
        read_board(connection)


def test_history_is_newest_first_and_of_one_job_if_asked(admin: Connection, job_id: int) -> None:
    note_run(admin, job_id, "succeeded", "2 days", return_message="1 row")
    note_run(admin, job_id, "failed", "1 day", return_message="ERROR")
    note_run(admin, 0, "succeeded", "1 hour")

    assert [run.status for run in read_runs(admin, NAME, 10)] == ["failed", "succeeded"]
    assert [run.job for run in read_runs(admin, None, 2)] == ["job 0", NAME]


def test_a_name_that_two_roles_use_has_to_be_said_whose(admin: Connection, job_id: int) -> None:
    admin.execute("select cron.schedule(%s, '0 2 * * *', 'select audit.count()')", [NAME])
    board = read_board(admin)

    with pytest.raises(JobUnknown, match="2 jobs are called"):
        find_job(board, NAME, None)
    assert find_job(board, NAME, "migrator").job_id == job_id
    with pytest.raises(JobUnknown, match="no job is called"):
        find_job(board, "nothing", None)
