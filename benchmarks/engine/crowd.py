"""A crowded database: as many objects as it takes to see what reading them costs."""

from dataclasses import dataclass

from benchmarks.engine.functions import create_function
from toolkit.connect import Connection


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many objects of each kind.

    Args:
        functions: half of them in SQL, half in PL/pgSQL.
        tables: of five columns, each with an index, a trigger and a policy.
        views: over one table each.
    """

    functions: int
    tables: int = 0
    views: int = 0

    def __str__(self) -> str:
        if not self.tables:
            return f"{self.functions} functions"
        return (
            f"{self.functions:,} functions, {self.tables} tables, {self.tables} triggers, "
            f"{self.tables} policies, {self.views} views"
        )


SMALL = Crowd(functions=200)
LARGE = Crowd(functions=1_000, tables=200, views=50)


def populate(connection: Connection, crowd: Crowd) -> None:
    """Make the objects, in schema crowd. About 2 ms an object."""
    connection.execute("create schema crowd")
    statements = [
        *(create_function(number) for number in range(crowd.functions)),
        *(_table(number) for number in range(crowd.tables)),
        *(_view(number) for number in range(crowd.views)),
    ]
    for statement in statements:
        connection.execute(statement.encode())


def _table(number: int) -> str:
    name = f"crowd.table_{number:04}"
    # The triggers call a function of the system, so that there are as many functions as said.
    return f"""
        create table {name} (
            id bigint generated always as identity primary key,
            user_id uuid not null,
            name text not null check (name <> ''),
            amount numeric not null default 0,
            created_at timestamptz not null default now()
        );
        create index table_{number:04}_user_id_idx on {name} (user_id);
        create trigger t30_touch before update on {name}
            for each row execute function suppress_redundant_updates_trigger();
        alter table {name} enable row level security;
        create policy own on {name} for select to authenticated using (user_id is not null);
        grant select on {name} to authenticated;
        comment on table {name} is 'table {number}';
    """


def _view(number: int) -> str:
    return f"""
        create view crowd.view_{number:04} as
        select id, user_id, sum(amount) as total from crowd.table_{number:04} group by id, user_id
    """
