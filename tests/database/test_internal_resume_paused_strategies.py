"""internal.resume_paused_strategies(): pauses taken back, and no more than that."""

from collections.abc import Callable

from tests.database.conftest import World
from tests.database.cron_jobs import call
from tests.database.test_internal_pause_inactive_strategies import IDLE, NOW


def test_pauses_are_taken_back_but_for_strategies_that_somebody_changed(
    open_world: Callable[[], World],
) -> None:
    world = open_world()
    one, other = world.sign_up(), world.sign_up()
    mine, stopped, others = (
        world.strategy(one, **IDLE),
        world.strategy(one, **IDLE),
        world.strategy(other, **IDLE),
    )
    call(world, "pause_inactive_strategies", NOW)
    world.run("update public.strategies set status = 'stopped' where id = %s", stopped)

    before = world.value("select internal.resume_paused_strategies('2026-06-02')")
    of_one = world.value("select internal.resume_paused_strategies('2026-06-01', %s)", one)
    of_all = world.value("select internal.resume_paused_strategies('2026-06-01')")

    assert (before, of_one, of_all) == (0, 1, 1)
    statuses: dict[object, object] = dict(world.rows("select id, status from public.strategies"))
    assert statuses == {mine: "running", stopped: "stopped", others: "running"}
    assert world.value("select internal.resume_paused_strategies('2026-06-01')") == 0


def test_what_runs_again_is_not_paused_again_at_once(open_world: Callable[[], World]) -> None:
    world = open_world()
    world.strategy(world.sign_up(), **IDLE)
    call(world, "pause_inactive_strategies", NOW)
    world.run("select internal.resume_paused_strategies('2026-06-01')")

    assert call(world, "pause_inactive_strategies", NOW) == {"p_paused": 0}
