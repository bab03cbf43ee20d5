"""public.backtest_results: figures that can be, of a job that ran them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from psycopg.errors import NumericValueOutOfRange

if TYPE_CHECKING:
    from tests.database.conftest import World

FIGURES = ["total_return", "cagr", "sharpe_ratio", "max_drawdown", "win_rate", "profit_factor"]


@pytest.fixture
def ada(world: World) -> UUID:
    return world.sign_up()


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        *((f"{figure} = 'NaN'", f"backtest_results_{figure}_check") for figure in FIGURES),
        ("total_return = -100.000001", "backtest_results_total_return_check"),
        ("cagr = -100.000001", "backtest_results_cagr_check"),
        ("max_drawdown = -0.000001", "backtest_results_max_drawdown_check"),
        ("max_drawdown = 100.000001", "backtest_results_max_drawdown_check"),
        ("win_rate = -0.000001", "backtest_results_win_rate_check"),
        ("win_rate = 100.000001", "backtest_results_win_rate_check"),
        ("profit_factor = -0.000001", "backtest_results_profit_factor_check"),
        ("total_trades = -1", "backtest_results_total_trades_check"),
        ("equity_curve = '{}'", "backtest_results_equity_curve_check"),
        (
            "equity_curve = to_jsonb(array_fill(1, array[10001]))",
            "backtest_results_equity_curve_check",
        ),
        ("chart_path = 'elsewhere/chart.png'", "backtest_results_chart_path_check"),
        (
            "chart_path = user_id::text || '/' || repeat('a', 1024)",
            "backtest_results_chart_path_check",
        ),
        ("job_id = gen_random_uuid()", "backtest_results_user_id_strategy_id_job_id_fkey"),
    ],
)
def test_impossible_results_are_refused(
    world: World, ada: UUID, wrong: str, constraint: str
) -> None:
    result = world.result(ada, world.strategy(ada))

    violated = world.violated(f"update public.backtest_results set {wrong} where id = %s", result)

    assert violated == constraint


@pytest.mark.parametrize("figure", FIGURES)
def test_no_figure_is_infinite(world: World, ada: UUID, figure: str) -> None:
    strategy = world.strategy(ada)

    with pytest.raises(NumericValueOutOfRange):
        world.result(ada, strategy, **{figure: "Infinity"})


def test_extremes_that_can_be_are_accepted(world: World, ada: UUID) -> None:
    world.result(
        ada,
        world.strategy(ada),
        total_return=-100,
        cagr=-100,
        max_drawdown=100,
        win_rate=100,
        profit_factor=0,
        total_trades=0,
        equity_curve=[0] * 10_000,
        chart_path=f"{ada}/{uuid4()}.png",
    )


def test_a_job_has_one_result(world: World, ada: UUID) -> None:
    strategy = world.strategy(ada)
    job = world.job(ada, strategy)
    world.result(ada, strategy, job_id=job)
    second = world.result(ada, strategy)

    violated = world.violated(
        "update public.backtest_results set job_id = %s where id = %s", job, second
    )

    assert violated == "backtest_results_user_id_strategy_id_job_id_key"


@pytest.mark.parametrize("whose", ["the user's other strategy", "another user"])
def test_a_result_belongs_to_the_strategy_of_its_job(world: World, ada: UUID, whose: str) -> None:
    owner = ada if whose == "the user's other strategy" else world.sign_up()
    job = world.job(owner, world.strategy(owner))
    result = world.result(ada, world.strategy(ada))

    violated = world.violated(
        "update public.backtest_results set job_id = %s where id = %s", job, result
    )

    assert violated == "backtest_results_user_id_strategy_id_job_id_fkey"


def test_deleting_a_strategy_deletes_its_results_in_one_statement(world: World, ada: UUID) -> None:
    strategy = world.strategy(ada)
    for _ in range(3):
        world.result(ada, strategy, job_id=world.job(ada, strategy))
    world.run(
        """
        create function pg_temp.note() returns trigger language plpgsql as
        'begin insert into noted values ((select count(*) from gone)); return null; end'
        """
    )
    world.run("create temporary table noted (row_count bigint)")
    world.run(
        """
        create trigger t99_note after delete on public.backtest_results
        referencing old table as gone for each statement execute function pg_temp.note()
        """
    )

    world.run("delete from public.strategies where id = %s", strategy)

    assert world.rows("select row_count from noted") == [(3,)]


def test_the_newest_result_of_a_strategy_is_one_probe_away(world: World, ada: UUID) -> None:
    busier, strategy = world.strategy(ada), world.strategy(ada)
    for owner, age in ((busier, "1 hour"), (strategy, "1 day")):
        world.run(
            """
            insert into public.backtest_results (
                user_id, strategy_id, total_return, max_drawdown, total_trades, created_at
            )
            select %s, %s, 0, 0, 0, now() - step * interval %s
            from generate_series(1, 2000) as step
            """.replace("interval %s", f"interval '{age}'"),
            ada,
            owner,
        )
    world.run("analyze public.backtest_results")

    plan = world.rows(
        """
        explain (costs off)
        select max(created_at) from public.backtest_results
        where user_id = %s and strategy_id = %s
        """,
        ada,
        strategy,
    )

    lines = "\n".join(line for (line,) in plan)
    assert "Limit" in lines
    assert "backtest_results_user_id_strategy_id_created_at_id_idx" in lines
