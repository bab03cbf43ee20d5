"""Applying revisions to a database: what `alembic upgrade` and `hephaitos` have in common."""

from toolkit.runner.commands import (
    count_revisions,
    current_revision,
    downgrade,
    offline_sql,
    upgrade,
)
from toolkit.runner.environment import run_environment

__all__ = [
    "count_revisions",
    "current_revision",
    "downgrade",
    "offline_sql",
    "run_environment",
    "upgrade",
]
