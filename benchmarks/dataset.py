"""Loading a data set: all of it in one transaction, or nothing.

Takes a scratch server and never a URL, so no target can be filled by mistake.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

import psycopg
from psycopg import sql

from benchmarks import population, trades
from benchmarks.population import SIZES, Size, User
from benchmarks.rows import TABLES, Table, lines_of
from toolkit.bench.progress import Progress, silent
from toolkit.connect import Connection, connect
from toolkit.errors import ToolkitError
from toolkit.server import Server
from toolkit.server.model import MAIN_DATABASE

DEFAULT_SEED = 1
_STAGE = "loading"
# Any number, the same for every loader.
_LOAD_LOCK = 0x4E50_0002
# Users whose rows are copied together, counted by their results: a few megabytes of text.
_BATCH_RESULTS = 2_000
# The server remembers each row of a statement until its foreign keys are checked at the end.
BLOCKS_A_COPY = 40
TRADES_A_BLOCK = 5_000
_RANKING = "internal.strategy_performance_agg"
# auth.users belongs to somebody else, and only an owner may.
_ANALYZED = (
    "public.profiles",
    "public.strategies",
    "public.backtest_jobs",
    "public.backtest_results",
    "public.strategy_stats",
    "public.trades",
)


class LoadRefused(ToolkitError):
    """A data set cannot go into this database."""


class LoadFailed(ToolkitError):
    """Loading broke off; the database is as it was before."""


def load(
    server: Server,
    *,
    database: str = MAIN_DATABASE,
    size: str = "demo",
    seed: int = DEFAULT_SEED,
    progress: Progress = silent,
) -> dict[str, int]:
    """Fill a migrated, empty database.

    The same size and seed give the same rows on every server. Totals are kept by the schema's own
    triggers, statistics are fresh, and both are visible at the same moment as the data.

    Args:
        server: a scratch server.
        database: one of its databases, at the head of history.
        size: a key of SIZES.
        seed: another seed makes other people.
        progress: told how many of the size's trades are accounted for.

    Returns:
        How many rows went into each table.

    Raises:
        LoadRefused: unknown size, not migrated, already filled, or being filled by another.
        LoadFailed: the server went away, or it refused a row; nothing stays behind.
    """
    wanted = _find_size(size)
    try:
        with connect(server.url(database), autocommit=False) as connection:
            _claim(connection, database)
            counts = fill(connection, wanted, seed=seed, progress=progress)
            _commit(connection, database)
            return counts
    except psycopg.errors.UndefinedTable as error:
        raise LoadRefused(
            f"database {database} is not migrated",
            detail=error.diag.message_primary or str(error),
            hint="Migrate it to the head of history, then load.",
        ) from error
    except psycopg.Error as error:
        raise LoadFailed(
            f"loading into {database} broke off; nothing of it was kept",
            detail=f"{error.sqlstate or 'no SQLSTATE'}: {' '.join(str(error).split())}",
            hint="Remove the cause, then load again.",
        ) from error


def fill(
    connection: Connection,
    size: Size,
    *,
    seed: int = DEFAULT_SEED,
    progress: Progress = silent,
) -> dict[str, int]:
    """Copy a data set inside the caller's transaction; as `load`, without its refusals.

    Memory holds the rows of some thousand results and one block of trades, whatever the size.
    """
    counts: Counter[str] = Counter()
    done = 0
    progress(_STAGE, done=done, total=size.trades)
    for batch in _batches(population.users(size, seed)):
        for table in TABLES:
            counts[table.name] += _copy_lines(connection, table, batch)
        planned = sum(result.trade_count for user in batch for result in user.results())
        for counted in copy_trades(connection, batch) if size.keeps_trades else (planned,):
            done += counted
            progress(_STAGE, done=done, total=size.trades)
    counts[trades.TABLE] = done if size.keeps_trades else 0
    # Before the commit: nobody meets the rows without their ranking, nor without their statistics.
    connection.execute(f"refresh materialized view {_RANKING}".encode())
    connection.execute("analyze " + ", ".join((*_ANALYZED, _RANKING)))
    return dict(counts)


def copy_trades(connection: Connection, users: Iterable[User]) -> Iterator[int]:
    """Make and copy the trades of some users, in several statements; yields the rows of each."""
    blocks = trades.blocks(users, TRADES_A_BLOCK)
    statement = copy_statement(trades.TABLE, trades.COLUMNS)
    while copied := _copy_blocks(connection, statement, islice(blocks, BLOCKS_A_COPY)):
        yield copied


def copy_statement(table: str, columns: tuple[str, ...]) -> sql.Composed:
    """Return the COPY that reads a table's lines."""
    return sql.SQL("copy {} ({}) from stdin").format(
        _identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )


def _find_size(name: str) -> Size:
    if name in SIZES:
        return SIZES[name]
    raise LoadRefused(
        f"no size of data named {name}",
        detail=f"known are {', '.join(SIZES)}",
        hint=f"Choose one of {', '.join(SIZES)}.",
    )


def _claim(connection: Connection, database: str) -> None:
    """Keep other loaders out until this transaction ends, and refuse what is not empty."""
    claimed = connection.execute("select pg_try_advisory_xact_lock(%s)", [_LOAD_LOCK]).fetchone()
    if claimed != (True,):
        raise LoadRefused(
            f"somebody else is loading into {database}",
            detail="the lock that every loader takes is held by another session",
            hint="Wait until that load has ended.",
        )
    for table in TABLES:
        query = sql.SQL("select exists (select from {})").format(_identifier(table.name))
        if connection.execute(query).fetchone() != (False,):
            raise LoadRefused(
                f"database {database} already holds data",
                detail=f"{table.name} is not empty",
                hint="Load into a fresh database.",
            )


def _commit(connection: Connection, database: str) -> None:
    try:
        connection.commit()
    except psycopg.OperationalError as error:
        raise LoadFailed(
            f"the server did not say whether loading into {database} was kept",
            detail=f"the connection was lost during commit: {' '.join(str(error).split())}",
            hint="Look whether the tables are empty: a data set is there whole, or not at all.",
        ) from error


def _batches(users: Iterable[User]) -> Iterator[list[User]]:
    batch: list[User] = []
    results = 0
    for user in users:
        batch.append(user)
        results += sum(1 for _ in user.results())
        if results >= _BATCH_RESULTS:
            yield batch
            batch, results = [], 0
    if batch:
        yield batch


def _copy_lines(connection: Connection, table: Table, users: Iterable[User]) -> int:
    lines = list(lines_of(table, users))
    with connection.cursor().copy(copy_statement(table.name, table.columns)) as copy:
        copy.write("".join(lines))
    return len(lines)


def _copy_blocks(
    connection: Connection, statement: sql.Composed, blocks: Iterator[tuple[int, bytes]]
) -> int:
    copied = 0
    with connection.cursor().copy(statement) as copy:
        for row_count, text in blocks:
            copy.write(text)
            copied += row_count
    return copied


def _identifier(qualified: str) -> sql.Identifier:
    return sql.Identifier(*qualified.split("."))
