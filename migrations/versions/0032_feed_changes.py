"""Read the record of changes as a feed, and let months go that everybody has read.

Locks:   share on audit.changes, so that nobody writes while the feed begins; row exclusive on
         audit.changes_seq_seq; brief. Going down, none.
Rewrite: none.
Reverse: drops the feed with the positions of its consumers: they load their state anew. Months that
         were detached stay as they are.
"""

from toolkit.history import Frozen

revision = "0032"
down_revision = "0031"

FROZEN = Frozen(
    __file__,
    up="759a8188bfe4f70aaa7dea119f96ced2f2afc1ea6699137dded0ddd63fdf2138",
    down="44a1fd786f77642c9d87412567654c3232b100cd05bc7ba6d997a5be4081241b",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
