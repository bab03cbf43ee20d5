"""Cut audit.changes into months, that old ones can go without a delete.

Locks:   access exclusive on audit.changes and audit.changes_seq_seq, until the rows have moved: who
         writes an audited table waits. The same going down.
Rewrite: none; audit.changes is read once, and its rows are written anew.
Reverse: one table again, with all rows; refused while detached months are still in the schema.
"""

from toolkit.history import Frozen

revision = "0029"
down_revision = "0028"

FROZEN = Frozen(
    __file__,
    up="60754a4695ab52491b78a827e5aee214c4e2d5596800b11f1455bcd78ba2d289",
    down="6f5264e28e0b2dbacd557f20abded61165c79cdbbcf191526ab47d30ad4df774",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
