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
    up="48e19ff1f2499866bb5bf43cb96eee6a903e53a72f32fc9e8bea59d8183a54a7",
    down="ab5f5ff0f69116d0eb0b03d0dfdd383fc92b0952d30d8e14fcb806e87b1b0f87",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
