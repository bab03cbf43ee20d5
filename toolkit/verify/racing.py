"""The proof about races: whatever the order of steps, it ends as declared, and nothing is wrong.

Each order is tried twice: by the statements of clients, and by those inside the function, which
then has gates. Races of many have no order to choose; they all start at once.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial

import psycopg

from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.verify.calling import owner_of, written_call
from toolkit.verify.check import Check, Finding, judged
from toolkit.verify.declarations import Declarations
from toolkit.verify.gates import with_gates
from toolkit.verify.identity import assume
from toolkit.verify.interleaving import DONE, Director, Step, explore, introduce
from toolkit.verify.race import Call, Names, Race, Run
from toolkit.verify.subject import Function, read_function

# Beyond so many actors, orders are too many to try, and chance has to do.
_MOST_DIRECTED = 3
_MOST_ROUNDS = 400
_HINT = "Serialize the callers, or decide by a constraint, before anything is counted or written."


def prove_race(database: Database, declarations: Declarations, signature: str, race: Race) -> Check:
    """Prove that a race ends as declared.

    Args:
        database: a migrated scratch database of the proof's own; what is written stays.
        declarations: the tenant in names.
        signature: of the function that is raced for.
        race: who takes part, and how it may end.

    Returns:
        One finding for each wrong of the first order that goes wrong, with that order.
    """
    name = f"race {signature}: {race.name}"
    claim = "Whatever the order of steps, it ends as declared, and nothing is left wrong."
    with ExitStack() as stack:
        world = stack.enter_context(connect(database.url))
        actors = [stack.enter_context(connect(database.url)) for _ in race.actors]
        function = read_function(world, signature)
        table = _Table(declarations, function, race, world)
        if len(actors) > _MOST_DIRECTED:
            return judged(name, claim, table.rush(actors), f"{len(actors)} callers at once")
        monitor = stack.enter_context(connect(database.admin_url))
        director = stack.enter_context(Director(monitor, actors))
        for number, actor in enumerate(actors):
            introduce(actor, number)
        findings, outer = table.direct(director, 0)
        if findings:
            return judged(name, claim, findings)
        gates = stack.enter_context(_gates_inside(world, function))
        findings, inner = table.direct(director, gates)
    evidence = f"{outer} orders of statements, {inner} with those inside"
    return judged(name, claim, findings, evidence)


class _Table:
    """One race, and what it takes to play a round."""

    def __init__(
        self, declarations: Declarations, function: Function, race: Race, world: Connection
    ) -> None:
        self._declarations, self._function = declarations, function
        self._race, self._world = race, world
        self._wrongs: dict[str, str] = {}

    def direct(self, director: Director, gates: int) -> tuple[list[Finding], int]:
        """Play every order of steps, up to the first that goes wrong; return that, and how many."""
        self._wrongs = {}

        def play(choices: Sequence[int]) -> list[tuple[int, ...]]:
            names = self._race.setup(self._world)
            scripts = [self._script(actor, names) for actor in self._race.actors]
            if gates:
                # To begin is to touch nothing: with steps inside, it need not be one of its own.
                scripts = [[_both(begin, call), end] for begin, call, end in scripts]
            seen, outcomes = director.play(scripts, gates, choices)
            self._judge(names, outcomes, f"by the order {[options[0] for options in seen]}")
            return seen

        rounds = 0
        for _ in explore(play, _MOST_ROUNDS):
            rounds += 1
            if self._wrongs:
                break
        return self._findings(), rounds

    def rush(self, actors: Sequence[Connection]) -> list[Finding]:
        """Let everybody start at once."""
        names = self._race.setup(self._world)
        start = threading.Barrier(len(actors))

        def run(actor: Call | Run, connection: Connection) -> str:
            begin, *rest = self._script(actor, names)
            begin(connection)
            start.wait()
            outcome = DONE
            for step in rest[:-1]:
                outcome = _outcome(step, connection)
            last = _outcome(rest[-1], connection)
            return outcome if outcome != DONE else last

        with ThreadPoolExecutor(len(actors)) as pool:
            outcomes = list(pool.map(run, self._race.actors, actors))
        self._judge(names, outcomes, "all at once")
        return self._findings()

    def _script(self, actor: Call | Run, names: Names) -> list[Step]:
        if isinstance(actor, Run):
            return [_begin, partial(_execute, actor.statement.encode(), names), _end]
        arguments = {
            name: None if value is None else value.format_map(names) if _names(value) else value
            for name, value in actor.arguments.items()
        }
        query, values = written_call(self._function, arguments)
        owner = owner_of(self._declarations, self._function.signature, arguments)

        def begin(connection: Connection) -> None:
            _begin(connection)
            assume(connection, owner.role, owner.tenant)

        return [begin, partial(_execute, query, values), _end]

    def _judge(self, names: Names, outcomes: Sequence[str], order: str) -> None:
        ended = Counter(outcomes)
        if not any(ended == Counter(ending) for ending in self._race.endings):
            said = ", ".join(f"{count} {outcome}" for outcome, count in sorted(ended.items()))
            self._wrongs.setdefault(f"It ended with {said}", order)
        wrong = self._world.execute(self._race.wrong.encode(), dict(names)).fetchall()
        if wrong:
            self._wrongs.setdefault(f"It left {wrong[0]}", order)

    def _findings(self) -> list[Finding]:
        return [
            Finding(self._function.signature, f"{wrong}, {order}.", _HINT)
            for wrong, order in self._wrongs.items()
        ]


def _names(value: str) -> bool:
    return value.startswith("{") and value.endswith("}") and value[1:-1].isidentifier()


def _begin(connection: Connection) -> None:
    connection.execute("begin")


def _both(first: Step, second: Step) -> Step:
    def both(connection: Connection) -> None:
        first(connection)
        second(connection)

    return both


def _execute(
    query: bytes, values: Sequence[object] | Mapping[str, object], connection: Connection
) -> None:
    connection.execute(query, values)


def _end(connection: Connection) -> None:
    # After an error this rolls back.
    connection.execute("commit")


def _outcome(step: Step, connection: Connection) -> str:
    try:
        step(connection)
    except psycopg.Error as error:
        if error.sqlstate is None:
            raise
        return error.sqlstate
    return DONE


@contextmanager
def _gates_inside(connection: Connection, function: Function) -> Iterator[int]:
    """Give a function gates, yield how many, and take them out again."""
    row = connection.execute(
        "select pg_catalog.pg_get_functiondef(%s::oid)", [function.oid]
    ).fetchone()
    assert row is not None  # a select of one value always answers
    definition, gates = with_gates(row[0])
    connection.execute(definition.encode())
    try:
        yield gates
    finally:
        connection.execute(row[0].encode())
