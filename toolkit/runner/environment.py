"""What migrations/env.py does: find the database, check history, run the revisions.

Plain Alembic and the toolkit's own commands both come through here, so neither has more than the
other.
"""

import os
import socket
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, MigrationInfo, MigrationStep

from toolkit.connect import Connection, connect, describe, engine
from toolkit.errors import SettingsError
from toolkit.history import ALONE_OPTION, verify_history
from toolkit.runner.attempts import connection_lost, driver_error, is_lost
from toolkit.runner.options import SCRATCH, RunOptions, read_options
from toolkit.runner.outcome import Ending, Outcome
from toolkit.runner.outlook import Consent, look_ahead
from toolkit.runner.pooler import PoolerInTheWay, ServerSilent, refuse_pooler
from toolkit.runner.proof import Gate
from toolkit.runner.run import (
    Run,
    check_before,
    failure_text,
    limit_waits,
    plan_of,
    run_alone,
)
from toolkit.runner.run_log import Plan, RunLog
from toolkit.runner.steps import Asked, remaining
from toolkit.runner.turn import Seat, take
from toolkit.runner.voice import say
from toolkit.runner.watch import Watch
from toolkit.settings import Settings, read_settings

URL_ATTRIBUTE, OPTIONS_ATTRIBUTE = "hephaitos.url", "hephaitos.options"
CONSENT_ATTRIBUTE, OUTCOME_ATTRIBUTE = "hephaitos.consent", "hephaitos.outcome"
_LONGEST_NAME = 63  # PostgreSQL cuts what is longer
# Legacy privilege regimes grant every new table in public to the API's roles, and whoever can
# write this one can make the next run skip or repeat revisions.
_CLOSE_VERSION_TABLE = """
do $$
declare
    grantee text;
begin
    for grantee in
        select distinct
            case entry.grantee
                when 0 then 'public'
                else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(entry.grantee))
            end
        from pg_catalog.pg_class as version_table,
            pg_catalog.aclexplode(version_table.relacl) as entry
        where
            version_table.oid = 'alembic_version'::regclass
            and entry.grantee <> version_table.relowner
    loop
        execute pg_catalog.format('revoke all on alembic_version from %s', grantee);
    end loop;
end
$$;
"""
_NO_LIMITS = """
select pg_catalog.set_config(name, '0', false) from pg_catalog.pg_settings
where name in ('idle_session_timeout', 'transaction_timeout')
"""


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
        _configure(context, dialect_name="postgresql", literal_binds=True)
        context.run_migrations()
        return
    settings = _settings(context)
    options = _options(context, settings)
    url = _target_url(context, settings)
    database = engine(url, application_name=_application())
    try:
        with database.connect() as connection:
            asked = _asked(context, connection)
            target = _Target(url, settings, options, connection)
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


@dataclass(frozen=True, slots=True)
class _Target:
    url: str
    settings: Settings
    options: RunOptions
    connection: sqlalchemy.Connection

    @property
    def worker(self) -> Connection:
        """The driver's connection under SQLAlchemy's."""
        driver = self.connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)  # engine() opens no other
        return driver

    def worker_pid(self) -> int:
        """Ask for the worker's server process; what the driver was told may be a pooler's."""
        row = self.worker.execute("select pg_catalog.pg_backend_pid()").fetchone()
        self.worker.rollback()
        assert row is not None  # a function call has a row
        return int(row[0])


def _asked(context: EnvironmentContext, connection: sqlalchemy.Connection) -> Asked:
    """Return Alembic's function behind the command; only a configured context gives it away."""
    _configure(context, connection=connection)
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
    _configure(context, connection=connection, fn=asked.note, dont_mutate=True)
    context.run_migrations()
    connection.rollback()
    if not asked.steps and asked.applies:
        where = asked.start or "base"
        say("nothing_to_do", f"nothing to do: the database is at {where}", revision=where)
    return bool(asked.steps)


def _consents(context: EnvironmentContext, target: _Target, asked: Asked) -> bool:
    """Show who called what is about to happen, when they want to see it first."""
    consent: Consent | None = context.config.attributes.get(CONSENT_ATTRIBUTE)
    if consent is None:
        return True
    wanted = consent(look_ahead(asked), target.worker)
    target.worker.rollback()
    return wanted


def _run(context: EnvironmentContext, target: _Target, asked: Asked) -> Outcome:
    options, worker = target.options, target.worker
    with connect(target.url, application_name=_application()) as guard:
        try:
            refuse_pooler(target.url, guard, worker)
            worker.rollback()
            take(Seat.GUARD, guard, asker=guard, wait_s=options.wait_for_turn)
            take(Seat.WORKER, worker, asker=guard, wait_s=options.wait_for_turn)
            _prepare(worker, guard, options)
            if asked.applies:
                return _apply(context, target, guard, asked)
            return _stamp(context, target, guard, asked)
        except (PoolerInTheWay, ServerSilent):
            target.connection.invalidate()  # its question is still open
            raise
        finally:
            # Before the guard's, so that whoever comes next finds both locks free.
            target.connection.close()


