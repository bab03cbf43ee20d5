"""The history on a real server: up, down and up again, by hand, offline, and with data in it."""

import subprocess
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from benchmarks import dataset
from toolkit.catalog import read_facts
from toolkit.clones import Database
from toolkit.connect import connect
from toolkit.runner import current_revision, downgrade, offline_sql, upgrade
from toolkit.server import Server
from toolkit.witness.dump import SchemaDump, dump_schema
from toolkit.witness.program import find_pg_dump

PROJECT = Path(__file__).resolve().parents[2]
SCRIPT = ScriptDirectory.from_config(Config(str(PROJECT / "alembic.ini")))
REVISIONS = [revision.revision for revision in reversed(list(SCRIPT.walk_revisions()))]


@pytest.fixture
def pg_dump(server: Server) -> Path:
    return find_pg_dump(server.major)


def _dump(pg_dump: Path, database: Database) -> SchemaDump:
    return dump_schema(pg_dump, database.admin_url)


def test_downgrade_to_base_leaves_the_catalog_as_it_was_found(
    pristine_database: Database, pg_dump: Path
) -> None:
    found = _dump(pg_dump, pristine_database)

    upgrade(PROJECT, pristine_database.url)
    migrated = _dump(pg_dump, pristine_database)
    downgrade(PROJECT, pristine_database.url, "base")

    assert migrated.text != found.text
    assert _dump(pg_dump, pristine_database).text == found.text


def test_downgrade_to_base_does_so_with_data_in_every_table(
    server: Server, pristine_database: Database, pg_dump: Path
) -> None:
    found = _dump(pg_dump, pristine_database)
    upgrade(PROJECT, pristine_database.url)
    dataset.load(server, database=pristine_database.name, size="demo")

    downgrade(PROJECT, pristine_database.url, "base")

    assert _dump(pg_dump, pristine_database).text == found.text


def test_up_again_after_down_gives_the_same_database(
    pristine_database: Database, pg_dump: Path
) -> None:
    upgrade(PROJECT, pristine_database.url)
    first = _dump(pg_dump, pristine_database)

    downgrade(PROJECT, pristine_database.url, "base")
    upgrade(PROJECT, pristine_database.url)

    assert _dump(pg_dump, pristine_database).text == first.text
    assert current_revision(pristine_database.url) == REVISIONS[-1]


def test_each_revision_takes_back_exactly_what_it_did(pristine_database: Database) -> None:
    # By facts, which know jobs as well; pg_dump has its word about the whole way, above.
    with connect(pristine_database.url) as connection:
        before = read_facts(connection).objects
        for revision in REVISIONS:
            upgrade(PROJECT, pristine_database.url, revision)
            after = read_facts(connection).objects
            downgrade(PROJECT, pristine_database.url, "-1")
            restored = read_facts(connection).objects
            upgrade(PROJECT, pristine_database.url, revision)
            again = read_facts(connection).objects

            assert after != before, f"{revision} changes nothing"
            assert restored == before, f"{revision} does not undo itself"
            assert again == after, f"{revision} differs again"
            before = again


def test_the_offline_script_builds_what_the_online_run_builds(
    server: Server, pristine_database: Database, own_database: Database, pg_dump: Path
) -> None:
    _psql(server, pristine_database, offline_sql(PROJECT, "head"))

    assert _dump(pg_dump, pristine_database).text == _dump(pg_dump, own_database).text
    assert current_revision(pristine_database.url) == REVISIONS[-1]


def test_the_offline_script_takes_it_down_again(
    server: Server, pristine_database: Database, own_database: Database, pg_dump: Path
) -> None:
    _psql(server, own_database, offline_sql(PROJECT, f"{REVISIONS[-1]}:base", down=True))

    assert _dump(pg_dump, own_database).text == _dump(pg_dump, pristine_database).text
    assert current_revision(own_database.url) is None


def test_a_revision_that_fails_leaves_the_one_before(pristine_database: Database) -> None:
    upgrade(PROJECT, pristine_database.url, REVISIONS[2])
    with connect(pristine_database.url) as connection:
        connection.execute("create table public.backtest_results (in_the_way int)")

    with pytest.raises(Exception, match="already exists"):
        upgrade(PROJECT, pristine_database.url)

    assert current_revision(pristine_database.url) == REVISIONS[2]


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role"])
def test_the_version_table_is_closed_to_the_api(own_database: Database, role: str) -> None:
    with connect(own_database.url) as connection:
        rights = connection.execute(
            "select has_table_privilege(%s, 'public.alembic_version',"
            " 'select, insert, update, delete, truncate, references, trigger')",
            [role],
        ).fetchone()

    assert rights == (False,)


def _psql(server: Server, database: Database, script: str) -> None:
    """Feed a script to psql as the role that migrates."""
    psql = find_pg_dump(server.major).with_name("psql")
    finished = subprocess.run(
        [psql, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database.url],
        input=script,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
