"""Record every change of what people and services write in audit.changes.

Locks:   share row exclusive on public.profiles, public.strategies, public.backtest_jobs,
         public.backtest_results, public.trades, public.notifications, public.exports and
         audit.changes, for their triggers; brief. Going down, access exclusive on public.profiles,
         public.strategies, public.backtest_jobs, public.backtest_results, public.trades,
         public.notifications, public.exports and audit.changes; brief.
Rewrite: none; what was written before is not recorded.
Reverse: drops triggers and functions; what was recorded stays.
"""

from toolkit.history import Frozen

revision = "0026"
down_revision = "0025"

FROZEN = Frozen(
    __file__,
    up="049b22eeb5c2f60b37735671d7e56efff8b4c65a7001f842566904cd126df831",
    down="44c8b32124078130839c642421f86a56c1cf74cc6e89f5c9f0ee2c4adf93729e",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
