"""The proofs about cost: a loop tells its slope, and what grows too fast is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.counters import Counters
from toolkit.server import Server
from toolkit.settings import Settings
from toolkit.verify import Check, Outcome
from toolkit.verify.calling import owner_of
from toolkit.verify.declarations import Declarations, Isolation, read_declarations
from toolkit.verify.growth import prove_cost
from toolkit.verify.metering import read_price
from toolkit.verify.promise import Promise, load_promises
from toolkit.verify.subject import Arguments, read_function

DASHBOARD = "public.get_strategies_with_performance(uuid)"
JOB = "public.create_backtest_job(uuid, uuid, jsonb, text)"
NAIVE = "public.read_naively(uuid)"
# One trip, and a statement for each strategy inside.
LOOP = """
    create or replace function public.read_naively(p_user_id uuid) returns setof bigint
    language plpgsql stable security definer set search_path = '' as $$
    declare
        v_strategy pg_catalog.uuid;
    begin
        for v_strategy in
            select strategies.id from public.strategies where strategies.user_id = p_user_id
        loop
            return query
            select sum(results.total_return)::bigint from public.backtest_results as results
            where results.user_id = p_user_id and results.strategy_id = v_strategy;
        end loop;
    end;
    $$;
    grant execute on function public.read_naively(uuid) to authenticated
"""


@pytest.fixture
def declarations(settings: Settings) -> Declarations:
    declared = read_declarations(settings.tenant)
    return replace(declared, isolation=(*declared.isolation, Isolation(NAIVE, "p_user_id")))


@pytest.fixture
def dashboard(settings: Settings) -> Promise:
    return load_promises(settings.project_root / "proofs")[DASHBOARD]


@pytest.mark.deep
def test_a_loop_inside_tells_its_slope_and_grows_with_history(
    server: Server, template: str, declarations: Declarations, dashboard: Promise
) -> None:
    def fill(connection: Connection, size: int, history: int) -> Arguments:
        connection.execute(LOOP)
        return dashboard.fill(connection, size, history)

    statements, growth = prove_cost(
        server, template, declarations, replace(dashboard, function=NAIVE, fill=fill)
    )

    (finding,) = statements.findings
    assert finding.detail == (
        "It runs 1 + 1 N statements inside: 11 at N = 10, 101 at N = 100, 1001 at N = 1000."
    )
    assert "With 10 times the history its buffers grow" in told(growth)


@pytest.mark.deep
def test_a_part_that_does_not_name_its_tenant_grows_with_the_others(
    server: Server, template: str, declarations: Declarations, dashboard: Promise
) -> None:
    # The same answer, since a strategy has but one owner: an index that begins with him is no help.
    named = "stats.user_id = strategies.user_id and"

    def fill(connection: Connection, size: int, history: int) -> Arguments:
        row = connection.execute(
            "select pg_get_functiondef(%s::regprocedure)", [DASHBOARD]
        ).fetchone()
        assert row is not None
        connection.execute(row[0].replace(named, "").encode())
        return dashboard.fill(connection, size, history)

    _, growth = prove_cost(server, template, declarations, replace(dashboard, fill=fill))

    assert "With twice the neighbours its buffers grow" in told(growth)


def test_a_promise_that_cannot_be_kept_is_a_finding(
    server: Server, template: str, declarations: Declarations, dashboard: Promise
) -> None:
    absent = replace(dashboard, function="public.no_such(uuid)", fill=lambda *_: {})

    statements, growth = prove_cost(server, template, declarations, absent)

    assert "Its cost cannot be told: It does not exist" in told(statements)
    assert growth.outcome is Outcome.FAILED


@pytest.mark.deep
def test_every_function_keeps_what_it_promises_about_cost(
    server: Server, template: str, declarations: Declarations, settings: Settings
) -> None:
    for promise in load_promises(settings.project_root / "proofs").values():
        checks = prove_cost(server, template, declarations, promise)
        assert [check.findings for check in checks] == [(), ()]
        assert [check.outcome for check in checks] == [Outcome.PASSED] * 2


@pytest.fixture
def metered(own_database: Database) -> Iterator[tuple[Connection, Counters]]:
    with connect(own_database.url) as connection, connect(own_database.admin_url) as admin:
        yield connection, Counters(admin)


@pytest.mark.parametrize("size", [3, 7])
def test_statements_of_a_loop_are_counted(
    metered: tuple[Connection, Counters],
    declarations: Declarations,
    dashboard: Promise,
    size: int,
) -> None:
    connection, counters = metered
    connection.execute(LOOP)
    arguments = dashboard.fill(connection, size, 1)
    function = read_function(connection, NAIVE)
    owner = owner_of(declarations, NAIVE, arguments)

    price = read_price(connection, counters, function, owner, arguments)

    assert (price.trips, price.statements, price.nested) == (1, 1, 1 + size)


def test_a_call_costs_the_same_each_time_and_leaves_nothing(
    metered: tuple[Connection, Counters], declarations: Declarations, settings: Settings
) -> None:
    connection, counters = metered
    promise = load_promises(settings.project_root / "proofs")[JOB]
    arguments = promise.fill(connection, 3, 1)
    function = read_function(connection, JOB)
    owner = owner_of(declarations, JOB, arguments)

    prices = [read_price(connection, counters, function, owner, arguments) for _ in range(2)]

    first, again = prices
    assert (first.trips, first.statements) == (1, 1)
    assert first.nested == again.nested
    assert first.nested > 1
    assert first.buffers > 0
    kept = connection.execute(
        "select count(*) from public.backtest_jobs where status = 'queued'"
    ).fetchone()
    assert kept == (0,)


def told(check: Check) -> str:
    return "\n".join(finding.detail for finding in check.findings)
