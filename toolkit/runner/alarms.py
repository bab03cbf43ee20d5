"""Warnings that matter: what PostgreSQL says quietly and goes on, although nothing was done."""

from psycopg import Connection
from psycopg.errors import Diagnostic
from psycopg.rows import TupleRow

from toolkit.errors import ToolkitError

# Only what means that a statement had no effect, or lost the protection it was written with.
FATAL = {
    "01007": "a grant gave nothing: the role may not grant it",
    "01006": "a revoke took nothing: somebody else granted it",
    "25P01": "a `set local` outside a transaction has no effect",
}


class WarningRaised(ToolkitError):
    """A statement finished with a warning that means it did not do what it says."""


class Alarms:
    """Collects the warnings of a connection that matter.

    Args:
        connection: whose notices are listened to from now on.
    """

    def __init__(self, connection: Connection[TupleRow]) -> None:
        self._heard: list[tuple[str, str]] = []
        connection.add_notice_handler(self._hear)

    def clear(self) -> None:
        """Forget what was heard, before another attempt."""
        self._heard.clear()

    def check(self, step: str) -> None:
        """Refuse a step that raised one.

        Args:
            step: as a person calls it.

        Raises:
            WarningRaised: it did.
        """
        if not self._heard:
            return
        sqlstate, text = self._heard[0]
        more = f", and {len(self._heard) - 1} more" if len(self._heard) > 1 else ""
        raise WarningRaised(
            f"{step} raised a warning that matters: {text}",
            detail=f"SQLSTATE {sqlstate}: {FATAL[sqlstate]}{more}",
            hint="Run it as a role that may do this, or correct the revision; see doctor.",
        )

    def _hear(self, notice: Diagnostic) -> None:
        if notice.sqlstate in FATAL:
            self._heard.append((notice.sqlstate, str(notice.message_primary)))
