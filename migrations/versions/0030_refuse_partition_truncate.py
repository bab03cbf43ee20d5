"""Refuse to truncate a part of an audited table: which rows went could not be told afterwards.

Locks:   none on any table.
Rewrite: none.
Reverse: brings the function back as it was.
"""

from toolkit.history import Frozen

revision = "0030"
down_revision = "0029"

FROZEN = Frozen(
    __file__,
    up="96f669d5a19b3d12b38a2fc778ad5492ad21a025b45965e47561d81551349cb3",
    down="6149ed930a8f00859dd7734297d31ff6c82c132fb709a46e5fdd25f2df246221",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
