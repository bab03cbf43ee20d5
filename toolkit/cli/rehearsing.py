"""Revisions tried on a scratch server with data, for the one who is about to apply them."""

from contextlib import ExitStack

from toolkit.cli.progress import narrate
from toolkit.cli.review import filling
from toolkit.prepare import prepare_server
from toolkit.review import rehearse
from toolkit.runner import Outlook
from toolkit.server import standing, start
from toolkit.settings import Settings
from toolkit.trace import RevisionTrace


def rehearse_revisions(settings: Settings, outlook: Outlook) -> tuple[RevisionTrace, ...]:
    """Apply what a run would, on the scratch server that runs or on one made for it.

    Args:
        settings: the project.
        outlook: the run; its first revision is applied to a clone at the run's start.
    """
    numbers = [step.revision for step in outlook.coming]
    with narrate() as narrator, ExitStack() as stack:
        server = standing.current(settings) or stack.enter_context(
            start(settings, progress=narrator.step)
        )
        prepare_server(server, settings.roles)
        return rehearse(
            server, settings, outlook.start, numbers,
            fill=filling(settings, None), progress=narrator.step,
        )  # fmt: skip
