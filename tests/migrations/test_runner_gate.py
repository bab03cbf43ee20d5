"""The fingerprint gate: nothing is built on a database that is not what its revision made it."""

import logging
from collections.abc import Callable

import pytest

from tests.migrations.histories import BUILDS
from tests.migrations.projects import SmallProject
from toolkit.catalog import SnapshotMissing, read_facts
from toolkit.clones import Database
from toolkit.connect import connect
from toolkit.runner import Outcome, RunOptions, current_revision, downgrade, upgrade
from toolkit.runner.proof import NotProven, TargetDrifted

GATED = RunOptions()
NAME = "column public.items.name"


@pytest.fixture
def halfway(eventful: SmallProject, pristine_database: Database) -> Database:
    """A database in the middle of history."""
    upgrade(eventful.root, pristine_database.url, "0006", options=GATED)
    return pristine_database


@pytest.fixture
def altered(halfway: Database) -> Database:
    """The same after somebody has been at it."""
    with connect(halfway.url) as connection:
        connection.execute("alter table public.items alter name set default 'x'")
        connection.execute("create table public.stray (id int)")
    return halfway


@pytest.mark.parametrize(("direction", "target"), [(upgrade, "head"), (downgrade, "base")])
def test_a_target_altered_by_hand_is_refused_before_the_first_statement(
    eventful: SmallProject, altered: Database, direction: Callable[..., Outcome], target: str
) -> None:
    before = _state(altered)

    with pytest.raises(TargetDrifted) as refused:
        direction(eventful.root, altered.url, target, options=GATED)

    assert _state(altered) == before
    assert refused.value.message == "the database is not what revision 0006 made it"
    assert refused.value.detail == (
        f"{NAME}, default: expected none, found 'x'::text; table public.stray is extra"
    )
    assert current_revision(altered.url) == "0006"


def test_accepting_one_object_accepts_no_other(eventful: SmallProject, altered: Database) -> None:
    options = RunOptions(accept_drift=(NAME,))

    with pytest.raises(TargetDrifted) as refused:
        upgrade(eventful.root, altered.url, options=options)

    assert refused.value.detail == "table public.stray is extra"


def test_what_was_accepted_by_name_goes_through_and_is_said_and_logged(
    eventful: SmallProject, altered: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    options = RunOptions(accept_drift=(NAME, "table public.stray", "view public.nothing"))

    upgrade(eventful.root, altered.url, "0007", options=options)

    assert f"accepted as it is: {NAME}, default: expected none, found 'x'::text" in caplog.text
    assert "nothing to accept: view public.nothing does not differ" in caplog.text
    with connect(altered.url) as connection:
        logged = connection.execute(
            "select accepted_drift from hephaitos.runs order by id desc limit 1"
        ).fetchone()
    assert logged == ([NAME, "table public.stray", "view public.nothing"],)
    assert current_revision(altered.url) == "0007"


def test_a_revision_that_makes_something_else_than_it_should_is_not_committed(
    eventful: SmallProject, pristine_database: Database
) -> None:
    url = pristine_database.url
    with connect(url) as connection:
        # What nobody compares before the first revision changes what it makes.
        connection.execute("alter default privileges grant select on tables to pg_monitor")

    with pytest.raises(NotProven) as refused:
        upgrade(eventful.root, url, options=GATED)

    assert refused.value.message.startswith("revision 0001 was not reached")
    assert (
        "default privileges of @migrator on tables is extra; table public.items, grants to "
        in refused.value.detail
    )
    assert current_revision(url) is None
    with connect(url) as connection:
        assert connection.execute("select to_regclass('public.items')").fetchone() == (None,)
        failed = connection.execute("select outcome, error from hephaitos.runs").fetchone()
    assert failed is not None
    assert failed[0] == "failed"
    assert "revision 0001 was not reached" in failed[1]


def test_a_statement_outside_a_transaction_that_was_not_written_down_is_no_drift(
    eventful: SmallProject, pristine_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    url = pristine_database.url
    caplog.set_level(logging.INFO)
    upgrade(eventful.root, url, "0003", options=GATED)
    with connect(url) as connection:
        # What a runner leaves that is killed between its statement and the version table.
        connection.execute("create index concurrently items_touched_idx on public.items (touched)")

    upgrade(eventful.root, url, BUILDS, options=GATED)

    assert "public.items_touched_idx is there already" in caplog.text
    assert current_revision(url) == BUILDS


def test_with_the_gate_off_nothing_is_compared(eventful: SmallProject, altered: Database) -> None:
    upgrade(eventful.root, altered.url, options=RunOptions(fingerprint=False))

    assert current_revision(altered.url) == "0012"


def test_a_revision_that_nobody_wrote_down_is_refused(
    eventful: SmallProject, halfway: Database
) -> None:
    with connect(halfway.url) as connection:
        connection.execute("update alembic_version set version_num = '0005'")
        major = connection.info.server_version // 10_000
    path = eventful.root / "migrations" / "snapshots" / f"0005.{major}.jsonl"
    hidden = path.rename(path.with_suffix(".hidden"))
    try:
        with pytest.raises(SnapshotMissing):
            upgrade(eventful.root, halfway.url, options=GATED)
    finally:
        hidden.rename(path)


def _state(database: Database) -> object:
    """Return all that a run could have changed: every fact, and its own log."""
    with connect(database.url) as connection:
        logged = connection.execute("select max(id) from hephaitos.runs").fetchone()
        return read_facts(connection).fingerprint, logged
