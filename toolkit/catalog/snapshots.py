"""Snapshots: the facts of every revision, kept beside the history that makes them.

One file a revision and major version, holding only what that revision changed: so the folder stays
small, and a diff of it is what a reviewer wants to read. The files are JSON, a fact a line.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolkit.catalog.facts import Fact, Facts, Identity, Kind, Value
from toolkit.errors import TAMPERED, ToolkitError

FORMAT = 1
_SUFFIX = ".jsonl"


class SnapshotMissing(ToolkitError):
    """No snapshot says what a database at this revision and version should hold."""


class SnapshotTampered(ToolkitError):
    """A snapshot does not add up to the facts that its header names."""

    exit_code = TAMPERED


@dataclass(frozen=True, slots=True)
class Snapshots:
    """The folder that holds them.

    Args:
        folder: migrations/snapshots of a project; made when the first one is written.
    """

    folder: Path
    # Each revision is put together from the one before: whoever walks history needs all of them.
    _known: dict[tuple[str, int], Facts] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, project_root: Path) -> "Snapshots":
        """Return those of a project."""
        return cls(project_root / "migrations" / "snapshots")

    def path(self, revision: str, major: int) -> Path:
        """Return where the snapshot of a revision and major version is."""
        return self.folder / f"{revision}.{major}{_SUFFIX}"

    def majors(self, revision: str) -> tuple[int, ...]:
        """Return the major versions that a revision has snapshots of, ascending."""
        names = (path.name for path in self.folder.glob(f"{revision}.*{_SUFFIX}"))
        return tuple(sorted(int(name.split(".")[1]) for name in names))

    def write(self, revision: str, parent: str | None, facts: Facts) -> Path:
        """Write what a revision changed.

        Args:
            revision: the revision whose facts these are.
            parent: the revision before, whose snapshot has to be there; None for the first.
            facts: everything a database at this revision holds.

        Returns:
            The file. Time and bytes O(changed facts), after reading the chain before.

        Raises:
            SnapshotMissing: the parent has none of this major version.
        """
        before = {} if parent is None else self.read(parent, facts.major).by_identity
        header = {
            "format": FORMAT,
            "revision": revision,
            "parent": parent,
            "fingerprint": facts.fingerprint,
        }
        path = self.path(revision, facts.major)
        self._known.clear()
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = [header, *_changes(before, facts.own)]
        path.write_text("".join(_line(line) for line in lines), encoding="utf-8")
        return path

    def read(self, revision: str, major: int) -> Facts:
        """Return the facts of a revision, put together from the first one on, each once.

        Raises:
            SnapshotMissing: a link of the chain is not there.
            SnapshotTampered: the facts are not those that were written.
        """
        if (revision, major) not in self._known:
            self._known[revision, major] = self._assemble(revision, major)
        return self._known[revision, major]

    def _assemble(self, revision: str, major: int) -> Facts:
        lines = self._lines(revision, major)
        header = lines[0]
        if header["format"] != FORMAT:
            raise SnapshotTampered(
                f"snapshot {self.path(revision, major).name} is of another format",
                detail=f"its format is {header['format']}, this toolkit reads {FORMAT}",
                hint="Use the toolkit that wrote it, or write the snapshots anew.",
            )
        parent = header["parent"]
        state = {} if parent is None else dict(self.read(parent, major).by_identity)
        for line in lines[1:]:
            fact = _fact(line)
            state[fact.identity] = fact
            if len(line) == 1:
                del state[fact.identity]
        facts = Facts.of(major, state.values())
        if facts.fingerprint != header["fingerprint"]:
            raise SnapshotTampered(
                f"snapshot {self.path(revision, major).name} does not add up",
                detail=f"its header says {header['fingerprint'][:12]}, "
                f"its facts make {facts.fingerprint[:12]}",
                hint="Restore migrations/snapshots from git, or write the snapshots anew.",
            )
        return facts

    def _lines(self, revision: str, major: int) -> list[Any]:
        path = self.path(revision, major)
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError as error:
            others = ", ".join(str(other) for other in self.majors(revision)) or "none"
            raise SnapshotMissing(
                f"no snapshot of revision {revision} on PostgreSQL {major}",
                detail=f"snapshots of this revision: {others}",
                hint="Write one with: hephaitos facts --write, on a server of that version.",
            ) from error
        return [json.loads(line) for line in text.splitlines()]


def _changes(
    before: Mapping[Identity, Fact], after: Mapping[Identity, Fact]
) -> Iterator[list[Any]]:
    for identity in sorted(before.keys() | after.keys()):
        fact = after.get(identity)
        if fact is None:
            yield [_key(identity)]
        elif fact != before.get(identity) or _place(fact) != _place(before[identity]):
            yield [_key(identity), dict(fact.attributes), *_place(fact)]


def _place(fact: Fact) -> list[Any]:
    parent = None if fact.parent is None else _key(fact.parent)
    return [parent, [_key(need) for need in fact.needs]]


def _fact(line: list[Any]) -> Fact:
    key, attributes, parent, needs = [*line, {}, None, []][:4] if len(line) == 1 else line
    return Fact(
        _identity(key),
        tuple((name, _value(value)) for name, value in attributes.items()),
        parent=None if parent is None else _identity(parent),
        needs=tuple(_identity(need) for need in needs),
    )


def _key(identity: Identity) -> list[str]:
    return [str(identity.kind), identity.schema, identity.name, identity.part]


def _identity(key: Iterable[str]) -> Identity:
    kind, schema, name, part = key
    return Identity(Kind(kind), schema, name, part)


def _value(value: Any) -> Value:
    return tuple(value) if isinstance(value, list) else value


def _line(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False) + "\n"
