"""Loading a data set: the same everywhere, all or nothing, never into what is not ours."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from toolkit.bench.progress import silent
from toolkit.bench.tenant import Loader, load_dataset
from toolkit.clones import Database, clone
from toolkit.connect import Connection, connect
from toolkit.errors import ToolkitError
from toolkit.modules import load_module
from toolkit.server import Server

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
TABLES = (
    "auth.users",
    "public.profiles",
    "public.strategies",
    "public.backtest_jobs",
    "public.backtest_results",
    "public.strategy_stats",
    "public.trades",
)
load: Loader = load_dataset(BENCHMARKS)
dataset = load_module(BENCHMARKS, "dataset")

# Totals from scratch beside the totals that the triggers kept.
DIFFERENT_TOTALS = """
    select count(*)
    from (
        select
            user_id, strategy_id, count(*) as backtest_count, count(sharpe_ratio) as sharpe_count,
            coalesce(sum(sharpe_ratio), 0) as sharpe_total, count(cagr) as cagr_count,
            coalesce(sum(cagr), 0) as cagr_total, sum(total_return) as return_total,
            max(created_at) as last_backtest_at
        from public.backtest_results
        group by user_id, strategy_id
    ) as counted
    full join public.strategy_stats as kept using (user_id, strategy_id)
    where
        (
            counted.backtest_count, counted.sharpe_count, counted.sharpe_total,
            counted.cagr_count, counted.cagr_total, counted.return_total,
            counted.last_backtest_at
        ) is distinct from (
            kept.backtest_count, kept.sharpe_count, kept.sharpe_total, kept.cagr_count,
            kept.cagr_total, kept.return_total, kept.last_backtest_at
        )
"""


def load_demo(server: Server, database: Database) -> dict[str, int]:
    return dict(load(server, database=database.name, size="demo", progress=silent))


def row_counts(database: Database) -> dict[str, int]:
    with connect(database.admin_url) as admin:
        return {table: value(admin, f"select count(*) from {table}") for table in TABLES}


def value(connection: Connection, query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def fingerprint(database: Database) -> dict[str, str]:
    """Hash each table's rows as text, in the order of their text."""
    with connect(database.admin_url) as admin:
        admin.execute("set time zone 'UTC'")
        return {
            table: hashlib.sha256(
                repr(
                    admin.execute(
                        f"select it::text from {table} as it order by 1".encode()
                    ).fetchall()
                ).encode()
            ).hexdigest()
            for table in TABLES
        }


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> str:
    """A size of two users in many batches, for loads that are disturbed on their way."""
    monkeypatch.setitem(dataset.SIZES, "few", replace(dataset.SIZES["demo"], users=2))
    monkeypatch.setattr(dataset, "_BATCH_RESULTS", 20)
    return "few"


@pytest.fixture(scope="module")
def loaded(server: Server, template: str) -> Iterator[Database]:
    """A database with the demo's data, which nobody changes."""
    with clone(server, template) as database:
        load_demo(server, database)
        yield database


def test_what_is_returned_is_what_is_there(
    server: Server, own_database: Database, few: str
) -> None:
    returned = load(server, database=own_database.name, size=few, progress=silent)

    assert {**row_counts(own_database), **returned} == row_counts(own_database)
    assert returned["public.profiles"] == 2


def test_two_loads_hold_the_same_rows(
    server: Server, own_database: Database, loaded: Database
) -> None:
    load_demo(server, own_database)

    assert fingerprint(own_database) == fingerprint(loaded)


def test_totals_are_those_of_the_results(loaded: Database) -> None:
    with connect(loaded.url) as connection:
        assert value(connection, DIFFERENT_TOTALS) == 0
        assert value(connection, "select count(*) from public.strategy_stats") > 1_000


def test_every_result_has_the_trades_that_it_counts(loaded: Database) -> None:
    with connect(loaded.url) as connection:
        different = value(
            connection,
            """select count(*)
            from public.backtest_results
            where total_trades <> (
                select count(*) from public.trades
                where trades.user_id = backtest_results.user_id
                and trades.backtest_id = backtest_results.id
            )""",
        )
        assert different == 0
        assert value(connection, "select count(*) from public.trades") == 20_000


