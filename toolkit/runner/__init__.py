"""Applying revisions to a database: what `alembic upgrade` and `hephaitos` have in common."""

from toolkit.runner.commands import (
    count_revisions,
    current_revision,
    downgrade,
    offline_sql,
    upgrade,
)
from toolkit.runner.environment import run_environment
from toolkit.runner.options import SCRATCH, RunOptions, read_options

__all__ = [
    "SCRATCH",
    "RunOptions",
    "count_revisions",
    "current_revision",
    "downgrade",
    "offline_sql",
    "read_options",
    "run_environment",
    "upgrade",
]
