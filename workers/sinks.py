"""Sinks: where messages go. Each hands the dedup key on, so that a second delivery can be told."""

import json
import sys
from dataclasses import dataclass, field
from typing import Protocol, TextIO

import httpx

from workers.queue import Message

DEDUP_HEADER = "Idempotency-Key"
# What the receiver says about this message and will say again; the rest may pass.
_PASSING_STATUSES = {408, 409, 423, 425, 429}


class Undelivered(Exception):
    """A sink could not deliver a message.

    Args:
        reason: one line.
        is_final: no further attempt can help.
    """

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.is_final = reason, is_final


class Sink(Protocol):
    """Where messages go."""

    def deliver(self, message: Message) -> None:
        """Deliver one message, once or more often.

        Raises:
            Undelivered: it did not arrive, as far as the sink knows.
        """

    def close(self) -> None:
        """Let go of what the sink holds."""


@dataclass(frozen=True, slots=True)
class StdoutSink:
    """One line of JSON a message, for another program to read or a person to look at."""

    stream: TextIO = field(default_factory=lambda: sys.stdout)

    def deliver(self, message: Message) -> None:
        """Write a line and hand it to the operating system."""
        self.stream.write(json.dumps(envelope(message)) + "\n")
        self.stream.flush()

    def close(self) -> None:
        """Leave the stream to its owner."""


class WebhookSink:
    """A POST to one address: 2xx is delivered, other 4xx are final, the rest is tried again."""

    def __init__(self, url: str, *, timeout_s: float) -> None:
        self._url = url
        self._client = httpx.Client(timeout=timeout_s, trust_env=False)

    def deliver(self, message: Message) -> None:
        """Send one message, its dedup key in the body and in the header Idempotency-Key.

        Raises:
            Undelivered: no answer, or one that is not 2xx. A redirect is final: the address is
                for whoever runs the worker to correct.
        """
        try:
            answer = self._client.post(
                self._url,
                json=envelope(message),
                headers={DEDUP_HEADER: message.dedup_key},
            )
        except httpx.HTTPError as error:
            raise Undelivered(f"{type(error).__name__}: {error}") from error
        if not answer.is_success:
            passing = answer.status_code >= 500 or answer.status_code in _PASSING_STATUSES
            raise Undelivered(
                f"{answer.status_code} {answer.reason_phrase}: {answer.text[:200]}".strip(": "),
                is_final=not passing,
            )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def envelope(message: Message) -> dict[str, object]:
    """Return what a receiver gets of a message."""
    return {
        "dedup_id": message.dedup_key,
        "kind": message.kind,
        "user_id": str(message.user_id) if message.user_id else None,
        "payload": message.payload,
        "attempt": message.attempt,
        "created_at": message.created_at.isoformat(),
    }
