"""90_default_privileges.sql: what a new object in public grants to the API, in both regimes."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from toolkit.connect import Connection, connect
from toolkit.server import Server, start
from toolkit.server.model import PRISTINE_TEMPLATE
from toolkit.settings import Settings

API = ("anon", "authenticated", "service_role")


@pytest.fixture(scope="module", params=["2026", "legacy"])
def regime(
    request: pytest.FixtureRequest, server: Server, settings: Settings
) -> Iterator[tuple[str, Server]]:
    """A server of each regime; the run's own has the newer one unless it was told otherwise."""
    wanted = replace(settings, server_kind=server.kind, default_privileges=request.param)
    with start(wanted) as started:
        yield request.param, started


@pytest.fixture
def connection(regime: tuple[str, Server]) -> Iterator[Connection]:
    """A connection as migrator to a database of that server, with one object of each kind."""
    with connect(regime[1].url(), autocommit=False) as opened:
        opened.execute("create table public.t (id int)")
        opened.execute("create sequence public.s")
        opened.execute("create function public.f() returns int language sql return 1")
        opened.execute("create schema elsewhere")
        opened.execute("create table elsewhere.t (id int)")
        yield opened
        opened.rollback()


def granted(connection: Connection, kind: str, name: str, privileges: str) -> set[str]:
    """The API's roles that hold at least one of the privileges."""
    rows = connection.execute(
        f"select role from unnest(%s::text[]) as role"
        f" where has_{kind}_privilege(role, %s, %s)".encode(),
        [list(API), name, privileges],
    ).fetchall()
    return {role for (role,) in rows}


@pytest.mark.parametrize("privilege", ["select", "insert", "update", "delete"])
def test_a_table_s_rows_are_open_in_the_older_regime_only(
    connection: Connection, regime: tuple[str, Server], privilege: str
) -> None:
    expected = set(API) if regime[0] == "legacy" else set()

    assert granted(connection, "table", "public.t", privilege) == expected


@pytest.mark.parametrize("privilege", ["truncate", "references", "trigger"])
def test_the_rest_of_a_table_s_rights_stays_open_in_both(
    connection: Connection, privilege: str
) -> None:
    assert granted(connection, "table", "public.t", privilege) == set(API)


def test_a_sequence_is_open_in_the_older_regime_only(
    connection: Connection, regime: tuple[str, Server]
) -> None:
    expected = set(API) if regime[0] == "legacy" else set()

    assert granted(connection, "sequence", "public.s", "usage, select") == expected


def test_a_function_is_public_s_in_both_and_closes_with_it_in_the_newer_only(
    connection: Connection, regime: tuple[str, Server]
) -> None:
    before = granted(connection, "function", "public.f()", "execute")
    connection.execute("revoke execute on function public.f() from public")
    after = granted(connection, "function", "public.f()", "execute")

    assert before == set(API)
    assert after == (set(API) if regime[0] == "legacy" else set())


def test_other_schemas_grant_nothing(connection: Connection) -> None:
    everything = "select, insert, update, delete, truncate, references, trigger"

    assert granted(connection, "table", "elsewhere.t", everything) == set()


def test_the_template_of_all_databases_has_the_same_regime(regime: tuple[str, Server]) -> None:
    found = []
    for database in ("hephaitos", PRISTINE_TEMPLATE):
        with connect(regime[1].admin_url(database)) as admin:
            found.append(
                admin.execute(
                    "select pg_get_userbyid(defaclrole), defaclobjtype::text, defaclacl::text"
                    " from pg_default_acl order by 1, 2"
                ).fetchall()
            )

    assert found[0] == found[1]
    assert found[0]
