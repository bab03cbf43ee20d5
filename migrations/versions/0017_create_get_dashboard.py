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
    up="f53cb103b37ec9f27ce04b3e19b6e94b3525ed29e8d1d9c3200137880233b7a4",
    down="b8ed49606ff240631390628e9f09eb5710b3c4cea48675f97f3476295bf3121a",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
