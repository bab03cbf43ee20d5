"""Poolers: one that shares sessions is refused before anything happens, one that does not works."""

import time
from typing import cast

import pytest

from tests.migrations.poolers import pooler
from tests.migrations.projects import SmallProject
from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.runner import pooler as pooler_probe
from toolkit.runner.pooler import PoolerInTheWay, ServerSilent, refuse_pooler


@pytest.fixture
def filled(project: SmallProject) -> SmallProject:
    project.add("create table public.items (id int);", "drop table public.items;")
    return project


def _locks(url: str) -> object:
    with connect(url) as connection:
        return connection.execute(
            "select count(*) from pg_catalog.pg_locks where locktype = 'advisory'"
            " and database = (select oid from pg_catalog.pg_database"
            " where datname = current_database())"
        ).fetchone()


def test_a_transaction_mode_pooler_is_refused_with_what_to_use_instead(
    filled: SmallProject, pristine_database: Database
) -> None:
    with pooler(pristine_database.url, mode="transaction") as through:
        ran = filled.run(through, "upgrade", "head")

        assert ran.code == 1
        assert "is a transaction-mode pooler" in ran.err
        assert "hint: Connect to the database itself, or to the pooler's session mode" in ran.err
        assert _locks(pristine_database.url) == (0,)
        # What only looks may come through it.
        assert filled.run(through, "current").code == 0


@pytest.mark.parametrize(("size", "rotation"), [(1, "none"), (2, "none"), (2, "fair"), (5, "fair")])
def test_it_is_found_whatever_the_pool_does(
    pristine_database: Database, size: int, rotation: str
) -> None:
    url = pristine_database.url
    with (
        pooler(url, mode="transaction", size=size, round_robin=rotation == "fair") as through,
        connect(through) as first,
        connect(through) as second,
        pytest.raises(PoolerInTheWay),
    ):
        refuse_pooler(through, first, second)


def test_a_session_mode_pooler_works(filled: SmallProject, pristine_database: Database) -> None:
    with pooler(pristine_database.url, mode="session") as through:
        assert filled.run(through, "upgrade", "head").code == 0
        assert filled.run(through, "downgrade", "base").code == 0


def test_a_session_pool_of_one_is_refused_instead_of_waited_for(
    filled: SmallProject, pristine_database: Database
) -> None:
    with pooler(pristine_database.url, mode="session", size=1) as through:
        ran = filled.run(through, "upgrade", "head")

        assert ran.code == 1
        assert ran.err.startswith("error: ") or "\nerror: " in ran.err
        assert "no server process was free for the second one in 1.5 s" in ran.err
        assert "at least 2 connections" in ran.err
        assert "Traceback" not in ran.err


class _Busy:
    """A connection on a server that is too busy to answer in time, as the probe sees it."""

    def __init__(self, connection: Connection) -> None:
        self.info, self.pgconn = connection.info, self
        self._real = connection.pgconn

    def send_query(self, question: bytes) -> None:
        self._real.send_query(b"select pg_catalog.pg_sleep(0.2) is null; " + question)

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)


def test_a_server_that_is_slow_to_answer_is_no_pooler(
    pristine_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = pristine_database.url
    monkeypatch.setattr(pooler_probe, "PROBE_S", 0.05)
    with connect(url) as first, connect(url) as second:
        refuse_pooler(url, first, cast("Connection", _Busy(second)))
        refuse_pooler(url, cast("Connection", _Busy(first)), second)

        monkeypatch.setattr(pooler_probe, "PATIENCE_S", 0.05)
        with pytest.raises(ServerSilent, match="does not answer"):
            refuse_pooler(url, first, cast("Connection", _Busy(second)))
        second.close()  # its question is still open


def test_two_sessions_of_the_database_itself_are_let_pass(pristine_database: Database) -> None:
    with connect(pristine_database.url) as first, connect(pristine_database.url) as second:
        refuse_pooler(pristine_database.url, first, second)


@pytest.mark.deep
@pytest.mark.parametrize(("mode", "size"), [("transaction", 1), ("transaction", 4), ("session", 1)])
def test_it_is_refused_within_two_seconds(
    pristine_database: Database, mode: str, size: int
) -> None:
    with (
        pooler(pristine_database.url, mode=mode, size=size) as through,
        connect(through) as first,
        connect(through) as second,
    ):
        began = time.monotonic()
        with pytest.raises(PoolerInTheWay):
            refuse_pooler(through, first, second)

        assert time.monotonic() - began < 2
        second.close()  # its question may still be open
