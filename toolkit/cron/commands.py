"""Commands of jobs: each is one call of one routine that is there, before pg_cron is told of it.

pg_cron takes any text and finds out at night.
"""

import re
from dataclasses import dataclass

import psycopg
from psycopg import pq

from toolkit.connect import Connection
from toolkit.cron.schedule import Schedule
from toolkit.errors import ToolkitError

_NAME = r'(?:[a-z_][\w$]*|"(?:[^"]|"")+")'
_CALL = re.compile(
    rf"\s*(?P<verb>select|call)\s+(?P<routine>{_NAME}\.{_NAME})\s*\(\s*(?P<arguments>.*?)\s*\)\s*;?\s*\Z",
    re.IGNORECASE | re.DOTALL,
)
_INVALID = re.compile(r"invalid schedule: (.*)\Z", re.DOTALL)
_VERSION = "select extversion from pg_catalog.pg_extension where extname = 'pg_cron'"
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")
# Whether there is a pg_cron, and this role may look at its jobs.
READABLE = """
select pg_catalog.has_table_privilege(pg_catalog.to_regclass('cron.job'), 'select')
"""
_PLANNED = "select job.jobname, job.username, job.command from cron.job {} order by job.jobid"
_JUST_MADE = "where job.xmin = pg_catalog.pg_current_xact_id()::xid"


class CommandRefused(ToolkitError):
    """A job's command that would not run."""


@dataclass(frozen=True, slots=True)
class Call:
    """A command taken apart: `select` of a function or `call` of a procedure.

    Args:
        verb: which of the two.
        routine: qualified, as written.
        arguments: as written.
    """

    verb: str
    routine: str
    arguments: str


def parse(command: str) -> Call | None:
    """Take a command apart; None when it is anything but one call of one qualified routine."""
    found = _CALL.match(command)
    if found is None or not _is_one_list(found["arguments"]):
        return None
    return Call(found["verb"].lower(), found["routine"], found["arguments"])


def refuse_commands(connection: Connection, *, changed_only: bool = True) -> None:
    """Refuse the jobs of a database whose command does not prepare.

    Args:
        connection: to the database; in the transaction that schedules them when `changed_only`.
        changed_only: look at what this transaction scheduled or altered, not at every job.

    Raises:
        CommandRefused: the first that would fail at its hour. The transaction is still usable.

    Two round trips a job.
    """
    if connection.execute(READABLE).fetchone() == (True,):
        refuse_readable_commands(connection, changed_only=changed_only)


def refuse_readable_commands(connection: Connection, *, changed_only: bool = True) -> None:
    """Do the same where somebody has asked READABLE already, and was told yes.

    Raises:
        CommandRefused: as above.
    """
    query = _PLANNED.format(_JUST_MADE if changed_only else "")
    for name, role, command in connection.execute(query.encode()).fetchall():
        refuse_command(connection, f"cron job {name} of {role}", command)


def refuse_command(connection: Connection, job: str, command: str) -> None:
    """Refuse one command that does not prepare. Nothing is run.

    Raises:
        CommandRefused: it would fail, or it is not one call of one qualified routine.
    """
    if parse(command) is None:
        raise CommandRefused(
            f"{job} does not call one qualified routine",
            detail=f"its command is: {_first_line(command)}",
            hint="Put the work into a function or procedure and schedule select schema.name() or "
            "call schema.name().",
        )
    with connection.transaction(force_rollback=True):
        result = connection.pgconn.prepare(b"", command.encode())
        if result.status == pq.ExecStatus.COMMAND_OK:
            return
        message = result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or b"unknown error"
    raise CommandRefused(
        f"{job} has a command that does not prepare: {message.decode()}",
        detail=f"its command is: {_first_line(command)}",
        hint="Correct the command, or create what it calls first.",
    )


def refuse_schedule(connection: Connection, error: psycopg.Error) -> None:
    """Say which version of pg_cron it is that did not accept a schedule; pg_cron itself does not.

    Args:
        connection: usable again, after the transaction that failed.
        error: what it failed with; anything but a schedule's refusal is left alone.

    Raises:
        ScheduleUnreadable: the schedule was refused, whether an older version's or anybody's.
    """
    found = _INVALID.match(error.diag.message_primary or "")
    if found is None:
        return
    version = connection.execute(_VERSION).fetchone()
    if version is not None:
        Schedule(found[1]).refuse_on(version[0])


def _is_one_list(arguments: str) -> bool:
    """Tell whether a text stays inside the brackets around it."""
    depth = 0
    for character in _QUOTED.sub("", arguments):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0 or character == ";":
            return False
    return True


def _first_line(command: str) -> str:
    return command.strip().partition("\n")[0]
