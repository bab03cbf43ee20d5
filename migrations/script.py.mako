"""${message}.

Locks:   say which mode on which table, and for how long; then what differs going down.
Rewrite: say which tables it rewrites or reads; none is best.
Reverse: say what the way back restores, and what it cannot.
"""

from toolkit.history import Frozen

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}

FROZEN = Frozen(
    __file__,
    up="",
    down="",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
