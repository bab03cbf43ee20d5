"""How should the table of trades be keyed and cut? The figures behind decision 0002.

    python -m benchmarks.studies.trades_layout medium
    HEPHAITOS_SERVER=container python -m benchmarks.studies.trades_layout large

Every layout is filled with the same rows, one layout at a time, and asked the same questions; then
all over again, and the better rate and times count. Pages and bytes are exact; rates and times are
those of one machine in one run.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks import dataset, population, ready_made, trades
from benchmarks.population import SIZES, Size
from benchmarks.ready_made import ReadyMade
from benchmarks.studies.layouts import LAYOUTS, TABLE, Layout
from toolkit.clones import Database, clone, migrated_template
from toolkit.connect import Connection, connect
from toolkit.counters import Counters
from toolkit.prepare import prepare
from toolkit.server import start
from toolkit.settings import read_settings

_PAGE_ROWS = 50
_ROUNDS, _READS, _DELETES = 2, 15, 3
_MB = 1 << 20
_PAYLOAD = "symbol, side, quantity, price, fee, pnl, executed_at"

_USUAL = """
    select user_id, id from public.backtest_results order by abs(total_trades - 100), id limit 1
"""
_LARGEST = "select user_id, id from public.backtest_results order by total_trades desc, id limit 1"
_LEAVER = """
    select user_id from public.backtest_results
    group by user_id order by abs(sum(total_trades) - 10000), user_id limit 1
"""
_SPACE = """
    select sum(pg_table_size(oid)), sum(pg_indexes_size(oid))
    from pg_catalog.pg_class
    where relnamespace = 'study'::regnamespace and relkind = 'r'
