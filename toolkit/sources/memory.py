"""Memory: the facts that a scratch database had before it was undressed, kept in itself.

Reading facts takes longer in a fresh clone than everything else about it.
"""

import json
from dataclasses import dataclass
from typing import Any

from toolkit.catalog import Fact, Facts, Identity, Kind, Origin
from toolkit.connect import Connection

_MADE = """
    create schema if not exists hephaitos;
    create table hephaitos.before (
        fingerprint text not null, kept text not null, facts text not null
    );
"""


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of a database.

    Args:
        fingerprint: of its facts: most often all that anybody asks for.
        kept: what was left when it was undressed.
    """

    fingerprint: str
    kept: frozenset[Identity]


def remember(admin: Connection, before: Facts, kept: frozenset[Identity]) -> None:
    """Write down the facts of a database. O(bytes)."""
    document = {
        "major": before.major,
        "migrator": before.migrator,
        "blind": before.blind,
        "facts": [
            [fact.identity, fact.attributes, fact.origin, fact.parent, fact.needs]
            for fact in before
        ],
    }
    admin.execute(_MADE.encode())
    admin.execute(
        "insert into hephaitos.before values (%s, %s, %s)",
        [before.fingerprint, json.dumps(sorted(kept)), json.dumps(document)],
    )


def recall(admin: Connection) -> Memory:
    """Read the part of what `remember` wrote that is short."""
    row = admin.execute("select fingerprint, kept from hephaitos.before").fetchone()
    assert row is not None  # remember wrote one
    return Memory(row[0], frozenset(_identity(one) for one in json.loads(row[1])))


def recall_facts(admin: Connection) -> Facts:
    """Read all facts that `remember` wrote. O(bytes)."""
    row = admin.execute("select facts from hephaitos.before").fetchone()
    assert row is not None  # remember wrote one
    document = json.loads(row[0])
    return Facts.of(
        document["major"],
        (_fact(*entry) for entry in document["facts"]),
        migrator=document["migrator"],
        blind=tuple(document["blind"]),
    )


def _fact(
    identity: list[str],
    attributes: list[list[Any]],
    origin: str,
    parent: list[str] | None,
    needs: list[list[str]],
) -> Fact:
    return Fact(
        _identity(identity),
        tuple(
            (name, tuple(value) if isinstance(value, list) else value) for name, value in attributes
        ),
        Origin(origin),
        None if parent is None else _identity(parent),
        tuple(_identity(need) for need in needs),
    )


def _identity(entry: list[str]) -> Identity:
    kind, schema, name, part = entry
    return Identity(Kind(kind), schema, name, part)
