"""Ways to make the table of trades: keys, indexes, partitions; what is asked of them, elsewhere."""

from dataclasses import dataclass

from benchmarks import trades

TABLE = "study.trades"

# Columns of one width first, so that none is padded.
_COLUMNS = """
    user_id uuid not null,
    backtest_id uuid not null,
    executed_at timestamptz not null,
    {own_column},
    symbol text not null,
    side text not null,
    quantity numeric not null,
    price numeric not null,
    fee numeric not null,
    pnl numeric
"""
_FOREIGN_KEY = """
    foreign key (user_id, backtest_id) references public.backtest_results (user_id, id)
    on delete cascade
"""
_NUMBER = "trade_no integer not null"
_BY_TIME = f"create index on {TABLE} (user_id, backtest_id, executed_at, id)"
_WITHOUT_NUMBER = tuple(column for column in trades.COLUMNS if column != "trade_no")
_MONTHS = tuple(f"{year}-{month:02}-01" for year in range(2019, 2026) for month in range(1, 13))
# An idle table: vacuum comes when the measuring says so.
_QUIET = "with (autovacuum_enabled = false)"


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to make the table.

    Args:
        name: how the report calls it.
        own_column: what it has beyond the common columns.
        primary_key: columns of the key.
        keyset: columns that order the trades of one backtest; the last one is unique in it.
        copied: columns that rows arrive with.
        partition_by: the clause of the table, when it has partitions.
        more: statements that follow: partitions, indexes.
        has_foreign_key: whether each trade is checked to belong to a result of its user.
    """

    name: str
    own_column: str
    primary_key: str
    keyset: tuple[str, ...]
    copied: tuple[str, ...] = trades.COLUMNS
    partition_by: str = ""
    more: tuple[str, ...] = ()
    has_foreign_key: bool = True

    def statements(self) -> tuple[str, ...]:
        """Return the DDL."""
        constraints = [f"primary key ({self.primary_key})"]
        if self.has_foreign_key:
            constraints.append(_FOREIGN_KEY)
        columns = ", ".join([_COLUMNS.format(own_column=self.own_column), *constraints])
        return (f"create table {TABLE} ({columns}) {self.partition_by or _QUIET}", *self.more)


LAYOUTS = (
    Layout("(user, backtest, no)", _NUMBER, "user_id, backtest_id, trade_no", ("trade_no",)),
    Layout(
        "same, no foreign key",
        _NUMBER,
        "user_id, backtest_id, trade_no",
        ("trade_no",),
        has_foreign_key=False,
    ),
    Layout("(backtest, no)", _NUMBER, "backtest_id, trade_no", ("trade_no",)),
    Layout(
        "bigint identity + index",
        "id bigint generated always as identity",
        "id",
        ("executed_at", "id"),
        copied=_WITHOUT_NUMBER,
        more=(_BY_TIME,),
    ),
    Layout(
        "random uuid + index",
        "id uuid not null default gen_random_uuid()",
        "id",
        ("executed_at", "id"),
        copied=_WITHOUT_NUMBER,
        more=(_BY_TIME,),
    ),
    Layout(
        "16 by hash of user",
        _NUMBER,
        "user_id, backtest_id, trade_no",
        ("trade_no",),
        partition_by="partition by hash (user_id)",
        more=tuple(
            f"create table {TABLE}_{number} partition of {TABLE} "
            f"for values with (modulus 16, remainder {number}) {_QUIET}"
            for number in range(16)
        ),
    ),
    Layout(
        "84 by month of execution",
        _NUMBER,
        "user_id, backtest_id, executed_at, trade_no",
        ("executed_at", "trade_no"),
        partition_by="partition by range (executed_at)",
        more=tuple(
            f"create table {TABLE}_{number} partition of {TABLE} "
            f"for values from ('{begin}+00') to ('{end}+00') {_QUIET}"
            for number, (begin, end) in enumerate(
                zip(_MONTHS, (*_MONTHS[1:], "2026-01-01"), strict=True)
            )
        ),
    ),
)
