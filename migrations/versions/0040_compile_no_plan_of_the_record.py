"""Compile no plan of the record.

Locks:   none.
Rewrite: none.
Reverse: 3 functions changed, to what was there before; no value is lost.
"""

from toolkit.history import Frozen

revision = "0040"
down_revision = "0039"

FROZEN = Frozen(
    __file__,
    up="fe5ce98f5d1f6ada75df0d94f221267b716ec53cb5945992d9c29683cc46d4b3",
    down="984544d07c51e003f904bb4e88408fa972a857c5a028bc2aa6f35d54651b3ee5",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
