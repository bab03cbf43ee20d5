"""What a revision does to others while it runs, seen on a clone; and what it said it would do."""

from toolkit.trace.budget import Budget, BudgetUnclear, Overrun, overruns, read_budget
from toolkit.trace.model import Lock, Mode, Relation, RevisionTrace, StatementTrace
from toolkit.trace.revisions import StatementFailed, trace_history, trace_revision
from toolkit.trace.wording import locks_line, rewrite_line

__all__ = [
    "Budget",
    "BudgetUnclear",
    "Lock",
    "Mode",
    "Overrun",
    "Relation",
    "RevisionTrace",
    "StatementFailed",
    "StatementTrace",
    "locks_line",
    "overruns",
    "read_budget",
    "rewrite_line",
    "trace_history",
    "trace_revision",
]
