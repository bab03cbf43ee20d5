"""Clean up exports every day: expire them, have their files removed, reconcile with storage.

Locks:   share on public.exports while its indexes are built, so that writers wait; access exclusive
         on public.exports when the old one goes; access exclusive on internal.messages for the
         new queue; row exclusive on cron.job, cron.jobid_seq and internal.queues. The same going
         down; brief.
Rewrite: none; public.exports is read for its indexes, the same going down; going down, cron.job and
         internal.queues are read.
Reverse: drops all of it; removals that were asked for and not made are forgotten.
"""

from toolkit.history import Frozen

revision = "0023"
down_revision = "0022"

FROZEN = Frozen(
    __file__,
    up="4114bb19b6e7a5aa1bdb18a6c7db1e9252c3858b0f04b0578b75017b79eb6236",
    down="fe043776ffb1e33ea55f98f1a561d5cb4b95ce70bca88f717b17f9d35f2d2fe5",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
