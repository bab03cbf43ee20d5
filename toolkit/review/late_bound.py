"""The guard over late-bound names: what bodies use and no catalog knows that they do.

Pure. PostgreSQL refuses to drop what a view uses; what a body uses it drops, and the next call
fails.
"""

import re
from collections.abc import Iterable, Iterator

from toolkit.bodies import Complaint
from toolkit.catalog import ROUTINES, Fact, Facts, Identity, Kind
from toolkit.plan.mentions import is_text
from toolkit.review.packet import LateBound

_RELATIONS = frozenset({Kind.TABLE, Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.SEQUENCE})
_TYPES = frozenset({Kind.TYPE, Kind.DOMAIN}) | _RELATIONS
# What a message of PostgreSQL is about, by the words it is about it with.
_ABOUT = (
    (re.compile(r"\bcolumn\b|\bfield\b"), frozenset({Kind.COLUMN})),
    (re.compile(r"\brelation\b"), _RELATIONS),
    (re.compile(r"\bfunction\b|\bprocedure\b"), ROUTINES),
    (re.compile(r"\btype\b|\bschema\b"), _TYPES),
)
_BODY = re.compile(r"^AS \$\w*\$", re.MULTILINE)


def judge_complaints(
    complaints: Iterable[Complaint], before: Facts, after: Facts
) -> tuple[LateBound, ...]:
    """Say which bodies break and what took their names away.

    Args:
        complaints: what fails after a revision and did not before.
        before: the facts before.
        after: the facts after.
    """
    lost = _lost(before, after)
    return tuple(
        LateBound(one.function, one.line, one.message, _cause(one, lost)) for one in complaints
    )


def suspected(before: Facts, after: Facts) -> Iterator[str]:
    """Yield the lines of bodies that mention what went, where nobody can look closer.

    A mention may be a coincidence, or another column of that name. O(bytes of bodies).
    """
    lost = [
        one for one in _lost(before, after) if one.kind in {Kind.COLUMN, *_RELATIONS, *ROUTINES}
    ]
    for fact in after.own.values() if lost else ():
        if is_text(fact):
            for identity in lost:
                yield from _mentions(fact, identity)


def _lost(before: Facts, after: Facts) -> tuple[Identity, ...]:
    return tuple(identity for identity in before.own if after.get(identity) is None)


def _cause(complaint: Complaint, lost: tuple[Identity, ...]) -> str:
    for words, kinds in _ABOUT:
        if not words.search(complaint.message):
            continue
        named = [
            one
            for one in lost
            if one.kind in kinds and _has_word(complaint.message, _own_name(one))
        ]
        if named:
            closest = [one for one in named if _has_word(complaint.query, one.name)]
            return str((closest or named)[0])
    return ""


def _mentions(fact: Fact, identity: Identity) -> Iterator[str]:
    definition = fact.text("definition")
    begin = _BODY.search(definition)
    body = definition[begin.end() :] if begin else definition
    is_column = identity.kind is Kind.COLUMN
    if is_column and not (fact.text("returns") == "trigger" or _has_word(body, identity.name)):
        return
    for number, line in enumerate(body.splitlines(), start=1):
        if _has_word(line, _own_name(identity)):
            yield f"{fact.identity} line {number} mentions {identity}: {line.strip()}"


def _own_name(identity: Identity) -> str:
    return identity.part if identity.kind is Kind.COLUMN else identity.name


def _has_word(text: str, word: str) -> bool:
    return re.search(rf"(?<![\w$]){re.escape(word)}(?![\w$])", text) is not None
