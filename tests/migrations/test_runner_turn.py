"""One runner at a time: many start, one applies, the others find it done."""

import pytest

from tests.migrations.projects import SmallProject
from toolkit.clones import Database
from toolkit.connect import connect
from toolkit.runner.turn import RunnerBusy, Seat, take

LEADER = "done in"
FOLLOWERS = ("another runner took the database to", "nothing to do: the database is at")


def _with_concurrent_index(project: SmallProject) -> SmallProject:
    project.add("create table public.items (id int);", "drop table public.items;")
    project.add(
        "insert into public.items select generate_series(1, 20000);",
        "delete from public.items;",
    )
    project.add(
        "-- autocommit\ncreate index concurrently items_id_idx on public.items (id);\n",
        "-- autocommit\ndrop index concurrently public.items_id_idx;\n",
    )
    project.add("alter table public.items add name text;", "alter table public.items drop name;")
    return project


def _race(project: SmallProject, url: str, count: int) -> None:
    started = [project.start(url, "upgrade", "head") for _ in range(count)]
    said = [process.communicate()[1] for process in started]

    assert [process.returncode for process in started] == [0] * count, "\n".join(said)
    leaders = [text for text in said if LEADER in text]
    assert len(leaders) == 1, "\n---\n".join(leaders)
    followers = [text for text in said if LEADER not in text]
    assert all(any(words in text for words in FOLLOWERS) for text in followers)
    assert not any("deadlock" in text or "XX000" in text for text in said)
    with connect(url) as connection:
        valid = connection.execute(
            "select indisvalid from pg_catalog.pg_index"
            " where indexrelid = 'public.items_id_idx'::regclass"
        ).fetchone()
        versions = connection.execute("select version_num from alembic_version").fetchall()
    assert valid == (True,)
    assert versions == [(project.numbers[-1],)]


def test_of_runners_that_start_at_once_one_applies_and_the_others_say_so(
    project: SmallProject, pristine_database: Database
) -> None:
    _race(_with_concurrent_index(project), pristine_database.url, 4)


@pytest.mark.deep
def test_twenty_runners_at_once_twenty_times(
    project: SmallProject, pristine_database: Database
) -> None:
    _with_concurrent_index(project)
    for _ in range(20):
        _race(project, pristine_database.url, 20)
        assert project.run(pristine_database.url, "downgrade", "base").code == 0


def test_a_runner_that_waits_says_for_whom_and_gives_up_in_time(
    project: SmallProject, pristine_database: Database
) -> None:
    project.add("create table public.items (id int);", "drop table public.items;")
    with connect(pristine_database.url, application_name="a slow colleague") as holder:
        take(Seat.GUARD, holder, asker=holder, wait_s=0)

        ran = project.run(pristine_database.url, "-x", "wait_for_turn=300ms", "upgrade", "head")

        assert ran.code == 1
        assert "error: another runner is at work on this database" in ran.err
        assert f"pid {holder.info.backend_pid}, application a slow colleague" in ran.err
        assert f"select pg_terminate_backend({holder.info.backend_pid});" in ran.err
    assert project.run(pristine_database.url, "upgrade", "head").code == 0


def test_nobody_begins_while_the_statement_of_a_killed_runner_still_runs(
    pristine_database: Database,
) -> None:
    url = pristine_database.url
    with connect(url) as orphan, connect(url) as guard, connect(url) as worker:
        take(Seat.WORKER, orphan, asker=orphan, wait_s=0)
        take(Seat.GUARD, guard, asker=guard, wait_s=0)

        with pytest.raises(RunnerBusy) as refused:
            take(Seat.WORKER, worker, asker=guard, wait_s=0)
        pid = orphan.info.backend_pid

    assert f"pid {pid}" in refused.value.detail
    assert "its runner is gone" in refused.value.detail


def test_two_databases_of_a_server_have_a_turn_each(
    project: SmallProject, pristine_database: Database, own_database: Database
) -> None:
    project.add("create table public.items (id int);", "drop table public.items;")
    with connect(own_database.url) as holder:
        take(Seat.GUARD, holder, asker=holder, wait_s=0)

        assert project.run(pristine_database.url, "upgrade", "head").code == 0
