"""A whole benchmark on a workload of two variants: its order, its refusals, its figures."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from toolkit.bench.answers import DifferentAnswers
from toolkit.bench.client import Client
from toolkit.bench.counting import UnsteadyCounters
from toolkit.bench.measure import measure
from toolkit.bench.result import Benchmark
from toolkit.bench.timing import Pace
from toolkit.bench.workload import Row, Variant, Workload
from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.server import Server

QUICK = Pace(budget_s=0.02, least=5, most=20, warm_up_s=0.0)


def one_by_one(client: Client, total: int) -> Sequence[Row]:
    """Ask for each number by itself."""
    ask = client.connection.execute
    return [row for number in range(total) for row in ask("select %s::int", [number]).fetchall()]


def at_once(client: Client, total: int) -> Sequence[Row]:
    """Ask for all numbers in one statement, which runs one more inside."""
    return client.connection.execute("select public.numbers_below(%s)", [total]).fetchall()


def sign_in(connection: Connection, _total: int) -> None:
    """Become somebody whom the counters can tell from the one who signed in."""
    connection.execute("set role authenticated")


WORKLOAD = Workload(
    name="count_up",
    question="the numbers below a limit",
    axis="numbers",
    columns=("number",),
    sizes={0: (3, 30), 5: (3,)},
    headline=3,
    baseline="one by one",
    candidate="at once",
    subject=lambda _connection, size: size,
    sign_in=sign_in,
    variants=(
        Variant("one by one", "a statement for each", one_by_one),
        Variant("at once", "one statement", at_once),
    ),
)


@pytest.fixture
def numbers(own_database: Database) -> Database:
    """A database with the function that the workload asks."""
    with connect(own_database.url) as connection:
        connection.execute(
            """
            create function public.numbers_below(p_limit integer) returns setof integer
            language plpgsql stable security invoker set search_path = '' as $$
            begin
                return query select number - 1 from generate_series(1, p_limit) as number;
            end $$;
            grant execute on function public.numbers_below to authenticated
            """
        )
    return own_database


def run(server: Server, database: Database, workload: Workload = WORKLOAD) -> Benchmark:
    return measure(server, workload, database=database.name, pace=QUICK)


def with_variant(name: str, answer: object) -> Workload:
    """Return the workload with a third variant."""
    added = Variant(name, "under test", answer)  # type: ignore[arg-type]  # any callable will do
    return replace(WORKLOAD, variants=(*WORKLOAD.variants, added))


def test_every_variant_is_counted_at_every_size_and_distance(
    server: Server, numbers: Database
) -> None:
    found = run(server, numbers)

    assert [(cell.rtt_ms, cell.size, cell.variant) for cell in found.cells] == [
        (0, 3, "one by one"),
        (0, 3, "at once"),
        (0, 30, "one by one"),
        (0, 30, "at once"),
        (5, 3, "one by one"),
        (5, 3, "at once"),
    ]
    counted = [
        (cell.cost.round_trips, cell.cost.statements, cell.cost.nested_statements)
        for cell in found.cells
    ]
    assert counted == [(3, 3, 0), (1, 1, 1), (30, 30, 0), (1, 1, 1), (3, 3, 0), (1, 1, 1)]
    assert all(cell.timing.repetitions >= 5 for cell in found.cells)


def test_counters_are_the_same_in_every_run(server: Server, numbers: Database) -> None:
    first, second = run(server, numbers), run(server, numbers)

    assert [cell.cost for cell in first.cells] == [cell.cost for cell in second.cells]


def test_distance_shows_in_the_times_as_often_as_there_are_round_trips(
    server: Server, numbers: Database
) -> None:
    found = run(server, numbers)

    far = {cell.variant: cell.timing.p50_ms for cell in found.cells if cell.rtt_ms == 5}
    assert far["one by one"] >= 15
    assert far["at once"] >= 5
    assert found.speedup(5) == far["one by one"] / far["at once"]
    assert far["one by one"] > far["at once"]


def test_each_timing_has_its_control_and_its_emptiest_call(
    server: Server, numbers: Database
) -> None:
    found = run(server, numbers)

    measured = [(0, 3), (0, 30), (5, 3)]
    assert [(control.rtt_ms, control.size) for control in found.controls] == measured
    assert [(reference.rtt_ms, reference.size) for reference in found.references] == measured
    assert all(control.ratio > 0 for control in found.controls)
    assert found.references[-1].p50_ms >= 5


def test_a_variant_with_another_answer_is_named_and_nothing_is_timed(
    server: Server, numbers: Database
) -> None:
    stages: set[str] = set()

    def listen(stage: str, *, done: int, total: int) -> None:
        assert done <= total
        stages.add(stage)

    def off_by_one(client: Client, total: int) -> Sequence[Row]:
        return at_once(client, total)[:-1] if total == 30 else at_once(client, total)

    with pytest.raises(DifferentAnswers) as caught:
        measure(
            server,
            with_variant("hasty", off_by_one),
            database=numbers.name,
            pace=QUICK,
            progress=listen,
        )

    assert caught.value.message == "variant hasty answers otherwise than one by one"
    assert caught.value.detail == "30 numbers, row 30: missing, one by one has (29,)"
    assert stages == {"proving and counting"}


def test_a_variant_that_never_costs_the_same_is_refused(server: Server, numbers: Database) -> None:
    calls = 0

    def restless(client: Client, total: int) -> Sequence[Row]:
        nonlocal calls
        calls += 1
        client.connection.execute("select %s", ["x" * calls])
        return at_once(client, total)

    with pytest.raises(UnsteadyCounters) as caught:
        run(server, numbers, with_variant("restless", restless))

    assert "restless" in caught.value.message


def test_a_disturbance_of_one_call_does_not_reach_the_counters(
    server: Server, numbers: Database
) -> None:
    calls = 0

    def disturbed(client: Client, total: int) -> Sequence[Row]:
        nonlocal calls
        calls += 1
        if calls == 2:
            with connect(numbers.url) as neighbour:
                neighbour.execute("select 1")
        return at_once(client, total)

    found = run(server, numbers, with_variant("disturbed", disturbed))

    cell = found.cell("disturbed", rtt_ms=0, size=3)
    assert cell is not None
    assert cell.cost.statements == 1


def test_a_floor_is_proven_counted_and_timed_like_a_variant(
    server: Server, numbers: Database
) -> None:
    def prepare(connection: Connection) -> None:
        connection.execute(
            """
            drop table if exists public.held;
            create table public.held as select n from generate_series(0, 29) as n;
            grant select on public.held to authenticated
            """
        )

    def held(client: Client, total: int) -> Sequence[Row]:
        query = "select n from public.held where n < %s order by n"
        return client.connection.execute(query, [total]).fetchall()

    workload = replace(
        WORKLOAD, sizes={0: (3,)}, floor=Variant("floor", "held", held), prepare=prepare
    )
    found = run(server, numbers, workload)
    again = run(server, numbers, workload)

    assert (found.floor, found.variants) == ("floor", ("one by one", "at once", "floor"))
    assert [cell.cost for cell in again.cells] == [cell.cost for cell in found.cells]
    assert found.cells[-1].cost.buffers == 1
    short = replace(workload, floor=Variant("floor", "short", lambda c, n: held(c, n)[1:]))
    with pytest.raises(DifferentAnswers, match="variant floor"):
        run(server, numbers, short)


def test_what_a_call_writes_is_taken_back_uncounted(server: Server, numbers: Database) -> None:
    with connect(numbers.url) as connection:
        connection.execute(
            "create table public.written (n int);"
            "grant insert, select on public.written to authenticated"
        )
    most = 0

    def write(client: Client, total: int) -> Sequence[Row]:
        query = "insert into public.written select generate_series(1, %s) returning n"
        return client.connection.execute(query, [total]).fetchall()

    def tidy(connection: Connection, total: int) -> None:
        nonlocal most
        deleted = connection.execute("delete from public.written").rowcount
        assert deleted in (0, total)
        most = max(most, deleted)

    workload = replace(
        WORKLOAD,
        sizes={0: (3,)},
        variants=(Variant("one by one", "", write), Variant("at once", "", write)),
        tidy=tidy,
    )
    found = run(server, numbers, workload)

    assert most == 3
    assert [cell.cost.statements for cell in found.cells] == [1, 1]
    with connect(numbers.url) as connection:
        assert connection.execute("select count(*) from public.written").fetchone() == (0,)


def test_progress_ends_where_it_said_it_would(server: Server, numbers: Database) -> None:
    last: dict[str, tuple[int, int]] = {}

    def listen(stage: str, *, done: int, total: int) -> None:
        last[stage] = (done, total)

    measure(server, WORKLOAD, database=numbers.name, pace=QUICK, progress=listen)

    assert list(last) == [
        "proving and counting",
        "timing at 0 ms",
        "timing at 5 ms",
    ]
    assert all(done == total for done, total in last.values())
