"""hephaitos cron: what an operator is told, and what a scheduler outside can rely on."""

import json
from collections.abc import Iterator

import pytest

from tests.command_line.conftest import Run
from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.server import Server


@pytest.fixture
def admin(pristine_database: Database) -> Iterator[Connection]:
    """A superuser of a database with one routine, scheduled by migrator; it never fires here."""
    with connect(pristine_database.url) as connection:
        connection.execute(
            """
            create schema diary;
            create function diary.tell(p_now timestamptz default now()) returns date
            language sql begin atomic select (p_now at time zone 'GMT')::date; end;
            create function diary.fail() returns integer language plpgsql as $$
            begin raise exception 'no ink'; end $$;
            select cron.schedule('diary.tell', '0 2 * * *', 'select diary.tell()');
            """
        )
    with connect(pristine_database.admin_url) as connection:
        yield connection


def _note(admin: Connection, status: str, message: str) -> None:
    admin.execute(
        """
        insert into cron.job_run_details
            (jobid, username, command, status, return_message, start_time, end_time)
        select jobid, username, command, %s, %s, now() - interval '1 hour', now()
        from cron.job where jobname = 'diary.tell'
        """,
        [status, message],
    )


def test_status_names_each_job_its_next_run_and_exits_with_2_when_one_fails(
    run: Run, admin: Connection, pristine_database: Database, server: Server
) -> None:
    _note(admin, "failed", "ERROR: out of ink")

    told = run("cron", "status", "-d", pristine_database.url, "--format", "json")
    shown = run("cron", "status", "-d", pristine_database.url)

    document = json.loads(told.out)
    (job,) = document["jobs"]
    assert told.code == shown.code == 2
    assert document["pg_cron"] == server.capabilities.pg_cron
    assert (job["job"], job["role"], job["failures"]) == ("diary.tell", "migrator", 1)
    if server.capabilities.pg_cron is None:
        assert job["state"] == "cannot run"
        assert "stub" in shown.out
    else:
        assert job["state"] == "failing"
        assert job["next_run"].endswith("T02:00:00+00:00")
        assert "ERROR: out of ink" in shown.out


def test_status_of_jobs_that_do_as_they_should_exits_with_0(
    run: Run, admin: Connection, pristine_database: Database, server: Server
) -> None:
    if server.capabilities.pg_cron is None:
        pytest.skip("pg_cron is a stub here, and that is a finding by itself")
    _note(admin, "succeeded", "1 row")
    admin.execute("update cron.job_run_details set start_time = now()")

    told = run("cron", "status", "-d", pristine_database.url)

    assert told.code == 0, told.out
    assert "1 jobs in" in told.out
    assert "0 to act on" in told.out


def test_run_sets_the_clock_and_prints_what_came_back(
    run: Run, admin: Connection, pristine_database: Database
) -> None:
    assert not admin.closed

    ran = run(
        "cron", "run", "diary.tell", "--now", "2026-03-01T09:00:00", "-f", "json",
        "-d", pristine_database.url,
    )  # fmt: skip

    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["returned"] == [{"tell": "2026-03-01"}]
    assert "diary.tell, as migrator" in ran.err


def test_run_of_what_fails_or_is_unknown_exits_with_1(
    run: Run, admin: Connection, pristine_database: Database
) -> None:
    with connect(pristine_database.url) as connection:
        connection.execute("select cron.schedule('diary.fail', '0 2 * * *', 'select diary.fail()')")
    assert not admin.closed

    failed = run("cron", "run", "diary.fail", "-d", pristine_database.url)
    unknown = run("cron", "run", "diary", "-d", pristine_database.url)

    assert failed.code == unknown.code == 1
    assert "error: job diary.fail failed: no ink" in failed.err
    assert "the jobs that this role can see are: diary.fail, diary.tell" in unknown.err


def test_history_lists_the_newest_run_first(
    run: Run, admin: Connection, pristine_database: Database
) -> None:
    _note(admin, "succeeded", "1 row")
    _note(admin, "failed", "ERROR: out of ink")

    told = run("cron", "history", "diary.tell", "-d", pristine_database.url, "-f", "json")

    assert told.code == 0
    assert [one["status"] for one in json.loads(told.out)] == ["failed", "succeeded"]
