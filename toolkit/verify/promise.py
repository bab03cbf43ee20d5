"""What a tenant promises of its functions that no catalog shows: one Python file a function.

The engine finds them by folder and holds each function to its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from toolkit.connect import Connection
from toolkit.errors import SettingsError
from toolkit.modules import load_module, module_names
from toolkit.verify.race import Race
from toolkit.verify.subject import Arguments

_PROMISE, _WORLDS, _TENANTS = "PROMISE", "worlds", "tenants"


@dataclass(frozen=True, slots=True)
class Promise:
    """What one function promises.

    Args:
        function: its signature, as in pyproject.toml.
        requests: a query whose rows are arguments to try, named like the parameters, in whatever
            database it runs in.
        oracle: a query with the parameters as %(name)s that returns what the function has to: the
            long way, row by row, from the tables alone. Of a volatile function it is asked
            afterwards, and may find the answer by looking at what was written.
        fill: makes a tenant of whom the answer grows with a size and who has piled up a history, a
            factor above one; returns the arguments that ask for it.
        refusal: a query with the same parameters that returns the SQLSTATE with which the function
            has to refuse, or NULL; it is asked beforehand. None when it never refuses.
        grows: what the size counts, as a plural noun.
        races: what may happen when callers come at the same time.
    """

    function: str
    requests: str
    oracle: str
    fill: Callable[[Connection, int, int], Arguments]
    refusal: str | None = None
    grows: str = "rows"
    races: tuple[Race, ...] = ()


@dataclass(frozen=True, slots=True)
class Worlds:
    """Data to try every function on, made by Hypothesis.

    Args:
        strategy: Hypothesis' strategy for one world.
        populate: writes a world into a migrated database, all in one transaction.
    """

    strategy: Any
    populate: Callable[[Connection, Any], None]


def load_promises(folder: Path) -> Mapping[str, Promise]:
    """Return what each function promises, by signature.

    Raises:
        SettingsError: the folder holds no promise.
    """
    found = [getattr(_module(folder, name), _PROMISE, None) for name in module_names(folder)]
    promises = {one.function: one for one in found if isinstance(one, Promise)}
    if promises:
        return promises
    raise SettingsError(
        "no function promises anything",
        detail=f"no module of {folder} has a {_PROMISE}",
        hint=f"Write {folder.name}/<function>.py, or correct proofs in [tool.hephaitos].",
    )


def load_worlds(folder: Path) -> Worlds:
    """Return what makes the data, from the folder's `worlds`. Imports Hypothesis.

    Raises:
        SettingsError: it makes none.
        ModuleNotFoundError: Hypothesis is not installed.
    """
    if _WORLDS in module_names(folder):
        found = getattr(_module(folder, _WORLDS), "WORLDS", None)
        if isinstance(found, Worlds):
            return found
    raise SettingsError(
        "nothing makes data to compare answers on",
        detail=f"{folder}/{_WORLDS}.py has no WORLDS",
        hint=f"Write {folder.name}/{_WORLDS}.py.",
    )


def load_furnisher(folder: Path) -> Callable[[Connection], None]:
    """Return what makes three tenants at least, each with something of everything.

    It is the function `furnish` of the folder's `tenants`.

    Raises:
        SettingsError: there is none.
    """
    if _TENANTS in module_names(folder):
        furnish: Callable[[Connection], None] | None = getattr(
            _module(folder, _TENANTS), "furnish", None
        )
        if furnish is not None:
            return furnish
    raise SettingsError(
        "nothing makes tenants for the proofs",
        detail=f"{folder}/{_TENANTS}.py has no function furnish",
        hint=f"Write {folder.name}/{_TENANTS}.py.",
    )


def _module(folder: Path, name: str) -> ModuleType:
    return load_module(folder, name)
