"""Qualify the types in the bodies of three functions: a caller's temporary type came before them.

Locks:   none on any table; whoever calls one of the functions goes on with the one they began.
Rewrite: none.
Reverse: brings the bodies back as they were.
"""

from toolkit.history import Frozen

revision = "0019"
down_revision = "0018"

FROZEN = Frozen(
    __file__,
    up="193585460323c9e62f170e382251c4fb7ae51d4243e4b0c55ad72cc6b7a6cc7d",
    down="41e7f51b3d43d88c0baf245523ad3022bf763b9176cc47405c5784e595c96585",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
