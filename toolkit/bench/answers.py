"""Equal answers: a variant that says something else is not measured.

Pure: answers arrive as rows.
"""

from collections.abc import Sequence
from itertools import zip_longest

from toolkit.bench.workload import Row
from toolkit.errors import ToolkitError


class DifferentAnswers(ToolkitError):
    """Two variants of a workload do not give the same rows in the same order."""


def refuse_difference(
    name: str,
    answer: Sequence[Row],
    *,
    expected_of: str,
    expected: Sequence[Row],
    columns: tuple[str, ...],
    subject: str,
) -> None:
    """Compare an answer with the baseline's, row by row and in order.

    Args:
        name: the variant that gave `answer`, n rows.
        answer: its rows, one value for each of `columns`.
        expected_of: the variant that gave `expected`, m rows.
        expected: the rows to find.
        columns: names for the error.
        subject: what was asked for, like "100 orders".

    Raises:
        DifferentAnswers: naming the variant and the first row that differs. O(n + m).
    """
    for number, (found, wanted) in enumerate(zip_longest(answer, expected), start=1):
        if found is None or wanted is None or tuple(found) != tuple(wanted):
            raise DifferentAnswers(
                f"variant {name} answers otherwise than {expected_of}",
                detail=f"{subject}, row {number}: "
                + _difference(found, wanted, expected_of=expected_of, columns=columns),
                hint=f"Correct the variant {name}: only equal answers are worth comparing.",
            )


def _difference(
    found: Row | None, wanted: Row | None, *, expected_of: str, columns: tuple[str, ...]
) -> str:
    if found is None:
        return f"missing, {expected_of} has {wanted}"
    if wanted is None:
        return f"{expected_of} has no such row: {found}"
    if len(found) != len(wanted):
        return f"{len(found)} columns, {expected_of} has {len(wanted)}"
    column, mine, theirs = next(
        (column, mine, theirs)
        for column, mine, theirs in zip(columns, found, wanted, strict=True)
        if mine != theirs
    )
    return f"{column} is {mine!r}, {expected_of} has {theirs!r}"
