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
    up="898210599e89adaf67357cc144f5da4d1604a665a0b334d3d428737afa5a42d0",
    down="cc551c3877a52f063385a4370d0d2e133cf37d86d344fc87fe9b14e8180af2c3",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
