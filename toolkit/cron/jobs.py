"""Jobs and their runs, as pg_cron's tables and the server's processes tell them."""

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row, dict_row

from toolkit.connect import Connection
from toolkit.cron.schedule import Schedule
from toolkit.errors import ToolkitError

# pg_stat_activity hides what others do instead of refusing: NULL says "not allowed to see".
_HERE = """
select
    clock_timestamp() as now,
    pg_catalog.current_database()::text as database,
    pg_catalog.to_regclass('cron.job') is not null as has_cron,
    (
        select pg_extension.extversion::text from pg_catalog.pg_extension
        where pg_extension.extname = 'pg_cron'
    ) as version,
    case
        when pg_catalog.pg_has_role('pg_read_all_stats', 'usage') then exists (
            select from pg_catalog.pg_stat_activity
            where pg_stat_activity.backend_type = 'pg_cron launcher'
        )
    end as is_launching
"""
_HIDES = "select pg_catalog.row_security_active('cron.job')"
# A run is over when pg_cron wrote so, or when its process is gone although nobody wrote anything.
_JOBS = """
with
run as (
    select
        job_run_details.jobid,
        job_run_details.runid,
        job_run_details.status,
        job_run_details.return_message,
        job_run_details.start_time,
        job_run_details.end_time,
        job_run_details.status in ('succeeded', 'failed') as is_over,
        job_run_details.status not in ('succeeded', 'failed')
        and job_run_details.job_pid is not null
        and not exists (
            select from pg_catalog.pg_stat_activity
            where pg_stat_activity.pid = job_run_details.job_pid
        ) as is_lost
    from cron.job_run_details
),

told as (
    select
        run.jobid,
        count(*) as run_count,
        max(run.runid) filter (where run.status = 'succeeded') as success_id,
        max(run.start_time) filter (where run.status = 'succeeded') as last_success,
        max(run.start_time) as last_run,
        min(run.start_time) as first_run,
        bool_or(not run.is_over and not run.is_lost) as is_running,
        bool_or(run.is_lost) as has_lost
    from run
    group by run.jobid
),

failure as (
    select
        run.jobid,
        count(*) as failure_count,
        (array_agg(run.return_message order by run.runid desc))[1] as last_message
    from run
    inner join told
        on run.jobid = told.jobid
    where
        (run.status = 'failed' or run.is_lost)
        and run.runid > coalesce(told.success_id, 0)
    group by run.jobid
)

select
    job.jobid as job_id,
    job.jobname::text as name,
    job.username::text as role,
    job.schedule,
    job.command,
    job.active as is_active,
    job.database::text as database,
    coalesce(pg_roles.rolcanlogin, false) as can_login,
    pg_roles.rolname is not null as has_role,
    coalesce(told.run_count, 0) as run_count,
    told.last_run,
    told.last_success,
    coalesce(told.is_running, false) as is_running,
    coalesce(failure.failure_count, 0) as failure_count,
    failure.last_message,
    -- Numbers only grow: what was scheduled later and has run tells since when this one is there.
    (
        select min(later.first_run) from told as later
        where later.jobid >= job.jobid
    ) as known_since
from cron.job
left join pg_catalog.pg_roles
    on job.username = pg_roles.rolname
left join told
    on job.jobid = told.jobid
left join failure
    on job.jobid = failure.jobid
order by job.jobname, job.username, job.jobid
"""
_RUNS = """
select
    coalesce(job.jobname::text, 'job ' || job_run_details.jobid) as job,
    job_run_details.username::text as role,
    job_run_details.status,
    job_run_details.return_message as message,
    job_run_details.start_time as started_at,
    job_run_details.end_time as ended_at,
    job_run_details.command
from cron.job_run_details
left join cron.job
    on job_run_details.jobid = job.jobid
where %(job)s::text is null or job.jobname = %(job)s
order by job_run_details.runid desc
limit %(most)s
"""


class CronAbsent(ToolkitError):
    """A database without a schema cron."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job, with what its runs tell.

    Args:
        job_id: pg_cron's number.
        name: None when it was scheduled without.
        role: who scheduled it, and as whom it runs.
        schedule: as kept.
        command: what it runs.
        is_active: False while it is paused.
        database: where it runs.
        can_login: whether its role may connect, without which nothing runs.
        has_role: whether its role exists at all.
        run_count: runs on record.
        last_run: when the newest began.
        last_success: when the newest that succeeded began.
        is_running: whether one is at work now.
        failure_count: failures since the last success.
        last_message: what the newest of them said.
        known_since: since when it was surely scheduled; None when nothing tells.
    """

    job_id: int
    name: str | None
    role: str
    schedule: str
    command: str
    is_active: bool
    database: str
    can_login: bool
    has_role: bool
    run_count: int
    last_run: datetime | None
    last_success: datetime | None
    is_running: bool
    failure_count: int
    last_message: str | None
    known_since: datetime | None

    @property
    def title(self) -> str:
        """Its name, or its number when it has none."""
        return self.name or f"job {self.job_id}"

    @property
    def when(self) -> Schedule:
        """When it is due."""
        return Schedule(self.schedule)


@dataclass(frozen=True, slots=True)
class Run:
    """One run on record."""

    job: str
    role: str
    status: str
    message: str | None
    started_at: datetime | None
    ended_at: datetime | None
    command: str


@dataclass(frozen=True, slots=True)
class Board:
    """Every job that a role can see in a database, at one moment.

    Args:
        now: the server's clock.
        database: its name.
        version: of pg_cron here; None for a stub, which never runs anything.
        is_launching: whether pg_cron's launcher is at work; None when this role may not know.
        blind: what this role cannot see, as sentences.
        jobs: by name.
    """

    now: datetime
    database: str
    version: str | None
    is_launching: bool | None
    blind: tuple[str, ...]
    jobs: tuple[Job, ...]


def read_board(connection: Connection) -> Board:
    """Read all jobs. Three statements; O(runs on record), for pg_cron keeps no index over them.

    Raises:
        CronAbsent: there is no pg_cron here, nor a stub of it.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        here = cursor.execute(_HERE).fetchone()
    assert here is not None  # no FROM
    if not here["has_cron"]:
        raise CronAbsent(
            f"database {here['database']} has no pg_cron",
            detail="there is no table cron.job",
            hint="See hephaitos doctor for what to install; pg_cron keeps its jobs in one "
            "database of a server only.",
        )
    hides = connection.execute(_HIDES).fetchone() == (True,)
    with connection.cursor(row_factory=class_row(Job)) as jobs:
        found = tuple(jobs.execute(_JOBS).fetchall())
    return Board(
        here["now"],
        here["database"],
        here["version"],
        here["is_launching"],
        tuple(_blind(connection, hides=hides, is_launching=here["is_launching"])),
        found,
    )


def read_runs(connection: Connection, job: str | None, most: int) -> tuple[Run, ...]:
    """Read the newest runs, of one job or of all. One statement, O(runs on record)."""
    with connection.cursor(row_factory=class_row(Run)) as cursor:
        return tuple(cursor.execute(_RUNS, {"job": job, "most": most}).fetchall())


def _blind(connection: Connection, *, hides: bool, is_launching: bool | None) -> list[str]:
    role = connection.info.user
    blind = []
    if hides:
        blind.append(f"row security hides other roles' jobs and runs from role {role}")
    if is_launching is None:
        blind.append(f"role {role} may not see whether the launcher runs: grant pg_read_all_stats")
    return blind
