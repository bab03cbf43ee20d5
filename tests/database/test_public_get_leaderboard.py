"""public.get_leaderboard(): the ranking by the page, the same for everybody, of nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

if TYPE_CHECKING:
    from tests.database.conftest import World

CALL = "select * from public.get_leaderboard(%s, %s, %s)"
REFRESH = "refresh materialized view internal.strategy_performance_agg"
MEASURE = {"sharpe": "sharpe_ratio", "cagr": "cagr", "return": "total_return"}
# The ranking counted the long way, from the results themselves.
ORACLE = """
    select row_number() over (order by avg(r.{measure}) desc, s.id), s.id
    from public.strategies as s
    join public.backtest_results as r on (r.user_id, r.strategy_id) = (s.user_id, s.id)
    where s.is_public and s.status <> 'archived'
    group by s.id
    having count(*) >= 3 and count(r.{measure}) > 0
    order by 1
"""
Entry = dict[str, Any]


def ranked(world: World, user_id: UUID, *figures: object, **columns: object) -> UUID:
    """Make a public strategy with a result for each figure, which is all its measures."""
    strategy = world.strategy(user_id, **{"is_public": True, **columns})
    for figure in figures:
        world.result(
            user_id, strategy,
            sharpe_ratio=figure, cagr=figure, total_return=0 if figure is None else figure,
        )  # fmt: skip
    return strategy


def page(
    world: World, sort_by: str | None = "sharpe", limit: int | None = 50, offset: int | None = 0
) -> list[Entry]:
    """Read a page as somebody who owns nothing."""
    with (
        world.acting_as("authenticated", uuid4()),
        world.connection.cursor(row_factory=dict_row) as cursor,
    ):
        return cursor.execute(CALL.encode(), [sort_by, limit, offset]).fetchall()


def ids(entries: list[Entry]) -> list[UUID]:
    return [entry["strategy_id"] for entry in entries]


@pytest.fixture
def ada(world: World) -> UUID:
    return world.sign_up()


def test_an_entry_tells_place_name_and_averages_and_nothing_else(world: World, ada: UUID) -> None:
    strategy = ranked(world, ada, 1, 2, 4, name="carry", config={"secret": 1})
    world.run(REFRESH)

    (entry,) = page(world)

    assert {key: str(value) for key, value in entry.items() if key != "last_backtest_at"} == {
        "rank": "1", "strategy_id": str(strategy), "name": "carry", "avg_sharpe": "2.33",
        "avg_cagr": "2.33", "avg_return": "2.33", "backtest_count": "3",
    }  # fmt: skip


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from([None, 1, 2, 2.5]), max_size=5),
            st.booleans(),
            st.sampled_from(["draft", "archived"]),
        ),
        max_size=8,
    )
)
def test_places_are_those_counted_the_long_way(
    world: World, population: list[tuple[list[float | None], bool, str]]
) -> None:
    world.run("delete from public.strategies")
    ada = world.sign_up()
    for figures, is_public, status in population:
        ranked(world, ada, *figures, is_public=is_public, status=status)
    world.run(REFRESH)

    for sort_by, measure in MEASURE.items():
        found = [(entry["rank"], entry["strategy_id"]) for entry in page(world, sort_by)]
        assert found == world.rows(ORACLE.format(measure=measure))


def test_pages_put_together_are_the_ranking(world: World, ada: UUID) -> None:
    for figure in range(7):
        ranked(world, ada, *[figure] * 3)
    world.run(REFRESH)

    for sort_by in MEASURE:
        whole = page(world, sort_by)
        assert [entry["rank"] for entry in whole] == [*range(1, 8)]
        assert [e for offset in (0, 3, 6, 9) for e in page(world, sort_by, 3, offset)] == whole


def test_limits_and_offsets_are_brought_into_bounds(world: World, ada: UUID) -> None:
    for _ in range(101):
        ranked(world, ada, 1, 1, 1)
    world.run(REFRESH)

    lengths = [len(page(world, "return", limit, 0)) for limit in (10**9, 100, None, 0, -1)]
    assert lengths == [100, 100, 50, 1, 1]
    assert page(world, "return", 5, -3) == page(world, "return", 5, None)
    assert page(world, "return", 100, 2**31 - 1) == []


@pytest.mark.parametrize("sort_by", ["", "Sharpe", "avg_sharpe", "1; select 1", None])
def test_an_unknown_order_is_refused(world: World, sort_by: str | None) -> None:
    said = world.refused("authenticated", uuid4(), CALL, sort_by, 5, 0)

    assert said == (
        "22023",
        "the ranking has no such order",
        "p_sort_by is none of sharpe, cagr and return.",
        "Pass one of them.",
    )


@pytest.mark.parametrize("role", ["anon", "authenticated"])
def test_nobody_gets_nothing(world: World, role: str) -> None:
    world.rank()

    said = {world.refused(role, None, CALL, order, 5, 0)[0] for order in ("sharpe", "none")}

    assert said == {"42501"}


def test_services_get_what_everybody_gets(world: World) -> None:
    world.rank()

    with world.acting_as("service_role"):
        assert len(world.rows(CALL, "sharpe", 50, 0)) == len(page(world)) == 1


@pytest.mark.parametrize(
    "leaving",
    [
        "update public.strategies set is_public = false where id = %s",
        "update public.strategies set status = 'archived' where id = %s",
        "delete from public.strategies where id = %s",
    ],
)
def test_what_is_no_longer_public_leaves_before_the_next_refresh(
    world: World, ada: UUID, leaving: str
) -> None:
    gone, kept = ranked(world, ada, 2, 2, 2), ranked(world, ada, 1, 1, 1)
    world.run(REFRESH)
    world.run(leaving, gone)

    assert ids(page(world)) == [kept]


def test_a_page_shows_a_new_name_at_once(world: World, ada: UUID) -> None:
    ranked(world, ada, 1, 1, 1, name="old")
    world.run(REFRESH)
    world.run("update public.strategies set name = 'new'")

    assert [entry["name"] for entry in page(world)] == ["new"]


def test_nobody_reads_the_view_itself(world: World) -> None:
    said = {
        world.refused(role, None, "select * from internal.strategy_performance_agg")[0]
        for role in ("anon", "authenticated", "service_role")
    }

    assert said == {"42501"}


def test_its_owner_refreshes_it_beside_readers(world: World, ada: UUID) -> None:
    ranked(world, ada, 1, 1, 1)
    world.run("set local role hephaitos_internal")
    world.run("refresh materialized view concurrently internal.strategy_performance_agg")
    world.run("reset role")

    assert len(page(world)) == 1


def test_temporary_tables_of_the_caller_are_not_looked_at(world: World) -> None:
    world.rank()
    honest = page(world)

    with world.acting_as("authenticated", uuid4()):
        world.run("create temporary table strategies (like public.strategies)")
        world.run("create temporary table strategy_performance_agg (place bigint)")
        assert len(world.rows(CALL, "sharpe", 50, 0)) == len(honest) == 1


def test_a_page_touches_its_own_rows_wherever_it_begins(world: World, ada: UUID) -> None:
    world.run(
        """
        with made as (
            insert into public.strategies (user_id, name, is_public)
            select %s, 'one of many', true from generate_series(1, 12000)
            returning user_id, id
        )
        insert into public.backtest_results
            (user_id, strategy_id, sharpe_ratio, cagr, total_return, max_drawdown, total_trades)
        select user_id, id, random(), random(), random(), 0, 0 from made, generate_series(1, 3)
        """,
        ada,
    )
    world.run(REFRESH)
    world.run("analyze public.strategies, internal.strategy_performance_agg")

    def touched(sort_by: str, offset: int) -> int:
        with world.acting_as("service_role"):
            plan = world.value(
                f"explain (analyze, buffers, format json) {CALL}", sort_by, 20, offset
            )[0]["Plan"]
        return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])

    counts = [
        touched(sort_by, offset)
        for sort_by in MEASURE
        for offset in (0, 0, 6000, 11_900)
        for _ in range(3)
    ]

    # A row is one page of the view, and three of an index and one of the table by primary key.
    # The view alone has more pages than this.
    assert max(counts[2:]) <= 20 * (1 + 4) + 20
    assert world.value(
        "select relpages from pg_class where relname = 'strategy_performance_agg'"
    ) > (120)
