"""The trades of a data set, as the text that COPY reads: millions of lines, made fast.

Apart from the other rows because these are so many that each microsecond counts. A line is put
together from pieces that are written once: what was traded, the day, the minute.
"""

import random
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import chain, islice

from benchmarks.population import Result, User

TABLE = "public.trades"
COLUMNS = (
    "user_id",
    "backtest_id",
    "trade_no",
    "symbol",
    "side",
    "quantity",
    "price",
    "fee",
    "pnl",
    "executed_at",
)
_FIRST_DAY = date(2019, 1, 1)
_DAYS = 7 * 365
_MINUTES_A_DAY = 24 * 60
_SYMBOLS = (("BTC-USD", 43_000), ("ETH-USD", 2_300), ("AAPL", 190), ("EUR-USD", 1), ("TSLA", 240))


def _deals(count: int) -> Iterator[str]:
    """Make what can be traded: each buy is followed by the sale that closes it, with its profit."""
    chance = random.Random("deals")
    for _ in range(count // 2):
        symbol, usual = _SYMBOLS[int(chance.random() * len(_SYMBOLS))]
        quantity = 0.01 + chance.random() * 20_000 / usual
        bought = usual * (0.8 + 0.4 * chance.random())
        sold = bought * (0.95 + 0.11 * chance.random())
        for side, price, pnl in (("buy", bought, None), ("sell", sold, sold - bought)):
            fee = quantity * price * 0.001
            profit = "\\N" if pnl is None else f"{quantity * pnl:.2f}"
            yield f"{symbol}\t{side}\t{quantity:.4f}\t{price:.4f}\t{fee:.4f}\t{profit}"


_DEALS = tuple(_deals(1 << 13))
_DAY = tuple(str(_FIRST_DAY + timedelta(days=day)) for day in range(_DAYS))
_MINUTE = tuple(f" {minute // 60:02}:{minute % 60:02}:00+00" for minute in range(_MINUTES_A_DAY))


def blocks(users: Iterable[User], rows: int) -> Iterator[tuple[int, bytes]]:
    """Make the trades of some users, in blocks.

    Args:
        users: whose.
        rows: of a block; the last one may have fewer.

    Yields:
        How many rows, and their text. Memory O(one block and one backtest).
    """
    lines = chain.from_iterable(_lines(user, result) for user in users for result in user.results())
    while block := list(islice(lines, rows)):
        yield len(block), "".join(block).encode("ascii")


def _lines(user: User, result: Result) -> list[str]:
    """Make the trades of one backtest in order of time; now and then two at the same minute."""
    count = result.trade_count
    if not count:
        return []
    seed = result.id.int
    key = f"{user.id}\t{result.id}\t"
    deal = seed % len(_DEALS) & ~1  # a backtest begins with a buy
    span = _MINUTES_A_DAY * (30 + seed % 700)
    begin = seed % (_DAYS * _MINUTES_A_DAY - span)
    last = len(_DEALS) - 1
    minutes = [begin + (no - (no % 8 == 7)) * span // count for no in range(count)]
    return [
        f"{key}{no}\t{_DEALS[(deal + no - 1) & last]}\t"
        f"{_DAY[minute // 1440]}{_MINUTE[minute % 1440]}\n"
        for no, minute in enumerate(minutes, start=1)
    ]
