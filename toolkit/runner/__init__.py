"""Applying revisions to a database: what `alembic upgrade` and `hephaitos` have in common."""

from toolkit.runner.commands import (
    NoSuchWay,
    count_revisions,
    current_revision,
    downgrade,
    offline_sql,
    upgrade,
)
from toolkit.runner.environment import run_environment
from toolkit.runner.losses import Loss, Losses, find_losses
from toolkit.runner.options import SCRATCH, RunOptions, read_options
from toolkit.runner.outcome import Ending, Outcome, StepTaken
from toolkit.runner.outlook import Outlook
from toolkit.runner.status import RunEntry, Status, look_at
from toolkit.runner.voice import speak_on_stderr

__all__ = [
    "SCRATCH",
    "Ending",
    "Loss",
    "Losses",
    "NoSuchWay",
    "Outcome",
    "Outlook",
    "RunEntry",
    "RunOptions",
    "Status",
    "StepTaken",
    "count_revisions",
    "current_revision",
    "downgrade",
    "find_losses",
    "look_at",
    "offline_sql",
    "read_options",
    "run_environment",
    "speak_on_stderr",
    "upgrade",
]
