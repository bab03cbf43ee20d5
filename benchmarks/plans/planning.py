"""A plan for a crowd: reading both sides and planning, when nothing, some or all of it differs."""

import time
from dataclasses import dataclass

from benchmarks.engine.crowd import LARGE, Crowd, populate
from toolkit.catalog import Facts, read_facts
from toolkit.connect import Connection
from toolkit.plan import make_plan


@dataclass(frozen=True, slots=True)
class Planning:
    """What one plan took.

    Args:
        what: between what.
        facts: how many facts the larger side has.
        statements: how many the plan has.
        plan_s: planning, facts given.
    """

    what: str
    facts: int
    statements: int
    plan_s: float


@dataclass(frozen=True, slots=True)
class Planned:
    """Everything about a crowd: reading one side of it, and the plans."""

    crowd: Crowd
    read_s: float
    plans: tuple[Planning, ...]


def plan_for_a_crowd(connection: Connection) -> Planned:
    """Make a crowd in an empty database and plan its coming, its going and its change."""
    nothing = read_facts(connection)
    populate(connection, LARGE)
    connection.execute("analyze")
    began = time.perf_counter()
    crowd = read_facts(connection)
    read_s = time.perf_counter() - began
    with connection.transaction(force_rollback=True):
        connection.execute(_CHANGES.encode())
        changed = read_facts(connection)
    pairs = (
        ("the same crowd twice", crowd, crowd),
        ("every function rebuilt, every view with one column more", crowd, changed),
        ("every function and view dropped that is not in the tables' way", crowd, nothing),
    )
    return Planned(LARGE, read_s, tuple(_plan(*pair) for pair in pairs))


# Every function gets another parameter name, which only a rebuild can give; every view a column.
_CHANGES = """
do $$
declare
    routine record;
    looked record;
begin
    for routine in
        select oid, oid::regprocedure as signature, pg_get_functiondef(oid) as definition
        from pg_catalog.pg_proc where pronamespace = 'crowd'::regnamespace
    loop
        execute format('drop function %s', routine.signature);
        execute replace(replace(routine.definition, '(wanted', '(wished'), 'wanted', 'wished');
    end loop;
    for looked in
        select oid::regclass as name, pg_get_viewdef(oid) as definition
        from pg_catalog.pg_class where relnamespace = 'crowd'::regnamespace and relkind = 'v'
    loop
        execute format(
            'create or replace view %s as select seen.*, 1 as one from (%s) as seen',
            looked.name, rtrim(looked.definition, ';')
        );
    end loop;
end
$$
"""


def _plan(what: str, before: Facts, after: Facts) -> Planning:
    began = time.perf_counter()
    plan = make_plan(before, after)
    elapsed_s = time.perf_counter() - began
    return Planning(what, max(len(before), len(after)), len(plan.statements), elapsed_s)
