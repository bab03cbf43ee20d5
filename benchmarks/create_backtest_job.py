"""Asking for a backtest: checked, counted against the plan, written once.

Beside a program that does the same step by step, and beside the bare write of two rows, which
checks nothing at all. Every job is committed, and taken away again between calls.
"""

from collections.abc import Sequence
from uuid import UUID

from psycopg.types.json import Jsonb

from benchmarks.get_strategies_with_performance import find_user, sign_in
from benchmarks.population import SUBJECTS
from toolkit.bench.client import Client
from toolkit.bench.workload import Goal, Measure, Row, Variant, Workload
from toolkit.connect import Connection

_QUOTA = 50
_CONFIG = {"symbols": ["BTC-USD"], "start_on": "2024-01-01", "end_on": "2024-12-31"}
_SHOWN = "strategy_id::text, status, progress"

# Who has so many strategies, and may have jobs under way without end.
_PLANS = """
    update public.profiles
    set plan = 'team'
    from (
        select user_id from public.strategies group by user_id having count(*) = any (%s)
    ) as subjects
    where profiles.id = subjects.user_id
"""
_NOTHING_UNDER_WAY = """
    delete from public.backtest_jobs
    using public.profiles
    where
        profiles.id = backtest_jobs.user_id
        and profiles.plan = 'team'
        and backtest_jobs.status in ('queued', 'running')
"""
# What the program that does it by itself needs: the right to write jobs of its user.
_OWN_JOBS = """
    grant insert on public.backtest_jobs to authenticated;
    drop policy if exists backtest_jobs_insert_bench on public.backtest_jobs;
    create policy backtest_jobs_insert_bench on public.backtest_jobs
    for insert to authenticated with check (user_id = (select auth.uid()))
"""
# The same table without its policies: same columns, checks, keys and indexes.
_BARE = """
    create schema if not exists floor;
    grant usage on schema floor to authenticated;
    drop table if exists floor.backtest_jobs;
    create table floor.backtest_jobs (like public.backtest_jobs including all);
    alter table floor.backtest_jobs add foreign key (user_id, strategy_id)
    references public.strategies (user_id, id) on delete cascade;
    grant select, insert on floor.backtest_jobs to authenticated
"""
_TIDY = (
    "delete from public.backtest_jobs where user_id = %s and created_at > now() - interval '1 day'",
    "delete from floor.backtest_jobs where user_id = %s",
)

_MINE = "select 1 from public.strategies where user_id = %s and id = %s"
_PLAN = "select plan from public.profiles where id = %s"
_ACTIVE = """
    select count(*) from public.backtest_jobs
    where user_id = %s and status in ('queued', 'running')
"""
_ONE_ROW = f"""
    insert into public.backtest_jobs (user_id, strategy_id, config) values (%s, %s, %s)
    returning {_SHOWN}
"""
_TWO_ROWS = f"""
    insert into floor.backtest_jobs (user_id, strategy_id, config)
    values (%(user)s, %(strategy)s, %(config)s), (%(user)s, %(strategy)s, %(config)s)
    returning {_SHOWN}
"""
_FUNCTION = "select public.create_backtest_job(%s, %s, %s)"

_Subject = tuple[UUID, UUID]


def prepare(connection: Connection) -> None:
    """Let the subjects have jobs, and make the bare table."""
    connection.execute(_PLANS, [list(SUBJECTS)])
    connection.execute(_NOTHING_UNDER_WAY)
    connection.execute(_OWN_JOBS)
    connection.execute(_BARE)
    connection.execute("vacuum (analyze) public.backtest_jobs, public.profiles")


def find_strategy(connection: Connection, strategy_count: int) -> _Subject:
    """Return a user with so many strategies, and one of these."""
    user_id = find_user(connection, strategy_count)
    query = "select min(id::text) from public.strategies where user_id = %s"
    row = connection.execute(query, [user_id]).fetchone()
    assert row is not None  # an aggregate without GROUP BY always answers
    return user_id, UUID(row[0])


def act_as_user(connection: Connection, subject: _Subject) -> None:
    """Sign in as the user who asks."""
    sign_in(connection, subject[0])


def tidy(connection: Connection, subject: _Subject) -> None:
    """Take away what was asked for."""
    for statement in _TIDY:
        connection.execute(statement, [subject[0]])


def naive(client: Client, subject: _Subject) -> Sequence[Row]:
    """Look, count and write by turns, and hope that nobody else does at the same time."""
    user_id, strategy_id = subject
    ask = client.connection.execute
    with client.connection.transaction():
        known = ask(_MINE, [user_id, strategy_id]).fetchone()
        plan = ask(_PLAN, [user_id]).fetchone()
        active = ask(_ACTIVE, [user_id]).fetchone()
        assert known and plan == ("team",) and active and active[0] < _QUOTA  # noqa: PT018
        return ask(_ONE_ROW, [user_id, strategy_id, Jsonb(_CONFIG)]).fetchall()


def function(client: Client, subject: _Subject) -> Sequence[Row]:
    """Call the function: one statement, one transaction."""
    asked = client.connection.execute(_FUNCTION, [*subject, Jsonb(_CONFIG)])
    return [(job["strategy_id"], job["status"], job["progress"]) for (job,) in asked]


def two_rows(client: Client, subject: _Subject) -> Sequence[Row]:
    """Write two rows and ask nothing; one of them is the answer."""
    user_id, strategy_id = subject
    row = {"user": user_id, "strategy": strategy_id, "config": Jsonb(_CONFIG)}
    return client.connection.execute(_TWO_ROWS, row).fetchall()[:1]


WORKLOAD = Workload(
    name="create_backtest_job",
    question="a backtest of one strategy, asked for by its user",
    axis="strategies",
    columns=("strategy_id", "status", "progress"),
    sizes={0: SUBJECTS, 5: SUBJECTS[:2]},
    headline=100,
    baseline="naive",
    candidate="function",
    subject=find_strategy,
    sign_in=act_as_user,
    variants=(
        Variant("naive", "look, count and write by turns, unprotected", naive),
        Variant("function", "one call that checks, counts under a lock and writes", function),
    ),
    floor=Variant("floor", "two rows written, nothing asked", two_rows),
    goals=(Goal(Measure.TIME, 2.0, "floor"),),
    prepare=prepare,
    tidy=tidy,
)
