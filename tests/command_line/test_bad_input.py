"""Bad input: three parts and exit code 1, and nothing has changed."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.command_line.conftest import PROJECT, Run, plain_environment
from toolkit.clones import Database
from toolkit.connect import connect
from toolkit.server import Server
from toolkit.server.ports import free_port

THREE_PARTS = re.compile(r"^error: .+\n  detail: .+\n  hint: .+\.$", re.MULTILINE | re.DOTALL)
COMMANDS_ON_A_TARGET = (
    ("verify",),
    ("prepare",),
    ("drift",),
    ("facts",),
    ("migrate",),
    ("rollback", "base"),
    ("status",),
    ("doctor",),
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what migrating needs, to be damaged."""
    for name in ("alembic.ini", "pyproject.toml"):
        shutil.copy(PROJECT / name, tmp_path)
    shutil.copytree(PROJECT / "migrations", tmp_path / "migrations")
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS_ON_A_TARGET)
def test_an_unreachable_database_is_refused(run: Run, command: tuple[str, ...]) -> None:
    ran = run(*command, "--database-url", f"postgresql://ann:x@127.0.0.1:{free_port()}/shop")

    assert ran.code == 1
    assert "cannot reach ann@127.0.0.1" in ran.err
    assert THREE_PARTS.search(ran.err)
    assert ran.out == ""


def test_a_wrong_password_is_refused(run: Run, server: Server) -> None:
    url = server.url().replace(server.migrator_password, "guess")

    ran = run("verify", "--database-url", url)

    assert ran.code == 1
    assert "wrong user or password for migrator@" in ran.err
    assert "guess" not in ran.err
    assert THREE_PARTS.search(ran.err)


def test_a_missing_database_is_refused(run: Run, server: Server) -> None:
    ran = run("verify", "--database-url", server.url("nowhere"))

    assert ran.code == 1
    assert "no such database" in ran.err
    assert "nowhere" in ran.err
    assert THREE_PARTS.search(ran.err)


@pytest.mark.parametrize("command", COMMANDS_ON_A_TARGET[:-1])
def test_no_database_at_all_is_refused(run: Run, command: tuple[str, ...]) -> None:
    ran = run(*command)

    assert ran.code == 1
    assert "no database was named" in ran.err
    assert THREE_PARTS.search(ran.err)


def test_alembic_without_a_database_says_the_same(run: Run) -> None:
    ran = run("upgrade", "head", module="alembic")

    assert ran.code == 1
    assert "no database was named" in ran.err
    assert THREE_PARTS.search(ran.err)


@pytest.mark.parametrize("command", [("server", "up"), ("demo",)])
def test_an_engine_that_is_down_is_refused(run: Run, command: tuple[str, ...]) -> None:
    ran = run(*command, "--kind", "container", environment={"DOCKER_HOST": "unix:///nowhere.sock"})

    assert ran.code == 1
    assert "no container engine answers" in ran.err
    assert "--kind local" in ran.err
    assert THREE_PARTS.search(ran.err)


def test_an_unknown_kind_is_a_refusal_not_a_finding(run: Run) -> None:
    ran = run("server", "up", "--kind", "cloud")

    assert ran.code == 1
    assert "cloud" in ran.err
    assert "container" in ran.err


@pytest.mark.parametrize("direction", ["up", "down"])
def test_an_edited_frozen_file_stops_alembic_with_three(
    run: Run, checkout: Path, pristine_database: Database, direction: str
) -> None:
    path = checkout / "migrations" / "frozen" / f"0003.{direction}.sql"
    path.write_text(path.read_text() + "-- harmless\n")

    ran = run(
        "upgrade",
        "head",
        module="alembic",
        cwd=checkout,
        environment={"HEPHAITOS_DATABASE_URL": pristine_database.url},
    )

    assert ran.code == 3
    assert f"frozen SQL was edited: 0003.{direction}.sql" in ran.err
    assert THREE_PARTS.search(ran.err)
    assert _relations(pristine_database, "public") == 0


def test_an_edited_frozen_file_stops_the_offline_script_too(run: Run, checkout: Path) -> None:
    path = checkout / "migrations" / "frozen" / "0001.up.sql"
    path.write_text(path.read_text().replace("text", "varchar"))

    ran = run("upgrade", "head", "--sql", module="alembic", cwd=checkout)

    assert ran.code == 3
    assert "create table" not in ran.out


def test_a_demo_beside_a_named_database_is_refused_and_leaves_it_alone(
    run: Run, own_database: Database
) -> None:
    before = _fingerprint(own_database)

    ran = run("demo", environment={"HEPHAITOS_DATABASE_URL": own_database.url})

    assert ran.code == 1
    assert "refusing to work beside" in ran.err
    assert THREE_PARTS.search(ran.err)
    assert _fingerprint(own_database) == before


def test_the_tests_beside_a_named_database_are_refused_and_leave_it_alone(
    run: Run, own_database: Database
) -> None:
    before = _fingerprint(own_database)

    ran = run(
        "-q",
        "tests/database",
        module="pytest",
        environment={"HEPHAITOS_DATABASE_URL": own_database.url},
    )

    assert ran.code == 1
    assert "refusing to work beside" in ran.err + ran.out
    assert _fingerprint(own_database) == before


@pytest.fixture(params=["starting", "preparing", "loading", "checking", "counting"])
def interrupted_demo(
    request: pytest.FixtureRequest, server: Server
) -> Iterator[subprocess.Popen[str]]:
    """A demo that gets Ctrl-C as soon as it says that it is at one of its steps."""
    demo = subprocess.Popen(
        # A suite that runs in the background is deaf to Ctrl-C, and so would its children be.
        [
            *("env", "--default-signal=INT", sys.executable),
            "-m",
            "toolkit",
            "demo",
            "-k",
            server.kind,
        ],
        cwd=PROJECT,
        env={**plain_environment(), "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert demo.stderr is not None
    with demo:
        for line in demo.stderr:
            if request.param in line:
                os.killpg(demo.pid, signal.SIGINT)
                break
        yield demo


def test_ctrl_c_at_any_step_leaves_nothing_running(
    interrupted_demo: subprocess.Popen[str],
) -> None:
    descendants = psutil.Process(interrupted_demo.pid).children(recursive=True)

    out, err = interrupted_demo.communicate(timeout=60)

    assert interrupted_demo.returncode == 1
    assert "interrupted" in err
    assert out == ""
    _, alive = psutil.wait_procs(descendants, timeout=10)
    assert alive == []


def _relations(database: Database, schema: str) -> int:
    with connect(database.admin_url) as connection:
        row = connection.execute(
            "select count(*) from pg_class where relnamespace = %s::regnamespace"
            " and relname not like 'alembic_version%%'",
            [schema],
        ).fetchone()
    assert row is not None
    return int(row[0])


def _fingerprint(database: Database) -> tuple[object, ...]:
    """Say how much a database holds and how often it was written to."""
    with connect(database.admin_url) as connection:
        row = connection.execute(
            "select (select count(*) from pg_class), (select count(*) from pg_proc),"
            " pg_current_xact_id_if_assigned(),"
            " (select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)"
            " from pg_stat_all_tables where schemaname not like 'pg_%')"
        ).fetchone()
    assert row is not None
    return row
