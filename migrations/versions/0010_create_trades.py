"""Create public.trades, the big one.

Locks:   share row exclusive on public.backtest_results for its foreign key; brief. Going down,
         access exclusive on public.backtest_results; brief.
Rewrite: none.
Reverse: drops the table with its rows.
"""

from toolkit.history import Frozen

revision = "0010"
down_revision = "0009"

FROZEN = Frozen(
    __file__,
    up="325d95fd725a67faa8d8abd9b78e4f78755425f8580011d4a2c8ada7e98a4dd6",
    down="4b72546e8308d4bc68c7a72991f696d3ae6e4c439ddaf111d5b3390f7c7c92fe",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
