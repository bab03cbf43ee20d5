"""Audit: whether every change of the tables that must be recorded still is."""

from toolkit.audit.declarations import EVENTS, AuditDeclaration, RecordedTable, read_audit
from toolkit.audit.run import RULES, check_audit

__all__ = ["EVENTS", "RULES", "AuditDeclaration", "RecordedTable", "check_audit", "read_audit"]
