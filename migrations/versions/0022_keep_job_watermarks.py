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
    up="cb0688ca34b6619d0594efa27b3bff5afbf3142fe9c78fd17315df82cd091329",
    down="cdb91754a0cd727bc2ae375bc5e03b34025047ec0d2d32f98e70f5d50b6de405",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
