"""Drift: does a database hold exactly what its own revision says it should?"""

from toolkit.catalog.comparison import Change, Difference, compare, shown
from toolkit.drift.examination import Drift, NotMigrated, examine
from toolkit.drift.findings import Finding, find_drift

__all__ = [
    "Change",
    "Difference",
    "Drift",
    "Finding",
    "NotMigrated",
    "compare",
    "examine",
    "find_drift",
    "shown",
]
