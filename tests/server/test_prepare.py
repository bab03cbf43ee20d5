"""prepare() and missing(): roles that are there and usable, once, whoever runs beside us."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from psycopg import sql

from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.prepare import PrerequisiteRefused, missing, prepare
from toolkit.prepare.target import RoleFacts, read_roles
from toolkit.server import Server
from toolkit.settings import RoleDeclaration

REVOKE = "revoke {} from migrator"


@pytest.fixture
def roles(server: Server) -> Iterator[tuple[RoleDeclaration, ...]]:
    """Two declarations with names of their own; what became of them is dropped afterwards."""
    suffix = uuid4().hex[:8]
    declared = tuple(
        RoleDeclaration(name=f"{name}_{suffix}", purpose=f"is the {name}'s")
        for name in ("api", "internal")
    )
    yield declared
    with connect(server.admin_url("postgres")) as admin:
        for role in declared:
            drop(admin, role.name)


@pytest.fixture
def weak(server: Server) -> Iterator[str]:
    """A role that may log in and nothing else."""
    name = f"weak_{uuid4().hex[:8]}"
    with connect(server.admin_url("postgres")) as admin:
        admin.execute(sql.SQL("create role {} login").format(sql.Identifier(name)))
        yield name
        drop(admin, name)


def drop(admin: Connection, name: str) -> None:
    admin.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(name)))


def become(connection: Connection, name: str) -> None:
    connection.execute(sql.SQL("set role {}").format(sql.Identifier(name)))


def facts(connection: Connection, roles: tuple[RoleDeclaration, ...]) -> tuple[RoleFacts, ...]:
    return read_roles(connection, [role.name for role in roles], "migrator")


def test_it_makes_roles_without_power_that_the_migrating_role_can_use(
    server: Server, roles: tuple[RoleDeclaration, ...]
) -> None:
    with connect(server.url()) as connection:
        done = prepare(connection, roles)

        assert [(change.role, change.done) for change in done] == [
            (role.name, what)
            for role in roles
            for what in ("created", "granted to migrator", "described")
        ]
        assert facts(connection, roles) == tuple(
            RoleFacts(role.name, (), role.purpose, is_granted=True, is_ours=True) for role in roles
        )


def test_a_second_run_finds_nothing_to_do(
    server: Server, roles: tuple[RoleDeclaration, ...]
) -> None:
    with connect(server.url()) as connection:
        prepare(connection, roles)

        assert prepare(connection, roles) == ()


def test_migrator_gives_functions_to_a_prepared_role_and_takes_them_back(
    server: Server, pristine_database: Database, roles: tuple[RoleDeclaration, ...]
) -> None:
    with connect(server.url()) as connection:
        prepare(connection, roles)
    owner = sql.Identifier(roles[0].name)

    with connect(pristine_database.url) as connection:
        for statement in (
            "create schema api",
            "grant usage, create on schema api to {}",
            "create function api.answer() returns int language sql return 41",
            "alter function api.answer() owner to {}",
            "revoke create on schema api from {}",
            "create or replace function api.answer() returns int language sql return 42",
            "drop schema api cascade",
        ):
            connection.execute(sql.SQL(statement).format(owner))


def test_it_takes_away_powers_that_a_role_should_not_have(
    server: Server, roles: tuple[RoleDeclaration, ...]
) -> None:
    with connect(server.admin_url()) as admin:
        admin.execute(
            sql.SQL("create role {} login createdb inherit").format(sql.Identifier(roles[0].name))
        )
        done = prepare(admin, roles[:1], migrating_role="migrator")

        assert done[0].done == "rid of login, inherit, createdb"
        assert facts(admin, roles)[0].attributes == ()


@pytest.mark.parametrize("short", ["inherit false", "set false"])
def test_it_mends_a_grant_that_does_not_reach(
    server: Server, roles: tuple[RoleDeclaration, ...], short: str
) -> None:
    # Before 16 a grant has no options: there it is missing altogether.
    cripple = f"grant {{}} to migrator with {short}" if server.major >= 16 else REVOKE
    with connect(server.url()) as connection:
        prepare(connection, roles)
        connection.execute(cripple.format(roles[0].name).encode())
        assert not facts(connection, roles)[0].is_granted

        done = prepare(connection, roles)

        assert [change.done for change in done] == ["granted to migrator"]
        assert facts(connection, roles)[0].is_granted


def test_runs_at_once_in_several_databases_all_succeed_and_share_the_work(
    server: Server, pristine_database: Database, roles: tuple[RoleDeclaration, ...]
) -> None:
    urls = [server.url(), pristine_database.url, server.url("postgres")] * 3
    gate = Barrier(len(urls))

    def run(url: str) -> list[str]:
        with connect(url) as connection:
            gate.wait(timeout=30)
            return [f"{change.role} {change.done}" for change in prepare(connection, roles)]

    for _ in range(5):
        with ThreadPoolExecutor(len(urls)) as pool:
            done = [line for lines in pool.map(run, urls) for line in lines]

        assert sorted(done) == sorted(
            f"{role.name} {what}"
            for role in roles
            for what in ("created", "granted to migrator", "described")
        )
        with connect(server.admin_url("postgres")) as admin:
            for role in roles:
                drop(admin, role.name)


def test_a_role_without_the_right_gets_the_statements_for_one_who_has_it(
    server: Server, roles: tuple[RoleDeclaration, ...], weak: str
) -> None:
    with connect(server.admin_url()) as connection:
        become(connection, weak)
        with pytest.raises(PrerequisiteRefused) as refusal:
            prepare(connection, roles)
        connection.execute("reset role")
        assert facts(connection, roles) == ()
        connection.execute(refusal.value.hint.removeprefix("Have an administrator run: ").encode())

        become(connection, weak)
        assert prepare(connection, roles) == ()

    assert refusal.value.message == f"{weak} may not prepare the tenant's roles"
    assert "permission denied to create role" in refusal.value.detail


def test_inside_a_transaction_it_waits_for_its_end(
    server: Server, roles: tuple[RoleDeclaration, ...]
) -> None:
    with connect(server.url(), autocommit=False) as connection:
        prepare(connection, roles)
        connection.rollback()

        assert facts(connection, roles) == ()


def test_the_main_database_of_a_prepared_server_lacks_nothing_but_a_real_pg_cron(
    server: Server, roles: tuple[RoleDeclaration, ...]
) -> None:
    with connect(server.url()) as connection:
        before = missing(connection, roles)
        prepare(connection, roles)
        after = missing(connection, roles)

    is_stub = server.capabilities.pg_cron is None
    assert [lack.message for lack in after] == (
        ["pg_cron is a stub: jobs are kept and never run"] if is_stub else []
    )
    assert [lack.message for lack in before if lack not in after] == [
        f"role {role.name} is absent" for role in roles
    ]


def test_looking_for_what_is_missing_changes_nothing(
    server: Server, roles: tuple[RoleDeclaration, ...]
) -> None:
    with connect(server.url()) as connection:
        connection.execute("set default_transaction_read_only = on")
        missing(connection, roles)

        assert facts(connection, roles) == ()


def test_the_statements_mend_what_a_new_role_lacks(
    server: Server,
    pristine_database: Database,
    roles: tuple[RoleDeclaration, ...],
    weak: str,
) -> None:
    with connect(pristine_database.admin_url) as connection:
        become(connection, weak)
        lacks = missing(connection, roles)
        connection.execute("reset role")
        for lack in lacks:
            if not lack.sql.startswith("alter system"):
                connection.execute(lack.sql.encode())
        become(connection, weak)
        left = missing(connection, roles)
        connection.execute("reset role")
        connection.execute(sql.SQL("drop owned by {}").format(sql.Identifier(weak)))

    expected = {
        f"{weak} may not create schemas in database {pristine_database.name}",
        *(
            f"{weak} may not look into schema {schema}"
            for schema in ("auth", "extensions", "realtime", "storage")
        ),
        f"{weak} may not point a foreign key at auth.users",
        *(f"role {role.name} is absent" for role in roles),
    }
    if server.capabilities.pg_cron is not None:
        expected |= {f"{weak} may not schedule jobs", "nobody can tell whether pg_cron runs"}
        remaining = f"jobs of database {pristine_database.name} never run"
    else:
        remaining = "pg_cron is a stub: jobs are kept and never run"
    assert {lack.message for lack in lacks} - {remaining} == expected
    assert [lack.message for lack in left] == [remaining]


def test_a_database_without_supabase_is_told_apart(
    server: Server, roles: tuple[RoleDeclaration, ...]
) -> None:
    with connect(server.url("postgres")) as connection:
        messages = [lack.message for lack in missing(connection, roles)]
        detail = missing(connection, roles)[0].detail

    assert messages[0] == "database postgres is not Supabase's"
    assert detail == "absent: schema auth, schema extensions, schema realtime, schema storage"
