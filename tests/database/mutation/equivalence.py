"""The mutants that are declared to be no wrong at all, and why."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.verify.mutants import Mutant

DECLARED = Path(__file__).with_name("equivalents.toml")


@dataclass(frozen=True, slots=True)
class Equivalent:
    """One declaration.

    Args:
        file: the function's.
        kind: of wrong.
        was: the original's words.
        reason: why nobody can tell it from the original.
    """

    file: str
    kind: str
    was: str
    reason: str

    def is_about(self, mutant: Mutant) -> bool:
        """Whether it speaks of this mutant."""
        return (self.file, self.kind, self.was) == (mutant.name, str(mutant.kind), mutant.was)


def declared_equivalents() -> tuple[Equivalent, ...]:
    """Read the declarations."""
    found = tomllib.loads(DECLARED.read_text(encoding="utf-8"))
    return tuple(Equivalent(**entry) for entry in found["mutant"])


def is_declared(mutant: Mutant, declared: Sequence[Equivalent]) -> bool:
    """Tell whether a mutant is declared to be no wrong."""
    return any(one.is_about(mutant) for one in declared)
