"""Keep a watermark for each job, a sign of life every minute, and the record of runs short.

Locks:   row exclusive on cron.job and cron.jobid_seq, as every schedule takes; all else is new.
         The same going down; brief.
Rewrite: none; going down, cron.job is read.
Reverse: drops all of it; how far each job had come is lost.
"""

from toolkit.history import Frozen

revision = "0022"
down_revision = "0021"

FROZEN = Frozen(
    __file__,
    up="6cf5b3d7ef8c34fa3909ffbaf430ff88bd09cfe2d10889490381745a95045024",
    down="95df0cb70223a97bec30b2ac44bdec893bc5d4e0915031b69d8aaaf2a7d64224",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
