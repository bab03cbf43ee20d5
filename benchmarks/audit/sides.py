"""The sides of the comparison: clones of one database that differ in what records their changes.

A clone each, so that no side alters a table between two measurements: sessions keep their plans.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from toolkit.clones import Database, clone
from toolkit.connect import Connection, connect
from toolkit.server import Server

PLAIN, RECORDED, BY_ROW, FLOOR = "plain", "recorded", "row trigger", "least"
_EVENTS = ("insert", "update", "delete", "truncate")
_SILENCED = [
    f"alter table public.strategies disable trigger t10_record_{event}" for event in _EVENTS
]
# What is copied most: one insert a row. The same record, so that images and indexes weigh the same.
_ROW_TRIGGER = """
    create function public.record_row() returns trigger language plpgsql security definer
    set search_path = '' as $$
    begin
        insert into audit.changes
            (table_schema, table_name, operation, record_key, user_id, old_row, new_row)
        values (
            tg_table_schema, tg_table_name, lower(tg_op),
            jsonb_build_object('user_id', new.user_id, 'id', new.id), new.user_id,
            case when tg_op = 'UPDATE' then to_jsonb(old) end, to_jsonb(new)
        );
        return null;
    end $$;
    grant create on schema public to hephaitos_internal;
    alter function public.record_row() owner to hephaitos_internal;
    create trigger t10_record_row after insert or update on public.strategies
    for each row execute function public.record_row();
"""
# The least that a trigger can do and leave a trace: a constant, without an index or a check.
_LEAST_TRIGGER = """
    create table public.traces (trace int);
    create function public.leave_trace() returns trigger language plpgsql security definer
    set search_path = '' as $$
    begin
        insert into public.traces values (1);
        return null;
    end $$;
    create trigger t10_leave_trace_insert after insert on public.strategies
    referencing new table as new_rows for each statement execute function public.leave_trace();
    create trigger t10_leave_trace_update after update on public.strategies
    referencing old table as old_rows new table as new_rows
    for each statement execute function public.leave_trace();
"""
_USERS = """
    insert into auth.users (id)
    select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid
    from generate_series(1, 100) as n;
    insert into public.profiles (id) select id from auth.users;
"""
USER = UUID("00000000-0000-4000-8000-000000000001")


@dataclass(frozen=True, slots=True)
class Side:
    """One clone, with as many sessions as there are clients."""

    name: str
    database: Database
    sessions: list[Connection] = field(default_factory=list)


@contextmanager
def open_sides(server: Server, template: str, clients: int) -> Iterator[list[Side]]:
    """Yield every side, furnished with 100 users and without a strategy."""
    with ExitStack() as stack:
        sides = []
        for name in (PLAIN, RECORDED, BY_ROW, FLOOR):
            side = Side(name, stack.enter_context(clone(server, template)))
            side.sessions.extend(
                stack.enter_context(connect(side.database.url, prepare_threshold=2))
                for _ in range(clients)
            )
            for statement in (_USERS, *_difference(name)):
                side.sessions[0].execute(statement.encode())
            sides.append(side)
        yield sides


def _difference(name: str) -> list[str]:
    return {
        PLAIN: _SILENCED,
        RECORDED: [],
        BY_ROW: [*_SILENCED, _ROW_TRIGGER],
        FLOOR: [*_SILENCED, _LEAST_TRIGGER],
    }[name]
