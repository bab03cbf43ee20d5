"""A server that crashes under a run: it stays at a revision, says so, and the next run finishes."""

import random
import re
from collections.abc import Iterator

import pytest

from tests.conftest import PROJECT
from tests.migrations.aftermath import Aftermath, Moment
from tests.migrations.histories import LAST
from tests.migrations.projects import SmallProject
from tests.migrations.runners import Nursery
from tests.server.crashes import checkpointer, kill, wait_for_recovery
from toolkit.clones import clone
from toolkit.prepare import prepare_server
from toolkit.runner import upgrade
from toolkit.server import Server, start
from toolkit.server.model import PRISTINE_TEMPLATE
from toolkit.settings import Settings, read_settings

REFUSED = re.compile(r"^error: .+\n  detail: .+\n  hint: .+$", re.MULTILINE)


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
    _crash_at_random(eventful, forked, own_server, times=2)


@pytest.mark.deep
def test_a_server_that_crashes_at_twenty_random_moments_stays_at_a_revision(
    eventful: SmallProject, forked: Nursery, own_server: Server
) -> None:
    _crash_at_random(eventful, forked, own_server, times=20)


def _crash_at_random(project: SmallProject, forked: Nursery, server: Server, *, times: int) -> None:
    chance, codes, lefts = random.Random(times), [], []
    with clone(server, PRISTINE_TEMPLATE) as database:
        aftermath = Aftermath.of(project, database.url)
        upgrade(project.root, database.url)
        for number in range(times):
            way = ("upgrade", "head") if number % 2 else ("downgrade", "base")
            runner = forked.start(project.root, database.url, *way)
            before = checkpointer(database)
            assert before is not None
            Moment.somewhere(chance).await_in(runner)
            kill(server, before)
            wait_for_recovery(database, before)
            codes.append(runner.wait())
            assert codes[-1] == 0 or REFUSED.search(runner.words), runner.words
            assert "Traceback" not in runner.words, runner.words
            lefts.append(aftermath.describe())

            again = forked.start(project.root, database.url, *way)

            assert again.wait() == 0, again.words
            aftermath.require(LAST if number % 2 else None)
    print(f"{codes.count(1)} of {times} ended by the crash, at:", *lefts, sep="\n  ")
    assert 1 in codes, "every run was over before the crash"
