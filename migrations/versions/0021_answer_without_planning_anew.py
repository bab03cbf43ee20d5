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
    up="bdc9fba95dc75a361a03042e62301ddbadb16e3853c7c77cb2b9a61b0dd27554",
    down="92f08cfc775945b473547984b03c29588a1e7515ce432607a6485458d0f9aa44",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
