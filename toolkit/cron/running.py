"""Running a job now: the same command as the same role, with the clock set if need be.

For a server whose pg_cron is a stub, for an outside scheduler, and for catching up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from toolkit.connect import Connection
from toolkit.cron.commands import Call, CommandRefused, parse
from toolkit.cron.jobs import Board, Job
from toolkit.errors import ToolkitError

# The name by which routines of jobs take the clock.
CLOCK_ARGUMENT = "p_now"


class JobUnknown(ToolkitError):
    """A name that no job has, or that several have."""


class JobFailed(ToolkitError):
    """A job's command ended with an error."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run did.

    Args:
        job: which.
        statement: what was sent.
        returned: the rows that came back.
        elapsed_ms: from sending to the answer.
    """

    job: Job
    statement: str
    returned: tuple[dict[str, Any], ...]
    elapsed_ms: float


def find_job(board: Board, name: str, role: str | None) -> Job:
    """Find a job by name.

    Args:
        board: where to look.
        name: the job's.
        role: whose, when several roles have one of this name.

    Raises:
        JobUnknown: none, or more than one.
    """
    found = [job for job in board.jobs if job.title == name and role in (None, job.role)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(sorted({job.title for job in board.jobs})) or "none"
    if not found:
        raise JobUnknown(
            f"no job is called {name}",
            detail=f"the jobs that this role can see are: {known}",
            hint="Give one of these names; hephaitos cron status lists them.",
        )
    raise JobUnknown(
        f"{len(found)} jobs are called {name}",
        detail=f"they belong to {', '.join(job.role for job in found)}",
        hint="Say whose is meant with --role.",
    )


def run_job(
    connection: Connection,
    job: Job,
    *,
    now: datetime | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Run a job's command, as its role, outside a transaction, as pg_cron would.

    Args:
        connection: in autocommit mode, as the job's role or a member of it.
        job: which.
        now: the time that the routine shall believe in; its own clock when None.
        progress: told of each notice while it works.

    Raises:
        JobFailed: the command failed; what it committed before stays.
        CommandRefused: the clock was to be set, and the command is no call it could be put into.
    """
    statement = job.command if now is None else _at(job, now)
    connection.add_notice_handler(lambda notice: progress(str(notice.message_primary)))
    began = monotonic()
    try:
        if job.role != connection.info.user:
            connection.execute(sql.SQL("set role {}").format(sql.Identifier(job.role)))
        with connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute(statement.encode())
            rows = tuple(cursor.fetchall()) if cursor.description else ()
    except psycopg.Error as error:
        raise JobFailed(
            f"job {job.title} failed: {error.diag.message_primary or error}",
            detail=f"SQLSTATE {error.sqlstate}, sent as {job.role}: {statement.strip()}",
            hint=error.diag.message_hint or "Correct the cause and run it again: jobs catch up.",
        ) from error
    return Outcome(job, statement, rows, 1000 * (monotonic() - began))


def _at(job: Job, now: datetime) -> str:
    call = parse(job.command)
    if call is None:
        raise CommandRefused(
            f"job {job.title} does not call one qualified routine",
            detail=f"the clock cannot be put into: {job.command.strip()}",
            hint="Run it without --now, or schedule a single call.",
        )
    return _with_clock(call, now)


def _with_clock(call: Call, now: datetime) -> str:
    clock = f"{CLOCK_ARGUMENT} => '{now.isoformat()}'::timestamptz"
    arguments = f"{call.arguments}, {clock}" if call.arguments else clock
    prefix = "select * from" if call.verb == "select" else "call"
    return f"{prefix} {call.routine}({arguments})"
