"""A server that crashes under a run: it stays at a revision, says so, and the next run finishes."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.migrations.aftermath import Aftermath, Moments
from tests.migrations.histories import LAST, fill_eventfully
from tests.migrations.projects import SmallProject
from tests.migrations.runners import Nursery
from tests.server.crashes import (
    Postmaster,
    checkpointer,
    kill,
    wait_for_recovery,
    wait_until_up,
)
from toolkit.clones import Database, clone
from toolkit.prepare import prepare_server
from toolkit.runner import upgrade
from toolkit.server import Server, start
from toolkit.server.model import PRISTINE_TEMPLATE
from toolkit.settings import Settings, read_settings

REFUSED = re.compile(r"^error: .+\n  detail: .+\n  hint: .+$", re.MULTILINE)
Crash = Callable[[Server, Database], None]


@pytest.fixture
def own_server(server: Server, settings: Settings) -> Iterator[Server]:
    """A server of these tests' own: what happens to it would hurt whoever shared it."""
    # In the regime of the other one, whose facts are what is compared with.
    regime = read_settings(start=PROJECT).default_privileges
    mine = read_settings(
        server_kind=server.kind, default_privileges=regime, start=PROJECT, environment={}
    )
    with start(mine) as started:
        prepare_server(started, settings.roles)
        yield started


def test_a_server_that_crashes_under_a_run_stays_at_a_revision(
    eventful: SmallProject, forked: Nursery, own_server: Server
) -> None:
    _crash_at_random(eventful, forked, own_server, _kill_one_process, times=2)


@pytest.mark.deep
def test_a_server_that_crashes_at_twenty_random_moments_stays_at_a_revision(
    eventful: SmallProject, forked: Nursery, own_server: Server
) -> None:
    _crash_at_random(eventful, forked, own_server, _kill_one_process, times=20)


@pytest.mark.deep
def test_a_server_killed_whole_at_twenty_random_moments_stays_at_a_revision(
    forked: Nursery, settings: Settings, tmp_path: Path
) -> None:
    mine = read_settings(server_kind="embedded", start=PROJECT, environment={})
    project = SmallProject.create(tmp_path / "project")
    fill_eventfully(project)
    with start(mine, on_disk=True) as server, Postmaster.of(server) as postmaster:
        prepare_server(server, settings.roles)
        project.write_snapshots(server)

        def kill_all(_server: Server, database: Database) -> None:
            postmaster.kill()
            postmaster.start_again()
            wait_until_up(database)

        _crash_at_random(project, forked, server, kill_all, times=20)


def _crash_at_random(
    project: SmallProject, forked: Nursery, server: Server, crash: Crash, *, times: int
) -> None:
    """Crash under runs down and runs up in turn, each time looking at what they left."""
    moments, lefts = Moments(times), []
    with clone(server, PRISTINE_TEMPLATE) as database:
        aftermath = Aftermath.of(project, database.url)
        upgrade(project.root, database.url)
        for number, moment in enumerate(moments):
            way = ("upgrade", "head") if number % 2 else ("downgrade", "base")
            runner = forked.start(project.root, database.url, *way)
            step = moment.await_in(runner)
            crash(server, database)
            code = runner.wait()
            assert code == 0 or REFUSED.search(runner.words), runner.words
            assert "Traceback" not in runner.words, runner.words
            left = aftermath.describe()
            # A run that was over meanwhile was missed: another moment is drawn.
            if code == 1 and step:
                moments.hits.append(step)
                lefts.append(left)

            again = forked.start(project.root, database.url, *way)

            assert again.wait() == 0, again.words
            aftermath.require(LAST if number % 2 else None)
    print(moments, *lefts, sep="\n  ")
    assert moments.are_spread, "too few steps were hit"


def _kill_one_process(server: Server, database: Database) -> None:
    """Kill one that the postmaster cannot do without: it ends all others and recovers."""
    before = checkpointer(database)
    assert before is not None
    kill(server, before)
    wait_for_recovery(database, before)
