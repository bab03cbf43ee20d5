"""Hold statuses to the steps they may take, and let strategies and jobs follow each other.

Locks:   access exclusive on public.strategies and public.backtest_jobs, for a column, policies and
         triggers; brief. Going down, access exclusive on public.strategies and
         public.backtest_jobs, and row exclusive on audit.changes and internal.view_marks, which the
         triggers write for strategies that go back where they were.
Rewrite: none; statuses that are there are not looked at. Going down, strategies in backtesting go
         back where they were: public.strategies is read once.
Reverse: drops the triggers and what they know; statuses may change from any to any again.
"""

from toolkit.history import Frozen

revision = "0028"
down_revision = "0027"

FROZEN = Frozen(
    __file__,
    up="439867f4731f3eba49dcedeba85404b4309a456aba95aeaad1e1c9cbd93447d5",
    down="77daf071a0b2b9f9bccc27a3e77f75e39eaa34a9b1aa76c754ea46f8b91796f7",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
