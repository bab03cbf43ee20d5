"""Create public.strategies.

Locks:   share row exclusive on public.profiles for its foreign key; brief. Going down, access
         exclusive on public.profiles; brief.
Rewrite: none.
Reverse: drops the table with its rows.
"""

from toolkit.history import Frozen

revision = "0002"
down_revision = "0001"

FROZEN = Frozen(
    __file__,
    up="c37a9a11e7e2ee248152650a17f6ec41ff2aab98afcd4e489e813410c8ebd5fb",
    down="dcfb3e5f414689e7bc50b520eb8d3b7a485850202fad0636747fa596107b16fb",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
