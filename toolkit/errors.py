"""What can go wrong in a way the user can act on.

Each error says three things: what happened and with which object (message), a fact with figures
(detail), and what to do next (hint). What is not a ToolkitError is a bug and keeps its
traceback.
"""

REFUSED, FINDINGS, TAMPERED = 1, 2, 3


class ToolkitError(Exception):
    """A condition the user can act on.

    Args:
        message: one line, lower case, no full stop, naming the object.
        detail: a fact; what was found beside what was needed.
        hint: one imperative sentence.
    """

    exit_code = REFUSED

    def __init__(self, message: str, *, detail: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.detail, self.hint = message, detail, hint

    def as_text(self) -> str:
        """Return the three parts for a terminal, a line each."""
        return f"error: {self.message}\n  detail: {self.detail}\n  hint: {self.hint}"

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only arguments do not survive the default pickling, which parallel tests need.
        return _restore, (type(self), self.message, self.detail, self.hint)


class SettingsError(ToolkitError):
    """A flag, an environment variable or pyproject.toml holds something unusable."""


class ConnectionRefused(ToolkitError):
    """A database cannot be reached, or it does not let us in."""


class ServerTooOld(ToolkitError):
    """A server older than the oldest PostgreSQL that the toolkit supports."""


class ServerUnavailable(ToolkitError):
    """A scratch server of the kind asked for cannot be started on this machine."""


class NotOurDatabase(ToolkitError):
    """A command that fills or destroys was pointed at a database the toolkit did not create."""


class HistoryTampered(ToolkitError):
    """Frozen history no longer has the bytes that its revisions pin."""

    exit_code = TAMPERED


class HistoryError(ToolkitError):
    """The migration history is not what the toolkit can apply: a branch, a gap, a missing file."""


def _restore(kind: type[ToolkitError], message: str, detail: str, hint: str) -> ToolkitError:
    error = kind.__new__(kind)
    ToolkitError.__init__(error, message, detail=detail, hint=hint)
    return error
