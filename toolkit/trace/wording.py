"""The words for a trace: Locks and Rewrite lines that `read_budget` reads back as its budget.

Pure. For whoever writes a docstring; a person may add why and for how long.
"""

from collections.abc import Iterable

from toolkit.trace.model import RevisionTrace

_NONE = "none"


def locks_line(up: RevisionTrace, down: RevisionTrace) -> str:
    """Say what both directions lock, the strongest mode first, on one line."""
    return _both(_locks(up), _locks(down))


def rewrite_line(up: RevisionTrace, down: RevisionTrace) -> str:
    """Say what both directions rewrite and read, on one line."""
    return _both(_rewrites(up), _rewrites(down))


def _both(up: str, down: str) -> str:
    if up == down:
        return f"{up}." if up == _NONE else f"{up}; the same going down."
    return f"{up}. Going down, {down}."


def _locks(trace: RevisionTrace) -> str:
    modes = sorted({lock.mode for lock in trace.strongest}, reverse=True)
    return (
        ", ".join(
            f"{mode} on {_listed(one.relation.name for one in trace.strongest if one.mode is mode)}"
            for mode in modes
        )
        or _NONE
    )


def _rewrites(trace: RevisionTrace) -> str:
    rewritten = {one.relation.part_of or one.relation.name for one in trace.rewrites}
    read = {one.relation.part_of or one.relation.name for one in trace.scans} - rewritten
    words = f"{_listed(rewritten)} {_is(rewritten)} rewritten" if rewritten else _NONE
    return f"{words}; {_listed(read)} {_is(read)} read" if read else words


def _is(names: set[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _listed(names: Iterable[str]) -> str:
    *first, last = sorted(names)
    return f"{', '.join(first)} and {last}" if first else last
