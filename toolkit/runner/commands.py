"""Upgrade, downgrade, print, ask: Alembic's commands as functions with a database URL."""

import io
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from toolkit.connect import engine
from toolkit.errors import ToolkitError
from toolkit.runner.options import SCRATCH, RunOptions
from toolkit.runner.outcome import Outcome
from toolkit.runner.outlook import Consent
from toolkit.runner.target import (
    CONSENT_ATTRIBUTE,
    OPTIONS_ATTRIBUTE,
    OUTCOME_ATTRIBUTE,
    URL_ATTRIBUTE,
)


class NoSuchWay(ToolkitError):
    """History has no such revision, or no way to it from where the database is."""


def upgrade(
    project_root: Path,
    url: str,
    revision: str = "head",
    *,
    options: RunOptions = SCRATCH,
    consent: Consent | None = None,
) -> Outcome:
    """Apply revisions up to one.

    Args:
        project_root: the folder of alembic.ini.
        url: the database, as the role that will own the objects.
        revision: any target Alembic knows: an id, `head`, `+1`.
        options: what the run may do; without gates unless said otherwise.
        consent: asked before anything is done; None for always.

    Raises:
        NoSuchWay: the target cannot be reached from where the database is.
        ToolkitError: the run was refused or failed; what was committed before stays.
    """
    return _run(command.upgrade, _config(project_root, url, options, consent), revision)


def downgrade(
    project_root: Path,
    url: str,
    revision: str,
    *,
    options: RunOptions = SCRATCH,
    consent: Consent | None = None,
) -> Outcome:
    """Take revisions back down to one.

    Args:
        project_root: the folder of alembic.ini.
        url: the database.
        revision: any target Alembic knows: an id, `base`, `-1`.
        options: as for `upgrade`.
        consent: as for `upgrade`.

    Raises:
        NoSuchWay: the target cannot be reached from where the database is.
        ToolkitError: the run was refused or failed; what was committed before stays.
    """
    return _run(command.downgrade, _config(project_root, url, options, consent), revision)


def offline_sql(project_root: Path, revisions: str, *, down: bool = False) -> str:
    """Return the script that a run would send, without a database.

    Args:
        project_root: the folder of alembic.ini.
        revisions: a range as Alembic writes it, like `0002:head`; `from:to` when down.
        down: the way back.
    """
    printed = io.StringIO()
    config = Config(str(project_root / "alembic.ini"), output_buffer=printed)
    config.attributes[URL_ATTRIBUTE] = None
    (command.downgrade if down else command.upgrade)(config, revisions, sql=True)
    return printed.getvalue()


def current_revision(url: str) -> str | None:
    """Return the revision a database is at, None when it was never migrated. One statement."""
    database = engine(url)
    try:
        with database.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        database.dispose()


def count_revisions(project_root: Path) -> int:
    """Return the number of revisions in history. Opens no connection."""
    script = ScriptDirectory.from_config(Config(str(project_root / "alembic.ini")))
    return sum(1 for _ in script.walk_revisions())


def _run(command_of_alembic: Callable[[Config, str], None], config: Config, to: str) -> Outcome:
    try:
        command_of_alembic(config, to)
    except CommandError as error:
        raise NoSuchWay(
            f"history has no way to {to}",
            detail=" ".join(str(error).split()),
            hint="See the revisions with `hephaitos status` and `alembic history`.",
        ) from error
    outcome = config.attributes[OUTCOME_ATTRIBUTE]
    assert isinstance(outcome, Outcome)  # run_environment leaves one, or raises
    return outcome


def _config(project_root: Path, url: str, options: RunOptions, consent: Consent | None) -> Config:
    config = Config(str(project_root / "alembic.ini"))
    config.attributes[URL_ATTRIBUTE] = url
    config.attributes[OPTIONS_ATTRIBUTE] = options
    config.attributes[CONSENT_ATTRIBUTE] = consent
    return config
