"""What a run says while it works: a line for people, the same as JSON for machines.

Only logs; who called decides where it goes. Alembic's own lines stay as they are.
"""

import json
import logging
import sys
import time
from typing import Any

LOGGER = logging.getLogger("toolkit.runner")
_DETAILS = "hephaitos"


def say(event: str, text: str, *, level: int = logging.INFO, **details: Any) -> None:
    """Report one event.

    Args:
        event: its name, for machines: `waiting`, `blocked`, `applied`.
        text: what a person reads; one line, or more where it lists.
        level: logging's; WARNING for what somebody should act on.
        details: plain values for machines.
    """
    LOGGER.log(level, text, extra={_DETAILS: {"event": event, **details}})


def speak_on_stderr(*, as_json: bool, alembic: bool = True) -> None:
    """Write what runs say to stderr; for programs whose own logging is not set up.

    Args:
        as_json: a JSON object a line, for machines.
        alembic: what Alembic says, too.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else logging.Formatter("%(message)s"))
    logging.basicConfig(handlers=[handler])
    LOGGER.setLevel(logging.INFO)
    if alembic:
        logging.getLogger("alembic").setLevel(logging.INFO)


class JsonLines(logging.Formatter):
    """Writes every record as one JSON object a line; other libraries' records as event `log`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        details = getattr(record, _DETAILS, {"event": "log"})
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line = {
            "at": f"{stamp}.{record.msecs:03.0f}Z",
            "level": record.levelname.lower(),
            **details,
            "text": record.getMessage(),
        }
        return json.dumps(line, default=str)
