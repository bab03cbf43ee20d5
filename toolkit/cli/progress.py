"""Progress for people, on stderr: a line a step, and a bar while something long is counted."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn


@dataclass(slots=True)
class Narrator:
    """Tells what goes on; off a terminal it prints lines only.

    Args:
        bar: where counted stages show; idle between them.
    """

    bar: Progress
    _began: float = field(default_factory=time.monotonic)
    _stage: str | None = None
    _task: TaskID | None = None

    def step(self, what: str) -> None:
        """Begin a step."""
        self._finish()
        self._say(what)

    def stage(self, stage: str, *, done: int, total: int) -> None:
        """Show how far a stage of the current step is."""
        if stage != self._stage:
            self._finish()
            self._stage = stage
            if self.bar.console.is_terminal:
                self._task = self.bar.add_task(stage, total=total)
            else:
                self._say(f"  {stage}")
        if self._task is not None:
            self.bar.update(self._task, completed=done, total=total)

    def _finish(self) -> None:
        if self._task is not None:
            self.bar.remove_task(self._task)
        self._stage, self._task = None, None

    def _say(self, what: str) -> None:
        elapsed_s = time.monotonic() - self._began
        self.bar.console.print(f"[dim]{elapsed_s:6.1f} s[/dim]  {what}", highlight=False)


@contextmanager
def narrate() -> Iterator[Narrator]:
    """Show progress for the length of a block, leaving only the lines of its steps."""
    bar = Progress(
        TextColumn("          {task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f}"),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        yield Narrator(bar)
