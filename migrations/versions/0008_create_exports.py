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
    up="4b959b1f57c90ee66fa2a0fc486003da23dfa7a77ed194c07e39e919f8cd5828",
    down="fa7c913e38f15ecbb532547dff8e98d1a8eea8ac681d3e4a7c364ae5b469b3f2",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
