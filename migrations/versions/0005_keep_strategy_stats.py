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
    up="3b711e21f20198305101796898dce89152c0109dfde9568cbd74570cfd2ab7ba",
    down="85ca1e1a24b7b7eb6175d6e6d102f0b38a2833fb0f75094de95fad323484a5f6",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
