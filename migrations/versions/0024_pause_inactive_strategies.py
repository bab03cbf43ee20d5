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
    up="bb6df28ade9b85779a83a1c147ddb4dcfcdc16cd393811f0199e2c67304a007c",
    down="2d51bc9d9a481f6853f593d914345675855dc5586bc78d963cbe9baf58337c94",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
