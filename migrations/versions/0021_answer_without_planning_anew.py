"""Answer faster: check a config without planning anew, print the front page as json, not jsonb.

Locks:   none on any table; whoever calls one of the functions goes on with the one they began.
Rewrite: none.
Reverse: brings both functions back as they were.
"""

from toolkit.history import Frozen

revision = "0021"
down_revision = "0020"

FROZEN = Frozen(
    __file__,
    up="31c4d9daf2a5544dea50cb96b6f730254e04b1b30f9c5fdbf7315d4b3a600d0e",
    down="5b43cc29fd4492f18aaa338e865efaae4baadffdee752f674303c040a6975c0c",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
