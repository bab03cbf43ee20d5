"""The proofs about cost: nothing in a function runs once a row, and what grows, grows no faster.

Counters only. Each size is a tenant of its own in one scratch database.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import psycopg

from toolkit.clones import clone
from toolkit.connect import Connection, connect
from toolkit.counters import Counters, CountersUnavailable
from toolkit.server import Server
from toolkit.verify.calling import owner_of
from toolkit.verify.check import Check, Finding, judged
from toolkit.verify.declarations import Declarations
from toolkit.verify.metering import Price, Unsteady, read_price
from toolkit.verify.promise import Promise
from toolkit.verify.subject import Unprovable, read_function

SIZES = (10, 100, 1000)
DOUBLINGS = ((100, 200), (1000, 2000))
SHORT, LONG = 1, 10
_HISTORY_AT = _NEIGHBOURS_AT = 100
_MOST_BY_DOUBLING = 2.05
_MOST_BY_HISTORY = _MOST_BY_NEIGHBOURS = 1.1
# Where rows happen to lie across the edge of a page, of one table and its indexes, on either side.
_EDGES = 4
_LOOP_HINT = "Replace the loop inside by one statement over the whole set."


@dataclass(frozen=True, slots=True, order=True)
class Scale:
    """How big the tenant is who asks.

    Args:
        size: of what the answer grows with.
        history: how often over it has what lies behind that.
        neighbours: how often over all the others are there.
    """

    size: int
    history: int = SHORT
    neighbours: int = 1


_CROWDED = Scale(_NEIGHBOURS_AT, neighbours=2)


def scales() -> tuple[Scale, ...]:
    """Return every scale that the proofs need of a tenant that is there once, smallest first."""
    sizes = {*SIZES, *(size for pair in DOUBLINGS for size in pair)}
    return tuple(sorted({*map(Scale, sizes), Scale(_HISTORY_AT, LONG)}))


def prove_cost(
    server: Server, template: str, declarations: Declarations, promise: Promise
) -> tuple[Check, Check]:
    """Prove how a function's cost grows.

    Args:
        server: a scratch server.
        template: a migrated database of it; each scale fills a clone of its own.
        declarations: the tenant in names.
        promise: of the function.

    Returns:
        The check about statements inside, and the one about growth; both skipped where the server
        does not count. Time: making 6,820 times what the promise calls a size, and 63 calls.
    """
    signature = promise.function
    names = f"statements {signature}", f"growth {signature}"
    claims = (
        f"{signature} runs as many statements inside for one as for a thousand {promise.grows}.",
        f"{signature} costs twice as much for twice the {promise.grows}, and no more by others.",
    )
    try:
        prices = read_prices(server, template, declarations, promise)
    except CountersUnavailable as error:
        first, second = (
            Check(name, claim, skipped=f"{error.message}: {error.detail}")
            for name, claim in zip(names, claims, strict=True)
        )
        return first, second
    except (Unprovable, Unsteady, psycopg.Error) as error:
        finding = Finding(signature, f"Its cost cannot be told: {error}.", "Correct its promise.")
        first, second = (
            judged(name, claim, [finding]) for name, claim in zip(names, claims, strict=True)
        )
        return first, second
    return (
        judged(names[0], claims[0], judge_statements(signature, prices), _inside(prices)),
        judged(names[1], claims[1], judge_growth(signature, prices), _evidence(prices)),
    )


def read_prices(
    server: Server, template: str, declarations: Declarations, promise: Promise
) -> Mapping[Scale, Price]:
    """Make a tenant for each scale, and have each ask.

    Where each is answered for itself, they are each other's crowd, and no index is too small to be
    used; one of them asks again when the crowd is there twice. What everybody is told alike takes a
    database for each.
    """
    isolated = any(one.function == promise.function for one in declarations.isolation)
    groups = (scales(),) if isolated else tuple((scale,) for scale in scales())
    prices: dict[Scale, Price] = {}
    for group in groups:
        prices |= _read_group(server, template, declarations, promise, group)
    return prices


def judge_statements(signature: str, prices: Mapping[Scale, Price]) -> list[Finding]:
    """Find statements that are run once a row: a + b N with b other than nought."""
    counts = {size: prices[Scale(size)].nested for size in SIZES}
    if len(set(counts.values())) == 1:
        return []
    smallest, largest = min(SIZES), max(SIZES)
    slope = (counts[largest] - counts[smallest]) / (largest - smallest)
    base = counts[smallest] - slope * smallest
    seen = ", ".join(f"{count} at N = {size}" for size, count in counts.items())
    return [
        Finding(
            signature, f"It runs {base:.0f} + {slope:.3g} N statements inside: {seen}.", _LOOP_HINT
        )
    ]


def judge_growth(signature: str, prices: Mapping[Scale, Price]) -> list[Finding]:
    """Find what grows faster than it may."""
    return [
        Finding(signature, fault, hint)
        for fault, hint in (
            *_faults_of_doubling(prices),
            *_faults_of_history(prices),
            *_faults_of_neighbours(prices),
        )
    ]


def _read_group(
    server: Server,
    template: str,
    declarations: Declarations,
    promise: Promise,
    group: tuple[Scale, ...],
) -> Mapping[Scale, Price]:
    with (
        clone(server, template) as database,
        connect(database.admin_url) as admin,
        connect(database.url) as connection,
    ):
        counters = Counters(admin)
        asked = {scale: promise.fill(connection, scale.size, scale.history) for scale in group}
        function = read_function(connection, promise.function)

        def read(scale: Scale) -> Price:
            owner = owner_of(declarations, promise.function, asked[scale])
            return read_price(connection, counters, function, owner, asked[scale])

        _tidy(connection, declarations.schemas)
        prices = {scale: read(scale) for scale in group}
        if len(group) > 1:
            for scale in group:
                promise.fill(connection, scale.size, scale.history)
            _tidy(connection, declarations.schemas)
            prices[_CROWDED] = read(Scale(_NEIGHBOURS_AT))
        return prices


def _tidy(connection: Connection, schemas: tuple[str, ...]) -> None:
    """Let no call be the first to look at a row, nor plan by what is no longer so."""
    tables = connection.execute(
        """
        select string_agg(format('%%I.%%I', pg_namespace.nspname, pg_class.relname), ', ')
        from pg_catalog.pg_class
        inner join pg_catalog.pg_namespace on pg_class.relnamespace = pg_namespace.oid
        where pg_namespace.nspname = any(%s) and pg_class.relkind in ('r', 'm')
        """,
        [list(schemas)],
    ).fetchone()
    assert tables is not None  # an aggregate always answers
    connection.execute(f"vacuum (analyze) {tables[0]}".encode())


def _faults_of_doubling(prices: Mapping[Scale, Price]) -> Iterator[tuple[str, str]]:
    for size, double in DOUBLINGS:
        small, big = prices[Scale(size)], prices[Scale(double)]
        for what in ("buffers", "bytes"):
            allowance = _EDGES if what == "buffers" else 0
            ratio = getattr(big, what) / getattr(small, what)
            if getattr(big, what) > _MOST_BY_DOUBLING * getattr(small, what) + allowance:
                yield (
                    f"From N = {size} to {double} its {what} grow {ratio:.2f} fold.",
                    "Let every part read what it answers with by an index, and nothing else.",
                )
        for what in ("trips", "statements"):
            if getattr(big, what) != getattr(small, what):
                yield f"From N = {size} to {double} its {what} grow.", _LOOP_HINT


def _faults_of_history(prices: Mapping[Scale, Price]) -> Iterator[tuple[str, str]]:
    short, long = prices[Scale(_HISTORY_AT)], prices[Scale(_HISTORY_AT, LONG)]
    ratio = long.buffers / short.buffers
    if long.buffers > _MOST_BY_HISTORY * short.buffers + _EDGES:
        yield (
            f"With {LONG // SHORT} times the history its buffers grow {ratio:.2f} fold.",
            "Keep totals beside the rows, or read the newest ones by an index.",
        )


def _faults_of_neighbours(prices: Mapping[Scale, Price]) -> Iterator[tuple[str, str]]:
    alone, crowded = prices[Scale(_NEIGHBOURS_AT)], prices.get(_CROWDED)
    if crowded and crowded.buffers > _MOST_BY_NEIGHBOURS * alone.buffers + _EDGES:
        ratio = crowded.buffers / alone.buffers
        yield (
            f"With twice the neighbours its buffers grow {ratio:.2f} fold.",
            "Name the tenant in every part, so that an index leads to its rows and no others.",
        )


def _inside(prices: Mapping[Scale, Price]) -> str:
    return f"{prices[Scale(max(SIZES))].nested} inside at N = {', '.join(map(str, SIZES))}"


def _evidence(prices: Mapping[Scale, Price]) -> str:
    doubled = max(
        prices[Scale(double)].buffers / prices[Scale(size)].buffers for size, double in DOUBLINGS
    )
    short, long = prices[Scale(_HISTORY_AT)], prices[Scale(_HISTORY_AT, LONG)]
    crowded, alone = prices.get(_CROWDED), prices[Scale(_NEIGHBOURS_AT)]
    beside = f", {crowded.buffers / alone.buffers:.2f} fold for twice the others" if crowded else ""
    return (
        f"buffers {doubled:.2f} fold for twice the size, "
        f"{long.buffers / short.buffers:.2f} fold for {LONG // SHORT} times the history{beside}"
    )
