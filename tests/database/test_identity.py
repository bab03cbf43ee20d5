"""as_role(): a block is exactly one caller, and nothing of that caller outlives it."""

import json
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from psycopg.errors import InsufficientPrivilege, QueryCanceled

from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.verify.identity import IdentityRefused, Request, as_role

ADA, BOB = UUID(int=0xA), UUID(int=0xB)

# Everything a block may touch. An unset custom setting is NULL at first and '' once it was used:
# both mean absent.
STATE = """
    select
        current_user::text,
        array(
            select coalesce(current_setting(name, true), '')
            from unnest(array[
                'role', 'search_path', 'statement_timeout', 'lock_timeout', 'request.jwt.claims',
                'request.jwt.claim', 'request.jwt.claim.sub', 'request.jwt.claim.role',
                'request.jwt.claim.email', 'request.headers', 'request.method', 'request.path',
                'request.cookies'
            ]) as name
        )
"""
WHO = "select auth.uid(), auth.role(), auth.email(), auth.jwt()"


@pytest.fixture
def notes(pristine_database: Database) -> Database:
    """A database with one table whose rows belong to somebody."""
    with connect(pristine_database.url) as connection:
        connection.execute("create table public.notes (user_id uuid default auth.uid(), body text)")
        connection.execute("alter table public.notes enable row level security")
        connection.execute(
            "create policy notes_all_own on public.notes to authenticated"
            " using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()))"
        )
        connection.execute("grant select, insert on public.notes to authenticated, service_role")
    return pristine_database


@pytest.fixture
def connection(notes: Database) -> Iterator[Connection]:
    """A connection as migrator that commits each statement."""
    with connect(notes.url) as opened:
        yield opened


def state(connection: Connection) -> object:
    return connection.execute(STATE).fetchone()


def bodies(connection: Connection) -> list[str]:
    return [body for (body,) in connection.execute("select body from public.notes order by body")]


def test_a_block_is_who_it_says(connection: Connection) -> None:
    with as_role(connection, "authenticated", ADA, email="ada@example.org"):
        who = connection.execute(WHO).fetchone()
        role = connection.execute("select current_user, current_setting('role')").fetchone()

    assert who == (
        ADA,
        "authenticated",
        "ada@example.org",
        {"sub": str(ADA), "role": "authenticated", "email": "ada@example.org"},
    )
    assert role == ("authenticated", "authenticated")


def test_nobody_has_a_role_and_no_id(connection: Connection) -> None:
    with as_role(connection, "anon"):
        who = connection.execute(WHO).fetchone()

    assert who == (None, "anon", None, {"role": "anon"})


def test_two_identities_never_share_claims(connection: Connection) -> None:
    with as_role(connection, "authenticated", ADA, email="ada@example.org", plan={"seats": 3}):
        pass
    with as_role(connection, "authenticated", BOB):
        after = connection.execute(WHO).fetchone()

    assert after == (BOB, "authenticated", None, {"sub": str(BOB), "role": "authenticated"})


def test_an_identity_inside_another_shares_nothing_and_gives_way(connection: Connection) -> None:
    with as_role(connection, "authenticated", ADA, email="ada@example.org"):
        outer = connection.execute(WHO).fetchone()
        with as_role(connection, "anon"):
            inner = connection.execute(WHO).fetchone()
        again = connection.execute(WHO).fetchone()

    assert inner == (None, "anon", None, {"role": "anon"})
    assert again == outer


def test_claims_left_in_the_session_do_not_shine_through(connection: Connection) -> None:
    stale = json.dumps({"sub": str(BOB), "role": "service_role", "email": "bob@example.org"})
    for name in ("request.jwt.claims", "request.jwt.claim"):
        connection.execute("select set_config(%s, %s, false)", [name, stale])
    for name, value in (("sub", str(BOB)), ("role", "service_role"), ("email", "bob@example.org")):
        connection.execute(
            "select set_config('request.jwt.claim.' || %s, %s, false)", [name, value]
        )

    with as_role(connection, "anon"):
        who = connection.execute(WHO).fetchone()

    assert who == (None, "anon", None, {"role": "anon"})


@pytest.mark.parametrize("commit", [False, True])
def test_nothing_is_left_behind(connection: Connection, *, commit: bool) -> None:
    before = state(connection)

    with as_role(
        connection, "authenticated", ADA, commit=commit, request=Request("GET", "/x", {"A": "b"})
    ):
        within = state(connection)

    assert state(connection) == before
    assert within != before


def test_nothing_is_left_behind_in_a_transaction_that_goes_on(notes: Database) -> None:
    with connect(notes.url, autocommit=False) as connection:
        before = state(connection)
        with as_role(connection, "authenticated", ADA):
            connection.execute("insert into public.notes (body) values ('gone')")

        assert state(connection) == before
        assert bodies(connection) == []


