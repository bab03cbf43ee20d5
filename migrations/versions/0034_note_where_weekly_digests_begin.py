"""Note where weekly digests begin.

Locks:   none.
Rewrite: none.
Reverse: 1 procedure changed, to what was there before; no value is lost.
"""

from toolkit.history import Frozen

revision = "0034"
down_revision = "0033"

FROZEN = Frozen(
    __file__,
    up="947f27dcb2ac83a2d0db6d6b4f857d8db0c13329b7b2f17f5d0987efdfa055fa",
    down="ee147927c88564fdfd00ddd4e2f48ec89cb5d832946ba6f09a03366a7d4da780",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
