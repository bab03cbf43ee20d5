"""What is measured: three comparisons, each within one run and interleaved where it can be."""

import random
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from psycopg import sql

from benchmarks.engine import plain, rival
from benchmarks.engine.crowd import LARGE, SMALL, Crowd, populate
from toolkit.bench.result import Timing
from toolkit.bench.timing import Pace, summarise, time_together
from toolkit.catalog import Facts, read_facts
from toolkit.clones import Database, clone, drop, maintenance
from toolkit.connect import Connection, connect
from toolkit.drift import find_drift
from toolkit.server import Server
from toolkit.server.model import MIGRATOR, PRISTINE_TEMPLATE

PACE = Pace(budget_s=6.0, least=10, most=30, warm_up_s=0.5)
RIVAL_RUNS = 3
CLONES = 15


@dataclass(frozen=True, slots=True)
class Reading:
    """Reading facts of one crowd beside the same bytes by plain queries.

    Args:
        crowd: what was there.
        facts: how many facts were read.
        statements: sent for them, transaction control included.
        ours: reading, and making facts of it.
        comparing: ours, and comparing it with what was read before.
        plain: fetching the definitions and attributes by plain queries.
        our_bytes: received by us, and
        plain_bytes: received by them.
    """

    crowd: Crowd
    facts: int
    statements: int
    ours: Timing
    comparing: Timing
    plain: Timing
    our_bytes: int
    plain_bytes: int


@dataclass(frozen=True, slots=True)
class Cloning:
    """A clone for a test beside the bare statement, with our strategy and with the default."""

    ours: Timing
    bare: Timing
    default: Timing


@dataclass(frozen=True, slots=True)
class Report:
    """Everything of one run."""

    server: str
    small: Reading
    large: Reading
    rival: tuple[rival.RivalRun, ...]
    cloning: Cloning


def measure(server: Server, state_folder: Path, step: Callable[[str], None]) -> Report:
    """Run everything. Two to three minutes, most of them the rival's."""
    python = rival.install(state_folder)
    with ExitStack() as stack:
        # Nothing but the crowd: what else a database holds is nobody's merit.
        small = stack.enter_context(clone(server, "template0"))
        large = stack.enter_context(clone(server, "template0"))
        for database, crowd in ((small, SMALL), (large, LARGE)):
            step(f"making {crowd}")
            with connect(database.url) as connection:
                populate(connection, crowd)
                connection.execute("analyze")
        step(f"reading {SMALL}")
        small_reading = _read(small, SMALL)
        step(f"comparing {SMALL} with alembic_utils, {RIVAL_RUNS} times")
        runs = tuple(rival.compare(python, small.url, SMALL.functions) for _ in range(RIVAL_RUNS))
        step(f"reading {LARGE}")
        large_reading = _read(large, LARGE)
    step("cloning")
    cloning = _clone(server)
    return Report(f"PostgreSQL {server.version}, {server.kind}", small_reading, large_reading,
                  runs, cloning)  # fmt: skip


def _read(database: Database, crowd: Crowd) -> Reading:
    with connect(database.url) as connection:
        before = read_facts(connection)
        timings = time_together(
            {
                "ours": lambda: read_facts(connection),
                "comparing": lambda: _compare(connection, before),
                "plain": lambda: plain.fetch(connection),
            },
            PACE,
            stage="reading",
            progress=_silent,
        )
        statements, our_bytes = _wire(connection, lambda: read_facts(connection))
        _, plain_bytes = _wire(connection, lambda: plain.fetch(connection))
        return Reading(
            crowd=crowd,
            facts=len(before),
            statements=statements,
            ours=timings["ours"],
            comparing=timings["comparing"],
            plain=timings["plain"],
            our_bytes=our_bytes,
            plain_bytes=plain_bytes,
        )


def _compare(connection: Connection, before: Facts) -> None:
    findings = find_drift(before, read_facts(connection))
    assert findings == ()


def _wire(connection: Connection, call: Callable[[], object]) -> tuple[int, int]:
    """Return how many statements a call sends and how many bytes it receives."""
    with tempfile.TemporaryFile("w+b") as wire:
        connection.pgconn.trace(wire.fileno())
        call()
        connection.pgconn.untrace()
        wire.seek(0)
        messages = [line.split("\t") for line in wire.read().decode(errors="replace").splitlines()]
    fields = [message[1:4] for message in messages if len(message) > 3]
    statements = sum(1 for one in fields if one[0] == "F" and one[2] in ("Query", "Parse"))
    return statements, sum(int(size) for source, size, _ in fields if source == "B")


def _clone(server: Server) -> Cloning:
    with maintenance(server) as admin:
        makers: dict[str, Callable[[], float]] = {
            "ours": lambda: _time_clone(server, admin),
            "bare": lambda: _time_bare(server, admin, "file_copy"),
            "default": lambda: _time_bare(server, admin, "wal_log"),
        }
        samples: dict[str, list[float]] = {name: [] for name in makers}
        chance = random.Random(0)
        for _ in range(CLONES + 1):
            for name in chance.sample(sorted(makers), len(makers)):
                samples[name].append(makers[name]())
    # The first of each is warmer for those behind it than for itself.
    ours, bare, default = (summarise(samples[name][1:]) for name in ("ours", "bare", "default"))
    return Cloning(ours=ours, bare=bare, default=default)


def _time_clone(server: Server, admin: Connection) -> float:
    with ExitStack() as stack:
        began = time.perf_counter()
        stack.enter_context(clone(server, PRISTINE_TEMPLATE, admin=admin))
        return (time.perf_counter() - began) * 1_000


def _time_bare(server: Server, admin: Connection, strategy: str) -> float:
    name = f"bench_clone_{time.monotonic_ns()}"
    statement = sql.SQL("create database {} template {} owner {} strategy {}").format(
        sql.Identifier(name),
        sql.Identifier(PRISTINE_TEMPLATE),
        sql.Identifier(MIGRATOR),
        sql.Identifier(strategy),
    )
    began = time.perf_counter()
    admin.execute(statement)
    elapsed_ms = (time.perf_counter() - began) * 1_000
    drop(server, name)
    return elapsed_ms


def _silent(_stage: str, /, *, done: int, total: int) -> None:
    """Nobody watches."""
