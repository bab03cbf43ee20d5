"""Index the newest results of a strategy, and what is still to do of its jobs.

Locks:   share on public.backtest_results and public.backtest_jobs while their indexes are built, so
         that writers wait. Going down, access exclusive on public.backtest_results and
         public.backtest_jobs; brief.
Rewrite: none; public.backtest_results and public.backtest_jobs are read for the indexes.
Reverse: drops the indexes.
"""

from toolkit.history import Frozen

revision = "0012"
down_revision = "0011"

FROZEN = Frozen(
    __file__,
    up="133807ecc0c9d5e81fa048a44a1447490e9facb21d6f09de232ae2b139527115",
    down="aa8a0fef417d1c2393962847e8f0af2bf16bbf2d43e48ac758ccc191a2e9099a",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
