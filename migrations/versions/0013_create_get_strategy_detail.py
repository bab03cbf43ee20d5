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
    up="83cb127ebfcee3a7823e1a52aba33962872d599f8bd7bce687af89216a7636a6",
    down="aee78ad3fcbf5eb39d383ca054328ccdc950046301ee745d42bace422337417e",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
