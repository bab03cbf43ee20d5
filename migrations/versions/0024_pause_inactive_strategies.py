"""Pause strategies that run without anybody caring, tell their users, and keep the reason.

Locks:   share row exclusive on public.strategies for the foreign key, then share on
         public.strategies while its index is built, so that writers wait; row exclusive on
         cron.job and cron.jobid_seq. Going down, access exclusive on
         public.strategies, row exclusive on cron.job; brief.
Rewrite: none; public.strategies is read for its index; going down, cron.job is read.
Reverse: drops all of it; strategies that were paused stay so, and the reasons are lost.
"""

from toolkit.history import Frozen

revision = "0024"
down_revision = "0023"

FROZEN = Frozen(
    __file__,
    up="1b919affa3257d0ac0de0102916c12d65504364f200a41d33b929c25b789b9a6",
    down="1d4254fc017c8c824dc66b0a727d55ed03858b98ae72fa7bd254b9b9399e9b9c",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
