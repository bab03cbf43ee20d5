"""Schema public: nothing that migrations make is open by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.database.conftest import World

API_ROLES = ["anon", "authenticated", "service_role"]


def test_a_new_function_is_executable_by_its_owner_only(world: World) -> None:
    world.run(
        "create function internal.fresh() returns int language sql begin atomic select 1; end"
    )

    executors = world.rows(
        """
        select entry.grantee::regrole::text
        from pg_catalog.pg_proc, pg_catalog.aclexplode(proacl) as entry
        where pg_proc.oid = 'internal.fresh()'::regprocedure
        """
    )

    assert executors == [("migrator",)]


def test_every_table_has_forced_row_security(world: World) -> None:
    open_tables = world.rows(
        """
        select oid::regclass::text from pg_catalog.pg_class
        where
            relnamespace in ('public'::regnamespace, 'internal'::regnamespace)
            and relkind in ('r', 'p')
            and relname <> 'alembic_version'
            and not (relrowsecurity and relforcerowsecurity)
        """
    )

    assert open_tables == []


def test_every_function_that_runs_as_its_owner_is_pinned_and_closed(world: World) -> None:
    suspects = world.rows(
        """
        select pg_proc.oid::regprocedure::text
        from pg_catalog.pg_proc
        inner join pg_catalog.pg_roles on pg_roles.oid = proowner
        where
            pronamespace in ('public'::regnamespace, 'internal'::regnamespace)
            and prosecdef
            and (
                rolname not in ('hephaitos_api', 'hephaitos_internal')
                or not 'search_path=""' = any (coalesce(proconfig, '{}'))
                or has_function_privilege('anon', pg_proc.oid, 'execute')
            )
        """
    )

    assert suspects == []


@pytest.mark.parametrize("owner", ["hephaitos_api", "hephaitos_internal"])
def test_the_owners_of_functions_can_make_nothing_themselves(world: World, owner: str) -> None:
    rights = world.rows(
        """
        select nspname from pg_catalog.pg_namespace
        where nspname in ('public', 'internal', 'audit')
            and has_schema_privilege(%s, nspname, 'create')
        """,
        owner,
    )

    assert rights == []


@pytest.mark.parametrize("role", API_ROLES)
def test_beyond_reading_and_writing_rows_no_right_was_left_to_the_api(
    world: World, role: str
) -> None:
    rights = world.rows(
        """
        select oid::regclass::text, privilege
        from pg_catalog.pg_class, unnest(array['truncate', 'references', 'trigger']) as privilege
        where
            relnamespace = 'public'::regnamespace
            and relkind in ('r', 'p')
            and has_table_privilege(%s, oid, privilege)
        """,
        role,
    )

    assert rights == []


def test_every_key_contains_the_user_or_says_why_not(world: World) -> None:
    unexplained = world.rows(
        """
        select pg_constraint.conrelid::regclass::text, pg_constraint.conname::text
        from pg_catalog.pg_constraint
        where
            pg_constraint.connamespace = 'public'::regnamespace
            and pg_constraint.contype in ('p', 'u', 'x')
            and pg_constraint.conrelid <> 'public.alembic_version'::regclass
            and not exists (
                select from pg_catalog.pg_attribute
                where
                    pg_attribute.attrelid = pg_constraint.conrelid
                    and pg_attribute.attnum = any(pg_constraint.conkey)
                    and pg_attribute.attname = 'user_id'
            )
            and coalesce(
                pg_catalog.obj_description(pg_constraint.oid, 'pg_constraint'), ''
            ) not like 'global: %'
        """
    )

    assert unexplained == []


def test_every_foreign_key_is_served_by_an_index(world: World) -> None:
    unserved = world.rows(
        """
        select pg_constraint.conrelid::regclass::text, pg_constraint.conname::text
        from pg_catalog.pg_constraint
        where
            pg_constraint.connamespace in ('public'::regnamespace, 'internal'::regnamespace)
            and pg_constraint.contype = 'f'
            and not exists (
                select from pg_catalog.pg_index
                where
                    pg_index.indrelid = pg_constraint.conrelid
                    and pg_index.indpred is null
                    and (pg_index.indkey::int2[])[0:cardinality(pg_constraint.conkey) - 1]
                    = pg_constraint.conkey
            )
        """
    )

    assert unserved == []
