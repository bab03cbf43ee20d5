"""Shells: objects that keep their place and their shape while what their body uses is rebuilt.

Pure. Whoever depends on a shell notices nothing: owner, privileges, comment and columns stay.
"""

import re

from toolkit.catalog import Fact, Kind
from toolkit.catalog.ddl import alter_relation, target, words
from toolkit.catalog.names import quoted

_NAMED = re.compile(r'("(?:[^"]|"")*"|\S+) (.+)', re.DOTALL)
_REFUSAL = "begin raise exception 'this is being replaced'; end"


def shell(fact: Fact) -> str:
    """Return the statement that takes an object's body and leaves all else.

    A view shows no rows, a policy lets nobody pass and a routine refuses to run, should anybody
    meet them before they have their body back.
    """
    match fact.identity.kind:
        case Kind.VIEW:
            return _view(fact)
        case Kind.POLICY:
            return _policy(fact)
        case Kind.COLUMN | Kind.DOMAIN:
            return f"{_defaulted(fact)} drop default"
    return _routine(fact)


def default_again(fact: Fact) -> str:
    """Return the statement that gives a column or domain its default back."""
    return f"{_defaulted(fact)} set default {fact.text('default')}"


def _view(fact: Fact) -> str:
    entries = []
    for column in words(fact, "columns"):
        found = _NAMED.match(column)
        assert found is not None  # a column has a name and a type
        entries.append(f"    null::{found[2]} as {found[1]}")
    listed = ",\n".join(entries)
    return f"create or replace view {fact.identity.address} as\nselect\n{listed}\nwhere false"


def _routine(fact: Fact) -> str:
    returns = f"\nreturns {fact.text('returns')}" if fact.text("returns") else ""
    name = fact.identity.address.removesuffix(f"({fact.identity.part})")
    return (
        f"create or replace {fact.identity.kind} {name}({fact.text('arguments')}){returns}\n"
        f"language plpgsql\nas $shell${_REFUSAL}$shell$"
    )


def _policy(fact: Fact) -> str:
    clauses = [
        clause
        for attribute, clause in (("using", "using (false)"), ("with_check", "with check (false)"))
        if fact.get(attribute) is not None
    ]
    return f"alter {target(fact)} {' '.join(clauses)}"


def _defaulted(fact: Fact) -> str:
    if fact.identity.kind is Kind.DOMAIN:
        return f"alter {target(fact)}"
    # ONLY: partitions and heirs have defaults of their own.
    head = alter_relation(fact).replace("alter table", "alter table only", 1)
    return f"{head} alter column {quoted(fact.identity.part)}"
