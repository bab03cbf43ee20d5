"""One runner at a time: many start, one applies, the others find it done."""

import pytest

from tests.migrations.aftermath import Aftermath
from tests.migrations.histories import LAST
from tests.migrations.projects import SmallProject
from tests.migrations.runners import Nursery
from toolkit.clones import Database
from toolkit.connect import connect
from toolkit.runner import downgrade
from toolkit.runner.turn import RunnerBusy, Seat, take

LEADER = "done in"
FOLLOWERS = ("another runner took the database to", "nothing to do: the database is at")


def _race(project: SmallProject, forked: Nursery, url: str, count: int) -> None:
    runners = [forked.start(project.root, url, "upgrade", "head") for _ in range(count)]
    codes = [runner.wait() for runner in runners]
    said = [runner.words for runner in runners]

    assert codes == [0] * count, "\n".join(said)
    leaders = [text for text in said if LEADER in text]
    assert len(leaders) == 1, "\n---\n".join(leaders)
    followers = [text for text in said if LEADER not in text]
    assert all(any(words in text for words in FOLLOWERS) for text in followers)
    assert not any("deadlock" in text or "XX000" in text for text in said)


def test_of_runners_that_start_at_once_one_applies_and_the_others_say_so(
    eventful: SmallProject, forked: Nursery, pristine_database: Database
) -> None:
    aftermath = Aftermath.of(eventful, pristine_database.url)

    _race(eventful, forked, pristine_database.url, 6)

    aftermath.require(LAST)


@pytest.mark.deep
def test_twenty_runners_at_once_twenty_times(
    eventful: SmallProject, forked: Nursery, pristine_database: Database
) -> None:
    url = pristine_database.url
    aftermath = Aftermath.of(eventful, url)
    for _ in range(20):
        _race(eventful, forked, url, 20)
        aftermath.require(LAST)
        downgrade(eventful.root, url, "base")
        aftermath.require(None)


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
