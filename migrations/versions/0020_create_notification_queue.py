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
    up="408af0deb3a6d73d5038561941960390a6fc42e1084202b965bbafa4f946a1aa",
    down="25eade6cb40d50a1b5e1ab5f3bced8be3d3e4ccbad2ba814036fbb508ae5d8f4",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
