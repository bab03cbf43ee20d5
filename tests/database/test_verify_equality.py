"""The proof of equal answers: it finds each way of being wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from toolkit.settings import Settings
from toolkit.verify import Check, Outcome
from toolkit.verify.declarations import read_declarations
from toolkit.verify.equality import prove_equal
from toolkit.verify.promise import Promise, Worlds, load_promises, load_worlds
from toolkit.verify.replanning import planned_otherwise

if TYPE_CHECKING:
    from tests.database.conftest import World

DASHBOARD = "public.get_strategies_with_performance(uuid)"
PAGE = "public.get_strategies_with_performance_v2(uuid, integer, timestamptz, uuid)"
JOB = "public.create_backtest_job(uuid, uuid, jsonb, text)"
Prove = Callable[..., Check]


@pytest.fixture
def promises(settings: Settings) -> dict[str, Promise]:
    return dict(load_promises(settings.project_root / "proofs"))


@pytest.fixture
def worlds(settings: Settings) -> Worlds:
    return load_worlds(settings.project_root / "proofs")


@pytest.fixture
def prove(world: World, settings: Settings, promises: dict[str, Promise], worlds: Worlds) -> Prove:
    """Return what proves one function, after a change to its body."""
    declarations = read_declarations(settings.tenant)

    def prove(
        function: str = DASHBOARD,
        change: tuple[str, str] | None = None,
        *,
        examples: int = 25,
        smallest: bool = False,
    ) -> Check:
        if change:
            definition = world.value("select pg_get_functiondef(%s::regprocedure)", function)
            assert change[0] in definition
            world.run(definition.replace(*change))
        return prove_equal(
            world.connection,
            declarations,
            promises[function],
            worlds,
            examples=examples,
            smallest=smallest,
        )

    return prove


def test_every_function_answers_as_its_oracle_does(
    prove: Prove, promises: dict[str, Promise]
) -> None:
    for function in promises:
        assert prove(function, examples=2).findings == ()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        # No children, null figures, ties, parents of others.
        (("left join public.strategy_stats", "join public.strategy_stats"), "its oracle alone ['"),
        (("coalesce(stats.backtest_count, 0)", "stats.backtest_count"), "it alone says"),
        (("nullif(stats.sharpe_count, 0)", "greatest(stats.backtest_count, 1)"), "it alone says"),
        ((", strategies.id desc", ", strategies.id"), "in another order"),
        (
            ("where strategies.user_id = p_user_id", "where strategies.is_public"),
            "its oracle alone",
        ),
        (("select\n        strategies.id", "select\n        1 / 0, strategies.id"), "failed with"),
    ],
)
def test_an_answer_that_differs_is_found(prove: Prove, change: tuple[str, str], told: str) -> None:
    (finding,) = prove(change=change).findings

    assert finding.object == DASHBOARD
    assert told in finding.detail


def test_an_order_that_is_there_by_chance_is_found(prove: Prove) -> None:
    # The page is in order already, and a nested loop leaves it so; only another plan tells, unless
    # the server takes another by itself.
    (finding,) = prove(PAGE, (", page.id desc", "")).findings

    assert "it answers in another order" in finding.detail


def test_another_plan_reads_no_index_and_is_for_once(world: World) -> None:
    query = "explain (costs off) select from public.profiles where id = gen_random_uuid()"
    with planned_otherwise(world.connection):
        plan = world.rows(query)

    assert plan[0] == ("Seq Scan on profiles",)
    assert world.value("select current_setting('enable_indexscan')") == "on"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("(profiles.plan) > (", "(profiles.plan) >= ("), "with 1 row, where PT429 is due"),
        (("'PT409'", "'PT404'"), "it failed with PT404, where PT409 is due"),
        (("strategies.id, p_config,", "strategies.id, '{}',"), "it alone says"),
    ],
)  # fmt: skip
def test_a_write_that_differs_is_found(prove: Prove, change: tuple[str, str], told: str) -> None:
    # Few worlds have a user who is at the limit, and ids decide who of them is asked for.
    (finding,) = prove(JOB, change, examples=200).findings

    assert told in finding.detail


def test_a_difference_is_brought_down_to_a_small_world(prove: Prove) -> None:
    broken = "coalesce(stats.backtest_count, 0)", "stats.backtest_count"

    (finding,) = prove(change=broken, smallest=True).findings

    assert finding.detail.count("carry") == 2, "one strategy, once as found and once as due"


def test_worlds_in_which_nobody_asks_prove_nothing(
    world: World, settings: Settings, promises: dict[str, Promise], worlds: Worlds
) -> None:
    nobody = replace(promises[DASHBOARD], requests="select null as p_user_id where false")

    check = prove_equal(
        world.connection, read_declarations(settings.tenant), nobody, worlds, examples=2
    )

    assert check.outcome is Outcome.SKIPPED


def test_a_request_that_fails_is_a_finding(
    world: World, settings: Settings, promises: dict[str, Promise], worlds: Worlds
) -> None:
    broken = replace(promises[DASHBOARD], requests="select from no_such")

    check = prove_equal(
        world.connection, read_declarations(settings.tenant), broken, worlds, examples=1
    )

    assert "The query `requests` fails" in check.findings[0].detail
