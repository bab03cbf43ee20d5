"""What the tenant declares about its record of changes: [tool.hephaitos.audit]."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from toolkit.errors import SettingsError

EVENTS = ("insert", "update", "delete", "truncate")
_TABLE = "[tool.hephaitos.audit]"


@dataclass(frozen=True, slots=True)
class RecordedTable:
    """One table whose changes are recorded.

    Args:
        name: qualified.
        events: which of its changes.
    """

    name: str
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuditDeclaration:
    """The record, and what has to get there.

    Args:
        log: the partitioned table that holds the record.
        guard: the trigger function that keeps the log from being rewritten, with parentheses.
        ahead: how far ahead the log must have partitions, as an interval.
        functions: for each event the trigger function that records it.
        tables: every table that is recorded.
    """

    log: str
    guard: str
    ahead: str
    functions: Mapping[str, str]
    tables: tuple[RecordedTable, ...]


def read_audit(tenant: Mapping[str, Any]) -> AuditDeclaration:
    """Read the declaration out of [tool.hephaitos].

    Raises:
        SettingsError: there is none, or it says too little, too much or something unknown.
    """
    entry = tenant.get("audit")
    wanted = {field.name for field in fields(AuditDeclaration)}
    if not isinstance(entry, Mapping) or set(entry) != wanted:
        found = sorted(entry) if isinstance(entry, Mapping) else []
        raise SettingsError(
            f"{_TABLE} in pyproject.toml has the wrong keys",
            detail=f"its keys are {', '.join(found) or 'none'}",
            hint=f"Give it exactly {', '.join(sorted(wanted))}.",
        )
    functions, tables = entry["functions"], entry["tables"]
    named = [*functions, *(event for events in tables.values() for event in events)]
    unknown = sorted(set(named) - set(EVENTS))
    without = sorted({event for events in tables.values() for event in events} - set(functions))
    if unknown or without or not tables:
        raise SettingsError(
            f"{_TABLE} in pyproject.toml does not add up",
            detail=f"unknown events: {', '.join(unknown) or 'none'}; "
            f"events without a function: {', '.join(without) or 'none'}; "
            f"tables: {len(tables)}",
            hint=f"Events are {', '.join(EVENTS)}; name a function for each that a table has.",
        )
    return AuditDeclaration(
        log=entry["log"],
        guard=entry["guard"],
        ahead=entry["ahead"],
        functions=dict(functions),
        tables=tuple(RecordedTable(name, tuple(events)) for name, events in tables.items()),
    )
