"""hephaitos drift: 0 without drift, 2 with, 1 where nobody can say; and nothing changes."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from psycopg import sql

from tests.command_line.conftest import Run
from toolkit.clones import Database
from toolkit.connect import connect
from toolkit.server import Server
from toolkit.settings import Settings
from toolkit.witness import find_pg_dump

# Takes a database back to what CREATE DATABASE makes, but for the extension pg_cron.
EMPTY = b"""
do $$
declare
    statement text;
begin
    for statement in
        select format('drop event trigger %I', evtname) from pg_catalog.pg_event_trigger
        union all
        select format('drop publication %I', pubname) from pg_catalog.pg_publication
        union all
        select format('drop extension %I cascade', extname) from pg_catalog.pg_extension
        where extname not in ('plpgsql', 'pg_cron')
        union all
        select format('drop schema %I cascade', nspname) from pg_catalog.pg_namespace
        where
            nspname !~ '^pg_' and nspname <> 'information_schema'
            and not (nspname = 'cron' and exists (
                select from pg_catalog.pg_extension where extname = 'pg_cron'
            ))
    loop
        execute statement;
    end loop;
end
$$;
create schema public authorization pg_database_owner;
grant usage on schema public to public;
comment on schema public is 'standard public schema';
"""


@pytest.fixture
def drifted(own_database: Database) -> Database:
    """A migrated database that somebody has been at."""
    with connect(own_database.url) as connection:
        connection.execute("create table public.stray (id integer)")
        connection.execute("comment on schema public is 'hello'")
        connection.execute("create operator public.=== (rightarg=int, function=int4abs)")
    return own_database


def test_a_migrated_database_has_no_drift(run: Run, own_database: Database) -> None:
    ran = run("drift", "--database-url", own_database.url)

    assert ran.code == 0, ran.out + ran.err
    assert ran.out.startswith("no drift at revision ")
    assert "of others left alone" in ran.out


def test_a_dump_of_a_migrated_database_restored_elsewhere_has_no_drift(
    run: Run, own_database: Database, pristine_database: Database, server: Server,
    settings: Settings,
) -> None:  # fmt: skip
    program = find_pg_dump(server.major, settings.pg_bin)
    psql = [str(program.with_name("psql")), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
    dump = _output([str(program), "--enable-row-security", f"--dbname={own_database.admin_url}"])

    _empty(pristine_database)
    _output([*psql, f"--dbname={pristine_database.admin_url}"], dump)
    _take_the_name(pristine_database, own_database, server)

    ran = run("drift", "--database-url", own_database.url)
    assert ran.code == 0, ran.out + ran.err
    assert ran.out.startswith("no drift at revision ")


def test_each_finding_is_a_line_with_its_sql_below(run: Run, drifted: Database) -> None:
    ran = run("drift", "--database-url", drifted.url)

    assert ran.code == 2
    assert "table public.stray: extra, with 1 more in it\n    drop table public.stray;\n" in ran.out
    assert (
        "schema public: comment: expected standard public schema, found hello\n"
        "    comment on schema public is 'standard public schema';\n"
    ) in ran.out
    assert "only its existence was compared, it is not modelled: operator public.===" in ran.out
    assert "\n3 findings at revision " in ran.out


def test_the_sql_alone_runs_in_psql_and_takes_the_drift_back(
    run: Run, drifted: Database, server: Server, settings: Settings
) -> None:
    script = run("drift", "--sql", "--database-url", drifted.url)
    assert script.code == 2
    psql = find_pg_dump(server.major, settings.pg_bin).with_name("psql")

    subprocess.run(
        [psql, "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--dbname={drifted.url}"],
        input=script.out, text=True, check=True, capture_output=True,
    )  # fmt: skip

    after = run("drift", "--format", "json", "--database-url", drifted.url)
    left = json.loads(after.out)["findings"]
    assert [finding["object"] for finding in left] == ["operator public.===(NONE,integer)"]
    assert left[0]["by_hand"] == "the toolkit does not model this kind of object"


def test_json_holds_every_part_of_a_finding(run: Run, drifted: Database) -> None:
    ran = run("drift", "--format", "json", "--database-url", drifted.url)

    document = json.loads(ran.out)
    (comment,) = [one for one in document["findings"] if one["attribute"] == "comment"]
    assert comment == {
        "object": "schema public",
        "change": "changed",
        "attribute": "comment",
        "expected": "standard public schema",
        "found": "hello",
        "inside": 0,
        "sql": ["comment on schema public is 'standard public schema'"],
        "by_hand": "",
    }
    assert document["unmodelled"] == ["operator public.===(NONE,integer)"]


def test_revisions_that_were_not_applied_yet_are_no_drift(run: Run, own_database: Database) -> None:
    down = run(
        "downgrade", "-1", module="alembic",
        environment={"HEPHAITOS_DATABASE_URL": own_database.url},
    )  # fmt: skip
    assert down.code == 0, down.err

    ran = run("drift", "--database-url", own_database.url)

    assert ran.code == 0, ran.out


def test_nothing_is_written(run: Run, drifted: Database) -> None:
    read_only = f"{drifted.url}?options=-c%20default_transaction_read_only%3Don"

    assert run("drift", "--database-url", read_only).code == 2


def test_a_database_without_revisions_is_refused(run: Run, pristine_database: Database) -> None:
    ran = run("drift", "--database-url", pristine_database.url)

    assert ran.code == 1
    assert "no revision was applied" in ran.err
    assert "alembic upgrade head" in ran.err


def test_a_role_that_may_not_read_the_revision_is_told_blind(
    run: Run, own_database: Database, server: Server
) -> None:
    with _reader(own_database, server) as url:
        ran = run("drift", "--database-url", url)

    assert ran.code == 1
    assert "is blind: it may not read the revision" in ran.err
    assert "no drift" not in ran.out + ran.err


def test_a_role_that_cannot_see_jobs_is_told_blind_never_no_drift(
    run: Run, own_database: Database, server: Server
) -> None:
    with connect(own_database.admin_url) as admin:
        admin.execute("revoke select on cron.job from public")
    with _reader(own_database, server, may_read_revision=True) as url:
        ran = run("drift", "--database-url", url)

    assert ran.code == 1, ran.out + ran.err
    assert "blind: cron jobs: role " in ran.out
    assert "no drift" not in ran.out
    assert "not everything was seen" in ran.out


def test_a_revision_without_a_snapshot_is_refused(run: Run, own_database: Database) -> None:
    with connect(own_database.url) as connection:
        connection.execute("update public.alembic_version set version_num = '9999'")

    ran = run("drift", "--database-url", own_database.url)

    assert ran.code == 1
    assert "no snapshot of revision 9999" in ran.err
    assert "hephaitos facts --write" in ran.err


def _output(command: list[str], standard_input: str = "") -> str:
    finished = subprocess.run(
        command, input=standard_input, text=True, check=False, capture_output=True
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def _empty(database: Database) -> None:
    """Leave nothing but pg_cron, which can be made in no database but its own."""
    with connect(database.admin_url) as admin:
        admin.execute(EMPTY)


def _take_the_name(copy: Database, origin: Database, server: Server) -> None:
    """Put a copy where its origin was: jobs name the database that they run in."""
    names = sql.Identifier(copy.name), sql.Identifier(origin.name)
    with connect(server.admin_url("postgres")) as admin:
        admin.execute(sql.SQL("drop database {} (force)").format(names[1]))
        admin.execute(sql.SQL("alter database {} rename to {}").format(*names))


@contextmanager
def _reader(
    database: Database, server: Server, *, may_read_revision: bool = False
) -> Iterator[str]:
    """Give the URL of a login of its own that has no more than everybody has."""
    name = f"reader_of_{database.name}"
    role = sql.Identifier(name)
    with connect(database.admin_url) as admin:
        admin.execute(sql.SQL("create role {} login password 'reads'").format(role))
        if may_read_revision:
            admin.execute(sql.SQL("grant select on public.alembic_version to {}").format(role))
        try:
            yield database.url.replace(f"migrator:{server.migrator_password}", f"{name}:reads")
        finally:
            admin.execute(sql.SQL("drop owned by {}").format(role))
            admin.execute(sql.SQL("drop role {}").format(role))
