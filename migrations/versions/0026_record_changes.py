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
    up="049709df7843bd6af8db78c8c100629ad51beb4d87951c631bda1971aaf0ea8d",
    down="90065aa53ec9be1fb6e3283f3983238dec08df1e19a4871369b49a906d26bad6",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
