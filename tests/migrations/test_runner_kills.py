"""Runners that are killed: the database stays at a revision, and the next run finishes."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest

from tests.migrations.aftermath import DETACHING, INVALID, Aftermath, Moments
from tests.migrations.histories import BUILDS, DETACHES, LAST
from tests.migrations.projects import SmallProject
from tests.migrations.runners import Nursery
from toolkit.clones import Database
from toolkit.connect import connect
from toolkit.runner import current_revision, upgrade

SLEEPING = """
select from pg_catalog.pg_stat_activity
where datname = current_database() and wait_event = 'PgSleep'
"""


@pytest.mark.parametrize(
    ("revision", "half_done", "healed"),
    [
        (BUILDS, INVALID, "items_touched_idx was begun and not finished: drop index concurrently"),
        (DETACHES, DETACHING, "log_old was begun and not finished: alter table"),
    ],
)
def test_what_a_killed_runner_left_half_done_is_healed_by_the_next(
    eventful: SmallProject,
    forked: Nursery,
    pristine_database: Database,
    revision: str,
    half_done: str,
    healed: str,
) -> None:
    url = pristine_database.url
    before = f"{int(revision) - 1:04d}"
    aftermath = Aftermath.of(eventful, url)
    upgrade(eventful.root, url, before)
    with _looking_at(url, "public.log"), connect(url) as observer:
        runner = forked.start(eventful.root, url, "upgrade", "head")
        while not observer.execute(half_done.encode()).rowcount:
            time.sleep(0.01)
        runner.kill()
        assert runner.wait() == -9
        left = aftermath.describe()

    assert left.startswith(f"{before} and, half done, ")
    again = forked.start(eventful.root, url, "upgrade", "head")

    assert again.wait() == 0, again.words
    assert healed in again.words
    aftermath.require(LAST)


def test_a_run_that_is_stopped_by_hand_ends_its_statement_and_says_so_in_the_log(
    project: SmallProject, forked: Nursery, pristine_database: Database
) -> None:
    url = pristine_database.url
    project.add("create table public.items (id int);", "drop table public.items;")
    project.add("alter table public.items add a int;\nselect pg_sleep(600);", "select 1;")
    runner = forked.start(project.root, url, "upgrade", "head")
    with connect(url) as observer:
        while not observer.execute(SLEEPING).rowcount:
            time.sleep(0.01)

        runner.interrupt()

        assert runner.wait() != 0
        assert observer.execute(SLEEPING).rowcount == 0
        logged = observer.execute(
            "select outcome, reached_revision, error from hephaitos.runs"
        ).fetchall()
    assert logged == [("interrupted", "0001", "stopped by hand")]
    assert current_revision(url) == "0001"


def test_at_random_moments_the_database_stays_at_a_revision(
    eventful: SmallProject, forked: Nursery, pristine_database: Database
) -> None:
    _kill_at_random(eventful, forked, pristine_database.url, times=2)


@pytest.mark.deep
def test_at_fifty_random_moments_the_database_stays_at_a_revision(
    eventful: SmallProject, forked: Nursery, pristine_database: Database
) -> None:
    _kill_at_random(eventful, forked, pristine_database.url, times=50)


def _kill_at_random(project: SmallProject, forked: Nursery, url: str, *, times: int) -> None:
    """Kill runs down and runs up in turn, each time looking at what they left."""
    moments, lefts = Moments(times), []
    aftermath = Aftermath.of(project, url)
    with _bustle(url):
        upgrade(project.root, url)
        for number, moment in enumerate(moments):
            way = ("upgrade", "head") if number % 2 else ("downgrade", "base")
            runner = forked.start(project.root, url, *way)
            step = moment.await_in(runner)
            runner.kill()
            # A run that was over meanwhile was missed: another moment is drawn.
            if runner.wait() == -signal.SIGKILL and step:
                moments.hits.append(step)
                lefts.append(aftermath.describe())

            again = forked.start(project.root, url, *way)

            assert again.wait() == 0, again.words
            aftermath.require(LAST if number % 2 else None)
    print(moments, *lefts, sep="\n  ")
    assert moments.are_spread, "too few steps were hit"


@contextmanager
def _looking_at(url: str, table: str) -> Iterator[None]:
    """Keep a transaction open that has read a table."""
    with connect(url, autocommit=False) as reader:
        reader.execute("set transaction isolation level repeatable read")
        reader.execute(f"select count(*) from {table}".encode())
        yield
        reader.rollback()


@contextmanager
def _bustle(url: str) -> Iterator[None]:
    """Read in transactions of a fifth of a second, so that concurrent statements have to wait."""
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            with suppress(psycopg.errors.UndefinedTable), _looking_at(url, "public.log"):
                ended.wait(0.2)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
