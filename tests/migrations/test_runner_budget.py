"""The lock budget: the application never waits longer, and the run says who is in the way."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest

from tests.migrations.projects import SmallProject
from tests.migrations.traffic import traffic
from toolkit.clones import Database
from toolkit.connect import Connection, connect

_WAITS_FOR = """
select from pg_catalog.pg_stat_activity where %s = any(pg_catalog.pg_blocking_pids(pid))
"""
MAKE = """
create table public.items (id int primary key, touched int not null default 0);
insert into public.items select generate_series(1, 100);
"""


@pytest.fixture
def filled(project: SmallProject, pristine_database: Database) -> SmallProject:
    project.add(MAKE, "drop table public.items;")
    assert project.run(pristine_database.url, "upgrade", "head").code == 0
    # Three locks one after another: each alone stays below any timeout.
    project.add(
        "alter table public.items add a int;\n"
        "select pg_sleep(0.05);\n"
        "alter table public.items add b int;",
        "alter table public.items drop b, drop a;",
    )
    return project


@contextmanager
def _idle_in_transaction(url: str, statement: str) -> Iterator[Connection]:
    with connect(url, autocommit=False, application_name="forgotten") as blocker:
        blocker.execute(statement.encode())
        yield blocker
        blocker.rollback()


def _waits_until(process: "subprocess.Popen[str]", words: str) -> str:
    """Read what a run says until it says this."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if words in line:
            return said
    pytest.fail(f"the run ended without saying {words!r}: {said}")


def _blocked_run(project: SmallProject, url: str, budget: str, rate: int) -> tuple[float, str]:
    with traffic(url, per_second=rate) as felt:
        with _idle_in_transaction(url, "select from public.items where id = 3") as blocker:
            process = project.start(url, "-x", f"lock_budget={budget}", "upgrade", "head")
            said = _waits_until(process, "to end it")
            said += _waits_until(process, "to end it")
            pid = blocker.info.backend_pid
        said += process.communicate()[1]
    assert process.returncode == 0, said
    assert felt.errors == []
    assert f"waiting for pid {pid} (application forgotten" in said
    assert "idle in transaction for" in said
    assert "select from public.items where id = 3" in said
    assert f"to end it: select pg_terminate_backend({pid});" in said
    return max(felt.waits_s), said


def test_a_blocked_run_lets_the_application_pass_and_succeeds_when_the_blocker_goes(
    filled: SmallProject, pristine_database: Database
) -> None:
    _, said = _blocked_run(filled, pristine_database.url, "2s", 40)

    assert "others waited too long; rolled back, try 2 in" in said
    with connect(pristine_database.url) as connection:
        assert connection.execute("select a, b from public.items limit 1").fetchone() is not None


@pytest.mark.deep
@pytest.mark.parametrize("budget_s", [0.5, 1.0, 2.0])
def test_at_two_hundred_statements_a_second_nobody_waits_longer_than_the_budget(
    filled: SmallProject, pristine_database: Database, budget_s: float
) -> None:
    longest_s, _ = _blocked_run(filled, pristine_database.url, f"{budget_s}s", 200)

    assert longest_s < budget_s


def test_locks_that_add_up_are_one_wait_and_end_the_transaction(
    project: SmallProject, pristine_database: Database
) -> None:
    url = pristine_database.url
    project.add(MAKE, "drop table public.items;")
    assert project.run(url, "upgrade", "head").code == 0
    # Holds its first lock while it works on: no lock_timeout ever sees that.
    project.add(
        "alter table public.items add a int;\nselect pg_sleep(30);",
        "alter table public.items drop a;",
    )

    with traffic(url, per_second=20) as felt:
        ran = project.run(url, "-x", "lock_budget=1s", "-x", "retry_for=1s", "upgrade", "head")

    assert ran.code == 1
    assert "others waited too long" in ran.err
    assert felt.errors == []
    assert max(felt.waits_s) < 30
    with connect(url) as connection:
        columns = connection.execute("select * from public.items limit 0").description
    assert [column.name for column in columns or ()] == ["id", "touched"]


def test_when_the_total_is_spent_nothing_is_applied_and_the_message_says_so(
    filled: SmallProject, pristine_database: Database
) -> None:
    url = pristine_database.url
    with _idle_in_transaction(url, "select from public.items") as blocker:
        ran = filled.run(url, "-x", "lock_budget=100ms", "-x", "retry_for=1s", "upgrade", "head")
        pid = blocker.info.backend_pid

    assert ran.code == 1
    assert "error: revision 0002: a lock did not come" in ran.err
    assert "nothing of it was applied, the database stays at 0001" in ran.err
    assert f"pg_terminate_backend({pid})" in ran.err
    assert filled.run(url, "current").out.startswith("0001")


def test_a_deadlock_is_tried_again(project: SmallProject, pristine_database: Database) -> None:
    url = pristine_database.url
    project.add(
        "create table public.one (id int);\ncreate table public.two (id int);",
        "drop table public.one, public.two;",
    )
    assert project.run(url, "upgrade", "head").code == 0
    project.add(
        "set local lock_timeout = '1min';\n"
        "alter table public.one add a int;\n"
        "alter table public.two add a int;",
        "alter table public.one drop a;\nalter table public.two drop a;",
    )
    with connect(url, autocommit=False) as other, connect(url) as observer:
        other.execute("lock table public.two in access share mode")
        process = project.start(url, "-x", "lock_budget=1min", "upgrade", "head")
        while not observer.execute(_WAITS_FOR, [other.info.backend_pid]).fetchall():
            assert process.poll() is None
        # The second to wait notices first, and waits a second before it looks; so does the first.
        with suppress(psycopg.errors.DeadlockDetected):
            other.execute("lock table public.one in access share mode")
        other.rollback()
        said = process.communicate()[1]

    assert process.returncode == 0, said
    assert "revision 0002: done" in said


def test_machines_read_the_same_as_json_lines(
    filled: SmallProject, pristine_database: Database
) -> None:
    ran = filled.run(pristine_database.url, "-x", "progress=json", "upgrade", "head")

    events = [json.loads(line) for line in ran.err.splitlines()]
    applied = [event for event in events if event["event"] == "applied"]
    assert [event["revision"] for event in applied] == ["0002"]
    assert applied[0]["attempts"] == 1
    assert applied[0]["elapsed_ms"] >= 50
