"""Drift: does a database hold exactly what its own revision says it should?"""

from toolkit.drift.comparison import Change, Difference, compare
from toolkit.drift.findings import Finding, find_drift

__all__ = ["Change", "Difference", "Finding", "compare", "find_drift"]
