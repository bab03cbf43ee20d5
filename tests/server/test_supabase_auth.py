"""20_extensions.sql and 30_auth.sql: users, claims, and who may do what with them."""

import json
from collections.abc import Iterator
from uuid import UUID

import pytest
from psycopg.errors import InsufficientPrivilege, InvalidTextRepresentation, UniqueViolation

from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.server import Server
from toolkit.verify.identity import as_role

ADA = UUID(int=0xA)
OPTIONAL = {"pgcrypto", "uuid-ossp", "plpgsql_check", "pgtap"}


@pytest.fixture
def connection(pristine_database: Database) -> Iterator[Connection]:
    """A connection as migrator, rolled back."""
    with connect(pristine_database.url, autocommit=False) as opened:
        yield opened
        opened.rollback()


def claims(connection: Connection, **settings: str) -> None:
    for name, value in settings.items():
        connection.execute("select set_config(%s, %s, true)", [name.replace("__", "."), value])


def value(connection: Connection, query: str) -> object:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def test_extensions_that_the_server_has_are_out_of_the_way(
    connection: Connection, server: Server
) -> None:
    rows = connection.execute(
        "select extname, extnamespace::regnamespace::text from pg_extension"
    ).fetchall()

    installed: dict[str, str] = dict(rows)
    expected = {"pg_stat_statements"} | OPTIONAL & server.capabilities.extensions
    assert {name for name, schema in installed.items() if schema == "extensions"} == expected


def test_callers_reach_schema_extensions_and_only_migrator_adds_to_it(
    connection: Connection,
) -> None:
    connection.execute("create function extensions.mine() returns int language sql return 1")
    for role in ("anon", "authenticated", "service_role"):
        with as_role(connection, role):
            assert value(connection, "select extensions.mine()") == 1
            with pytest.raises(InsufficientPrivilege), connection.transaction():
                connection.execute("create table extensions.theirs (id int)")


def test_claims_come_from_one_document(connection: Connection) -> None:
    document = {"sub": str(ADA), "role": "authenticated", "email": "ada@example.org"}
    claims(connection, request__jwt__claims=json.dumps(document))

    row = connection.execute("select auth.uid(), auth.role(), auth.email(), auth.jwt()").fetchone()

    assert row == (ADA, "authenticated", "ada@example.org", document)


def test_a_setting_of_its_own_goes_before_the_document(connection: Connection) -> None:
    claims(connection, request__jwt__claims='{"sub": "x", "role": "anon", "email": "x"}')
    connection.execute("select set_config('request.jwt.claim.sub', %s, true)", [str(ADA)])
    connection.execute("select set_config('request.jwt.claim.role', 'service_role', true)")
    connection.execute("select set_config('request.jwt.claim.email', 'ada@example.org', true)")
    connection.execute("""select set_config('request.jwt.claim', '{"a": 1}', true)""")

    row = connection.execute("select auth.uid(), auth.role(), auth.email(), auth.jwt()").fetchone()

    assert row == (ADA, "service_role", "ada@example.org", {"a": 1})


@pytest.mark.parametrize("document", [None, "", "{}"])
def test_no_claims_are_null_and_no_error(connection: Connection, document: str | None) -> None:
    if document is not None:
        claims(connection, request__jwt__claims=document)

    row = connection.execute("select auth.uid(), auth.role(), auth.email()").fetchone()

    assert row == (None, None, None)


def test_a_sub_that_is_no_uuid_is_an_error(connection: Connection) -> None:
    claims(connection, request__jwt__claims='{"sub": "42"}')

    with pytest.raises(InvalidTextRepresentation):
        connection.execute("select auth.uid()")


def test_reading_claims_is_inlined_into_the_caller_s_plan(connection: Connection) -> None:
    connection.execute("create table public.own (id uuid)")

    plan = "\n".join(
        line
        for (line,) in connection.execute(
            "explain (costs off) select * from public.own where id = (select auth.uid())"
        )
    )

    assert "auth.uid" not in plan
    assert "request.jwt.claim" in str(
        connection.execute(
            "explain (verbose, costs off) select * from public.own where id = (select auth.uid())"
        ).fetchall()
    )


def test_the_platform_owns_its_schemas(connection: Connection) -> None:
    rows = connection.execute(
        "select nspname, pg_get_userbyid(nspowner) from pg_namespace"
        " where nspname in ('auth', 'extensions', 'storage', 'realtime', 'cron')"
    ).fetchall()

    assert {owner for _, owner in rows} == {"supabase_admin"}
    assert len(rows) == 5
    assert (
        value(connection, "select tableowner from pg_tables where schemaname = 'auth'")
        == "supabase_auth_admin"
    )


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role"])
def test_callers_read_claims_and_never_users(connection: Connection, role: str) -> None:
    with as_role(connection, role, ADA):
        assert value(connection, "select auth.uid()") == ADA
        with pytest.raises(InsufficientPrivilege), connection.transaction():
            connection.execute("select id from auth.users")


def test_migrator_points_foreign_keys_and_triggers_at_users(connection: Connection) -> None:
    connection.execute(
        "create table public.people (id uuid primary key"
        " references auth.users (id) on delete cascade)"
    )
    connection.execute(
        "create function public.on_sign_up() returns trigger language plpgsql security definer"
        " set search_path = '' as $$"
        " begin insert into public.people values (new.id); return null; end $$"
    )
    connection.execute(
        "create trigger on_sign_up after insert on auth.users"
        " for each row execute function public.on_sign_up()"
    )

    connection.execute("insert into auth.users (id) values (%s)", [ADA])
    signed_up = value(connection, "select id from public.people")
    connection.execute("delete from auth.users")

    assert signed_up == ADA
    assert value(connection, "select count(*) from public.people") == 0


def test_one_address_is_one_user_unless_a_company_signs_them_in(connection: Connection) -> None:
    connection.execute(
        "insert into auth.users (id, email, is_sso_user) values"
        " (gen_random_uuid(), 'ada@example.org', false),"
        " (gen_random_uuid(), 'ada@example.org', true),"
        " (gen_random_uuid(), 'ada@example.org', true)"
    )

    with pytest.raises(UniqueViolation, match="users_email_partial_key"):
        connection.execute(
            "insert into auth.users (id, email) values (gen_random_uuid(), 'ada@example.org')"
        )
