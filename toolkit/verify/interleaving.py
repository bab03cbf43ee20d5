"""Every order in which actors can take their steps, each tried on a real server.

A step is one statement: of the client, or inside a function with gates. Whoever waits for another's
lock has no step to take until that one lets go.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Self

import psycopg

from toolkit.connect import Connection
from toolkit.verify.gates import ACTOR_SETTING, GATE_CLASS, STRIDE

DONE = "done"
Step = Callable[[Connection], object]

_GATE = """
    select pg_locks.objid::bigint
    from pg_catalog.pg_locks
    where
        pg_locks.pid = %s
        and not pg_locks.granted
        and pg_locks.locktype = 'advisory'
        and pg_locks.classid = %s
"""
# By another actor: whoever waits for anybody else will not wait for long.
_BLOCKED = "select pg_catalog.pg_blocking_pids(%s) && %s::integer[]"


@dataclass(slots=True)
class _Actor:
    """One actor in the middle of a round."""

    number: int
    connection: Connection
    steps: list[Step]
    running: Future[object] | None = None
    gate: int | None = None
    outcome: str = DONE


def explore(
    play: Callable[[Sequence[int]], list[tuple[int, ...]]], most: int
) -> Iterator[tuple[int, ...]]:
    """Play every order of steps, each once.

    Args:
        play: plays one round: takes the given choices first, then always the first actor who can
            go on; returns who could have gone on at each choice, the one who did first.
        most: rounds at most; beyond that it is an error to go on.

    Yields:
        The choices of each round.

    Raises:
        RuntimeError: there are more.
    """
    waiting: list[tuple[int, ...]] = [()]
    rounds = 0
    while waiting:
        prefix = waiting.pop()
        rounds += 1
        if rounds > most:
            raise RuntimeError(f"more than {most} orders of steps")
        seen = play(prefix)
        taken = tuple(options[0] for options in seen)
        yield taken
        for place in range(len(prefix), len(seen)):
            waiting += [(*taken[:place], other) for other in seen[place][1:]]


class Director:
    """Leads actors through one round after the other.

    Args:
        monitor: a connection of its own that may see everybody's locks.
        connections: one an actor, in autocommit.
    """

    def __init__(self, monitor: Connection, connections: Sequence[Connection]) -> None:
        self._monitor = monitor
        self._connections = connections
        self._processes = [connection.info.backend_pid for connection in connections]
        self._pool = ThreadPoolExecutor(len(connections))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def play(
        self, scripts: Sequence[Sequence[Step]], gates: int, choices: Sequence[int]
    ) -> tuple[list[tuple[int, ...]], list[str]]:
        """Play one round.

        Args:
            scripts: the steps of each actor; a step that fails ends the script but for its last.
            gates: how many gates there are inside.
            choices: who goes on, as far as that is given.

        Returns:
            For each choice who could have gone on, the one who did first; and how each actor ended.
        """
        actors = [
            _Actor(number, connection, list(steps))
            for number, (connection, steps) in enumerate(
                zip(self._connections, scripts, strict=True)
            )
        ]
        with ExitStack() as stack:
            self._shut(actors, gates, stack)
            seen: list[tuple[int, ...]] = []
            while ready := self._ready(actors):
                wished = choices[len(seen)] if len(seen) < len(choices) else ready[0]
                if wished not in ready:  # of a deadlock, not always the same one is the victim
                    wished = ready[0]
                seen.append((wished, *(one for one in ready if one != wished)))
                self._go_on(actors[wished])
        return seen, [actor.outcome for actor in actors]

    def _shut(self, actors: list[_Actor], gates: int, stack: ExitStack) -> None:
        for actor in actors:
            for gate in range(gates):
                self._monitor.execute(
                    "select pg_advisory_lock(%s, %s)", [GATE_CLASS, actor.number * STRIDE + gate]
                )
        stack.callback(self._monitor.execute, "select pg_advisory_unlock_all()")

    def _ready(self, actors: list[_Actor]) -> list[int]:
        """Return who can take a step, once everybody has come to a stop."""
        while True:
            for actor in actors:
                self._settle(actor)
            ready = [one.number for one in actors if self._can_go_on(one)]
            if ready or all(one.running is None for one in actors):
                return ready
            # Everybody waits for somebody: PostgreSQL will choose a victim.

    def _can_go_on(self, actor: _Actor) -> bool:
        return actor.gate is not None or (actor.running is None and bool(actor.steps))

    def _settle(self, actor: _Actor) -> None:
        """Wait until an actor has finished its step, or waits at a gate or for another's lock."""
        while actor.running is not None and actor.gate is None:
            if actor.running.done():
                self._finish(actor)
                return
            process = actor.connection.info.backend_pid
            gate = self._monitor.execute(_GATE, [process, GATE_CLASS]).fetchone()
            if gate is not None:
                actor.gate = int(gate[0])
            elif self._monitor.execute(_BLOCKED, [process, self._processes]).fetchone() == (True,):
                return

    def _finish(self, actor: _Actor) -> None:
        assert actor.running is not None  # only called for whoever runs
        error = actor.running.exception()
        actor.running = None
        if isinstance(error, psycopg.Error) and error.sqlstate is not None:
            actor.outcome = error.sqlstate
            actor.steps = actor.steps[-1:]
        elif error is not None:
            raise error

    def _go_on(self, actor: _Actor) -> None:
        if actor.gate is not None:
            gate, actor.gate = actor.gate, None
            self._monitor.execute("select pg_advisory_unlock(%s, %s)", [GATE_CLASS, gate])
            return
        step = actor.steps.pop(0)
        actor.running = self._pool.submit(step, actor.connection)


def introduce(connection: Connection, number: int) -> None:
    """Tell a session which actor it is."""
    connection.execute("select pg_catalog.set_config(%s, %s, false)", [ACTOR_SETTING, str(number)])
