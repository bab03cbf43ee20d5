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
    up="dd80e865cee09aae65e5b4415cc657a1c50334ceec06232534193213023de201",
    down="88dec06860e29675e22c3bf8d798ef62bf19a924dcdab9132faf76df85e7b06e",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
