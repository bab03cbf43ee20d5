"""Trigger t50_cancel_archived: archiving and its effects are one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_what_is_not_archived_after_all_cancels_nothing(world: World) -> None:
    ada = world.sign_up()
    world.job(ada, world.strategy(ada))

    with world.connection.transaction(force_rollback=True):
        world.run("update public.strategies set status = 'archived'")
        during = world.value("select status from public.backtest_jobs")

    assert (during, world.value("select status from public.backtest_jobs")) == (
        "cancelled",
        "queued",
    )
