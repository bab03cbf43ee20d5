"""80_supautils.sql: in the platform's schemas migrator gets policies and triggers, and no more."""

from collections.abc import Iterator

import pytest
from psycopg.errors import InsufficientPrivilege

from toolkit.clones import Database
from toolkit.connect import Connection, connect

REFUSED = [
    "create table auth.mine (id int)",
    "create table storage.mine (id int)",
    "create table realtime.mine (id int)",
    "create function storage.mine() returns int language sql return 1",
    "create or replace function auth.uid() returns uuid language sql stable return null::uuid",
    "create index on storage.objects (owner_id)",
    "create rule r as on delete to storage.objects do instead nothing",
    "create statistics storage.s on id, name from storage.objects",
    "alter table storage.objects add column mine int",
    "alter table storage.objects disable row level security",
    "alter table storage.objects owner to migrator",
    "alter table auth.users enable always trigger greet",
    "alter trigger greet on auth.users rename to meet",
    "alter function auth.uid() owner to migrator",
    "alter schema storage rename to mine",
    "alter publication supabase_realtime add table auth.users",
    "comment on table storage.objects is 'mine'",
    "comment on trigger greet on auth.users is 'mine'",
    "drop table storage.objects cascade",
    "drop function storage.extension(text)",
    "drop owned by supabase_storage_admin",
]
ALLOWED = [
    "create policy p on storage.objects for select to authenticated using (true)",
    "create policy p on realtime.messages for select to authenticated using (true)",
    "create policy p on auth.users for select to authenticated using (true)",
    "alter policy q on storage.objects using (false)",
    "drop policy q on storage.objects",
    (
        "create or replace trigger greet after insert on auth.users"
        " for each row execute function public.greet()"
    ),
    "drop trigger greet on auth.users",
    "drop function public.greet() cascade",
    "create table public.people (id uuid references auth.users (id) on delete cascade)",
    "create view public.people as select id from auth.users",
    "grant select on storage.objects to dashboard_user",
    "alter publication supabase_realtime add table public.mine",
    "drop table public.mine",
    "drop schema public cascade",
]

EVERYTHING = {"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"}


@pytest.fixture
def connection(pristine_database: Database) -> Iterator[Connection]:
    """A connection as migrator, with a trigger and a policy on the platform's tables."""
    with connect(pristine_database.url, autocommit=False) as opened:
        opened.execute("create table public.mine (id int primary key)")
        opened.execute(
            "create function public.greet() returns trigger language plpgsql"
            " as $$ begin return null; end $$"
        )
        opened.execute(
            "create trigger greet after insert on auth.users"
            " for each row execute function public.greet()"
        )
        opened.execute("create policy q on storage.objects for select using (true)")
        yield opened
        opened.rollback()


@pytest.mark.parametrize("statement", REFUSED)
def test_it_is_refused_as_on_supabase(connection: Connection, statement: str) -> None:
    with pytest.raises(InsufficientPrivilege, match="must be owner of"):
        connection.execute(statement.encode())


@pytest.mark.parametrize("statement", ALLOWED)
def test_it_is_allowed_as_on_supabase(connection: Connection, statement: str) -> None:
    connection.execute(statement.encode())


def test_becoming_an_owner_is_no_way_around(connection: Connection) -> None:
    connection.execute("set role supabase_storage_admin")

    with pytest.raises(InsufficientPrivilege, match="must be owner of"):
        connection.execute("alter table storage.objects add column mine int")


def test_the_superuser_is_free_until_it_becomes_migrator(pristine_database: Database) -> None:
    with connect(pristine_database.admin_url) as admin:
        admin.execute("alter table storage.objects add column mine int")
        admin.execute("set role migrator")
        with pytest.raises(InsufficientPrivilege, match="must be owner of"):
            admin.execute("alter table storage.objects add column ours int")


@pytest.mark.parametrize(
    ("table", "to_hand_on"),
    [
        ("auth.users", {"SELECT"}),
        ("realtime.messages", {"SELECT", "INSERT"}),
        ("storage.objects", EVERYTHING),
        ("storage.buckets", EVERYTHING),
    ],
)
def test_migrator_s_rights_on_tables_are_supabase_s_and_not_only_the_owner_s(
    connection: Connection, table: str, to_hand_on: set[str]
) -> None:
    rows = connection.execute(
        "select privilege_type, is_grantable from pg_class, aclexplode(relacl)"
        " where pg_class.oid = %s::regclass and grantee = 'migrator'::regrole"
        " and privilege_type <> 'MAINTAIN'",
        [table],
    ).fetchall()

    assert {privilege for privilege, _ in rows} == EVERYTHING
    assert {privilege for privilege, can_hand_on in rows if can_hand_on} == to_hand_on
