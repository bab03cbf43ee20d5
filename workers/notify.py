"""`python -m workers.notify`: tell users what happened, outside the application.

Reads the database's URL from HEPHAITOS_DATABASE_URL, as a login that is a member of
hephaitos_worker. SIGTERM and Ctrl-C let it finish the message at hand and give the others back.
"""

import logging
import os
import signal
import sys
from enum import StrEnum
from typing import Annotated

import typer

from toolkit.errors import SettingsError, ToolkitError
from workers.delivery import Pace, Stop, deliver_until
from workers.sinks import Sink, StdoutSink, WebhookSink

QUEUE = "notifications"


class SinkName(StrEnum):
    """The sinks by name."""

    stdout = "stdout"
    webhook = "webhook"


def notify(
    sink: Annotated[SinkName, typer.Option(help="Where messages go.")] = SinkName.stdout,
    webhook_url: Annotated[
        str, typer.Option(help="Where the webhook is.", envvar="HEPHAITOS_WEBHOOK_URL")
    ] = "",
    queue: Annotated[str, typer.Option(help="Which queue to deliver.")] = QUEUE,
    batch: Annotated[int, typer.Option(min=1, max=1000, help="Messages a claim.")] = 10,
    visible_for: Annotated[
        float, typer.Option(min=0.1, help="Seconds a claim lasts; a batch must take less.")
    ] = 60.0,
    poll: Annotated[
        float, typer.Option(min=0.01, help="Seconds to wait for a word before looking anyway.")
    ] = 5.0,
    timeout: Annotated[
        float, typer.Option(min=0.1, help="Seconds to wait for the webhook's answer.")
    ] = 10.0,
) -> None:
    """Deliver the messages of a queue until told to stop."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    stop = Stop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop.set)
    try:
        chosen = _sink(sink, webhook_url, timeout)
        try:
            deliver_until(stop, _database_url(), queue, chosen, Pace(batch, visible_for, poll))
        finally:
            chosen.close()
    except ToolkitError as error:
        sys.stderr.write(error.as_text() + "\n")
        raise typer.Exit(error.exit_code) from error


def _database_url() -> str:
    url = os.environ.get("HEPHAITOS_DATABASE_URL")
    if not url:
        raise SettingsError(
            "no database was named",
            detail="HEPHAITOS_DATABASE_URL is not set",
            hint="Set it to the URL of a login that is a member of hephaitos_worker.",
        )
    return url


def _sink(name: SinkName, webhook_url: str, timeout_s: float) -> Sink:
    if name is SinkName.stdout:
        return StdoutSink()
    if not webhook_url.startswith(("http://", "https://")):
        raise SettingsError(
            "no webhook was named",
            detail=f"its URL is {webhook_url!r}",
            hint="Pass --webhook-url https://…",
        )
    return WebhookSink(webhook_url, timeout_s=timeout_s)


if __name__ == "__main__":
    typer.run(notify)
