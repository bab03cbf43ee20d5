"""The other workloads: equal answers by every road, and the counters that the functions promise."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from toolkit.bench.measure import measure
from toolkit.bench.progress import silent
from toolkit.bench.result import Cost
from toolkit.bench.tenant import load_dataset, load_workload
from toolkit.bench.timing import Pace
from toolkit.bench.workload import Workload
from toolkit.clones import Database, clone
from toolkit.connect import connect
from toolkit.modules import load_module
from toolkit.server import Server

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
AS_SHORT_AS_POSSIBLE = Pace(budget_s=0.001, least=2, most=2, warm_up_s=0.0)

Count = Callable[[Workload], dict[tuple[str, int], Cost]]


@pytest.fixture(scope="module")
def loaded(server: Server, template: str) -> Iterator[Database]:
    """A database with the demo's data."""
    with clone(server, template) as database:
        load_dataset(BENCHMARKS)(server, database=database.name, size="demo", progress=silent)
        yield database


@pytest.fixture(scope="module")
def counted(server: Server, loaded: Database) -> Count:
    """Return what runs a workload and counts by variant and size; answers were proven equal."""

    def count(workload: Workload) -> dict[tuple[str, int], Cost]:
        found = measure(server, workload, database=loaded.name, pace=AS_SHORT_AS_POSSIBLE)
        return {(cell.variant, cell.size): cell.cost for cell in found.cells}

    return count


def trips(cost: Cost) -> tuple[int, int, int]:
    return cost.round_trips, cost.statements, cost.nested_statements


def test_the_front_page_is_one_statement_however_much_the_user_has(counted: Count) -> None:
    workload = replace(load_workload(BENCHMARKS, "get_dashboard"), sizes={0: (10, 100, 1_000)})

    costs = counted(workload)

    assert {trips(costs["function", size]) for size in (10, 100, 1_000)} == {(1, 1, 1)}
    assert {trips(costs["naive", size]) for size in (10, 100, 1_000)} == {(15, 15, 0)}
    assert {costs["pipeline", size].round_trips for size in (10, 100, 1_000)} == {2}
    assert costs["function", 1_000].buffers <= 2 * costs["function", 10].buffers
    assert all(
        costs["function", size].buffers <= costs["naive", size].buffers for size in (10, 100)
    )


def test_a_job_is_asked_for_by_one_statement_and_leaves_nothing_behind(
    counted: Count, loaded: Database
) -> None:
    workload = replace(load_workload(BENCHMARKS, "create_backtest_job"), sizes={0: (10, 100)})

    costs = counted(workload)

    # A transaction of one's own counts, and so does the statement that checks the foreign key.
    assert trips(costs["naive", 100])[:2] == (6, 6)
    assert trips(costs["function", 100])[:2] == (1, 1)
    # The lock, the look, the write, its record, the foreign key's own; checking the config is none.
    inside = {costs["function", size].nested_statements for size in (10, 100)}
    assert len(inside) == 1
    assert max(inside) <= 6
    assert costs["function", 100].buffers <= 2 * costs["floor", 100].buffers
    with connect(loaded.admin_url) as admin:
        recent = (
            "select count(*) from public.backtest_jobs where created_at > now() - interval '1 day'"
        )
        assert admin.execute(recent).fetchone() == (0,)


def test_more_history_costs_the_function_no_page_more(counted: Count) -> None:
    history = load_module(BENCHMARKS, "get_strategies_with_performance_by_history")
    workload = replace(
        history.WORKLOAD,
        sizes={0: (10, 60)},
        goals=(),
        prepare=partial(history.make_history, backtests=(10, 60)),
    )

    costs = counted(workload)

    # Of so few pages one more is a tenth already.
    assert costs["function", 60].buffers <= 1.1 * costs["function", 10].buffers + 4
    assert costs["sql", 60].buffers > 1.1 * costs["sql", 10].buffers