@pytest.mark.parametrize("strategy_count", [10, 100, 1_000])
def test_there_is_a_subject_for_every_size_of_the_benchmark(
    loaded: Database, strategy_count: int
) -> None:
    with connect(loaded.url) as connection:
        subjects = value(
            connection,
            f"""select count(*) from (
                select from public.strategies group by user_id having count(*) = {strategy_count}
            ) as subject""",
        )

    assert subjects >= 1


def test_statistics_are_there_with_the_rows(loaded: Database) -> None:
    with connect(loaded.url) as connection:
        estimated = connection.execute(
            """select relname, reltuples from pg_catalog.pg_class
            where oid = any(array['public.backtest_results', 'public.trades']::regclass[])"""
        ).fetchall()
    assert dict(estimated) == {
        name: row_counts(loaded)[f"public.{name}"] for name in ("backtest_results", "trades")
    }


def test_a_database_with_data_is_refused_and_left_alone(server: Server, loaded: Database) -> None:
    before = row_counts(loaded)

    with pytest.raises(ToolkitError, match="already holds data") as caught:
        load_demo(server, loaded)

    assert "is not empty" in caught.value.detail
    assert row_counts(loaded) == before


def test_a_database_without_the_schema_is_refused(
    server: Server, pristine_database: Database
) -> None:
    with pytest.raises(ToolkitError, match="is not migrated"):
        load_demo(server, pristine_database)


def test_an_unknown_size_is_refused_with_the_sizes_there_are(
    server: Server, own_database: Database
) -> None:
    with pytest.raises(ToolkitError, match="no size of data named huge") as caught:
        load(server, database=own_database.name, size="huge", progress=silent)

    assert caught.value.detail == "known are demo, small, medium, large"


def test_a_second_loader_at_once_is_refused_and_the_first_goes_on(
    server: Server, own_database: Database, few: str
) -> None:
    refusals: list[str] = []

    def start_another(_stage: str, **_counts: int) -> None:
        if not refusals:
            with pytest.raises(ToolkitError) as caught:
                load(server, database=own_database.name, size=few, progress=silent)
            refusals.append(caught.value.message)

    load(server, database=own_database.name, size=few, progress=start_another)

    assert refusals == [f"somebody else is loading into {own_database.name}"]
    assert row_counts(own_database)["public.profiles"] == 2


def test_a_killed_session_leaves_nothing_behind(
    server: Server, own_database: Database, few: str
) -> None:
    def kill_half_way(_stage: str, *, done: int, total: int) -> None:
        if done > total / 2:
            terminate_others(own_database)

    with pytest.raises(ToolkitError, match="broke off; nothing of it was kept") as caught:
        load(server, database=own_database.name, size=few, progress=kill_half_way)

    assert "terminat" in caught.value.detail
    assert set(row_counts(own_database).values()) == {0}
    assert load(server, database=own_database.name, size=few, progress=silent)


def test_a_refused_row_leaves_nothing_behind(
    server: Server, own_database: Database, few: str
) -> None:
    with connect(own_database.url) as connection:
        connection.execute(
            "alter table public.backtest_results add constraint few check (total_trades < 100)"
        )

    with pytest.raises(ToolkitError, match="broke off; nothing of it was kept") as caught:
        load(server, database=own_database.name, size=few, progress=silent)

    assert caught.value.detail.startswith("23514: ")
    assert set(row_counts(own_database).values()) == {0}


def test_an_interrupt_leaves_nothing_behind(
    server: Server, own_database: Database, few: str
) -> None:
    def interrupt_half_way(_stage: str, *, done: int, total: int) -> None:
        if done > total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(server, database=own_database.name, size=few, progress=interrupt_half_way)

    assert set(row_counts(own_database).values()) == {0}


def test_progress_never_goes_back_and_ends_at_the_total(
    server: Server, own_database: Database, few: str
) -> None:
    heard: list[tuple[str, int, int]] = []

    def listen(stage: str, *, done: int, total: int) -> None:
        heard.append((stage, done, total))

    load(server, database=own_database.name, size=few, progress=listen)

    done = [done for _, done, _ in heard]
    assert len(done) == 3
    assert {(stage, total) for stage, _, total in heard} == {("loading", 20_000)}
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0, 20_000)


def terminate_others(database: Database) -> None:
    with connect(database.admin_url) as admin:
        admin.execute(
            """select pg_terminate_backend(pid) from pg_catalog.pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()"""
        )
