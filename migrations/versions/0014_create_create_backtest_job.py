"""Create public.create_backtest_job: ask for a backtest once, however often the request is sent.

Locks:   access exclusive on public.profiles and public.backtest_jobs, for their policies; brief,
         and the same going down.
Rewrite: none.
Reverse: drops the functions and what hephaitos_api may read and write for them; jobs stay.
"""

from toolkit.history import Frozen

revision = "0014"
down_revision = "0013"

FROZEN = Frozen(
    __file__,
    up="a9dbb7308ca9aa198cb798d768c52942ac5b1b8d9006290909543e24a84cd3ca",
    down="5856f54ca43d76762d65b14f76c46dc7c6bef9f4835ba6994c367f81584303d4",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
