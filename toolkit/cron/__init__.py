"""Cron: the jobs of pg_cron as an operator sees them: when they run, whether they do, and by hand.

Jobs as facts of a database, planned and compared, are toolkit.catalog's.
"""

from toolkit.cron.commands import (
    READABLE,
    refuse_commands,
    refuse_readable_commands,
    refuse_schedule,
)
from toolkit.cron.health import Health, State, judge
from toolkit.cron.jobs import Board, Job, Run, read_board, read_runs
from toolkit.cron.running import Outcome, run_job
from toolkit.cron.schedule import Schedule

__all__ = [
    "READABLE",
    "Board",
    "Health",
    "Job",
    "Outcome",
    "Run",
    "Schedule",
    "State",
    "judge",
    "read_board",
    "read_runs",
    "refuse_commands",
    "refuse_readable_commands",
    "refuse_schedule",
    "run_job",
]
