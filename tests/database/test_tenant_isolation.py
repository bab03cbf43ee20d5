"""Every table against every stranger: nothing of another user is seen, changed or pointed at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from psycopg.errors import ForeignKeyViolation, InsufficientPrivilege

if TYPE_CHECKING:
    from tests.database.conftest import World


@dataclass(frozen=True, slots=True)
class Table:
    """How the matrix treats one table.

    Args:
        change: an assignment that a stranger would like to make.
        owner: the column that says whose a row is.
        parents: columns that point at rows of which every user has their own.
        children: tables whose rows keep a row of this one from being deleted.
        service_reaches: of two rows, how many service_role may select, update and delete.
    """

    change: str
    owner: str = "user_id"
    parents: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    service_reaches: tuple[int, int, int] = (2, 2, 2)


TABLES = {
    "profiles": Table("digest_opt_out = true", owner="id"),
    "strategies": Table("name = 'stolen'"),
    "backtest_jobs": Table(
        "idempotency_key = 'stolen'", parents=("strategy_id",), children=("backtest_results",)
    ),
    "backtest_results": Table("total_trades = 99", parents=("strategy_id", "job_id")),
    "trades": Table("pnl = 99", parents=("backtest_id",), service_reaches=(2, 0, 2)),
    "notifications": Table("read_at = now()"),
    "exports": Table("expires_at = 'infinity'"),
    "strategy_stats": Table(
        "return_total = 99", parents=("strategy_id",), service_reaches=(2, 0, 0)
    ),
}
STRANGERS = {"nobody": "anon", "no subject": "authenticated", "another user": "authenticated"}

each_table = pytest.mark.parametrize("table", TABLES)
each_stranger = pytest.mark.parametrize("stranger", STRANGERS)
# With all grants given away, the policies have to hold alone.
each_layer = pytest.mark.parametrize("grants", ["as they are", "given away"])


@pytest.fixture
def ada(world: World) -> UUID:
    """Return the user whose rows are attacked."""
    return world.furnish()


@pytest.fixture
def eve(world: World) -> UUID:
    """Return the user who attacks."""
    return world.furnish()


@pytest.fixture
def attempt(world: World, eve: UUID) -> Callable[..., int]:
    """Return what runs a statement as a stranger and says how many rows it reached."""

    def attempt(stranger: str, grants: str, statement: str, *parameters: object) -> int:
        if grants == "given away":
            for table in TABLES:
                world.run(f"grant all on public.{table} to anon, authenticated")
        sub = eve if stranger == "another user" else None
        try:
            with world.acting_as(STRANGERS[stranger], sub):
                return world.run(statement, *parameters)
        except InsufficientPrivilege:
            return 0

    return attempt


def test_the_matrix_holds_every_table(world: World) -> None:
    tables = world.rows(
        """
        select relname from pg_catalog.pg_class
        where
            relnamespace = 'public'::regnamespace
            and relkind in ('r', 'p')
            and not relispartition
            and relname <> 'alembic_version'
        """
    )

    assert {name for (name,) in tables} == set(TABLES)


@each_table
def test_an_owner_sees_their_own_rows_and_no_others(
    world: World, ada: UUID, eve: UUID, table: str
) -> None:
    with world.acting_as("authenticated", ada):
        seen = world.rows(f"select distinct {TABLES[table].owner} from public.{table}")

    assert ada != eve
    assert seen == [(ada,)]


@each_table
@each_stranger
@each_layer
def test_a_stranger_sees_nothing(
    attempt: Callable[..., int], ada: UUID, table: str, stranger: str, grants: str
) -> None:
    query = f"select from public.{table} where {TABLES[table].owner} = %s"

    assert attempt(stranger, grants, query, ada) == 0


@each_table
@each_stranger
@each_layer
def test_a_stranger_changes_nothing(
    attempt: Callable[..., int], ada: UUID, table: str, stranger: str, grants: str
) -> None:
    owner, change = TABLES[table].owner, TABLES[table].change
    change_it = f"update public.{table} set {change} where {owner} = %s"
    change_all = f"update public.{table} set {change} where {owner} <> auth.uid()"
    take_it = f"update public.{table} set {owner} = auth.uid() where {owner} = %s"

    assert attempt(stranger, grants, change_it, ada) == 0
    assert attempt(stranger, grants, change_all) == 0
    assert attempt(stranger, grants, take_it, ada) == 0


@each_table
@each_stranger
@each_layer
def test_a_stranger_deletes_nothing(
    attempt: Callable[..., int], ada: UUID, table: str, stranger: str, grants: str
) -> None:
    delete = f"delete from public.{table} where {TABLES[table].owner} = %s"

    assert attempt(stranger, grants, delete, ada) == 0


@each_table
@each_stranger
@each_layer
@pytest.mark.usefixtures("ada")
def test_a_stranger_who_writes_blindly_reaches_only_what_is_theirs(
    attempt: Callable[..., int], eve: UUID, table: str, stranger: str, grants: str
) -> None:
    # Reading nothing: here the policies for update and delete stand without the one for select.
    change = f"update public.{table} set {TABLES[table].change}"
    take = f"update public.{table} set {TABLES[table].owner} = %s"
    delete = f"delete from public.{table}"
    theirs = 1 if stranger == "another user" else 0

    assert attempt(stranger, grants, change) <= theirs
    assert attempt(stranger, grants, take, eve) <= theirs
    assert attempt(stranger, grants, delete) <= theirs


@each_table
@each_stranger
@each_layer
def test_a_stranger_writes_nothing_in_the_name_of_another(
    world: World,
    attempt: Callable[..., int],
    ada: UUID,
    table: str,
    stranger: str,
    grants: str,
) -> None:
    columns = writable(world, table, grants)
    owner = TABLES[table].owner
    world.run(
        f"create temporary table loot as select * from public.{table} where {owner} = %s", ada
    )
    world.run("grant select on loot to public")
    forge = f"insert into public.{table} ({columns}) select {columns} from loot"

    assert attempt(stranger, grants, forge) == 0


@each_table
@each_layer
def test_a_user_gives_nothing_away_to_another(
    attempt: Callable[..., int], ada: UUID, eve: UUID, table: str, grants: str
) -> None:
    owner = TABLES[table].owner
    give = f"update public.{table} set {owner} = %s where {owner} = %s"
    # Reading nothing: here no policy for select looks at the new row as well.
    give_blindly = f"update public.{table} set {owner} = %s"

    assert attempt("another user", grants, give, ada, eve) == 0
    assert attempt("another user", grants, give_blindly, ada) == 0


@pytest.mark.parametrize(
    ("table", "parent"), [(name, parent) for name in TABLES for parent in TABLES[name].parents]
)
def test_not_even_services_point_a_row_at_the_parent_of_another_user(
    world: World, ada: UUID, eve: UUID, table: str, parent: str
) -> None:
    point = f"""
        update public.{table}
        set {parent} = (select {parent} from public.{table} where user_id = %s)
        where user_id = %s
    """

    with pytest.raises(ForeignKeyViolation):
        world.run(point, ada, eve)


@each_table
def test_services_read_and_write_for_everybody(
    world: World, ada: UUID, eve: UUID, table: str
) -> None:
    owner, change = TABLES[table].owner, TABLES[table].change
    statements = [
        f"select from public.{table} where {owner} in (%s, %s)",
        f"update public.{table} set {change} where {owner} in (%s, %s)",
        f"delete from public.{table} where {owner} in (%s, %s)",
    ]

    reached = []
    for statement in statements:
        try:
            with world.acting_as("service_role"):
                for child in TABLES[table].children:
                    world.run(f"delete from public.{child} where user_id in (%s, %s)", ada, eve)
                reached.append(world.run(statement, ada, eve))
        except InsufficientPrivilege:
            reached.append(0)

    assert tuple(reached) == TABLES[table].service_reaches


def writable(world: World, table: str, grants: str) -> str:
    """Return the columns that a user may give a new row; all when that is none of them."""
    names = world.rows(
        """
        select quote_ident(attname) from pg_catalog.pg_attribute
        where attrelid = %s::regclass and attnum > 0 and not attisdropped
            and (%s or has_column_privilege('authenticated', attrelid, attnum, 'insert'))
        order by attnum
        """,
        f"public.{table}",
        grants == "given away",
    )
    return ", ".join(name for (name,) in names) or "user_id"
