"""Two answers side by side: what they share has to be the same.

Pure. Answers are documents of JSON; numbers are exact, and 1.50 is 1.5.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

Document = object


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call gave.

    Args:
        rows: a document each, in order; a function that returns one value gives one row.
        sqlstate: of the error; None when there was none.
        message: of the error.
    """

    rows: tuple[Document, ...] = ()
    sqlstate: str | None = None
    message: str = ""

    def describe(self) -> str:
        """Say it in a few words."""
        if self.sqlstate is not None:
            return f"{self.sqlstate} {self.message}"
        return f"{len(self.rows):,} row{'' if len(self.rows) == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Fields:
    """Which fields of rows only one of two versions has.

    Args:
        lost: only the old one.
        gained: only the new one.
    """

    lost: frozenset[str] = frozenset()
    gained: frozenset[str] = frozenset()


def find_difference(old: Answer, new: Answer, ignore: frozenset[str]) -> str | None:
    """Say where two answers differ first; None when they do not.

    Args:
        old: n rows.
        new: m rows.
        ignore: names of fields that may differ, wherever they stand.

    Fields that only one of them has are no difference: see `compare_fields`. O(n + m) times the
    size of a row.
    """
    if old.sqlstate is not None or new.sqlstate is not None:
        same = (old.sqlstate, old.message) == (new.sqlstate, new.message)
        return None if same else f"{old.describe()}, then {new.describe()}"
    absent = object()
    for number, (mine, other) in enumerate(
        zip_longest(old.rows, new.rows, fillvalue=absent), start=1
    ):
        if mine is absent or other is absent:
            return f"{old.describe()}, then {new.describe()}"
        found = next(_differences(mine, other, ignore), None)
        if found is not None:
            return f"row {number}, {found}" if len(old.rows) > 1 else found
    return None


def compare_fields(old: Answer, new: Answer) -> Fields:
    """Return the fields of the first rows that only one side has."""
    if not (old.rows and new.rows):
        return Fields()
    mine, other = old.rows[0], new.rows[0]
    if not (isinstance(mine, Mapping) and isinstance(other, Mapping)):
        return Fields()
    return Fields(frozenset(mine.keys() - other.keys()), frozenset(other.keys() - mine.keys()))


def _differences(
    mine: Document, other: Document, ignore: frozenset[str], path: str = ""
) -> Iterator[str]:
    if isinstance(mine, Mapping) and isinstance(other, Mapping):
        for name in mine:
            if name in other and name not in ignore:
                yield from _differences(mine[name], other[name], ignore, f"{path}{name}.")
    elif _is_list(mine) and _is_list(other):
        where = path.rstrip(".") or "the answer"
        if len(mine) != len(other):  # type: ignore[arg-type]  # _is_list said so
            yield f"{where}: {len(mine)} entries, then {len(other)}"  # type: ignore[arg-type]
            return
        for place, (one, another) in enumerate(zip(mine, other, strict=True)):  # type: ignore[call-overload]
            yield from _differences(one, another, ignore, f"{path.rstrip('.')}[{place}].")
    elif type(mine) is bool or type(other) is bool:
        if mine is not other:
            yield _said(path, mine, other)
    elif mine != other:
        yield _said(path, mine, other)


def _said(path: str, mine: Document, other: Document) -> str:
    return f"{path.rstrip('.') or 'the answer'}: {_shown(mine)}, then {_shown(other)}"


def _is_list(document: Document) -> bool:
    return isinstance(document, Sequence) and not isinstance(document, str)


def _shown(document: Document) -> str:
    text = "null" if document is None else str(document)
    return text if len(text) <= 60 else f"{text[:57]}..."
