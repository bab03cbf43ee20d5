"""Create public.strategies.

Locks:   share row exclusive on public.profiles for its foreign key; brief. Going down, access
         exclusive on public.profiles; brief.
Rewrite: none.
Reverse: drops the table with its rows.
"""

from toolkit.history import Frozen

revision = "0002"
down_revision = "0001"

FROZEN = Frozen(
    __file__,
    up="6298024cb9317fd2adf2d58dbaa91ab4c8bd23b7a9dc1d64a6e0a63fe0b0bf4d",
    down="91b6d1b77ec59165250cc3b00b64727148d406a4c8358e6e4d2f946c3d76e4b0",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