"""


HEADINGS = (
    "layout",
    "rows/s",
    "WAL bytes/row",
    "heap MB",
    "index MB",
    "first 50 of 100",
    "next 50",
    "all 100",
    "all of the largest",
    "delete a user",
)


@dataclass(frozen=True, slots=True, order=True)
class Price:
    """What a statement costs: its median time, and the 8 kB pages it looks at."""

    ms: float
    pages: int

    def __str__(self) -> str:
        return f"{self.pages:,} / {self.ms:,.2f} ms"


@dataclass(frozen=True, slots=True)
class Figures:
    """What one layout costs; prices in the order of the last five headings."""

    rows_a_second: float
    wal_bytes: int
    heap_bytes: int
    index_bytes: int
    prices: tuple[Price, ...]

    def better(self, other: "Figures") -> "Figures":
        """Return these figures with the better rate and times of both."""
        return replace(
            self,
            rows_a_second=max(self.rows_a_second, other.rows_a_second),
            prices=tuple(map(min, self.prices, other.prices)),
        )

    def line(self, name: str, row_count: int) -> str:
        """Return the row of a table in Markdown."""
        cells = (
            name,
            f"{self.rows_a_second:,.0f}",
            f"{self.wal_bytes / row_count:,.0f}",
            f"{self.heap_bytes / _MB:,.0f}",
            f"{self.index_bytes / _MB:,.0f}",
            *map(str, self.prices),
        )
        return f"| {' | '.join(cells)} |"


@dataclass(frozen=True, slots=True)
class Bench:
    """Connections to the database under study, and the counters of what runs on one of them."""

    connection: Connection
    admin: Connection
    counters: Counters

    def price(self, statement: str, parameters: Sequence[object], *, times: int) -> Price:
        """Return pages and median milliseconds of a statement, whose effects are taken back."""
        samples_ms = []
        for _ in range(times):
            before = self.counters.read()
            with self.connection.transaction(force_rollback=True):
                begun = time.perf_counter()
                self.connection.execute(statement.encode(), parameters)
                samples_ms.append((time.perf_counter() - begun) * 1_000)
            # Only now: inside a transaction, a statement counts when the next one replaces it.
            spent = self.counters.read() - before
        return Price(statistics.median(samples_ms), spent.buffers)


def main(size: Size) -> None:
    """Measure every layout at one size and print a table in Markdown."""
    settings = read_settings()
    with start(settings) as server, tempfile.TemporaryDirectory() as folder:
        with connect(server.url()) as connection:
            prepare(connection, settings.roles)
        with clone(server, migrated_template(server, settings.project_root)) as database:
            print(f"PostgreSQL {server.version} ({server.kind}), {size.trades:,} trades\n")
            with connect(database.url, autocommit=False) as connection:
                dataset.fill(connection, replace(size, keeps_trades=False))
            files = _write_files(size, Path(folder))
            print(f"| {' | '.join(HEADINGS)} |\n|---|{'---:|' * (len(HEADINGS) - 1)}")
            for name, figures in _rounds(database, files).items():
                print(figures.line(name, size.trades))


def _rounds(database: Database, files: Mapping[tuple[str, ...], ReadyMade]) -> dict[str, Figures]:
    found: dict[str, Figures] = {}
    for turn in range(_ROUNDS):
        for layout in LAYOUTS:
            print(f"round {turn + 1} of {_ROUNDS}: {layout.name}", file=sys.stderr)
            figures = _study(database, layout, files[layout.copied])
            found[layout.name] = figures.better(found.get(layout.name, figures))
    return found


def _write_files(size: Size, folder: Path) -> dict[tuple[str, ...], ReadyMade]:
    """Write the trades once for every set of columns that a layout takes."""
    files = {}
    for columns in {layout.copied for layout in LAYOUTS}:
        blocks = trades.blocks(population.users(size, dataset.DEFAULT_SEED), dataset.TRADES_A_BLOCK)
        if columns != trades.COLUMNS:
            blocks = ready_made.drop_column(blocks, trades.COLUMNS.index("trade_no"))
        files[columns] = ready_made.write(
            folder / f"{len(columns)}_columns", blocks, blocks_a_part=dataset.BLOCKS_A_COPY
        )
        print(f"wrote {files[columns].row_count:,} rows", file=sys.stderr)
    return files


def _study(database: Database, layout: Layout, file: ReadyMade) -> Figures:
    with connect(database.url) as connection, connect(database.admin_url) as admin:
        bench = Bench(connection, admin, Counters(admin))
        connection.execute("create schema study")
        for statement in layout.statements():
            connection.execute(statement.encode())
        elapsed_s, wal_bytes = _load(bench, layout, file)
        connection.execute(f"vacuum (analyze) {TABLE}".encode())
        heap_bytes, index_bytes = _one(connection, _SPACE)
        figures = Figures(
            rows_a_second=file.row_count / elapsed_s,
            wal_bytes=wal_bytes,
            heap_bytes=heap_bytes,
            index_bytes=index_bytes,
            prices=(*_reads(bench, layout), _delete(bench)),
        )
        connection.execute("drop schema study cascade")
    return figures


def _load(bench: Bench, layout: Layout, file: ReadyMade) -> tuple[float, int]:
    """Copy all rows in one transaction; return seconds and bytes of WAL."""
    # A page's first change after a checkpoint is logged whole: begin all layouts alike.
    bench.admin.execute("checkpoint")
    (begin,) = _one(bench.admin, "select pg_current_wal_lsn()")
    begun = time.perf_counter()
    with bench.connection.transaction():
        file.copy(bench.connection, dataset.copy_statement(TABLE, layout.copied))
    elapsed_s = time.perf_counter() - begun
    (wal_bytes,) = _one(
        bench.admin, "select pg_wal_lsn_diff(pg_current_wal_lsn(), %s::pg_lsn)", [begin]
    )
    return elapsed_s, int(wal_bytes)


def _reads(bench: Bench, layout: Layout) -> tuple[Price, ...]:
    """Price one backtest's first page, the page after it, the whole, and the largest's whole."""
    keyset = ", ".join(layout.keyset)
    query = f"select {_PAYLOAD}, {keyset} from {TABLE} where user_id = %s and backtest_id = %s"
    order = f"order by {keyset}"
    page = f"limit {_PAGE_ROWS}"
    usual, largest = _one(bench.connection, _USUAL), _one(bench.connection, _LARGEST)
    first = f"{query} {order} {page}"
    last_row = bench.connection.execute(first.encode(), usual).fetchall()[-1]
    after = ", ".join(["%s"] * len(layout.keyset))
    following = f"{query} and ({keyset}) > ({after}) {order} {page}"
    return (
        bench.price(first, usual, times=_READS),
        bench.price(following, [*usual, *last_row[-len(layout.keyset) :]], times=_READS),
        bench.price(f"{query} {order}", usual, times=_READS),
        bench.price(f"{query} {order}", largest, times=_READS),
    )


def _delete(bench: Bench) -> Price:
    """Price the end of a user: everything of theirs goes by cascade."""
    leaver = _one(bench.connection, _LEAVER)
    return bench.price("delete from auth.users where id = %s", leaver, times=_DELETES)


def _one(connection: Connection, query: str, parameters: Sequence[object] = ()) -> tuple[Any, ...]:
    row = connection.execute(query.encode(), parameters or None).fetchone()
    assert row is not None  # every query here answers with one row
    return row


if __name__ == "__main__":
    main(SIZES[sys.argv[1] if len(sys.argv) > 1 else "medium"])
