"""SQL functions kept as text: a body that Postgres would refuse today is found."""

import pytest

from toolkit.connect import Connection
from toolkit.settings import Settings
from toolkit.verify.bodies import check_sql_bodies
from toolkit.verify.declarations import read_declarations


@pytest.fixture
def schemas(settings: Settings) -> tuple[str, ...]:
    return read_declarations(settings.tenant).schemas


def found(database: Connection, schemas: tuple[str, ...], sql: str) -> dict[str, str]:
    database.execute(sql.encode())
    database.execute("set local search_path = ''")
    findings = check_sql_bodies(database, schemas).findings
    return {finding.object: finding.detail for finding in findings}


def test_the_project_is_clean(database: Connection, schemas: tuple[str, ...]) -> None:
    assert found(database, schemas, "") == {}


def test_a_column_that_was_dropped_later_is_found(
    database: Connection, schemas: tuple[str, ...]
) -> None:
    plant = """
        create table internal.notes (id integer, body text);
        create function internal.planted() returns text language sql
        as 'select notes.body from internal.notes';
        alter table internal.notes drop column body
    """

    assert found(database, schemas, plant) == {
        "internal.planted()": "column notes.body does not exist."
    }


def test_a_body_is_read_under_the_functions_own_path(
    database: Connection, schemas: tuple[str, ...]
) -> None:
    plant = """
        create table internal.notes (body text);
        set local search_path = internal;
        create function internal.bound() returns text language sql
        set search_path = internal, pg_temp as 'select body from notes';
        create function internal.adrift() returns text language sql as 'select body from notes'
    """

    assert found(database, schemas, plant) == {
        "internal.adrift()": 'relation "notes" does not exist.'
    }
    assert database.execute("show search_path").fetchone() == ('""',)


def test_a_body_is_read_although_the_session_says_otherwise(
    database: Connection, schemas: tuple[str, ...]
) -> None:
    plant = """
        set local check_function_bodies = off;
        create function internal.planted() returns integer language sql as 'select nonsense'
    """

    assert list(found(database, schemas, plant)) == ["internal.planted()"]


def test_a_tracked_body_is_left_to_postgres(database: Connection, schemas: tuple[str, ...]) -> None:
    plant = """
        create table internal.notes (body text);
        create function internal.planted() returns text language sql
        begin atomic select notes.body from internal.notes; end
    """

    assert found(database, schemas, plant) == {}
