"""Verification: what the API promises, tried as its callers would try it."""

from toolkit.verify.check import Check, Finding, Outcome, Report
from toolkit.verify.run import run_checks

__all__ = ["Check", "Finding", "Outcome", "Report", "run_checks"]
