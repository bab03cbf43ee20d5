"""The dashboard's workload: equal answers, and the counters that the function promises.

No time is asserted: clocks differ from machine to machine, counters do not.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from benchmarks.get_strategies_with_performance import hold_answers
from toolkit.bench.client import open_client
from toolkit.bench.measure import measure
from toolkit.bench.progress import silent
from toolkit.bench.result import Cost
from toolkit.bench.tenant import load_dataset, load_workload
from toolkit.bench.timing import Pace
from toolkit.clones import Database, clone
from toolkit.connect import connect
from toolkit.errors import ToolkitError
from toolkit.server import Server

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
WORKLOAD = load_workload(BENCHMARKS, "get_strategies_with_performance")
AS_SHORT_AS_POSSIBLE = Pace(budget_s=0.001, least=2, most=2, warm_up_s=0.0)


@pytest.fixture(scope="module")
def loaded(server: Server, template: str) -> Iterator[Database]:
    """A database with the demo's data, and what the workload needs besides."""
    with clone(server, template) as database:
        load_dataset(BENCHMARKS)(server, database=database.name, size="demo", progress=silent)
        with connect(database.admin_url) as admin:
            hold_answers(admin)
        yield database


@pytest.fixture(scope="module")
def counted(server: Server, loaded: Database) -> dict[tuple[str, int], Cost]:
    """Counters by variant and size; answers were proven equal on the way.

    At 1,000 strategies without those that send a statement for each: they take seconds there.
    """
    few = replace(WORKLOAD, sizes={0: (10, 100)})
    many = replace(
        WORKLOAD,
        sizes={0: (1_000,)},
        baseline="sql",
        variants=tuple(
            WORKLOAD.variant(name) for name in ("selectin", "joined", "sql", "function")
        ),
    )
    return {
        (cell.variant, cell.size): cell.cost
        for workload in (few, many)
        for cell in measure(server, workload, database=loaded.name, pace=AS_SHORT_AS_POSSIBLE).cells
    }


@pytest.mark.parametrize("size", [10, 100, 1_000])
def test_the_function_is_one_round_trip_at_any_size(
    counted: dict[tuple[str, int], Cost], size: int
) -> None:
    cost = counted["function", size]

    assert (cost.round_trips, cost.statements, cost.nested_statements) == (1, 1, 1)


def test_each_variant_costs_what_its_name_says(counted: dict[tuple[str, int], Cost]) -> None:
    trips = {key: cost.round_trips for key, cost in counted.items()}

    assert trips == {
        **{("naive", size): 1 + 2 * size for size in (10, 100)},
        **{("lazy", size): 1 + size for size in (10, 100)},
        **{("selectin", size): 1 + -(-size // 500) for size in (10, 100, 1_000)},
        **{("joined", size): 1 for size in (10, 100, 1_000)},
        **{("pipeline", size): 2 for size in (10, 100)},
        **{("sql", size): 1 for size in (10, 100, 1_000)},
        **{("function", size): 1 for size in (10, 100, 1_000)},
        **{("floor", size): 1 for size in (10, 100, 1_000)},
    }


@pytest.mark.parametrize("size", [100, 1_000])
def test_the_function_reads_the_fewest_pages(
    counted: dict[tuple[str, int], Cost], size: int
) -> None:
    pages = {
        variant: cost.buffers
        for (variant, at), cost in counted.items()
        if at == size and variant != "floor"
    }

    assert min(pages, key=lambda name: pages[name]) == "function"


def test_the_function_reads_few_pages_more_than_the_floor(
    counted: dict[tuple[str, int], Cost],
) -> None:
    assert counted["function", 100].buffers <= 6 * counted["floor", 100].buffers
    assert counted["function", 1_000].buffers <= 6 * counted["floor", 1_000].buffers


def test_each_size_is_measured_near_and_all_but_the_largest_far() -> None:
    assert dict(WORKLOAD.sizes) == {0: (10, 100, 1_000), 5: (10, 100)}


def test_a_database_without_such_a_user_is_refused(
    server: Server, shared_database: Database
) -> None:
    with pytest.raises(ToolkitError, match="no user with 10 strategies"):
        measure(server, WORKLOAD, database=shared_database.name)


@pytest.mark.parametrize("variant", [variant.name for variant in WORKLOAD.variants])
def test_every_variant_asks_in_the_name_of_its_user_alone(loaded: Database, variant: str) -> None:
    """Somebody else's identity gets nothing, so what is measured includes the row policies."""
    with open_client(loaded.url) as client:
        subject = WORKLOAD.subject(client.connection, 10)
        WORKLOAD.sign_in(client.connection, uuid4())
        try:
            rows = WORKLOAD.variant(variant).answer(client, subject)
        except psycopg.errors.InsufficientPrivilege:
            rows = []

    assert rows == []
