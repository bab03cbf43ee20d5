"""A queue of the database, as a worker sees it: claim, then answer for what was claimed.

One statement each, in a transaction of its own: no claim holds a transaction open.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from toolkit.connect import Connection

CHANNEL = "hephaitos_messages"

_EXISTS = "select exists (select from internal.get_queue_metrics() where queue = %s)"
_CLAIM = """
    select message_id, attempt, dedup_key, user_id, kind, payload, created_at
    from internal.claim_messages(%s, %s, %s)
"""
_COMPLETE = "select internal.complete_messages(%s, %s)"
_FAIL = "select internal.fail_messages(%s, %s)"
_RELEASE = "select internal.release_messages(%s, %s)"


@dataclass(frozen=True, slots=True)
class Message:
    """One claimed message.

    Args:
        id: within its queue.
        attempt: which claim this is, from 1; an answer names it.
        dedup_key: the same for the same message, however often it is delivered.
        user_id: whom it is about; None for nobody.
        kind: what happened, like job_completed.
        payload: what the receiver needs to look the matter up.
        created_at: when it was enqueued.
    """

    id: int
    attempt: int
    dedup_key: str
    user_id: UUID | None
    kind: str
    payload: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a message was not delivered.

    Args:
        message: the one.
        reason: for whoever looks at dead letters.
        is_final: no further attempt can help.
    """

    message: Message
    reason: str
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue over one connection in autocommit.

    Args:
        connection: as a member of hephaitos_worker.
        name: like notifications.
        visible_for: how long a claim lasts; after that others get the message.
    """

    connection: Connection
    name: str
    visible_for: timedelta

    def exists(self) -> bool:
        """Tell whether the database has this queue."""
        return bool(self._ask(_EXISTS, self.name))

    def listen(self) -> None:
        """Have the connection told of new messages."""
        self.connection.execute(f"listen {CHANNEL}")

    def was_told(self) -> bool:
        """Tell whether word of messages came since this was last asked.

        Words come in with answers, too: who waits for the connection without asking this first
        may wait for a word that was read already.
        """
        return any(True for _ in list(self.connection.notifies(timeout=0)))

    def claim(self, limit: int) -> list[Message]:
        """Take up to so many messages that are due."""
        rows = self.connection.execute(_CLAIM, [self.name, limit, self.visible_for]).fetchall()
        return [Message(*row) for row in rows]

    def complete(self, delivered: list[Message]) -> None:
        """Say that messages were delivered."""
        if delivered:
            self._ask(_COMPLETE, self.name, [message.id for message in delivered])

    def fail(self, failures: list[Failure]) -> None:
        """Say why messages were not delivered."""
        if failures:
            answers = [
                {
                    "id": failure.message.id,
                    "attempt": failure.message.attempt,
                    # PostgreSQL's text has no NUL, and reasons quote what others sent.
                    "reason": failure.reason.replace("\0", "�"),
                    "is_final": failure.is_final,
                }
                for failure in failures
            ]
            self._ask(_FAIL, self.name, Jsonb(answers))

    def release(self, untouched: list[Message]) -> None:
        """Give messages back as if they had not been claimed."""
        if untouched:
            claims = [{"id": message.id, "attempt": message.attempt} for message in untouched]
            self._ask(_RELEASE, self.name, Jsonb(claims))

    def _ask(self, statement: str, *parameters: object) -> object:
        row = self.connection.execute(statement.encode(), parameters).fetchone()
        return row[0] if row else None
