"""The target of a run: which database, under which options, and the session that works there."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

import psycopg
import sqlalchemy
from alembic.runtime.environment import EnvironmentContext

from toolkit.connect import Connection
from toolkit.errors import SettingsError
from toolkit.runner.options import RunOptions, read_options
from toolkit.runner.proof import Gate
from toolkit.runner.run import limit_waits
from toolkit.runner.voice import say
from toolkit.settings import Settings, read_settings

# What our own commands leave for the environment in Alembic's config.
URL_ATTRIBUTE, OPTIONS_ATTRIBUTE = "hephaitos.url", "hephaitos.options"
CONSENT_ATTRIBUTE, OUTCOME_ATTRIBUTE = "hephaitos.consent", "hephaitos.outcome"
_LONGEST_NAME = 63  # PostgreSQL cuts what is longer
_NO_LIMITS = """
select pg_catalog.set_config(name, '0', false) from pg_catalog.pg_settings
where name in ('idle_session_timeout', 'transaction_timeout')
"""


@dataclass(frozen=True, slots=True)
class Target:
    """One database in the course of a command.

    Args:
        url: of it.
        settings: the project.
        options: what the run may do.
        connection: the worker's, as Alembic has it.
    """

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

    def gate(self) -> Gate | None:
        """Return the fingerprint gate; None when it is off, or has nothing to compare with."""
        if not self.options.fingerprint:
            return None
        gate = Gate.of(self.settings, self.options.accept_drift)
        if gate.has_snapshots:
            return gate
        say("no_snapshots", "facts are not compared: this project has no migrations/snapshots")
        return None


def prepare_sessions(worker: Connection, guard: Connection, options: RunOptions) -> None:
    """Free both sessions from limits of their role's, and set what a run is bounded by."""
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


def settings_of(context: EnvironmentContext) -> Settings:
    """Read the settings of the project whose command is running."""
    return read_settings(start=Path(str(context.config.config_file_name)).parent)


def options_of(context: EnvironmentContext, settings: Settings) -> RunOptions:
    """Return the options that our own command gave, or read those of Alembic's -x."""
    ready_made = context.config.attributes.get(OPTIONS_ATTRIBUTE)
    if isinstance(ready_made, RunOptions):
        return ready_made
    return read_options(settings.tenant.get("runner", {}), context.get_x_argument())


def application() -> str:
    """Return what the sessions of this run call themselves."""
    return f"hephaitos runner, process {os.getpid()} on {socket.gethostname()}"[:_LONGEST_NAME]


def url_of(context: EnvironmentContext, settings: Settings) -> str:
    """Return the database that is meant.

    Raises:
        SettingsError: nobody named one.
    """
    url = context.config.attributes.get(URL_ATTRIBUTE) or settings.database_url
    if url is None:
        raise SettingsError(
            "no database was named",
            detail="HEPHAITOS_DATABASE_URL is not set, and alembic.ini holds no URL on purpose",
            hint="Set HEPHAITOS_DATABASE_URL to postgresql://user:password@host:port/database.",
        )
    return str(url)
