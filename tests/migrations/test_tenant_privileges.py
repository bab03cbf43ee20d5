"""Rights come from grants alone: both default-privilege regimes end with the same ones."""

from pathlib import Path

from toolkit.clones import Database, clone
from toolkit.connect import connect
from toolkit.runner import upgrade
from toolkit.server import Server
from toolkit.server.model import PRISTINE_TEMPLATE

PROJECT = Path(__file__).resolve().parents[2]
# What Supabase gave every new object until 2026; the other end is nothing at all.
GENEROUS = """
    alter default privileges in schema public
    grant all on tables to anon, authenticated, service_role;
    alter default privileges in schema public
    grant all on sequences to anon, authenticated, service_role;
    alter default privileges in schema public
    grant all on functions to anon, authenticated, service_role;
"""
STRICT = GENEROUS.replace("grant", "revoke").replace(" to anon", " from anon")
RIGHTS = """
    select 'relation', pg_class.oid::regclass::text, null, grantee::regrole::text, privilege_type
    from pg_catalog.pg_class, aclexplode(coalesce(relacl, acldefault('r', relowner)))
    where relnamespace in ('public'::regnamespace, 'internal'::regnamespace, 'audit'::regnamespace)
    union all
    select 'column', attrelid::regclass::text, attname, grantee::regrole::text, privilege_type
    from pg_catalog.pg_attribute
    inner join pg_catalog.pg_class on pg_class.oid = attrelid, aclexplode(attacl)
    where relnamespace in ('public'::regnamespace, 'internal'::regnamespace, 'audit'::regnamespace)
    union all
    select 'function', pg_proc.oid::regprocedure::text, null, grantee::regrole::text, privilege_type
    from pg_catalog.pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner)))
    where pronamespace in ('public'::regnamespace, 'internal'::regnamespace, 'audit'::regnamespace)
    union all
    select 'schema', nspname, null, grantee::regrole::text, privilege_type
    from pg_catalog.pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner)))
    where nspname in ('internal', 'audit')
    order by 1, 2, 3, 4, 5
"""


def test_generous_and_strict_default_privileges_end_with_the_same_rights(server: Server) -> None:
    found = []
    for regime in (GENEROUS, STRICT):
        with clone(server, PRISTINE_TEMPLATE) as database, connect(database.url) as connection:
            connection.execute(regime.encode())
            upgrade(PROJECT, database.url)
            found.append(connection.execute(RIGHTS.encode()).fetchall())

    assert found[0] == found[1]
    assert ("relation", "strategies", None, "authenticated", "SELECT") in found[0]


def test_nobody_of_the_api_is_granted_anything_by_way_of_public(own_database: Database) -> None:
    with connect(own_database.url) as connection:
        rights = connection.execute(RIGHTS.encode()).fetchall()

    assert [right for right in rights if right[3] in {"-", "anon"}] == []
