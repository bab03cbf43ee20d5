"""Create public.exports.

Locks:   share row exclusive on public.profiles for its foreign key; brief. Going down, access
         exclusive on public.profiles; brief.
Rewrite: none.
Reverse: drops the table with its rows; files in storage stay.
"""

from toolkit.history import Frozen

revision = "0008"
down_revision = "0007"

FROZEN = Frozen(
    __file__,
    up="4324b5bb59272ab3c1e3e7da8d8cc64902e55b6e24263a7d963c4a70ff760f49",
    down="7509b1d4f3d470e1951b43633986e7640ba75f6f978b197087197e9ccf82fd49",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