def test_nothing_is_left_behind_by_a_failure(connection: Connection) -> None:
    before = state(connection)

    with (
        pytest.raises(InsufficientPrivilege),
        as_role(connection, "anon", commit=True),
    ):
        connection.execute("select from auth.users")

    assert state(connection) == before


def test_writes_are_rolled_back_unless_asked_for(connection: Connection) -> None:
    with as_role(connection, "authenticated", ADA):
        connection.execute("insert into public.notes (body) values ('rolled back')")
    with as_role(connection, "authenticated", ADA, commit=True):
        connection.execute("insert into public.notes (body) values ('kept')")

    assert bodies(connection) == ["kept"]


def test_commit_inside_a_transaction_is_refused(notes: Database) -> None:
    with connect(notes.url, autocommit=False) as connection:
        connection.execute("select 1")
        with (
            pytest.raises(ValueError, match="outside any transaction"),
            as_role(connection, "authenticated", ADA, commit=True),
        ):
            pass


def test_policies_see_the_caller(connection: Connection) -> None:
    connection.execute("insert into public.notes values (%s, 'of ada'), (%s, 'of bob')", [ADA, BOB])

    with as_role(connection, "authenticated", ADA):
        of_ada = bodies(connection)
    with as_role(connection, "authenticated", uuid4()):
        of_stranger = bodies(connection)
    with as_role(connection, "service_role"):
        of_service = bodies(connection)

    assert (of_ada, of_stranger, of_service) == (["of ada"], [], ["of ada", "of bob"])


def test_a_claim_about_the_role_gives_no_rights(connection: Connection) -> None:
    connection.execute("insert into public.notes values (%s, 'of bob')", [BOB])

    with as_role(connection, "authenticated", ADA, role="service_role"):
        claimed = connection.execute("select auth.role()").fetchone()
        held = connection.execute("select current_setting('role')").fetchone()
        seen = bodies(connection)

    assert (claimed, held, seen) == (("service_role",), ("authenticated",), [])


def test_the_request_is_told_as_postgrest_tells_it(connection: Connection) -> None:
    request = Request("GET", "/rpc/get_x", {"X-Request-Id": "42", "user-agent": "probe"})

    with as_role(connection, "anon", request=request):
        told = connection.execute(
            "select current_setting('request.method'), current_setting('request.path'),"
            " current_setting('request.headers')::jsonb ->> 'x-request-id',"
            " current_setting('search_path')"
        ).fetchone()

    assert told == ("GET", "/rpc/get_x", "42", '"public", "extensions"')


@pytest.mark.parametrize(
    ("role", "statement_timeout"),
    [("anon", "3s"), ("authenticated", "8s"), ("service_role", "8s")],
)
def test_timeouts_are_the_role_s_or_else_the_login_s(
    connection: Connection, role: str, statement_timeout: str
) -> None:
    with as_role(connection, role):
        timeouts = connection.execute(
            "select current_setting('statement_timeout'), current_setting('lock_timeout')"
        ).fetchone()

    assert timeouts == (statement_timeout, "8s")


def test_a_timeout_for_this_database_goes_first_and_acts(notes: Database) -> None:
    with connect(notes.admin_url) as admin:
        admin.execute(f"alter role anon in database {notes.name} set statement_timeout = '20ms'")

    with connect(notes.url) as connection, as_role(connection, "anon"):
        timeout = connection.execute("show statement_timeout").fetchone()
        with pytest.raises(QueryCanceled):
            connection.execute("select pg_sleep(5)")

    assert timeout == ("20ms",)


def test_the_login_s_timeout_never_replaces_the_role_s(notes: Database) -> None:
    with connect(notes.admin_url) as admin:
        admin.execute(
            f"alter role authenticator in database {notes.name} set statement_timeout = '7s'"
        )

    with connect(notes.url) as connection:
        with as_role(connection, "anon"):
            own = connection.execute("show statement_timeout").fetchone()
        with as_role(connection, "service_role"):
            of_login = connection.execute("show statement_timeout").fetchone()

    assert (own, of_login) == (("3s",), ("7s",))


@pytest.mark.parametrize("role", ["no_such_role", "supabase_replication_admin"])
def test_a_role_out_of_reach_is_refused(connection: Connection, role: str) -> None:
    before = state(connection)

    with pytest.raises(IdentityRefused) as refusal, as_role(connection, role):
        pass

    assert role in refusal.value.message
    assert f'"{role}"' in refusal.value.detail
    assert state(connection) == before


def test_a_claim_that_is_null_is_nobody(database: Connection) -> None:
    with as_role(database, "authenticated", None, sub=None):
        who = database.execute("select auth.uid()").fetchone()

    assert who == (None,)
