"""The Alembic plugin: `alembic check` and `alembic revision --autogenerate` look at sql/.

Registered on target "autogenerate": on "schema" Alembic calls a comparator only when other plugins
are on, and `alembic check` would be green for ever.
"""

from typing import Any

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import MigrateOperation, UpgradeOps
from alembic.runtime.plugins import Plugin
from alembic.util import CommandError, PriorityDispatchResult

from toolkit.catalog.comparison import Change, Difference

PLUGIN = "hephaitos"
# Where the environment leaves the differences that it found.
PENDING_OPTION = "hephaitos_pending"

_TURNED = {Change.MISSING: Change.EXTRA, Change.EXTRA: Change.MISSING}


class FreezeOp(MigrateOperation):
    """What sql/ says and history does not, as one operation with a way back.

    Args:
        pending: the differences, an object, what became of it and the attribute each.
    """

    def __init__(self, pending: tuple[tuple[str, str, str], ...]) -> None:
        self.pending = pending

    @classmethod
    def of(cls, differences: tuple[Difference, ...]) -> "FreezeOp":
        """Make one of differences."""
        return cls(tuple((str(one.identity), one.change, one.attribute) for one in differences))

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Return what `alembic check` prints."""
        return ("freeze_sql", *self.pending)

    def reverse(self) -> "FreezeOp":
        """Return the way back."""
        return FreezeOp(
            tuple(
                (name, _TURNED.get(Change(change), Change.CHANGED), attribute)
                for name, change, attribute in self.pending
            )
        )


def compare_sources(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Add an operation when sql/ differs from the head of history."""
    assert context.migration_context is not None  # Alembic compares with a database only
    differences: tuple[Difference, ...] = context.migration_context.opts[PENDING_OPTION]
    if differences:
        upgrade_ops.ops.append(FreezeOp.of(differences))
    return PriorityDispatchResult.CONTINUE


@renderers.dispatch_for(FreezeOp)
def _render(_context: AutogenContext, _operation: FreezeOp) -> str:
    # Met only without a message: with one, the revision was written before Alembic came here.
    # Alembic catches its own errors only, and env.py is left by now.
    message = "a revision needs a message: give it -m 'what it does, to what'"
    raise CommandError(message)


_plugin = Plugin(PLUGIN)
_plugin.add_autogenerate_comparator(compare_sources, "autogenerate")
