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
    up="020100f0e1ee0f8ff0c507a33f0ec4c827c1c07d25337772ef5c41577993f46c",
    down="b46e30daf9b2386ce5a3773bb355309ab9999b0a064299caf472fdade95e59bb",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
