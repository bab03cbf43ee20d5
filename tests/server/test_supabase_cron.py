"""60_cron.sql and cron_stub.sql: one interface, whether pg_cron is real or a stub.

Every test runs against what the server has, so the stub is held to what pg_cron really does.
"""

from collections.abc import Iterator

import pytest
from psycopg.errors import (
    InsufficientPrivilege,
    InternalError_,
    InvalidCatalogName,
    InvalidParameterValue,
)

from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.server import Server

EVERYWHERE = [
    "* * * * *",
    "0 2 * * *",
    "0 9 * * 1",
    "*/5 * * * *",
    "1-5/2 * * * *",
    "1,5-9/2,*/7 * * * *",
    "59 23 31 12 7",
    "01 02 03 04 05",
    "0 0 * jan *",
    "0 0 * JAN-MAR *",
    "0 0 * * mon,wed",
    "0 0 * * Mon-Fri",
    "  0\t2  * * * ",
    "@hourly",
    "@daily",
    "@midnight",
    "@weekly",
    "@monthly",
    "@yearly",
    "@annually",
    "@reboot",
]
SINCE_1_6 = ["1 second", "59 seconds", " 5  Seconds ", "0 0 $ * *"]
NOWHERE = [
    "",
    "bad",
    "* * * *",
    "60 * * * *",
    "0 24 * * *",
    "0 0 0 * *",
    "0 0 32 * *",
    "0 0 * 0 *",
    "0 0 * 13 *",
    "0 0 * * 8",
    "5/2 * * * *",
    "*/0 * * * *",
    "1- * * * *",
    "-1 * * * *",
    "1, * * * *",
    ",1 * * * *",
    "a * * * *",
    "jan * * * *",
    "0 0 * january *",
    "0 0 ? * *",
    "0 0 1-$ * *",
    "0 seconds",
    "60 seconds",
    "@every",
    "@Hourly",
]


@pytest.fixture
def connection(pristine_database: Database) -> Iterator[Connection]:
    """A connection as migrator that commits each statement; the jobs of a clone never fire."""
    with connect(pristine_database.url) as opened:
        yield opened


@pytest.fixture
def other(pristine_database: Database) -> Iterator[Connection]:
    """A connection as the superuser, who schedules jobs of its own."""
    with connect(pristine_database.admin_url) as opened:
        yield opened


def schedule(connection: Connection, when: str, name: str = "tidy", what: str = "select 1") -> int:
    row = connection.execute("select cron.schedule(%s, %s, %s)", [name, when, what]).fetchone()
    assert row is not None
    return int(row[0])


def jobs(connection: Connection) -> list[tuple[object, ...]]:
    return connection.execute(
        "select jobname, schedule, command, username, active from cron.job order by jobid"
    ).fetchall()


def has_cron_1_6(server: Server) -> bool:
    version = server.capabilities.pg_cron
    return version is None or version >= "1.6"


@pytest.mark.parametrize("when", EVERYWHERE)
def test_a_schedule_is_accepted(connection: Connection, when: str) -> None:
    schedule(connection, when)

    assert jobs(connection) == [("tidy", when, "select 1", "migrator", True)]


@pytest.mark.parametrize("when", SINCE_1_6)
def test_seconds_and_the_last_day_are_understood_since_1_6(
    connection: Connection, server: Server, when: str
) -> None:
    if has_cron_1_6(server):
        schedule(connection, when)
        assert len(jobs(connection)) == 1
    else:
        with pytest.raises(InvalidParameterValue, match="invalid schedule"):
            schedule(connection, when)


@pytest.mark.parametrize("when", NOWHERE)
def test_a_schedule_is_refused(connection: Connection, when: str) -> None:
    with pytest.raises(InvalidParameterValue, match="invalid schedule"):
        schedule(connection, when)

    assert jobs(connection) == []


