"""public.get_backtest_result_with_trades(): a result and its trades by the page, for its owner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.database.conftest import World

CALL = "select public.get_backtest_result_with_trades(%s, %s, %s, %s)"
NO_SUCH_RESULT = (
    "PT404",
    "this user has no such backtest result",
    "No result of the user has the id that was passed.",
    "Pass the id of a result in one of the user's strategies.",
)
TRADES = """
    select
        jsonb_build_object(
            'trade_no', trade_no, 'symbol', symbol, 'side', side, 'quantity', quantity,
            'price', price, 'fee', fee, 'pnl', pnl, 'executed_at', executed_at
        )
    from public.trades
    where backtest_id = %s
    order by trade_no
"""


@pytest.fixture
def ada(world: World) -> UUID:
    world.run("set local time zone 'UTC'")
    return world.sign_up()


def backtest(world: World, user_id: UUID, trades: int) -> UUID:
    """Make a result with trades whose numbers have gaps between them."""
    result = world.result(user_id, world.strategy(user_id), equity_curve=[1, 2.5])
    world.run(
        """
        insert into public.trades
            (user_id, backtest_id, executed_at, trade_no, symbol, side, quantity, price, pnl)
        select %s, %s, timestamptz '2026-01-01' + n * interval '1 hour', 2 * n, 'BTC-USD', 'buy',
            n, 100 + n, nullif(n %% 3, 0)
        from generate_series(1, %s) as n
        """,
        user_id, result, trades,
    )  # fmt: skip
    return result


def page(
    world: World, user_id: UUID, result: UUID, limit: int | None, after: int | None
) -> dict[str, Any]:
    with world.acting_as("authenticated", user_id):
        answer: dict[str, Any] = world.value(CALL, result, user_id, limit, after)
    return answer


def pages(world: World, user_id: UUID, result: UUID, limit: int) -> Iterator[dict[str, Any]]:
    after: int | None = None
    while True:
        answer = page(world, user_id, result, limit, after)
        yield answer
        after = answer["next_trade_no"]
        if after is None:
            return


def test_the_result_is_described_as_everywhere_with_its_curve(world: World, ada: UUID) -> None:
    result = backtest(world, ada, 2)

    answer = page(world, ada, result, None, None)

    described = world.value("select internal.describe_result(r) from public.backtest_results as r")
    assert answer["result"] == {**described, "equity_curve": [1, 2.5]}
    assert answer["trades"] == [trade for (trade,) in world.rows(TRADES, result)]
    assert answer["next_trade_no"] is None


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(trades=st.integers(0, 12), limit=st.integers(1, 6))
def test_pages_put_together_are_all_trades_once_in_order(
    world: World, trades: int, limit: int
) -> None:
    ada = world.sign_up()
    result = backtest(world, ada, trades)

    answers = list(pages(world, ada, result, limit))

    assert [trade for answer in answers for trade in answer["trades"]] == [
        trade for (trade,) in world.rows(TRADES, result)
    ]
    assert [len(answer["trades"]) for answer in answers[:-1]] == [limit] * (len(answers) - 1)
    assert [answer["result"] is None for answer in answers] == [
        number > 0 for number in range(len(answers))
    ]


def test_no_page_is_longer_than_a_thousand_and_none_is_empty_by_request(
    world: World, ada: UUID
) -> None:
    result = backtest(world, ada, 1001)

    lengths = [
        len(page(world, ada, result, limit, None)["trades"])
        for limit in (10**6, 1000, 200, None, 1, 0, -5)
    ]

    assert lengths == [1000, 1000, 200, 200, 1, 1, 1]


def test_a_page_after_the_end_is_empty_and_a_place_before_the_start_is_the_start(
    world: World, ada: UUID
) -> None:
    result = backtest(world, ada, 3)

    assert page(world, ada, result, 5, 99) == {
        "result": None, "trades": [], "next_trade_no": None,
    }  # fmt: skip
    assert page(world, ada, result, 5, -7) == page(world, ada, result, 5, None)


def test_numbers_are_exact(world: World, ada: UUID) -> None:
    result = world.result(ada, world.strategy(ada))
    world.trade(ada, result, quantity="0.000000000000000001", price="123456789012345678.123456789")

    with world.acting_as("authenticated", ada):
        ((text,),) = world.rows(f"select ({CALL.removeprefix('select ')})::text", result, ada, 1, 0)

    assert '"quantity": 0.000000000000000001' in text
    assert '"price": 123456789012345678.123456789' in text


def test_foreign_absent_deleted_and_null_results_cannot_be_told_apart(
    world: World, ada: UUID
) -> None:
    bob = world.sign_up()
    foreign, deleted = backtest(world, bob, 1), backtest(world, ada, 1)
    world.run("delete from public.backtest_results where id = %s", deleted)

    said = [
        world.refused(role, ada if role == "authenticated" else None, CALL, result, ada, after, 5)
        for role in ("authenticated", "service_role")
        for result in (foreign, uuid4(), deleted, None)
        for after in (0, 7)
    ]

    assert said == [NO_SUCH_RESULT] * 16


@pytest.mark.parametrize("stranger", ["another user", "no subject", "nobody at all"])
def test_strangers_are_refused_and_learn_nothing(world: World, ada: UUID, stranger: str) -> None:
    result = backtest(world, ada, 1)
    role = "anon" if stranger == "nobody at all" else "authenticated"
    sub = world.sign_up() if stranger == "another user" else None

    said = {
        world.refused(role, sub, CALL, asked, user, 5, 0)
        for asked in (result, uuid4(), None)
        for user in (ada, uuid4(), None)
    }

    assert [code for code, *_ in said] == ["42501"]


def test_services_may_ask_for_anybody(world: World, ada: UUID) -> None:
    result = backtest(world, ada, 3)

    with world.acting_as("service_role"):
        asked = world.value(CALL, result, ada, 2, 0)

    assert asked == page(world, ada, result, 2, 0)


def test_without_the_guard_the_policies_still_hide_what_is_foreign(world: World, ada: UUID) -> None:
    result, bob = backtest(world, ada, 1), world.sign_up()
    world.let_everybody_pass()

    said = {
        world.refused("authenticated", sub, CALL, result, asked, 5, 0)
        for sub in (bob, None)
        for asked in (ada, bob)
    }

    assert said == {NO_SUCH_RESULT}


def test_temporary_tables_of_the_caller_are_not_looked_at(world: World, ada: UUID) -> None:
    result = backtest(world, ada, 3)
    honest = page(world, ada, result, None, None)

    with world.acting_as("authenticated", ada):
        for table in ("backtest_results", "trades"):
            world.run(f"create temporary table {table} (like public.{table})")
        assert world.value(CALL, result, ada, None, None) == honest


def test_a_page_costs_the_same_wherever_it_begins_and_however_many_there_are(
    world: World, ada: UUID
) -> None:
    short, long = backtest(world, ada, 100), backtest(world, ada, 20_000)
    world.run("analyze public.trades")

    def pages_touched(result: UUID, after: int) -> int:
        with world.acting_as("authenticated", ada):
            plan = world.value(
                f"explain (analyze, buffers, format json) {CALL}", result, ada, 50, after
            )
        touched: int = plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"]
        return touched

    pages_touched(short, 0)
    counts = [pages_touched(short, 0)] + [pages_touched(long, n) for n in (0, 20_000, 39_000)]

    # Rows may happen to lie across the edge of a page, of the index as well as of the table.
    assert max(counts) <= counts[0] + 3
