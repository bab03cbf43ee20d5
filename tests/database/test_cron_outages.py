"""A quarter of ticks with outages: what the next tick leaves is what an unbroken quarter leaves.

Of the jobs that work from what is left to do; the one with a watermark has its own law in
test_internal_enqueue_weekly_digests.py.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.database.conftest import Rows, World
from tests.database.cron_jobs import run
from toolkit.clones import Database, clone
from toolkit.connect import connect
from toolkit.cron.schedule import Schedule
from toolkit.server import Server

# Long past: users write today, and months of the record that these jobs handle are not theirs.
BEGIN, END = datetime(2006, 3, 1, tzinfo=UTC), datetime(2006, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
DAYS = (END - BEGIN) // DAY
JOBS = (
    "clean_up_exports",
    "detach_audit_partitions",
    "make_audit_partitions",
    "pause_inactive_strategies",
    "purge_job_runs",
    "purge_messages",
)
# When they run for the last time: after every tick of the quarter, and after every outage.
NEXT = END + DAY
# Everything they change, without the moment at which they did.
LEFT = """
    select 'export', exports.id::text, exports.status from public.exports
    union all
    select 'strategy', strategies.name, strategies.status from public.strategies
    union all
    select 'pause', strategy_pauses.strategy_id::text, strategy_pauses.reason
    from internal.strategy_pauses
    union all
    select messages.kind, messages.user_id::text, messages.payload::text from internal.messages
    union all
    select 'run', job_run_details.runid::text, null from cron.job_run_details
    union all
    select 'done', job_watermarks.job, job_watermarks.done_until::text
    from internal.job_watermarks
    union all
    select 'month', pg_class.relname, pg_get_expr(pg_class.relpartbound, pg_class.oid)
    from pg_class
    where pg_class.relnamespace = 'audit'::regnamespace and pg_class.relkind = 'r'
    order by 1, 2, 3
"""

Tick = tuple[datetime, str]
# The server's, or one job's; from which day on, and for how many.
Outages = list[tuple[str | None, int, int]]
OUTAGES = st.lists(
    st.tuples(st.sampled_from([None, *JOBS]), st.integers(0, DAYS - 1), st.integers(1, DAYS)),
    min_size=1,
    max_size=6,
)
# What is there afterwards, and how much each job did in all.
Outcome = tuple[Rows, Counter[str]]


@pytest.fixture(scope="module")
def compare(
    server: Server, template: str
) -> Iterator[Callable[[Outages], tuple[Outcome, Outcome]]]:
    """Return what lives through the quarter with outages, and answers how it went without, too."""
    with clone(server, template) as origin:
        with connect(origin.url) as connection:
            World(connection).run("select internal.make_audit_partitions('2003-12-01Z', 5)")
            # The lead there was when the quarter began.
            World(connection).run("select internal.make_audit_partitions(%s)", BEGIN - DAY)
        with connect(origin.admin_url) as connection:
            _fill(World(connection))
            ticks = _due(World(connection))
        unbroken = _live_through(server, origin, ticks)
        assert all(unbroken[1][job] > 1 for job in JOBS), "nothing to do in it"
        yield lambda outages: (_live_through(server, origin, _happened(ticks, outages)), unbroken)


def _fill(world: World) -> None:
    """Make something of each kind fall due on most days, from before the quarter to after it."""
    user_id = world.sign_up(created_at="2005-01-01", updated_at="2005-01-01")
    world.run("insert into storage.buckets (id, name) values ('exports', 'exports')")
    days = {"user": user_id, "first": BEGIN - 5 * DAY, "last": END + 5 * DAY}
    world.connection.execute(
        """
        insert into public.exports
            (user_id, status, path, byte_count, created_at, finished_at, expires_at)
        select %(user)s, 'completed', format('%%s/%%s.csv', %(user)s, day::date), 1,
            day - interval '7 days', day - interval '7 days', day
        from generate_series(%(first)s, %(last)s, interval '31 hours') as day;
        """,
        days,
    )
    # Every other file is there; and some that nobody knows.
    world.connection.execute(
        """
        insert into storage.objects (bucket_id, name, created_at)
        select 'exports', exports.path, exports.created_at from public.exports
        where extract(day from exports.expires_at)::integer %% 2 = 0
        union all
        select 'exports', format('%%s/lost/%%s', %(user)s, day::date), day
        from generate_series(%(first)s, %(last)s, interval '41 hours') as day
        """,
        days,
    )
    world.connection.execute(
        """
        insert into public.strategies
            (user_id, name, status, created_at, updated_at, last_activity_at)
        select %(user)s, day::date::text, 'running', day, day, day
        from generate_series(
            %(first)s - internal.get_idle_limit(), %(last)s - internal.get_idle_limit(),
            interval '37 hours'
        ) as day
        """,
        days,
    )
    world.connection.execute(
        """
        insert into cron.job_run_details (status, username, start_time, end_time)
        select 'succeeded', 'migrator', day, day
        from generate_series(
            %(first)s - interval '30 days', %(last)s - interval '30 days', interval '29 hours'
        ) as day
        """,
        days,
    )
    world.connection.execute(
        """
        insert into internal.messages (queue, kind, dedup_key, payload, state, finished_at)
        select queues.queue, 'hello', day::text, jsonb_build_object('day', day), 'done', day
        from internal.queues, generate_series(
            %(first)s - queues.keep_done_for, %(last)s - queues.keep_done_for, interval '43 hours'
        ) as day
        """,
        days,
    )


def _due(world: World) -> list[Tick]:
    """Return when pg_cron would run each job; one that runs more than daily, once a day."""
    ticks = []
    for job in JOBS:
        schedule = Schedule(
            world.value("select schedule from cron.job where jobname = %s", f"internal.{job}")
        )
        moment = schedule.next_after(BEGIN - timedelta(seconds=1))
        while moment is not None and moment < END:
            ticks.append((moment, job))
            moment = schedule.next_after(max(moment, moment.replace(hour=23, minute=59)))
    return sorted(ticks)


def _happened(ticks: list[Tick], outages: Outages) -> list[Tick]:
    """Return the ticks that no outage took."""
    return [
        (moment, job)
        for moment, job in ticks
        if not any(
            whose in (None, job) and BEGIN + day * DAY <= moment < BEGIN + (day + length) * DAY
            for whose, day, length in outages
        )
    ]


def _live_through(server: Server, origin: Database, ticks: list[Tick]) -> Outcome:
    """Run what ticks say, and each job once more."""
    done: Counter[str] = Counter()
    with clone(server, origin.name) as database:
        with connect(database.url) as connection:
            for moment, job in [*ticks, *((NEXT, job) for job in JOBS)]:
                done[job] += run(World(connection), job, moment)
        with connect(database.admin_url) as connection:
            return World(connection).rows(LEFT), done


@settings(max_examples=3, deadline=None)
@given(outages=OUTAGES)
def test_the_tick_after_outages_leaves_what_no_outage_leaves(
    compare: Callable[[Outages], tuple[Outcome, Outcome]], outages: Outages
) -> None:
    broken, unbroken = compare(outages)

    assert broken == unbroken


@pytest.mark.deep
@settings(max_examples=100, deadline=None)
@given(outages=OUTAGES)
def test_the_tick_after_any_outages_leaves_what_no_outage_leaves(
    compare: Callable[[Outages], tuple[Outcome, Outcome]], outages: Outages
) -> None:
    broken, unbroken = compare(outages)

    assert broken == unbroken
