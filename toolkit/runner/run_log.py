"""The run log: who applied what, when, for how long, and how it ended; in schema hephaitos.

The schema is the toolkit's own. Facts, drift and dumps leave it out like the version table, and a
downgrade to nothing leaves it where it is: what happened has happened.
"""

import getpass
import socket
from dataclasses import dataclass

import psycopg

from toolkit.catalog.scope import TOOLKIT_SCHEMA
from toolkit.connect import Connection
from toolkit.runner.outcome import StepTaken
from toolkit.runner.voice import say

# Closed to everybody else, whatever default privileges the database has.
_MAKE = f"""
begin;
create schema if not exists {TOOLKIT_SCHEMA};
create table if not exists {TOOLKIT_SCHEMA}.runs (
    id bigint generated always as identity primary key,
    direction text not null check (direction in ('upgrade', 'downgrade', 'stamp')),
    from_revision text,
    to_revision text,
    reached_revision text,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    outcome text not null default 'running'
    check (outcome in ('running', 'done', 'failed', 'interrupted')),
    database_role text not null default current_user,
    person text not null,
    machine text not null,
    accepted_drift text[] not null,
    error text
);
create table if not exists {TOOLKIT_SCHEMA}.run_steps (
    run_id bigint not null references {TOOLKIT_SCHEMA}.runs,
    step_no integer not null,
    revision text,
    finished_at timestamptz not null default clock_timestamp(),
    elapsed_ms double precision not null,
    attempts integer not null,
    waited_ms double precision not null,
    kept_waiting_ms double precision not null,
    primary key (run_id, step_no)
);
revoke all on schema {TOOLKIT_SCHEMA} from public;
revoke all on all tables in schema {TOOLKIT_SCHEMA} from public;
commit;
""".encode()
_IS_THERE = f"select to_regclass('{TOOLKIT_SCHEMA}.run_steps') is not null".encode()
_STEP = f"""
insert into {TOOLKIT_SCHEMA}.run_steps
    (run_id, step_no, revision, elapsed_ms, attempts, waited_ms, kept_waiting_ms)
values (%s, %s, %s, %s, %s, %s, %s)
""".encode()
_BEGIN = f"""
insert into {TOOLKIT_SCHEMA}.runs
    (direction, from_revision, to_revision, person, machine, accepted_drift)
values (%s, %s, %s, %s, %s, %s) returning id
""".encode()
_END = f"""
update {TOOLKIT_SCHEMA}.runs
set outcome = %s, reached_revision = %s, error = %s, finished_at = clock_timestamp()
where id = %s
""".encode()
# Under our lock nobody else runs: who still says so was killed.
_BURY = f"""
update {TOOLKIT_SCHEMA}.runs set outcome = 'interrupted' where outcome = 'running'
""".encode()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is about to do.

    Args:
        direction: upgrade, downgrade or stamp.
        start: where the database is; None before the first revision.
        target: where it shall be.
    """

    direction: str
    start: str | None
    target: str | None


@dataclass(frozen=True, slots=True)
class RunLog:
    """The entry of one run.

    Args:
        connection: in autocommit mode, for what must be known even when the run fails.
        run_id: the entry's key.
    """

    connection: Connection
    run_id: int

    @classmethod
    def open(cls, connection: Connection, plan: Plan, accepted: tuple[str, ...]) -> "RunLog | None":
        """Begin an entry, making the schema first where it is missing.

        Returns:
            The entry; None where this role may not have one, which is said and stops nothing.
        """
        entry = [plan.direction, plan.start, plan.target, _person(), socket.gethostname()]
        try:
            if connection.execute(_IS_THERE).fetchone() != (True,):
                connection.execute(_MAKE)
            connection.execute(_BURY)
            row = connection.execute(_BEGIN, [*entry, list(accepted)]).fetchone()
        except psycopg.errors.InsufficientPrivilege as error:
            connection.execute("rollback")
            say("no_log", f"no run log is kept: {error.diag.message_primary}")
            return None
        assert row is not None  # an insert that succeeds returns its row
        return cls(connection, row[0])

    def record(self, worker: Connection, step: StepTaken) -> None:
        """Note a step in its own transaction, so that it is known exactly when it happened."""
        worker.execute(
            _STEP,
            [
                self.run_id, step.step_no, step.revision, step.elapsed_ms, step.attempts,
                step.waited_ms, step.kept_waiting_ms,
            ],
        )  # fmt: skip

    def close(self, outcome: str, reached: str | None, error: str | None = None) -> None:
        """End the entry: done or failed, and where the database is."""
        self.connection.execute(_END, [outcome, reached, error, self.run_id])


def _person() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "unknown"
