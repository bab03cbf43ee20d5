"""Create the ranking, internal.strategy_performance_agg, and public.get_leaderboard that reads it.

Locks:   access exclusive on public.strategies, for its policies, until the ranking is filled. Going
         down, access exclusive on public.strategies; brief.
Rewrite: none; public.strategies and public.strategy_stats are read to fill the ranking.
Reverse: drops both; the ranking is derived, nothing is lost.
"""

from toolkit.history import Frozen

revision = "0016"
down_revision = "0015"

FROZEN = Frozen(
    __file__,
    up="886bea93ad3953a2f06970e087452377740fd156585f7282d37892de61eaefa5",
    down="3d4f16448b9a08a092b1ab73d0b34923103bcb22b5cc734c356b1e6adcf8d178",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
