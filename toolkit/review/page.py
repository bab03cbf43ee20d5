"""The review as Markdown, for a pull request: what to mend, what is locked, what changes, the SQL.

Pure. What everybody reads comes first; what only somebody needs is folded away.
"""

from collections.abc import Callable, Iterable, Iterator

from toolkit.catalog.comparison import Change, Difference, shown
from toolkit.review.packet import Packet, Way
from toolkit.trace import RevisionTrace, StatementTrace

_LONGEST_CELL = 90
_KIBIBYTE = 1024
_BEFORE_AND_AFTER = {Change.MISSING: "dropped", Change.EXTRA: "made", Change.CHANGED: "changed"}


def render_packet(packet: Packet) -> str:
    """Write the page. O(bytes of SQL and facts changed)."""
    return "\n".join(_lines(packet)).rstrip() + "\n"


def _lines(packet: Packet) -> Iterator[str]:
    yield f"# Revision {packet.revision}: {packet.claim}\n"
    yield from _verdict(packet)
    yield from _locks(packet)
    yield from _changes(packet.changes)
    yield from _listed("Hazards", _by_way(packet, _hazards))
    yield from _irreversible(packet)
    yield from _listed("squawk", _by_way(packet, _remarks))
    yield "## SQL\n"
    for way in (packet.up, packet.down):
        yield from _folded(_file(way.trace), f"```sql\n{way.sql.rstrip()}\n```")


def _verdict(packet: Packet) -> Iterator[str]:
    count = len(packet.findings)
    if count:
        yield f"**{count} finding{'' if count == 1 else 's'}: not to be applied as it is.**\n"
        yield from (f"- {_escaped(one)}" for one in packet.findings)
    else:
        yield "**Nothing found that has to be mended.**"
    yield ""
    if packet.unread:
        yield (
            f"> **Bodies of PL/pgSQL were not looked into: {packet.unread}.** A column, table or "
            "function that only such a body uses may go without anybody noticing. Review on a "
            "server that has it: `--kind container` or `--kind local`.\n"
        )
    held = ", ".join(f"{table} {rows:,}" for table, rows in packet.rows.items())
    data = f"with rows in {held}" if held else "without data, so that times and counts say nothing"
    yield f"Tried on {packet.server}, {data}; down and up again.\n"


def _locks(packet: Packet) -> Iterator[str]:
    yield "## Locks on what is in use\n"
    for title, way in (("Going up", packet.up), ("Going down", packet.down)):
        trace = way.trace
        alone = ", outside a transaction" if trace.is_autocommit else ""
        yield (
            f"**{title}**: {len(trace.statements)} "
            f"statement{'' if len(trace.statements) == 1 else 's'}{alone}, "
            f"{trace.elapsed_ms:.1f} ms, {_size(trace.wal_bytes)} of WAL.\n"
        )
        if trace.strongest:
            yield "| lock | on | keeps waiting | from line | held |"
            yield "|---|---|---|---|---|"
            for lock in trace.strongest:
                yield (
                    f"| {lock.mode} | `{lock.relation.name}` | {lock.mode.stops} "
                    f"| {trace.taker(lock).line} | {trace.held_ms(lock):.1f} ms |"
                )
            yield ""
        else:
            yield "No lock on a relation that was there before, beyond a reader's.\n"
        yield from _folded("every statement", "\n".join(_statements(trace)))


def _statements(trace: RevisionTrace) -> Iterator[str]:
    yield "| line | statement | ms | WAL | locks taken | rewritten | rows read |"
    yield "|---|---|---|---|---|---|---|"
    for one in trace.statements:
        cells = [
            str(one.line),
            f"`{_cell(one.title)}`",
            f"{one.elapsed_ms:.1f}",
            _size(one.wal_bytes),
            _locks_cell(one),
            ", ".join(f"`{rewrite.relation.name}`" for rewrite in one.rewrites),
            ", ".join(f"`{scan.relation.name}` {scan.row_count:,}" for scan in one.scans),
        ]
        yield f"| {' | '.join(cells)} |"


def _locks_cell(statement: StatementTrace) -> str:
    taken = [
        f"{lock.mode} `{lock.relation.name}`"
        for lock in statement.locks
        if not lock.relation.is_own and lock.mode.is_felt
    ]
    own = sum(lock.relation.is_own for lock in statement.locks)
    return ", ".join([*taken, *([f"{own} on its own"] if own else [])])


def _changes(changes: tuple[Difference, ...]) -> Iterator[str]:
    yield "## What changes\n"
    if not changes:
        yield "No fact of the catalog; rows at most.\n"
        return
    yield "| object | | attribute | before | after |"
    yield "|---|---|---|---|---|"
    for one in changes:
        before, after = shown(one) if one.change is Change.CHANGED else ("", "")
        inside = f", with {one.inside} in it" if one.inside else ""
        yield (
            f"| {_cell(str(one.identity))} | {_BEFORE_AND_AFTER[one.change]}{inside} "
            f"| {one.attribute} | {_cell(before)} | {_cell(after)} |"
        )
    yield ""


def _irreversible(packet: Packet) -> Iterator[str]:
    yield "## What cannot be had back\n"
    if packet.reverse:
        yield f"Its author: {packet.reverse}\n"
    for title, way in (("Going up", packet.up), ("Going down", packet.down)):
        for loss in way.losses:
            yield f"- {title}: {loss.identity}, {loss.reason}: {loss.rows:,} in the data tried with"
    if not packet.up.losses and not packet.down.losses:
        yield "- No row and no value of the data tried with."
    yield ""


def _listed(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = [f"- {line}" for line in lines]
    yield f"## {title}\n"
    yield from found or ["None."]
    yield ""


def _by_way(packet: Packet, tell: Callable[[Way], Iterable[str]]) -> Iterator[str]:
    for way in (packet.up, packet.down):
        for line in tell(way):
            yield f"{_file(way.trace)}: {line}"


def _hazards(way: Way) -> Iterator[str]:
    yield from map(_escaped, way.hazards)


def _remarks(way: Way) -> Iterator[str]:
    for remark in way.remarks:
        yield f"line {remark.line}, {remark.rule}: {_escaped(remark.message)}"


def _folded(summary: str, content: str) -> Iterator[str]:
    yield f"<details><summary>{summary}</summary>\n\n{content}\n\n</details>\n"


def _file(trace: RevisionTrace) -> str:
    return f"{trace.revision}.{trace.direction}.sql"


def _cell(text: str) -> str:
    short = text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"
    return _escaped(short).replace("`", "'")


def _escaped(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _size(count: int) -> str:
    return f"{count / _KIBIBYTE:,.0f} KiB" if count >= _KIBIBYTE else f"{count} B"
