"""The proof of equal answers: a function says what its oracle says, on data made to find a gap.

What only reads is asked twice: as it is planned, and with another plan.

The oracle is as naive as can be: it reads the tables, row by row, and knows no shortcut.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import psycopg

from toolkit.connect import Connection
from toolkit.verify.calling import acting_as, owner_of, written_call
from toolkit.verify.check import Check, Finding, judged
from toolkit.verify.declarations import Declarations
from toolkit.verify.matrix import Answer, Caller
from toolkit.verify.promise import Promise, Worlds
from toolkit.verify.replanning import planned_otherwise
from toolkit.verify.subject import Arguments, Function, Unprovable, read_function, read_rows

EXAMPLES = 25
_MOST_REQUESTS = 6
# As jsonb, in which json that says the same is the same.
_SHOWN = "pg_catalog.to_jsonb(row(whole_answer.*))"
_HINT = "Correct whichever is wrong: the function, or the oracle that says what it promises."


class _Different(AssertionError):
    """A function and its oracle disagree."""


@dataclass(slots=True)
class _Tally:
    """How much was compared."""

    answers: int = 0
    rows: int = 0


def prove_equal(
    connection: Connection,
    declarations: Declarations,
    promise: Promise,
    worlds: Worlds,
    *,
    examples: int = EXAMPLES,
    smallest: bool = True,
) -> Check:
    """Prove that a function answers as its oracle does, in every world that is tried.

    Args:
        connection: in or outside a transaction, as a role that may become the API's and is past
            every policy. All that is written is rolled back.
        declarations: the tenant in names.
        promise: of the function.
        worlds: data to try it on.
        examples: how many worlds.
        smallest: bring a disagreement down to a small world; that takes a while.

    Returns:
        Skipped when no world has anything to ask for.
    """
    name = f"equality {promise.function}"
    claim = f"{promise.function} answers what its oracle does, row by row and in order."
    tally = _Tally()
    try:
        function = read_function(connection, promise.function)
        compare = _comparison(connection, declarations, promise, function, tally)
        _requests(connection, promise)
        _try(connection, compare, worlds, examples, smallest=smallest)
    except Unprovable as error:
        return judged(name, claim, [Finding(promise.function, error.detail, error.hint)])
    except _Different as error:
        return judged(name, claim, [Finding(promise.function, str(error), _HINT)])
    if not tally.rows:
        return Check(name, claim, skipped="no world has anything to ask for")
    evidence = f"{tally.answers} answers, {tally.rows} rows, {examples} worlds"
    return judged(name, claim, [], evidence)


def _comparison(
    connection: Connection,
    declarations: Declarations,
    promise: Promise,
    function: Function,
    tally: _Tally,
) -> Callable[[], None]:
    """Return what compares all answers in the world at hand."""

    def compare() -> None:
        for arguments in _requests(connection, promise):
            for caller in _callers(declarations, promise, arguments):
                tally.answers += 1
                tally.rows += _compare(connection, promise, function, caller, arguments)

    return compare


def _try(
    connection: Connection,
    compare: Callable[[], None],
    worlds: Worlds,
    examples: int,
    *,
    smallest: bool,
) -> None:
    # Only here: whoever verifies nothing but a target need not have it.
    from hypothesis import HealthCheck, Phase, given, settings

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        report_multiple_bugs=False,
        print_blob=False,
        phases=[Phase.generate, Phase.shrink] if smallest else [Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(worlds.strategy)
    def try_world(world: Any) -> None:
        with connection.transaction(force_rollback=True):
            worlds.populate(connection, world)
            compare()

    try_world()


def _requests(connection: Connection, promise: Promise) -> Iterator[Arguments]:
    rows = read_rows(connection, promise.requests, "requests")
    some = Random(len(rows)).sample(rows, min(len(rows), _MOST_REQUESTS))
    return ({name: value.text for name, value in row.items()} for row in some)


def _callers(
    declarations: Declarations, promise: Promise, arguments: Arguments
) -> tuple[Caller, ...]:
    """Return who may ask: whoever it is about, and a service, from whom no policy hides a row."""
    service = Caller("a service", declarations.service_role, is_service=True)
    owner = owner_of(declarations, promise.function, arguments)
    return (service,) if owner.is_service else (owner, service)


def _compare(
    connection: Connection,
    promise: Promise,
    function: Function,
    caller: Caller,
    arguments: Arguments,
) -> int:
    """Compare one answer with the oracle's, and return how many rows both have."""
    refusal = _refusal(connection, promise, arguments)
    with acting_as(connection, caller):
        answer = _answer(connection, function, arguments)
        if refusal is not None or answer.sqlstate is not None:
            if answer.sqlstate != refusal:
                due = f"{refusal} is due" if refusal else "an answer is due"
                said = f"it {answer.describe()}, where {due}"
                raise _Different(f"Asked by {caller.kind} for {arguments}, {said}.")
            return 0
        answers = {"": answer.rows}
        if not function.is_volatile:
            with planned_otherwise(connection):
                answers[" with another plan"] = _answer(connection, function, arguments).rows
        connection.execute("select pg_catalog.set_config('role', 'none', true)")
        expected = _rows(connection, promise.oracle, arguments)
    for how, rows in answers.items():
        if rows != expected:
            said = _difference(rows, expected)
            raise _Different(f"Asked by {caller.kind} for {arguments}{how}, {said}.")
    return len(expected)


def _answer(connection: Connection, function: Function, arguments: Arguments) -> Answer:
    """Call a function; what it writes stays for the oracle to see."""
    query, values = written_call(function, arguments, _SHOWN)
    try:
        with connection.transaction():
            rows = connection.execute(query, values).fetchall()
    except psycopg.Error as error:
        if error.sqlstate is None:
            raise
        return Answer(sqlstate=error.sqlstate, words=str(error))
    return Answer(rows=tuple(str(row) for (row,) in rows))


def _refusal(connection: Connection, promise: Promise, arguments: Arguments) -> str | None:
    if promise.refusal is None:
        return None
    row = connection.execute(promise.refusal.encode(), arguments).fetchone()
    return None if row is None or row[0] is None else str(row[0])


def _rows(connection: Connection, query: str, arguments: Arguments) -> tuple[str, ...]:
    whole = f"select ({_SHOWN})::text from ({query}) as whole_answer"
    return tuple(str(row) for (row,) in connection.execute(whole.encode(), arguments))


def _difference(found: tuple[str, ...], expected: tuple[str, ...]) -> str:
    if sorted(found) == sorted(expected):
        return f"it answers in another order: {found}, not {expected}"
    only_found = [row for row in found if row not in expected]
    only_expected = [row for row in expected if row not in found]
    return f"it alone says {only_found}, its oracle alone {only_expected}"
