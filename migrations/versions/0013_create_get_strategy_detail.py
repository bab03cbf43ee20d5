"""Create public.get_strategy_detail: the page of one strategy in one call.

Locks:   access exclusive on public.backtest_jobs and public.backtest_results, for their policies
         and for an index that another one has made superfluous; brief. Going down, the same: access
         exclusive on public.backtest_jobs and public.backtest_results, the latter until that index
         is built again.
Rewrite: none. Going down, public.backtest_results is read for the index.
Reverse: drops the functions and what hephaitos_api may read for them.
"""

from toolkit.history import Frozen

revision = "0013"
down_revision = "0012"

FROZEN = Frozen(
    __file__,
    up="c1f95b879cdb7778adcaeb2003d8d1b72f669bc27975cd34a35a37d31f37342d",
    down="e6858f3fe5c427eb19772655bad9d06be3cabd4cd2281f35494d8580ed01062b",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
