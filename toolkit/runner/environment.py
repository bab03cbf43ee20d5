"""What migrations/env.py does: find the database, check history, run the revisions.

Plain Alembic and the toolkit's own commands both come through here, so neither has more than the
other.
"""

from contextlib import suppress

import psycopg
import sqlalchemy
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationStep

from toolkit.connect import Connection, connect, describe, engine
from toolkit.history import verify_history
from toolkit.runner.attempts import connection_lost, driver_error, is_lost
from toolkit.runner.configuring import configure, revision_of
from toolkit.runner.options import RunOptions
from toolkit.runner.outcome import Ending, Outcome
from toolkit.runner.outlook import Consent, look_ahead
from toolkit.runner.pooler import PoolerInTheWay, ServerSilent, refuse_pooler
from toolkit.runner.run import Run, check_before, failure_text, plan_of
from toolkit.runner.run_log import Plan, RunLog
from toolkit.runner.steps import Asked, remaining
from toolkit.runner.target import (
    CONSENT_ATTRIBUTE,
    OUTCOME_ATTRIBUTE,
    Target,
    application,
    options_of,
    prepare_sessions,
    settings_of,
    url_of,
)
from toolkit.runner.turn import Seat, take
from toolkit.runner.voice import say
from toolkit.runner.watch import Watch


def run_environment(context: EnvironmentContext) -> None:
    """Do what Alembic's command asked for, online or offline.

    Raises:
        HistoryTampered: a frozen file was edited; nothing was run.
        HistoryError: history forks.
        SettingsError: no database was named.
        ConnectionRefused: it cannot be reached.
        ToolkitError: the run was refused or failed; the message says where the database is.
    """
    verify_history(context.script)
    if context.is_offline_mode():
        configure(context, dialect_name="postgresql", literal_binds=True)
        context.run_migrations()
        return
    settings = settings_of(context)
    options = options_of(context, settings)
    url = url_of(context, settings)
    database = engine(url, application_name=application())
    try:
        with database.connect() as connection:
            asked = _asked(context, connection)
            target = Target(url, settings, options, connection)
            if not _wants_to_run(context, connection, asked):
                outcome = Outcome(Ending.NOTHING_TO_DO, asked.start, asked.start)
            elif not _consents(context, target, asked):
                outcome = Outcome(Ending.NOT_WANTED, asked.start, asked.start)
            else:
                outcome = _run(context, target, asked)
            context.config.attributes[OUTCOME_ATTRIBUTE] = outcome
    except (psycopg.Error, sqlalchemy.exc.DBAPIError) as error:
        cause = driver_error(error)
        if cause is None or not is_lost(cause):
            raise
        raise connection_lost(describe(url), cause) from error
    finally:
        database.dispose()


def _asked(context: EnvironmentContext, connection: sqlalchemy.Connection) -> Asked:
    """Return Alembic's function behind the command; only a configured context gives it away."""
    configure(context, connection=connection)
    options = context.get_context().opts
    return Asked(options["fn"], purges=bool(options.get("purge")))


def _wants_to_run(
    context: EnvironmentContext, connection: sqlalchemy.Connection, asked: Asked
) -> bool:
    """Let the command look at the database, and tell whether it wants to change it.

    What only looks is done after this: it needs no lock, and may come through any pooler.
    """
    if asked.purges:
        return True
    configure(context, connection=connection, fn=asked.note, dont_mutate=True)
    context.run_migrations()
    connection.rollback()
    if not asked.steps and asked.applies:
        where = asked.start or "base"
        say("nothing_to_do", f"nothing to do: the database is at {where}", revision=where)
    return bool(asked.steps)


def _consents(context: EnvironmentContext, target: Target, asked: Asked) -> bool:
    """Show who called what is about to happen, when they want to see it first."""
    consent: Consent | None = context.config.attributes.get(CONSENT_ATTRIBUTE)
    if consent is None:
        return True
    wanted = consent(look_ahead(asked), target.worker)
    target.worker.rollback()
    return wanted


def _run(context: EnvironmentContext, target: Target, asked: Asked) -> Outcome:
    options, worker = target.options, target.worker
    with connect(target.url, application_name=application()) as guard:
        try:
            refuse_pooler(target.url, guard, worker)
            worker.rollback()
            take(Seat.GUARD, guard, asker=guard, wait_s=options.wait_for_turn)
            take(Seat.WORKER, worker, asker=guard, wait_s=options.wait_for_turn)
            prepare_sessions(worker, guard, options)
            if asked.applies:
                return _apply(context, target, guard, asked)
            return _stamp(context, target, guard, asked)
        except (PoolerInTheWay, ServerSilent):
            target.connection.invalidate()  # its question is still open
            raise
        finally:
            # Before the guard's, so that whoever comes next finds both locks free.
            target.connection.close()


def _apply(context: EnvironmentContext, target: Target, guard: Connection, asked: Asked) -> Outcome:
    current = revision_of(target.connection)
    pending = remaining(asked.steps, current, context.script)
    if not pending:
        where = current or "base"
        text = f"nothing left to do: another runner took the database to {where}"
        say("done_by_another", text, revision=where)
        return Outcome(Ending.DONE_BY_ANOTHER, asked.start, current)
    gate = target.gate()
    if gate is not None:
        check_before(gate, target.worker, pending[0], current)
    log = _log(guard, asked, pending, current, target.options)
    watch = Watch(guard, target.worker_pid(), target.options.lock_budget)
    run = Run(context, target.worker, asked, target.options, gate=gate, watch=watch, log=log)
    configure(
        context,
        connection=target.connection,
        fn=run.steps,
        dont_mutate=False,
        before_commit=run.before_commit,
        options=target.options,
    )
    try:
        with watch.keeping():
            run.apply(pending, current)
    except KeyboardInterrupt:
        _close_log(log, "interrupted", run.reached, "stopped by hand")
        raise
    except BaseException as error:
        _close_log(log, "failed", run.reached, failure_text(error))
        raise
    _close_log(log, "done", run.reached)
    return Outcome(Ending.DONE, current, run.reached, tuple(run.taken))


def _stamp(context: EnvironmentContext, target: Target, guard: Connection, asked: Asked) -> Outcome:
    start = revision_of(target.connection)
    configure(context, connection=target.connection, fn=asked.resolve, dont_mutate=False)
    context.run_migrations()
    target.connection.commit()
    reached = revision_of(target.connection)
    if target.options.log:
        log = RunLog.open(guard, Plan("stamp", start, reached), ())
        _close_log(log, "done", reached)
    return Outcome(Ending.DONE, start, reached)


def _log(
    guard: Connection,
    asked: Asked,
    pending: list[MigrationStep],
    current: str | None,
    options: RunOptions,
) -> RunLog | None:
    if not options.log:
        return None
    return RunLog.open(guard, plan_of(asked, pending, current), options.accept_drift)


def _close_log(
    log: RunLog | None, outcome: str, reached: str | None, error: str | None = None
) -> None:
    if log is None:
        return
    # The entry stays `running`, and the next run finds out: what failed is reported anyway.
    with suppress(psycopg.OperationalError):
        log.close(outcome, reached, error)
