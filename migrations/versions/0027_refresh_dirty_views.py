"""Mark views that were written to, and refresh them by one refresher that misses nobody.

Locks:   share row exclusive on public.strategies and public.backtest_results, for their triggers;
         going down access exclusive on public.strategies and public.backtest_results. Brief.
Rewrite: none.
Reverse: drops the triggers, the refresher and its log; views stay as they were last refreshed.
"""

from toolkit.history import Frozen

revision = "0027"
down_revision = "0026"

FROZEN = Frozen(
    __file__,
    up="ea12e3000f05ed4b97cccf078bbd32e9a9d387883671e2561ca1712b344e694e",
    down="51b42bbb28c48f441b82ff263976f1b7c9172911aabe8ece42c2daf96188dd3a",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
