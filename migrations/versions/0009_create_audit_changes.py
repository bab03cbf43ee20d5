"""Create audit.changes, the record of what changed.

Locks:   none on relations that were there before.
Rewrite: none.
Reverse: drops the record with its rows; it cannot be had back.
"""

from toolkit.history import Frozen

revision = "0009"
down_revision = "0008"

FROZEN = Frozen(
    __file__,
    up="52f2cbeee7e8b6ac53ec475d20dafff84e798801fdb118520e7ab3d765f80fc8",
    down="f7fba72190d7ea4bec3385d66f5820753d155288e09b9d7f53aa94402d4ddce3",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
