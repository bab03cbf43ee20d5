"""internal.describe_result(): a result as the API shows it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.database.conftest import World

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DESCRIBE = """
    select internal.describe_result(backtest_results) from public.backtest_results where id = %s
"""


def test_a_result_is_shown_with_its_figures_and_without_its_curve(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada)
    result = world.result(
        ada, strategy,
        job_id=(job := world.job(ada, strategy)), total_return=12.5, cagr=7, sharpe_ratio=1.25,
        max_drawdown=3, win_rate=60, profit_factor=1.5, total_trades=2, equity_curve=[1, 2],
        chart_path=f"{ada}/chart.png", created_at=NOON,
    )  # fmt: skip
    world.run("set local time zone 'UTC'")

    assert world.value(DESCRIBE, result) == {
        "id": str(result),
        "strategy_id": str(strategy),
        "job_id": str(job),
        "total_return": 12.5,
        "cagr": 7,
        "sharpe_ratio": 1.25,
        "max_drawdown": 3,
        "win_rate": 60,
        "profit_factor": 1.5,
        "total_trades": 2,
        "chart_path": f"{ada}/chart.png",
        "created_at": "2026-03-01T12:00:00+00:00",
    }


def test_what_is_unknown_is_shown_as_null(world: World) -> None:
    ada = world.sign_up()

    shown = world.value(DESCRIBE, world.result(ada, world.strategy(ada)))

    assert {key for key, value in shown.items() if value is None} == {
        "job_id", "cagr", "sharpe_ratio", "win_rate", "profit_factor", "chart_path",
    }  # fmt: skip


def test_it_is_inlined_and_never_touches_the_curve(world: World) -> None:
    plan = world.rows(f"explain (verbose) {DESCRIBE}", world.sign_up())

    assert not any("describe_result" in line or "equity_curve" in line for (line,) in plan)
