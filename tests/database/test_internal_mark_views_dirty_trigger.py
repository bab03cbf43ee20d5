"""internal.mark_views_dirty_trigger(): one mark a transaction, none for nothing, nobody waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.database.views import VIEW, competitor, is_dirty, refresh

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.database.conftest import World


@pytest.fixture
def settled(world: World) -> World:
    competitor(world)
    refresh(world)
    return world


@pytest.mark.parametrize(
    "statement",
    [
        "update public.backtest_results set sharpe_ratio = 2 where false",
        "delete from public.backtest_results where false",
        "insert into public.backtest_results select * from public.backtest_results where false",
        "update public.strategies set is_public = false where false",
        "update public.profiles set display_name = 'Ada'",
        "select from public.backtest_results for update",
    ],
)
def test_nothing_changed_marks_nothing(settled: World, statement: str) -> None:
    settled.run(statement)

    assert not is_dirty(settled)


def test_a_transaction_marks_once_however_much_it_writes(settled: World) -> None:
    for sharpe in range(5):
        settled.run("update public.backtest_results set sharpe_ratio = %s", sharpe)

    assert settled.value("select count(*) from internal.view_marks") == 1


def test_what_is_rolled_back_marks_nothing(settled: World) -> None:
    with settled.connection.transaction(force_rollback=True):
        settled.run("delete from public.backtest_results")

    assert not is_dirty(settled)


def test_a_mark_set_again_after_a_rolled_back_part_stays(settled: World) -> None:
    with settled.connection.transaction(force_rollback=True):
        settled.run("delete from public.backtest_results")
    settled.run("update public.backtest_results set sharpe_ratio = 3")

    assert is_dirty(settled)


def test_writers_do_not_wait_for_each_other(open_world: Callable[[], World]) -> None:
    first, second = open_world(), open_world()
    mine, yours = competitor(first), competitor(first)
    second.run("set lock_timeout = '100ms'")

    with first.connection.transaction():
        first.result(*mine)
        with second.connection.transaction():
            second.result(*yours)
            marks = second.value("select count(*) from internal.view_marks")

    assert marks > 0


def test_writers_need_no_right_to_mark(world: World) -> None:
    user_id, strategy = competitor(world)
    refresh(world)

    with world.acting_as("authenticated", user_id):
        world.run("update public.strategies set is_public = false where id = %s", strategy)
        world.run("reset role")

        assert world.value("select view_name from internal.view_marks") == VIEW
