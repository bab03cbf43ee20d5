"""10_roles.sql: the roles of a Supabase project, and the mark that says this is not one."""

import subprocess
from pathlib import Path

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege, ObjectNotInPrerequisiteState

from toolkit.connect import Connection, connect
from toolkit.errors import ConnectionRefused
from toolkit.prepare import is_real_supabase
from toolkit.server import Server
from toolkit.server.binaries import find_embedded

ROLES_SQL = Path(__file__).resolve().parents[2] / "server" / "supabase" / "10_roles.sql"

# login, inherit, createrole, createdb, replication, bypassrls
ATTRIBUTES = {
    "migrator": (True, True, True, True, True, True),
    "anon": (False, True, False, False, False, False),
    "authenticated": (False, True, False, False, False, False),
    "service_role": (False, True, False, False, False, True),
    "authenticator": (True, False, False, False, False, False),
    "supabase_auth_admin": (True, False, False, False, False, False),
    "supabase_storage_admin": (True, False, True, False, False, False),
    "supabase_realtime_admin": (False, False, False, False, False, False),
    "supabase_replication_admin": (True, True, False, False, True, False),
    "supabase_read_only_user": (True, True, False, False, False, True),
    "dashboard_user": (False, True, True, True, True, False),
    "pgbouncer": (True, True, False, False, False, False),
}
SETTINGS = {
    "anon": {"statement_timeout": "3s"},
    "authenticated": {"statement_timeout": "8s"},
    "authenticator": {"statement_timeout": "8s", "lock_timeout": "8s"},
    "supabase_auth_admin": {
        "search_path": "auth",
        "idle_in_transaction_session_timeout": "60s",
    },
    "supabase_storage_admin": {"search_path": "storage"},
    "migrator": {"search_path": '"$user", public, extensions'},
}
API = {"anon", "authenticated", "service_role"}
MONITORING = {"pg_monitor", "pg_read_all_data", "pg_signal_backend"}
PLATFORM_ADMINS = {"supabase_auth_admin", "supabase_storage_admin", "supabase_realtime_admin"}


def test_attributes_are_supabase_s(server: Server) -> None:
    with connect(server.admin_url()) as connection:
        rows = connection.execute(
            "select rolname, rolcanlogin, rolinherit, rolcreaterole, rolcreatedb, rolreplication,"
            " rolbypassrls from pg_roles where rolname = any (%s) and not rolsuper",
            [list(ATTRIBUTES)],
        ).fetchall()

    assert {name: tuple(attributes) for name, *attributes in rows} == ATTRIBUTES


def test_settings_are_supabase_s(server: Server) -> None:
    with connect(server.admin_url()) as connection:
        rows = connection.execute(
            "select rolname, rolconfig from pg_roles where rolconfig is not null"
        ).fetchall()

    found = {name: dict(entry.split("=", 1) for entry in config) for name, config in rows}
    assert found == SETTINGS


def test_memberships_are_supabase_s_and_those_of_the_platform_s_owners(server: Server) -> None:
    with connect(server.admin_url()) as connection:
        rows = connection.execute(
            "select pg_get_userbyid(member), pg_get_userbyid(roleid) from pg_auth_members"
            " where pg_get_userbyid(member) = any (%s)"
            " and pg_get_userbyid(roleid) not like 'hephaitos%%'",
            [list(ATTRIBUTES)],
        ).fetchall()

    of: dict[str, set[str]] = {}
    for member, role in rows:
        of.setdefault(member, set()).add(role)
    # From 16 on Supabase grants authenticator as well, with ADMIN.
    newer = {"authenticator"} if server.major >= 16 else set()
    assert of == {
        "authenticator": API,
        "supabase_realtime_admin": API,
        "supabase_storage_admin": {"authenticator"},
        "supabase_read_only_user": {"pg_read_all_data"},
        "migrator": API | MONITORING | PLATFORM_ADMINS | newer,
    }


def test_only_the_superuser_and_migrator_have_a_password(server: Server) -> None:
    with connect(server.admin_url()) as connection:
        rows = connection.execute(
            "select rolname from pg_authid where rolpassword is not null"
        ).fetchall()

    assert {name for (name,) in rows} == {"supabase_admin", "migrator"}
    with pytest.raises(ConnectionRefused):
        connect(f"postgresql://authenticator:guess@{server.host}:{server.port}/postgres")


def test_migrator_sees_what_monitoring_needs(server: Server) -> None:
    with connect(server.url()) as connection:
        libraries = connection.execute("show shared_preload_libraries").fetchone()
        foreign = connection.execute(
            "select count(*) from pg_stat_activity where query like '<insufficient%'"
        ).fetchone()

    assert libraries is not None
    assert "pg_stat_statements" in libraries[0]
    assert foreign == (0,)


def test_migrator_may_switch_triggers_off_as_on_supabase(server: Server) -> None:
    with connect(server.url()) as connection:
        connection.execute("set session_replication_role = replica")
        with pytest.raises(InsufficientPrivilege):
            connection.execute("set log_statement = 'all'")


def test_the_file_runs_again_without_harm(server: Server) -> None:
    before = _cluster(server)

    subprocess.run(
        [
            find_embedded().folder / "psql",
            *("-X", "-q", "-1", "-v", "ON_ERROR_STOP=1"),
            *("-v", f"migrator_password={server.migrator_password}"),
            *("-d", server.admin_url("postgres"), "-f", ROLES_SQL),
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert _cluster(server) == before
    connect(server.url()).close()


def test_a_server_of_ours_is_not_a_real_supabase(server: Server) -> None:
    for url in (server.url(), server.admin_url("postgres")):
        with connect(url) as connection:
            assert not is_real_supabase(connection)


def test_a_server_without_our_mark_is_a_real_supabase_and_is_left_alone(server: Server) -> None:
    first_statement = ROLES_SQL.read_text(encoding="utf-8").split("$$;")[0] + "$$"
    assert "shobj_description" in first_statement

    with connect(server.admin_url(), autocommit=False) as connection:
        connection.execute("comment on role supabase_admin is null")

        assert is_real_supabase(connection)
        with pytest.raises(ObjectNotInPrerequisiteState, match="real Supabase"):
            connection.execute(first_statement.encode())
        connection.rollback()


def _cluster(server: Server) -> list[psycopg.rows.TupleRow]:
    with connect(server.admin_url("postgres")) as connection:
        return _rows(connection, "select * from pg_roles order by rolname") + _rows(
            connection,
            "select pg_get_userbyid(roleid), pg_get_userbyid(member), admin_option"
            " from pg_auth_members order by 1, 2, 3",
        )


def _rows(connection: Connection, query: str) -> list[psycopg.rows.TupleRow]:
    return connection.execute(query.encode()).fetchall()
