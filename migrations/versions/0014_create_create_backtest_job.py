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
    up="fcf76005cd6e0937a667b58e75a43adda6fb8b66b87a2c78128719bdaed791dd",
    down="cb751781acb89c8139168705880eb231f48caf41d6cbe4e61ebcd7f04123b4a9",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
