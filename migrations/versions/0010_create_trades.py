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
    up="3b2beb3bc01a550e63f5d66af421c38ec7c403a3d8799d526014591404f33fa8",
    down="6df2c3babdcb56cd8b56d3aa920a6c1d2a292dfef96d45d366a075a2bdf46510",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
