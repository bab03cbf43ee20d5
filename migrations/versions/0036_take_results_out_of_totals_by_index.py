"""Take results out of totals by index whatever the totals of others.

Locks:   none.
Rewrite: none.
Reverse: 1 function changed, to what was there before; no value is lost.
"""

from toolkit.history import Frozen

revision = "0036"
down_revision = "0035"

FROZEN = Frozen(
    __file__,
    up="0fc48681eb7014ac0c3ca85377acf68bf1e68608ef59be74a42c62c2532d5bd6",
    down="ee20c2f2d95cb6736dc2872bb6508257bee097f9d095f886af1c10147779ecaf",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
