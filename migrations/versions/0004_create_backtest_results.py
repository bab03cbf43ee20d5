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
    up="233afe44a252222248c92778ae23b67edefdeb1b6f351f3c0d444f211dfe8f4a",
    down="f40cdcdf79957be44f341d292ca7cf17c0314229666261beea8dddfd0cf51f3c",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
