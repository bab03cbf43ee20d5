"""Findings: every difference with the SQL that takes it away.

Pure: the facts are read by whoever asks.
"""

from dataclasses import dataclass

from toolkit.catalog import Facts, Identity, Kind
from toolkit.catalog.comparison import Change, Difference, compare
from toolkit.catalog.ddl import Change as Alteration
from toolkit.catalog.ddl import Passage, Unwritable, alter, create_whole, remove

_RANK = {kind: rank for rank, kind in enumerate(Kind)}
# What is too much goes first, then what is missing comes, then attributes change.
_TURNS = {Change.EXTRA: 0, Change.MISSING: 1, Change.CHANGED: 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference and its cure.

    Args:
        difference: what differs.
        statements: SQL that restores what is expected, without semicolons; empty when none does.
        reason: why there is no SQL; empty when there is.
    """

    difference: Difference
    statements: tuple[str, ...] = ()
    reason: str = ""

    @property
    def what(self) -> str:
        """The object, as a person calls it."""
        return str(self.difference.identity)

    @property
    def attribute(self) -> str:
        """The attribute, as a person calls it; empty when it is about the whole object."""
        family, space, name = self.difference.attribute.rpartition(" ")
        # What follows a space is somebody's name: a role, an option, a setting.
        return family + space + (name if family else name.replace("_", " "))


def find_drift(expected: Facts, found: Facts) -> tuple[Finding, ...]:
    """Compare two sides and say how to get back from the second to the first.

    Args:
        expected: what the database's own revision says; n facts.
        found: what the database holds; m facts.

    Returns:
        One finding a difference, in an order in which their SQL can be run: what is too much goes
        first, then what is missing comes, then attributes change. Time O((n + m) log (n + m)).
    """
    passage = Passage(present=found, wanted=expected)
    return tuple(_cured(one, passage) for one in sorted(compare(expected, found), key=_turn))


def _turn(difference: Difference) -> tuple[int, int, Identity, str]:
    rank = _RANK[difference.identity.kind]
    turn = _TURNS[difference.change]
    name = difference.identity, difference.attribute
    return turn, -rank if difference.change is Change.EXTRA else rank, *name


def _cured(difference: Difference, passage: Passage) -> Finding:
    try:
        return Finding(difference, _statements(difference, passage))
    except Unwritable as reason:
        return Finding(difference, reason=str(reason))


def _statements(difference: Difference, passage: Passage) -> tuple[str, ...]:
    identity = difference.identity
    match difference.change:
        case Change.EXTRA:
            return remove(passage.present.by_identity[identity], passage)
        case Change.MISSING:
            return create_whole(passage.wanted.by_identity[identity], passage)
    wanted, present = passage.wanted.by_identity[identity], passage.present.by_identity[identity]
    return alter(Alteration(difference.attribute, wanted, present, passage))
