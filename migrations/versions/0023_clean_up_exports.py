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
    up="4249ca360d8317b448acbca884fc4f4eb8b8ea30845756ec0210ff517a78edd4",
    down="ea9fceabb5b604972cae38d0dedd656e355812249c397344b356ea2bdf010ee2",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
