"""internal.describe_week(): what a digest tells, and where its week ends."""

from tests.database.conftest import World

WEEK = ("2026-06-01 00:00+00", "2026-06-08 00:00+00")


def test_it_counts_what_fell_into_the_week_and_nothing_beside_it(world: World) -> None:
    user_id, other = world.sign_up(), world.sign_up()
    old = world.strategy(user_id, created_at="2026-01-01", updated_at="2026-01-01")
    new = world.strategy(user_id, created_at=WEEK[0], updated_at=WEEK[0])
    world.result(user_id, old, created_at=WEEK[0], total_return=5, sharpe_ratio=1.234)
    world.result(user_id, old, created_at="2026-06-07 23:59:59+00", total_return=7)
    world.result(user_id, new, created_at=WEEK[1], total_return=99, sharpe_ratio=9)
    world.result(user_id, new, created_at="2026-05-31 23:59:59+00", total_return=99)
    world.result(other, world.strategy(other), created_at=WEEK[0], total_return=99)

    told = world.value("select internal.describe_week(%s, %s, %s)", user_id, *WEEK)

    assert {name: told[name] for name in told if name not in ("from", "to")} == {
        "backtests": 2,
        "strategies": 1,
        "best_sharpe": 1.23,
        "best_return": 7,
        "new_strategies": 1,
    }


def test_a_user_with_nothing_has_a_week_too(world: World) -> None:
    told = world.value("select internal.describe_week(%s, %s, %s)", world.sign_up(), *WEEK)

    assert (told["backtests"], told["best_return"], told["new_strategies"]) == (0, None, 0)
