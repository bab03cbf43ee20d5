"""Keep count, totals and newest of backtest results per strategy.

Locks:   share row exclusive on public.strategies and public.backtest_results, the latter until the
         results that exist are counted, so that writers wait for one scan. Going down, access
         exclusive on public.strategies and public.backtest_results; brief.
Rewrite: none; public.backtest_results is read once.
Reverse: drops triggers, functions and totals; all of it can be counted again.
"""

from toolkit.history import Frozen

revision = "0005"
down_revision = "0004"

FROZEN = Frozen(
    __file__,
    up="409b3b040c87d2d94c4c29972fe1f6a6e354f47ab3dbfcadc801fb9343b5f5d3",
    down="69816028d24a1a0d1a8b51df063a1194bbcc1f837874c3e816e03fa15d709684",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