def _apply(
    context: EnvironmentContext, target: _Target, guard: Connection, asked: Asked
) -> Outcome:
    current = _revision(target.connection)
    pending = remaining(asked.steps, current, context.script)
    if not pending:
        where = current or "base"
        text = f"nothing left to do: another runner took the database to {where}"
        say("done_by_another", text, revision=where)
        return Outcome(Ending.DONE_BY_ANOTHER, asked.start, current)
    gate = _gate(target)
    if gate is not None:
        check_before(gate, target.worker, pending[0], current)
    log = _log(guard, asked, pending, current, target.options)
    watch = Watch(guard, target.worker_pid(), target.options.lock_budget)
    run = Run(context, target.worker, asked, target.options, gate=gate, watch=watch, log=log)
    _configure(
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


def _stamp(
    context: EnvironmentContext, target: _Target, guard: Connection, asked: Asked
) -> Outcome:
    start = _revision(target.connection)
    _configure(context, connection=target.connection, fn=asked.resolve, dont_mutate=False)
    context.run_migrations()
    target.connection.commit()
    reached = _revision(target.connection)
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


def _gate(target: _Target) -> Gate | None:
    if not target.options.fingerprint:
        return None
    gate = Gate.of(target.settings, target.options.accept_drift)
    if gate.has_snapshots:
        return gate
    say("no_snapshots", "facts are not compared: this project has no migrations/snapshots")
    return None


def _prepare(worker: Connection, guard: Connection, options: RunOptions) -> None:
    # A role or database may end sessions that are as quiet as a turn is, or work as long as it.
    for connection in (worker, guard):
        connection.execute(_NO_LIMITS)
    limit_waits(worker, options)
    worker.execute("set idle_in_transaction_session_timeout = '60s'")
    worker.commit()
    try:
        # When this process is killed, its statement ends too instead of running on for nobody.
        worker.execute("set client_connection_check_interval = '1s'")
    except psycopg.errors.InvalidParameterValue:  # not every platform can notice
        worker.rollback()
    worker.commit()


def _revision(connection: sqlalchemy.Connection) -> str | None:
    found = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()
    return found


def _configure(
    context: EnvironmentContext,
    *,
    before_commit: Callable[[], None] | None = None,
    options: RunOptions = SCRATCH,
    **where: Any,
) -> None:
    def on_version_apply(
        ctx: MigrationContext,
        step: MigrationInfo,
        heads: Collection[Any],  # noqa: ARG001 - Alembic passes all four by name
        run_args: Mapping[str, Any],  # noqa: ARG001 - as above
    ) -> None:
        _close_version_table(ctx, step)
        if before_commit is not None:
            before_commit()

    alone: Mapping[str, Any] = {ALONE_OPTION: partial(run_alone, options=options)}
    context.configure(
        target_metadata=sqlalchemy.MetaData(),
        transaction_per_migration=True,
        on_version_apply=on_version_apply,
        **where,
        **alone,
    )


def _close_version_table(ctx: MigrationContext, step: MigrationInfo) -> None:
    # A stamp may be what makes the table, wherever it leads.
    if not step.is_stamp and (not step.is_upgrade or step.down_revision_ids):
        return
    if ctx.as_sql:
        ctx.impl.static_output(_CLOSE_VERSION_TABLE)
        return
    assert ctx.connection is not None  # only offline runs have none
    ctx.connection.exec_driver_sql(_CLOSE_VERSION_TABLE, execution_options={"no_parameters": True})


def _settings(context: EnvironmentContext) -> Settings:
    return read_settings(start=Path(str(context.config.config_file_name)).parent)


def _options(context: EnvironmentContext, settings: Settings) -> RunOptions:
    ready_made = context.config.attributes.get(OPTIONS_ATTRIBUTE)
    if isinstance(ready_made, RunOptions):
        return ready_made
    return read_options(settings.tenant.get("runner", {}), context.get_x_argument())


def _application() -> str:
    return f"hephaitos runner, process {os.getpid()} on {socket.gethostname()}"[:_LONGEST_NAME]


def _target_url(context: EnvironmentContext, settings: Settings) -> str:
    url = context.config.attributes.get(URL_ATTRIBUTE) or settings.database_url
    if url is None:
        raise SettingsError(
            "no database was named",
            detail="HEPHAITOS_DATABASE_URL is not set, and alembic.ini holds no URL on purpose",
            hint="Set HEPHAITOS_DATABASE_URL to postgresql://user:password@host:port/database.",
        )
    return str(url)
