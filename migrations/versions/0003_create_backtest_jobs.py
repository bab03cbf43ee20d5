"""Create public.backtest_jobs.

Locks:   share row exclusive on public.strategies for its foreign key; brief. Going down, access
         exclusive on public.strategies; brief.
Rewrite: none.
Reverse: drops the table with its rows.
"""

from toolkit.history import Frozen

revision = "0003"
down_revision = "0002"

FROZEN = Frozen(
    __file__,
    up="6df580aa54b73068f3a0c02c4fbe89dce8171a2007a6ef1142aa3dce80592aee",
    down="2403d7f63e3dfab28bf13fb93cc48cc63f221afd76b5a94ae1562a3590960112",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
