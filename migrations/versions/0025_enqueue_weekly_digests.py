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
    up="288cc07877ea1b96bc8f08515a4699783794e9f116c026ce36bc003e7f038f6b",
    down="53a6fc4790f4876ede8a18cfd01f550a5600780c9b890d1c991c019405981151",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
