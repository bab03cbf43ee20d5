"""public.trades: a trade belongs to a result of its own user, and is never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from psycopg.errors import InsufficientPrivilege

if TYPE_CHECKING:
    from tests.database.conftest import World


@pytest.fixture
def ada(world: World) -> UUID:
    return world.sign_up()


@pytest.fixture
def backtest(world: World, ada: UUID) -> UUID:
    return world.result(ada, world.strategy(ada))


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ("trade_no = 0", "trades_trade_no_check"),
        ("symbol = ''", "trades_symbol_check"),
        ("symbol = repeat('A', 33)", "trades_symbol_check"),
        ("side = 'short'", "trades_side_check"),
        ("quantity = 0", "trades_quantity_check"),
        ("quantity = 'NaN'", "trades_quantity_check"),
        ("price = 0", "trades_price_check"),
        ("price = 'Infinity'", "trades_price_check"),
        ("fee = -1", "trades_fee_check"),
        ("fee = 'NaN'", "trades_fee_check"),
        ("pnl = 'NaN'", "trades_pnl_check"),
        ("pnl = '-Infinity'", "trades_pnl_check"),
        ("backtest_id = gen_random_uuid()", "trades_user_id_backtest_id_fkey"),
    ],
)
def test_impossible_trades_are_refused(
    world: World, ada: UUID, backtest: UUID, wrong: str, constraint: str
) -> None:
    world.trade(ada, backtest)

    violated = world.violated(f"update public.trades set {wrong} where backtest_id = %s", backtest)

    assert violated == constraint


def test_a_backtest_has_one_trade_of_a_number(world: World, ada: UUID, backtest: UUID) -> None:
    world.trade(ada, backtest, trade_no=1)
    world.trade(ada, world.result(ada, world.strategy(ada)), trade_no=1)

    violated = world.violated(
        "insert into public.trades select * from public.trades where backtest_id = %s",
        backtest,
    )

    assert violated == "trades_pkey"


def test_a_trade_cannot_be_of_a_backtest_of_somebody_else(
    world: World, ada: UUID, backtest: UUID
) -> None:
    world.trade(ada, backtest)
    eve = world.sign_up()

    violated = world.violated(
        "update public.trades set user_id = %s where backtest_id = %s", eve, backtest
    )

    assert violated == "trades_user_id_backtest_id_fkey"


@pytest.mark.parametrize("role", ["authenticated", "service_role"])
def test_nobody_changes_one(world: World, ada: UUID, backtest: UUID, role: str) -> None:
    world.trade(ada, backtest)

    with world.acting_as(role, ada), pytest.raises(InsufficientPrivilege):
        world.run("update public.trades set pnl = 1000000")


def test_they_go_with_their_backtest(world: World, ada: UUID, backtest: UUID) -> None:
    world.trade(ada, backtest)

    world.run("delete from public.backtest_results where id = %s", backtest)

    assert world.value("select count(*) from public.trades where user_id = %s", ada) == 0


def test_they_go_with_their_user_by_an_index(world: World, ada: UUID, backtest: UUID) -> None:
    world.trade(ada, backtest)
    world.run("set local enable_seqscan = off")

    plan = world.rows(
        "explain delete from public.trades where user_id = %s and backtest_id = %s", ada, backtest
    )
    world.run("delete from auth.users where id = %s", ada)

    assert any("trades_pkey" in line for (line,) in plan)
    assert world.value("select count(*) from public.trades where user_id = %s", ada) == 0
