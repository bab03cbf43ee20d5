"""Every road, many times over and in mixed order, each time into an empty database of its own."""

import random
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.runner.roads import PSQL, STARTED, Road, Workplace, prepare, roads
from toolkit.catalog import Facts, Scope, read_facts
from toolkit.clones import Database, clone, maintenance
from toolkit.connect import connect
from toolkit.server.model import PRISTINE_TEMPLATE

ROUNDS = 9
# What the tools keep for themselves.
_LEDGERS = {"alembic_version", "schema_migrations"}


@dataclass(frozen=True, slots=True)
class Report:
    """Everything of one run.

    Args:
        server: what it ran on.
        revisions: how many were applied.
        samples: milliseconds by road, a sample a round.
    """

    server: str
    revisions: int
    samples: Mapping[str, tuple[float, ...]]

    def median_ms(self, road: str) -> float:
        """Return the middle of a road's samples."""
        return statistics.median(self.samples[road])

    def ratio(self, road: str, other: str) -> float:
        """Return the middle of the ratios within each round, in which the machine was the same."""
        pairs = zip(self.samples[road], self.samples[other], strict=True)
        return statistics.median(one / two for one, two in pairs)


def measure(workplace: Workplace, scope: Scope, step: Callable[[str], None]) -> Report:
    """Run everything. A few minutes.

    Raises:
        AssertionError: two roads did not lead to the same database.
    """
    step("installing dbmate")
    revisions = prepare(workplace)
    every = roads(workplace)
    server = workplace.server
    samples: dict[str, list[float]] = {name: [] for name in every}
    made: dict[str, Facts] = {}
    chance = random.Random(0)
    with maintenance(server) as admin:
        # The first round is warmer for whoever comes later: it proves, and does not count.
        for number in range(ROUNDS + 1):
            step(f"round {number} of {ROUNDS}")
            for name in chance.sample(sorted(every), len(every)):
                with clone(server, PRISTINE_TEMPLATE, admin=admin) as database:
                    elapsed_ms = _timed(every[name], database)
                    if number:
                        samples[name].append(elapsed_ms)
                    elif name != STARTED:
                        made[name] = _objects(database, scope)
    for name, facts in made.items():
        assert facts.fingerprint == made[PSQL].fingerprint, f"{name} made something else"
    return Report(
        f"PostgreSQL {server.version}, {server.kind}",
        revisions,
        {name: tuple(values) for name, values in samples.items()},
    )


def _timed(road: Road, database: Database) -> float:
    began = time.perf_counter()
    road(database)
    return (time.perf_counter() - began) * 1_000


def _objects(database: Database, scope: Scope) -> Facts:
    with connect(database.url) as connection:
        facts = read_facts(connection, scope)
    kept = (fact for fact in facts if fact.identity.name.removesuffix("_pkey") not in _LEDGERS)
    return Facts.of(facts.major, kept)
