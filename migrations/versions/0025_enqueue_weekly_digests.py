"""Enqueue one digest a user and ISO week, on Mondays, missed weeks too.

Locks:   share row exclusive on public.profiles for the foreign key; row exclusive on cron.job
         and cron.jobid_seq. Going down, access exclusive on public.profiles, row
         exclusive on cron.job; brief.
Rewrite: none; going down, cron.job is read.
Reverse: drops all of it; which digests were enqueued is lost.
"""

from toolkit.history import Frozen

revision = "0025"
down_revision = "0024"

FROZEN = Frozen(
    __file__,
    up="af0fbd6b40c8b6802ceb77b28208bb039da1e74d8bbbf261026ed6b4a0c2be35",
    down="b0276ed8de48c7751dafdabea444ea714fd0085f22bf7ee26df28c366536cd6d",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
