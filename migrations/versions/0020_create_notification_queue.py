"""Create queues, and the first of them, internal.notification_queue, which ended jobs fill.

Locks:   share row exclusive on public.backtest_jobs, for its trigger; brief. Going down, access
         exclusive on public.backtest_jobs; brief.
Rewrite: none; jobs that have ended before are history, and nobody is told of them.
Reverse: drops the queues with the messages in them: those not delivered yet are lost.
"""

from toolkit.history import Frozen

revision = "0020"
down_revision = "0019"

FROZEN = Frozen(
    __file__,
    up="458606a186f9c47be05f750cef31337c5fc4c81c5154931b480debe86f481a68",
    down="179eaadc150140f47afba3d53e7fcde2e1d273798d9e68b61ed201da589b453c",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
