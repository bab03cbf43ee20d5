"""Create the schemas internal and audit, and public.profiles.

Locks:   share row exclusive on auth.users for its foreign key; brief. Going down, access exclusive
         on auth.users; brief.
Rewrite: none.
Reverse: drops the table with its rows, the schemas, and gives new functions back to PUBLIC.
"""

from toolkit.history import Frozen

revision = "0001"
down_revision = None

FROZEN = Frozen(
    __file__,
    up="f21b08710daa42a8237f477f835e382f59cbb4059523266ce0c5c9fe16752f42",
    down="8a380359bf4adecddd56b766f6e0ed26d0ff7a359749287fdd97c5665db963b8",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
