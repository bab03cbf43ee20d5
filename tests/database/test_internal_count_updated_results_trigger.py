"""internal.count_updated_results_trigger(): corrections and moves show in the totals at once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

if TYPE_CHECKING:
    from tests.database.conftest import World

ROW_VERSIONS = "select ctid::text, xmin::text, xmax::text from public.strategy_stats"


@pytest.fixture
def ada(world: World) -> UUID:
    return world.sign_up()


@pytest.mark.parametrize(
    "change",
    [
        "total_return = total_return + 7",
        "sharpe_ratio = null",
        "sharpe_ratio = coalesce(sharpe_ratio, 0) - 1",
        "cagr = null",
        "cagr = coalesce(cagr, 3)",
        "created_at = created_at + interval '1 year'",
        "created_at = created_at - interval '1 year'",
        "id = gen_random_uuid()",
    ],
)
def test_a_correction_shows_in_the_totals(world: World, ada: UUID, change: str) -> None:
    strategy = world.strategy(ada)
    for day in (1, 2, 3):
        world.result(
            ada,
            strategy,
            created_at=f"2026-01-0{day}",
            sharpe_ratio=day,
            cagr=None if day == 2 else 5,
        )

    for only in ("true", "created_at >= '2026-01-03'", "created_at < '2026-01-02'"):
        world.run(f"update public.backtest_results set {change} where {only}")

        assert world.stats_off() == []


@pytest.mark.parametrize("day", [1, 2, 3])
def test_a_result_that_moves_leaves_one_strategy_and_joins_another(
    world: World, ada: UUID, day: int
) -> None:
    here, there = world.strategy(ada), world.strategy(ada)
    moving = [world.result(ada, here, created_at=f"2026-01-0{n}") for n in (1, 2, 3)][day - 1]
    world.result(ada, there, created_at="2026-01-02")

    world.run("update public.backtest_results set strategy_id = %s where id = %s", there, moving)

    assert world.stats_off() == []


def test_the_last_result_to_leave_takes_the_totals_with_it(world: World, ada: UUID) -> None:
    here, there = world.strategy(ada), world.strategy(ada)
    world.result(ada, here)

    world.run("update public.backtest_results set strategy_id = %s", there)

    assert world.rows("select strategy_id, backtest_count from public.strategy_stats") == [
        (there, 1)
    ]


def test_two_strategies_can_swap_their_results(world: World, ada: UUID) -> None:
    here, there = world.strategy(ada), world.strategy(ada)
    for strategy, total_return in ((here, 1), (there, 2), (there, 3)):
        world.result(ada, strategy, total_return=total_return)

    world.run(
        """
        update public.backtest_results
        set strategy_id = case strategy_id when %s then %s::uuid else %s::uuid end
        """,
        here, there, here,
    )  # fmt: skip

    assert world.stats_off() == []


@pytest.mark.parametrize(
    "change",
    ["chart_path = user_id::text || '/chart.png'", "total_return = total_return", "win_rate = 5"],
)
def test_what_is_not_counted_does_not_touch_the_totals(
    world: World, ada: UUID, change: str
) -> None:
    world.result(ada, world.strategy(ada), sharpe_ratio=1)
    before = world.rows(ROW_VERSIONS)

    touched = world.run(f"update public.backtest_results set {change}")

    assert (touched, world.rows(ROW_VERSIONS)) == (1, before)


def test_an_update_of_no_rows_changes_nothing(world: World, ada: UUID) -> None:
    world.result(ada, world.strategy(ada))
    before = world.rows(ROW_VERSIONS)

    world.run("update public.backtest_results set total_return = 9 where false")

    assert world.rows(ROW_VERSIONS) == before


def test_merge_counts_every_row_once(world: World, ada: UUID) -> None:
    here, there = world.strategy(ada), world.strategy(ada)
    results = [world.result(ada, here, total_return=n) for n in (1, 2, 3)]

    world.run(
        """
        merge into public.backtest_results as results
        using unnest(%s::uuid[]) with ordinality as wanted (id, place)
            on results.user_id = %s and results.id = wanted.id
        when matched and wanted.place = 1 then delete
        when matched then update set strategy_id = %s, total_return = results.total_return * 10
        when not matched then
            insert (user_id, id, strategy_id, total_return, max_drawdown, total_trades)
            values (%s, wanted.id, %s, 4, 0, 0)
        """,
        [*results, UUID(int=7)], ada, there, ada, here,
    )  # fmt: skip

    assert world.stats_off() == []
    assert world.value("select sum(return_total) from public.strategy_stats") == 54
