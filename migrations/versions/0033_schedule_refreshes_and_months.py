"""Schedule refreshes and months.

Locks:   row exclusive on cron.job and cron.jobid_seq. Going down, row exclusive on cron.job.
Rewrite: none.
Reverse: 4 cron jobs dropped, to what was there before; no value is lost.
"""

from toolkit.history import Frozen

revision = "0033"
down_revision = "0032"

FROZEN = Frozen(
    __file__,
    up="70192541e9ebb65921741714d1c314c51d80c083a26e6e4ec2a6faef1bef0669",
    down="8b3910f09c53d89b9ba11572e95a8bb290f08d8902cd98b797d95a8b345f240e",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
