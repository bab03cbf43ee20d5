"""Options of a run: what it may keep waiting, how long it tries, and which gates it passes.

Read from `-x name=value` of plain Alembic over [tool.hephaitos.runner] of pyproject.toml over the
defaults here; the toolkit's own commands pass them ready-made.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from toolkit.errors import SettingsError

_DURATION = re.compile(r"(\d+(?:\.\d+)?) ?(ms|s|min)?")
_UNIT_S = {"ms": 0.001, None: 1.0, "s": 1.0, "min": 60.0}
_SWITCH = {"on": True, "off": False}
ACCEPT = "accept_drift"


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What one run may do.

    Args:
        lock_budget: seconds that the application may be kept waiting by one transaction.
        retry_for: seconds in all for trying a transaction again that met a lock.
        wait_for_turn: seconds to wait for another runner.
        concurrent_limit: seconds for one statement outside a transaction.
        fingerprint: compare the facts before and after with the revision's snapshots.
        log: keep the run log in schema hephaitos.
        accept_drift: objects that may differ, as a refusal names them.
    """

    lock_budget: float = 2.0
    retry_for: float = 60.0
    wait_for_turn: float = 300.0
    concurrent_limit: float = 1800.0
    fingerprint: bool = True
    log: bool = True
    accept_drift: tuple[str, ...] = ()


# A database made from nothing for a test or a proof: nobody's data, and perhaps a revision of which
# no snapshot exists yet.
SCRATCH = RunOptions(fingerprint=False, log=False)
_DEFAULTS = RunOptions()
_NAMES = {field.name for field in fields(RunOptions)}


def read_options(declared: Mapping[str, Any], given: Iterable[str] = ()) -> RunOptions:
    """Settle every option.

    Args:
        declared: [tool.hephaitos.runner].
        given: `name=value`, as Alembic's -x takes them; names of others' are left alone.

    Raises:
        SettingsError: an unknown name in pyproject.toml, or a value that cannot be read.
    """
    unknown = set(declared) - (_NAMES - {ACCEPT})
    if unknown:
        raise SettingsError(
            f"[tool.hephaitos.runner] has unknown keys: {', '.join(sorted(unknown))}",
            detail=f"known are {', '.join(sorted(_NAMES - {ACCEPT}))}",
            hint="Remove them from pyproject.toml.",
        )
    entries = [(name, str(value)) for name, value in declared.items()]
    entries += [(name, value) for name, _, value in (entry.partition("=") for entry in given)]
    values: dict[str, Any] = {
        name: _value(name, value) for name, value in entries if name in _NAMES - {ACCEPT}
    }
    accepted = tuple(value for name, value in entries if name == ACCEPT)
    return replace(_DEFAULTS, **values, accept_drift=accepted)


def _value(name: str, text: str) -> float | bool:
    if isinstance(getattr(_DEFAULTS, name), bool):
        if text in _SWITCH:
            return _SWITCH[text]
        raise _unreadable(name, text, "on or off")
    match = _DURATION.fullmatch(text)
    seconds = float(match.group(1)) * _UNIT_S[match.group(2)] if match else 0.0
    if not seconds:
        raise _unreadable(name, text, "a duration like 500ms, 2s or 5min, more than nothing")
    return seconds


def _unreadable(name: str, text: str, wanted: str) -> SettingsError:
    return SettingsError(
        f"option {name} cannot be read",
        detail=f"its value is {text!r}",
        hint=f"Give it {wanted}.",
    )
