"""The catalogs of a database as facts: plain values that compare, hash and can be written down."""

from toolkit.catalog.facts import (
    GRANTS_TO,
    MIGRATOR,
    PREREQUISITES,
    ROUTINES,
    Fact,
    Facts,
    Identity,
    Kind,
    Origin,
    Value,
)
from toolkit.catalog.reader import BlindReader, read_facts
from toolkit.catalog.scope import RuntimeFamily, Scope
from toolkit.catalog.snapshots import SnapshotMissing, Snapshots, SnapshotTampered

__all__ = [
    "GRANTS_TO",
    "MIGRATOR",
    "PREREQUISITES",
    "ROUTINES",
    "BlindReader",
    "Fact",
    "Facts",
    "Identity",
    "Kind",
    "Origin",
    "RuntimeFamily",
    "Scope",
    "SnapshotMissing",
    "SnapshotTampered",
    "Snapshots",
    "Value",
    "read_facts",
]
