"""Status: where a database is, what it still lacks, who is at work on it, and how runs went.

Only looks: no lock is taken, so it may come through any pooler.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from psycopg.rows import class_row

from toolkit.catalog.scope import TOOLKIT_SCHEMA
from toolkit.connect import Connection, connect
from toolkit.history import verify_history
from toolkit.runner.commands import current_revision
from toolkit.runner.sessions import Session
from toolkit.runner.turn import Seat, holders_of

_RUNS = f"""
select
    id, direction, from_revision, to_revision, reached_revision, started_at, outcome,
    extract(epoch from finished_at - started_at)::float as elapsed_s,
    person, machine, error,
    (
        select coalesce(max(kept_waiting_ms), 0)
        from {TOOLKIT_SCHEMA}.run_steps where run_id = runs.id
    ) as kept_waiting_ms
from {TOOLKIT_SCHEMA}.runs
order by id desc
limit %s
"""
# What a killed run leaves outside its transactions; the next one goes on from it.
_UNFINISHED = """
select format('index %s is not valid', indexrelid::regclass)
from pg_catalog.pg_index
inner join pg_catalog.pg_class on pg_index.indexrelid = pg_class.oid
where not indisvalid and relkind = 'i' and relpersistence <> 't'
union all
select format('partition %s is being detached', inhrelid::regclass)
from pg_catalog.pg_inherits
where inhdetachpending
order by 1
"""


@dataclass(frozen=True, slots=True)
class RunEntry:
    """One run of the log.

    Args:
        id: its number.
        direction: upgrade, downgrade or stamp.
        from_revision: where it began; None before the first revision.
        to_revision: where it was to lead.
        reached_revision: where it ended; None also while it runs.
        started_at: when.
        outcome: running, done, failed or interrupted.
        elapsed_s: how long it took; None when nobody saw its end.
        person: who ran it, as the operating system knows them.
        machine: where.
        error: why it failed.
        kept_waiting_ms: the longest that anybody was found waiting for it.
    """

    id: int
    direction: str
    from_revision: str | None
    to_revision: str | None
    reached_revision: str | None
    started_at: datetime
    outcome: str
    elapsed_s: float | None
    person: str
    machine: str
    error: str | None
    kept_waiting_ms: float


@dataclass(frozen=True, slots=True)
class Status:
    """What is known of one database.

    Args:
        revision: where it is; None when no revision was applied.
        is_known: whether history has that revision.
        head: the newest revision of history.
        pending: those it lacks, in order, each with the first line of its docstring.
        at_work: who holds the turn at this moment.
        runs: the latest of the log, newest first; empty also where none is kept.
        unfinished: what a killed run left.
    """

    revision: str | None
    is_known: bool
    head: str | None
    pending: tuple[tuple[str, str], ...]
    at_work: tuple[Session, ...]
    runs: tuple[RunEntry, ...]
    unfinished: tuple[str, ...]


def look_at(project_root: Path, url: str, *, runs: int = 5) -> Status:
    """Look at a database.

    Args:
        project_root: the folder of alembic.ini.
        url: the database.
        runs: how many entries of the log.

    Raises:
        HistoryTampered: a frozen file was edited.
        ConnectionRefused: it cannot be reached.
    """
    script = ScriptDirectory.from_config(Config(str(project_root / "alembic.ini")))
    verify_history(script)
    revision = current_revision(url)
    pending = _pending(script, revision)
    with connect(url) as connection:
        return Status(
            revision=revision,
            is_known=pending is not None,
            head=script.get_current_head(),
            pending=pending or (),
            at_work=holders_of(Seat.GUARD, connection) or holders_of(Seat.WORKER, connection),
            runs=_runs(connection, runs),
            unfinished=tuple(row[0] for row in connection.execute(_UNFINISHED).fetchall()),
        )


def _pending(script: ScriptDirectory, revision: str | None) -> tuple[tuple[str, str], ...] | None:
    """Return what comes after a revision; None when history does not have it."""
    try:
        newer = list(script.iterate_revisions("heads", revision or "base"))
    except (CommandError, RevisionError):
        return None
    return tuple((one.revision, str(one.doc)) for one in reversed(newer))


def _runs(connection: Connection, count: int) -> tuple[RunEntry, ...]:
    try:
        with connection.cursor(row_factory=class_row(RunEntry)) as cursor:
            return tuple(cursor.execute(_RUNS.encode(), [count]).fetchall())
    except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
        return ()
