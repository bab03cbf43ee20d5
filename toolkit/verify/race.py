"""What a tenant says of callers who come at the same time: who they are, and how it may end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from toolkit.connect import Connection

Names = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Call:
    """An actor who calls the function, as the tenant that the arguments name.

    Args:
        arguments: by parameter; of what the race's setup returned, by name, where a value is one
            of its names in braces.
    """

    arguments: Names


@dataclass(frozen=True, slots=True)
class Run:
    """An actor who runs a statement past every policy.

    Args:
        statement: with parameters as %(name)s, of what the race's setup returned.
    """

    statement: str


@dataclass(frozen=True, slots=True)
class Race:
    """Some actors at the same time, over and over from the same start.

    Args:
        name: what they are about, in a few words.
        setup: makes a tenant of its own for one round, and names what the actors need.
        actors: who takes part.
        endings: how often each outcome may come in one round: `done`, or a SQLSTATE.
        wrong: a query with the same parameters; each row it returns afterwards is a wrong.
    """

    name: str
    setup: Callable[[Connection], Names]
    actors: tuple[Call | Run, ...]
    endings: tuple[Mapping[str, int], ...]
    wrong: str
