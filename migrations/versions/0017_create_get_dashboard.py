"""Create public.get_dashboard: the front page in one call, from indexes that begin with the newest.

Locks:   share on public.backtest_results while its index is built, so that writers wait; access
         exclusive on public.notifications, for its policies and its indexes. Going down, access
         exclusive on public.backtest_results and public.notifications, for the same.
Rewrite: none; public.backtest_results and public.notifications are read for the indexes.
Reverse: drops the function and its indexes, and brings back the one that went.
"""

from toolkit.history import Frozen

revision = "0017"
down_revision = "0016"

FROZEN = Frozen(
    __file__,
    up="23716f429a168e94a92a88a5cae143bba0c50da431fd34fcc1a4f6f4d3bd1d25",
    down="1db6f81eac0a3ba5fbc12efd63e471addc967cd51b61de2e57b1f61c7d77888e",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
