"""How fast is the loader beside a plain COPY of the same rows from a file? The goal is 0.4 of it.

    python -m benchmarks.studies.load_rate small

Both fill the same table with the same trades in turn, several times; the table is emptied between.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks import dataset, population, ready_made, trades
from benchmarks.population import SIZES, Size
from toolkit.clones import clone, migrated_template
from toolkit.connect import Connection, connect
from toolkit.prepare import prepare
from toolkit.server import start
from toolkit.settings import read_settings

_ROUNDS = 3


def main(size: Size) -> None:
    """Print both rates and their ratio."""
    settings = read_settings()
    with start(settings) as server, tempfile.TemporaryDirectory() as folder:
        with connect(server.url()) as connection:
            prepare(connection, settings.roles)
        with (
            clone(server, migrated_template(server, settings.project_root)) as database,
            connect(database.url) as connection,
        ):
            print(f"PostgreSQL {server.version} ({server.kind}), {size.trades:,} trades")
            compare(connection, size, Path(folder) / "trades")


def compare(connection: Connection, size: Size, path: Path) -> None:
    """Fill the table in turn from a file and by the loader."""
    dataset.fill(connection, replace(size, keeps_trades=False))
    users = list(population.users(size, dataset.DEFAULT_SEED))
    file = ready_made.write(
        path, trades.blocks(users, dataset.TRADES_A_BLOCK), blocks_a_part=dataset.BLOCKS_A_COPY
    )
    statement = dataset.copy_statement(trades.TABLE, trades.COLUMNS)
    roads: dict[str, Callable[[], object]] = {
        "from a file": lambda: file.copy(connection, statement),
        "by the loader": lambda: list(dataset.copy_trades(connection, users)),
    }
    rates: dict[str, list[float]] = {name: [] for name in roads}
    for _ in range(_ROUNDS):
        for name, fill in roads.items():
            rates[name].append(size.trades / _seconds(connection, fill))
            connection.execute("truncate public.trades")
    best = {name: max(found) for name, found in rates.items()}
    for name, rate in best.items():
        print(f"{name}: {rate:,.0f} rows/s")
    print(f"ratio: {best['by the loader'] / best['from a file']:.2f}")


def _seconds(connection: Connection, fill: Callable[[], object]) -> float:
    begun = time.perf_counter()
    with connection.transaction():
        fill()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main(SIZES[sys.argv[1] if len(sys.argv) > 1 else "small"])