def test_scheduling_a_name_again_replaces_the_job_and_keeps_it_switched_off(
    connection: Connection,
) -> None:
    first = schedule(connection, "0 2 * * *")
    connection.execute("select cron.alter_job(%s, active => false)", [first])

    again = schedule(connection, "0 3 * * *", what="select 2")

    assert again == first
    assert jobs(connection) == [("tidy", "0 3 * * *", "select 2", "migrator", False)]


def test_a_job_without_a_name_is_a_new_one_each_time(connection: Connection) -> None:
    for _ in range(2):
        connection.execute("select cron.schedule('0 2 * * *', 'select 1')")

    assert jobs(connection) == [(None, "0 2 * * *", "select 1", "migrator", True)] * 2


def test_a_name_belongs_to_whoever_schedules_it(connection: Connection, other: Connection) -> None:
    schedule(connection, "0 2 * * *")
    schedule(other, "0 3 * * *")

    assert {(name, owner) for name, _, _, owner, _ in jobs(other)} == {
        ("tidy", "migrator"),
        ("tidy", "supabase_admin"),
    }


def test_unscheduling_by_number_and_by_name(connection: Connection) -> None:
    number = schedule(connection, "0 2 * * *", name="a")
    schedule(connection, "0 2 * * *", name="b")

    by_number = connection.execute("select cron.unschedule(%s::bigint)", [number]).fetchone()
    by_name = connection.execute("select cron.unschedule('b')").fetchone()

    assert (by_number, by_name) == ((True,), (True,))
    assert jobs(connection) == []


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("cron.unschedule('nope')", "could not find valid entry for job 'nope'"),
        ("cron.unschedule(9999)", "could not find valid entry for job 9999"),
        ("cron.alter_job(9999, active => false)", "Job 9999 does not exist or you don't own it"),
        ("cron.schedule(null, '* * * * *', 'select 1')", "job_name can not be NULL"),
        ("cron.schedule('a', null, 'select 1')", "schedule can not be NULL"),
        ("cron.schedule('a', '* * * * *', null)", "command can not be NULL"),
        (
            "cron.schedule_in_database('a', '* * * * *', 'select 1', 'postgres', 'migrator')",
            "must be superuser to create a job for another role",
        ),
    ],
)
def test_a_wrong_call_fails_in_pg_cron_s_words(
    connection: Connection, call: str, words: str
) -> None:
    with pytest.raises(InternalError_) as failure:
        connection.execute(f"select {call}".encode())

    assert failure.value.diag.message_primary == words


def test_altering_changes_what_is_named_and_nothing_else(connection: Connection) -> None:
    number = schedule(connection, "0 2 * * *")

    connection.execute("select cron.alter_job(%s, schedule => '0 4 * * *')", [number])
    connection.execute("select cron.alter_job(%s, command => 'select 3')", [number])

    assert jobs(connection) == [("tidy", "0 4 * * *", "select 3", "migrator", True)]


@pytest.mark.parametrize(
    ("argument", "error"),
    [
        ("schedule => 'bad'", InvalidParameterValue),
        ("database => 'no_such_database'", InvalidCatalogName),
        ("username => 'migrator'", InternalError_),
        ("active => null", InternalError_),
    ],
)
def test_a_wrong_alteration_changes_nothing(
    connection: Connection, argument: str, error: type[Exception]
) -> None:
    number = schedule(connection, "0 2 * * *")

    with pytest.raises(error):
        connection.execute(f"select cron.alter_job({number}, {argument})".encode())

    assert jobs(connection) == [("tidy", "0 2 * * *", "select 1", "migrator", True)]


def test_a_job_can_live_in_another_database_switched_off(connection: Connection) -> None:
    connection.execute(
        "select cron.schedule_in_database('far', '0 2 * * *', 'select 1', 'postgres',"
        " active => false)"
    )

    row = connection.execute("select jobname, database, active from cron.job").fetchone()
    assert row == ("far", "postgres", False)
    with pytest.raises(InvalidCatalogName):
        connection.execute(
            "select cron.schedule_in_database('far', '0 2 * * *', 'select 1', 'no_such_database')"
        )


