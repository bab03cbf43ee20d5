"""Record a row with less to set up: what one changed row costs is starting the statement for it.

Locks:   none.
Rewrite: none.
Reverse: brings the functions back as they were; what was recorded is the same either way.
"""

from toolkit.history import Frozen

revision = "0037"
down_revision = "0036"

FROZEN = Frozen(
    __file__,
    up="49138b493f9f22aca791831535f0324ed2fbb48a6156175391ed1d21560e3164",
    down="0250896890013da453eb002790e74ced6c5b1c635aa4cde6664db81ad89f846d",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
