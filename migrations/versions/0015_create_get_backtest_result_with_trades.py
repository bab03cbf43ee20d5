"""Create public.get_backtest_result_with_trades: a result and a page of its trades in one call.

Locks:   access exclusive on public.trades, for its policies; brief, and the same going down.
Rewrite: none.
Reverse: drops the function and what hephaitos_api may read for it.
"""

from toolkit.history import Frozen

revision = "0015"
down_revision = "0014"

FROZEN = Frozen(
    __file__,
    up="db568e7fc40069e65ca7eb718d20cb124443b6f8e8c6a64bda2213b92d3e351f",
    down="88317f6ff12a8ced8e024f764977a80d7612166beedbc68fc64f7d3130cc3b6b",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
