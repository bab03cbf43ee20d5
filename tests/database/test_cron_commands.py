"""Commands of jobs are prepared before they are scheduled, and run by hand as their role."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.cron import read_board, refuse_commands, run_job
from toolkit.cron.commands import CommandRefused
from toolkit.cron.running import JobFailed, find_job

DIARY = """
    create schema diary;
    create table diary.days (told_at timestamptz not null, teller text not null);
    create function diary.tell(p_now timestamptz default now()) returns integer
    language plpgsql as $$
    begin
        insert into diary.days values (p_now, current_user);
        return 1;
    end $$;
    create procedure diary.tell_twice(p_now timestamptz default now(), inout told integer default 0)
    language plpgsql as $$
    begin
        for told in 1..2 loop
            insert into diary.days values (p_now, current_user);
            raise notice 'told %', told;
            commit;
        end loop;
        told := 2;
    end $$;
    create function diary.fail() returns integer language plpgsql as $$
    begin
        raise exception 'no ink' using hint = 'Buy some.';
    end $$;
"""
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def diary(own_database: Database) -> Iterator[Connection]:
    """A connection as migrator to a database with routines that jobs can call."""
    with connect(own_database.url) as connection:
        connection.execute(DIARY.encode())
        yield connection


def schedule(connection: Connection, command: str) -> None:
    connection.execute("select cron.schedule('diary.job', '0 2 * * *', %s)", [command])


def days(connection: Connection) -> list[tuple[object, ...]]:
    return connection.execute("select told_at, teller from diary.days").fetchall()


@pytest.mark.parametrize("command", ["select diary.tell()", "call diary.tell_twice()"])
def test_a_call_that_prepares_passes_and_does_nothing(diary: Connection, command: str) -> None:
    with diary.transaction():
        schedule(diary, command)
        refuse_commands(diary)

    assert days(diary) == []


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("select diary.told()", "does not exist"),
        ("select diary.tell(1)", "does not exist"),
        ("call diary.tell()", "is not a procedure"),
        ("select tell()", "does not call one qualified routine"),
        ("delete from diary.days", "does not call one qualified routine"),
    ],
)
def test_what_would_fail_at_night_is_refused_before_it_is_scheduled(
    diary: Connection, command: str, message: str
) -> None:
    with diary.transaction(force_rollback=True):
        schedule(diary, command)
        with pytest.raises(CommandRefused, match=message) as refused:
            refuse_commands(diary)

    assert "cron job diary.job of migrator" in refused.value.message
    assert command in refused.value.detail


def test_only_what_a_transaction_scheduled_is_looked_at_unless_all_is_asked_for(
    diary: Connection,
) -> None:
    schedule(diary, "select nobody.knows()")

    with diary.transaction():
        refuse_commands(diary)
    with pytest.raises(CommandRefused):
        refuse_commands(diary, changed_only=False)


def test_a_function_runs_at_the_time_it_is_told(diary: Connection) -> None:
    schedule(diary, "select diary.tell()")

    outcome = run_job(diary, find_job(read_board(diary), "diary.job", None), now=NOON)

    assert outcome.returned == ({"tell": 1},)
    assert days(diary) == [(NOON, "migrator")]


def test_a_procedure_commits_as_it_goes_and_its_notices_are_progress(diary: Connection) -> None:
    schedule(diary, "call diary.tell_twice()")
    heard: list[str] = []

    outcome = run_job(
        diary, find_job(read_board(diary), "diary.job", None), now=NOON, progress=heard.append
    )

    assert outcome.returned == ({"told": 2},)
    assert heard == ["told 1", "told 2"]
    assert len(days(diary)) == 2


def test_a_job_runs_as_the_role_that_scheduled_it(
    diary: Connection, own_database: Database
) -> None:
    schedule(diary, "select diary.tell()")

    with connect(own_database.admin_url) as admin:
        run_job(admin, find_job(read_board(admin), "diary.job", "migrator"))

    assert [teller for _, teller in days(diary)] == ["migrator"]


def test_a_failure_says_what_the_routine_said(diary: Connection) -> None:
    schedule(diary, "select diary.fail()")

    with pytest.raises(JobFailed) as failed:
        run_job(diary, find_job(read_board(diary), "diary.job", None))

    assert failed.value.message == "job diary.job failed: no ink"
    assert "P0001" in failed.value.detail
    assert failed.value.hint == "Buy some."
