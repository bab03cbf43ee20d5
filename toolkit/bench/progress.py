"""How work that takes a while reports where it stands; the engine itself never prints."""

from typing import Protocol


class Progress(Protocol):
    """A listener, called often and cheaply."""

    def __call__(self, stage: str, /, *, done: int, total: int) -> None:
        """Hear that `done` of `total` units of a stage are behind us; the last call has both equal.

        Args:
            stage: what is going on, in a few words that stay the same through the stage.
            done: units finished.
            total: units in all.
        """


def silent(_stage: str, /, *, done: int, total: int) -> None:
    """Report progress to nobody."""
