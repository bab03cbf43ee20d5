"""What a target lacks and what its roles need, decided from facts alone."""

from dataclasses import replace

import pytest

from toolkit.prepare.lacks import find_lacks
from toolkit.prepare.plan import plan_roles
from toolkit.prepare.target import CronFacts, RoleFacts, Target
from toolkit.settings import RoleDeclaration

OWNER = RoleDeclaration(name="owner", purpose="owns what the API calls")
OTHER = RoleDeclaration(name="an other", purpose="it's quoted")
PRESENT = RoleFacts(
    name="owner", attributes=(), comment=OWNER.purpose, is_granted=True, is_ours=True
)
CRON = CronFacts(
    is_available=True,
    libraries="pg_stat_statements, pg_cron",
    home="app",
    version="1.6",
    has_schema=True,
    is_running=True,
    is_usable=True,
)
TARGET = Target(
    server_version=170_006,
    database="app",
    migrating_role="migrator",
    may_create=True,
    may_reference_users=True,
    absent_schemas=(),
    closed_schemas=(),
    absent_api_roles=(),
    cron=CRON,
    roles=(PRESENT,),
)


def statements(*present: RoleFacts, version: int = 170_006) -> list[str]:
    return [change.sql for change in plan_roles([OWNER], present, "migrator", version)]


def test_a_role_that_is_as_declared_needs_nothing() -> None:
    assert statements(PRESENT) == []


def test_an_absent_role_is_made_without_any_power() -> None:
    assert statements() == [
        'create role "owner" nologin noinherit;',
        'grant "owner" to "migrator" with inherit true, set true;',
        "comment on role \"owner\" is 'owns what the API calls';",
    ]


def test_before_16_a_grant_has_no_options() -> None:
    assert statements(version=150_018)[1] == 'grant "owner" to "migrator";'


def test_a_role_loses_just_the_powers_it_has() -> None:
    assert statements(replace(PRESENT, attributes=("login", "bypassrls"))) == [
        'alter role "owner" nologin nobypassrls;'
    ]


def test_a_role_out_of_reach_is_granted() -> None:
    assert statements(replace(PRESENT, is_granted=False)) == [
        'grant "owner" to "migrator" with inherit true, set true;'
    ]


@pytest.mark.parametrize(("is_ours", "count"), [(True, 1), (False, 0)])
def test_an_old_description_is_renewed_by_whoever_may(*, is_ours: bool, count: int) -> None:
    described = replace(PRESENT, comment="something else", is_ours=is_ours)

    assert len(statements(described)) == count
    assert find_lacks(replace(TARGET, roles=(described,)), [OWNER]) == ()


def test_roles_come_in_one_order_with_every_name_and_text_quoted() -> None:
    changes = plan_roles([OWNER, OTHER], (), "my migrator", 170_006)

    assert [change.role for change in changes] == ["an other"] * 3 + ["owner"] * 3
    assert changes[1].sql == 'grant "an other" to "my migrator" with inherit true, set true;'
    assert changes[2].sql == "comment on role \"an other\" is 'it''s quoted';"
    assert str(changes[0]) == "role an other created"


def test_a_target_with_everything_lacks_nothing() -> None:
    assert find_lacks(TARGET, [OWNER]) == ()


@pytest.mark.parametrize(
    ("target", "message", "sql"),
    [
        (replace(TARGET, server_version=140_012), "PostgreSQL 14 is too old", ""),
        (
            replace(TARGET, absent_schemas=("auth",), absent_api_roles=("anon",)),
            "database app is not Supabase's",
            "",
        ),
        (
            replace(TARGET, may_create=False),
            "migrator may not create schemas in database app",
            'grant create on database "app" to "migrator";',
        ),
        (
            replace(TARGET, closed_schemas=("storage",)),
            "migrator may not look into schema storage",
            'grant usage on schema "storage" to "migrator";',
        ),
        (
            replace(TARGET, may_reference_users=False),
            "migrator may not point a foreign key at auth.users",
            'grant references on table auth.users to "migrator";',
        ),
        (replace(TARGET, roles=()), "role owner is absent", 'create role "owner"'),
        (
            replace(TARGET, roles=(replace(PRESENT, attributes=("login",)),)),
            "role owner is not as declared",
            'alter role "owner" nologin;',
        ),
        (
            replace(TARGET, roles=(replace(PRESENT, is_granted=False),)),
            "role owner is not as declared",
            'grant "owner" to "migrator" with inherit true, set true;',
        ),
    ],
)
def test_a_lack_is_named_with_what_mends_it(target: Target, message: str, sql: str) -> None:
    (lack,) = find_lacks(target, [OWNER])

    assert lack.message == message
    assert lack.sql.startswith(sql)
    assert bool(lack.sql) == bool(sql)
    assert lack.detail
    assert lack.hint.endswith(".")


@pytest.mark.parametrize(
    ("cron", "messages", "sql"),
    [
        (
            replace(CRON, is_available=False, version=None, has_schema=False, is_running=False),
            ["pg_cron is not installed on the server"],
            "",
        ),
        (
            replace(CRON, is_available=False, version=None, is_running=False),
            ["pg_cron is a stub: jobs are kept and never run"],
            "",
        ),
        (
            replace(CRON, libraries="pg_stat_statements", home=None, is_running=False),
            ["pg_cron is not loaded by the server"],
            "alter system set shared_preload_libraries = 'pg_stat_statements', 'pg_cron';",
        ),
        (
            replace(CRON, libraries="", home=None, is_running=False),
            ["pg_cron is not loaded by the server"],
            "alter system set shared_preload_libraries = 'pg_cron';",
        ),
        (
            replace(CRON, home="postgres"),
            ["jobs of database app never run"],
            "alter system set cron.database_name = 'app';",
        ),
        (
            replace(CRON, version=None, has_schema=False, is_usable=False),
            ["extension pg_cron is absent from database app"],
            "create extension pg_cron with schema pg_catalog; grant usage on schema cron",
        ),
        (
            replace(CRON, is_usable=False),
            ["migrator may not schedule jobs"],
            'grant usage on schema cron to "migrator"; grant execute on all functions',
        ),
        (replace(CRON, is_running=False), ["pg_cron's launcher is not running"], ""),
        (
            replace(CRON, libraries=None, home=None, is_running=None),
            ["nobody can tell whether pg_cron runs"],
            'grant pg_monitor to "migrator";',
        ),
    ],
)
def test_pg_cron_is_followed_from_the_package_to_the_process(
    cron: CronFacts, messages: list[str], sql: str
) -> None:
    lacks = find_lacks(replace(TARGET, cron=cron), [OWNER])

    assert [lack.message for lack in lacks] == messages
    assert lacks[0].sql.startswith(sql)
    assert bool(lacks[0].sql) == bool(sql)


def test_a_library_with_a_longer_name_is_not_pg_cron() -> None:
    (lack,) = find_lacks(replace(TARGET, cron=replace(CRON, libraries="my_pg_cron")), [OWNER])

    assert lack.message == "pg_cron is not loaded by the server"
