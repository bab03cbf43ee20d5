"""Create public.backtest_results.

Locks:   share row exclusive on public.strategies and public.backtest_jobs for its foreign keys;
         brief. Going down, access exclusive on public.strategies and public.backtest_jobs; brief.
Rewrite: none.
Reverse: drops the table with its rows.
"""

from toolkit.history import Frozen

revision = "0004"
down_revision = "0003"

FROZEN = Frozen(
    __file__,
    up="800e6c4aeabe92c826e75c0a1449c257c72e24d8d780f5347b9af599cd23b5d9",
    down="24013274bf53aa1da0e20fd1d2f7fff265d983d1314a1feaf2b3e0942b3bddb7",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