def test_another_role_s_job_is_out_of_reach(connection: Connection, other: Connection) -> None:
    number = schedule(other, "0 2 * * *")

    with pytest.raises(InternalError_, match="could not find valid entry"):
        connection.execute("select cron.unschedule('tidy')")
    with pytest.raises(InsufficientPrivilege, match="permission denied for table job"):
        connection.execute("select cron.unschedule(%s::bigint)", [number])
    with pytest.raises(InternalError_, match="don't own it"):
        connection.execute("select cron.alter_job(%s, active => false)", [number])

    assert jobs(other) == [("tidy", "0 2 * * *", "select 1", "supabase_admin", True)]


def test_the_superuser_reaches_every_job_by_its_number(
    connection: Connection, other: Connection
) -> None:
    number = schedule(connection, "0 2 * * *")

    with pytest.raises(InternalError_, match="could not find valid entry"):
        other.execute("select cron.unschedule('tidy')")
    other.execute("select cron.alter_job(%s, schedule => '0 5 * * *')", [number])
    other.execute("select cron.unschedule(%s::bigint)", [number])

    assert jobs(connection) == []


def test_rows_show_themselves_to_their_owner_alone(
    connection: Connection, other: Connection
) -> None:
    schedule(connection, "0 2 * * *")
    schedule(other, "0 2 * * *")
    other.execute("create role looker")
    try:
        other.execute("grant usage on schema cron to looker")
        other.execute("set role looker")
        seen = jobs(other)
        schedule(other, "0 2 * * *")
        seen_own = [owner for *_, owner, _ in jobs(other)]
    finally:
        other.execute("reset role")
        other.execute("delete from cron.job where username = 'looker'")
        other.execute("drop owned by looker")
        other.execute("drop role looker")

    assert seen == []
    assert seen_own == ["looker"]
    assert len(jobs(connection)) == 2  # migrator is past row security, as on Supabase


@pytest.mark.parametrize(
    "statement",
    [
        "update cron.job set active = false",
        "delete from cron.job",
        "insert into cron.job (schedule, command) values ('* * * * *', 'select 1')",
    ],
)
def test_jobs_change_through_functions_alone(connection: Connection, statement: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        connection.execute(statement.encode())


def test_run_details_can_be_tidied_up(connection: Connection) -> None:
    columns = (
        "jobid, runid, job_pid, database, username, command, status, return_message, start_time,"
        " end_time"
    )

    assert connection.execute(f"select {columns} from cron.job_run_details".encode()).rowcount == 0
    assert connection.execute("delete from cron.job_run_details").rowcount == 0


@pytest.mark.parametrize(
    "call",
    [
        "cron.alter_job(1, active => false)",
        "cron.schedule_in_database('a', '* * * * *', 'select 1', 'postgres')",
    ],
)
def test_some_functions_need_more_than_the_schema(other: Connection, call: str) -> None:
    other.execute("begin")
    other.execute("create role looker")
    other.execute("grant usage on schema cron to looker")
    other.execute("set local role looker")

    with pytest.raises(InsufficientPrivilege, match="permission denied for function"):
        other.execute(f"select {call}".encode())
    other.execute("rollback")


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role"])
def test_callers_of_the_api_schedule_nothing(connection: Connection, role: str) -> None:
    connection.execute(f"set role {role}".encode())

    with pytest.raises(InsufficientPrivilege, match="schema cron"):
        schedule(connection, "* * * * *")


def test_a_stub_says_that_it_is_one(connection: Connection, server: Server) -> None:
    comment = connection.execute(
        "select obj_description('cron'::regnamespace, 'pg_namespace')"
    ).fetchone()

    if server.capabilities.pg_cron is None:
        assert comment == ("stub of pg_cron: jobs are checked and kept, nothing ever runs",)
    else:
        assert comment == (None,)
