"""Mentions: names in bodies that PostgreSQL keeps as text and knows no needs of.

Pure. A mention may be a coincidence, so it only ever asks for an order, never for a rebuild.
"""

import re
from collections.abc import Iterator, Mapping

from toolkit.catalog import ROUTINES, Fact, Identity, Kind
from toolkit.plan.signature import is_tracked

_WORD = re.compile(r'"((?:[^"]|"")*)"|([A-Za-z_][\w$]*)')
# What stands before it is the routine's own name, parameters and attributes.
_BODY = re.compile(r"^AS ", re.MULTILINE)
_NAMED = ROUTINES | {Kind.VIEW, Kind.MATERIALIZED_VIEW}


class Mentions:
    """Which of some objects a routine's text names.

    Args:
        identities: n objects; only routines and views can be named.
    """

    def __init__(self, identities: Mapping[Identity, object]) -> None:
        self._by_name: dict[str, list[Identity]] = {}
        for identity in identities:
            if identity.kind in _NAMED:
                self._by_name.setdefault(identity.name, []).append(identity)

    def of(self, fact: Fact | None) -> Iterator[Identity]:
        """Yield the objects whose name stands in a routine's untracked body. O(characters)."""
        if fact is None or not is_text(fact) or not self._by_name:
            return
        body = _BODY.split(fact.text("definition"), maxsplit=1)[-1]
        for word in sorted({*_words(body)} & self._by_name.keys()):
            for identity in self._by_name[word]:
                if identity != fact.identity:
                    yield identity


def is_text(fact: Fact) -> bool:
    """Tell whether an object is a routine whose body is text."""
    return fact.identity.kind in (Kind.FUNCTION, Kind.PROCEDURE) and not is_tracked(fact)


def _words(text: str) -> Iterator[str]:
    for quoted, plain in _WORD.findall(text):
        yield quoted.replace('""', '"') if quoted else plain.lower()
