"""${message}.

Locks:   say which locks it takes on which tables, and for how long.
Rewrite: say which tables it scans or rewrites; none is best.
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
